import type { Clock } from "../core/clock.ts";

/** Something that must be over in time. */
export interface Deadline {
  /** It is over; nothing happens any more. */
  end(): void;
}

interface Waiting extends Deadline {
  readonly at: number;
  readonly late: () => void;
}

/** Deadlines of one length under one timer: with a timer of its own for each, a webhook's timers cost more than its signature. */
export class Deadlines {
  /** Soonest first, as they began. */
  private readonly waiting = new Set<Waiting>();
  private armed = false;

  constructor(
    private readonly clock: Clock,
    private readonly lengthMs: number,
  ) {}

  /** @param late called once when it is not ended in time; must not throw */
  begin(late: () => void): Deadline {
    const { waiting } = this;
    const one: Waiting = { at: this.clock.now() + this.lengthMs, late, end: () => void waiting.delete(one) };
    waiting.add(one);
    if (!this.armed) this.arm(this.lengthMs);
    return one;
  }

  private arm(afterMs: number): void {
    this.armed = true;
    this.clock.after(afterMs, () => this.look());
  }

  private look(): void {
    this.armed = false;
    const now = this.clock.now();
    for (const one of this.waiting) {
      if (one.at > now) return this.arm(one.at - now);
      this.waiting.delete(one);
      one.late();
    }
  }
}
