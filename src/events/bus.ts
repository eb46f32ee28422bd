import type { BotEvent } from "../core/event.ts";

/** An event with its place in the stream. Numbers grow, also across restarts. */
export interface Numbered {
  readonly seq: number;
  readonly event: BotEvent;
}

/** Events kept for readers that come back after a short absence. */
const KEPT = 2_000;

/** A reader this far behind is told that it missed some, instead of being waited for. */
const MOST_BEHIND = 1_000;

/** Where events are published and read. Publishing never waits and never fails because of a reader. */
export class Bus {
  private readonly kept: Numbered[] = [];
  private readonly readers = new Set<(numbered: Numbered) => void>();

  /** @param seq the last number given; the next event gets the one after it */
  constructor(private seq: number) {}

  publish(event: BotEvent): void {
    this.seq += 1;
    const numbered = { seq: this.seq, event };
    this.kept.push(numbered);
    if (this.kept.length > 2 * KEPT) this.kept.splice(0, this.kept.length - KEPT);
    for (const read of this.readers) read(numbered);
  }

  /** Calls `read` with every event from now on, on the publisher's time: it must be quick. @returns ends it */
  subscribe(read: (numbered: Numbered) => void): () => void {
    this.readers.add(read);
    return () => this.readers.delete(read);
  }

  /**
   * Events as they come, first those after `afterSeq` that are still kept.
   *
   * A number says how many events this reader missed: it came back too late, or reads too slowly.
   */
  async *follow(afterSeq: number | null, signal: AbortSignal): AsyncGenerator<Numbered | { readonly missed: number }> {
    const waiting: Numbered[] = [];
    let missed = 0;
    let wake: () => void = () => {};
    if (afterSeq !== null) {
      const oldest = this.kept[0]?.seq ?? this.seq + 1;
      if (afterSeq < oldest - 1 && afterSeq < this.seq) missed = Math.max(0, oldest - 1 - afterSeq);
      waiting.push(...this.kept.filter(({ seq }) => seq > afterSeq));
    }
    const end = this.subscribe((numbered) => {
      if (waiting.length < MOST_BEHIND + KEPT) waiting.push(numbered);
      else missed += 1;
      wake();
    });
    const stop = (): void => wake();
    signal.addEventListener("abort", stop);
    try {
      if (missed > 0) yield { missed };
      missed = 0;
      while (!signal.aborted) {
        for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) yield next;
        if (missed > 0) {
          yield { missed };
          missed = 0;
        }
        if (waiting.length > 0 || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      end();
      signal.removeEventListener("abort", stop);
    }
  }
}
