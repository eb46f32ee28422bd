import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../src/core/fault.ts";
import { DATABASE_FILE, openDatabase } from "../../src/store/sqlite/database.ts";
import { Writer } from "../../src/store/sqlite/writer.ts";
import { seedOf } from "../conformance/store/shop.ts";
import { quoted, runChild } from "../helpers/child.ts";
import { aDataFolder, openStore } from "../helpers/sqlite.ts";
import { aBatch, anUpdate, PAGE, T0 } from "../helpers/updates.ts";

let folder: ReturnType<typeof aDataFolder>;
let opened: Database | null = null;
beforeEach(() => {
  folder = aDataFolder();
});
afterEach(() => {
  opened?.close();
  opened = null;
  folder.remove();
});

function aWriter(monotonic = (): number => performance.now()): { writer: Writer; db: Database } {
  opened = openDatabase(folder.path);
  opened.run("CREATE TABLE note (text TEXT UNIQUE)");
  return { db: opened, writer: new Writer(opened, monotonic) };
}

/** Commits in the write-ahead log: the frames that say how large the database is after them, under the log's salt. */
function commits(): number {
  const path = join(folder.path, `${DATABASE_FILE}-wal`);
  if (!existsSync(path)) return 0;
  const log = readFileSync(path);
  const frameBytes = 24 + log.readUInt32BE(8);
  let count = 0;
  for (let at = 32; at + frameBytes <= log.length; at += frameBytes) {
    if (log.readUInt32BE(at + 8) === log.readUInt32BE(16) && log.readUInt32BE(at + 4) > 0) count += 1;
  }
  return count;
}

/** Another process that holds the write lock, for so long or until it is killed. */
function intruder(holdMs: number | null) {
  return runChild(`
    const { Database } = require("bun:sqlite");
    const db = new Database(${quoted(join(folder.path, DATABASE_FILE))});
    db.run("PRAGMA busy_timeout = 5000");
    db.run("BEGIN IMMEDIATE");
    say("holding");
    ${holdMs === null ? "setInterval(() => {}, 1000)" : `setTimeout(() => { db.run("COMMIT"); say("released"); }, ${holdMs})`};`);
}

describe("group commit", () => {
  test("G1 what is asked for in one turn of the event loop shares one commit", async () => {
    const { db, writer } = aWriter();
    const before = commits();
    await Promise.all(["a", "b", "c"].map((text) => writer.write(() => db.run("INSERT INTO note VALUES (?)", [text]))));
    expect(commits() - before).toBe(1);
    await writer.write(() => db.run("INSERT INTO note VALUES ('d')"));
    expect(commits() - before).toBe(2);
  });

  test("G1 fifty webhooks at the same moment cost far fewer than fifty commits", async () => {
    const store = openStore(folder.path);
    await store.record(aBatch([anUpdate({ text: "warm up" })]), T0);
    const before = commits();
    await Promise.all(Array.from({ length: 50 }, () => store.record(aBatch([anUpdate({ text: "hi" })]), T0)));
    expect(commits() - before).toBe(1);
    await store.close();
  });

  test("G1 a promise resolves when what it wrote can be read by others", async () => {
    const { db, writer } = aWriter();
    await writer.write(() => db.run("INSERT INTO note VALUES ('a')"));
    const reader = openDatabase(folder.path);
    expect(reader.query("SELECT text FROM note").all()).toEqual([{ text: "a" }]);
    reader.close();
  });

  test("a verb that fails is told so alone, and its neighbours are saved once", async () => {
    const { db, writer } = aWriter();
    const insert = (text: string): Promise<string> =>
      writer.write(() => {
        db.run("INSERT INTO note VALUES (?)", [text]);
        return text;
      });
    const results = await Promise.allSettled([insert("a"), insert("b"), insert("a"), insert("c")]);
    expect(results.map((result) => (result.status === "fulfilled" ? result.value : "rejected"))).toEqual([
      "a",
      "b",
      "rejected",
      "c",
    ]);
    expect(db.query("SELECT text FROM note ORDER BY text").all()).toEqual([
      { text: "a" },
      { text: "b" },
      { text: "c" },
    ]);
    expect(db.inTransaction).toBe(false);
  });

  test("a verb that throws half way leaves nothing of its own behind", async () => {
    const { db, writer } = aWriter();
    const half = writer.write(() => {
      db.run("INSERT INTO note VALUES ('half')");
      throw new Error("a bug");
    });
    expect(await half.catch(String)).toBe("Error: a bug");
    expect(db.query("SELECT count(*) AS n FROM note").get()).toEqual({ n: 0 });
    await writer.write(() => db.run("INSERT INTO note VALUES ('after')"));
  });

  test("H2 more than one transaction's worth is written all the same, in order", async () => {
    const { db, writer } = aWriter();
    const order: number[] = [];
    const jobs = Array.from({ length: 600 }, (_, index) =>
      writer.write(() => db.run("INSERT INTO note VALUES (?)", [`${index}`])).then(() => order.push(index)),
    );
    await Promise.all(jobs);
    expect(order).toEqual(Array.from({ length: 600 }, (_, index) => index));
  });

  test("R8 drain waits for everything asked for", async () => {
    const { db, writer } = aWriter();
    const jobs = Array.from({ length: 300 }, (_, index) =>
      writer.write(() => db.run("INSERT INTO note VALUES (?)", [`${index}`])),
    );
    await writer.drain();
    expect(db.query("SELECT count(*) AS n FROM note").get()).toEqual({ n: 300 });
    await Promise.all(jobs);
  });
});

describe("H3 a full disk", () => {
  test("H3 refuses what does not fit, keeps nothing half, and goes on when there is room again", async () => {
    const { db, writer } = aWriter();
    const pages = db.query<{ page_count: number }, []>("PRAGMA page_count").get()?.page_count ?? 0;
    db.run(`PRAGMA max_page_count = ${pages + 2}`);
    const insert = (text: string): Promise<unknown> =>
      writer.write(() => db.run("INSERT INTO note VALUES (?)", [text]));
    const large = "x".repeat(100_000);
    const results = await Promise.allSettled([insert("small"), insert(large)]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(db.query("SELECT text FROM note").all()).toEqual([{ text: "small" }]);
    db.run("PRAGMA max_page_count = 100000");
    await insert(large);
    expect(db.query("SELECT count(*) AS n FROM note").get()).toEqual({ n: 2 });
  });
});

describe("H2 another process holds the write lock", () => {
  test("H2 for a moment: the write is late, not lost", async () => {
    const { db, writer } = aWriter();
    await using other = intruder(300);
    await other.says("holding");
    await Promise.all(["a", "b"].map((text) => writer.write(() => db.run("INSERT INTO note VALUES (?)", [text]))));
    expect(db.query("SELECT count(*) AS n FROM note").get()).toEqual({ n: 2 });
    expect(other.lines()).toContain("holding");
  });

  test("H2 the event loop goes on meanwhile", async () => {
    const { db, writer } = aWriter();
    await using other = intruder(300);
    await other.says("holding");
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 5);
    await writer.write(() => db.run("INSERT INTO note VALUES ('a')"));
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(2);
  });

  test("H2 the first webhook of a day, which also begins a new table of keys, is late, not lost", async () => {
    const store = openStore(folder.path);
    await store.saveAccount(seedOf(PAGE), T0);
    await using other = intruder(300);
    await other.says("holding");
    const recorded = await Promise.all([1, 2].map(() => store.record(aBatch([anUpdate({ text: "hi" })]), T0)));
    expect(recorded.flat().map(({ outcome }) => outcome)).toEqual(["bound", "bound"]);
    await store.close();
  });

  test("H2 G1 for more than 3 s: the write is refused with a storage fault, and the next one works", async () => {
    let now = 0;
    const { db, writer } = aWriter(() => (now += 1_000));
    await using other = intruder(null);
    await other.says("holding");
    const refused = await writer.write(() => db.run("INSERT INTO note VALUES ('a')")).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Fault);
    expect(refused).toMatchObject({ code: "storage" });
    await other.kill();
    await writer.write(() => db.run("INSERT INTO note VALUES ('b')"));
    expect(db.query("SELECT text FROM note").all()).toEqual([{ text: "b" }]);
  });
});
