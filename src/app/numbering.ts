/**
 * Events keep their numbers across restarts: a run that ends in good order leaves its last number and its last events, so
 * that a reader who comes back gets what it had not seen of it, everything of the next run, and no gap. After a crash
 * nobody knows what was told last.
 */
import type { Store } from "../core/store.ts";
import { Bus, type Numbered } from "../events/bus.ts";

/** "base last" of the previous run; empty while a run is under way. */
const KEY = "events-run";
/** Its last events, as JSON; they belong to what KEY says, and mean nothing without it. People are in them as hashes only. */
const KEPT_KEY = "events-kept";

export interface Numbering {
  readonly bus: Bus;
  /** From here on what the last run left is out of date, and a crash must not leave it. Not before the database is sound. */
  begin(): Promise<void>;
  /** Nothing is published any more. A start that came to nothing leaves all as it was. */
  close(): Promise<void>;
}

export async function openNumbering(store: Store, now: number): Promise<Numbering> {
  const [base, last] = ((await store.meta(KEY)) ?? "").split(" ").map(Number);
  const previous =
    base === undefined || last === undefined ? null : { base, last, kept: readKept(await store.meta(KEPT_KEY)) };
  // A clock that was set back must not give a number twice.
  const bus = new Bus(Math.max(now * 1_000, previous?.last ?? 0), previous);
  let begun = false;
  return {
    bus,
    async begin() {
      if (previous !== null) {
        await store.setMeta(KEY, "");
        await store.setMeta(KEPT_KEY, "");
      }
      begun = true;
    },
    async close() {
      bus.end();
      const run = bus.run();
      if (!begun || run === null) return;
      // A disk that is full when the server stops is no reason to stop badly: the next run then says that it knows nothing.
      try {
        await store.setMeta(KEPT_KEY, JSON.stringify(run.kept));
        await store.setMeta(KEY, `${run.base} ${run.last}`);
      } catch {}
    },
  };
}

/** What cannot be read is missing, and told as missing. */
function readKept(json: string | null): readonly Numbered[] {
  try {
    const kept: readonly Numbered[] = JSON.parse(json ?? "[]");
    return kept;
  } catch {
    return [];
  }
}
