/** Whether what was seen is what the script demands. Pure: everything it needs is handed in. */
import type { ConversationState } from "../../src/core/conversation.ts";
import type { EventType } from "../../src/core/event.ts";
import { seconds } from "../../src/core/waits.ts";
import { isSent, repliesOf, repliesTo, storedAs, turnsOf, type Chronicle, type SeenMessage } from "./history.ts";
import type { Check, Step } from "./scenario.ts";
import type { Stalled } from "./stage.ts";

/** Everything that was seen of one scenario. */
export interface Seen extends Chronicle {
  /** What the server answered; a step that could not be posted at all has none. */
  readonly statuses: ReadonlyMap<string, number>;
  /** When each step was posted, ms since the scenario began. */
  readonly postedAt: ReadonlyMap<string, number>;
  /** When each reply was sent, by its id, ms since the scenario began. */
  readonly sentAt: ReadonlyMap<string, number>;
  /** How the steps ended of which most never came. */
  readonly stalled: ReadonlyMap<string, Stalled>;
  readonly events: ReadonlySet<EventType>;
  /** Of the conversation with the first page; null when there is none. */
  readonly state: ConversationState | null;
  /** Replies that were there when the server was killed; null when it was not. */
  readonly repliesBeforeKill: number | null;
}

/** An expectation, held against what was seen. */
export interface Finding {
  readonly what: string;
  readonly passed: boolean;
  /** What was seen instead; null when it passed. */
  readonly instead: string | null;
}

export function judge(steps: readonly Step[], checks: readonly Check[], seen: Seen): Finding[] {
  return [...steps.flatMap((step) => statusFinding(step, seen)), ...checks.map((check) => finding(check, seen))];
}

/** A status gets a line of its own when it is the point of the step, or when it is wrong. */
function statusFinding(step: Step, seen: Seen): Finding[] {
  if (step.status === null) return [];
  const got = seen.statuses.get(step.id);
  if (got === step.status) {
    return step.status === 200 ? [] : [{ what: `refused with ${step.status}`, passed: true, instead: null }];
  }
  const instead = got === undefined ? "no answer at all" : `status ${got}`;
  return [{ what: `${step.id} is answered ${step.status}`, passed: false, instead }];
}

function finding(check: Check, seen: Seen): Finding {
  const instead = complaint(check, seen);
  return { what: check.says, passed: instead === null, instead };
}

/** What is wrong, in words; null when nothing is. */
function complaint(check: Check, seen: Seen): string | null {
  switch (check.kind) {
    case "answers":
      return answersComplaint(check.groups, seen);
    case "each-answered-once":
      return eachComplaint(check.steps, seen);
    case "mentions":
      return mentionsComplaint(check.steps, check.words, seen);
    case "omits":
      return omitsComplaint(check.words, repliesOf(seen.messages));
    case "speaks":
      return speaksComplaint(check.words, check.absent, repliesOf(seen.messages));
    case "replies": {
      const replies = repliesOf(seen.messages);
      return replies.length === check.count ? null : `${count(replies.length)}${listed(replies)}`;
    }
    case "within":
      return withinComplaint(check.steps, check.ms, seen);
    case "stored": {
      const stored = storedAs(check.step, seen).length;
      return stored === check.times ? null : `it is in the history ${times(stored)}`;
    }
    case "reads": {
      const texts = storedAs(check.step, seen).map((message) => message.text);
      return texts.includes(check.text)
        ? null
        : `it reads ${texts.map(quoted).join(", ") || "nothing: it was not stored"}`;
    }
    case "unheard":
      return seen.state === null && seen.messages.length === 0 ? null : "there is a conversation with the contact";
    case "event":
      return seen.events.has(check.type) ? null : `the event ${check.type} did not come`;
    case "killed-before-reply":
      return seen.repliesBeforeKill === 0 ? null : "the reply was faster than the kill";
    case "let-go":
      return letGoComplaint(seen.stalled.get(check.step), check.ms);
    case "status": {
      const others = [...seen.statuses].filter(([, status]) => status !== check.status);
      if (seen.statuses.size === 0) return "nothing was posted";
      return others.length === 0 ? null : others.map(([step, status]) => `${step} got ${status}`).join(", ");
    }
    case "state":
      return seen.state === check.state ? null : `the conversation is ${seen.state ?? "missing"}`;
  }
}

function answersComplaint(groups: readonly (readonly string[])[], seen: Seen): string | null {
  const replies = repliesOf(seen.messages);
  const problems: string[] = [];
  const turns = new Set<number>();
  for (const group of groups) {
    const answered = turnsOf(group, seen);
    const missing = group.filter((label) => storedAs(label, seen).length === 0);
    const turn = answered[0];
    if (missing.length > 0) problems.push(`${missing.join(" and ")} was not stored`);
    else if (turn === undefined) problems.push(`${group.join(" and ")} got no turn`);
    else if (answered.length > 1) problems.push(`${group.join(" and ")} got ${answered.length} turns`);
    else if (turns.has(turn)) problems.push(`${group.join(" and ")} was put together with something else`);
    if (turn !== undefined) turns.add(turn);
  }
  if (replies.length !== groups.length) problems.push(`${count(replies.length)}${listed(replies)}`);
  else if (replies.some((reply) => reply.turn === null || !turns.has(reply.turn))) {
    problems.push(`a reply to something else${listed(replies)}`);
  }
  const unsent = replies.filter((reply) => !isSent(reply));
  if (unsent.length > 0) problems.push(`${count(unsent.length)} not sent`);
  return problems.length === 0 ? null : problems.join("; ");
}

function mentionsComplaint(
  labels: readonly string[],
  words: readonly (readonly string[])[],
  seen: Seen,
): string | null {
  const replies = repliesTo(labels, seen);
  const missing = words.filter((list) => !list.some((word) => holds(replies, word)));
  if (missing.length === 0) return null;
  return `nothing about ${missing.map((list) => list.map(quoted).join(" or ")).join(", ")}${listed(replies)}`;
}

function omitsComplaint(words: readonly string[], replies: readonly SeenMessage[]): string | null {
  const found = words.filter((word) => holds(replies, word));
  return found.length === 0 ? null : `there is ${found.map(quoted).join(", ")}${listed(replies)}`;
}

function speaksComplaint(words: string, absent: boolean, replies: readonly SeenMessage[]): string | null {
  if (absent) return omitsComplaint([words], replies);
  return holds(replies, words) ? null : `nothing like that${listed(replies)}`;
}

function holds(replies: readonly SeenMessage[], words: string): boolean {
  const said = replies.map((reply) => comparable(reply.text)).join("\n");
  return said.includes(comparable(words));
}

function comparable(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

function withinComplaint(labels: readonly string[], ms: number, seen: Seen): string | null {
  const asked = Math.max(0, ...labels.map((label) => seen.postedAt.get(label) ?? 0));
  const sent = repliesTo(labels, seen).flatMap((reply) => seen.sentAt.get(reply.id) ?? []);
  if (sent.length === 0) return "no reply";
  const tookMs = Math.min(...sent) - asked;
  return tookMs <= ms ? null : `it took ${seconds(tookMs)}, and ${seconds(ms)} was the limit`;
}

function letGoComplaint(stalled: Stalled | undefined, ms: number): string | null {
  if (stalled === undefined) return "it was not sent";
  const { ended, status, tookMs } = stalled;
  if (!ended || tookMs > ms) return `the server still waits after ${seconds(tookMs)}`;
  return status === null || status === 408 ? null : `status ${status}`;
}

function eachComplaint(labels: readonly string[], seen: Seen): string | null {
  const replies = repliesOf(seen.messages);
  const turns = turnsOf(labels, seen);
  const problems: string[] = [];
  const unanswered = labels.filter((label) => repliesTo([label], seen).length === 0);
  if (unanswered.length > 0) problems.push(`no reply to ${unanswered.join(", ")}`);
  const doubled = turns.filter((turn) => replies.filter((reply) => reply.turn === turn).length > 1);
  if (doubled.length > 0) problems.push(`${count(doubled.length)} too many${listed(replies)}`);
  const strays = replies.filter((reply) => reply.turn === null || !turns.includes(reply.turn));
  if (strays.length > 0) problems.push(`a reply to something else${listed(strays)}`);
  return problems.length === 0 ? null : problems.join("; ");
}

function listed(replies: readonly SeenMessage[]): string {
  return replies.length === 0 ? "" : `: ${replies.map((reply) => quoted(reply.text)).join(", ")}`;
}

function quoted(text: string): string {
  return `"${text.length <= 60 ? text : `${text.slice(0, 59)}…`}"`;
}

function count(replies: number): string {
  if (replies === 0) return "no reply";
  return replies === 1 ? "1 reply" : `${replies} replies`;
}

function times(number: number): string {
  return number === 1 ? "once" : `${number} times`;
}
