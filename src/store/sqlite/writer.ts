/**
 * Group commit. Verbs that are asked for in one turn of the event loop share one transaction and one fsync; their
 * promises resolve after it. A verb that comes alone does not wait for company: the next turn is microseconds away.
 *
 * Why not a timer: it only adds its own length to every answer. Why not a commit each: with a disk that takes 2 ms to
 * sync, that is 500 webhooks a second at most.
 */
import type { Database } from "bun:sqlite";
import { Fault } from "../../core/fault.ts";
import { isBusy } from "./database.ts";

/** Another process may hold the write lock for a moment; past this the caller is told (G1: 503 to the platform). */
const BUSY_LIMIT_MS = 3_000;
const BUSY_PAUSE_MS = 25;

/** Jobs in one transaction at most, so that one commit never blocks the event loop for long (H2). */
const MOST_JOBS = 256;

interface Job {
  /** Does the work; the answer tells the caller, once the commit is through. */
  run(): () => void;
  reject(error: unknown): void;
}

export class Writer {
  private readonly waiting: Job[] = [];
  private scheduled = false;
  private busySince: number | null = null;

  constructor(
    private readonly db: Database,
    /** Milliseconds that never jump. */
    private readonly monotonic: () => number,
  ) {}

  /**
   * Runs `verb` inside the next shared transaction.
   *
   * `verb` must touch nothing but the database: when another verb of the same transaction fails, it is rolled back and
   * run again.
   */
  write<T>(verb: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = (): (() => void) => {
        const value = verb();
        return () => resolve(value);
      };
      this.waiting.push({ run, reject });
      this.schedule();
    });
  }

  /** Waits until nothing is left to write. */
  async drain(): Promise<void> {
    while (this.waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    const jobs = this.waiting.splice(0, MOST_JOBS);
    if (jobs.length === 0) return;
    try {
      this.db.run("BEGIN IMMEDIATE");
      this.busySince = null;
    } catch (error) {
      this.later(jobs, error);
      return;
    }
    this.commit(jobs);
    if (this.waiting.length > 0) this.schedule();
  }

  private commit(jobs: readonly Job[]): void {
    let tell: (() => void)[];
    try {
      tell = jobs.map((job) => job.run());
      this.db.run("COMMIT");
    } catch (error) {
      this.rollback();
      // One of them failed and took its neighbours along: each again, alone, so that only the guilty one is told.
      if (jobs.length > 1) for (const job of jobs) this.alone(job);
      else jobs[0]?.reject(error);
      return;
    }
    for (const resolve of tell) resolve();
  }

  private alone(job: Job): void {
    try {
      this.db.run("BEGIN IMMEDIATE");
      const resolve = job.run();
      this.db.run("COMMIT");
      resolve();
    } catch (error) {
      this.rollback();
      job.reject(error);
    }
  }

  private later(jobs: readonly Job[], error: unknown): void {
    const now = this.monotonic();
    this.busySince ??= now;
    if (!isBusy(error) || now - this.busySince > BUSY_LIMIT_MS) {
      this.busySince = null;
      const fault = new Fault("storage", `the database cannot be written: ${String(error)}`, "Check its disk and who else uses it.", {
        cause: error,
      });
      for (const job of jobs) job.reject(fault);
      return;
    }
    this.waiting.unshift(...jobs);
    this.scheduled = true;
    setTimeout(() => this.flush(), BUSY_PAUSE_MS);
  }

  private rollback(): void {
    // SQLite has already rolled back by itself after some errors (disk full, I/O).
    if (this.db.inTransaction) this.db.run("ROLLBACK");
  }
}
