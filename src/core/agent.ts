import type { ChannelName } from "./channel.ts";
import type { Reply } from "./reply.ts";
import type { Attachment } from "./update.ts";

/** One line of what was said before. */
export interface HistoryLine {
  readonly by: "client" | "bot" | "human";
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly at: number;
}

/** One part of what is asked now. */
export interface QuestionPart {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Set for buttons, quick replies and commands: what the button means to the program. */
  readonly payload: string | null;
  /** The language of the person's app, where the platform tells it with a tap. */
  readonly locale?: string;
  readonly at: number;
}

/** A picture that was fetched and may be shown to a model. */
export interface Picture {
  readonly mime: string;
  readonly bytes: Uint8Array;
}

/** Everything an agent may know about one turn. */
export interface Question {
  readonly channel: ChannelName;
  readonly conversationId: string;
  /** A keyed hash: lets a provider count abuse per person without learning who it is. */
  readonly personHash: string;
  readonly contactName: string | null;
  /** Oldest first, as many as the limits allow. */
  readonly history: readonly HistoryLine[];
  /** Oldest first by platform time. */
  readonly parts: readonly QuestionPart[];
  readonly pictures: readonly Picture[];
  /** Plain sentences about the parts that the agent must know, e.g. "The photo could not be fetched." */
  readonly notes: readonly string[];
  readonly language: "vi" | "en";
}

/**
 * How asking went. `busy` may get better by itself; `refused` needs a person (key, model name, spend cap);
 * `unusable` was an answer that cannot be sent (empty, cut off).
 */
export type Answer =
  | {
      readonly kind: "reply";
      readonly reply: Reply;
      readonly model: string;
      /** Tokens in and out together; null when the provider does not say. */
      readonly tokens: number | null;
    }
  | { readonly kind: "busy"; readonly reason: string; readonly afterMs: number | null }
  /** `lasting`: every question would be refused, not only this one. */
  | { readonly kind: "refused"; readonly reason: string; readonly lasting: boolean }
  | { readonly kind: "unusable"; readonly reason: string }
  | { readonly kind: "aborted" };

/** What writes the answer. */
export interface Agent {
  readonly name: string;
  /** Answers once, with its own retries inside the time that `signal` leaves. Planned failures are answers. */
  answer(question: Question, signal: AbortSignal): Promise<Answer>;
}
