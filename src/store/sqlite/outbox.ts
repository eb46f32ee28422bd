/** Deliveries as rows. What an outcome means is core's to say; this loads, saves and keeps the order. */
import type { Database, Statement } from "bun:sqlite";
import type { ChannelName } from "../../core/channel.ts";
import { recover, resolveDoubt, settle, type DeliveryFacts, type DeliveryKind, type DeliveryPolicy } from "../../core/delivery.ts";
import type { DeliveryState, SendOutcome } from "../../core/delivery.ts";
import { DELIVERY_LIFETIME_MS } from "../../core/retry.ts";
import type { DeliveryStatus, LeasedDelivery, MovedDelivery, SettledDelivery } from "../../core/store.ts";
import type { RenderedPart } from "../../core/reply.ts";
import type { Accounts } from "./accounts.ts";
import { toWhose, WHOSE_COLUMNS, WHOSE_JOINS, type WhoseRecord } from "./rows.ts";

const UNSETTLED = "state IN ('pending', 'sending', 'ambiguous', 'parked')";

/** The window is closed a little early, so that a send on its edge is not refused (guarantees §3). */
const WINDOW_MARGIN_MS = 5 * 60_000;

export interface DeliveryRecord extends WhoseRecord {
  readonly seq: number;
  readonly id: string;
  readonly account_id: number;
  readonly conversation_id: number;
  readonly turn_id: number | null;
  readonly kind: DeliveryKind;
  readonly part: number;
  readonly state: DeliveryState;
  readonly body: string;
  readonly attempts: number;
  readonly rounds: number;
  readonly fence: number;
  readonly next_at: number;
  readonly created_at: number;
  readonly message_id: string | null;
  readonly echoed_id: string | null;
  readonly last_error: string | null;
  readonly correlation: string;
  readonly turn_first_at: number | null;
}

const SELECT = `
  SELECT r.*, t.first_at AS turn_first_at, ${WHOSE_COLUMNS}
  FROM delivery r ${WHOSE_JOINS} LEFT JOIN turn t ON t.id = r.turn_id`;

/**
 * Due heads: nothing earlier of the same conversation and sort is unsettled, and the account may speak. A flushed delivery
 * may stand before one that is already under way, and waits for it.
 */
const HEADS = `${SELECT}
  WHERE r.state = 'pending' AND r.next_at <= $now AND a.state = 'active' AND a.paused_until_at <= $now
    AND NOT EXISTS (
      SELECT 1 FROM delivery e
      WHERE e.conversation_id = r.conversation_id AND e.${UNSETTLED}
        AND (e.seq < r.seq OR e.state IN ('sending', 'ambiguous'))
        AND (e.kind = 'interaction') = (r.kind = 'interaction'))
  ORDER BY r.next_at, r.seq LIMIT $limit`;

const NEXT = `
  SELECT min(at) AS at FROM (
    SELECT min(max(r.next_at, a.paused_until_at)) AS at FROM delivery r JOIN account a ON a.id = r.account_id
      WHERE r.state = 'pending' AND a.state = 'active' AND max(r.next_at, a.paused_until_at) > $now
    UNION ALL SELECT min(next_at) FROM delivery WHERE state = 'ambiguous')`;

export interface NewDelivery {
  readonly accountId: number;
  readonly conversation: number;
  readonly turnId: number | null;
  readonly outMessage: number | null;
  readonly kind: DeliveryKind;
  readonly correlation: string;
}

/** All methods run inside a transaction. */
export class Outbox {
  private readonly insert: Statement;

  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
    private readonly policies: Readonly<Record<ChannelName, DeliveryPolicy>>,
    private readonly newId: () => string,
  ) {
    this.insert = db.prepare(`
      INSERT INTO delivery (id, account_id, conversation_id, turn_id, out_message_id, kind, part, state, body, next_at, created_at, correlation)
      VALUES ($id, $accountId, $conversation, $turnId, $outMessage, $kind, $part, 'pending', $body, $now, $now, $correlation)`);
  }

  /** @returns the ids, in order */
  add(delivery: NewDelivery, parts: readonly RenderedPart[], now: number): string[] {
    return parts.map((part, index) => {
      const id = this.newId();
      this.insert.run({ ...delivery, id, part: index, body: part.body, now });
      return id;
    });
  }

  lease(
    now: number,
    limit: number,
    windows: Readonly<Record<ChannelName, number | null>>,
  ): { leased: LeasedDelivery[]; moved: MovedDelivery[]; nextAt: number | null } {
    const moved = this.endDoubts(now);
    const leased: LeasedDelivery[] = [];
    const heads = this.db.query<DeliveryRecord, { now: number; limit: number }>(HEADS).all({ now, limit });
    for (const row of heads) {
      const late = this.lateness(row, now, windows[row.whose_channel]);
      if (late !== null) {
        this.end(row, "expired", late);
        moved.push(this.moved(row, "expired", row.next_at, late));
        continue;
      }
      const fence = row.fence + 1;
      this.db
        .query(
          "UPDATE delivery SET state = 'sending', attempts = attempts + 1, fence = ?, started_at = ?, echoed_id = NULL WHERE seq = ?",
        )
        .run(fence, now, row.seq);
      leased.push({
        id: row.id,
        kind: row.kind,
        whose: toWhose(row, row.correlation),
        body: row.body,
        attempts: row.attempts + 1,
        fence,
        turnId: row.turn_id,
        sinceAt: row.turn_first_at ?? row.created_at,
      });
    }
    // One that ended has made room for others, of its conversation or of the limit.
    if (leased.length < heads.length) return { leased, moved, nextAt: now };
    const next = this.db.query<{ at: number | null }, { now: number }>(NEXT).get({ now });
    return { leased, moved, nextAt: next?.at ?? null };
  }

  /** Why a delivery is too late to be sent; null when it is not. */
  private lateness(row: DeliveryRecord, now: number, windowMs: number | null): string | null {
    if (row.kind === "interaction") return null;
    if (now > row.created_at + DELIVERY_LIFETIME_MS) return "nobody could be given it for 6 hours";
    const heardAt = this.lastHeardAt(row.conversation_id);
    if (windowMs === null || heardAt === null) return null;
    return windowOpen(heardAt, now, windowMs) ? null : "the platform's window for answers has closed";
  }

  /** When the contact last said something; null when it never did. */
  lastHeardAt(conversation: number): number | null {
    const row = this.db
      .query<{ received_at: number }, [number]>(
        "SELECT received_at FROM inbox WHERE conversation_id = ? AND kind IN ('message', 'tap', 'reaction', 'referral', 'optin') ORDER BY id DESC LIMIT 1",
      )
      .get(conversation);
    return row?.received_at ?? null;
  }

  /** Unknown outcomes whose grace is over. */
  private endDoubts(now: number): MovedDelivery[] {
    const doubtful = this.db
      .query<DeliveryRecord, [number]>(`${SELECT} WHERE r.state = 'ambiguous' AND r.next_at <= ? ORDER BY r.seq LIMIT 200`)
      .all(now);
    return doubtful.flatMap((row) => {
      const verdict = resolveDoubt(factsOf(row), now, this.policies[row.whose_channel]);
      if (verdict === "wait") return [];
      if (verdict === "dead") {
        const why = "its outcome stayed unknown, and sending again could double it";
        this.end(row, "dead", why);
        return [this.moved(row, "dead", row.next_at, why)];
      }
      this.db.query("UPDATE delivery SET state = 'pending', next_at = ? WHERE seq = ?").run(now, row.seq);
      return [this.moved(row, "pending", now, "no echo came, so it is sent once more")];
    });
  }

  settle(lease: LeasedDelivery, outcome: SendOutcome, now: number, chance: number): SettledDelivery | "stale" {
    const row = this.db
      .query<DeliveryRecord, [string, number]>(`${SELECT} WHERE r.id = ? AND r.state = 'sending' AND r.fence = ?`)
      .get(lease.id, lease.fence);
    if (row === null) return "stale";
    // The platform has already shown us the message, whatever became of its answer.
    const truth: SendOutcome =
      row.echoed_id !== null && outcome.kind !== "sent" ? { kind: "sent", messageId: row.echoed_id } : outcome;
    const settled = settle(factsOf(row), truth, now, chance, this.policies[row.whose_channel]);
    this.db
      .query(
        `UPDATE delivery SET state = $state, attempts = $attempts, rounds = $rounds, next_at = $nextAt, last_error = $error,
           message_id = $messageId WHERE seq = $seq`,
      )
      .run({
        state: settled.state,
        attempts: settled.attempts,
        rounds: settled.rounds,
        nextAt: settled.nextAt,
        error: settled.error,
        messageId: settled.messageId,
        seq: row.seq,
      });
    if (settled.state === "dead" || settled.state === "expired") this.endLaterParts(row, settled.state);
    if (settled.blocksConversation) {
      this.db.query("UPDATE conversation SET state = 'blocked' WHERE id = ?").run(row.conversation_id);
    }
    if (settled.accountPauseUntil !== null) this.accounts.pause(row.account_id, settled.accountPauseUntil);
    if (settled.account === null) return { settled, accountTurned: false };
    const accountTurned = this.accounts.setState(row.account_id, settled.account, settled.error);
    this.accounts.park(row.account_id);
    return { settled, accountTurned };
  }

  /** The platform shows us our own message: the outcome is known (guarantees §2). */
  echoed(id: string, conversation: number, messageId: string): void {
    this.db
      .query("UPDATE delivery SET echoed_id = $messageId WHERE id = $id AND conversation_id = $conversation AND state = 'sending'")
      .run({ id, conversation, messageId });
    this.db
      .query(
        `UPDATE delivery SET state = 'sent', message_id = $messageId, last_error = NULL
         WHERE id = $id AND conversation_id = $conversation AND state IN ('ambiguous', 'pending') AND attempts > 0`,
      )
      .run({ id, conversation, messageId });
  }

  giveBack(lease: LeasedDelivery, now: number): void {
    this.db
      .query(
        "UPDATE delivery SET state = 'pending', attempts = attempts - 1, next_at = ? WHERE id = ? AND state = 'sending' AND fence = ?",
      )
      .run(now, lease.id, lease.fence);
  }

  /** Deliveries that were under way when the last process ended. @returns how many */
  recover(now: number): number {
    const sending = this.db.query<DeliveryRecord, []>(`${SELECT} WHERE r.state = 'sending'`).all();
    for (const row of sending) {
      if (row.echoed_id !== null) {
        // The platform had shown it to us before the process died, and will not do so again.
        this.db
          .query("UPDATE delivery SET state = 'sent', message_id = echoed_id, last_error = NULL WHERE seq = ?")
          .run(row.seq);
        continue;
      }
      const settled = recover(factsOf(row), now, this.policies[row.whose_channel]);
      this.db
        .query("UPDATE delivery SET state = ?, rounds = ?, next_at = ?, last_error = ? WHERE seq = ?")
        .run(settled.state, settled.rounds, settled.nextAt, settled.error, row.seq);
    }
    this.extendGrace(now);
    this.clamp(now);
    return sending.length;
  }

  /** While we were away nobody could show us an echo, so that time does not count (guarantees §3). */
  private extendGrace(now: number): void {
    for (const [channel, { echoGraceMs }] of Object.entries(this.policies)) {
      this.db
        .query(
          `UPDATE delivery SET next_at = max(next_at, $until)
           WHERE state = 'ambiguous' AND account_id IN (SELECT id FROM account WHERE channel = $channel)`,
        )
        .run({ until: now + echoGraceMs, channel });
    }
  }

  /** A clock set back while the server was down must not hold replies for longer than any wait of ours (H4). */
  private clamp(now: number): void {
    this.db
      .query("UPDATE delivery SET next_at = $latest WHERE state IN ('pending', 'ambiguous') AND next_at > $latest")
      .run({ latest: now + DELIVERY_LIFETIME_MS });
  }

  status(id: string): DeliveryStatus | null {
    const row = this.db
      .query<{ state: DeliveryState; message_id: string | null; last_error: string | null }, [string]>(
        "SELECT state, message_id, last_error FROM delivery WHERE id = ?",
      )
      .get(id);
    return row === null ? null : { state: row.state, messageId: row.message_id, error: row.last_error };
  }

  private end(row: DeliveryRecord, state: "dead" | "expired", why: string): void {
    this.db.query("UPDATE delivery SET state = ?, last_error = ? WHERE seq = ?").run(state, why, row.seq);
    this.endLaterParts(row, state);
  }

  /** A part without the parts before it makes no sense, so they end together; the conversation goes on. */
  private endLaterParts(row: DeliveryRecord, state: "dead" | "expired"): void {
    if (row.turn_id === null) return;
    this.db
      .query(
        `UPDATE delivery SET state = ?, last_error = 'an earlier part of the same reply could not be sent'
         WHERE turn_id = ? AND kind = ? AND part > ? AND state IN ('pending', 'parked')`,
      )
      .run(state, row.turn_id, row.kind, row.part);
  }

  private moved(row: DeliveryRecord, state: DeliveryState, nextAt: number, error: string): MovedDelivery {
    return {
      id: row.id,
      kind: row.kind,
      whose: toWhose(row, row.correlation),
      state,
      attempts: row.attempts,
      nextAt,
      turnId: row.turn_id,
      sinceAt: row.turn_first_at ?? row.created_at,
      error,
    };
  }
}

export function windowOpen(heardAt: number, now: number, windowMs: number): boolean {
  return now < heardAt + windowMs - WINDOW_MARGIN_MS;
}

function factsOf(row: DeliveryRecord): DeliveryFacts {
  return {
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    rounds: row.rounds,
    createdAt: row.created_at,
    nextAt: row.next_at,
  };
}
