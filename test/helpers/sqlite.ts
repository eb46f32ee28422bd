import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUIDv7 } from "bun";
import type { Store, StorePolicy } from "../../src/core/store.ts";
import { openDatabase } from "../../src/store/sqlite/database.ts";
import { openSqliteStore, storeOn } from "../../src/store/sqlite/index.ts";
import { POLICY } from "./policy.ts";

export function openStore(
  dataDir: string,
  policy: StorePolicy = POLICY,
  monotonic = (): number => performance.now(),
): Store {
  return openSqliteStore({ dataDir, policy, newId: randomUUIDv7, monotonic });
}

/** A store whose verbs are through after a turn of the event loop, for tests with a clock of their own: a disk keeps real time. */
export function openTimelessStore(dataDir: string, policy: StorePolicy = POLICY): Store {
  const monotonic = (): number => performance.now();
  return storeOn(openDatabase(dataDir), { policy, newId: randomUUIDv7, monotonic, soon: setImmediate });
}

/** A data folder of its own; `remove` takes it away again. */
export function aDataFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "botctl-data-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
