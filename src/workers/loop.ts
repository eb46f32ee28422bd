import type { Clock } from "../core/clock.ts";

/** Waits after a step that threw: the database may be locked or full, and hammering it helps nobody. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface LoopOptions {
  readonly clock: Clock;
  /** Does what is due and answers when more will be: epoch ms, or null for not before a wake. */
  readonly step: () => Promise<number | null>;
  readonly onError: (error: unknown) => void;
}

/**
 * One worker's heartbeat. Sleeps until the earliest due time its step told, with one timer for all rows; whoever makes
 * work due earlier says so. Steps never overlap.
 */
export class Loop {
  private state: "idle" | "running" | "stopped" = "stopped";
  private again = false;
  private armedAt = Infinity;
  private cancelTimer: () => void = () => {};
  private pauseMs = FIRST_PAUSE_MS;
  private current: Promise<void> = Promise.resolve();

  constructor(private readonly options: LoopOptions) {}

  start(): void {
    if (this.state !== "stopped") return;
    this.state = "idle";
    this.wake();
  }

  /** Something is due now. */
  wake(): void {
    if (this.state === "running") this.again = true;
    if (this.state === "idle") this.run();
  }

  /** Something will be due at `at`, epoch ms. */
  due(at: number): void {
    if (this.state === "running") {
      // The step may have looked already; its own answer will not know about this one.
      this.armedAt = Math.min(this.armedAt, at);
      return;
    }
    if (this.state === "idle" && at < this.armedAt) this.arm(at);
  }

  /** No more steps. Resolves when the step under way has ended. */
  async stop(): Promise<void> {
    this.state = "stopped";
    this.disarm();
    await this.current;
  }

  private run(): void {
    this.state = "running";
    this.disarm();
    this.current = this.turnOver();
  }

  private async turnOver(): Promise<void> {
    let nextAt: number | null = null;
    try {
      do {
        this.again = false;
        nextAt = await this.options.step();
      } while (this.again && this.state === "running");
      this.pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      this.options.onError(error);
      nextAt = this.options.clock.now() + this.pauseMs;
      this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    }
    if (this.state !== "running") return;
    this.state = "idle";
    const at = Math.min(nextAt ?? Infinity, this.armedAt);
    this.armedAt = Infinity;
    if (at < Infinity) this.arm(at);
  }

  private arm(at: number): void {
    this.cancelTimer();
    this.armedAt = at;
    const { clock } = this.options;
    this.cancelTimer = clock.after(Math.max(0, at - clock.now()), () => {
      this.armedAt = Infinity;
      this.wake();
    });
  }

  private disarm(): void {
    this.cancelTimer();
    this.armedAt = Infinity;
  }
}
