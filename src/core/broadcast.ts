/** One text for many people, sent little by little so that replies to customers never wait behind it (M8). */
import type { Account } from "./account.ts";
import type { ChannelName } from "./channel.ts";
import type { SendLimits } from "./lease.ts";
import type { Page, PageRequest } from "./page.ts";
import type { RenderedPart } from "./reply.ts";

export interface NewBroadcast {
  /** The caller's name for it: the same again is the same broadcast. Null for one without a name. */
  readonly key: string | null;
  readonly account: Account;
  readonly text: string;
  readonly parts: readonly RenderedPart[];
  /** The platform's ids; one that is named twice gets it once. */
  readonly recipients: readonly string[];
}

/**
 * How far a recipient's copy is: `waiting` for its turn, `pending` in the outbox, `sent`, `failed` for good, `refused`
 * without a call (the window is closed, the person blocked us), `stopped` by hand or with its account, `gone` from the
 * journal.
 */
export const RECIPIENT_STATES = ["waiting", "pending", "sent", "failed", "refused", "stopped", "gone"] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];

export interface BroadcastRow {
  readonly id: number;
  readonly key: string | null;
  readonly channel: ChannelName;
  readonly account: string;
  readonly text: string;
  readonly createdAt: number;
  /** How many recipients are in each state. */
  readonly counts: Readonly<Record<RecipientState, number>>;
}

export interface RecipientRow {
  readonly contact: string;
  readonly state: RecipientState;
  /** The first of its deliveries in the outbox; null while there is none. */
  readonly delivery: string | null;
  readonly reason: string | null;
}

export interface Broadcasts {
  /** `other`: the key is that of another text or account. Further recipients of the same join it. */
  open(broadcast: NewBroadcast, now: number): Promise<{ readonly id: number; readonly isNew: boolean } | "other">;
  /**
   * Puts the next copies into the outbox, at most half of what the platform takes in a second, and none while the account
   * has a backlog or cannot speak. `nextAt` is when to come again; null when all is out.
   */
  advance(
    now: number,
    limits: Readonly<Record<ChannelName, SendLimits>>,
  ): Promise<{ readonly queued: number; readonly nextAt: number | null }>;
  one(id: number): Promise<BroadcastRow | null>;
  /** The newest first. */
  list(page: PageRequest): Promise<Page<BroadcastRow>>;
  /** Of one state, or of all when it is null. */
  recipients(id: number, state: RecipientState | null, page: PageRequest): Promise<Page<RecipientRow>>;
  /** Nobody who still waits gets it. @returns how many those were; null when there is no such broadcast */
  stop(id: number): Promise<number | null>;
}
