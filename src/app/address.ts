import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { SandboxFacts } from "./sandboxed.ts";

/** The file in the data folder that says where its server is. */
const FILE = "server.json";

/** Tells the other commands where the server is. @throws Fault storage when the folder cannot be written */
export function leaveAddress(dataDir: string, url: string, startedAt: number, sandbox: SandboxFacts | null): void {
  const address = { url, pid: process.pid, started_at: startedAt, sandbox };
  try {
    // Renamed, so that nobody reads half of it.
    writeFileSync(join(dataDir, `${FILE}.new`), `${JSON.stringify(address)}\n`, { mode: 0o600 });
    renameSync(join(dataDir, `${FILE}.new`), join(dataDir, FILE));
  } catch (error) {
    throw new Fault("storage", `cannot write to ${dataDir}`, "Check that the folder is writable.", { cause: error });
  }
}

export function removeAddress(dataDir: string): void {
  rmSync(join(dataDir, FILE), { force: true });
}
