/** Who speaks for an account in a conversation: the bot, or a human for a while (DESIGN §5.10). */
import type { ChangedTurn } from "./batch.ts";
import type { ConversationState, Whose } from "./conversation.ts";

/** Somebody else speaks from now on. */
export interface Handover {
  /** When the bot may speak again, epoch ms; null: it does now. */
  readonly until: number | null;
  readonly reason: string;
}

/** What became of a conversation that a person took or gave back. */
export interface HandedOver {
  readonly whose: Whose;
  /** Null when nothing changed: the bot was already answering. */
  readonly takeover: Handover | null;
  /** Turns that are nobody's to answer any more. */
  readonly changed: readonly ChangedTurn[];
}

/** A takeover with an end that has passed is over, though nobody has written it down yet. */
export function stateNow(state: ConversationState, humanUntilAt: number | null, now: number): ConversationState {
  return state === "human" && humanUntilAt !== null && humanUntilAt <= now ? "bot" : state;
}
