/** The retry journal as people see it: deliveries not settled, and turns that were given up. */
import type { Database } from "bun:sqlite";
import { DELIVERY_STATES, type DeliveryKind, type DeliveryState } from "../../core/delivery.ts";
import { isFlushable, progressOfDelivery, progressOfTurn } from "../../core/flush.ts";
import type { RetryFilter, RetryKind, RetryProgress, RetryRow, RetryState } from "../../core/journal.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import type { TurnState } from "../../core/turn.ts";
import { FAILED, UNSETTLED } from "./delivery-rows.ts";

/** Ids of turns in the journal: "turn-12". */
const TURN_ID = /^turn-(\d+)$/;

/** A delivery under way counts as pending: it is not settled, and nobody needs to act. */
const deliveriesThat = (are: string): string => `
  SELECT d.id AS id, d.kind AS kind, CASE d.state WHEN 'sending' THEN 'pending' ELSE d.state END AS state,
    a.external_id AS account, d.conversation_id AS conversation, d.attempts AS attempts, d.rounds AS rounds,
    d.created_at AS created_at, d.next_at AS next_at, d.last_error AS last_error,
    CASE d.kind WHEN 'interaction' THEN json_extract(d.body, '$.text') ELSE coalesce(m.text, '') END AS text
  FROM delivery d JOIN account a ON a.id = d.account_id LEFT JOIN message m ON m.id = d.out_message_id
  WHERE d.${are}`;

const LISTED = `
  ${deliveriesThat(UNSETTLED)}
  UNION ALL
  ${deliveriesThat(FAILED)}
  UNION ALL
  SELECT 'turn-' || t.id, 'turn', 'dead', a.external_id, t.conversation_id, t.claims, 0, t.first_at, t.due_at, t.reason, ''
  FROM turn t JOIN conversation c ON c.id = t.conversation_id JOIN account a ON a.id = c.account_id
  WHERE t.state = 'dead'`;

/** Both by a JSON array of ids, so that lists of any length are the same statement. */
const DELIVERIES = "SELECT id, state FROM delivery WHERE id IN (SELECT value FROM json_each(?))";
const TURNS = `
  SELECT t.id, t.state, (SELECT group_concat(d.state) FROM delivery d WHERE d.turn_id = t.id AND d.kind = 'message') AS parts
  FROM turn t WHERE t.id IN (SELECT value FROM json_each(?))`;

export interface JournalRecord {
  readonly id: string;
  readonly kind: RetryKind;
  readonly state: RetryState;
  readonly account: string;
  readonly conversation: number;
  readonly attempts: number;
  readonly rounds: number;
  readonly created_at: number;
  readonly next_at: number;
  readonly last_error: string | null;
  readonly text: string;
}

export class Journal {
  constructor(private readonly db: Database) {}

  list(filter: RetryFilter, page: PageRequest): Page<RetryRow> {
    const { where, values } = conditions(filter);
    const after = page.cursor === null ? [] : [page.cursor];
    const rows = this.db
      .query<JournalRecord, (string | number)[]>(
        `SELECT * FROM (${LISTED}) WHERE ${where} ${after.length > 0 ? "AND id > ?" : ""} ORDER BY id LIMIT ?`,
      )
      .all(...values, ...after, page.limit + 1);
    const data = rows.slice(0, page.limit).map(toRetry);
    return { data, next: rows.length > page.limit ? (data.at(-1)?.id ?? null) : null };
  }

  /** What a filter names, all of it. */
  matching(filter: RetryFilter): JournalRecord[] {
    const { where, values } = conditions(filter);
    return this.db.query<JournalRecord, (string | number)[]>(`SELECT * FROM (${LISTED}) WHERE ${where}`).all(...values);
  }

  progress(ids: readonly string[]): RetryProgress[] {
    const deliveries = this.db
      .query<{ id: string; state: DeliveryState }, [string]>(DELIVERIES)
      .all(JSON.stringify(ids))
      .map(({ id, state }) => [id, progressOfDelivery(state)] as const);
    const numbers = ids.flatMap((id) => TURN_ID.exec(id)?.[1] ?? []).map(Number);
    const turns = this.db
      .query<{ id: number; state: TurnState; parts: string | null }, [string]>(TURNS)
      .all(JSON.stringify(numbers))
      .map(({ id, state, parts }) => {
        const states = (parts ?? "").split(",");
        const known = DELIVERY_STATES.filter((each) => states.includes(each));
        return [`turn-${id}`, progressOfTurn(state, known)] as const;
      });
    const found = new Map<string, RetryProgress["state"]>([...deliveries, ...turns]);
    return ids.map((id) => ({ id, state: found.get(id) ?? "gone" }));
  }

  /** Inside a transaction. Only rows change; the running server sends. @returns how many changed */
  flush(rows: readonly JournalRecord[], force: boolean, now: number): number {
    return rows.filter((row) => this.flushOne(row, force, now)).length;
  }

  private flushOne(row: JournalRecord, force: boolean, now: number): boolean {
    if (!isFlushable(row, force)) return false;
    const turn = TURN_ID.exec(row.id)?.[1];
    if (turn !== undefined) {
      return this.changed(
        "UPDATE turn SET state = 'ready', claims = 0, failures = 0, not_before_at = 0, hold = NULL, first_at = ? WHERE id = ? AND state = 'dead'",
        now,
        Number(turn),
      );
    }
    if (row.state === "pending")
      return this.changed("UPDATE delivery SET next_at = ? WHERE id = ? AND state = 'pending'", now, row.id);
    // Somebody wants it tried, so what is known of the recipient does not stand in its way.
    this.changed(
      `UPDATE conversation SET state = 'bot'
       WHERE state = 'blocked' AND id = (SELECT conversation_id FROM delivery WHERE id = ? AND state IN ('dead', 'expired'))`,
      row.id,
    );
    return this.changed(
      // An interaction that may have arrived is still looked for first.
      `UPDATE delivery SET state = 'pending', attempts = 0, next_at = ?1, created_at = ?1,
         rounds = CASE kind WHEN 'interaction' THEN min(rounds, 1) ELSE 0 END
       WHERE id = ?2 AND (state IN ('dead', 'expired') OR (state = 'parked' AND kind = 'interaction'))`,
      now,
      row.id,
    );
  }

  /** Inside a transaction: nobody will try this one again. @returns whether there was one */
  drop(id: string, now: number): boolean {
    const turn = TURN_ID.exec(id)?.[1];
    if (turn !== undefined) {
      return this.changed(
        "UPDATE turn SET state = 'cancelled', reason = 'dropped by hand', due_at = ? WHERE id = ? AND state = 'dead'",
        now,
        Number(turn),
      );
    }
    // The parts behind it make no sense without it.
    return this.changed(
      `DELETE FROM delivery
       WHERE state IN ('pending', 'ambiguous', 'parked', 'dead', 'expired') AND (id = ?1 OR seq IN (
         SELECT later.seq FROM delivery d JOIN delivery later ON later.out_message_id = d.out_message_id AND later.kind = d.kind
         WHERE d.id = ?1 AND later.part > d.part AND d.state IN ('pending', 'ambiguous', 'parked', 'dead', 'expired')))`,
      id,
    );
  }

  private changed(sql: string, ...values: (string | number)[]): boolean {
    return this.db.query<unknown, (string | number)[]>(sql).run(...values).changes > 0;
  }

  counts(): Record<"pending" | "ambiguous" | "parked" | "dead", number> {
    const count = (state: DeliveryState): number =>
      this.db
        .query<{ n: number }, []>(
          `SELECT count(*) AS n FROM delivery WHERE ${state === "dead" ? FAILED : UNSETTLED} AND state = '${state}'`,
        )
        .get()?.n ?? 0;
    return { pending: count("pending"), ambiguous: count("ambiguous"), parked: count("parked"), dead: count("dead") };
  }
}

function conditions(filter: RetryFilter): { where: string; values: (string | number)[] } {
  const parts: string[] = ["1 = 1"];
  const values: (string | number)[] = [];
  const narrow = (column: string, value: string | number | undefined, comparison = "="): void => {
    if (value === undefined) return;
    parts.push(`${column} ${comparison} ?`);
    values.push(value);
  };
  narrow("kind", filter.kind satisfies DeliveryKind | "turn" | undefined);
  narrow("state", filter.state);
  narrow("account", filter.account);
  narrow("created_at", filter.createdBefore, "<");
  narrow("created_at", filter.createdAfter, ">");
  if (filter.ids !== undefined) {
    parts.push(`id IN (${filter.ids.map(() => "?").join(", ") || "NULL"})`);
    values.push(...filter.ids);
  }
  return { where: parts.join(" AND "), values };
}

function toRetry(row: JournalRecord): RetryRow {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    account: row.account,
    conversation: row.conversation,
    attempts: row.attempts,
    rounds: row.rounds,
    createdAt: row.created_at,
    nextAt: row.next_at,
    lastError: row.last_error,
    text: row.text,
  };
}
