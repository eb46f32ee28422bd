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

/** What a run told, when it ended in good order. */
export interface Run {
  /** The number before its first. */
  readonly base: number;
  readonly last: number;
  /** Its last events, as many as are kept; none of them is missing in between. */
  readonly kept: readonly Numbered[];
}

/** Where events are published and read. Publishing never waits and never fails because of a reader. */
export class Bus {
  private readonly kept: Numbered[] = [];
  private readonly readers = new Set<(numbered: Numbered) => void>();
  private readonly base: number;
  private ended = false;
  /** Wakes those who follow, so that they see the end. */
  private readonly following = new Set<() => void>();

  /**
   * @param seq the last number given, higher than all of earlier runs; the next event gets the one after it
   * @param previous the run right before this one; null when nobody knows what it told last
   */
  constructor(
    private seq: number,
    private readonly previous: Run | null = null,
  ) {
    this.base = seq;
  }

  /** What the next run must know about this one. A run that told nothing leaves things as they were. */
  run(): Run | null {
    return this.seq === this.base ? this.previous : { base: this.base, last: this.seq, kept: this.kept.slice(-KEPT) };
  }

  /** Nothing more will be published: those who follow get what was, and then the end. */
  end(): void {
    this.ended = true;
    for (const wake of this.following) wake();
  }

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
   * `missed` stands in the place of events that this reader does not get: it came back too late, or reads too slowly.
   * Null when it was there before a crash, and nobody knows what came after that.
   */
  async *follow(
    afterSeq: number | null,
    signal: AbortSignal,
  ): AsyncGenerator<Numbered | { readonly missed: number | null }> {
    const { before, replay } = this.since(afterSeq);
    const waiting = [...replay];
    let missed = 0;
    let wake: () => void = () => {};
    const end = this.subscribe((numbered) => {
      // Once one is missed all are, until the reader was told: so what it is told stands where they would have stood.
      if (missed === 0 && waiting.length < MOST_BEHIND + KEPT) waiting.push(numbered);
      else missed += 1;
      wake();
    });
    const stop = (): void => wake();
    signal.addEventListener("abort", stop);
    this.following.add(stop);
    try {
      if (before !== 0) yield { missed: before };
      while (!signal.aborted) {
        for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) yield next;
        if (missed > 0) {
          const count = missed;
          missed = 0;
          yield { missed: count };
        }
        if (waiting.length > 0 || signal.aborted) continue;
        if (this.ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      end();
      this.following.delete(stop);
      signal.removeEventListener("abort", stop);
    }
  }

  /** What is kept from after `afterSeq`, and how many before it are not. */
  private since(afterSeq: number | null): { before: number | null; replay: readonly Numbered[] } {
    if (afterSeq === null) return { before: 0, replay: [] };
    const kept = this.kept.slice(-KEPT);
    const oldest = kept[0]?.seq ?? this.seq + 1;
    if (afterSeq >= this.base && afterSeq <= this.seq)
      return { before: Math.max(0, oldest - 1 - afterSeq), replay: kept.filter(({ seq }) => seq > afterSeq) };
    // A number that this run has not given is from an earlier one.
    const { previous } = this;
    if (previous === null || afterSeq < previous.base || afterSeq > previous.last)
      return { before: null, replay: kept };
    const told = previous.last - afterSeq + (this.seq - this.base);
    const replay = [...previous.kept, ...this.kept].slice(-KEPT).filter(({ seq }) => seq > afterSeq);
    return { before: told - replay.length, replay };
  }
}
