import type { Clock } from "../../src/core/clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Rounds of the event loop after each step: the longest chain from a closed turn to a settled delivery takes about ten. */
const SETTLING_ROUNDS = 24;

/** A clock that moves only when told to, so that a wait of eight seconds costs a test nothing. */
export class VirtualClock implements Clock {
  private readonly timers = new Set<Timer>();

  constructor(private current: number) {}

  now(): number {
    return this.current;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.current + Math.max(0, delayMs), callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** How many callbacks are still to come. */
  get armed(): number {
    return this.timers.size;
  }

  /** Moves time on, calls back what falls due on the way in order, and lets what that started come to rest. */
  async advance(ms: number): Promise<void> {
    const target = this.current + ms;
    await settled();
    for (let timer = this.next(target); timer !== null; timer = this.next(target)) {
      this.timers.delete(timer);
      this.current = Math.max(this.current, timer.at);
      timer.callback();
      await settled();
    }
    this.current = target;
    await settled();
  }

  private next(until: number): Timer | null {
    let earliest: Timer | null = null;
    for (const timer of this.timers) {
      if (timer.at <= until && (earliest === null || timer.at < earliest.at)) earliest = timer;
    }
    return earliest;
  }
}

/** Lets promises and the database's shared commits, which run in turns of the real event loop, come to rest. */
async function settled(): Promise<void> {
  for (let round = 0; round < SETTLING_ROUNDS; round++) await new Promise((resolve) => setImmediate(resolve));
}
