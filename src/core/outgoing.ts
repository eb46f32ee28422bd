/** What a person or a program sends outside any turn. */
import type { Account } from "./account.ts";
import type { RenderedPart } from "./reply.ts";
import type { HandedOver } from "./takeover.ts";

/** Queued by hand or by a program, outside any turn. */
export interface Outgoing {
  readonly account: Account;
  readonly contact: string;
  /** A human's words take the conversation over, as their echo would. */
  readonly by: "bot" | "human";
  readonly text: string;
  readonly parts: readonly RenderedPart[];
  readonly correlation: string;
  /** Null when the channel has no window. */
  readonly windowMs: number | null;
}

export type QueueOutcome =
  | {
      readonly kind: "queued";
      readonly deliveries: readonly string[];
      readonly conversation: number;
      /** The account cannot send at the moment: nobody need wait for the outcome (R10). */
      readonly stalled: boolean;
      /** What a human's words did to the conversation; null for the bot's. */
      readonly handedOver: HandedOver | null;
    }
  | { readonly kind: "window_closed" };
