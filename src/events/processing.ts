import type { BotEvent } from "../core/event.ts";

/** The counters of `/metrics/processing` (A7), since the start of the process. Times are seconds. */
export interface Processing {
  readonly total_messages: number;
  /** Messages that were answered together with another one. */
  readonly merged_messages: number;
  /** Turns that closed because their wait was over, not because what they waited for came. */
  readonly timeout_processed: number;
  readonly processing_errors: number;
  /** Parts that came right after their turn had closed: it should have waited longer. */
  readonly premature: number;
  /** Turns that waited for something that never came: they should have waited less. */
  readonly wasted: number;
  /** From the first part to the closing of a merged turn. */
  readonly average_merge_time: number;
}

/** Counts events for A7. */
export class ProcessingCounters {
  private totalMessages = 0;
  private mergedMessages = 0;
  private timeoutProcessed = 0;
  private errors = 0;
  private premature = 0;
  private wasted = 0;
  private mergedTurns = 0;
  private mergeMs = 0;

  read(event: BotEvent): void {
    switch (event.type) {
      case "message_received":
        if (event.kind === "message" || event.kind === "tap") this.totalMessages += 1;
        break;
      case "intent_classified":
        if (event.premature) this.premature += 1;
        break;
      case "turn_closed":
        if (event.merged) {
          this.mergedMessages += event.parts;
          this.mergedTurns += 1;
          this.mergeMs += event.waited_ms;
        }
        if (event.timed_out) this.timeoutProcessed += 1;
        if (event.wasted) this.wasted += 1;
        break;
      case "turn_failed":
      case "quarantined":
        this.errors += 1;
        break;
      default:
        break;
    }
  }

  now(): Processing {
    return {
      total_messages: this.totalMessages,
      merged_messages: this.mergedMessages,
      timeout_processed: this.timeoutProcessed,
      processing_errors: this.errors,
      premature: this.premature,
      wasted: this.wasted,
      average_merge_time: this.mergedTurns === 0 ? 0 : Math.round(this.mergeMs / this.mergedTurns) / 1_000,
    };
  }
}
