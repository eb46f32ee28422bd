import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUIDv7 } from "bun";
import type { Store, StorePolicy } from "../../src/core/store.ts";
import { openSqliteStore } from "../../src/store/sqlite/index.ts";
import { POLICY } from "./policy.ts";

export function openStore(
  dataDir: string,
  policy: StorePolicy = POLICY,
  monotonic = (): number => performance.now(),
): Store {
  return openSqliteStore({ dataDir, policy, newId: randomUUIDv7, monotonic });
}

/** A data folder of its own; `remove` takes it away again. */
export function aDataFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "botctl-data-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
