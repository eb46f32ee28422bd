import type { Database } from "bun:sqlite";
import { closeSync, fdatasync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

/** Makes what was committed durable. */
export interface Sync {
  /** Resolves when all that was committed before the call is on disk. */
  all(): Promise<void>;
  close(): void;
}

/**
 * Syncs a database's write-ahead log off the event loop's thread.
 *
 * With `synchronous = FULL` SQLite syncs the log inside COMMIT, and on a slow disk the whole server stands still meanwhile
 * (H2). So it runs with NORMAL, which leaves out that sync alone, and the same sync is made here: whoever waits for a
 * commit waits for it, everybody else goes on. Checkpoints sync as ever.
 */
export class WalSync implements Sync {
  private file: number | null = null;
  /** A sync failed, and what it should have written may be neither on disk nor still marked for it. */
  private failed = false;

  constructor(
    private readonly db: Database,
    /** The database's file. */
    private readonly path: string,
    private readonly datasync: (file: number) => Promise<void> = promisify(fdatasync),
  ) {
    db.run("PRAGMA synchronous = NORMAL");
  }

  async all(): Promise<void> {
    if (!this.failed) {
      try {
        await this.datasync((this.file ??= this.open()));
        return;
      } catch {
        this.failed = true;
      }
    }
    this.mend();
  }

  /** The log is made by the first write after a start, and must still be in its folder after a power cut. */
  private open(): number {
    if (process.platform !== "win32") {
      const folder = openSync(dirname(this.path), "r");
      fsyncSync(folder);
      closeSync(folder);
    }
    return openSync(`${this.path}-wal`, "r+");
  }

  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  /** Copies the log into the database and syncs that, because after a failed sync the system may call lost pages clean. */
  private mend(): void {
    const done = this.db.query<Checkpoint, []>("PRAGMA wal_checkpoint(FULL)").get();
    if (done?.busy !== 0 || done.log !== done.checkpointed)
      throw new Error("the log could not be synced, and not be copied into the database either");
    this.failed = false;
  }
}

/** What SQLite tells of one: frames in the log, and how many of them are in the database. */
interface Checkpoint {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}
