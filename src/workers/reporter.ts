import type { Chance, Clock } from "../core/clock.ts";
import type { BotEvent, OnError, Publish } from "../core/event.ts";
import { judged, newsOf, OPEN, passageOf, type Gate } from "../core/gate.ts";
import type { LeasedInteraction, ReportOutcome, UserService } from "../core/interaction.ts";
import type { RetryPolicy } from "../core/retry.ts";
import type { Store } from "../core/store.ts";
import { about, type HashPerson } from "./about.ts";
import { Loop } from "./loop.ts";

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

/** One attempt, and what came of it. */
interface Attempt {
  readonly interaction: LeasedInteraction;
  readonly outcome: ReportOutcome;
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
  private readonly calls = new Set<Promise<void>>();
  /** Attempts whose outcome could not be stored: kept, because only we know that it arrived. */
  private readonly unstored: Attempt[] = [];
  private readonly shutdown = new AbortController();

  constructor(private readonly options: ReporterOptions) {
    const step = async (): Promise<number | null> => {
      const nextAt = await this.step();
      if (this.calls.size === 0) options.onRest?.(nextAt);
      return nextAt;
    };
    this.loop = new Loop({ clock: options.clock, onError: options.onError, step });
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
  async drain(cut: AbortSignal): Promise<void> {
    const abort = (): void => this.shutdown.abort(new DOMException("shutdown", "AbortError"));
    if (cut.aborted) abort();
    else cut.addEventListener("abort", abort, { once: true });
    await this.loop.stop();
    await Promise.all(this.calls);
    cut.removeEventListener("abort", abort);
    const left = this.unstored.splice(0);
    await Promise.all(
      left.map((attempt) =>
        this.settle(attempt).catch((error: unknown) =>
          this.options.onError(error, attempt.interaction.whose.correlation),
        ),
      ),
    );
  }

  private async step(): Promise<number | null> {
    const { store, clock, concurrency } = this.options;
    for (let attempt = this.unstored[0]; attempt !== undefined; attempt = this.unstored[0]) {
      await this.settle(attempt);
      this.unstored.shift();
    }
    const now = clock.now();
    const passage = passageOf(this.gate, now);
    if (passage.kind === "none") return passage.untilAt;
    const most = passage.kind === "all" ? concurrency : 1;
    // Each call that ends wakes us.
    if (this.calls.size >= most) return null;
    const { leased, nextAt } = await store.leaseInteractions(now, most - this.calls.size);
    for (const interaction of leased) {
      const call = this.tell(interaction).finally(() => {
        this.calls.delete(call);
        this.loop.wake();
      });
      this.calls.add(call);
    }
    return nextAt;
  }

  private async tell(interaction: LeasedInteraction): Promise<void> {
    const { service, onError } = this.options;
    const { correlation } = interaction.whose;
    const outcome = await service.report(interaction, this.shutdown.signal).catch((error: unknown): ReportOutcome => {
      onError(error, correlation);
      return { kind: "ambiguous", reason: "the call broke down" };
    });
    try {
      await this.settle({ interaction, outcome });
    } catch (error) {
      onError(error, correlation);
      // The loop looks again soon, and with patience while the database cannot be written (H3).
      this.unstored.push({ interaction, outcome });
    }
  }

  private async settle({ interaction, outcome }: Attempt): Promise<void> {
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
