import type { Database } from "bun:sqlite";
import { claim, fail, giveBack, holdBack, hopeless, LONGEST_HOLD_MS, park, recoverTurn } from "../../core/claiming.ts";
import { RATE_WINDOW_MS, rateVerdict } from "../../core/rate.ts";
import type { Claims as Claimed, ClaimedTurn, HistoryLimits, HeldTurn, RateLimits, TurnRef } from "../../core/claim.ts";
import type { Turn } from "../../core/turn.ts";
import type { History } from "./history.ts";
import { toTurn, toWhose, WHOSE_COLUMNS, WHOSE_JOINS, type TurnRecord, type WhoseRecord } from "./rows.ts";
import { OPEN, type Turns } from "./turns.ts";

/**
 * The oldest ready turn of each conversation in which nothing earlier is open. A dead turn that was flushed may stand
 * before one that is already running, and waits for it.
 */
const CLAIMABLE = `
  SELECT r.*, k.name AS contact_name, c.recent_turns, c.slowed_at, ${WHOSE_COLUMNS} FROM turn r ${WHOSE_JOINS}
  WHERE r.state = 'ready' AND r.not_before_at <= $now
    AND NOT EXISTS (
      SELECT 1 FROM turn e
      WHERE e.conversation_id = r.conversation_id AND e.${OPEN} AND (e.id < r.id OR e.state = 'running'))
  ORDER BY r.not_before_at, r.id LIMIT $limit + 0`;

const NEXT = `
  SELECT min(at) AS at FROM (
    SELECT min(not_before_at) AS at FROM turn WHERE state = 'ready' AND not_before_at > $now + 0
    UNION ALL SELECT min(not_before_at) FROM turn WHERE state = 'parked')`;

/** A picture that was answered longer ago is not what a new text points at (DESIGN §5.9). */
const PICTURES_MS = 10 * 60_000;

interface ReadyRow extends TurnRecord, WhoseRecord {
  readonly contact_name: string | null;
  readonly recent_turns: string;
  readonly slowed_at: number;
}

/** Turns in workers' hands. Every decision is core's; this only loads and saves. All methods run inside a transaction. */
export class Claims {
  /** When turns of an account were claimed in the last minute. A restart forgets: then a minute may hold more. */
  private readonly accountTurns = new Map<number, number[]>();

  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly history: History,
    private readonly limits: RateLimits,
  ) {}

  claim(now: number, limit: number, historyLimits: HistoryLimits): Claimed {
    this.db.query("UPDATE turn SET state = 'ready' WHERE state = 'parked' AND not_before_at <= ? + 0").run(now);
    const claimed: ClaimedTurn[] = [];
    const dead: Claimed["dead"][number][] = [];
    const held: HeldTurn[] = [];
    const ready = this.db.query<ReadyRow, { now: number; limit: number }>(CLAIMABLE).all({ now, limit });
    for (const row of ready) {
      const turn = toTurn(row);
      const why = hopeless(turn, now);
      const untilAt = this.heldUntil(row, turn, now);
      if (why !== null) {
        const given: Turn = { ...turn, state: "dead", reason: why };
        this.turns.save(row.id, given);
        dead.push(this.turns.closedTurn(row, given, "settled"));
      } else if (untilAt !== null) {
        held.push(this.hold(row, turn, untilAt, now));
      } else {
        claimed.push(this.take(row, turn, now, historyLimits));
      }
    }
    // A turn that was not taken has made room for others, of its conversation or of the limit.
    if (dead.length + held.length > 0) return { claimed, dead, held, nextAt: now };
    const next = this.db.query<{ at: number | null }, { now: number }>(NEXT).get({ now });
    return { claimed, dead, held, nextAt: next?.at ?? null };
  }

  private take(row: ReadyRow, turn: Turn, now: number, limits: HistoryLimits): ClaimedTurn {
    const running = claim(turn);
    this.turns.save(row.id, running);
    this.count(row, turn, now);
    const { conversation_id, first_update_id, last_update_id, first_at, amends_turn_id } = row;
    const pointsBack = running.announces === "image" && !running.hasAttachment;
    return {
      id: row.id,
      turn: running,
      whose: toWhose(row, row.correlation),
      contactName: row.contact_name,
      parts: this.history.parts(conversation_id, row.id, first_update_id, last_update_id),
      history: this.history.before(conversation_id, row.id, first_update_id, first_at, limits),
      amends: amends_turn_id === null ? null : this.history.words(conversation_id, amends_turn_id),
      earlierPictures: pointsBack
        ? this.history.recentPictures(conversation_id, first_update_id, now - PICTURES_MS)
        : [],
    };
  }

  /** When the limits let this turn be answered; null for now. A turn that was counted once is not counted again. */
  private heldUntil(row: ReadyRow, turn: Turn, now: number): number | null {
    if (wasCounted(turn)) return null;
    const { perUserPerMinute, perAccountPerMinute } = this.limits;
    const person = rateVerdict(recentTurns(row), perUserPerMinute, now);
    if (person.kind === "held") return person.untilAt;
    const account = rateVerdict(this.accountTurns.get(row.whose_account_id) ?? [], perAccountPerMinute, now);
    return account.kind === "held" ? account.untilAt : null;
  }

  private count(row: ReadyRow, turn: Turn, now: number): void {
    const counted = wasCounted(turn) ? recentTurns(row) : [...recentTurns(row), now];
    const recent = counted.filter((at) => at > now - RATE_WINDOW_MS);
    this.db
      .query("UPDATE conversation SET last_at = max(last_at, ?), recent_turns = ? WHERE id = ?")
      .run(now, JSON.stringify(recent), row.conversation_id);
    if (this.limits.perAccountPerMinute === null || wasCounted(turn)) return;
    const times = (this.accountTurns.get(row.whose_account_id) ?? []).filter((at) => at > now - RATE_WINDOW_MS);
    this.accountTurns.set(row.whose_account_id, [...times, now]);
  }

  private hold(row: ReadyRow, turn: Turn, untilAt: number, now: number): HeldTurn {
    const held = holdBack(turn, untilAt);
    this.turns.save(row.id, held);
    // One polite word in any minute, however much is said in it.
    const firstTime = row.slowed_at <= now - RATE_WINDOW_MS;
    if (firstTime) this.db.query("UPDATE conversation SET slowed_at = ? WHERE id = ?").run(now, row.conversation_id);
    const words = this.history.words(row.conversation_id, row.id);
    return { id: row.id, turn: held, whose: toWhose(row, row.correlation), firstTime, words };
  }

  /** The turn if it still is this worker's, else null. */
  held(ref: TurnRef): TurnRecord | null {
    return this.db
      .query<TurnRecord, [number, number]>("SELECT * FROM turn WHERE id = ? AND state = 'running' AND fence = ?")
      .get(ref.id, ref.turn.fence);
  }

  commit(row: TurnRecord, now: number): void {
    this.turns.save(row.id, { ...toTurn(row), state: "committed" });
    this.db.query("UPDATE conversation SET closed_at = ? WHERE id = ?").run(row.closed_at, row.conversation_id);
    if (row.announces !== "nothing" && row.has_attachment === 0) this.turns.await(row.conversation_id, row, now);
    this.db
      .query(
        `UPDATE inbox SET state = 'done'
         WHERE conversation_id = ? AND id BETWEEN ? AND ? AND turn_id = ? AND state = 'bound'`,
      )
      .run(row.conversation_id, row.first_update_id, row.last_update_id, row.id);
  }

  /** @returns the turn, and whether the person must be told now that the answer is late */
  fail(row: TurnRecord, now: number, why: string): { turn: Turn; apologise: boolean } {
    return this.late(row, fail(toTurn(row), now, why));
  }

  park(row: TurnRecord, untilAt: number, why: string): { turn: Turn; apologise: boolean } {
    return this.late(row, park(toTurn(row), untilAt, why));
  }

  private late(row: TurnRecord, turn: Turn): { turn: Turn; apologise: boolean } {
    this.turns.save(row.id, { ...turn, apologised: true });
    return { turn, apologise: !turn.apologised };
  }

  giveBack(row: TurnRecord): void {
    this.turns.save(row.id, giveBack(toTurn(row)));
  }

  /** @returns how many were running when the last process ended */
  recover(now: number): number {
    const running = this.db.query<TurnRecord, []>("SELECT * FROM turn WHERE state = 'running'").all();
    for (const row of running) this.turns.save(row.id, recoverTurn(toTurn(row)));
    // A clock set back while the server was down must not hold a turn for longer than any hold lasts (H4).
    for (const state of ["ready", "parked"]) {
      this.db
        .query(`UPDATE turn SET not_before_at = $latest WHERE state = '${state}' AND not_before_at > $latest`)
        .run({ latest: now + LONGEST_HOLD_MS });
    }
    // Nor let it gather for longer: its ceiling counts from its first part.
    this.db.query(`UPDATE turn SET first_at = $now WHERE ${OPEN} AND first_at > $now`).run({ now });
    return running.length;
  }
}

/** A rerun, a retry and a turn given back are the same turn once more. */
function wasCounted(turn: Turn): boolean {
  return turn.claims > 0 || turn.reruns > 0 || turn.failures > 0 || turn.apologised;
}

function recentTurns(row: ReadyRow): number[] {
  return JSON.parse(row.recent_turns);
}
