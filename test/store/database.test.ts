import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DATABASE_FILE,
  databaseExists,
  lockFolder,
  openDatabase,
  openReader,
} from "../../src/store/sqlite/database.ts";
import { migrations } from "../../src/store/sqlite/migrations.ts";
import { quoted, runChild } from "../helpers/child.ts";
import { faultOf } from "../helpers/fault.ts";
import { aDataFolder, openStore } from "../helpers/sqlite.ts";

let folder: ReturnType<typeof aDataFolder>;
beforeEach(() => {
  folder = aDataFolder();
});
afterEach(() => folder.remove());

const inside = (name: string): string => join(folder.path, name);
const databasePath = (): string => inside(DATABASE_FILE);
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const sqlite = quoted(join(import.meta.dir, "../../src/store/sqlite/database.ts"));

/** A file as it would be found: whatever `write` made, closed for good. */
function aFile(write: (db: Database) => void): Buffer {
  const db = new Database(databasePath(), { create: true });
  write(db);
  db.close(true);
  return readFileSync(databasePath());
}

describe("H1 one server per data folder", () => {
  test("H1 a second server is refused while the first one lives, and takes over when it was killed", async () => {
    await using first = runChild(
      `const { lockFolder } = await import(${sqlite}); const unlock = lockFolder(${quoted(folder.path)}); say("locked"); setInterval(() => unlock.name, 1000);`,
    );
    await first.says("locked");
    const fault = faultOf(() => lockFolder(folder.path));
    expect([fault.code, fault.message]).toEqual(["busy", `another botctl works on ${folder.path}`]);
    await first.kill();
    lockFolder(folder.path)();
  });

  test("H1 a server that stops gives the folder back", () => {
    const unlock = lockFolder(folder.path);
    expect(faultOf(() => lockFolder(folder.path)).code).toBe("busy");
    unlock();
    lockFolder(folder.path)();
  });

  test("H1 the lock does not keep readers out of the database", () => {
    openDatabase(folder.path).close(true);
    const unlock = lockFolder(folder.path);
    const reader = openReader(folder.path);
    expect(reader?.query("SELECT count(*) AS n FROM turn").get()).toEqual({ n: 0 });
    reader?.close(true);
    unlock();
  });
});

describe("H3 a file that is not ours to use", () => {
  test("H3 another program's database is refused and left as it is", () => {
    const before = aFile((db) => db.run("CREATE TABLE recipe (name TEXT)"));
    const fault = faultOf(() => openDatabase(folder.path));
    expect(fault.code).toBe("storage");
    expect(fault.message).toContain("is not a botctl database");
    expect(readFileSync(databasePath()).equals(before)).toBe(true);
    expect(readdirSync(folder.path)).toEqual([DATABASE_FILE]);
  });

  test("H3 a database marked by another program is refused even when it is empty", () => {
    const before = aFile((db) => db.run("PRAGMA application_id = 42"));
    expect(faultOf(() => openDatabase(folder.path)).code).toBe("storage");
    expect(readFileSync(databasePath()).equals(before)).toBe(true);
  });

  test("H3 a file that is no database at all is refused and left as it is", () => {
    const text = "this is a letter to my grandmother, not a database\n".repeat(200);
    writeFileSync(databasePath(), text);
    const fault = faultOf(() => openDatabase(folder.path));
    expect([fault.code, fault.message]).toEqual(["storage", `${databasePath()} is damaged or not a database`]);
    expect(fault.fix).toContain("backup");
    expect(readFileSync(databasePath(), "utf8")).toBe(text);
  });

  test("H3 a damaged database is refused and left as it is", () => {
    openDatabase(folder.path).close(true);
    const bytes = readFileSync(databasePath());
    bytes.fill(0x5a, 100, 4_096);
    writeFileSync(databasePath(), bytes);
    expect(faultOf(() => openDatabase(folder.path)).code).toBe("storage");
    expect(readFileSync(databasePath()).equals(bytes)).toBe(true);
  });

  test("H7 a database of a newer program is refused and left as it is", () => {
    openDatabase(folder.path).close(true);
    const before = aFile((db) => db.run(`PRAGMA user_version = ${migrations.length + 1}`));
    const fault = faultOf(() => openDatabase(folder.path));
    expect(fault.code).toBe("storage");
    expect(fault.message).toContain(`schema ${migrations.length + 1}, this one knows ${migrations.length}`);
    expect(readFileSync(databasePath()).equals(before)).toBe(true);
  });

  test("H3 a folder that cannot be one is a storage fault, not a crash", () => {
    writeFileSync(inside("file"), "");
    expect(faultOf(() => openDatabase(inside("file"))).code).toBe("storage");
    expect(faultOf(() => lockFolder(inside("file"))).code).toBe("storage");
  });

  test("a reader refuses the same files, and finds nothing where nothing is", () => {
    expect([openReader(folder.path), databaseExists(folder.path)]).toEqual([null, false]);
    const before = aFile((db) => db.run("CREATE TABLE recipe (name TEXT)"));
    expect(faultOf(() => openReader(folder.path)).code).toBe("storage");
    expect(readFileSync(databasePath()).equals(before)).toBe(true);
  });

  test("a reader refuses the schema of an older program, because it may not bring it up to date", () => {
    openDatabase(folder.path, []).close(true);
    const fault = faultOf(() => openReader(folder.path));
    expect([fault.code, fault.message]).toEqual(["storage", expect.stringContaining("written by an older botctl")]);
    openDatabase(folder.path).close(true);
    openReader(folder.path)?.close(true);
  });
});

describe("H7 migrations", () => {
  const next = {
    name: "0002_test",
    sql: "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT; INSERT INTO extra VALUES (7);",
  };

  test("H7 an upgrade copies the file first and keeps what was in it", async () => {
    const store = openStore(folder.path);
    await store.setMeta("colour", "blue");
    await store.close();
    const db = openDatabase(folder.path, [...migrations, next]);
    expect(db.query("SELECT value FROM meta WHERE key = 'colour'").get()).toEqual({ value: "blue" });
    expect(db.query("SELECT id FROM extra").get()).toEqual({ id: 7 });
    db.close(true);

    const copy = `${databasePath()}.before-${migrations.length + 1}`;
    expect(modeOf(copy)).toBe("600");
    const old = new Database(copy, { readonly: true });
    expect(old.query("PRAGMA user_version").get()).toEqual({ user_version: migrations.length });
    expect(old.query("SELECT value FROM meta WHERE key = 'colour'").get()).toEqual({ value: "blue" });
    old.close(true);
  });

  test("H7 an upgrade that fails half way leaves the old schema and its data", async () => {
    const store = openStore(folder.path);
    await store.setMeta("colour", "blue");
    await store.close();
    const broken = { name: "0003_broken", sql: "CREATE TABLE other (id INTEGER) STRICT; THIS IS NOT SQL" };
    expect(faultOf(() => openDatabase(folder.path, [...migrations, next, broken])).code).toBe("storage");
    const again = openStore(folder.path);
    expect(await again.meta("colour")).toBe("blue");
    await again.close();
    const db = openDatabase(folder.path);
    expect(db.query("SELECT name FROM sqlite_master WHERE name IN ('extra', 'other')").all()).toEqual([]);
    db.close(true);
  });

  test("G10 opening an up-to-date database again changes and copies nothing", () => {
    openDatabase(folder.path).close(true);
    openDatabase(folder.path).close(true);
    expect(readdirSync(folder.path)).toEqual([DATABASE_FILE]);
  });
});

describe("what the database is opened with", () => {
  test("G1 commits are on disk before they are told: WAL, synchronous FULL, foreign keys", () => {
    const db = openDatabase(folder.path);
    const pragma = (name: string): unknown => Object.values(db.query<object, []>(`PRAGMA ${name}`).get() ?? {})[0];
    expect(["journal_mode", "synchronous", "foreign_keys", "secure_delete"].map(pragma)).toEqual(["wal", 2, 1, 1]);
    expect(pragma("busy_timeout")).toBe(40);
    db.close(true);
  });

  test("H3 SQLite is new enough", () => {
    const version = new Database().query<{ v: string }, []>("SELECT sqlite_version() AS v").get()?.v ?? "0";
    expect(Bun.semver.order(version, "3.51.3")).toBeGreaterThanOrEqual(0);
  });

  test.each([0o000, 0o022, 0o077])("S7 folder and files are their owner's alone under umask %o", (mask) => {
    const before = process.umask(mask);
    try {
      const unlock = lockFolder(inside("data"));
      const db = openDatabase(inside("data"));
      db.run("INSERT INTO meta (key, value) VALUES ('a', 'b')");
      expect(modeOf(inside("data"))).toBe("700");
      const files = readdirSync(inside("data"));
      expect(files).toContain(`${DATABASE_FILE}-wal`);
      expect(files.map((name) => modeOf(inside(`data/${name}`)))).toEqual(files.map(() => "600"));
      db.close(true);
      unlock();
    } finally {
      process.umask(before);
    }
  });

  test("a store that is closed leaves one file behind", async () => {
    const store = openStore(folder.path);
    await store.setMeta("colour", "blue");
    await store.close();
    const left = readdirSync(folder.path).filter((name) => name.endsWith("-wal") && statSync(inside(name)).size > 0);
    expect([left, existsSync(databasePath())]).toEqual([[], true]);
  });
});
