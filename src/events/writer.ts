import { writeSync } from "node:fs";

/** Takes finished lines and writes many of them at once. */
export interface LineWriter {
  readonly write: (line: string) => void;
  /** Writes all that is waiting, before the process ends. Gives up after a second when nobody reads. */
  readonly flush: () => void;
}

/** Where lines go: a file descriptor, or anything that takes text. */
export type LineTarget = number | { write(text: string): unknown };

/** So much is written without waiting for the end of the tick. In UTF-16 units. */
const FULL_UNITS = 65_536;
/** Beyond this, lines are lost rather than the server's memory. In UTF-16 units. */
const MOST_WAITING_UNITS = 8_388_608;
const READER_PAUSE_MS = 5;
const PATIENCE_MS = 1_000;

/**
 * A buffer in front of a log's target: one write for each turn of the event loop, or for each 64 KiB. A system call a
 * line would cost more than the line.
 *
 * A pipe that is full is tried again a little later, and lines wait meanwhile, up to 8 MiB. A log must not stop the
 * server: further lines, and those that cannot be written at all (disk full, reader gone), are counted and told.
 *
 * @param lost told how many lines were lost, once writing works again
 */
export function bufferedWriter(target: LineTarget, lost: (lines: number) => void = () => {}): LineWriter {
  let waiting = "";
  let unsent: Uint8Array = new Uint8Array();
  let planned = false;
  let lostLines = 0;

  const plan = (): void => {
    if (planned) return;
    planned = true;
    setImmediate(onTime);
  };
  const onTime = (): void => {
    planned = false;
    if (!drain()) planRetry();
  };
  const planRetry = (): void => {
    if (planned) return;
    planned = true;
    setTimeout(onTime, READER_PAUSE_MS);
  };

  /** Writes what it can. False: the reader is behind, something is left. */
  const drain = (): boolean => {
    while (unsent.length > 0 || waiting !== "") {
      if (unsent.length === 0) {
        unsent = Buffer.from(waiting);
        waiting = "";
      }
      const outcome = typeof target === "number" ? put(target, unsent) : hand(target, unsent);
      if (outcome === "behind") return false;
      if (outcome === "failed") {
        lostLines += unsent.filter((byte) => byte === 0x0a).length;
        unsent = new Uint8Array();
        continue;
      }
      unsent = unsent.subarray(outcome);
      if (lostLines > 0) {
        const count = lostLines;
        lostLines = 0;
        lost(count);
      }
    }
    return true;
  };

  return {
    write(line) {
      if (waiting.length > MOST_WAITING_UNITS) {
        lostLines += 1;
        return;
      }
      waiting += line;
      // While a retry is planned the pipe is full: asking again at every line would only cost.
      if (waiting.length < FULL_UNITS || unsent.length > 0) plan();
      else if (!drain()) planRetry();
    },
    flush() {
      for (let waitedMs = 0; !drain() && waitedMs < PATIENCE_MS; waitedMs += READER_PAUSE_MS) {
        Bun.sleepSync(READER_PAUSE_MS);
      }
    },
  };
}

/** One write. The number of bytes that went; "behind" when the reader must catch up; "failed" when it never will. */
function put(fd: number, bytes: Uint8Array): number | "behind" | "failed" {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EAGAIN" ? "behind" : "failed";
  }
}

function hand(target: { write(text: string): unknown }, bytes: Uint8Array): number | "failed" {
  try {
    target.write(new TextDecoder().decode(bytes));
    return bytes.length;
  } catch {
    return "failed";
  }
}
