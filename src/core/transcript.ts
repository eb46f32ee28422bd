/** Conversations and what was said in them, for people to read. */
import type { ChannelName } from "./channel.ts";
import type { ConversationState } from "./conversation.ts";
import type { DeliveryState } from "./delivery.ts";
import type { Action } from "./reply.ts";
import type { TurnState } from "./turn.ts";
import type { Attachment } from "./update.ts";

export interface ConversationRow {
  readonly id: number;
  readonly channel: ChannelName;
  readonly account: string;
  readonly contact: string;
  readonly name: string | null;
  readonly state: ConversationState;
  /** While a human answers: when the bot may again, epoch ms; else null. */
  readonly humanUntilAt: number | null;
  readonly lastAt: number;
  readonly turn: {
    readonly id: number;
    readonly state: TurnState;
    readonly reason: string;
    readonly dueAt: number;
  } | null;
}

/** Which conversations. All given must hold. */
export interface ConversationFilter {
  /** Words of the name or of anything said, or the platform's id of the person. */
  readonly q?: string | undefined;
  readonly channel?: ChannelName | undefined;
  /** The platform's id. */
  readonly account?: string | undefined;
  readonly state?: ConversationState | undefined;
}

export interface MessageRow {
  /** Unique in its conversation. */
  readonly id: string;
  readonly direction: "in" | "out";
  readonly by: "client" | "bot" | "human";
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** What stood under it to be tapped, for replies of the bot. */
  readonly actions: readonly Action[];
  readonly at: number;
  readonly turn: number | null;
  readonly deliveries: readonly { readonly id: string; readonly state: DeliveryState; readonly attempts: number }[];
}
