import type { Clock } from "./clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * Time that runs at a pace of its own, and only as far as it is let: what a sandbox lives by when waits of many seconds are
 * to be over soon. Nothing happens in it that would not happen in real time; there is only less real time in between.
 *
 * It is held at first. `run` lets it go.
 */
export class PacedClock implements Clock {
  private readonly timers = new Set<Timer>();
  /** What it read when it was last looked after, and what the clock below read then. */
  private reached: number;
  private seenAt: number;
  private limit: number;
  private cancel: () => void = () => {};

  /**
   * @param base the clock that drives it
   * @param speed how many of its ms pass in one of `base`; above 0
   * @param startAt what it reads at first, epoch ms
   */
  constructor(
    private readonly base: Clock,
    private readonly speed: number,
    startAt: number,
  ) {
    this.reached = startAt;
    this.limit = startAt;
    this.seenAt = base.now();
  }

  now(): number {
    return Math.floor(this.exactly());
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.exactly() + Math.max(0, delayMs), callback };
    this.timers.add(timer);
    this.arm();
    return () => void this.timers.delete(timer);
  }

  /** When the earliest callback is due, epoch ms; null when there is none. */
  nextAt(): number | null {
    const [first] = this.inOrder();
    return first?.at ?? null;
  }

  /**
   * Lets time run, and says how far.
   *
   * @param from where it goes on when it has not come so far yet; it never runs backwards
   * @param until where it stops, epoch ms; Infinity for nowhere
   */
  run(from: number, until: number): void {
    this.reached = Math.max(this.exactly(), from);
    this.seenAt = this.base.now();
    this.limit = until;
    this.arm();
  }

  private exactly(): number {
    const free = this.reached + (this.base.now() - this.seenAt) * this.speed;
    return Math.max(this.reached, Math.min(free, this.limit));
  }

  private inOrder(): Timer[] {
    return [...this.timers].sort((one, other) => one.at - other.at);
  }

  private arm(): void {
    this.cancel();
    this.cancel = () => {};
    const at = this.nextAt();
    const now = this.exactly();
    // What lies beyond the limit is looked at again when the limit moves.
    if (at === null || at > Math.max(now, this.limit)) return;
    this.cancel = this.base.after((at - now) / this.speed, () => this.fire());
  }

  private fire(): void {
    const now = this.exactly();
    for (const timer of this.inOrder()) {
      // A callback may have taken back one that was to follow.
      if (timer.at <= now && this.timers.delete(timer)) timer.callback();
    }
    this.arm();
  }
}
