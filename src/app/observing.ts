/** Everything that reads what happens: counters, rates, the log, metrics. Publishing waits for none of them. */
import { version } from "../../package.json" with { type: "json" };
import type { Clock } from "../core/clock.ts";
import type { Store } from "../core/store.ts";
import type { Bus } from "../events/bus.ts";
import { watchLag, type Lag } from "../events/lag.ts";
import type { Log } from "../events/log.ts";
import type { Metrics } from "../events/metrics.ts";
import { narrate } from "../events/narrate.ts";
import { ProcessingCounters } from "../events/processing.ts";
import { Rates } from "../events/rates.ts";
import type { OnWebhook } from "../http/webhooks.ts";
import type { Openings } from "./shutdown.ts";
import { statusOf } from "./status.ts";

export interface Observed {
  readonly onWebhook: OnWebhook;
  readonly processing: () => Promise<ReturnType<ProcessingCounters["now"]> & { readonly pending_contexts: number }>;
  readonly status: () => ReturnType<typeof statusOf>;
  /** Prometheus' text. */
  readonly metrics: () => Promise<string>;
}

/** Nobody asks for metrics right after the start, so what they are made of is loaded when that is over. */
const METRICS_AFTER_MS = 300;
/** What is kept for them until then; beyond it they are loaded at once. */
const MOST_EARLY = 20_000;

export function observe(
  parts: {
    readonly store: Store;
    readonly clock: Clock;
    readonly bus: Bus;
    readonly log: Log;
    readonly startedAt: number;
  },
  opened: Openings,
  onError: (error: unknown) => void,
): Observed {
  const { store, clock, bus, log, startedAt } = parts;
  const counters = new ProcessingCounters();
  const rates = new Rates(() => clock.now());
  const lag = watchLag();
  opened.push(() => lag.stop());
  const write = narrate({
    speaks: (level) => log.writes(level),
    write: (level, event, fields) => log[level](event, fields),
  });
  const late = lateMetrics({ store, clock, rates, lag, startedAt });
  const load = (): void => void late.load().catch(onError);
  opened.push(clock.after(METRICS_AFTER_MS, load));
  bus.subscribe(({ event }) => {
    counters.read(event);
    rates.read(event);
    write(event);
    if (late.tell((metrics) => metrics.read(event)) === MOST_EARLY) load();
  });
  return {
    onWebhook(channel, outcome, tookMs) {
      if (outcome === "stored") rates.webhook();
      if (late.tell((metrics) => metrics.webhook(channel, outcome, tookMs)) === MOST_EARLY) load();
    },
    processing: async () => ({ ...counters.now(), pending_contexts: (await store.depths()).gathering }),
    status: () => statusOf({ store, clock, rates, lag, startedAt }),
    metrics: async () => (await late.load()).text(),
  };
}

interface MetricsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly rates: Rates;
  readonly lag: Lag;
  readonly startedAt: number;
}

/** Metrics that are loaded later, and are told then what happened before. */
function lateMetrics({ store, clock, rates, lag, startedAt }: MetricsParts) {
  let early: ((metrics: Metrics) => void)[] = [];
  let loaded: Metrics | null = null;
  let loading: Promise<Metrics> | null = null;
  const snapshot = async () => {
    const [depths, oldest, accounts, breakers] = await Promise.all([
      store.depths(),
      store.oldest(),
      store.accounts(),
      store.breakers(),
    ]);
    return { now: clock.now(), depths, oldest, accounts, breakers, model: rates.model(), lagMs: lag.ms() };
  };
  const open = async (): Promise<Metrics> => {
    const { Metrics: Loaded } = await import("../events/metrics.ts");
    const metrics = new Loaded({ version, startedAt, snapshot });
    for (const tell of early) tell(metrics);
    early = [];
    loaded = metrics;
    return metrics;
  };
  return {
    /** @returns how much is kept for later */
    tell(say: (metrics: Metrics) => void): number {
      if (loaded === null) return early.push(say);
      say(loaded);
      return 0;
    },
    load(): Promise<Metrics> {
      // A failure is not kept: the next one who asks tries again.
      return (loading ??= open().catch((error: unknown) => {
        loading = null;
        throw error;
      }));
    },
  };
}
