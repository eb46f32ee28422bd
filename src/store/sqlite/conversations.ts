import type { Database } from "bun:sqlite";
import type { ChannelName } from "../../core/channel.ts";
import type { ConversationState } from "../../core/conversation.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import type { ConversationRow } from "../../core/transcript.ts";
import { stateNow } from "../../core/takeover.ts";
import type { TurnState } from "../../core/turn.ts";

interface ConversationRecord {
  readonly id: number;
  readonly channel: ChannelName;
  readonly account: string;
  readonly contact: string;
  readonly name: string | null;
  readonly state: ConversationState;
  readonly human_until_at: number | null;
  readonly last_at: number;
  readonly turn_id: number | null;
  readonly turn_state: TurnState | null;
  readonly turn_reason: string | null;
  readonly turn_due_at: number | null;
}

const SELECT = `
  SELECT c.id, a.channel, a.external_id AS account, k.external_id AS contact, k.name, c.state, c.human_until_at, c.last_at,
    t.id AS turn_id, t.state AS turn_state, t.reason AS turn_reason, t.due_at AS turn_due_at
  FROM conversation c
  JOIN contact k ON k.id = c.contact_id
  JOIN account a ON a.id = c.account_id
  LEFT JOIN turn t ON t.id = (
    SELECT id FROM turn o WHERE o.conversation_id = c.id AND o.state IN ('gathering', 'ready', 'running', 'parked')
    ORDER BY o.id DESC LIMIT 1)`;

/** Conversations for people to look at. Reads only. */
export class Conversations {
  constructor(private readonly db: Database) {}

  /** The most recent first. */
  list(page: PageRequest, now: number): Page<ConversationRow> {
    const [lastAt, id] = (page.cursor ?? "").split(".").map(Number);
    const rows = this.db
      .query<ConversationRecord, [number, number, number]>(
        `${SELECT} WHERE (c.last_at, c.id) < (?, ?) ORDER BY c.last_at DESC, c.id DESC LIMIT ?`,
      )
      .all(lastAt || Number.MAX_SAFE_INTEGER, id || 0, page.limit + 1);
    const data = rows.slice(0, page.limit).map((row) => toRow(row, now));
    const last = data.at(-1);
    return { data, next: rows.length > page.limit && last !== undefined ? `${last.lastAt}.${last.id}` : null };
  }

  one(id: number, now: number): ConversationRow | null {
    const row = this.db.query<ConversationRecord, [number]>(`${SELECT} WHERE c.id = ?`).get(id);
    return row === null ? null : toRow(row, now);
  }
}

function toRow(row: ConversationRecord, now: number): ConversationRow {
  const turn =
    row.turn_id === null || row.turn_state === null
      ? null
      : { id: row.turn_id, state: row.turn_state, reason: row.turn_reason ?? "", dueAt: row.turn_due_at ?? 0 };
  const state = stateNow(row.state, row.human_until_at, now);
  return {
    id: row.id,
    channel: row.channel,
    account: row.account,
    contact: row.contact,
    name: row.name,
    state,
    humanUntilAt: state === "human" ? row.human_until_at : null,
    lastAt: row.last_at,
    turn,
  };
}
