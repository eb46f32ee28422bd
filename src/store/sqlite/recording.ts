import type { Batch, Recorded } from "../../core/batch.ts";
import type { Inbox } from "./inbox.ts";
import type { Seen } from "./seen.ts";
import type { Writer } from "./writer.ts";

/** So many updates are stored in one transaction at most, so that it never holds the event loop for long (H2). */
const BITE = 100;

/** Webhook bodies on their way into the database, ahead of everything else, and the keys that tell copies. */
export class Recording {
  private rotating: Promise<void> | null = null;

  constructor(
    private readonly writer: Writer,
    private readonly seen: Seen,
    private readonly inbox: Inbox,
  ) {}

  record(batch: Batch, now: number): Promise<readonly Recorded[]> {
    if (this.seen.isDue(now)) return this.rotate(now).then(() => this.whole(batch, now));
    return this.whole(batch, now);
  }

  /** Before the database is closed, so that the next start has no keys to look for. */
  end(): Promise<void> {
    return this.merge();
  }

  private whole(batch: Batch, now: number): Promise<readonly Recorded[]> {
    if (this.seen.isMergeDue()) void this.merge();
    if (batch.updates.length <= BITE) return this.writer.writeFirst(() => this.inbox.record(batch, now));
    return this.inBites(batch, now);
  }

  /** A body of a thousand updates; it is answered when all are through (G1). */
  private async inBites(batch: Batch, now: number): Promise<readonly Recorded[]> {
    const recorded: Recorded[] = [];
    for (let from = 0; from < batch.updates.length; from += BITE) {
      const updates = batch.updates.slice(from, from + BITE);
      const bite = from === 0 ? { ...batch, updates } : { ...batch, updates, quarantined: [], body: null };
      recorded.push(...(await this.writer.writeFirst(() => this.inbox.record(bite, now))));
    }
    return recorded;
  }

  /** Once for all webhooks that find it due at the same moment. */
  private rotate(now: number): Promise<void> {
    this.rotating ??= this.seen
      .rotate(now, (verb) => this.writer.writeFirst(verb))
      .finally(() => {
        this.rotating = null;
      });
    return this.rotating;
  }

  private async merge(): Promise<void> {
    try {
      await this.seen.merge((verb) => this.writer.write(verb));
    } catch {
      // Nothing is lost: the keys stay in memory and in the inbox. What ails the disk is told by whoever needs it.
    }
  }
}
