/**
 * Scenarios: what a customer or the platform does, step by step, and what must come of it. They are data, so that one
 * engine (`play.ts`) plays the built-in ones, and any that are read from elsewhere.
 *
 * A step has an id, and later steps and checks name it: `{ kind: "reaction", to: "question" }` is a reaction to the
 * message which the step `question` posted.
 */
import type { EventType } from "../../src/core/event.ts";

export type AttachmentType = "image" | "video" | "audio" | "file" | "sticker" | "location" | "share";

/** One thing the platform reports about our contact; `messenger.ts` puts it into Meta's words. */
export type Happening =
  | {
      readonly kind: "text";
      readonly text: string;
      /** The message is a tap on a quick reply, and this is what the tap means. */
      readonly quickReply?: string;
      /** The step whose message this one answers. */
      readonly replyTo?: string;
    }
  | { readonly kind: "attachment"; readonly types: readonly AttachmentType[] }
  | { readonly kind: "postback"; readonly title: string; readonly payload: string }
  | { readonly kind: "reaction"; readonly to: string; readonly emoji: string }
  | { readonly kind: "edit"; readonly of: string; readonly text: string }
  | { readonly kind: "unsend"; readonly of: string }
  /** A human answers from the page's own inbox. */
  | { readonly kind: "human-echo"; readonly text: string }
  | { readonly kind: "delivery" }
  | { readonly kind: "read" }
  | { readonly kind: "referral"; readonly ref: string }
  | { readonly kind: "optin"; readonly ref: string }
  /** The thread is given to another app. */
  | { readonly kind: "handover" };

/** A body that is no list of happenings. */
export type OddBody =
  | { readonly kind: "bytes"; readonly text: string }
  | { readonly kind: "padded"; readonly bytes: number }
  | { readonly kind: "nested"; readonly depth: number };

export type Signature = "genuine" | "wrong" | "missing";

/** What a step does. */
export type Deed =
  | {
      readonly kind: "post";
      /** Each one becomes an entry of one POST. */
      readonly happenings: readonly Happening[];
      readonly signature: Signature;
      /** Another app owns the thread; we are only told. */
      readonly standby: boolean;
      /** How much older than the POST the platform says it is, in ms. */
      readonly agedMs: number;
    }
  | { readonly kind: "post-odd"; readonly body: OddBody; readonly signature: Signature }
  /** The bytes of an earlier step once more, as the platform does when it doubts our 200. */
  | { readonly kind: "again"; readonly step: string }
  /** The server dies by SIGKILL and is started again. Only with a server that is ours. */
  | { readonly kind: "kill" };

export interface Step {
  readonly id: string;
  /** Ms after the step before it began; with `awaitsReplies`, after those replies came. */
  readonly afterMs: number;
  /** Waits until the bot has sent this many replies; 0 for no waiting. */
  readonly awaitsReplies: number;
  readonly deed: Deed;
  /** The HTTP status that must answer; null when the step posts nothing. */
  readonly status: number | null;
}

/** What must have come of it once all is quiet. */
export type Demand =
  /** Each group of steps got one reply of its own, together, and nothing else got any. */
  | { readonly kind: "answers"; readonly groups: readonly (readonly string[])[] }
  /**
   * The reply to the steps holds one word of each list. Judged only where the model answers by rule (the sandbox): a real
   * one chooses its own words.
   */
  | { readonly kind: "mentions"; readonly steps: readonly string[]; readonly words: readonly (readonly string[])[] }
  /** Every step's message was answered by exactly one reply, in whatever company. */
  | { readonly kind: "each-answered-once"; readonly steps: readonly string[] }
  /** The step's message is in the history this many times. */
  | { readonly kind: "stored"; readonly step: string; readonly times: number }
  /** The step's message reads like this in the history. */
  | { readonly kind: "reads"; readonly step: string; readonly text: string }
  /** There is no conversation with our contact. */
  | { readonly kind: "unheard" }
  /** The server said this happened. */
  | { readonly kind: "event"; readonly type: EventType }
  /** There was no reply yet when the server was killed. */
  | { readonly kind: "killed-before-reply" }
  | { readonly kind: "state"; readonly state: "bot" | "human" | "blocked" };

export type Check = Demand & {
  /** The sentence that is shown with its tick: "one reply that knows both parts". */
  readonly says: string;
};

/** What is played: a scenario with its options filled in. */
export interface Script {
  readonly headline: string;
  readonly steps: readonly Step[];
  readonly checks: readonly Check[];
}

/** What a user may change about a scenario; null where nothing was said. */
export interface ScenarioOptions {
  readonly gapMs: number | null;
  readonly order: "text-first" | "photo-first" | null;
  readonly count: number | null;
  readonly text: string | null;
}

export type OptionName = "gap" | "order" | "count" | "text";

export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** The options that change something here. */
  readonly options: readonly OptionName[];
  /** It kills the server, so it plays only where the server is ours. */
  readonly needsSandbox: boolean;
  script(options: ScenarioOptions): Script;
}

export const NO_OPTIONS: ScenarioOptions = { gapMs: null, order: null, count: null, text: null };

/** What most steps leave out. */
interface StepParts {
  readonly afterMs?: number;
  readonly awaitsReplies?: number;
  readonly status?: number;
  readonly signature?: Signature;
  readonly standby?: boolean;
  readonly agedMs?: number;
}

/** A step that posts happenings: genuine, at once, answered 200 unless told otherwise. */
export function posts(id: string, happening: Happening | readonly Happening[], parts: StepParts = {}): Step {
  return {
    id,
    afterMs: parts.afterMs ?? 0,
    awaitsReplies: parts.awaitsReplies ?? 0,
    status: parts.status ?? 200,
    deed: {
      kind: "post",
      happenings: "kind" in happening ? [happening] : happening,
      signature: parts.signature ?? "genuine",
      standby: parts.standby ?? false,
      agedMs: parts.agedMs ?? 0,
    },
  };
}

/** A step that posts something no platform would. */
export function postsOdd(id: string, body: OddBody, parts: StepParts = {}): Step {
  return {
    id,
    afterMs: parts.afterMs ?? 0,
    awaitsReplies: parts.awaitsReplies ?? 0,
    status: parts.status ?? 200,
    deed: { kind: "post-odd", body, signature: parts.signature ?? "genuine" },
  };
}

/** A step that posts an earlier one once more. */
export function postsAgain(id: string, step: string, parts: StepParts = {}): Step {
  return {
    id,
    afterMs: parts.afterMs ?? 0,
    awaitsReplies: parts.awaitsReplies ?? 0,
    status: parts.status ?? 200,
    deed: { kind: "again", step },
  };
}

/** A step that kills the server and starts it again. */
export function kills(id: string, afterMs: number): Step {
  return { id, afterMs, awaitsReplies: 0, status: null, deed: { kind: "kill" } };
}

export function says(text: string): Happening {
  return { kind: "text", text };
}

export function shows(...types: AttachmentType[]): Happening {
  return { kind: "attachment", types };
}

/** Exactly one reply for each group, and none for anything else. */
export function answers(sentence: string, ...groups: (readonly string[])[]): Check {
  return { says: sentence, kind: "answers", groups };
}

/** Nothing was answered at all. */
export const noReply: Check = { says: "no reply", kind: "answers", groups: [] };
