/** Steps and expectations of a file, in the engine's words. Pure. */
import { kills, posts, postsAgain, postsOdd, stalls } from "./build.ts";
import type { FileCheck, FileStep } from "./file-schema.ts";
import type { Check, Demand, Happening, Step } from "./scenario.ts";
import { isEventType } from "./story.ts";

/** @param step checked: it does exactly one thing */
export function stepFrom(step: FileStep, id: string): Step {
  const parts = {
    afterMs: Math.round((step.after ?? 0) * 1_000),
    awaitsReplies: step.after_replies ?? 0,
    ...(step.status === undefined ? {} : { status: step.status }),
    ...(step.signature === undefined ? {} : { signature: step.signature }),
  };
  if (step.kill !== undefined) return { ...kills(id, parts.afterMs), awaitsReplies: parts.awaitsReplies };
  if (step.again !== undefined) return postsAgain(id, step.again, parts);
  if (step.stall !== undefined) return stalls(id, step.stall, parts);
  if (step.bytes !== undefined) return postsOdd(id, { kind: "bytes", text: step.bytes }, parts);
  if (step.body !== undefined) return postsOdd(id, { kind: "json", value: step.body }, parts);
  return posts(id, happeningsOf(step), {
    ...parts,
    standby: step.standby ?? false,
    agedMs: Math.round((step.aged ?? 0) * 1_000),
    timeForm: step.time ?? "ms",
    page: (step.page ?? 1) - 1,
  });
}

function happeningsOf(step: FileStep): readonly Happening[] {
  if (step.together !== undefined) return step.together.flatMap((each) => said(each));
  if (step.postback !== undefined) return [{ kind: "postback", ...step.postback }];
  if (step.reaction !== undefined) return [{ kind: "reaction", ...step.reaction }];
  if (step.edit !== undefined) return [{ kind: "edit", ...step.edit }];
  if (step.unsend !== undefined) return [{ kind: "unsend", of: step.unsend }];
  if (step.human !== undefined) return [{ kind: "human-echo", text: step.human }];
  if (step.own_echo !== undefined) return [{ kind: "own-echo" }];
  if (step.delivery !== undefined) return [{ kind: "delivery" }];
  if (step.read !== undefined) return [{ kind: "read" }];
  if (step.referral !== undefined) return [{ kind: "referral", ref: step.referral }];
  if (step.optin !== undefined) return [{ kind: "optin", ref: step.optin }];
  if (step.handover !== undefined) return [{ kind: "handover" }];
  if (step.blocked !== undefined) return [{ kind: "reachability", reachable: !step.blocked }];
  return said(step);
}

function said(each: Pick<FileStep, "text" | "quick_reply" | "reply_to" | "aside" | "attach" | "caption">): Happening[] {
  if (each.text !== undefined) {
    return [{ kind: "text", text: each.text, quickReply: each.quick_reply, replyTo: each.reply_to, aside: each.aside }];
  }
  if (each.attach === undefined) return [];
  const types = typeof each.attach === "string" ? [each.attach] : each.attach;
  return [{ kind: "attachment", types, caption: each.caption }];
}

/** @param check checked: it demands exactly one thing */
export function checkFrom(check: FileCheck): Check {
  const [says, demand] = demandOf(check);
  return { ...demand, says: check.says ?? says };
}

function demandOf(check: FileCheck): readonly [says: string, demand: Demand] {
  if (check.answers !== undefined) {
    const groups = check.answers;
    const what = groups.map((group) => group.join(" and ")).join("; ");
    return [groups.length === 0 ? "no reply" : `one reply each to: ${what}`, { kind: "answers", groups }];
  }
  if (check.each_answered_once !== undefined) {
    return ["every step answered, none twice", { kind: "each-answered-once", steps: check.each_answered_once }];
  }
  if (check.replies !== undefined) {
    return [check.replies === 1 ? "1 reply" : `${check.replies} replies`, { kind: "replies", count: check.replies }];
  }
  if (check.reply_has !== undefined) {
    return [`a reply has "${check.reply_has}"`, { kind: "speaks", words: check.reply_has, absent: false }];
  }
  if (check.reply_lacks !== undefined) {
    return [`no reply has "${check.reply_lacks}"`, { kind: "speaks", words: check.reply_lacks, absent: true }];
  }
  if (check.within !== undefined) {
    const { steps, seconds } = check.within;
    return [`a reply within ${seconds} s of ${steps.join(" and ")}`, { kind: "within", steps, ms: seconds * 1_000 }];
  }
  if (check.stored !== undefined) {
    const { step, times } = check.stored;
    return [`${step} is in the history ${times} times`, { kind: "stored", step, times }];
  }
  if (check.reads !== undefined) return [`${check.reads.step} reads as it should`, { kind: "reads", ...check.reads }];
  if (check.unheard !== undefined) return ["nothing was stored", { kind: "unheard" }];
  if (check.let_go !== undefined) {
    const { step, seconds } = check.let_go;
    return [`${step} is let go of`, { kind: "let-go", step, ms: seconds * 1_000 }];
  }
  if (check.event !== undefined && isEventType(check.event)) {
    return [`the server says ${check.event}`, { kind: "event", type: check.event }];
  }
  const state = check.state ?? "bot";
  return [`the conversation is ${state}`, { kind: "state", state }];
}
