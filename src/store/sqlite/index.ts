/** The store on SQLite: the verbs of core/store.ts, each one synchronous inside and many to a commit. */
import type { Database } from "bun:sqlite";
import { join } from "node:path";
import type { Account, AccountSeed, AccountState } from "../../core/account.ts";
import type { ChannelName } from "../../core/channel.ts";
import type { Whose } from "../../core/conversation.ts";
import type { SendOutcome, Settled } from "../../core/delivery.ts";
import type { ComposedReply, RenderedPart } from "../../core/reply.ts";
import type { Batch, ChangedTurn, Recorded } from "../../core/batch.ts";
import type { HistoryLimits, TurnRef } from "../../core/claim.ts";
import type { LeasedInteraction, ReportOutcome } from "../../core/interaction.ts";
import type { RetryFilter, RetryProgress, RetryRow } from "../../core/journal.ts";
import type { DeliveryStatus, LeasedDelivery, SendLimits, SettledDelivery } from "../../core/lease.ts";
import type { Outgoing, QueueOutcome } from "../../core/outgoing.ts";
import type { OrderedPage, Page, PageRequest } from "../../core/page.ts";
import type { Recovery, RetentionPolicy, Store, StorePolicy } from "../../core/store.ts";
import type { HandedOver } from "../../core/takeover.ts";
import type { ConversationFilter, ConversationRow, MessageRow } from "../../core/transcript.ts";
import type { Turn } from "../../core/turn.ts";
import type { Depths } from "../../core/vitals.ts";
import { Accounts, REMOVED } from "./accounts.ts";
import { SqliteBroadcasts } from "./broadcasts.ts";
import { Claims } from "./claims.ts";
import { Conversations } from "./conversations.ts";
import { Corrections } from "./corrections.ts";
import { Doubts } from "./doubts.ts";
import { DATABASE_FILE, openDatabase } from "./database.ts";
import { History } from "./history.ts";
import { Inbox } from "./inbox.ts";
import { Interactions } from "./interactions.ts";
import { Journal } from "./journal.ts";
import { Order } from "./order.ts";
import { Kept } from "./kept.ts";
import { Meta } from "./meta.ts";
import { Outbox } from "./outbox.ts";
import { Pace } from "./pace.ts";
import { Reach } from "./reach.ts";
import { Recording } from "./recording.ts";
import { Replies } from "./replies.ts";
import { Retention } from "./retention.ts";
import { findConversations } from "./search.ts";
import { Seen } from "./seen.ts";
import { Takeovers } from "./takeovers.ts";
import { Turns } from "./turns.ts";
import { Vitals } from "./vitals.ts";
import { WalSync, type Sync } from "./wal-sync.ts";
import { Writer } from "./writer.ts";

export interface SqliteStoreOptions {
  readonly dataDir: string;
  readonly policy: StorePolicy;
  /** New ids that grow with time (UUIDv7). */
  readonly newId: () => string;
  /** Milliseconds that never jump. */
  readonly monotonic: () => number;
  /** Runs a shared commit a moment later; in the next turn of the event loop unless told otherwise. */
  readonly soon?: (commit: () => void) => void;
}

/** So many rows are changed in one transaction at most, so that it never holds the event loop for long (H2). */
const BITE = 100;

export function openSqliteStore(options: SqliteStoreOptions): Store {
  const db = openDatabase(options.dataDir);
  return new SqliteStore(db, options, new WalSync(db, join(options.dataDir, DATABASE_FILE)));
}

/** The store on a database that is already open, and syncs by itself. */
export function storeOn(db: Database, options: Omit<SqliteStoreOptions, "dataDir">): Store {
  return new SqliteStore(db, options, null);
}

class SqliteStore implements Store {
  private readonly writer: Writer;
  private readonly metaTable: Meta;
  private readonly seen: Seen;
  private readonly recording: Recording;
  private readonly accountTable: Accounts;
  private readonly inbox: Inbox;
  private readonly turns: Turns;
  private readonly claims: Claims;
  private readonly outbox: Outbox;
  private readonly doubts: Doubts;
  private readonly interactions: Interactions;
  private readonly replies: Replies;
  private readonly takeovers: Takeovers;
  private readonly history: History;
  private readonly journal: Journal;
  private readonly vitals: Vitals;
  readonly broadcasts: SqliteBroadcasts;
  private readonly retention: Retention;
  private readonly conversationTable: Conversations;

  constructor(
    private readonly db: Database,
    options: Omit<SqliteStoreOptions, "dataDir">,
    private readonly sync: Sync | null,
  ) {
    this.metaTable = new Meta(db);
    this.seen = new Seen(db, this.metaTable);
    this.accountTable = new Accounts(db);
    const ends = {
      committed: () => this.seen.committed(),
      undone: () => {
        this.seen.undone();
        this.accountTable.forget();
      },
    };
    this.writer = new Writer(db, options.monotonic, options.soon ?? null, ends, sync);
    this.history = new History(db);
    this.turns = new Turns(db, this.history, options.policy.waits);
    this.claims = new Claims(db, this.turns, this.history, options.policy.limits);
    const { delivery } = options.policy;
    const order = new Order(db);
    this.doubts = new Doubts(db, this.accountTable, order, delivery);
    const pace = new Pace(this.accountTable);
    this.interactions = new Interactions(db, options.policy.interactions, options.newId);
    const { interactions } = this;
    const reach = new Reach(db, this.turns);
    const { accountTable, seen, turns, doubts } = this;
    this.outbox = new Outbox(db, accountTable, order, doubts, pace, interactions, reach, delivery, options.newId);
    this.takeovers = new Takeovers(db, this.turns, this.doubts, options.policy.takeoverMs);
    const { takeovers } = this;
    const corrections = new Corrections(db, this.turns);
    const kept = new Kept(db);
    this.inbox = new Inbox(db, seen, accountTable, turns, takeovers, corrections, reach, kept, interactions);
    this.recording = new Recording(this.writer, this.seen, this.inbox);
    this.replies = new Replies(db, this.inbox, this.outbox, pace, takeovers, kept, interactions);
    this.journal = new Journal(db);
    this.vitals = new Vitals(db);
    this.broadcasts = new SqliteBroadcasts(db, this.writer, accountTable, pace, this.replies, options.newId);
    this.retention = new Retention(db, this.metaTable);
    this.conversationTable = new Conversations(db);
  }

  async accounts(): Promise<readonly Account[]> {
    return this.accountTable.all();
  }

  saveAccount(seed: AccountSeed, now: number): Promise<Account> {
    return this.writer.write(() => this.accountTable.save(seed, now));
  }

  removeAccount(accountId: number, now: number): Promise<readonly ChangedTurn[]> {
    return this.writer.write(() => {
      this.accountTable.remove(accountId, now);
      return this.turns.cancelAllOf(accountId, `its ${REMOVED}`);
    });
  }

  async sealedToken(accountId: number): Promise<string | null> {
    return this.accountTable.sealedToken(accountId);
  }

  setAccountState(accountId: number, state: AccountState, reason: string | null): Promise<void> {
    return this.writer.write(() => {
      this.accountTable.setState(accountId, state, reason);
    });
  }

  async meta(key: string): Promise<string | null> {
    return this.metaTable.get(key);
  }

  setMeta(key: string, value: string): Promise<void> {
    return this.writer.write(() => this.metaTable.set(key, value));
  }

  record(batch: Batch, now: number): Promise<readonly Recorded[]> {
    return this.recording.record(batch, now);
  }

  adopt(account: Account, now: number): Promise<readonly Recorded[]> {
    return this.writer.write(() => this.inbox.adopt(account, now));
  }

  async dismissHeld(): Promise<void> {
    while ((await this.writer.write(() => this.inbox.dismissHeld(BITE))) > 0);
  }

  closeDueTurns(now: number): ReturnType<Store["closeDueTurns"]> {
    return this.writer.write(() => this.turns.closeDue(now));
  }

  claimTurns(now: number, limit: number, history: HistoryLimits): ReturnType<Store["claimTurns"]> {
    return this.writer.write(() => this.claims.claim(now, limit, history));
  }

  commitTurn(claim: TurnRef, reply: ComposedReply, now: number): Promise<"committed" | "stale"> {
    return this.writer.write(() => {
      const row = this.claims.held(claim);
      if (row === null) return "stale";
      this.claims.commit(row, now);
      this.replies.answer(toOf(row), row.id, reply, now);
      return "committed";
    });
  }

  failTurn(claim: TurnRef, why: string, apology: readonly RenderedPart[], now: number): Promise<Turn | "stale"> {
    return this.writer.write(() => {
      const row = this.claims.held(claim);
      if (row === null) return "stale";
      const { turn, apologise } = this.claims.fail(row, now, why);
      if (apologise) this.replies.notice(toOf(row), apology, now);
      return turn;
    });
  }

  parkTurn(
    claim: TurnRef,
    why: string,
    untilAt: number,
    apology: readonly RenderedPart[],
    now: number,
  ): Promise<Turn | "stale"> {
    return this.writer.write(() => {
      const row = this.claims.held(claim);
      if (row === null) return "stale";
      const { turn, apologise } = this.claims.park(row, untilAt, why);
      if (apologise) this.replies.notice(toOf(row), apology, now);
      return turn;
    });
  }

  notify(whose: Whose, notice: readonly RenderedPart[], now: number): Promise<void> {
    return this.writer.write(() => this.replies.notice(whose, notice, now));
  }

  giveBackTurn(claim: TurnRef): Promise<void> {
    return this.writer.write(() => {
      const row = this.claims.held(claim);
      if (row !== null) this.claims.giveBack(row);
    });
  }

  takeOver(conversation: number, forMs: number | null, correlation: string, now: number): Promise<HandedOver | null> {
    return this.writer.write(() => this.takeovers.takeOver(conversation, forMs, correlation, now));
  }

  release(conversation: number, correlation: string): Promise<HandedOver | null> {
    return this.writer.write(() => this.takeovers.giveBack(conversation, correlation));
  }

  queue(outgoing: Outgoing, now: number): Promise<QueueOutcome> {
    return this.writer.write(() => this.replies.queue(outgoing, now));
  }

  leaseDeliveries(
    now: number,
    limit: number,
    limits: Readonly<Record<ChannelName, SendLimits>>,
  ): ReturnType<Store["leaseDeliveries"]> {
    return this.writer.write(() => this.outbox.lease(now, limit, limits));
  }

  settleDelivery(
    lease: LeasedDelivery,
    outcome: SendOutcome,
    now: number,
    chance: number,
  ): Promise<SettledDelivery | "stale"> {
    return this.writer.write(() => this.outbox.settle(lease, outcome, now, chance));
  }

  giveBackDelivery(lease: LeasedDelivery, now: number): Promise<void> {
    return this.writer.write(() => this.outbox.giveBack(lease, now));
  }

  async leaseInteractions(now: number, limit: number): ReturnType<Store["leaseInteractions"]> {
    // Most looks find nothing that is due, and need no transaction to see that.
    const nextAt = this.interactions.earliestAt();
    if (nextAt === null || nextAt > now) return { leased: [], nextAt };
    return await this.writer.write(() => this.interactions.lease(now, limit));
  }

  settleInteraction(
    lease: Pick<LeasedInteraction, "id" | "fence">,
    outcome: ReportOutcome,
    now: number,
    chance: number,
  ): Promise<Settled | "stale"> {
    return this.writer.write(() => this.interactions.settle(lease, outcome, now, chance));
  }

  hastenInteractions(now: number): Promise<void> {
    return this.writer.write(() => this.interactions.hasten(now));
  }

  async deliveryStatus(id: string): Promise<DeliveryStatus | null> {
    return this.outbox.status(id);
  }

  recover(now: number): Promise<Recovery> {
    return this.writer.write(() => {
      const interactions = this.interactions.recover(now);
      return { turns: this.claims.recover(now), deliveries: this.doubts.recover(now) + interactions };
    });
  }

  async retries(filter: RetryFilter, page: PageRequest): Promise<Page<RetryRow>> {
    return this.journal.list(filter, page);
  }

  async retryProgress(ids: readonly string[]): Promise<readonly RetryProgress[]> {
    return this.journal.progress(ids);
  }

  async flush(filter: RetryFilter, force: boolean, now: number): Promise<number> {
    let flushed = 0;
    const rows = this.journal.matching(filter);
    for (let from = 0; from < rows.length; from += BITE) {
      const bite = rows.slice(from, from + BITE);
      flushed += await this.writer.write(() => this.journal.flush(bite, force, now));
    }
    return flushed;
  }

  drop(id: string, now: number): Promise<boolean> {
    return this.writer.write(() => this.journal.drop(id, now));
  }

  conversations(filter: ConversationFilter, page: OrderedPage, now: number): Promise<Page<ConversationRow>> {
    return findConversations(this.conversationTable, this.history, filter, page, now);
  }

  async conversation(id: number, now: number): Promise<ConversationRow | null> {
    return this.conversationTable.one(id, now);
  }

  async messages(conversation: number, page: OrderedPage): Promise<Page<MessageRow>> {
    return this.history.page(conversation, page);
  }

  async depths(): Promise<Depths> {
    const { pending, ambiguous, parked, dead } = this.journal.counts();
    return {
      gathering: this.turns.count("gathering"),
      ready: this.turns.count("ready"),
      running: this.turns.count("running"),
      pending,
      ambiguous,
      parked,
      dead: dead + this.turns.count("dead"),
    };
  }

  async oldest(): ReturnType<Store["oldest"]> {
    return this.vitals.oldest();
  }

  async breakers(): ReturnType<Store["breakers"]> {
    return this.accountTable.breakers();
  }

  forget(now: number, policy: RetentionPolicy): Promise<boolean> {
    return this.writer.write(() => this.retention.forget(now, policy));
  }

  probe(): Promise<void> {
    return this.writer.write(() => this.metaTable.set("probed", "1"));
  }

  async close(): Promise<void> {
    await this.writer.drain();
    await this.recording.end();
    try {
      this.db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // A disk that is full when the server stops is no reason to stop badly: the next start reads the log (H3).
    } finally {
      this.writer.close();
      this.sync?.close();
      this.db.close();
    }
  }
}

function toOf(row: { conversation_id: number; correlation: string }): { conversation: number; correlation: string } {
  return { conversation: row.conversation_id, correlation: row.correlation };
}
