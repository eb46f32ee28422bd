/** Time as an argument: the workers get the real one, the tests and simulations a virtual one. */
export interface Clock {
  /**
   * Epoch milliseconds that never run backwards inside one process and keep the pace of the monotonic clock, so that a
   * wait of 8 s lasts 8 s also when somebody sets the machine's clock meanwhile (guarantees H4).
   */
  now(): number;
  /** Calls back once after `delayMs`; the answer cancels it. Delays of any length are allowed. */
  after(delayMs: number, callback: () => void): () => void;
}

/** A random number in [0, 1), handed in so that jitter can be replayed. */
export type Chance = () => number;

/** How fast `now` may drift towards a wall clock that was set: a tenth of a second in each second. */
const SLEW = 0.1;

/** Node's timers take at most 2^31 - 1 ms; a longer wait is re-armed (guarantees §3). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The machine's time, steadied: starts at the wall clock, moves with the monotonic clock, and follows a wall clock that
 * was stepped only gradually.
 *
 * @param wall epoch ms, may jump
 * @param monotonic ms since some start, never jumps
 */
export function steady(wall: () => number, monotonic: () => number): () => number {
  let current = wall();
  let seenAt = monotonic();
  return () => {
    const at = monotonic();
    const elapsed = Math.max(0, at - seenAt);
    seenAt = at;
    const drift = wall() - (current + elapsed);
    const correction = Math.max(-SLEW * elapsed, Math.min(SLEW * elapsed, drift));
    current += elapsed + correction;
    return Math.floor(current);
  };
}

/** The clock of a running server. */
export function systemClock(): Clock {
  // eslint-disable-next-line no-restricted-globals -- the one place where real time enters
  const now = steady(Date.now, () => performance.now());
  return {
    now,
    after(delayMs, callback) {
      let timer: ReturnType<typeof setTimeout>;
      const arm = (leftMs: number): void => {
        const stepMs = Math.min(Math.max(0, leftMs), LONGEST_TIMER_MS);
        timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : callback()), stepMs);
      };
      arm(delayMs);
      return () => clearTimeout(timer);
    },
  };
}
