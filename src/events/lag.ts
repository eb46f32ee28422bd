/** How late the event loop is: a timer that should ring every half second says how late it rang. */

const BEAT_MS = 500;
/** What is told is the worst of so many beats. */
const REMEMBERED = 10;

export interface Lag {
  /** The longest delay of the last five seconds, in milliseconds. */
  ms(): number;
  stop(): void;
}

/** Always in real time: it tells about this machine, not about a sandbox's clock. */
export function watchLag(): Lag {
  const delays: number[] = [];
  let expectedAt = performance.now() + BEAT_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    delays.push(Math.max(0, now - expectedAt));
    if (delays.length > REMEMBERED) delays.shift();
    expectedAt = now + BEAT_MS;
  }, BEAT_MS);
  timer.unref();
  return {
    ms() {
      // A beat that is overdue is a delay already.
      const overdue = Math.max(0, performance.now() - expectedAt);
      return Math.round(Math.max(overdue, ...delays) * 10) / 10;
    },
    stop: () => clearInterval(timer),
  };
}
