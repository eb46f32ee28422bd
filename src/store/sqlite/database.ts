import { Database, SQLiteError } from "bun:sqlite";
import { chmodSync, copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import { migrations, type Migration } from "./migrations.ts";

export const DATABASE_FILE = "botctl.db";
const LOCK_FILE = "botctl.lock";

/** Marks the file as ours in its header ("botc"), so that a foreign database is not taken for one of ours. */
const APPLICATION_ID = 0x626f7463;

/** Waiting for a lock blocks the event loop, so the server waits this little and then tries again later (H2). */
const BUSY_TIMEOUT_MS = 40;

/** `db.query` compiles a statement once and keeps it; beyond this many (20 by default) it would compile at each use. */
Database.MAX_QUERY_CACHE_SIZE = 500;

/*
 * SQLite compiles a statement anew for each new value of a parameter whose value its planner could use: one that stands
 * alone beside a join or an ORDER BY, or as a LIMIT. That is several times the cost of running it. In statements that run
 * for every message such a parameter is therefore written `? + 0`, or `(SELECT ?)` for text: the same value and the same
 * index, and nothing for the planner to look at.
 */

/** Pages kept in memory, in KiB: the cache is most of a loaded server's memory. */
const CACHE_KIB = 24 * 1024;

/**
 * Pages in the write-ahead log after which they are copied into the database, 16 MB of them; SQLite's own are 1,000. The
 * same few hundred pages are written over and over, and each copying writes them once more and syncs twice.
 */
const LOG_PAGES = 4_000;

/**
 * Opens the database of a data folder for the one server that may write it, and brings its schema up to date.
 * A file that is damaged, foreign or newer than this program is a Fault, never replaced.
 */
export function openDatabase(dataDir: string, steps: readonly Migration[] = migrations): Database {
  const path = join(dataDir, DATABASE_FILE);
  return guarded(path, () => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return closedOnError(new Database(path, { create: true, strict: true }), (db) => {
      db.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      // Before anything is changed: already the journal mode is written into the file.
      refuseForeign(db, path, steps.length);
      chmodSync(path, 0o600);
      db.run("PRAGMA journal_mode = WAL");
      db.run("PRAGMA synchronous = FULL");
      db.run("PRAGMA foreign_keys = ON");
      db.run(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
      db.run("PRAGMA secure_delete = ON");
      db.run(`PRAGMA cache_size = -${CACHE_KIB}`);
      migrate(db, path, steps);
      return db;
    });
  });
}

/** Opens the database to look at it while a server may be running. Null when there is none yet. */
export function openReader(dataDir: string): Database | null {
  const path = join(dataDir, DATABASE_FILE);
  if (!existsSync(path)) return null;
  return guarded(path, () =>
    closedOnError(new Database(path, { readonly: true, strict: true }), (db) => {
      db.run("PRAGMA busy_timeout = 5000");
      refuseForeign(db, path, migrations.length);
      refuseOlder(db, path);
      return db;
    }),
  );
}

export function databaseExists(dataDir: string): boolean {
  return existsSync(join(dataDir, DATABASE_FILE));
}

/**
 * Takes the right to be the only server of a data folder. The kernel gives it back when the process ends, however it
 * ends, because it is a lock on a file (H1).
 *
 * @returns gives the right back
 */
export function lockFolder(dataDir: string): () => void {
  const path = join(dataDir, LOCK_FILE);
  const lock = guarded(path, () => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return new Database(path, { create: true, strict: true });
  });
  try {
    chmodSync(path, 0o600);
    lock.run("PRAGMA busy_timeout = 0");
    lock.run("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (isBusy(error)) {
      throw new Fault(
        "busy",
        `another botctl works on ${dataDir}`,
        "Stop it first, or give this one its own --data-dir.",
      );
    }
    throw storageFault(path, error);
  }
  return () => lock.close();
}

function migrate(db: Database, path: string, steps: readonly Migration[]): void {
  const found = version(db);
  if (found === steps.length) return;
  // An upgrade that goes wrong must leave something to go back to.
  if (found > 0) {
    db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    copyFileSync(path, `${path}.before-${found + 1}`);
  }
  const upgrade = db.transaction(() => {
    for (const [index, { sql }] of steps.entries()) {
      if (index < version(db)) continue;
      db.run(sql);
      db.run(`PRAGMA user_version = ${index + 1}`);
    }
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
  });
  upgrade.immediate();
}

function refuseForeign(db: Database, path: string, known: number): void {
  const found = version(db);
  const id = db.query<{ application_id: number }, []>("PRAGMA application_id").get()?.application_id ?? 0;
  const tables = db.query<{ n: number }, []>("SELECT count(*) AS n FROM sqlite_master").get()?.n ?? 0;
  if (id !== APPLICATION_ID && (tables > 0 || id !== 0)) {
    throw new Fault(
      "storage",
      `${path} is not a botctl database`,
      "Give botctl a data folder of its own with --data-dir.",
    );
  }
  if (found > known) {
    throw new Fault(
      "storage",
      `${path} was written by a newer botctl (schema ${found}, this one knows ${known})`,
      "Use the newer program, or restore a backup made by this version.",
    );
  }
}

/** Whoever only reads changes nothing, so a schema of before cannot be brought up to date here. */
function refuseOlder(db: Database, path: string): void {
  const found = version(db);
  if (found >= migrations.length) return;
  throw new Fault(
    "storage",
    `${path} was written by an older botctl (schema ${found}, this one reads ${migrations.length})`,
    "Start this version's `botctl serve` on it once, or read it with the version that wrote it.",
  );
}

/** The schema version, 0 for a new file. */
function version(db: Database): number {
  return db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}

export function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && (error.code ?? "").startsWith("SQLITE_BUSY");
}

function guarded<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw storageFault(path, error);
  }
}

/** What is done with an open database, closing it again when that fails. */
function closedOnError<T>(db: Database, use: (db: Database) => T): T {
  try {
    return use(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What a person is told when SQLite cannot use the file at `path`. */
export function storageFault(path: string, cause: unknown): Fault {
  const code = cause instanceof SQLiteError ? cause.code : undefined;
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") {
    return new Fault(
      "storage",
      `${path} is damaged or not a database`,
      "Put back a backup of the data folder. The file was left as it is.",
      {
        cause,
      },
    );
  }
  return new Fault(
    "storage",
    `${path} cannot be used: ${String(cause)}`,
    "Check that the folder exists, is writable and has space.",
    { cause },
  );
}
