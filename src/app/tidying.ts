/** What starting needed is not needed any more: a server that waits for customers keeps little memory. */
import type { Clock } from "../core/clock.ts";

/** Starting is over by then. */
const FIRST_LOOK_MS = 500;
/** So long nothing must have happened: whoever writes at a moment like this hardly writes in the next ones. */
const QUIET_MS = 200;

/**
 * Tidies up once, at the first moment after the start that nothing happens in. Answering stands still for it, 10 to 20 ms,
 * so a server that is busy from its start goes without.
 */
export class Tidying {
  private stirredAt = Number.NEGATIVE_INFINITY;
  private cancel: () => void;

  constructor(
    private readonly clock: Clock,
    private readonly tidy: () => void,
  ) {
    this.cancel = clock.after(FIRST_LOOK_MS, () => this.look());
  }

  /** Something happened. */
  stir(): void {
    this.stirredAt = this.clock.now();
  }

  stop(): void {
    this.cancel();
  }

  private look(): void {
    const leftMs = this.stirredAt + QUIET_MS - this.clock.now();
    if (leftMs <= 0) this.tidy();
    else this.cancel = this.clock.after(leftMs, () => this.look());
  }
}
