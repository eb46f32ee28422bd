import type { Database } from "bun:sqlite";
import type { RetentionPolicy } from "../../core/store.ts";
import type { Meta } from "./meta.ts";

/** Rows gone through in one transaction, so that years of them never hold the event loop (H2). */
const BITE = 500;

/** A table whose rows grow old in the order of their ids, what tells their age, and what forgetting one means. */
interface Ageing {
  readonly name: string;
  readonly id: string;
  readonly table: string;
  readonly at: string;
  readonly forget: string;
  readonly keptMs: (policy: RetentionPolicy) => number;
}

const AGEING: readonly Ageing[] = [
  {
    name: "bodies",
    id: "id",
    table: "inbox",
    at: "received_at",
    forget: "UPDATE inbox SET body = NULL WHERE id > ? AND id <= ? AND body IS NOT NULL",
    keptMs: ({ payloadMs }) => payloadMs,
  },
  {
    name: "inbound-texts",
    id: "id",
    table: "inbox",
    at: "received_at",
    forget: "UPDATE inbox SET content = NULL, state = 'erased' WHERE id > ? AND id <= ? AND state <> 'erased'",
    keptMs: ({ textMs }) => textMs,
  },
  {
    name: "outbound-texts",
    id: "id",
    table: "message",
    at: "at",
    forget: "UPDATE message SET text = '', attachments = '[]', actions = '[]' WHERE id > ? AND id <= ?",
    keptMs: ({ textMs }) => textMs,
  },
  {
    name: "kept-actions",
    id: "id",
    table: "kept_action",
    at: "at",
    forget: "DELETE FROM kept_action WHERE id > ? AND id <= ?",
    keptMs: ({ textMs }) => textMs,
  },
  {
    name: "broadcast-recipients",
    id: "id",
    table: "broadcast_recipient",
    at: "created_at",
    forget: "DELETE FROM broadcast_recipient WHERE id > ? AND id <= ?",
    keptMs: ({ textMs }) => textMs,
  },
  {
    name: "broadcasts",
    id: "id",
    table: "broadcast",
    at: "created_at",
    forget: "UPDATE broadcast SET text = '', parts = '[]' WHERE id > ? AND id <= ?",
    keptMs: ({ textMs }) => textMs,
  },
  {
    name: "deliveries",
    id: "seq",
    table: "delivery",
    at: "created_at",
    forget: `DELETE FROM delivery WHERE seq > ? AND seq <= ?
      AND (state IN ('sent', 'dead', 'expired') OR (kind = 'interaction' AND state <> 'sending'))`,
    keptMs: ({ textMs }) => textMs,
  },
];

/** Forgets what is older than the settings allow: raw bodies first, words later; keys and times stay (S11). */
export class Retention {
  constructor(
    private readonly db: Database,
    private readonly meta: Meta,
  ) {}

  /** Inside a transaction. @returns whether there is more to forget */
  forget(now: number, policy: RetentionPolicy): boolean {
    return AGEING.map((ageing) => this.bite(ageing, now - ageing.keptMs(policy))).includes(true);
  }

  private bite({ name, id, table, at, forget }: Ageing, before: number): boolean {
    const key = `forgotten:${name}`;
    const from = Number(this.meta.get(key) ?? 0);
    const reached = this.db
      .query<{ last: number | null; rows: number }, [number, number, number]>(
        `SELECT max(${id}) AS last, count(*) AS rows
         FROM (SELECT ${id}, ${at} FROM ${table} WHERE ${id} > ? + 0 ORDER BY ${id} LIMIT ? + 0) WHERE ${at} < ? + 0`,
      )
      .get(from, BITE, before);
    if (reached === null || reached.last === null) return false;
    this.db.query<unknown, [number, number]>(forget).run(from, reached.last);
    this.meta.set(key, String(reached.last));
    return reached.rows === BITE;
  }
}
