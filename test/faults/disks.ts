/** Storage that stops taking bytes, and takes them again. */
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A place for a data folder. */
export interface Disk extends Disposable {
  readonly path: string;
  /** Whether there is space again by itself when the server has ended. */
  readonly endsWithServer: boolean;
  /** From now on nothing more can be written there. */
  fill(server: { readonly pid: number }): void;
  /** There is space again. */
  free(server: { readonly pid: number }): void;
}

/** A disk that can be filled before any server runs. */
interface SmallDisk extends Disk {
  /** @param leaveBytes so much stays free, in whole pages of 4,096 */
  fillBut(leaveBytes: number): void;
}

/** Room for a small database with its log, and soon used up. */
const DISK_SIZE = "4m";
/** Filled in pieces, so that the last one leaves less than a page free. */
export const PIECE_BYTES = 4_096;

/** A small file system in memory, full when a file has taken all that was left (ENOSPC). Null where it may not be mounted. */
export function smallDisk(): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), "botctl-disk-"));
  if (!succeeds("mount", "-t", "tmpfs", "-o", `size=${DISK_SIZE},mode=700`, "tmpfs", path)) {
    rmSync(path, { recursive: true });
    return null;
  }
  const ballast = join(path, "ballast");
  const fillBut = (leaveBytes: number): void => {
    try {
      for (;;) writeFileSync(ballast, new Uint8Array(PIECE_BYTES), { flag: "a" });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
    truncateSync(ballast, statSync(ballast).size - leaveBytes);
  };
  return {
    path,
    endsWithServer: false,
    fillBut,
    fill: () => fillBut(0),
    free: () => rmSync(ballast),
    [Symbol.dispose]() {
      succeeds("umount", "-l", path);
      rmSync(path, { recursive: true });
    },
  };
}

/**
 * A folder in which no file of the server can grow: a limit on its process, which the system reports as an error of
 * writing (EFBIG). Nobody needs special rights to set it, and to lift it again.
 */
export function limitedDisk(): Disk {
  const path = mkdtempSync(join(tmpdir(), "botctl-disk-"));
  return {
    path,
    endsWithServer: true,
    fill: ({ pid }) => limitFiles(pid, String(statSync(join(path, "botctl.db-wal")).size)),
    free: ({ pid }) => limitFiles(pid, "unlimited"),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

/** Sets the soft limit alone, which may be raised again. */
function limitFiles(pid: number, limit: string): void {
  if (!succeeds("prlimit", "--pid", String(pid), `--fsize=${limit}:`)) throw new Error("prlimit was refused");
}

/**
 * Makes a folder or a file read-only for everybody, as on a file system that went bad.
 *
 * @returns undoes it; null where that may not be done
 */
export function readOnlyMount(path: string): (() => void) | null {
  if (!succeeds("mount", "--bind", path, path)) return null;
  const undo = (): void => void succeeds("umount", "-l", path);
  if (succeeds("mount", "-o", "remount,bind,ro", path)) return undo;
  undo();
  return null;
}

function succeeds(...command: string[]): boolean {
  try {
    return Bun.spawnSync(command, { stdout: "ignore", stderr: "ignore" }).success;
  } catch {
    return false; // there is no such program
  }
}
