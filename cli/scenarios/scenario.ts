/**
 * Scenarios: what a customer or the platform does, step by step, and what must come of it. They are data, so that one
 * engine (`play.ts`) plays the built-in ones, and those that are read from files (`file.ts`).
 *
 * A step has an id, and later steps and checks name it: `{ kind: "reaction", to: "question" }` is a reaction to the
 * message which the step `question` posted.
 */
import type { ChannelName } from "../../src/core/channel.ts";
import type { EventType } from "../../src/core/event.ts";
import type { AttachmentKind } from "../../src/core/update.ts";

export const ATTACHMENT_TYPES = ["image", "video", "audio", "file", "sticker", "location", "contact", "share"] as const;
export type AttachmentType = (typeof ATTACHMENT_TYPES)[number];

/** What the bot makes of each type. */
export const KINDS: Readonly<Record<AttachmentType, AttachmentKind>> = {
  image: "image",
  video: "video",
  audio: "audio",
  file: "file",
  sticker: "sticker",
  location: "location",
  contact: "contact",
  share: "link",
};

/**
 * One thing the platform reports about our contact. `messenger.ts` puts it into Meta's words and `telegram.ts` into
 * Telegram's; what a platform has no words for, its dialect refuses.
 */
export type Happening =
  | {
      readonly kind: "text";
      readonly text: string;
      /** The message is a tap on a quick reply, and this is what the tap means. */
      readonly quickReply?: string | undefined;
      /** The step whose message this one answers. */
      readonly replyTo?: string | undefined;
      /** Said in a group to others: the bot is not meant. */
      readonly aside?: boolean | undefined;
    }
  | {
      readonly kind: "attachment";
      readonly types: readonly AttachmentType[];
      /** The words under the first of them. */
      readonly caption?: string | undefined;
      /** Which of an album it is, from 0; made of several types by a platform that sends one in each message. */
      readonly album?: number | undefined;
    }
  | { readonly kind: "postback"; readonly title: string; readonly payload: string }
  | { readonly kind: "reaction"; readonly to: string; readonly emoji: string }
  | { readonly kind: "edit"; readonly of: string; readonly text: string }
  | { readonly kind: "unsend"; readonly of: string }
  /** A human answers from the page's own inbox. */
  | { readonly kind: "human-echo"; readonly text: string }
  /** The platform shows the bot's newest reply back to it. */
  | { readonly kind: "own-echo" }
  | { readonly kind: "delivery" }
  | { readonly kind: "read" }
  | { readonly kind: "referral"; readonly ref: string }
  | { readonly kind: "optin"; readonly ref: string }
  /** The thread is given to another app. */
  | { readonly kind: "handover" }
  /** The contact blocks the bot, or lets it write again. */
  | { readonly kind: "reachability"; readonly reachable: boolean };

/** A body that is no list of happenings. */
export type OddBody =
  | { readonly kind: "bytes"; readonly text: string }
  /** From a file, as it is. */
  | { readonly kind: "given"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Written by hand; `$contact`, `$page`, `$mid`, `$now` and more in it are filled in. */
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "padded"; readonly bytes: number }
  | { readonly kind: "nested"; readonly depth: number };

export type Signature = "genuine" | "wrong" | "missing";

/** How the platform writes times: Meta's samples have all three. */
export type TimeForm = "ms" | "seconds" | "text";

/** What a step does. */
export type Deed =
  | {
      readonly kind: "post";
      /** On Messenger each becomes an entry of one POST, on Telegram a POST of its own, one right after the other. */
      readonly happenings: readonly Happening[];
      readonly signature: Signature;
      /** Another app owns the thread; we are only told. */
      readonly standby: boolean;
      /** How much older than the POST the platform says it is, in ms; below 0 for one from the future. */
      readonly agedMs: number;
      readonly timeForm: TimeForm;
      /** Which of the pages is written to; 0 is the first. */
      readonly page: number;
    }
  | { readonly kind: "post-odd"; readonly body: OddBody; readonly signature: Signature }
  /** The bytes of an earlier step once more, as the platform does when it doubts our 200. */
  | { readonly kind: "again"; readonly step: string }
  /** Some bytes of a body, and then nothing more, on a connection that stays open. The next step does not wait for its end. */
  | { readonly kind: "stall"; readonly text: string }
  /** The server dies by SIGKILL and is started again. Only with a server that is ours. */
  | { readonly kind: "kill" };

export interface Step {
  readonly id: string;
  /** Ms after the step before it began; with `awaitsReplies`, after those replies came. */
  readonly afterMs: number;
  /** Waits until the bot has sent this many replies; 0 for no waiting. */
  readonly awaitsReplies: number;
  readonly deed: Deed;
  /** The HTTP status that must answer; null when none must. */
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
  /** No reply holds any of the words. Judged only where the model answers by rule. */
  | { readonly kind: "omits"; readonly words: readonly string[] }
  /** So many replies in all. */
  | { readonly kind: "replies"; readonly count: number }
  /** Some reply holds the words (or, with `absent`, none does), whoever wrote it: what a user asks for is always judged. */
  | { readonly kind: "speaks"; readonly words: string; readonly absent: boolean }
  /** The reply to the steps came at most so long after the last of them. */
  | { readonly kind: "within"; readonly steps: readonly string[]; readonly ms: number }
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
  /** The server gave up on the step's slow body, by 408 or by closing, within so long. */
  | { readonly kind: "let-go"; readonly step: string; readonly ms: number }
  /** Every webhook was answered by this status. */
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "state"; readonly state: "bot" | "human" | "blocked" };

export type Check = Demand & {
  /** The sentence that is shown with its tick: "one reply that knows both parts". */
  readonly says: string;
};

/** What is played: a scenario with its options filled in. */
export interface Script {
  readonly headline: string;
  /** Messenger when left out. */
  readonly channel?: ChannelName;
  /** Where people write: to the bot alone, when left out. */
  readonly place?: "group";
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

export function channelOf({ channel }: Script): ChannelName {
  return channel ?? "messenger";
}

/** How many pages a script writes to. */
export function pagesOf(script: Script): number {
  return Math.max(1, ...script.steps.map(({ deed }) => (deed.kind === "post" ? deed.page + 1 : 1)));
}
