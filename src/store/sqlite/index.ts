/** The store on SQLite: the verbs of core/store.ts, each one synchronous inside and many to a commit. */
import type { Database } from "bun:sqlite";
import type { Account, AccountState } from "../../core/account.ts";
import type { ChannelName } from "../../core/channel.ts";
import type { SendOutcome } from "../../core/delivery.ts";
import type { RenderedPart } from "../../core/reply.ts";
import type {
  AccountSeed,
  Batch,
  ConversationRow,
  DeliveryStatus,
  Depths,
  HistoryLimits,
  LeasedDelivery,
  MessageRow,
  Outgoing,
  Page,
  PageRequest,
  QueueOutcome,
  Recorded,
  Recovery,
  RetryFilter,
  RetryRow,
  SettledDelivery,
  Store,
  StorePolicy,
  TurnRef,
} from "../../core/store.ts";
import type { Turn } from "../../core/turn.ts";
import { Accounts } from "./accounts.ts";
import { Conversations } from "./conversations.ts";
import { openDatabase } from "./database.ts";
import { History } from "./history.ts";
import { Inbox } from "./inbox.ts";
import { Journal } from "./journal.ts";
import { Outbox, windowOpen } from "./outbox.ts";
import { Seen } from "./seen.ts";
import { Turns } from "./turns.ts";
import { Writer } from "./writer.ts";

export interface SqliteStoreOptions {
  readonly dataDir: string;
  readonly policy: StorePolicy;
  /** New ids that grow with time (UUIDv7). */
  readonly newId: () => string;
  /** Milliseconds that never jump. */
  readonly monotonic: () => number;
}

export function openSqliteStore(options: SqliteStoreOptions): Store {
  return new SqliteStore(openDatabase(options.dataDir), options);
}

class SqliteStore implements Store {
  private readonly writer: Writer;
  private readonly seen: Seen;
  private readonly accountTable: Accounts;
  private readonly inbox: Inbox;
  private readonly turns: Turns;
  private readonly outbox: Outbox;
  private readonly history: History;
  private readonly journal: Journal;
  private readonly conversationTable: Conversations;

  constructor(
    private readonly db: Database,
    options: SqliteStoreOptions,
  ) {
    this.writer = new Writer(db, options.monotonic);
    this.seen = new Seen(db);
    this.accountTable = new Accounts(db);
    this.history = new History(db);
    this.turns = new Turns(db, this.history, options.policy.waits);
    this.outbox = new Outbox(db, this.accountTable, options.policy.delivery, options.newId);
    this.inbox = new Inbox(db, this.seen, this.accountTable, this.turns, this.outbox);
    this.journal = new Journal(db);
    this.conversationTable = new Conversations(db);
  }

  async accounts(): Promise<readonly Account[]> {
    return this.accountTable.all();
  }

  saveAccount(seed: AccountSeed, now: number): Promise<Account> {
    return this.writer.write(() => this.accountTable.save(seed, now));
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
    return this.accountTable.meta(key);
  }

  setMeta(key: string, value: string): Promise<void> {
    return this.writer.write(() => this.accountTable.setMeta(key, value));
  }

  async record(batch: Batch, now: number): Promise<readonly Recorded[]> {
    this.seen.rotate(now);
    return await this.writer.write(() => this.inbox.record(batch, now));
  }

  adopt(account: Account, now: number): Promise<readonly Recorded[]> {
    return this.writer.write(() => this.inbox.adopt(account, now));
  }

  closeDueTurns(now: number): ReturnType<Store["closeDueTurns"]> {
    return this.writer.write(() => this.turns.closeDue(now));
  }

  claimTurns(now: number, limit: number, history: HistoryLimits): ReturnType<Store["claimTurns"]> {
    return this.writer.write(() => this.turns.claim(now, limit, history));
  }

  commitTurn(
    claim: TurnRef,
    reply: { text: string; parts: readonly RenderedPart[] },
    now: number,
  ): Promise<"committed" | "stale"> {
    return this.writer.write(() => {
      const row = this.turns.held(claim);
      if (row === null) return "stale";
      this.turns.commit(row);
      const message = this.db
        .query("INSERT INTO message (conversation_id, turn_id, by, text, at) VALUES (?, ?, 'bot', ?, ?)")
        .run(row.conversation_id, row.id, reply.text, now);
      this.deliver(row.conversation_id, row.id, Number(message.lastInsertRowid), "message", row.correlation, reply.parts, now);
      return "committed";
    });
  }

  failTurn(claim: TurnRef, why: string, apology: readonly RenderedPart[], now: number): Promise<Turn | "stale"> {
    return this.writer.write(() => {
      const row = this.turns.held(claim);
      if (row === null) return "stale";
      const failed = this.turns.fail(row, now, why);
      if (failed.failures === 1) this.deliver(row.conversation_id, null, null, "notice", row.correlation, apology, now);
      return failed;
    });
  }

  giveBackTurn(claim: TurnRef): Promise<void> {
    return this.writer.write(() => {
      const row = this.turns.held(claim);
      if (row !== null) this.turns.giveBack(row);
    });
  }

  private deliver(
    conversation: number,
    turnId: number | null,
    outMessage: number | null,
    kind: "message" | "notice",
    correlation: string,
    parts: readonly RenderedPart[],
    now: number,
  ): string[] {
    const row = this.db
      .query<{ account_id: number }, [number, number]>("UPDATE conversation SET last_at = max(last_at, ?) WHERE id = ? RETURNING account_id")
      .get(now, conversation);
    const delivery = { accountId: row?.account_id ?? 0, conversation, turnId, outMessage, kind, correlation };
    return this.outbox.add(delivery, parts, now);
  }

  queue(outgoing: Outgoing, now: number): Promise<QueueOutcome> {
    return this.writer.write((): QueueOutcome => {
      const { account, contact, windowMs } = outgoing;
      // A recipient not met before is tried: the platform knows better than we do who may be written to.
      const conversation = this.inbox.find(account.id, contact) ?? this.inbox.introduce(account.id, contact, null, now);
      const heardAt = this.outbox.lastHeardAt(conversation);
      if (windowMs !== null && heardAt !== null && !windowOpen(heardAt, now, windowMs)) return { kind: "window_closed" };
      const message = this.db
        .query("INSERT INTO message (conversation_id, by, text, at) VALUES (?, ?, ?, ?)")
        .run(conversation, outgoing.by, outgoing.text, now);
      const outMessage = Number(message.lastInsertRowid);
      const deliveries = this.deliver(conversation, null, outMessage, "message", outgoing.correlation, outgoing.parts, now);
      return { kind: "queued", deliveries, conversation };
    });
  }

  leaseDeliveries(
    now: number,
    limit: number,
    windows: Readonly<Record<ChannelName, number | null>>,
  ): ReturnType<Store["leaseDeliveries"]> {
    return this.writer.write(() => this.outbox.lease(now, limit, windows));
  }

  settleDelivery(lease: LeasedDelivery, outcome: SendOutcome, now: number, chance: number): Promise<SettledDelivery | "stale"> {
    return this.writer.write(() => this.outbox.settle(lease, outcome, now, chance));
  }

  giveBackDelivery(lease: LeasedDelivery, now: number): Promise<void> {
    return this.writer.write(() => this.outbox.giveBack(lease, now));
  }

  async deliveryStatus(id: string): Promise<DeliveryStatus | null> {
    return this.outbox.status(id);
  }

  recover(now: number): Promise<Recovery> {
    return this.writer.write(() => ({ turns: this.turns.recover(), deliveries: this.outbox.recover(now) }));
  }

  async retries(filter: RetryFilter, page: PageRequest): Promise<Page<RetryRow>> {
    return this.journal.list(filter, page);
  }

  flush(filter: RetryFilter, force: boolean, now: number): Promise<number> {
    return this.writer.write(() => this.journal.flush(filter, force, now));
  }

  drop(id: string, now: number): Promise<boolean> {
    return this.writer.write(() => this.journal.drop(id, now));
  }

  async conversations(page: PageRequest): Promise<Page<ConversationRow>> {
    return this.conversationTable.list(page);
  }

  async conversation(id: number): Promise<ConversationRow | null> {
    return this.conversationTable.one(id);
  }

  async messages(conversation: number, page: PageRequest): Promise<Page<MessageRow>> {
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

  probe(): Promise<void> {
    return this.writer.write(() => this.accountTable.setMeta("probed", "1"));
  }

  async close(): Promise<void> {
    await this.writer.drain();
    this.db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    this.db.close();
  }
}
