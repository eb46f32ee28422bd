/** What a server does all the time must not read years of what is over: the event loop stands still meanwhile (H2). */
import { Database } from "bun:sqlite";
import { expect, spyOn, test } from "bun:test";
import { aDataFolder, openStore } from "../helpers/sqlite.ts";
import { aBatch, anUpdate, CUSTOMER, PAGE } from "../helpers/updates.ts";
import { DATABASE_FILE } from "../../src/store/sqlite/database.ts";
import { join } from "node:path";

const NOW = Date.UTC(2026, 10, 1);
/** At a start alone, and of the newest few thousand (seen.ts). */
const AT_A_START = "inbox: SELECT id, channel, account, event_key FROM inbox WHERE id > ?";
const limits = { windowMs: null, perSecond: 25 };

test("H2 nothing that is done for a webhook, again and again, or by hand scans messages, turns or deliveries that are over", async () => {
  const folder = aDataFolder();
  const query = spyOn(Database.prototype, "query");
  const prepare = spyOn(Database.prototype, "prepare");
  const store = openStore(folder.path);
  const opened = query.mock.calls.length + prepare.mock.calls.length;
  const account = { channel: "messenger", externalId: PAGE, name: "", appId: null, sealedToken: "x" } as const;
  const { id } = await store.saveAccount(account, NOW);
  const heard = [anUpdate({ text: "hi" }), anUpdate({ contact: "2002", text: "hi" })];
  const told = [
    anUpdate({ content: { kind: "reachability", reachable: false } }),
    anUpdate({ contact: "2002", content: { kind: "moved", to: CUSTOMER } }),
  ];
  await store.record(aBatch([...heard, ...told]), NOW);
  await store.recover(NOW);
  await store.closeDueTurns(NOW);
  await store.claimTurns(NOW, 32, { lines: 50, ttlMs: 1_000 });
  await store.leaseDeliveries(NOW, 64, { messenger: limits, telegram: limits });
  await store.leaseInteractions(NOW, 64);
  await store.broadcasts.advance(NOW, { messenger: limits, telegram: limits });
  await store.depths();
  await store.oldest();
  await store.retries({}, { limit: 50, cursor: null });
  await store.flush({}, false, NOW);
  await store.removeAccount(id, NOW);
  const asked = [...query.mock.calls, ...prepare.mock.calls].map(([sql]) => sql);
  query.mockRestore();
  prepare.mockRestore();
  await store.close();
  expect(asked.length).toBeGreaterThan(opened);

  const db = new Database(join(folder.path, DATABASE_FILE), { readonly: true });
  const scans = [...new Set(asked)]
    .filter((sql) => /^\s*(SELECT|UPDATE|WITH)/.test(sql))
    .flatMap((sql) => planOf(db, sql));
  db.close();
  folder.remove();
  expect(scans).toEqual([AT_A_START]);
});

/** The steps of a statement that read a whole table that only grows. */
function planOf(db: Database, sql: string): string[] {
  const steps = db.query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`).all();
  const tables = new Map(
    [...sql.matchAll(/\b(?:FROM|JOIN|UPDATE) (inbox|turn|message|delivery)(?: (\w+))?/g)].flatMap(
      ([, table = "", alias = table]) =>
        [
          [table, table],
          [alias, table],
        ] as const,
    ),
  );
  return steps
    .map(({ detail }) => /^(?:SCAN (\w+)$|SEARCH (\w+) USING INTEGER PRIMARY KEY \(rowid[<>])/.exec(detail))
    .map((found) => found?.[1] ?? found?.[2])
    .filter((name) => name !== undefined && tables.has(name))
    .map((name) => `${tables.get(name ?? "")}: ${sql.replaceAll(/\s+/g, " ").trim()}`);
}
