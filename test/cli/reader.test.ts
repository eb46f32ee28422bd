/** Everything that only reads does so without a server too, and leaves the data folder as it was. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockFolder } from "../../src/store/sqlite/database.ts";
import { seedOf } from "../conformance/store/shop.ts";
import { openStore } from "../helpers/sqlite.ts";
import { aBatch, anUpdate, CUSTOMER, PAGE, T0 } from "../helpers/updates.ts";
import { aFolder, stage } from "./stage.ts";

const folder = aFolder();
let delivery = "";

beforeAll(async () => {
  const store = openStore(folder.path);
  const account = await store.saveAccount(seedOf(PAGE), T0);
  await store.record(aBatch([anUpdate({ text: "shop còn hàng không" })]), T0);
  const words = {
    account,
    contact: CUSTOMER,
    by: "bot",
    text: "Dạ còn",
    parts: [{ body: "{}", text: "Dạ còn" }],
  } as const;
  const queued = await store.queue({ ...words, correlation: "c", windowMs: null }, T0);
  if (queued.kind === "queued") delivery = queued.deliveries[0] ?? "";
  await store.close();
});

afterAll(() => folder[Symbol.dispose]());

const readers = (): [string, string[]][] => [
  ["conversations list", ["conversations", "list", "--search", "hang"]],
  ["conversations show", ["conversations", "show", "1"]],
  ["conversations export", ["conversations", "export", "--all"]],
  ["retry list", ["retry", "list"]],
  ["retry show", ["retry", "show", delivery]],
  ["accounts list", ["accounts", "list"]],
];

/** The files that hold something, by name; those of the log are made by whoever looks, and hold nothing. */
function contents(path: string): Record<string, string> {
  const names = readdirSync(path).filter((name) => !name.endsWith("-shm") && !name.endsWith("-wal"));
  return Object.fromEntries(names.map((name) => [name, Bun.hash(readFileSync(join(path, name))).toString()]));
}

test("each reads the database, says so, and changes nothing, also while somebody else has the folder's lock", async () => {
  const unlock = lockFolder(folder.path);
  const before = contents(folder.path);
  for (const [name, words] of readers()) {
    const { botctl, out, err } = stage();
    expect([name, await botctl(...words, "--data-dir", folder.path)]).toEqual([name, 0]);
    expect([name, out() === ""]).toEqual([name, false]);
    expect(err()).toStartWith(`No server answers; this is what the database in ${folder.path} says.\n`);
  }
  expect(contents(folder.path)).toEqual(before);
  unlock();
});

test("each leaves the lock to whoever starts next", async () => {
  for (const [, words] of readers()) await stage().botctl(...words, "--data-dir", folder.path);
  lockFolder(folder.path)();
});

test("each reads the database when the server that left its address is gone", async () => {
  using copy = aFolder();
  cpSync(folder.path, copy.path, { recursive: true });
  const gone = Bun.serve({ port: 0, fetch: () => new Response() });
  const url = `http://127.0.0.1:${gone.port}`;
  await gone.stop(true);
  writeFileSync(join(copy.path, "server.json"), JSON.stringify({ url, pid: 1, started_at: 0, sandbox: null }));
  writeFileSync(join(copy.path, "admin-token"), "a-token");
  for (const [name, words] of readers()) {
    expect([name, await stage().botctl(...words, "--data-dir", copy.path)]).toEqual([name, 0]);
  }
});

describe("a database that cannot be read", () => {
  test("of a newer botctl is 11 for each, and says what to do", async () => {
    using copy = aFolder();
    cpSync(folder.path, copy.path, { recursive: true });
    const db = new Database(join(copy.path, "botctl.db"));
    db.run("PRAGMA user_version = 999");
    db.close();
    for (const [name, words] of readers()) {
      const { botctl, err } = stage();
      expect([name, await botctl(...words, "--data-dir", copy.path)]).toEqual([name, 11]);
      expect(err()).toContain("was written by a newer botctl");
      expect(err()).toContain("fix: Use the newer program");
    }
  });

  test("that is none is 11, none at all is 5", async () => {
    using damaged = aFolder({ "botctl.db": "not a database, whatever its name says".repeat(40) });
    using empty = aFolder();
    for (const [name, words] of readers()) {
      expect([name, await stage().botctl(...words, "--data-dir", damaged.path)]).toEqual([name, 11]);
      expect([name, await stage().botctl(...words, "--data-dir", empty.path)]).toEqual([name, 5]);
    }
  });
});
