import type { Access } from "../core/account.ts";
import type { Channel, ChannelName } from "../core/channel.ts";
import type { Chance, Clock } from "../core/clock.ts";
import { isSimulated } from "../core/conversation.ts";
import type { SendOutcome } from "../core/delivery.ts";
import type { Publish } from "../core/event.ts";
import type { LeasedDelivery, MovedDelivery, Store } from "../core/store.ts";
import { about, type HashPerson } from "./about.ts";
import { Loop } from "./loop.ts";

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
  readonly onError: (error: unknown) => void;
}

/** Sends what is owed: many conversations at a time, each in order. */
export class Deliverer {
  readonly loop: Loop;
  private readonly sending = new Set<Promise<void>>();
  private readonly shutdown = new AbortController();
  private readonly windows: Readonly<Record<ChannelName, number | null>>;

  constructor(private readonly options: DelivererOptions) {
    this.windows = {
      messenger: options.channels.messenger?.windowMs ?? null,
      telegram: options.channels.telegram?.windowMs ?? null,
    };
    this.loop = new Loop({ clock: options.clock, onError: options.onError, step: () => this.step() });
  }

  /** Waits for the calls under way; after `patienceMs` they are cut and their outcome is unknown. */
  async drain(patienceMs: number): Promise<void> {
    await this.loop.stop();
    const cancel = this.options.clock.after(patienceMs, () => this.shutdown.abort(new DOMException("shutdown", "AbortError")));
    await Promise.all(this.sending);
    cancel();
  }

  private async step(): Promise<number | null> {
    const { store, clock, concurrency, onError } = this.options;
    const free = concurrency - this.sending.size;
    if (free <= 0) return null;
    const { leased, moved, nextAt } = await store.leaseDeliveries(clock.now(), free, this.windows);
    for (const delivery of moved) {
      this.announceMoved(delivery);
      this.options.onSettled(delivery.id);
    }
    for (const delivery of leased) {
      const call = this.deliver(delivery)
        .catch(onError)
        .finally(() => {
          this.sending.delete(call);
          this.loop.wake();
        });
      this.sending.add(call);
    }
    return nextAt;
  }

  private async deliver(delivery: LeasedDelivery): Promise<void> {
    const { store, clock, chance } = this.options;
    const outcome = await this.attempt(delivery);
    const now = clock.now();
    const result = await store.settleDelivery(delivery, outcome, now, chance());
    if (result === "stale") return;
    this.announce(delivery, outcome, result.settled, now);
    this.options.onSettled(delivery.id);
    if (result.accountTurned && result.settled.account !== null) {
      const { channel, account } = delivery.whose;
      const { account: state, error } = result.settled;
      this.options.publish({ type: "account_state", at: now, platform: channel, account, state, reason: error ?? "" });
    }
  }

  private async attempt(delivery: LeasedDelivery): Promise<SendOutcome> {
    const { whose, id, body } = delivery;
    if (isSimulated(whose.contact)) return { kind: "sent", messageId: `sim.${id}` };
    const channel = this.options.channels[whose.channel];
    if (channel === null) return { kind: "unsent", reason: `${whose.channel} is switched off` };
    const access = await this.options.access(whose.accountId);
    if (access === null) return { kind: "account", reason: "the account has no token" };
    return await channel.send({ access, contact: whose.contact, deliveryId: id, body }, this.shutdown.signal);
  }

  private announce(
    delivery: LeasedDelivery,
    outcome: SendOutcome,
    settled: { state: MovedDelivery["state"]; nextAt: number; attempts: number },
    now: number,
  ): void {
    const { publish, hashPerson } = this.options;
    const { id, kind, turnId, whose, attempts, sinceAt } = delivery;
    const facts = { ...about(whose, now, hashPerson), turn: turnId, delivery: id, kind, attempts, latency_ms: now - sinceAt };
    if (settled.state === "sent") return publish({ type: "response_sent", ...facts });
    const reason = outcome.kind === "sent" ? "" : `${outcome.kind}: ${outcome.reason}`;
    const next_at = settled.state === "pending" || settled.state === "ambiguous" ? settled.nextAt : null;
    publish({ type: "send_failed", ...facts, state: settled.state, next_at, reason });
  }

  private announceMoved({ whose, id, kind, turnId, state, attempts, nextAt, sinceAt, error }: MovedDelivery): void {
    const { clock, publish, hashPerson } = this.options;
    const now = clock.now();
    publish({
      type: "send_failed",
      ...about(whose, now, hashPerson),
      turn: turnId,
      delivery: id,
      kind,
      state,
      attempts,
      next_at: state === "pending" ? nextAt : null,
      reason: error ?? "",
      latency_ms: now - sinceAt,
    });
  }
}
