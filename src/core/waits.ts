import type { Expectation, ExpectationKind } from "./expectation.ts";

/** How long to wait for what a text announces. All in milliseconds, all settings (DESIGN §5). */
export interface WaitPolicy {
  /** False closes every turn at once (SMART_DELAY_ENABLED). */
  readonly enabled: boolean;
  readonly imageMs: number;
  readonly fileMs: number;
  readonly questionMs: number;
  readonly unfinishedMs: number;
  readonly attachmentFirstMs: number;
  readonly plainMs: number;
  /** After the missing half has come: time for the rest of an album. */
  readonly settleMs: number;
  /** No turn gathers longer than this from its first part (MAX_CONTEXT_TTL). */
  readonly longestMs: number;
  /** Turns that may gather at once (MAX_PENDING_CONTEXTS). */
  readonly mostGathering: number;
}

export const DEFAULT_WAITS: WaitPolicy = {
  enabled: true,
  imageMs: 8_000,
  fileMs: 5_000,
  questionMs: 3_000,
  unfinishedMs: 2_000,
  attachmentFirstMs: 2_000,
  plainMs: 100,
  settleMs: 500,
  longestMs: 12_000,
  mostGathering: 1_000,
};

/** The wait a text asks for. */
export function waitMsFor(kind: ExpectationKind, policy: WaitPolicy): number {
  switch (kind) {
    case "image":
      return policy.imageMs;
    case "file":
      return policy.fileMs;
    case "question":
      return policy.questionMs;
    case "unfinished":
      return policy.unfinishedMs;
    case "nothing":
      return policy.plainMs;
  }
}

/** "waiting up to 8 s: the text announces an image" */
export function waitReason(waitMs: number, expectation: Expectation): string {
  return `waiting up to ${seconds(waitMs)}: ${expectation.reason}`;
}

/** Milliseconds as people read them: "0.1 s", "8 s". */
export function seconds(ms: number): string {
  return `${Number((ms / 1_000).toFixed(2))} s`;
}
