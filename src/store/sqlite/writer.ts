/**
 * Group commit. Verbs that are asked for in one turn of the event loop share one transaction and one fsync; their
 * promises resolve after it. A verb that comes alone does not wait for company: the next turn is microseconds away.
 *
 * The sync runs beside the event loop. What is asked for meanwhile is collected, and shares the next transaction.
 *
 * Why not a timer: it only adds its own length to every answer. Why not a commit each: with a disk that takes 2 ms to
 * sync, that is 500 webhooks a second at most.
 *
 * Webhooks go first. A platform that gets no 200 in time sends again and at last switches the webhook off, while a reply
 * may come a moment later; so what stores a webhook is never behind more than a small bite of the workers' writing.
 */
import type { Database, Statement } from "bun:sqlite";
import { Fault } from "../../core/fault.ts";
import { isBusy } from "./database.ts";
import type { Sync } from "./wal-sync.ts";

/** Another process may hold the write lock for a moment; past this the caller is told (G1: 503 to the platform). */
const BUSY_LIMIT_MS = 3_000;
const BUSY_PAUSE_MS = 25;
/** So long after a sync that failed the next is tried. */
const BROKEN_PAUSE_MS = 250;

// One transaction never blocks the event loop for long (H2).
/** Webhooks in one transaction at most. */
const MOST_WEBHOOKS = 256;
/** Time for the workers' verbs in a transaction that also stores webhooks; one verb always gets its turn. */
const BITE_MS = 0.2;
/** The same when no webhook waits. */
const MEAL_MS = 10;
/** So many webhooks in one transaction mean that more come than can be answered at the same time… */
const FLOOD = 16;
/** …and then so many are stored before the workers have their next bite: what was taken in is answered when it is over. */
const WEBHOOKS_A_BITE = 64;
/** So long the workers alone wait for webhooks to share a transaction with, while it lasts. */
const FLOOD_PAUSE_MS = 2;

/** Who remembers something of the database must know how a transaction ended. */
export interface TransactionEnds {
  /** It is on disk. */
  committed(): void;
  /** Whatever was remembered inside it is not true. */
  undone(): void;
}

const UNHEARD: TransactionEnds = { committed() {}, undone() {} };

interface Job {
  /** Does the work; the answer tells the caller, once the commit is on disk. */
  readonly run: () => Done;
  readonly reject: (error: unknown) => void;
}

/** Tells whose work is done. */
type Done = () => void;

export class Writer {
  /** What stores webhooks. */
  private readonly urgent: Job[] = [];
  /** Everything else. */
  private readonly waiting: Job[] = [];
  private scheduled = false;
  /** Committed work that waits for a sync which began after it. */
  private unsynced: Done[] = [];
  private syncing = false;
  /** The last sync failed. */
  private isBroken = false;
  private isClosed = false;
  /** Transactions that changed something, and those of them that are on disk. Who wrote nothing waits for these as well. */
  private changed = 0;
  private synced = 0;
  private changesSeen: number;
  /** The last transaction had a flood of webhooks. */
  private inFlood = false;
  /** Webhooks stored since the workers had their bite. */
  private sinceBite = 0;
  /** How much the last transaction did. */
  private lastSize = 0;
  private busySince: number | null = null;
  // Prepared once: `db.run` would compile them for each transaction.
  private readonly begin: Statement;
  private readonly end: Statement;
  private readonly changes: Statement<{ n: number }, []>;

  constructor(
    private readonly db: Database,
    /** Milliseconds that never jump. */
    private readonly monotonic: () => number,
    /** Runs a commit a moment later, when others may have joined it; a simulation has moments of its own. */
    private readonly soon: ((commit: () => void) => void) | null = null,
    private readonly ends: TransactionEnds = UNHEARD,
    /** Null: a commit is on disk when SQLite says that it is through. */
    private readonly sync: Sync | null = null,
  ) {
    this.begin = db.prepare("BEGIN IMMEDIATE");
    this.end = db.prepare("COMMIT");
    this.changes = db.prepare("SELECT total_changes() AS n");
    this.changesSeen = this.changes.get()?.n ?? 0;
  }

  /**
   * Runs `verb` inside the next shared transaction.
   *
   * `verb` must touch nothing but the database: when another verb of the same transaction fails, it is rolled back and
   * run again.
   */
  write<T>(verb: () => T): Promise<T> {
    return this.enqueue(this.waiting, verb);
  }

  /** The same ahead of all that `write` was given. For webhooks alone. */
  writeFirst<T>(verb: () => T): Promise<T> {
    return this.enqueue(this.urgent, verb);
  }

  /** Waits until nothing is left to write, and all of it is on disk unless that fails. */
  async drain(): Promise<void> {
    while (this.urgent.length + this.waiting.length > 0 || (this.syncing && !this.isBroken)) await pause(1);
  }

  /** Tries no further syncs. Who still waits for one is not told anything: the next start finds out. */
  close(): void {
    this.isClosed = true;
  }

  private enqueue<T>(queue: Job[], verb: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = (): (() => void) => {
        const value = verb();
        return () => resolve(value);
      };
      queue.push({ run, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || (this.syncing && !this.mayGoOn())) return;
    this.scheduled = true;
    const flush = (): void => this.flush();
    if (this.soon !== null) this.soon(flush);
    else if (this.inFlood && this.urgent.length === 0) setTimeout(flush, FLOOD_PAUSE_MS);
    else setImmediate(flush);
  }

  /** Whether another transaction is worth its while beside a sync: one that is not much smaller than the last. */
  private mayGoOn(): boolean {
    return !this.isBroken && this.unsynced.length === 0 && this.urgent.length * 2 >= this.lastSize;
  }

  private flush(): void {
    this.scheduled = false;
    if (this.urgent.length + this.waiting.length === 0) return;
    try {
      this.begin.run();
      this.busySince = null;
    } catch (error) {
      this.later(error);
      return;
    }
    const done = this.commit();
    this.lastSize = done.length;
    this.noteChanges();
    if (this.sync === null || this.changed === this.synced) return this.go(done);
    this.unsynced.push(...done);
    if (!this.syncing) void this.settle(this.sync);
  }

  private noteChanges(): void {
    const changes = this.changes.get()?.n ?? 0;
    if (changes !== this.changesSeen) this.changed += 1;
    this.changesSeen = changes;
  }

  /** Tells those whose work is on disk, and goes on with what came meanwhile. */
  private go(done: readonly Done[]): void {
    for (const tell of done) tell();
    if (this.urgent.length + this.waiting.length > 0) this.schedule();
  }

  /** Syncs as long as something is committed that may not be on disk. */
  private async settle(sync: Sync): Promise<void> {
    this.syncing = true;
    while (this.unsynced.length > 0) {
      const [done, changed] = [this.unsynced, this.changed];
      this.unsynced = [];
      while (!(await this.isOnDisk(sync))) {
        await pause(BROKEN_PAUSE_MS);
        if (this.isClosed) return;
      }
      this.synced = changed;
      this.go(done);
    }
    this.syncing = false;
    this.go([]);
  }

  /**
   * What is committed and not on disk is neither done nor not done, and whoever were told either could be wrong after a
   * power cut. So they wait until it is known, and only what has not begun is refused.
   */
  private async isOnDisk(sync: Sync): Promise<boolean> {
    try {
      await sync.all();
      this.isBroken = false;
    } catch (error) {
      this.isBroken = true;
      this.refuse(error);
    }
    return !this.isBroken;
  }

  /** @returns those whose work is committed */
  private commit(): Done[] {
    const taken: Job[] = [];
    const done: Done[] = [];
    const take = (queue: Job[]): boolean => {
      const job = queue.shift();
      if (job === undefined) return false;
      taken.push(job);
      done.push(job.run());
      return true;
    };
    try {
      while (taken.length < MOST_WEBHOOKS && take(this.urgent));
      this.inFlood = taken.length >= FLOOD;
      this.sinceBite += taken.length;
      if (this.inFlood && this.sinceBite < WEBHOOKS_A_BITE) return this.through(done);
      this.sinceBite = 0;
      const until = this.monotonic() + (taken.length > 0 ? BITE_MS : MEAL_MS);
      while (take(this.waiting) && this.monotonic() < until);
      return this.through(done);
    } catch (error) {
      this.rollback();
      // One of them failed and took its neighbours along: each again, alone, so that only the guilty one is told.
      if (taken.length > 1) return taken.flatMap((job) => this.alone(job));
      taken[0]?.reject(error);
      return [];
    }
  }

  private through(done: Done[]): Done[] {
    this.end.run();
    this.ends.committed();
    return done;
  }

  private alone(job: Job): Done[] {
    try {
      this.begin.run();
      return this.through([job.run()]);
    } catch (error) {
      this.rollback();
      job.reject(error);
      return [];
    }
  }

  private later(error: unknown): void {
    const now = this.monotonic();
    this.busySince ??= now;
    if (!isBusy(error) || now - this.busySince > BUSY_LIMIT_MS) {
      this.busySince = null;
      this.refuse(error);
      return;
    }
    this.scheduled = true;
    setTimeout(() => this.flush(), BUSY_PAUSE_MS);
  }

  /** Nothing that waits will be begun. */
  private refuse(cause: unknown): void {
    const what = `the database cannot be written: ${String(cause)}`;
    const fault = new Fault("storage", what, "Check its disk and who else uses it.", { cause });
    for (const job of [...this.urgent.splice(0), ...this.waiting.splice(0)]) job.reject(fault);
  }

  private rollback(): void {
    // SQLite has already rolled back by itself after some errors (disk full, I/O).
    if (this.db.inTransaction) this.db.run("ROLLBACK");
    this.ends.undone();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
