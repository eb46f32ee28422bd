import type { Answer } from "../core/agent.ts";
import { CLOSED, failed, passage, probing, succeeded, tripped, type Breaker, type Passage } from "../core/breaker.ts";

/** The model's circuit breaker (R10): while it is open nobody is asked, and people are told at once. */
export class ModelBreaker {
  private breaker: Breaker = CLOSED;

  /** @param onChange told when it opens and when it closes */
  constructor(private readonly onChange: (breaker: Breaker, reason: string) => void) {}

  /** Whether a question may be asked now. A probe that is let through is the only one until it has come back. */
  enter(now: number): Passage {
    const way = passage(this.breaker, now);
    if (way.kind === "probe") this.breaker = probing(this.breaker, now);
    return way;
  }

  /** A question came back. @returns when the next may be asked, epoch ms; 0 for at once */
  leave(answer: Answer, timedOut: boolean, now: number): number {
    const before = this.breaker;
    this.breaker = this.after(answer, timedOut, now);
    const isOpen = this.breaker.state === "open";
    if (isOpen !== (before.state === "open")) {
      if (isOpen || before.state !== "closed") this.onChange(this.breaker, "reason" in answer ? answer.reason : "");
    }
    return isOpen ? this.breaker.untilAt : 0;
  }

  private after(answer: Answer, timedOut: boolean, now: number): Breaker {
    if (timedOut || answer.kind === "busy") return failed(this.breaker, now);
    // A refused key refuses everybody: five people need not learn it one after the other.
    if (answer.kind === "refused" && answer.lasting) return tripped(this.breaker, now);
    // Cut short by us: a probe has not told anything, so the next question is the probe.
    if (answer.kind === "aborted")
      return this.breaker.state === "half_open" ? { ...this.breaker, untilAt: now } : this.breaker;
    return succeeded(this.breaker);
  }
}
