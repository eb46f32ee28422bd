import { steady, type Clock } from "../../src/core/clock.ts";
import type { Swarm } from "./faults.ts";
import type { Rolls } from "./random.ts";
import type { Owner, Scheduler } from "./scheduler.ts";

/** A promise that was broken. */
export interface Breach {
  readonly promise: string;
  readonly detail: string;
}

/** What every part of one world shares: time, chance, the faults of the moment, and the place where breaches are told. */
export interface Stage {
  readonly scheduler: Scheduler;
  /** Draws for faults and for what people and platforms do. */
  readonly rolls: Rolls;
  /** The faults that are on at the moment. */
  readonly swarm: Swarm;
  /** Epoch ms as the machine's clock shows it; jumps. */
  wall(): number;
  newId(): string;
  breach(promise: string, detail: string): void;
  note(line: string): void;
  /** Somebody sets the machine's clock. */
  jump(): void;
  /** The process dies after this step. */
  kill(why: string): void;
}

/** The clock that one process lives by: the real `steady` on the world's two clocks. */
export function processClock(stage: Stage, owner: Owner): Clock {
  const { scheduler } = stage;
  return {
    now: steady(
      () => stage.wall(),
      () => scheduler.now,
    ),
    after: (delayMs, callback) => scheduler.after(owner, delayMs, "timer", callback),
  };
}

/** Never comes: what a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}
