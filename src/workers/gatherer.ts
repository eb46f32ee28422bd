import type { Clock } from "../core/clock.ts";
import type { Publish } from "../core/event.ts";
import type { Store } from "../core/store.ts";
import { about, type HashPerson } from "./about.ts";
import { Loop } from "./loop.ts";

export interface GathererOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly hashPerson: HashPerson;
  readonly onReady: () => void;
  readonly onError: (error: unknown) => void;
}

/** A new turn may be one too many (MAX_PENDING_CONTEXTS), so the gatherer looks this soon after one opens. */
const CROWD_CHECK_MS = 50;

/** Closes the turns that are due. */
export class Gatherer {
  readonly loop: Loop;

  constructor(private readonly options: GathererOptions) {
    this.loop = new Loop({ clock: options.clock, onError: options.onError, step: () => this.step() });
  }

  /** A turn gathers until `dueAt`. */
  gathering(dueAt: number): void {
    this.loop.due(Math.min(dueAt, this.options.clock.now() + CROWD_CHECK_MS));
  }

  private async step(): Promise<number | null> {
    const { store, clock, publish, hashPerson, onReady } = this.options;
    const now = clock.now();
    const { closed, nextAt } = await store.closeDueTurns(now);
    for (const { id, turn, whose, merged, why, wasted } of closed) {
      publish({
        type: "turn_closed",
        ...about(whose, now, hashPerson),
        turn: id,
        parts: turn.parts,
        waited_ms: Math.max(0, now - turn.firstAt),
        merged,
        why,
        timed_out: why === "due",
        wasted,
        reason: turn.reason,
      });
    }
    if (closed.length > 0) onReady();
    return nextAt;
  }
}
