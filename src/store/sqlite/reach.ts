import type { Database } from "bun:sqlite";
import type { Recorded } from "../../core/batch.ts";
import { UNSETTLED } from "./delivery-rows.ts";
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
         WHERE conversation_id = ?1 AND ${UNSETTLED} AND state = 'pending' AND kind <> 'interaction' AND next_at > ?2`,
      )
      .run(conversation, now);
    return { changed: this.turns.cancelAll(conversation, "the bot was blocked"), takeover: null };
  }

  /**
   * A contact of the account has another id from now on, under which everything goes on: what was said, what is being
   * answered, what is owed. Where the new id is known as a contact already, history and what is owed go over to it.
   */
  move(accountId: number, from: string, to: string): void {
    const [old, known] = [this.contact(accountId, from), this.contact(accountId, to)];
    if (old === null || from === to) return;
    if (known === null) {
      this.db.query("UPDATE contact SET external_id = ? WHERE id = ?").run(to, old.contact);
      this.open(old.conversation);
      return;
    }
    const both = [known.conversation, old.conversation] as const;
    // Turns under way stay where they are: their answers find out when they are sent, and then come over as well.
    this.db
      .query("UPDATE inbox SET conversation_id = ? WHERE conversation_id = ? AND state IN ('done', 'noted', 'ignored')")
      .run(...both);
    this.db.query("UPDATE message SET conversation_id = ? WHERE conversation_id = ?").run(...both);
    this.db
      .query(
        `UPDATE delivery SET conversation_id = ?
         WHERE conversation_id = ? AND ${UNSETTLED} AND state IN ('pending', 'parked') AND kind <> 'interaction'`,
      )
      .run(...both);
  }

  private contact(accountId: number, externalId: string): { contact: number; conversation: number } | null {
    return this.db
      .query<{ contact: number; conversation: number }, [number, string]>(
        `SELECT k.id AS contact, c.id AS conversation FROM contact k JOIN conversation c ON c.contact_id = k.id
         WHERE k.account_id = ? AND k.external_id = ?`,
      )
      .get(accountId, externalId);
  }

  /** It can be written to again. */
  open(conversation: number): void {
    this.db.query("UPDATE conversation SET state = 'bot' WHERE id = ? AND state = 'blocked'").run(conversation);
  }
}
