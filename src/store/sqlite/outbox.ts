/** Deliveries as rows. What an outcome means is core's to say; this loads, saves and keeps the order. */
import type { Database, Statement } from "bun:sqlite";
import type { ChannelName } from "../../core/channel.ts";
import { isSimulated } from "../../core/conversation.ts";
import {
  settle,
  type DeliveryKind,
  type DeliveryPolicy,
  type DeliveryState,
  type SendOutcome,
} from "../../core/delivery.ts";
import type { RenderedPart } from "../../core/reply.ts";
import { DELIVERY_LIFETIME_MS } from "../../core/retry.ts";
import type { DeliveryStatus, LeasedDelivery, MovedDelivery, SendLimits, SettledDelivery } from "../../core/lease.ts";
import type { Accounts } from "./accounts.ts";
import { factsOf, movedTo, SELECT_DELIVERY, UNSETTLED, type DeliveryRecord } from "./delivery-rows.ts";
import type { Doubts } from "./doubts.ts";
import type { Interactions } from "./interactions.ts";
import type { Order } from "./order.ts";
import { ChatPace } from "./chat-pace.ts";
import { PACE_MS, type Pace } from "./pace.ts";
import type { Reach } from "./reach.ts";
import { toWhose } from "./rows.ts";

/** What an account owes that may not speak waits parked, from the first moment on. */
const STATE_OF_NEW =
  "CASE (SELECT state FROM account WHERE id = $accountId) WHEN 'active' THEN 'pending' ELSE 'parked' END";

/** The window is closed a little early, so that a send on its edge is not refused (guarantees §3). */
const WINDOW_MARGIN_MS = 5 * 60_000;

/**
 * An account's due heads: nothing earlier of the same conversation and sort is unsettled. A flushed delivery may stand
 * before one that is already under way, and waits for it.
 */
const HEADS = `${SELECT_DELIVERY}
  WHERE r.account_id = $account + 0 AND r.state = 'pending' AND r.kind <> 'interaction' AND r.next_at <= $now + 0
    AND NOT EXISTS (
      SELECT 1 FROM delivery e
      WHERE e.conversation_id = r.conversation_id AND e.${UNSETTLED} AND e.kind <> 'interaction'
        AND (e.seq < r.seq OR e.state IN ('sending', 'ambiguous')))
  ORDER BY r.next_at, r.seq LIMIT $limit + 0`;

/** When an account has something due that is not due yet. */
const NEXT = `
  SELECT min(next_at) AS at FROM delivery WHERE account_id = $account + 0
    AND state = 'pending' AND kind <> 'interaction' AND next_at > $now + 0`;

interface Ending {
  readonly state: "dead" | "expired";
  readonly why: string;
}

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
  private readonly chats = new ChatPace();
  private readonly insert: Statement;

  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
    private readonly order: Order,
    private readonly doubts: Doubts,
    private readonly pace: Pace,
    private readonly interactions: Interactions,
    private readonly reach: Reach,
    private readonly policies: Readonly<Record<ChannelName, DeliveryPolicy>>,
    private readonly newId: () => string,
  ) {
    this.insert = db.prepare(`
      INSERT INTO delivery (id, account_id, conversation_id, turn_id, out_message_id, kind, part, state, body, next_at, created_at, correlation)
      VALUES ($id, $accountId, $conversation, $turnId, $outMessage, $kind, $part, ${STATE_OF_NEW}, $body, $now, $now, $correlation)`);
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
    limits: Readonly<Record<ChannelName, SendLimits>>,
  ): { leased: LeasedDelivery[]; moved: MovedDelivery[]; nextAt: number | null } {
    const moved = this.doubts.end(now);
    const leased: LeasedDelivery[] = [];
    let nextAt = this.doubts.nextAt();
    for (const account of this.accounts.speaking()) {
      const { perSecond } = limits[account.channel];
      const isPiledUp = (): boolean => this.isPiledUp(account.id, perSecond, now);
      const room = this.pace.room(account, now, perSecond, limit - leased.length, isPiledUp);
      if (room.kind === "none") {
        nextAt = Math.min(nextAt, room.untilAt);
        continue;
      }
      const due = { account: account.id, now };
      const heads = this.db
        .query<DeliveryRecord, { account: number; now: number; limit: number }>(HEADS)
        .all({ ...due, limit: room.calls });
      const before = leased.length;
      const ended = heads.filter((row) => !this.leaseOne(row, now, limits[account.channel], leased, moved));
      this.pace.spend(account, leased.length - before, room.probes, now);
      if (room.isLast && heads.length === room.calls) nextAt = Math.min(nextAt, now + PACE_MS);
      // One that ended or waits has made room for others, of its conversation or of the limit.
      if (ended.length > 0) nextAt = now;
      const next = this.db.query<{ at: number | null }, { account: number; now: number }>(NEXT).get(due);
      nextAt = Math.min(nextAt, next?.at ?? Infinity);
    }
    return { leased, moved, nextAt: nextAt === Infinity ? null : nextAt };
  }

  /** @returns false when the delivery ended instead, or waits for its chat */
  private leaseOne(
    row: DeliveryRecord,
    now: number,
    { windowMs, inChat }: SendLimits,
    leased: LeasedDelivery[],
    moved: MovedDelivery[],
  ): boolean {
    const ending = this.ending(row, now, windowMs);
    if (ending !== null) {
      this.order.end(row, ending.state, ending.why);
      moved.push(movedTo(row, ending.state, row.next_at, ending.why));
      return false;
    }
    const whose = toWhose(row, row.correlation);
    const rates = isSimulated(whose) ? [] : (inChat?.(row.whose_contact) ?? []);
    const untilAt = this.chats.fullUntil(row.conversation_id, rates, now);
    if (untilAt !== null) {
      this.db.query("UPDATE delivery SET next_at = ? WHERE seq = ?").run(untilAt, row.seq);
      this.order.followersAt(row, untilAt);
      return false;
    }
    if (rates.length > 0) this.chats.spend(row.conversation_id, now);
    const fence = row.fence + 1;
    this.db
      .query(
        "UPDATE delivery SET state = 'sending', attempts = attempts + 1, fence = ?, started_at = ?, echoed_id = NULL WHERE seq = ?",
      )
      .run(fence, now, row.seq);
    leased.push({
      id: row.id,
      kind: row.kind,
      whose,
      body: row.body,
      attempts: row.attempts + 1,
      fence,
      turnId: row.turn_id,
      sinceAt: row.turn_first_at ?? row.created_at,
    });
    return true;
  }

  /** Whether an account has more due than it may send in a second. */
  private isPiledUp(accountId: number, perSecond: number, now: number): boolean {
    const due = this.db
      .query<{ n: number }, [number, number, number]>(
        `SELECT count(*) AS n FROM (
           SELECT 1 FROM delivery WHERE account_id = ? + 0 AND state = 'pending' AND kind <> 'interaction' AND next_at <= ? + 0 LIMIT ? + 0)`,
      )
      .get(accountId, now, perSecond + 1);
    return (due?.n ?? 0) > perSecond;
  }

  /** Why a delivery is not sent any more; null when it is. */
  private ending(row: DeliveryRecord, now: number, windowMs: number | null): Ending | null {
    if (row.conversation_state === "blocked") {
      return { state: "dead", why: "recipient: cannot be written to until they write again" };
    }
    const expired = (why: string): Ending => ({ state: "expired", why });
    if (now > row.created_at + DELIVERY_LIFETIME_MS) return expired("nobody could be given it for 6 hours");
    const heardAt = this.lastHeardAt(row.conversation_id);
    if (windowMs === null || heardAt === null) return null;
    return windowOpen(heardAt, now, windowMs) ? null : expired("the platform's window for answers has closed");
  }

  /** When the contact last said something; null when it never did. */
  lastHeardAt(conversation: number): number | null {
    const row = this.db
      .query<{ received_at: number }, [number]>(
        "SELECT received_at FROM inbox WHERE conversation_id = ? + 0 AND kind IN ('message', 'tap', 'reaction', 'referral', 'optin') ORDER BY id DESC LIMIT 1",
      )
      .get(conversation);
    return row?.received_at ?? null;
  }

  /** Whether they wrote while the attempt was under way: then they can be written to again, whatever it came to. */
  private wroteSince({ conversation_id, started_at }: DeliveryRecord): boolean {
    return started_at !== null && (this.lastHeardAt(conversation_id) ?? 0) > started_at;
  }

  settle(lease: LeasedDelivery, outcome: SendOutcome, now: number, chance: number): SettledDelivery | "stale" {
    const row = this.db
      .query<DeliveryRecord, [string, number]>(
        `${SELECT_DELIVERY} WHERE r.id = (SELECT ?) AND r.state = 'sending' AND r.fence = ? + 0`,
      )
      .get(lease.id, lease.fence);
    if (row === null) return "stale";
    // The platform has already shown us the message, whatever became of its answer.
    const shown = row.echoed_id !== null && outcome.kind !== "sent";
    const truth: SendOutcome = shown ? { kind: "sent", messageId: row.echoed_id } : unlessInPlace(outcome, row);
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
    if (settled.state === "dead" || settled.state === "expired") this.order.endLaterParts(row, settled.state);
    this.order.followersAt(row, settled.state === "pending" || settled.state === "ambiguous" ? settled.nextAt : now);
    if (settled.state === "pending") this.accounts.parkIfSilent(row.account_id);
    else this.interactions.released(row.out_message_id, now);
    if (settled.blocksConversation && !this.wroteSince(row)) {
      this.db.query("UPDATE conversation SET state = 'blocked' WHERE id = ?").run(row.conversation_id);
    }
    if (settled.movesTo !== null) this.reach.move(row.account_id, row.whose_contact, settled.movesTo);
    if (settled.accountPauseUntil !== null) this.accounts.pause(row.account_id, settled.accountPauseUntil);
    const breaker = isSimulated({ channel: row.whose_channel, contact: row.whose_contact })
      ? null
      : this.pace.judge(row.account_id, truth, now);
    if (settled.account === null) return { settled, accountTurned: false, breaker };
    const accountTurned = this.accounts.setState(row.account_id, settled.account, settled.error);
    this.accounts.park(row.account_id);
    return { settled, accountTurned, breaker };
  }

  giveBack(lease: LeasedDelivery, now: number): void {
    this.db
      .query(
        "UPDATE delivery SET state = 'pending', attempts = attempts - 1, next_at = ? WHERE id = ? AND state = 'sending' AND fence = ?",
      )
      .run(now, lease.id, lease.fence);
  }

  status(id: string): DeliveryStatus | null {
    const row = this.db
      .query<{ state: DeliveryState; message_id: string | null; last_error: string | null }, [string]>(
        "SELECT state, message_id, last_error FROM delivery WHERE id = ?",
      )
      .get(id);
    return row === null ? null : { state: row.state, messageId: row.message_id, error: row.last_error };
  }
}

/** Whoever is said to have moved to where they are cannot be found. */
function unlessInPlace(outcome: SendOutcome, { whose_contact }: DeliveryRecord): SendOutcome {
  return outcome.kind === "moved" && outcome.to === whose_contact
    ? { kind: "request", reason: outcome.reason }
    : outcome;
}

export function windowOpen(heardAt: number, now: number, windowMs: number): boolean {
  return now < heardAt + windowMs - WINDOW_MARGIN_MS;
}
