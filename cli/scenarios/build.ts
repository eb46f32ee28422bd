/** Short words for the parts that scenarios are made of. */
import type {
  AttachmentType,
  Check,
  Deed,
  Happening,
  OddBody,
  Scenario,
  Script,
  Signature,
  Step,
  TimeForm,
} from "./scenario.ts";

/** What most steps leave out. */
interface StepParts {
  readonly afterMs?: number;
  readonly awaitsReplies?: number;
  readonly status?: number;
  readonly signature?: Signature;
  readonly standby?: boolean;
  readonly agedMs?: number;
  readonly timeForm?: TimeForm;
  readonly page?: number;
}

function step(id: string, deed: Deed, parts: StepParts, status: number | null): Step {
  return { id, afterMs: parts.afterMs ?? 0, awaitsReplies: parts.awaitsReplies ?? 0, status, deed };
}

/** A step that posts happenings: genuine, at once, answered 200 unless told otherwise. */
export function posts(id: string, happening: Happening | readonly Happening[], parts: StepParts = {}): Step {
  const deed: Deed = {
    kind: "post",
    happenings: "kind" in happening ? [happening] : happening,
    signature: parts.signature ?? "genuine",
    standby: parts.standby ?? false,
    agedMs: parts.agedMs ?? 0,
    timeForm: parts.timeForm ?? "ms",
    page: parts.page ?? 0,
  };
  return step(id, deed, parts, parts.status ?? 200);
}

/** A step that posts something no platform would. */
export function postsOdd(id: string, body: OddBody, parts: StepParts = {}): Step {
  return step(id, { kind: "post-odd", body, signature: parts.signature ?? "genuine" }, parts, parts.status ?? 200);
}

/** A step that posts an earlier one once more. */
export function postsAgain(id: string, of: string, parts: StepParts = {}): Step {
  return step(id, { kind: "again", step: of }, parts, parts.status ?? 200);
}

/** A step that posts a body of which most never comes. */
export function stalls(id: string, text: string, parts: StepParts = {}): Step {
  return step(id, { kind: "stall", text }, parts, null);
}

/** A step that kills the server and starts it again. */
export function kills(id: string, afterMs: number): Step {
  return step(id, { kind: "kill" }, { afterMs }, null);
}

export function says(text: string): Happening {
  return { kind: "text", text };
}

export function shows(...types: AttachmentType[]): Happening {
  return { kind: "attachment", types };
}

/** Files sent together on Telegram, with words under the first. */
export function captioned(types: readonly AttachmentType[], caption: string): Happening {
  return { kind: "attachment", types, caption };
}

/** Exactly one reply for each group, and none for anything else. */
export function answers(sentence: string, ...groups: (readonly string[])[]): Check {
  return { says: sentence, kind: "answers", groups };
}

/** Nothing was answered at all. */
export const noReply: Check = { says: "no reply", kind: "answers", groups: [] };

/** A scenario that is always the same. */
export function fixed(name: string, summary: string, script: Omit<Script, "headline">): Scenario {
  return { name, summary, options: [], needsSandbox: false, script: () => ({ headline: summary, ...script }) };
}

/** What people say when nothing is to be waited for. */
export const QUESTION = "Shop ơi, hôm nay cửa hàng mở cửa đến mấy giờ vậy";
/** What announces a photo: the bot waits for it up to 8 s. */
export const ANNOUNCEMENT = "xem ảnh này giúp mình";
