/**
 * Events keep their numbers across restarts: a run that ends in good order leaves its last number, so that a reader who
 * had that one gets everything of the next run and no gap. After a crash nobody knows what was told last.
 */
import type { Store } from "../core/store.ts";
import { Bus } from "../events/bus.ts";

/** "base last" of the previous run; empty while a run is under way. */
const KEY = "events-run";

export async function openBus(store: Store, now: number): Promise<Bus> {
  const [base, last] = ((await store.meta(KEY)) ?? "").split(" ").map(Number);
  if (base === undefined || last === undefined) return new Bus(now * 1_000);
  // From here on it is out of date, and a crash must not leave it.
  await store.setMeta(KEY, "");
  // A clock that was set back must not give a number twice.
  return new Bus(Math.max(now * 1_000, last), { base, last });
}

/** Nothing is published any more. */
export async function closeBus(store: Store, bus: Bus): Promise<void> {
  bus.end();
  const run = bus.run();
  if (run === null) return;
  // A disk that is full when the server stops is no reason to stop badly: the next run then says that it knows nothing.
  await store.setMeta(KEY, `${run.base} ${run.last}`).catch(() => {});
}
