/** Everything that reads what happens: counters, rates, the log, metrics. Publishing waits for none of them. */
import { version } from "../../package.json" with { type: "json" };
import type { Clock } from "../core/clock.ts";
import type { Store } from "../core/store.ts";
import type { Bus } from "../events/bus.ts";
import { watchLag } from "../events/lag.ts";
import type { RootLog } from "../events/log.ts";
import { Metrics } from "../events/metrics.ts";
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

export function observe(
  parts: {
    readonly store: Store;
    readonly clock: Clock;
    readonly bus: Bus;
    readonly log: RootLog;
    readonly startedAt: number;
  },
  opened: Openings,
): Observed {
  const { store, clock, bus, log, startedAt } = parts;
  const counters = new ProcessingCounters();
  const rates = new Rates(() => clock.now());
  const lag = watchLag();
  opened.push(() => lag.stop());
  const write = narrate({
    speaks: (level) => log.writes(level),
    write: (level, event, fields) => log.put(level, event, fields),
  });
  const metrics = new Metrics({
    version,
    startedAt,
    snapshot: async () => {
      const [depths, oldest, accounts, breakers] = await Promise.all([
        store.depths(),
        store.oldest(),
        store.accounts(),
        store.breakers(),
      ]);
      return { now: clock.now(), depths, oldest, accounts, breakers, model: rates.model(), lagMs: lag.ms() };
    },
  });
  bus.subscribe(({ event }) => {
    counters.read(event);
    rates.read(event);
    write(event);
    metrics.read(event);
  });
  return {
    onWebhook(channel, outcome, tookMs) {
      if (outcome === "stored") rates.webhook();
      metrics.webhook(channel, outcome, tookMs);
    },
    processing: async () => ({ ...counters.now(), pending_contexts: (await store.depths()).gathering }),
    status: () => statusOf({ store, clock, rates, lag, startedAt }),
    metrics: () => metrics.text(),
  };
}
