/** Turns as workers get them: closed, claimed, held back or given up. */
import type { HistoryLine, QuestionPart } from "./agent.ts";
import type { Whose } from "./conversation.ts";
import type { Closing, Turn } from "./turn.ts";
import type { Attachment } from "./update.ts";

export interface TurnRef {
  readonly id: number;
  readonly turn: Turn;
}

export interface ClosedTurn extends TurnRef {
  readonly whose: Whose;
  readonly merged: boolean;
  readonly why: Closing;
  /** It waited, and nothing came. */
  readonly wasted: boolean;
}

/** A turn in a worker's hands. Every later write names `id` and `fence` and fails when either is no longer right. */
export interface ClaimedTurn extends TurnRef {
  readonly whose: Whose;
  readonly contactName: string | null;
  readonly parts: readonly QuestionPart[];
  readonly history: readonly HistoryLine[];
  /** What was said when this turn's attachment was announced; null when it was not announced earlier. */
  readonly amends: string | null;
  /** Pictures of the last two turns that this turn's words may point at, oldest first. */
  readonly earlierPictures: readonly Attachment[];
}

export interface HistoryLimits {
  readonly lines: number;
  /** Messages older than this before the turn are left out. */
  readonly ttlMs: number;
}

/** A turn that the person's rate limit holds back. */
export interface HeldTurn extends TurnRef {
  readonly whose: Whose;
  /** Nobody has told the person yet in this minute. */
  readonly firstTime: boolean;
  /** What it says, to tell the person in their language. */
  readonly words: string;
}

export interface Claims {
  readonly claimed: readonly ClaimedTurn[];
  /** Given up: past hope. */
  readonly dead: readonly ClosedTurn[];
  readonly held: readonly HeldTurn[];
  /** When to look again, epoch ms; null for not before a wake. */
  readonly nextAt: number | null;
}

/** Turns answered in any minute; null for no limit (M4). */
export interface RateLimits {
  readonly perUserPerMinute: number | null;
  readonly perAccountPerMinute: number | null;
}
