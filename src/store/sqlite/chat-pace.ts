import type { Rate } from "../../core/channel.ts";

/** No platform counts further back. */
const LONGEST_MS = 60_000;
/** Above so many chats, those that have been quiet for that long are forgotten. */
const MOST_CHATS = 5_000;

/**
 * How many messages went to each conversation lately. In memory: after a restart a chat may get a few more, and then the
 * platform asks for patience.
 */
export class ChatPace {
  private readonly sentAt = new Map<number, number[]>();

  /** When the next message may go there; null for now. Also right after a clock that was set back. */
  fullUntil(conversation: number, rates: readonly Rate[], now: number): number | null {
    const times = rates.length === 0 ? [] : this.lately(conversation, now);
    const waits = rates.flatMap(({ messages, perMs }) => {
      const nth = times.filter((at) => at > now - perMs).at(-messages);
      return nth === undefined ? [] : [nth + perMs];
    });
    return waits.length === 0 ? null : Math.max(...waits);
  }

  spend(conversation: number, now: number): void {
    if (this.sentAt.size >= MOST_CHATS) this.forget(now);
    this.sentAt.set(conversation, [...this.lately(conversation, now), now]);
  }

  private lately(conversation: number, now: number): number[] {
    return (this.sentAt.get(conversation) ?? []).filter((at) => at > now - LONGEST_MS && at <= now);
  }

  private forget(now: number): void {
    for (const conversation of this.sentAt.keys())
      if (this.lately(conversation, now).length === 0) this.sentAt.delete(conversation);
  }
}
