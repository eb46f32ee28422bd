import type { Clock } from "../core/clock.ts";
import type { OnError } from "../core/event.ts";
import { Loop } from "./loop.ts";

export interface CallsOptions<Leased, Outcome> {
  readonly clock: Clock;
  /** Begins what is due, as a step of `Loop`; each call that ends is followed by another step. */
  readonly step: () => Promise<number | null>;
  /** Stores what came of an attempt. */
  readonly settle: (leased: Leased, outcome: Outcome) => Promise<void>;
  /** No call is under way, and none will be before this time, epoch ms (null: before something happens). */
  readonly onRest?: ((nextAt: number | null) => void) | undefined;
  readonly onError: OnError;
}

/** What a call is made for. */
interface Owed {
  readonly whose: { readonly correlation: string };
}

/** One worker's calls to the outside: many at a time, each settled when it has ended. */
export class Calls<Leased extends Owed, Outcome> {
  readonly loop: Loop;
  private readonly underWay = new Set<Promise<void>>();
  /** Attempts whose outcome could not be stored: kept, because only we know what became of them. */
  private readonly unstored: { readonly leased: Leased; readonly outcome: Outcome }[] = [];
  private readonly shutdown = new AbortController();

  constructor(private readonly options: CallsOptions<Leased, Outcome>) {
    this.loop = new Loop({ clock: options.clock, onError: options.onError, step: () => this.step() });
  }

  /** Cuts the calls under way. */
  get signal(): AbortSignal {
    return this.shutdown.signal;
  }

  get count(): number {
    return this.underWay.size;
  }

  /** @param outcome of the attempt under way; never rejects */
  begin(leased: Leased, outcome: Promise<Outcome>): void {
    const call = this.settled(leased, outcome).finally(() => {
      this.underWay.delete(call);
      this.loop.wake();
    });
    this.underWay.add(call);
  }

  /** Begins no more calls and waits for those under way; at `cut` they are cut, and their outcome is unknown. */
  async drain(cut: AbortSignal): Promise<void> {
    const abort = (): void => this.shutdown.abort(new DOMException("shutdown", "AbortError"));
    if (cut.aborted) abort();
    else cut.addEventListener("abort", abort, { once: true });
    await this.loop.stop();
    await Promise.all(this.underWay);
    cut.removeEventListener("abort", abort);
    // The last chance: what stays unknown may be sent again after the restart.
    const left = this.unstored.splice(0);
    await Promise.all(
      left.map(({ leased, outcome }) =>
        this.options
          .settle(leased, outcome)
          .catch((error: unknown) => this.options.onError(error, leased.whose.correlation)),
      ),
    );
  }

  private async step(): Promise<number | null> {
    for (let attempt = this.unstored[0]; attempt !== undefined; attempt = this.unstored[0]) {
      await this.options.settle(attempt.leased, attempt.outcome);
      this.unstored.shift();
    }
    const nextAt = await this.options.step();
    if (this.underWay.size === 0) this.options.onRest?.(nextAt);
    return nextAt;
  }

  private async settled(leased: Leased, attempt: Promise<Outcome>): Promise<void> {
    const outcome = await attempt;
    try {
      await this.options.settle(leased, outcome);
    } catch (error) {
      this.options.onError(error, leased.whose.correlation);
      // The loop looks again soon, and with patience while the database cannot be written (H3).
      this.unstored.push({ leased, outcome });
    }
  }
}
