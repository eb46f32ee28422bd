/**
 * What the rest of the program may ask of the database: atomic verbs, not a transaction. Each loads rows, asks a pure
 * function of core, and saves; an engine may put many waiting verbs into one commit. A verb has happened when its promise
 * resolves, and not at all when it rejects. `exerciseStore` is what every engine must pass.
 */
import type { Account, AccountState } from "./account.ts";
import type { HistoryLine, QuestionPart } from "./agent.ts";
import type { ChannelName } from "./channel.ts";
import type { Breaker } from "./breaker.ts";
import type { ConversationState, Whose } from "./conversation.ts";
import type { DeliveryKind, DeliveryPolicy, DeliveryState, SendOutcome, Settled } from "./delivery.ts";
import type { ExpectationKind } from "./expectation.ts";
import type { Action, RenderedPart, Reply } from "./reply.ts";
import type { Turn, TurnState } from "./turn.ts";
import type { Attachment, Quarantined, Update } from "./update.ts";
import type { WaitPolicy } from "./waits.ts";

/** One genuine webhook body, read. */
export interface Batch {
  readonly channel: ChannelName;
  readonly updates: readonly Update[];
  readonly quarantined: readonly Quarantined[];
  /** The body as it came, kept as it was. */
  readonly body: string;
  readonly correlation: string;
  /** Keep events of accounts not known yet: one of them may turn out to be ours (DESIGN §6). */
  readonly holdUnknown: boolean;
}

/**
 * What became of an update. `noted` is history only (a human has taken over), `ignored` needs no answer, `held` waits
 * for its account to be known, `unknown_account` is somebody else's.
 */
export type RecordOutcome = "bound" | "noted" | "ignored" | "duplicate" | "held" | "unknown_account";

export interface TurnRef {
  readonly id: number;
  readonly turn: Turn;
}

export interface Recorded {
  readonly update: Update;
  readonly outcome: RecordOutcome;
  /** Null when the update is about nobody we know. */
  readonly whose: Whose | null;
  /** What the update did to the conversation's turns; null when nothing. */
  readonly heard: {
    readonly kind: "opened" | "extended";
    readonly at: TurnRef;
    readonly aborts: boolean;
    /** What the update announced. */
    readonly expectation: ExpectationKind;
    /** An earlier turn that this update closed. */
    readonly closed: TurnRef | null;
    /** It came right after its turn had closed: a little more patience would have joined them. */
    readonly premature: boolean;
  } | null;
  /** Turns that the update changed or cancelled (DESIGN §5.10). */
  readonly changed: readonly ChangedTurn[];
  /** A human answers from now on, until then (null: the bot does again); null when nobody's turn changed. */
  readonly takeover: { readonly until: number | null; readonly reason: string } | null;
}

export interface ChangedTurn {
  readonly at: TurnRef;
  /** An agent is at work on what the turn no longer says. */
  readonly aborts: boolean;
}

export interface ClosedTurn extends TurnRef {
  readonly whose: Whose;
  readonly merged: boolean;
  readonly timedOut: boolean;
  /** It waited, and nothing came. */
  readonly wasted: boolean;
}

/** A turn in a worker's hands. Every later write names `id` and `fence` and fails when either is no longer right. */
export interface ClaimedTurn extends TurnRef {
  readonly whose: Whose;
  readonly contactName: string | null;
  readonly parts: readonly QuestionPart[];
  readonly history: readonly HistoryLine[];
  /** What was said when this turn's attachment was announced; null when it was not announced earlier. */
  readonly amends: string | null;
  /** Pictures of the last two turns that this turn's words may point at, oldest first. */
  readonly earlierPictures: readonly Attachment[];
}

export interface HistoryLimits {
  readonly lines: number;
  /** Messages older than this before the turn are left out. */
  readonly ttlMs: number;
}

/** A turn that the person's rate limit holds back. */
export interface HeldTurn extends TurnRef {
  readonly whose: Whose;
  /** Nobody has told the person yet in this minute. */
  readonly firstTime: boolean;
  /** What it says, to tell the person in their language. */
  readonly words: string;
}

export interface Claims {
  readonly claimed: readonly ClaimedTurn[];
  /** Given up: past hope. */
  readonly dead: readonly ClosedTurn[];
  readonly held: readonly HeldTurn[];
  /** When to look again, epoch ms; null for not before a wake. */
  readonly nextAt: number | null;
}

/** Turns answered in any minute; null for no limit (M4). */
export interface RateLimits {
  readonly perUserPerMinute: number | null;
  readonly perAccountPerMinute: number | null;
}

/** What a platform allows. */
export interface SendLimits {
  /** How long after a person's last words we may write; null for ever. */
  readonly windowMs: number | null;
  /** Messages an account may send in any second. */
  readonly perSecond: number;
}

export interface LeasedDelivery {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly whose: Whose;
  readonly body: string;
  readonly attempts: number;
  /** Proof that the lease is still this worker's. */
  readonly fence: number;
  readonly turnId: number | null;
  /** When its turn began, or when it was queued. */
  readonly sinceAt: number;
}

/** A delivery that ended or changed without an attempt: too late, given up, or pending again. */
export interface MovedDelivery {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly whose: Whose;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAt: number;
  readonly turnId: number | null;
  readonly sinceAt: number;
  readonly error: string | null;
}

export interface SettledDelivery {
  readonly settled: Settled;
  /** True for the outcome that turned the account; later ones find it turned. */
  readonly accountTurned: boolean;
  /** The account's circuit breaker, when this outcome opened or closed it. */
  readonly breaker: Breaker | null;
}

export interface ConversationRow {
  readonly id: number;
  readonly channel: ChannelName;
  readonly account: string;
  readonly contact: string;
  readonly name: string | null;
  readonly state: ConversationState;
  readonly lastAt: number;
  readonly turn: {
    readonly id: number;
    readonly state: TurnState;
    readonly reason: string;
    readonly dueAt: number;
  } | null;
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

export type RetryKind = DeliveryKind | "turn";
export type RetryState = "pending" | "ambiguous" | "parked" | "dead" | "expired";

/** A line of the retry journal: a delivery not yet settled, or a turn that was given up. */
export interface RetryRow {
  readonly id: string;
  readonly kind: RetryKind;
  readonly state: RetryState;
  readonly account: string;
  readonly conversation: number;
  readonly attempts: number;
  readonly rounds: number;
  readonly createdAt: number;
  readonly nextAt: number;
  readonly lastError: string | null;
  readonly text: string;
}

export interface RetryFilter {
  readonly ids?: readonly string[] | undefined;
  readonly kind?: RetryKind | undefined;
  readonly state?: RetryState | undefined;
  readonly account?: string | undefined;
  /** Only what was made before this time, and only what was made after that one; epoch ms. */
  readonly createdBefore?: number | undefined;
  readonly createdAfter?: number | undefined;
}

/** What became of an entry, also of one that is no longer in the journal; `gone` was dropped, or never was. */
export interface RetryProgress {
  readonly id: string;
  readonly state: RetryState | "sent" | "gone";
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor: string | null;
}

/** Queued by hand or by a program, outside any turn. */
export interface Outgoing {
  readonly account: Account;
  readonly contact: string;
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
    }
  | { readonly kind: "window_closed" };

export interface DeliveryStatus {
  readonly state: DeliveryState;
  readonly messageId: string | null;
  readonly error: string | null;
}

/** Numbers that say how far behind the program is. */
export interface Depths {
  readonly gathering: number;
  readonly ready: number;
  readonly running: number;
  readonly pending: number;
  readonly ambiguous: number;
  readonly parked: number;
  readonly dead: number;
}

/** What a restart found unfinished. */
export interface Recovery {
  readonly turns: number;
  readonly deliveries: number;
}

/** One token from the environment, made or refreshed as an account. `sealedToken` is opaque here. */
export interface AccountSeed {
  readonly channel: ChannelName;
  readonly externalId: string;
  readonly name: string;
  readonly appId: string | null;
  readonly sealedToken: string;
}

export interface Store {
  // Accounts
  accounts(): Promise<readonly Account[]>;
  /** Makes the account, or gives it a new token and makes it active. */
  saveAccount(seed: AccountSeed, now: number): Promise<Account>;
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
  commitTurn(
    claim: TurnRef,
    reply: Reply & { readonly parts: readonly RenderedPart[] },
    now: number,
  ): Promise<"committed" | "stale">;
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
  conversations(page: PageRequest): Promise<Page<ConversationRow>>;
  conversation(id: number): Promise<ConversationRow | null>;
  /** Oldest first. */
  messages(conversation: number, page: PageRequest): Promise<Page<MessageRow>>;
  depths(): Promise<Depths>;
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
}
