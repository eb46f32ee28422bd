/** Everything worth watching, published after its commit. Log, metrics, SSE and `watch` are the readers. */
import type { AccountState } from "./account.ts";
import type { ChannelName } from "./channel.ts";
import type { DeliveryKind, DeliveryState } from "./delivery.ts";
import type { Closing } from "./turn.ts";
import type { UpdateKind } from "./update.ts";

/** What every event about a conversation says. People appear only as keyed hashes. */
interface About {
  /** Epoch ms. */
  readonly at: number;
  readonly platform: ChannelName;
  readonly account: string;
  readonly conversation: number;
  readonly user_hash: string;
  /** Follows a message from webhook to reply. */
  readonly correlation_id: string;
}

/** What every event about a delivery says that is not sent. */
export interface Unsent extends About {
  /** Null for one that belongs to no turn. */
  readonly turn: number | null;
  /** Its id in the retry journal. */
  readonly delivery: string;
  readonly kind: DeliveryKind;
  readonly attempts: number;
  readonly reason: string;
}

export type BotEvent =
  | (About & { readonly type: "message_received"; readonly kind: UpdateKind; readonly attachments: readonly string[] })
  | (About & {
      readonly type: "intent_classified";
      readonly turn: number;
      readonly expectation: string;
      readonly wait_ms: number;
      /** It came right after its turn had closed. */
      readonly premature: boolean;
      readonly reason: string;
    })
  | (About & {
      readonly type: "turn_extended";
      readonly turn: number;
      readonly parts: number;
      readonly wait_ms: number;
      readonly reason: string;
    })
  | (About & {
      readonly type: "turn_closed";
      readonly turn: number;
      readonly parts: number;
      readonly waited_ms: number;
      /** `due` its wait was over, `settled` text and attachment are here, `full`, `tap` a button, `crowded` too many wait. */
      readonly why: Closing;
      readonly merged: boolean;
      readonly timed_out: boolean;
      /** It waited, and nothing came. */
      readonly wasted: boolean;
      readonly reason: string;
    })
  | (About & { readonly type: "turn_rerun"; readonly turn: number; readonly reason: string })
  | (About & {
      readonly type: "turn_failed";
      readonly turn: number;
      readonly state: string;
      readonly reason: string;
      readonly latency_ms: number;
    })
  | (About & { readonly type: "turn_cancelled"; readonly turn: number; readonly reason: string })
  | (About & {
      readonly type: "response_generated";
      readonly turn: number;
      readonly model: string;
      readonly tokens: number | null;
      readonly latency_ms: number;
    })
  | (About & {
      readonly type: "response_sent";
      readonly turn: number | null;
      readonly delivery: string;
      readonly kind: DeliveryKind;
      readonly attempts: number;
      /** From the arrival of the turn's first part, or from queueing when there is no turn. */
      readonly latency_ms: number;
    })
  | (About & {
      readonly type: "send_failed";
      readonly turn: number | null;
      readonly delivery: string;
      readonly kind: DeliveryKind;
      readonly state: DeliveryState;
      readonly attempts: number;
      readonly next_at: number | null;
      readonly reason: string;
      readonly latency_ms: number;
    })
  /** It goes on waiting: `pending` for its next attempt, `ambiguous` for its echo, `parked` for its account. */
  | (Unsent & {
      readonly type: "delivery_waiting";
      readonly state: Extract<DeliveryState, "pending" | "ambiguous" | "parked">;
      /** When it is looked at again, epoch ms; null for when its account works again. */
      readonly next_at: number | null;
    })
  /** Given up: nobody tries it again unless a person flushes it. */
  | (Unsent & { readonly type: "delivery_dead"; readonly next_at: null })
  /** Too late to be an answer. */
  | (Unsent & { readonly type: "delivery_expired"; readonly next_at: null })
  | {
      readonly type: "duplicate_dropped";
      readonly at: number;
      readonly platform: ChannelName;
      readonly account: string;
      readonly kind: UpdateKind;
      readonly correlation_id: string;
    }
  /** A human answers until then; null: the bot does again. */
  | (About & { readonly type: "takeover"; readonly until: number | null; readonly reason: string })
  | { readonly type: "unknown_account"; readonly at: number; readonly platform: ChannelName; readonly account: string }
  | {
      readonly type: "quarantined";
      readonly at: number;
      readonly platform: ChannelName;
      readonly reason: string;
      readonly correlation_id: string;
    }
  /** A circuit breaker opened or closed: an account's, named, or the model's. */
  | {
      readonly type: "breaker_state";
      readonly at: number;
      readonly scope: string;
      readonly state: "open" | "closed" | "half_open";
      /** While open: when a probe will be made. */
      readonly until: number | null;
      readonly reason: string;
    }
  /** Something was told to the user service, or could not be. */
  | (About & {
      readonly type: "interaction_sent";
      readonly delivery: string;
      readonly direction: "in" | "out";
      readonly attempts: number;
      /** From when it was said. */
      readonly latency_ms: number;
    })
  | (About & {
      readonly type: "interaction_failed";
      readonly delivery: string;
      readonly direction: "in" | "out";
      readonly state: DeliveryState;
      readonly attempts: number;
      readonly next_at: number | null;
      readonly reason: string;
      readonly latency_ms: number;
    })
  /** A service of the owner's refuses us, and is left alone until a person has looked. */
  | { readonly type: "service_refused"; readonly at: number; readonly scope: string; readonly reason: string }
  | { readonly type: "signature_refused"; readonly at: number; readonly platform: ChannelName }
  | {
      readonly type: "account_state";
      readonly at: number;
      readonly platform: ChannelName;
      readonly account: string;
      readonly state: AccountState | "removed";
      readonly reason: string;
    }
  /** The platform no longer tells us what an account hears, or not all of it; or it does again. */
  | {
      readonly type: "subscription_lost" | "subscription_restored";
      readonly at: number;
      readonly platform: ChannelName;
      readonly account: string;
      readonly reason: string;
    }
  | {
      readonly type: "alarm";
      readonly at: number;
      readonly cause: string;
      readonly message: string;
      /** How often it happened since it was last told; 1 the first time. */
      readonly count: number;
    };

export type EventType = BotEvent["type"];

/** Where events are published. */
export type Publish = (event: BotEvent) => void;

/** Where errors go that nobody planned. `correlation` is that of the message they happened to, where there is one. */
export type OnError = (error: unknown, correlation?: string) => void;
