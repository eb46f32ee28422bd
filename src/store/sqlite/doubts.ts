import type { Database } from "bun:sqlite";
import type { ChannelName } from "../../core/channel.ts";
import { recover, resolveDoubt, type DeliveryPolicy } from "../../core/delivery.ts";
import { LONGEST_RETRY_MS } from "../../core/retry.ts";
import type { MovedDelivery } from "../../core/lease.ts";
import type { Accounts } from "./accounts.ts";
import { factsOf, movedTo, SELECT_DELIVERY, UNSETTLED, type DeliveryRecord } from "./delivery-rows.ts";
import type { Order } from "./order.ts";

/** No platform asked for longer patience than this; a later time stems from a clock that was wrong (H4). */
const LONGEST_PAUSE_MS = 3_600_000;

/** Deliveries of which nobody knows whether they went out. All methods run inside a transaction. */
export class Doubts {
  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
    private readonly order: Order,
    private readonly policies: Readonly<Record<ChannelName, DeliveryPolicy>>,
  ) {}

  nextAt(): number {
    const row = this.db
      .query<{ at: number | null }, []>("SELECT min(next_at) AS at FROM delivery WHERE state = 'ambiguous'")
      .get();
    return row?.at ?? Infinity;
  }

  /** Unknown outcomes whose grace is over. */
  end(now: number): MovedDelivery[] {
    // `+r.seq`, or SQLite walks all deliveries ever made in that order instead of asking the index for the few in doubt.
    const doubtful = this.db
      .query<DeliveryRecord, [number]>(
        `${SELECT_DELIVERY} WHERE r.state = 'ambiguous' AND r.next_at <= ? + 0 ORDER BY +r.seq LIMIT 200`,
      )
      .all(now);
    return doubtful.flatMap((row) => {
      const verdict = resolveDoubt(factsOf(row), now, this.policies[row.whose_channel]);
      if (verdict === "wait") return [];
      if (verdict === "dead") {
        const why = "its outcome stayed unknown, and sending again could double it";
        this.order.end(row, "dead", why);
        return [movedTo(row, "dead", row.next_at, why)];
      }
      this.db.query("UPDATE delivery SET state = 'pending', next_at = ? WHERE seq = ?").run(now, row.seq);
      this.accounts.parkIfSilent(row.account_id);
      return [movedTo(row, "pending", now, "no echo came, so it is sent once more")];
    });
  }

  /**
   * The platform shows us a message of this account: if it is this delivery, its outcome is known (guarantees §2), also
   * when it had been parked or given up meanwhile.
   *
   * @returns whether it is a delivery of this conversation
   */
  echoed(id: string, conversation: number, messageId: string): boolean {
    const known = this.db.query("SELECT 1 FROM delivery WHERE id = ? AND conversation_id = ?").get(id, conversation);
    if (known === null) return false;
    this.db
      .query("UPDATE delivery SET echoed_id = $messageId WHERE id = $id AND state = 'sending'")
      .run({ id, messageId });
    const settled = this.db
      .query<{ seq: number; at: number }, { id: string; messageId: string }>(
        `UPDATE delivery SET state = 'sent', message_id = $messageId, last_error = NULL
         WHERE id = $id AND state IN ('ambiguous', 'pending', 'parked', 'dead', 'expired') AND attempts > 0
         RETURNING seq, created_at AS at`,
      )
      .get({ id, messageId });
    if (settled !== null) this.order.followersAt({ ...settled, conversation_id: conversation }, settled.at);
    return true;
  }

  /** Deliveries that were under way when the last process ended. @returns how many */
  recover(now: number): number {
    const sending = this.db
      .query<DeliveryRecord, []>(
        `${SELECT_DELIVERY} WHERE r.state IN ('sending', 'ambiguous') AND r.state = 'sending' AND r.kind <> 'interaction'`,
      )
      .all();
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
    this.accounts.clampBreakers(now);
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
    const latest = now + LONGEST_RETRY_MS;
    for (const state of ["pending", "ambiguous"]) {
      this.db
        .query(`UPDATE delivery SET next_at = $latest WHERE ${UNSETTLED} AND state = '${state}' AND next_at > $latest`)
        .run({ latest });
    }
    // Its deadline counts from when it was made.
    this.db.query(`UPDATE delivery SET created_at = $now WHERE ${UNSETTLED} AND created_at > $now`).run({ now });
    this.db
      .query("UPDATE account SET paused_until_at = $latest WHERE paused_until_at > $latest")
      .run({ latest: now + LONGEST_PAUSE_MS });
  }
}
