/**
 * What the rest of the program may ask of the database: atomic verbs, not a transaction. Each loads rows, asks a pure
 * function of core, and saves; an engine may put many waiting verbs into one commit. A verb has happened when its promise
 * resolves, and not at all when it rejects. `exerciseStore` is what every engine must pass.
 */
import type { Account, AccountSeed, AccountState } from "./account.ts";
import type { Batch, ChangedTurn, Recorded } from "./batch.ts";
import type { Broadcasts } from "./broadcast.ts";
import type { ChannelName } from "./channel.ts";
import type { Claims, ClosedTurn, HistoryLimits, RateLimits, TurnRef } from "./claim.ts";
import type { Whose } from "./conversation.ts";
import type { DeliveryPolicy, SendOutcome } from "./delivery.ts";
import type { InteractionPolicy, InteractionVerbs } from "./interaction.ts";
import type { RetryFilter, RetryProgress, RetryRow } from "./journal.ts";
import type { DeliveryStatus, LeasedDelivery, MovedDelivery, SendLimits, SettledDelivery } from "./lease.ts";
import type { Outgoing, QueueOutcome } from "./outgoing.ts";
import type { OrderedPage, Page, PageRequest } from "./page.ts";
import type { ComposedReply, RenderedPart } from "./reply.ts";
import type { HandedOver } from "./takeover.ts";
import type { ConversationFilter, ConversationRow, MessageRow } from "./transcript.ts";
import type { Turn } from "./turn.ts";
import type { AccountBreaker, Depths, Oldest } from "./vitals.ts";
import type { WaitPolicy } from "./waits.ts";

/** What a restart found unfinished. */
export interface Recovery {
  readonly turns: number;
  readonly deliveries: number;
}

export interface Store extends InteractionVerbs {
  // Accounts
  accounts(): Promise<readonly Account[]>;
  /** Makes the account, or gives it a new token and makes it active. */
  saveAccount(seed: AccountSeed, now: number): Promise<Account>;
  /**
   * Takes the account out of service: no verb knows it any more, its token is forgotten, what it owes is dead, what is
   * not answered cancelled and what waits of its broadcasts stopped. Its history stays, and saving it again brings it
   * back. Answers the turns it cancelled.
   */
  removeAccount(accountId: number, now: number): Promise<readonly ChangedTurn[]>;
  /** The sealed token; null when the account has none. */
  sealedToken(accountId: number): Promise<string | null>;
  setAccountState(accountId: number, state: AccountState, reason: string | null): Promise<void>;
  /** Small facts that must survive a restart. */
  meta(key: string): Promise<string | null>;
  setMeta(key: string, value: string): Promise<void>;

  // In
  /** Stores a whole body at once: each update once, its contact, its conversation, its turn (G1–G3). */
  record(batch: Batch, now: number): Promise<readonly Recorded[]>;
  /** Binds what was held for an account that is now known, some at a time: call it until it answers none. */
  adopt(account: Account, now: number): Promise<readonly Recorded[]>;

  /** Every account of ours is known: what is still held was for somebody else, and only its key is kept (G2). */
  dismissHeld(): Promise<void>;

  // Turns
  /** Closes what is due, and the oldest beyond the cap. `nextAt` is the next due time, null when nothing gathers. */
  closeDueTurns(now: number): Promise<{ readonly closed: readonly ClosedTurn[]; readonly nextAt: number | null }>;
  /** Claims ready turns, one per conversation, in order. Turns past hope become dead, those past a limit are held. */
  claimTurns(now: number, limit: number, history: HistoryLimits): Promise<Claims>;
  /** Saves the reply and its deliveries and ends the turn, unless a newer part or a restart took it away (G5). */
  commitTurn(claim: TurnRef, reply: ComposedReply, now: number): Promise<"committed" | "stale">;
  /** The agent failed. `apology` goes out as a notice, once a turn. */
  failTurn(claim: TurnRef, why: string, apology: readonly RenderedPart[], now: number): Promise<Turn | "stale">;
  /** Nobody can be asked until then. `apology` goes out as a notice, once a turn. */
  parkTurn(
    claim: TurnRef,
    why: string,
    untilAt: number,
    apology: readonly RenderedPart[],
    now: number,
  ): Promise<Turn | "stale">;
  /** A word to the person beside any answer. */
  notify(whose: Whose, notice: readonly RenderedPart[], now: number): Promise<void>;
  /** Shutdown: back to ready, nothing charged. */
  giveBackTurn(claim: TurnRef): Promise<void>;

  // Who answers
  /**
   * A human answers from now on, and what the bot had not answered yet is theirs. What it has answered still goes out (G8).
   *
   * @param forMs how long; null for as long as the policy says
   * @returns null when there is no such conversation
   */
  takeOver(conversation: number, forMs: number | null, correlation: string, now: number): Promise<HandedOver | null>;
  /** The bot answers again, from the next message on. Null when there is no such conversation. */
  release(conversation: number, correlation: string): Promise<HandedOver | null>;

  readonly broadcasts: Broadcasts;

  // Deliveries
  queue(outgoing: Outgoing, now: number): Promise<QueueOutcome>;
  /** Leases the head delivery of each conversation that is due; settles what is too late or past its grace. */
  leaseDeliveries(
    now: number,
    limit: number,
    limits: Readonly<Record<ChannelName, SendLimits>>,
  ): Promise<{
    readonly leased: readonly LeasedDelivery[];
    readonly moved: readonly MovedDelivery[];
    readonly nextAt: number | null;
  }>;
  settleDelivery(
    lease: LeasedDelivery,
    outcome: SendOutcome,
    now: number,
    chance: number,
  ): Promise<SettledDelivery | "stale">;
  /** Shutdown before the call left: pending again, the attempt not counted. */
  giveBackDelivery(lease: LeasedDelivery, now: number): Promise<void>;
  deliveryStatus(id: string): Promise<DeliveryStatus | null>;
  /** At start, before any worker: what the last process left half done. */
  recover(now: number): Promise<Recovery>;

  // The retry journal, for people
  retries(filter: RetryFilter, page: PageRequest): Promise<Page<RetryRow>>;
  /** How far these have come; in the order asked. */
  retryProgress(ids: readonly string[]): Promise<readonly RetryProgress[]>;
  /** Makes pending ones due and gives dead ones a new budget; expired ones only by force. Answers how many changed. */
  flush(filter: RetryFilter, force: boolean, now: number): Promise<number>;
  drop(id: string, now: number): Promise<boolean>;

  // Reading
  /** The most recent first, or in the order they began. */
  conversations(filter: ConversationFilter, page: OrderedPage, now: number): Promise<Page<ConversationRow>>;
  conversation(id: number, now: number): Promise<ConversationRow | null>;
  /** Each page oldest first; the last page first, or the first one. */
  messages(conversation: number, page: OrderedPage): Promise<Page<MessageRow>>;
  depths(): Promise<Depths>;
  oldest(): Promise<Oldest>;
  /** The circuit breaker of every account. */
  breakers(): Promise<readonly AccountBreaker[]>;
  /** Forgets some of what is older than that. Answers whether there is more. */
  forget(now: number, policy: RetentionPolicy): Promise<boolean>;
  /** Rejects when the database cannot be written. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** How long things are kept, in milliseconds (S11). */
export interface RetentionPolicy {
  /** Raw webhook bodies. */
  readonly payloadMs: number;
  /** Words, pictures' addresses, and deliveries that are over. */
  readonly textMs: number;
}

/** What a store must know to decide. */
export interface StorePolicy {
  readonly waits: WaitPolicy;
  readonly limits: RateLimits;
  /** How long the bot keeps silent after a human has answered. */
  readonly takeoverMs: number;
  readonly delivery: Readonly<Record<ChannelName, DeliveryPolicy>>;
  /** Null: there is no user service, and nothing is kept for one. */
  readonly interactions: InteractionPolicy | null;
}
