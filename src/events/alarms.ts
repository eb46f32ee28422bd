import type { Clock } from "../core/clock.ts";
import type { Publish } from "../core/event.ts";

/** So long a cause is not told again. */
const COOL_DOWN_MS = 60_000;

/**
 * Tells of trouble once a minute and cause, then how often it came meanwhile (R11): what goes wrong at every webhook must
 * not fill the log as well.
 */
export class Alarms {
  /** Causes told less than a minute ago, and what came since. */
  private readonly cooling = new Map<string, { message: string; count: number; cancel: () => void }>();

  constructor(
    private readonly clock: Clock,
    private readonly publish: Publish,
  ) {}

  /**
   * @param cause what kind of trouble, for programs: "storage:SQLITE_FULL"
   * @param message the same for people, without secrets or anybody's words
   * @returns whether it was told at once
   */
  raise(cause: string, message: string): boolean {
    const cooling = this.cooling.get(cause);
    if (cooling === undefined) {
      this.tell(cause, message, 1);
      return true;
    }
    cooling.count += 1;
    cooling.message = message;
    return false;
  }

  /** Nothing is told any more. */
  stop(): void {
    for (const { cancel } of this.cooling.values()) cancel();
  }

  private tell(cause: string, message: string, count: number): void {
    const cancel = this.clock.after(COOL_DOWN_MS, () => {
      this.cooling.delete(cause);
      if (since.count > 0) this.tell(cause, since.message, since.count);
    });
    const since = { message, count: 0, cancel };
    this.cooling.set(cause, since);
    this.publish({ type: "alarm", at: this.clock.now(), cause, message, count });
  }
}
