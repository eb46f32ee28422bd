import type { Chance, Clock } from "../core/clock.ts";
import type { BotEvent, OnError, Publish } from "../core/event.ts";
import { judged, newsOf, OPEN, passageOf, type Gate } from "../core/gate.ts";
import type { LeasedInteraction, ReportOutcome, UserService } from "../core/interaction.ts";
import type { RetryPolicy } from "../core/retry.ts";
import type { Store } from "../core/store.ts";
import { about, type HashPerson } from "./about.ts";
import { Calls } from "./calls.ts";
import type { Loop } from "./loop.ts";

export interface ReporterOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly publish: Publish;
  readonly hashPerson: HashPerson;
  readonly service: UserService;
  readonly retry: RetryPolicy;
  /** Calls under way at the same time. */
  readonly concurrency: number;
  /** No call is under way, and none will be before this time, epoch ms (null: before something happens). */
  readonly onRest?: (nextAt: number | null) => void;
  readonly onError: OnError;
}

/** Events after which something may be owed, or an answer's row has its message's id. */
const WAKES: ReadonlySet<BotEvent["type"]> = new Set([
  "message_received",
  "response_generated",
  "response_sent",
  "send_failed",
]);

/** So many failures of the service's own, and what waits is due at once when it is back. */
const REAL_OUTAGE = 2;

/** What the events call it. */
const SCOPE = "user service";

/** Tells the user service what it is owed: many people at a time, each in order, at the service's own pace (T9). */
export class Reporter {
  readonly loop: Loop;
  private gate: Gate = OPEN;
  private readonly calls: Calls<LeasedInteraction, ReportOutcome>;

  constructor(private readonly options: ReporterOptions) {
    const { clock, onRest, onError } = options;
    const settle = (interaction: LeasedInteraction, outcome: ReportOutcome): Promise<void> =>
      this.settle(interaction, outcome);
    this.calls = new Calls({ clock, onRest, onError, settle, step: () => this.step() });
    this.loop = this.calls.loop;
  }

  /** Something happened; perhaps it is to be told. */
  read({ type }: BotEvent): void {
    if (WAKES.has(type)) this.loop.wake();
  }

  /** A person has looked: whatever the service did before, it is asked again. */
  flushed(): void {
    this.gate = OPEN;
    this.loop.wake();
  }

  /** Begins no more calls and waits for those under way; at `cut` they are cut, and looked for after the restart. */
  drain(cut: AbortSignal): Promise<void> {
    return this.calls.drain(cut);
  }

  private async step(): Promise<number | null> {
    const { store, clock, concurrency } = this.options;
    const now = clock.now();
    const passage = passageOf(this.gate, now);
    if (passage.kind === "none") return passage.untilAt;
    const most = passage.kind === "all" ? concurrency : 1;
    // Each call that ends wakes us.
    if (this.calls.count >= most) return null;
    const { leased, nextAt } = await store.leaseInteractions(now, most - this.calls.count);
    for (const interaction of leased) this.calls.begin(interaction, this.tell(interaction));
    return nextAt;
  }

  /** Never rejects. */
  private tell(interaction: LeasedInteraction): Promise<ReportOutcome> {
    const { service, onError } = this.options;
    return service.report(interaction, this.calls.signal).catch((error: unknown): ReportOutcome => {
      onError(error, interaction.whose.correlation);
      return { kind: "ambiguous", reason: "the call broke down" };
    });
  }

  private async settle(interaction: LeasedInteraction, outcome: ReportOutcome): Promise<void> {
    const { store, clock, chance, publish, hashPerson, retry } = this.options;
    const now = clock.now();
    const settled = await store.settleInteraction(interaction, outcome, now, chance());
    const before = this.gate;
    this.gate = judged(before, outcome, now, chance(), retry);
    if (before.failures >= REAL_OUTAGE && this.gate.failures === 0) await store.hastenInteractions(now);
    if (settled !== "stale") {
      const { id: delivery, direction, whose, attempts, createdAt } = interaction;
      const facts = { ...about(whose, now, hashPerson), delivery, direction, attempts, latency_ms: now - createdAt };
      if (settled.state === "sent") publish({ type: "interaction_sent", ...facts });
      else {
        const next_at = settled.state === "pending" ? settled.nextAt : null;
        const reason = settled.error ?? "";
        publish({ type: "interaction_failed", ...facts, state: settled.state, next_at, reason });
      }
    }
    this.announce(before, outcome, now);
  }

  /** What people should hear of the service itself. */
  private announce(before: Gate, outcome: ReportOutcome, at: number): void {
    const { publish } = this.options;
    const reason = outcome.kind === "sent" ? "" : `${outcome.kind}: ${outcome.reason}`;
    switch (newsOf(before, this.gate)) {
      case "down":
        publish({ type: "breaker_state", at, scope: SCOPE, state: "open", until: this.gate.restsUntilAt, reason });
        break;
      case "back":
        publish({ type: "breaker_state", at, scope: SCOPE, state: "closed", until: null, reason });
        break;
      case "refuses":
        publish({ type: "service_refused", at, scope: SCOPE, reason });
        break;
      case null:
        break;
    }
  }
}
