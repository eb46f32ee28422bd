/** Deliveries as rows, and how they turn into the nouns of core. */
import type { ConversationState } from "../../core/conversation.ts";
import type { DeliveryFacts, DeliveryKind, DeliveryState } from "../../core/delivery.ts";
import type { MovedDelivery } from "../../core/lease.ts";
import { toWhose, WHOSE_COLUMNS, WHOSE_JOINS, type WhoseRecord } from "./rows.ts";

// Both word for word as in the indexes over them, so that SQLite sees that those hold all that is asked for.
/** Not over. Said beside any narrower condition of states that has no index of its own, also "pending" alone. */
export const UNSETTLED = "state IN ('pending', 'sending', 'ambiguous', 'parked')";
/** Given up. */
export const FAILED = "state IN ('dead', 'expired')";

export interface DeliveryRecord extends WhoseRecord {
  readonly seq: number;
  readonly id: string;
  readonly account_id: number;
  readonly conversation_id: number;
  readonly turn_id: number | null;
  readonly out_message_id: number | null;
  readonly kind: DeliveryKind;
  readonly part: number;
  readonly state: DeliveryState;
  readonly body: string;
  readonly attempts: number;
  readonly rounds: number;
  readonly fence: number;
  readonly next_at: number;
  readonly started_at: number | null;
  readonly created_at: number;
  readonly message_id: string | null;
  readonly echoed_id: string | null;
  readonly last_error: string | null;
  readonly correlation: string;
  readonly turn_first_at: number | null;
  readonly conversation_state: ConversationState;
}

export const SELECT_DELIVERY = `
  SELECT r.*, t.first_at AS turn_first_at, c.state AS conversation_state, ${WHOSE_COLUMNS}
  FROM delivery r ${WHOSE_JOINS} LEFT JOIN turn t ON t.id = r.turn_id`;

export function factsOf(row: DeliveryRecord): DeliveryFacts {
  return {
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    rounds: row.rounds,
    createdAt: row.created_at,
    nextAt: row.next_at,
  };
}

export function movedTo(row: DeliveryRecord, state: DeliveryState, nextAt: number, error: string): MovedDelivery {
  return {
    id: row.id,
    kind: row.kind,
    whose: toWhose(row, row.correlation),
    state,
    attempts: row.attempts,
    nextAt,
    turnId: row.turn_id,
    sinceAt: row.turn_first_at ?? row.created_at,
    error,
  };
}
