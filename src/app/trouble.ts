import { join } from "node:path";
import type { OnError } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import type { Alarms } from "../events/alarms.ts";
import type { Log } from "../events/log.ts";
import { DATABASE_FILE, storageFault } from "../store/sqlite/database.ts";

/** SQLite's codes for a disk, a file or a lock that is not as it should be; the others are mistakes of ours. */
const STORAGE_CODE = /^SQLITE_(?:FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM)/;

/**
 * Tells of errors that nobody planned, each with its stack. Except that of one kind of storage trouble only the first in
 * a minute is told: it comes with every webhook and every look of a worker, and the log may lie on the same disk (H3).
 */
export function troubleTo(log: Pick<Log, "error">, alarms: Alarms): OnError {
  return (error, correlation) => {
    const storage = storageTrouble(error);
    if (storage !== null && !alarms.raise(`storage:${storage.code}`, storage.message)) return;
    log.error("error", correlation === undefined ? { error } : { error, correlation_id: correlation });
  };
}

/**
 * An error as a person is to be told it: trouble with the database of a folder says what to do about it. Damage may show
 * only when a table is read, and is then for a person to mend, as a damaged header is (H3).
 */
export function explained(error: unknown, dataDir: string): unknown {
  if (error instanceof Fault || storageTrouble(error) === null) return error;
  return storageFault(join(dataDir, DATABASE_FILE), error);
}

function storageTrouble(error: unknown): { code: string; message: string } | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof Fault) {
    if (error.code !== "storage") return null;
    return { code: storageTrouble(error.cause)?.code ?? "unusable", message: error.message };
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return STORAGE_CODE.test(code) ? { code, message: `the database cannot be used: ${error.message}` } : null;
}
