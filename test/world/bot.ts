import type { Database } from "bun:sqlite";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "../../src/core/account.ts";
import type { BotEvent } from "../../src/core/event.ts";
import type { Channel, ChannelName } from "../../src/core/channel.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Store, StorePolicy } from "../../src/core/store.ts";
import { DATABASE_FILE, openDatabase } from "../../src/store/sqlite/database.ts";
import { storeOn } from "../../src/store/sqlite/index.ts";
import { Deliverer } from "../../src/workers/deliverer.ts";
import { Gatherer } from "../../src/workers/gatherer.ts";
import { Intake } from "../../src/workers/intake.ts";
import { Replier } from "../../src/workers/replier.ts";
import { Reporter } from "../../src/workers/reporter.ts";
import { FakeAgent } from "./agent.ts";
import { gated, Planned, type Witness } from "./gate.ts";
import type { Ledger } from "./ledger.ts";
import type { WorldAccount } from "./people.ts";
import type { Door } from "./post.ts";
import type { UserBooks } from "./user-service.ts";
import { processClock, type Stage } from "./stage.ts";

/** A data folder in memory where the machine has such a place: no world outlives its process. */
export class Disk {
  private static empty: string | null = null;
  readonly path: string;

  constructor() {
    Disk.empty ??= Disk.migrated();
    this.path = mkdtempSync(join(place(), "botctl-world-"));
    cpSync(join(Disk.empty, DATABASE_FILE), join(this.path, DATABASE_FILE));
  }

  /** Opened as the server does, but that nothing is synced: here processes die, machines do not. */
  open(): Database {
    const db = openDatabase(this.path);
    db.run("PRAGMA synchronous = OFF");
    db.run("PRAGMA secure_delete = OFF");
    db.run("PRAGMA cache_size = -512");
    return db;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** An empty database with its tables, made once: it is copied for each world. */
  private static migrated(): string {
    const path = mkdtempSync(join(place(), "botctl-world-"));
    openDatabase(path).close();
    process.once("exit", () => rmSync(path, { recursive: true, force: true }));
    return path;
  }
}

function place(): string {
  return existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
}

export interface BotOptions {
  readonly stage: Stage;
  readonly disk: Disk;
  readonly policy: StorePolicy;
  readonly ledger: Ledger;
  readonly users: UserBooks;
  /** Its accounts, and its app. */
  readonly accounts: readonly WorldAccount[];
  readonly appId: string;
  readonly poison: ReadonlySet<string>;
  /** Sees what a verb answered, as soon as it did. */
  readonly witness: Witness;
  /** Something was committed. */
  readonly onCommit: () => void;
}

/** Time of an orderly stop until what runs is cut, and until what does not heed that is left behind. */
const STOP_MS = 9_000;
const LEFT_BEHIND_MS = 9_500;

/** One process of the server: the real workers and the real store, from start to death. */
export class Bot {
  isAlive = true;
  readonly db: Database;
  readonly clock: Clock;
  /** Without any gates. */
  readonly bare: Store;
  private readonly store: Store;
  private readonly intake: Intake;
  private readonly gatherer: Gatherer;
  private readonly replier: Replier;
  private readonly deliverer: Deliverer;
  private readonly reporter: Reporter;
  private listens = false;

  constructor(private readonly options: BotOptions) {
    const { stage, disk, policy, ledger, users, poison, witness, onCommit } = options;
    const isAlive = (): boolean => this.isAlive;
    this.db = disk.open();
    this.clock = processClock(stage, this);
    this.bare = storeOn(this.db, {
      policy,
      newId: () => stage.newId(),
      monotonic: () => stage.scheduler.now,
      soon: (commit) =>
        stage.scheduler.soon(this, "commit", () => {
          commit();
          onCommit();
        }),
    });
    this.store = gated(this.bare, this, stage, isAlive, witness);
    const channels = {
      messenger: ledger.connect("messenger", isAlive),
      telegram: ledger.connect("telegram", isAlive),
    };
    const shared = {
      store: this.store,
      clock: this.clock,
      publish: (event: BotEvent) => this.reporter.read(event),
      hashPerson: () => "hash",
      channels,
      access: (accountId: number) => this.access(accountId),
      concurrency: stage.swarm.concurrency,
      onError: (error: unknown) => {
        if (!(error instanceof Planned)) stage.breach("nothing fails unplanned", describe(error));
      },
    };
    this.deliverer = new Deliverer({ ...shared, chance: () => stage.rolls.next(), onSettled: () => {} });
    this.reporter = new Reporter({
      ...shared,
      chance: () => stage.rolls.next(),
      service: users.connect(isAlive),
      retry: { quickRetries: 3 },
    });
    this.replier = new Replier({
      ...shared,
      agent: new FakeAgent(stage, this, isAlive, poison),
      pictures: async () => ({ pictures: [], notes: [] }),
      apology: () => "sorry",
      patience: () => "slow down",
      history: { lines: 10, ttlMs: 24 * 3_600_000 },
      agentTimeoutMs: 15_000,
      onCommitted: () => this.deliverer.loop.wake(),
    });
    this.gatherer = new Gatherer({ ...shared, onReady: () => this.replier.loop.wake() });
    this.intake = new Intake({
      ...shared,
      newId: () => stage.newId(),
      holdsUnknown: () => false,
      onGathering: (dueAt) => this.gatherer.gathering(dueAt),
      onReady: () => this.replier.loop.wake(),
      confirm: () => {},
      onReach: () => {},
      prefetch: () => {},
      onRerun: (turnId) => this.replier.rerun(turnId),
      onEcho: () => this.deliverer.loop.wake(),
    });
    this.boot(channels).catch((error: unknown) => stage.breach("it starts", describe(error)));
  }

  /** Where webhooks are taken; null while nobody listens. */
  door: Door = null;

  private async boot(channels: Readonly<Record<ChannelName, Channel>>): Promise<void> {
    const known = await this.bare.accounts();
    for (const account of this.options.accounts) {
      if (!known.some(({ externalId }) => externalId === account.externalId)) await this.mend(account);
    }
    await this.bare.recover(this.clock.now());
    if (!this.isAlive) return;
    for (const worker of [this.gatherer, this.replier, this.deliverer, this.reporter]) worker.loop.start();
    this.door = (name, body) => this.intake.take(channels[name], body, null);
    this.listens = true;
  }

  /** Whether it has come up. */
  get isUp(): boolean {
    return this.isAlive && this.listens;
  }

  private async access(accountId: number): Promise<{ externalId: string; token: string } | null> {
    const account = (await this.bare.accounts()).find(({ id }) => id === accountId);
    return account === undefined ? null : { externalId: account.externalId, token: "token" };
  }

  /** An operator gives an account a token that works. */
  mend({ channel, externalId }: WorldAccount): Promise<Account> {
    const seed = {
      channel,
      externalId,
      name: externalId,
      appId: this.options.appId,
      sealedToken: "x",
    } as const;
    return this.bare.saveAccount(seed, this.clock.now()).then((account) => {
      this.deliverer.loop.wake();
      return account;
    });
  }

  /** An operator has everything that was given up tried again. */
  async flush(): Promise<void> {
    await this.bare.flush({}, true, this.clock.now());
    this.deliverer.loop.wake();
    this.replier.loop.wake();
    this.reporter.flushed();
  }

  /** Whether something waits because the user service refused us. */
  owesParked(): boolean {
    const parked = "SELECT 1 FROM delivery WHERE kind = 'interaction' AND state = 'parked' LIMIT 1";
    return this.db.query(parked).get() !== null;
  }

  /** An operator has mended the user service, and flushes. */
  async flushReports(): Promise<void> {
    await this.bare.flush({ kind: "interaction", state: "parked" }, false, this.clock.now());
    this.reporter.flushed();
  }

  /** An operator writes to a contact by hand. */
  async write(account: string, contact: string): Promise<void> {
    const known = (await this.bare.accounts()).find(({ externalId }) => externalId === account);
    if (known === undefined) return;
    const parts = [{ body: "by hand", text: "by hand" }];
    const outgoing = {
      account: known,
      contact,
      by: "human",
      text: "by hand",
      parts,
      correlation: "hand",
      windowMs: known.channel === "messenger" ? 24 * 3_600_000 : null,
    } as const;
    await this.bare.queue(outgoing, this.clock.now());
    this.deliverer.loop.wake();
  }

  /** An orderly stop. `onEnd` is called once, when the process ends. */
  stop(onEnd: () => void): void {
    this.door = null;
    const cut = new AbortController();
    // In a step of its own: what else follows from this one is done before.
    const end = (): void => {
      if (this.isAlive) this.options.stage.scheduler.soon(this, "ends", onEnd);
    };
    this.clock.after(STOP_MS, () => cut.abort());
    this.clock.after(LEFT_BEHIND_MS, end);
    const drained = Promise.all([
      this.gatherer.loop.stop(),
      this.replier.drain(cut.signal),
      this.reporter.drain(cut.signal),
    ]);
    void drained
      .then(() => this.deliverer.drain(cut.signal))
      .then(() => this.bare.probe())
      .then(end);
  }

  /** Deliveries under way, as far as the database knows. */
  sending(): string[] {
    return this.db
      .query<{ id: string }, []>(
        "SELECT id FROM delivery WHERE state = 'sending' AND kind <> 'interaction' ORDER BY seq",
      )
      .all()
      .map(({ id }) => id);
  }

  /** The process is gone, with all that it had not committed. */
  die(): void {
    this.isAlive = false;
    this.door = null;
    this.options.stage.scheduler.forget(this);
    this.db.close();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
