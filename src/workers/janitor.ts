import type { Clock } from "../core/clock.ts";
import type { RetentionPolicy, Store } from "../core/store.ts";
import { Loop } from "./loop.ts";

export interface JanitorOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly retention: RetentionPolicy;
  readonly onError: (error: unknown) => void;
}

const BETWEEN_ROUNDS_MS = 3_600_000;
/** Between two bites of one round, so that customers come first. */
const BETWEEN_BITES_MS = 100;

/** Forgets what has been kept long enough, a little at a time. */
export class Janitor {
  readonly loop: Loop;

  constructor(options: JanitorOptions) {
    const { store, clock, retention, onError } = options;
    this.loop = new Loop({
      clock,
      onError,
      async step() {
        const now = clock.now();
        const more = await store.forget(now, retention);
        return now + (more ? BETWEEN_BITES_MS : BETWEEN_ROUNDS_MS);
      },
    });
  }
}
