import type { Database, Statement } from "bun:sqlite";
import type { Whose } from "../../core/conversation.ts";
import type { ChangedTurn, Recorded } from "../../core/batch.ts";
import type { ClosedTurn } from "../../core/claim.ts";
import {
  cancel,
  clampDue,
  close,
  closingOf,
  hear,
  isWasted,
  partOf,
  revise,
  type Closing,
  type Lately,
  type Part,
  type Turn,
  type WaitSample,
} from "../../core/turn.ts";
import type { WaitPolicy } from "../../core/waits.ts";
import type { History } from "./history.ts";
import {
  toTurn,
  toWhose,
  TURN_COLUMNS,
  turnValues,
  WHOSE_COLUMNS,
  WHOSE_JOINS,
  type TurnRecord,
  type WhoseRecord,
} from "./rows.ts";

export const OPEN = "state IN ('gathering', 'ready', 'running', 'parked')";

/** What was answered lately, and by which turn. */
export interface RecentTurn extends Lately {
  readonly awaitedTurnId: number | null;
}

/** Turns closed in one go at most, so that a pile of due ones does not block the event loop (H2). */
const CLOSE_BATCH = 50;

const SET = TURN_COLUMNS.map((column) => `${column} = ?`).join(", ");

/** An update that was held for its account may join a turn that newer ones have opened. */
const SPAN = "first_update_id = min(first_update_id, ?), last_update_id = max(last_update_id, ?)";

/**
 * What another part changes in a turn that stays as it is: gathering, or held back. Most messages of a busy moment come
 * here, and a statement that names `state` goes through every queue's index.
 */
const PROLONG = `
  UPDATE turn SET due_at = ?, parts = ?, has_text = ?, has_attachment = ?, announces = ?, announced_at = ?, reason = ?, fence = ?,
    ${SPAN} WHERE id = ?`;

const NEWEST_OPEN = `SELECT * FROM turn WHERE conversation_id = ? + 0 AND ${OPEN} ORDER BY id DESC LIMIT 1`;

/** With the id that its first update is going to have, which is right for all but those that were held for their account. */
const INSERT = `
  INSERT INTO turn (${TURN_COLUMNS.join(", ")}, conversation_id, amends_turn_id, correlation, first_update_id, last_update_id)
  SELECT ${TURN_COLUMNS.map(() => "?").join(", ")}, ?, ?, ?, next.id, next.id
  FROM (SELECT coalesce(max(id), 0) + 1 AS id FROM inbox) next
  RETURNING id, first_update_id`;

type Row = TurnRecord & WhoseRecord;

/** Turns as rows. Every decision is core's; this only loads and saves. All methods run inside a transaction. */
export class Turns {
  private readonly newest: Statement<TurnRecord, [number]>;
  private readonly insert: Statement<{ id: number; first_update_id: number }, (string | number | null)[]>;
  private readonly update: Statement<unknown, (string | number | null)[]>;
  private readonly extend: Statement<unknown, (string | number | null)[]>;
  private readonly prolong: Statement<unknown, (string | number | null)[]>;
  private readonly begin: Statement<unknown, [number, number, number]>;

  constructor(
    private readonly db: Database,
    private readonly history: History,
    private readonly waits: WaitPolicy,
  ) {
    this.newest = db.prepare(NEWEST_OPEN);
    this.insert = db.prepare(INSERT);
    this.update = db.prepare(`UPDATE turn SET ${SET} WHERE id = ?`);
    this.extend = db.prepare(`UPDATE turn SET ${SET}, ${SPAN} WHERE id = ?`);
    this.prolong = db.prepare(PROLONG);
    this.begin = db.prepare("UPDATE turn SET first_update_id = ?, last_update_id = ? WHERE id = ?");
  }

  /**
   * A part came: asks core what that does to the conversation's newest open turn, and saves it. `place` stores the part
   * itself, bound to the turn, and answers its id.
   */
  hear(
    part: Part,
    whose: Whose,
    lately: RecentTurn,
    now: number,
    place: (turnId: number) => number,
  ): Pick<Recorded, "heard" | "whose"> {
    const before = this.newest.get(whose.conversation);
    const heard = hear(before === null ? null : toTurn(before), part, now, this.waits, lately);
    if (heard.sample !== null) this.keepSample(heard.sample, whose.accountId, now);
    const lessons = { premature: heard.premature, expectation: part.expectation.kind };
    if (heard.kind === "extended" && before !== null) {
      const update = place(before.id);
      if (heard.turn.state === before.state) this.lengthen(before.id, heard.turn, update);
      else this.extend.run(...turnValues(heard.turn), update, update, before.id);
      return {
        // The reply answers the turn, so all its parts are followed by the first one's correlation.
        whose: { ...whose, correlation: before.correlation },
        heard: {
          kind: "extended",
          at: { id: before.id, turn: heard.turn },
          aborts: heard.aborts,
          closed: null,
          ...lessons,
        },
      };
    }
    const closes = heard.kind === "opened" ? heard.closes : null;
    const closed = closes === null || before === null ? null : { id: before.id, turn: closes };
    if (closed !== null) this.save(closed.id, closed.turn);
    // Before the update that names it: a turn that an update already waited for would make SQLite look through the whole
    // inbox for the others that do.
    const amends = heard.turn.amends ? lately.awaitedTurnId : null;
    const row = this.insert.get(...turnValues(heard.turn), whose.conversation, amends, whose.correlation);
    const id = row?.id ?? 0;
    const update = place(id);
    if (update !== row?.first_update_id) this.begin.run(update, update, id);
    // What was announced has come, so nothing further is taken for it.
    if (amends !== null) this.await(whose.conversation, null, now);
    return { whose, heard: { kind: "opened", at: { id, turn: heard.turn }, aborts: false, closed, ...lessons } };
  }

  private lengthen(id: number, turn: Turn, update: number): void {
    const { dueAt, parts, hasText, hasAttachment, announces, announcedAt, reason, fence } = turn;
    const said = [hasText ? 1 : 0, hasAttachment ? 1 : 0, announces, announcedAt];
    this.prolong.run(dueAt, parts, ...said, reason, fence, update, update, id);
  }

  private keepSample({ announced, tookMs, late }: WaitSample, accountId: number, now: number): void {
    this.db
      .query("INSERT INTO wait_sample (account_id, expected, took_ms, late, at) VALUES (?, ?, ?, ?, ?)")
      .run(accountId, announced, tookMs, late ? 1 : 0, now);
  }

  /** Remembers which answered turn's attachment may still come; null for none. */
  await(conversation: number, row: TurnRecord | null, now: number): void {
    this.db
      .query(
        `UPDATE conversation SET awaits_turn_id = $turn, awaits = $announces, awaits_since_at = $since, answered_at = $now
         WHERE id = $conversation`,
      )
      .run({
        conversation,
        turn: row?.id ?? null,
        announces: row === null || row.announces === "nothing" ? null : row.announces,
        since: row?.announced_at ?? 0,
        now,
      });
  }

  /** The turn that an update was bound to, if nobody has answered it yet. */
  openTurn(id: number): TurnRecord | null {
    return this.db.query<TurnRecord, [number]>(`SELECT * FROM turn WHERE id = ? AND ${OPEN}`).get(id);
  }

  /** One of its parts was changed or taken back. @returns null when the turn takes no change any more */
  revise(row: TurnRecord, edited: Part | null, now: number): ChangedTurn | null {
    const parts = this.history
      .contents(row.conversation_id, row.id, row.first_update_id, row.last_update_id)
      .map(partOf);
    const revised = revise(toTurn(row), parts, edited, now, this.waits);
    if (revised === null) return null;
    this.save(row.id, revised.turn);
    return { at: { id: row.id, turn: revised.turn }, aborts: revised.aborts };
  }

  /** Everything the conversation has open is no longer the bot's to answer. */
  cancelAll(conversation: number, why: string): ChangedTurn[] {
    return this.db
      .query<TurnRecord, [number]>(`SELECT * FROM turn WHERE conversation_id = ? + 0 AND ${OPEN} ORDER BY id`)
      .all(conversation)
      .map((row) => {
        const turn = cancel(toTurn(row), why);
        this.save(row.id, turn);
        return { at: { id: row.id, turn }, aborts: row.state === "running" };
      });
  }

  /** Nothing that came to the account is the bot's to answer any more. */
  cancelAllOf(account: number, why: string): ChangedTurn[] {
    return this.db
      .query<{ id: number }, [number]>(
        `SELECT DISTINCT r.conversation_id AS id FROM turn r JOIN conversation c ON c.id = r.conversation_id
         WHERE c.account_id = ? + 0 AND r.${OPEN} ORDER BY r.conversation_id`,
      )
      .all(account)
      .flatMap(({ id }) => this.cancelAll(id, why));
  }

  /** Closes what is due and what the cap leaves no room for. */
  closeDue(now: number): { closed: ClosedTurn[]; nextAt: number | null } {
    this.clamp(now);
    const due = this.db
      .query<Row, [number, number]>(
        `SELECT r.*, ${WHOSE_COLUMNS} FROM turn r ${WHOSE_JOINS}
         WHERE r.state = 'gathering' AND r.due_at <= ? + 0 ORDER BY r.due_at LIMIT ? + 0`,
      )
      .all(now, CLOSE_BATCH);
    const closed = due.map((row) => this.closeRow(row, now, closingOf(toTurn(row))));

    const left = this.count("gathering");
    const surplus = Math.min(left - this.waits.mostGathering, CLOSE_BATCH);
    if (surplus > 0) {
      const oldest = this.db
        .query<Row, [number]>(
          `SELECT r.*, ${WHOSE_COLUMNS} FROM turn r ${WHOSE_JOINS} WHERE r.state = 'gathering' ORDER BY r.first_at, r.id LIMIT ?`,
        )
        .all(surplus);
      closed.push(...oldest.map((row) => this.closeRow(row, now, "crowded")));
    }
    if (surplus === CLOSE_BATCH) return { closed, nextAt: now };
    const next = this.db
      .query<{ at: number | null }, []>("SELECT min(due_at) AS at FROM turn WHERE state = 'gathering'")
      .get();
    return { closed, nextAt: next?.at ?? null };
  }

  /** Only a clock set back while the server was down can leave such rows (H4). */
  private clamp(now: number): void {
    const latest = clampDue(Infinity, now, this.waits);
    this.db.query("UPDATE turn SET due_at = $latest WHERE state = 'gathering' AND due_at > $latest").run({ latest });
  }

  private closeRow(row: Row, now: number, why: Closing): ClosedTurn {
    const turn = close(toTurn(row), now, why);
    this.save(row.id, turn);
    return this.closedTurn(row, turn, why);
  }

  closedTurn(row: Row, turn: Turn, why: Closing): ClosedTurn {
    const wasted = why === "due" && isWasted(turn, this.waits);
    return { id: row.id, turn, whose: toWhose(row, row.correlation), merged: turn.parts > 1, why, wasted };
  }

  /** Saves what core decided about a turn. */
  save(id: number, turn: Turn): void {
    this.update.run(...turnValues(turn), id);
  }

  count(state: "gathering" | "ready" | "running" | "dead"): number {
    return this.db.query<{ n: number }, []>(`SELECT count(*) AS n FROM turn WHERE state = '${state}'`).get()?.n ?? 0;
  }
}
