import type { Database } from "bun:sqlite";
import type { ChangedTurn } from "../../core/batch.ts";
import { partOf } from "../../core/turn.ts";
import type { Content } from "../../core/update.ts";
import type { Turns } from "./turns.ts";

interface SaidRow {
  readonly id: number;
  readonly turn_id: number | null;
  readonly content: string;
}

/** People take words back or change them (DESIGN §5.10). All methods run inside a transaction. */
export class Corrections {
  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
  ) {}

  /**
   * New words for a message. Before the answer the turn is read again; after it only the history changes. An edition that
   * comes after a later one changes nothing.
   */
  edit(conversation: number, { messageId, text, revision }: Content & { kind: "edit" }, now: number): ChangedTurn[] {
    const row = this.find(conversation, messageId);
    if (row === null) return [];
    const content: Content = JSON.parse(row.content);
    if (content.kind !== "message" || revision < (content.revision ?? revision)) return [];
    const edited = { ...content, text, revision };
    this.db.query("UPDATE inbox SET content = ? WHERE id = ?").run(JSON.stringify(edited), row.id);
    const turn = row.turn_id === null ? null : this.turns.openTurn(row.turn_id);
    const changed = turn === null ? null : this.turns.revise(turn, partOf(edited), now);
    return changed === null ? [] : [changed];
  }

  /** The message is gone, here as well: its words, and the raw body they came in. */
  unsend(conversation: number, messageId: string, now: number): ChangedTurn[] {
    const row = this.find(conversation, messageId);
    if (row === null) return [];
    this.db
      .query(`UPDATE inbox SET body = NULL WHERE id = ?1 OR id = (SELECT body_of FROM inbox WHERE id = ?1)`)
      .run(row.id);
    this.db.query("UPDATE inbox SET state = 'erased', content = NULL WHERE id = ?").run(row.id);
    const turn = row.turn_id === null ? null : this.turns.openTurn(row.turn_id);
    const changed = turn === null ? null : this.turns.revise(turn, null, now);
    return changed === null ? [] : [changed];
  }

  /** The newest message of that name; a conversation is looked through from its end, where corrections are made. */
  private find(conversation: number, messageId: string): SaidRow | null {
    return this.db
      .query<SaidRow, [number, string]>(
        `SELECT id, turn_id, content FROM inbox
         WHERE conversation_id = ? AND coalesce(message_id, event_key) = ? AND kind IN ('message', 'tap') AND content IS NOT NULL
         ORDER BY id DESC LIMIT 1`,
      )
      .get(conversation, messageId);
  }
}
