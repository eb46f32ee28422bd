import type { Access } from "../core/account.ts";
import type { Breaker } from "../core/breaker.ts";
import type { Channel, ChannelName } from "../core/channel.ts";
import type { Chance, Clock } from "../core/clock.ts";
import { isSimulated } from "../core/conversation.ts";
import type { SendOutcome } from "../core/delivery.ts";
import type { OnError, Publish, Unsent } from "../core/event.ts";
import type { LeasedDelivery, MovedDelivery, SendLimits } from "../core/lease.ts";
import type { Store } from "../core/store.ts";
import { about, type HashPerson } from "./about.ts";
import { Calls } from "./calls.ts";
import { limitsOf } from "./limits.ts";
import type { Loop } from "./loop.ts";

export interface DelivererOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly publish: Publish;
  readonly hashPerson: HashPerson;
  readonly channels: Readonly<Record<ChannelName, Channel | null>>;
  readonly access: (accountId: number) => Promise<Access | null>;
  /** Calls under way at the same time. */
  readonly concurrency: number;
  /** A delivery left the state `sending`. */
  readonly onSettled: (deliveryId: string) => void;
  /** No call is under way, and none will be before this time, epoch ms (null: before something happens). */
  readonly onRest?: (nextAt: number | null) => void;
  readonly onError: OnError;
}

/** Deliveries leased in one go, so that webhooks that come meanwhile do not wait long (H2). */
const LEASE_BITE = 16;

/** Sends what is owed: many conversations at a time, each in order. */
export class Deliverer {
  readonly loop: Loop;
  private readonly calls: Calls<LeasedDelivery, SendOutcome>;
  private readonly limits: Readonly<Record<ChannelName, SendLimits>>;

  constructor(private readonly options: DelivererOptions) {
    this.limits = { messenger: limitsOf(options.channels.messenger), telegram: limitsOf(options.channels.telegram) };
    const { clock, onRest, onError } = options;
    const settle = (delivery: LeasedDelivery, outcome: SendOutcome): Promise<void> => this.settle(delivery, outcome);
    this.calls = new Calls({ clock, onRest, onError, settle, step: () => this.step() });
    this.loop = this.calls.loop;
  }

  /** Begins no more calls and waits for those under way; at `cut` they are cut, and their outcome is unknown. */
  drain(cut: AbortSignal): Promise<void> {
    return this.calls.drain(cut);
  }

  private async step(): Promise<number | null> {
    const { store, clock, concurrency } = this.options;
    const free = concurrency - this.calls.count;
    if (free <= 0) return null;
    const most = Math.min(free, LEASE_BITE);
    const { leased, moved, nextAt } = await store.leaseDeliveries(clock.now(), most, this.limits);
    for (const delivery of moved) {
      this.announceMoved(delivery);
      this.options.onSettled(delivery.id);
    }
    for (const delivery of leased) this.calls.begin(delivery, this.deliver(delivery));
    if (leased.length + moved.length >= most) this.loop.wake();
    return nextAt;
  }

  /** Never rejects. */
  private deliver(delivery: LeasedDelivery): Promise<SendOutcome> {
    return this.attempt(delivery).catch((error: unknown): SendOutcome => {
      this.options.onError(error, delivery.whose.correlation);
      return { kind: "unsent", reason: "the call could not be prepared" };
    });
  }

  private async settle(delivery: LeasedDelivery, outcome: SendOutcome): Promise<void> {
    const { store, clock, chance } = this.options;
    const now = clock.now();
    const result = await store.settleDelivery(delivery, outcome, now, chance());
    if (result === "stale") return;
    this.announce(delivery, outcome, result.settled, now);
    this.options.onSettled(delivery.id);
    if (result.breaker !== null) this.announceBreaker(delivery, result.breaker, outcome, now);
    if (result.accountTurned && result.settled.account !== null) {
      const { channel, account } = delivery.whose;
      const { account: state, error } = result.settled;
      this.options.publish({ type: "account_state", at: now, platform: channel, account, state, reason: error ?? "" });
    }
  }

  private announceBreaker(
    { whose }: LeasedDelivery,
    { state, untilAt }: Breaker,
    outcome: SendOutcome,
    now: number,
  ): void {
    const reason = outcome.kind === "sent" ? "" : `${outcome.kind}: ${outcome.reason}`;
    const until = state === "open" ? untilAt : null;
    this.options.publish({
      type: "breaker_state",
      at: now,
      scope: `${whose.channel}:${whose.account}`,
      state,
      until,
      reason,
    });
  }

  private async attempt(delivery: LeasedDelivery): Promise<SendOutcome> {
    const { whose, id, body } = delivery;
    if (isSimulated(whose)) return { kind: "sent", messageId: `sim.${id}` };
    const channel = this.options.channels[whose.channel];
    if (channel === null) return { kind: "unsent", reason: `${whose.channel} is switched off` };
    const access = await this.options.access(whose.accountId);
    if (access === null) return { kind: "account", reason: "the account has no token" };
    const message = { access, contact: whose.contact, deliveryId: id, body };
    return await channel.send(message, this.calls.signal).catch((error: unknown): SendOutcome => {
      this.options.onError(error, whose.correlation);
      return { kind: "ambiguous", reason: "the call broke down" };
    });
  }

  private announce(
    delivery: LeasedDelivery,
    outcome: SendOutcome,
    settled: { state: MovedDelivery["state"]; nextAt: number; attempts: number },
    now: number,
  ): void {
    const { publish, hashPerson } = this.options;
    const { id, kind, turnId, whose, attempts, sinceAt } = delivery;
    const facts = { ...about(whose, now, hashPerson), turn: turnId, delivery: id, kind, attempts };
    const latency_ms = now - sinceAt;
    if (settled.state === "sent") return publish({ type: "response_sent", ...facts, latency_ms });
    const reason = outcome.kind === "sent" ? "" : `${outcome.kind}: ${outcome.reason}`;
    const next_at = settled.state === "pending" || settled.state === "ambiguous" ? settled.nextAt : null;
    this.announceUnsent({ ...facts, reason }, settled.state, next_at, latency_ms);
  }

  private announceMoved({ whose, id, kind, turnId, state, attempts, nextAt, sinceAt, error }: MovedDelivery): void {
    const { clock, hashPerson } = this.options;
    const now = clock.now();
    const facts = { ...about(whose, now, hashPerson), turn: turnId, delivery: id, kind, attempts, reason: error ?? "" };
    this.announceUnsent(facts, state, state === "pending" ? nextAt : null, now - sinceAt);
  }

  /** That it was not sent, and where it stands now. */
  private announceUnsent(
    facts: Unsent,
    state: MovedDelivery["state"],
    next_at: number | null,
    latency_ms: number,
  ): void {
    const { publish } = this.options;
    publish({ type: "send_failed", ...facts, state, next_at, latency_ms });
    switch (state) {
      case "pending":
      case "ambiguous":
      case "parked":
        return publish({ type: "delivery_waiting", ...facts, state, next_at });
      case "dead":
        return publish({ type: "delivery_dead", ...facts, next_at: null });
      case "expired":
        return publish({ type: "delivery_expired", ...facts, next_at: null });
      case "sending":
      case "sent":
        return;
    }
  }
}
