/** G3 keys of updates are merged into their tables a few thousand at a time: a copy is known before, meanwhile and after, whenever the power fails. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Recorded } from "../../src/core/batch.ts";
import type { Store } from "../../src/core/store.ts";
import type { Update } from "../../src/core/update.ts";
import { DATABASE_FILE } from "../../src/store/sqlite/database.ts";
import { aDataFolder, openStore } from "../helpers/sqlite.ts";
import { aBatch, anUpdate, T0 } from "../helpers/updates.ts";

const DAY = 24 * 3_600_000;
/** In bodies of a hundred: the next one after these begins a merge. */
const MANY = 8_200;

let folder: ReturnType<typeof aDataFolder>;
let store: Store;
beforeEach(() => {
  folder = aDataFolder();
  store = openStore(folder.path);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

/** Updates of a page that is not ours: nothing is kept of them but their keys. */
const strangers = (count: number): Update[] => Array.from({ length: count }, () => anUpdate({ text: "hi" }));

const record = (updates: readonly Update[], now = T0, into = store): Promise<readonly Recorded[]> =>
  into.record(aBatch(updates), now);

const outcomes = async (recorded: Promise<readonly Recorded[]>): Promise<string[]> => [
  ...new Set((await recorded).map(({ outcome }) => outcome)),
];

/** The keys that lie in tables, and up to which update all do. */
function merged(path = folder.path): { keys: number; through: number } {
  using db = new Database(join(path, DATABASE_FILE), { readonly: true });
  const segments = db.query<{ n: number }, []>("SELECT n FROM seen_segment").all();
  const count = (n: number): number =>
    db.query<{ keys: number }, []>(`SELECT count(*) AS keys FROM seen_${n}`).get()?.keys ?? 0;
  const through = db.query<{ value: string }, []>("SELECT value FROM meta WHERE key = 'seen_through'").get()?.value;
  return { keys: segments.reduce((sum, { n }) => sum + count(n), 0), through: Number(through) };
}

/** A copy of the folder as a power cut would leave it now. */
function powerCut(): ReturnType<typeof aDataFolder> {
  const left = aDataFolder();
  cpSync(folder.path, left.path, { recursive: true });
  return left;
}

describe("G3", () => {
  test("a few keys wait in memory, and a stop puts them into a table", async () => {
    const updates = strangers(10);
    expect(await outcomes(record(updates))).toEqual(["unknown_account"]);
    expect(merged()).toEqual({ keys: 0, through: 0 });
    expect(await outcomes(record(updates))).toEqual(["duplicate"]);
    await store.close();
    expect(merged()).toEqual({ keys: 10, through: 10 });
    store = openStore(folder.path);
    expect(await outcomes(record(updates))).toEqual(["duplicate"]);
  });

  test("a power cut before, during or after a merge makes no copy new and no update a copy", async () => {
    const updates = strangers(MANY);
    for (let from = 0; from < MANY; from += 100) await record(updates.slice(from, from + 100));
    const left: ReturnType<typeof powerCut>[] = [];
    // The merge goes on beside what else is written.
    for (let more = 0; more < 48; more++) {
      if (more % 8 === 0) left.push(powerCut());
      const one = strangers(1);
      updates.push(...one);
      await record(one);
    }
    left.push(powerCut());
    const found = left.map(({ path }) => merged(path).keys);
    expect(found[0]).toBe(0);
    expect(new Set(found).size).toBeGreaterThan(3);
    for (const [index, copy] of left.entries()) {
      const { path } = copy;
      const stored = updates.slice(0, MANY + Math.min(index * 8, 48));
      const next = openStore(path);
      expect(await outcomes(record(stored, T0, next))).toEqual(["duplicate"]);
      expect(await outcomes(record(strangers(3), T0, next))).toEqual(["unknown_account"]);
      await next.close();
      expect(merged(path).keys).toBe(stored.length + 3);
      copy.remove();
    }
    expect(await outcomes(record(updates))).toEqual(["duplicate"]);
  });

  test("keys in memory go into a table when a new day begins", async () => {
    await record(strangers(10));
    await record(strangers(1), T0 + DAY + 1);
    await record(strangers(1), T0 + DAY + 2);
    expect(merged().keys).toBe(10);
  });

  test("what was undone with its transaction is no copy when it comes again", async () => {
    const [good, bad] = [anUpdate({ text: "hi" }), anUpdate({ text: "hi", eventKey: "bad" })];
    await record(strangers(1));
    const path = join(folder.path, DATABASE_FILE);
    using other = new Database(path);
    other.run(
      "CREATE TRIGGER spoil BEFORE INSERT ON inbox WHEN NEW.event_key = 'bad' BEGIN SELECT RAISE(ABORT, 'spoilt'); END",
    );
    // Both share a transaction, which fails; the good one is stored alone.
    const [first, second] = await Promise.allSettled([record([good]), record([anUpdate({ text: "x" }), bad])]);
    expect([first.status, second.status]).toEqual(["fulfilled", "rejected"]);
    other.run("DROP TRIGGER spoil");
    expect(await outcomes(record([bad]))).toEqual(["unknown_account"]);
    expect(await outcomes(record([good, bad]))).toEqual(["duplicate"]);
  });

  test("a table that takes nothing costs no webhook, and gets its keys later", async () => {
    const updates = strangers(MANY);
    await record(strangers(1));
    using other = new Database(join(folder.path, DATABASE_FILE));
    other.run("CREATE TRIGGER full BEFORE INSERT ON seen_1 BEGIN SELECT RAISE(ABORT, 'full'); END");
    for (let from = 0; from < MANY; from += 100)
      expect(await outcomes(record(updates.slice(from, from + 100)))).toEqual(["unknown_account"]);
    expect(merged().keys).toBe(0);
    expect(await outcomes(record(updates))).toEqual(["duplicate"]);
    other.run("DROP TRIGGER full");
    await store.close();
    expect(merged()).toEqual({ keys: MANY + 1, through: MANY + 1 });
    store = openStore(folder.path);
    expect(await outcomes(record(updates))).toEqual(["duplicate"]);
  });
});
