import type { Database } from "bun:sqlite";
import type { ChannelName } from "../../core/channel.ts";
import type { ConversationState } from "../../core/conversation.ts";
import type { OrderedPage, Page, PageOrder } from "../../core/page.ts";
import type { ConversationFilter, ConversationRow } from "../../core/transcript.ts";
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

  /** Words are not looked for here. */
  list(filter: Omit<ConversationFilter, "q">, page: OrderedPage, now: number): Page<ConversationRow> {
    const after = page.order === "oldest" ? begunAfter(page.cursor) : quieterThan(page.cursor);
    const rows = this.db
      .query<ConversationRecord, Record<string, string | number | null>>(
        `${SELECT} WHERE ${after.where}${conditions(filter)} ORDER BY ${after.order} LIMIT $limit + 0`,
      )
      .all({
        ...after.values,
        ...(filter.channel === undefined ? {} : { channel: filter.channel }),
        ...(filter.account === undefined ? {} : { account: filter.account }),
        ...(filter.state === undefined ? {} : { state: filter.state, now }),
        limit: page.limit + 1,
      });
    const data = rows.slice(0, page.limit).map((row) => toRow(row, now));
    const last = data.at(-1);
    return { data, next: rows.length > page.limit && last !== undefined ? this.cursorAfter(last, page.order) : null };
  }

  /** For the page that goes on behind a row. */
  cursorAfter({ lastAt, id }: ConversationRow, order: PageOrder | undefined): string {
    return order === "oldest" ? String(id) : `${lastAt}.${id}`;
  }

  one(id: number, now: number): ConversationRow | null {
    const row = this.db.query<ConversationRecord, [number]>(`${SELECT} WHERE c.id = ?`).get(id);
    return row === null ? null : toRow(row, now);
  }
}

/** A takeover whose end has passed is over (`stateNow`). */
const STATE_NOW = "CASE WHEN c.state = 'human' AND c.human_until_at <= $now + 0 THEN 'bot' ELSE c.state END";

interface Place {
  readonly where: string;
  readonly order: string;
  readonly values: Readonly<Record<string, number>>;
}

function quieterThan(cursor: string | null): Place {
  const [lastAt, id] = (cursor ?? "").split(".").map(Number);
  return {
    where: "(c.last_at, c.id) < ($lastAt + 0, $id + 0)",
    order: "c.last_at DESC, c.id DESC",
    values: { lastAt: lastAt || Number.MAX_SAFE_INTEGER, id: id || 0 },
  };
}

/** Nobody who writes meanwhile changes their place in it. */
function begunAfter(cursor: string | null): Place {
  return { where: "c.id > $id + 0", order: "c.id", values: { id: Number(cursor) || 0 } };
}

function conditions({ channel, account, state }: Omit<ConversationFilter, "q">): string {
  return [
    ...(channel === undefined ? [] : ["a.channel = $channel"]),
    ...(account === undefined ? [] : ["a.external_id = $account"]),
    ...(state === undefined ? [] : [`${STATE_NOW} = $state`]),
  ]
    .map((condition) => ` AND ${condition}`)
    .join("");
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
