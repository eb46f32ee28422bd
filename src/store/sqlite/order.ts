import type { Database } from "bun:sqlite";
import { UNSETTLED, type DeliveryRecord } from "./delivery-rows.ts";

/** What stands behind what: the deliveries of a conversation go out one after the other (G7). */
export class Order {
  constructor(private readonly db: Database) {}

  /** What stands behind a delivery is not due before it, so that nobody looks at it in vain. */
  followersAt(row: Pick<DeliveryRecord, "conversation_id" | "seq">, at: number): void {
    this.db
      .query(
        `UPDATE delivery SET next_at = $at
         WHERE conversation_id = $conversation AND seq > $seq AND ${UNSETTLED} AND state = 'pending'
           AND kind <> 'interaction' AND next_at <> $at`,
      )
      .run({ at, conversation: row.conversation_id, seq: row.seq });
  }

  end(row: DeliveryRecord, state: "dead" | "expired", why: string): void {
    this.db.query("UPDATE delivery SET state = ?, last_error = ? WHERE seq = ?").run(state, why, row.seq);
    this.endLaterParts(row, state);
  }

  /** A part without the parts before it makes no sense, so they end together; the conversation goes on. */
  endLaterParts(row: DeliveryRecord, state: "dead" | "expired"): void {
    if (row.out_message_id === null) return;
    this.db
      .query(
        `UPDATE delivery SET state = ?, last_error = 'an earlier part of the same reply could not be sent'
         WHERE out_message_id = ? AND part > ? AND kind <> 'interaction' AND state IN ('pending', 'parked')`,
      )
      .run(state, row.out_message_id, row.part);
  }
}
