/** H3 H7 S2: a data folder that is not fit to be used stops the start with a reason, and is left exactly as it is. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { migrations } from "../../src/store/sqlite/migrations.ts";
import { aFolder } from "../helpers/bot.ts";
import { contentOf, startOn, usedFolders, visitOf } from "./start.ts";

const PAGE_BYTES = 4_096;
let used: Awaited<ReturnType<typeof usedFolders>>;

beforeAll(async () => {
  used = await usedFolders();
});
afterAll(() => used[Symbol.dispose]());

/** Writes to a database of the folder with SQLite itself, and leaves one file without a log. */
function rewritten(path: string, write: (db: Database) => void): void {
  const db = new Database(path, { create: true });
  write(db);
  db.run("PRAGMA journal_mode = DELETE");
  db.close(true);
}

function damaged(path: string, from: number, to = Infinity): void {
  const bytes = readFileSync(path);
  bytes.fill(0x5a, from, Math.min(to, bytes.length));
  writeFileSync(path, bytes);
}

/** Spoils the first page of a table or an index, which nobody looks at before it is asked for. */
function damagedIn(path: string, name: string): void {
  const db = new Database(path, { readonly: true });
  const root = db
    .query<{ page: number }, [string]>("SELECT rootpage AS page FROM sqlite_master WHERE name = ?")
    .get(name);
  db.close(true);
  const page = root?.page ?? 1;
  damaged(path, (page - 1) * PAGE_BYTES, page * PAGE_BYTES);
}

/** What became of the database file, and what the start has to say about it. */
const UNFIT: readonly [string, (path: string) => void, RegExp][] = [
  [
    "was overwritten with text",
    (path) => writeFileSync(path, "dear diary\n".repeat(2_000)),
    /damaged or not a database/,
  ],
  ["was overwritten with noise", (path) => writeFileSync(path, randomBytes(20_000)), /damaged or not a database/],
  ["lost its second half", (path) => truncateSync(path, 5 * PAGE_BYTES), /damaged/],
  ["is damaged in its schema", (path) => damaged(path, 100, PAGE_BYTES), /damaged/],
  ["is damaged in every page but the first", (path) => damaged(path, PAGE_BYTES), /damaged/],
  ["is damaged in one table alone", (path) => damagedIn(path, "account"), /damaged/],
  ["is damaged in one index alone", (path) => damagedIn(path, "turn_ready"), /damaged/],
  ["belongs to another program", foreign, /is not a botctl database/],
  ["was written by a newer botctl", (path) => rewritten(path, (db) => db.run(newerSchema)), /newer botctl/],
  ["is a folder", (path) => (rmSync(path), mkdirSync(path)), /cannot be used/],
];
const newerSchema = `PRAGMA user_version = ${migrations.length + 1}`;

function foreign(path: string): void {
  rmSync(path);
  rewritten(path, (db) => db.run("CREATE TABLE recipe (name TEXT)"));
}

describe("H3 H7 a database that", () => {
  test.each(UNFIT)("%s ends the start with 11, says what to do, and is not touched", async (_, spoil, reason) => {
    using folder = used.copy();
    spoil(join(folder.path, "botctl.db"));
    const before = contentOf(folder.path);
    const { code, said } = await startOn(folder.path);
    expect([code, said]).toEqual([11, expect.stringMatching(reason)]);
    expect(said).toContain(join(folder.path, "botctl.db"));
    expect(said).not.toMatch(/^\s+at /m);
    expect(contentOf(folder.path)).toEqual(before);
  });

  test("is whole starts again, with what it held", async () => {
    using folder = used.copy();
    const keyCheck = (): unknown => {
      const db = new Database(join(folder.path, "botctl.db"), { readonly: true });
      const row = db.query("SELECT value FROM meta WHERE key = 'key-check'").get();
      db.close();
      return row;
    };
    const before = keyCheck();
    expect(await visitOf(folder.path)).toBe(0);
    expect(before).toEqual({ value: expect.stringMatching(/./) });
    expect(keyCheck()).toEqual(before);
  });

  test("is empty, as after a start that was cut off at once, is made anew", async () => {
    using folder = aFolder();
    expect(await visitOf(folder.path)).toBe(0);
    rmSync(join(folder.path, "botctl.db"));
    writeFileSync(join(folder.path, "botctl.db"), "");
    expect(await visitOf(folder.path)).toBe(0);
  });
});

describe("S2 S7 a master key that", () => {
  const anotherKey = randomBytes(32).toString("base64");
  const keys: readonly [string, (path: string) => void, Record<string, string>][] = [
    ["is gone", (path) => rmSync(path), {}],
    ["is another one", (path) => writeFileSync(path, `${anotherKey}\n`), {}],
    ["comes from the environment and is another one", () => {}, { BOTCTL_SECRET_KEY: anotherKey }],
    ["is empty", (path) => writeFileSync(path, ""), {}],
    ["is no key", (path) => writeFileSync(path, "correct horse battery staple\n"), {}],
    ["other users can read", (path) => chmodSync(path, 0o644), {}],
  ];

  test.each(keys)(
    "%s ends the start with 3; it is not replaced, and the database not touched",
    async (_, spoil, env) => {
      using folder = used.copy();
      spoil(join(folder.path, "secret-key"));
      const before = contentOf(folder.path);
      const { code, said } = await startOn(folder.path, { env });
      expect([code, said]).toEqual([3, expect.stringMatching(/key/)]);
      expect(said).not.toContain(anotherKey);
      expect(said).not.toContain("horse");
      expect(contentOf(folder.path)).toEqual(before);
    },
  );
});
