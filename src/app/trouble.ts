import type { OnError } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import type { Alarms } from "../events/alarms.ts";
import type { Log } from "../events/log.ts";

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

/** Whether an error comes from the disk, the file or a lock, and not from a mistake of ours. */
export function isStorageTrouble(error: unknown): boolean {
  return storageTrouble(error) !== null;
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
