import type { Database, Statement } from "bun:sqlite";
import type { HistoryLine, QuestionPart } from "../../core/agent.ts";
import type { Whose } from "../../core/conversation.ts";
import type { ClaimedTurn, ClosedTurn, HistoryLimits, Recorded, TurnRef } from "../../core/store.ts";
import { claim, clampDue, close, closingOf, fail, giveBack, hear, hopeless, recoverTurn, type Closing, type Part, type Turn } from "../../core/turn.ts";
import type { WaitPolicy } from "../../core/waits.ts";
import type { History } from "./history.ts";
import { toTurn, toWhose, turnColumns, WHOSE_COLUMNS, WHOSE_JOINS, type TurnRecord, type WhoseRecord } from "./rows.ts";

const OPEN = "state IN ('gathering', 'ready', 'running', 'parked')";

/** Turns closed in one go at most, so that a pile of due ones does not block the event loop (H2). */
const CLOSE_BATCH = 200;

const SET = `
  state = $state, kind = $kind, first_at = $first_at, due_at = $due_at, not_before_at = $not_before_at, hold = $hold,
  parts = $parts, has_text = $has_text, has_attachment = $has_attachment, reason = $reason, fence = $fence,
  claims = $claims, reruns = $reruns, failures = $failures`;

const NEWEST_OPEN = `SELECT * FROM turn WHERE conversation_id = ? AND ${OPEN} ORDER BY id DESC LIMIT 1`;

const INSERT = `
  INSERT INTO turn (id, conversation_id, state, kind, first_at, due_at, not_before_at, hold, parts, has_text, has_attachment,
    reason, fence, claims, reruns, failures, first_update_id, last_update_id, correlation)
  VALUES ($id, $conversation, $state, $kind, $first_at, $due_at, $not_before_at, $hold, $parts, $has_text, $has_attachment,
    $reason, $fence, $claims, $reruns, $failures, 0, 0, $correlation)`;

/**
 * The oldest ready turn of each conversation in which nothing earlier is open. A dead turn that was flushed may stand
 * before one that is already running, and waits for it.
 */
const CLAIMABLE = `
  SELECT r.*, k.name AS contact_name, ${WHOSE_COLUMNS} FROM turn r ${WHOSE_JOINS}
  WHERE r.state = 'ready' AND r.not_before_at <= $now
    AND NOT EXISTS (
      SELECT 1 FROM turn e
      WHERE e.conversation_id = r.conversation_id AND e.${OPEN} AND (e.id < r.id OR e.state = 'running'))
  ORDER BY r.not_before_at, r.id LIMIT $limit`;

type Row = TurnRecord & WhoseRecord;

/** Turns as rows. Every decision is core's; this only loads and saves. All methods run inside a transaction. */
export class Turns {
  private readonly newest: Statement<TurnRecord, [number]>;
  private readonly nextId: Statement<{ id: number }, []>;
  private readonly insert: Statement;
  private readonly update: Statement;
  private readonly extend: Statement;
  private readonly begin: Statement;

  constructor(
    private readonly db: Database,
    private readonly history: History,
    private readonly waits: WaitPolicy,
  ) {
    this.newest = db.prepare(NEWEST_OPEN);
    this.nextId = db.prepare("SELECT coalesce(max(id), 0) + 1 AS id FROM turn");
    this.insert = db.prepare(INSERT);
    this.update = db.prepare(`UPDATE turn SET ${SET} WHERE id = $id`);
    // An update that was held for its account may join a turn that newer ones have opened.
    this.extend = db.prepare(`
      UPDATE turn SET ${SET}, first_update_id = min(first_update_id, $update), last_update_id = max(last_update_id, $update)
      WHERE id = $id`);
    this.begin = db.prepare("UPDATE turn SET first_update_id = $update, last_update_id = $update WHERE id = $id");
  }

  /**
   * A part came: asks core what that does to the conversation's newest open turn, and saves it. `place` stores the part
   * itself, bound to the turn, and answers its id.
   */
  hear(part: Part, whose: Whose, now: number, place: (turnId: number) => number): Pick<Recorded, "heard" | "whose"> {
    const before = this.newest.get(whose.conversation);
    const heard = hear(before === null ? null : toTurn(before), part, now, this.waits);
    if (heard.kind === "extended" && before !== null) {
      this.extend.run({ ...turnColumns(heard.turn), id: before.id, update: place(before.id) });
      return {
        // The reply answers the turn, so all its parts are followed by the first one's correlation.
        whose: { ...whose, correlation: before.correlation },
        heard: { kind: "extended", at: { id: before.id, turn: heard.turn }, aborts: heard.aborts, closed: null },
      };
    }
    const closes = heard.kind === "opened" ? heard.closes : null;
    const closed = closes === null || before === null ? null : { id: before.id, turn: closes };
    if (closed !== null) this.update.run({ ...turnColumns(closed.turn), id: closed.id });
    const id = this.nextId.get()?.id ?? 1;
    // Before the update that names it: a turn that an update already waited for would make SQLite look through the whole
    // inbox for the others that do.
    this.insert.run({ ...turnColumns(heard.turn), id, conversation: whose.conversation, correlation: whose.correlation });
    this.begin.run({ id, update: place(id) });
    return { whose, heard: { kind: "opened", at: { id, turn: heard.turn }, aborts: false, closed } };
  }

  /** Closes what is due and what the cap leaves no room for. */
  closeDue(now: number): { closed: ClosedTurn[]; nextAt: number | null } {
    this.clamp(now);
    const due = this.db
      .query<Row, [number, number]>(
        `SELECT r.*, ${WHOSE_COLUMNS} FROM turn r ${WHOSE_JOINS}
         WHERE r.state = 'gathering' AND r.due_at <= ? ORDER BY r.due_at LIMIT ?`,
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
    const next = this.db.query<{ at: number | null }, []>("SELECT min(due_at) AS at FROM turn WHERE state = 'gathering'").get();
    return { closed, nextAt: next?.at ?? null };
  }

  /** Only a clock set back while the server was down can leave such rows (H4). */
  private clamp(now: number): void {
    const latest = clampDue(Infinity, now, this.waits);
    this.db.query("UPDATE turn SET due_at = $latest WHERE state = 'gathering' AND due_at > $latest").run({ latest });
  }

  private closeRow(row: Row, now: number, why: Closing): ClosedTurn {
    const turn = close(toTurn(row), now, why);
    this.update.run({ ...turnColumns(turn), id: row.id });
    return this.closedTurn(row, turn, why === "due");
  }

  private closedTurn(row: Row, turn: Turn, timedOut: boolean): ClosedTurn {
    return { id: row.id, turn, whose: toWhose(row, row.correlation), merged: turn.parts > 1, timedOut };
  }

  claim(now: number, limit: number, limits: HistoryLimits): { claimed: ClaimedTurn[]; dead: ClosedTurn[]; nextAt: number | null } {
    const claimed: ClaimedTurn[] = [];
    const dead: ClosedTurn[] = [];
    const ready = this.db
      .query<Row & { contact_name: string | null }, { now: number; limit: number }>(CLAIMABLE)
      .all({ now, limit });
    for (const row of ready) {
      const turn = toTurn(row);
      const why = hopeless(turn, now);
      if (why !== null) {
        const given: Turn = { ...turn, state: "dead", reason: why };
        this.update.run({ ...turnColumns(given), id: row.id });
        dead.push(this.closedTurn(row, given, false));
        continue;
      }
      const running = claim(turn);
      this.update.run({ ...turnColumns(running), id: row.id });
      this.db.query("UPDATE conversation SET last_at = max(last_at, ?) WHERE id = ?").run(now, row.conversation_id);
      claimed.push({
        id: row.id,
        turn: running,
        whose: toWhose(row, row.correlation),
        contactName: row.contact_name,
        parts: this.parts(row),
        history: this.earlier(row, limits),
      });
    }
    // A dead turn has made room for others, of its conversation or of the limit.
    if (dead.length > 0) return { claimed, dead, nextAt: now };
    const next = this.db
      .query<{ at: number | null }, [number]>("SELECT min(not_before_at) AS at FROM turn WHERE state = 'ready' AND not_before_at > ?")
      .get(now);
    return { claimed, dead, nextAt: next?.at ?? null };
  }

  private parts(row: TurnRecord): QuestionPart[] {
    return this.history.parts(row.conversation_id, row.id, row.first_update_id, row.last_update_id);
  }

  private earlier(row: TurnRecord, limits: HistoryLimits): HistoryLine[] {
    return this.history.before(row.conversation_id, row.id, row.first_update_id, row.first_at, limits);
  }

  /** The turn if it still is this worker's, else null. */
  held(ref: TurnRef): TurnRecord | null {
    return this.db
      .query<TurnRecord, [number, number]>("SELECT * FROM turn WHERE id = ? AND state = 'running' AND fence = ?")
      .get(ref.id, ref.turn.fence);
  }

  commit(row: TurnRecord): void {
    const committed: Turn = { ...toTurn(row), state: "committed" };
    this.update.run({ ...turnColumns(committed), id: row.id });
    this.db
      .query(
        `UPDATE inbox SET state = 'done'
         WHERE conversation_id = ? AND id BETWEEN ? AND ? AND turn_id = ? AND state = 'bound'`,
      )
      .run(row.conversation_id, row.first_update_id, row.last_update_id, row.id);
  }

  fail(row: TurnRecord, now: number, why: string): Turn {
    const failed = fail(toTurn(row), now, why);
    this.update.run({ ...turnColumns(failed), id: row.id });
    return failed;
  }

  giveBack(row: TurnRecord): void {
    this.update.run({ ...turnColumns(giveBack(toTurn(row))), id: row.id });
  }

  /** @returns how many were running when the last process ended */
  recover(): number {
    const running = this.db.query<TurnRecord, []>("SELECT * FROM turn WHERE state = 'running'").all();
    for (const row of running) this.update.run({ ...turnColumns(recoverTurn(toTurn(row))), id: row.id });
    return running.length;
  }

  count(state: "gathering" | "ready" | "running" | "dead"): number {
    return this.db.query<{ n: number }, []>(`SELECT count(*) AS n FROM turn WHERE state = '${state}'`).get()?.n ?? 0;
  }
}
