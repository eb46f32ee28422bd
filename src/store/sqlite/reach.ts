import type { Database } from "bun:sqlite";
import type { Recorded } from "../../core/batch.ts";
import type { Turns } from "./turns.ts";

type Effect = Pick<Recorded, "changed" | "takeover">;

/** Whom an account may write to. All methods run inside a transaction. */
export class Reach {
  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
  ) {}

  /**
   * The platform says whether the conversation can be written to. While it cannot, nothing is sent: what nobody has answered
   * yet is answered by nobody, and what is owed ends when it is next looked at, which is at once.
   */
  told(conversation: number, reachable: boolean, now: number): Effect {
    if (reachable) {
      this.open(conversation);
      return { changed: [], takeover: null };
    }
    this.db.query("UPDATE conversation SET state = 'blocked', human_until_at = NULL WHERE id = ?").run(conversation);
    this.db
      .query(
        `UPDATE delivery SET next_at = ?2
         WHERE conversation_id = ?1 AND state = 'pending' AND kind <> 'interaction' AND next_at > ?2`,
      )
      .run(conversation, now);
    return { changed: this.turns.cancelAll(conversation, "the bot was blocked"), takeover: null };
  }

  /** It can be written to again. */
  open(conversation: number): void {
    this.db.query("UPDATE conversation SET state = 'bot' WHERE id = ? AND state = 'blocked'").run(conversation);
  }
}
