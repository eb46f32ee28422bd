/** What the database says about how the program is doing. */
import type { Breaker } from "./breaker.ts";
import type { ChannelName } from "./channel.ts";

/** How many turns and deliveries are in which state; sent and committed ones are nobody's worry. */
export interface Depths {
  readonly gathering: number;
  readonly ready: number;
  readonly running: number;
  readonly pending: number;
  readonly ambiguous: number;
  readonly parked: number;
  /** Turns and deliveries that were given up. */
  readonly dead: number;
}

/** Since when the oldest of them waits, epoch ms; null when nothing does. */
export interface Oldest {
  /** What was said to us and is not answered yet. */
  readonly update: number | null;
  /** What is owed and could be sent. */
  readonly delivery: number | null;
}

export interface AccountBreaker {
  readonly channel: ChannelName;
  /** The platform's id. */
  readonly account: string;
  readonly breaker: Breaker;
}
