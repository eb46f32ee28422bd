/** G1 whoever waits for a commit waits until it is on disk, and nobody else does. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import { Fault } from "../../src/core/fault.ts";
import { DATABASE_FILE, openDatabase } from "../../src/store/sqlite/database.ts";
import { WalSync, type Sync } from "../../src/store/sqlite/wal-sync.ts";
import { Writer } from "../../src/store/sqlite/writer.ts";
import { aDataFolder } from "../helpers/sqlite.ts";
import { until } from "../helpers/until.ts";

let folder: ReturnType<typeof aDataFolder>;
let db: Database;
beforeEach(() => {
  folder = aDataFolder();
  db = openDatabase(folder.path);
  db.run("CREATE TABLE note (text TEXT UNIQUE)");
});
afterEach(() => {
  db.close();
  folder.remove();
});

const path = (): string => join(folder.path, DATABASE_FILE);

/** A disk whose syncs end when told to. */
class SlowDisk implements Sync {
  readonly syncs: PromiseWithResolvers<void>[] = [];
  all(): Promise<void> {
    const sync = Promise.withResolvers<void>();
    this.syncs.push(sync);
    return sync.promise;
  }
  close(): void {}
}

function aWriter(sync: Sync): Writer {
  return new Writer(db, () => performance.now(), null, undefined, sync);
}

const note = (writer: Writer, text: string): Promise<unknown> =>
  writer.write(() => db.run("INSERT OR IGNORE INTO note VALUES (?)", [text]));

/** Lets the event loop turn a few times. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Frames of the log in the database, and how many there are. */
function checkpointed(): { log: number; checkpointed: number } {
  using reader = new Database(path());
  const told = reader.query<{ log: number; checkpointed: number }, []>("PRAGMA wal_checkpoint(PASSIVE)").get();
  return { log: told?.log ?? -1, checkpointed: told?.checkpointed ?? -1 };
}

test("G1 nobody is told before the sync, the event loop goes on, and what comes meanwhile shares the next commit", async () => {
  const disk = new SlowDisk();
  const writer = aWriter(disk);
  const told: string[] = [];
  const tell = (text: string): Promise<unknown> => note(writer, text).then(() => told.push(text));
  const first = [tell("a"), tell("b")];
  await turns();
  expect(db.query("SELECT count(*) AS n FROM note").get()).toEqual({ n: 2 });
  expect(told).toEqual([]);
  const second = [tell("c"), tell("d")];
  await turns();
  expect(db.query("SELECT count(*) AS n FROM note").get()).toEqual({ n: 2 });
  disk.syncs[0]?.resolve();
  await Promise.all(first);
  await turns();
  expect(told).toEqual(["a", "b"]);
  expect(disk.syncs.length).toBe(2);
  disk.syncs[1]?.resolve();
  await Promise.all(second);
  expect(told).toEqual(["a", "b", "c", "d"]);
});

test("G1 H2 beside a sync one more group of webhooks is committed, when it is not much smaller, and told in its turn", async () => {
  const disk = new SlowDisk();
  const writer = aWriter(disk);
  const told: string[] = [];
  const heard = (text: string): Promise<unknown> =>
    writer.writeFirst(() => db.run("INSERT OR IGNORE INTO note VALUES (?)", [text])).then(() => told.push(text));
  const count = (): unknown => db.query<{ n: number }, []>("SELECT count(*) AS n FROM note").get()?.n;
  const all = ["a", "b", "c", "d"].map(heard);
  await turns();
  all.push(heard("e"));
  await turns();
  expect(count()).toBe(4);
  all.push(heard("f"));
  await turns();
  expect(count()).toBe(6);
  // A copy of what is not on disk yet, and more than one group: they wait.
  all.push(...["a", "g"].map(heard));
  await turns();
  expect([count(), told, disk.syncs.length]).toEqual([6, [], 1]);
  disk.syncs[0]?.resolve();
  await turns();
  expect(told).toEqual(["a", "b", "c", "d"]);
  disk.syncs[1]?.resolve();
  await turns();
  expect(told).toEqual(["a", "b", "c", "d", "e", "f"]);
  expect(count()).toBe(7);
  disk.syncs[2]?.resolve();
  await Promise.all(all);
  expect([told.length, disk.syncs.length]).toEqual([8, 3]);
});

test("what wrote nothing waits for no sync", async () => {
  const disk = new SlowDisk();
  const writer = aWriter(disk);
  expect(await writer.write(() => 5)).toBe(5);
  expect(disk.syncs).toEqual([]);
});

test("R8 drain waits for the sync as well", async () => {
  const disk = new SlowDisk();
  const writer = aWriter(disk);
  const noted = note(writer, "a");
  await turns();
  let drained = false;
  const draining = writer.drain().then(() => (drained = true));
  await turns();
  expect(drained).toBe(false);
  disk.syncs[0]?.resolve();
  await Promise.all([noted, draining]);
});

/** What a promise has come to so far. */
function fateOf(promise: Promise<unknown>): () => string {
  let fate = "waiting";
  promise.then(
    () => (fate = "told"),
    (error: unknown) => (fate = error instanceof Fault ? error.code : String(error)),
  );
  return () => fate;
}

test("G1 G2 H3 after a sync that failed who is committed waits until one succeeds, and others are refused", async () => {
  const disk = new SlowDisk();
  const writer = aWriter(disk);
  const committed = fateOf(note(writer, "a"));
  await turns();
  disk.syncs[0]?.reject(new Error("EIO"));
  await turns();
  // The same again is in the database already, and nobody may be told so.
  const [copy, other] = [fateOf(note(writer, "a")), fateOf(note(writer, "b"))];
  await until("the next try", () => disk.syncs.length === 2);
  disk.syncs[1]?.reject(new Error("EIO"));
  await turns();
  expect([committed(), copy(), other()]).toEqual(["waiting", "storage", "storage"]);
  expect(db.query("SELECT text FROM note").values()).toEqual([["a"]]);
  await until("one more", () => disk.syncs.length === 3);
  const later = fateOf(note(writer, "c"));
  disk.syncs[2]?.resolve();
  await until("the next group", () => disk.syncs.length === 4);
  expect([committed(), later()]).toEqual(["told", "waiting"]);
  disk.syncs[3]?.resolve();
  await turns();
  expect(later()).toBe("told");
});

test("R8 a disk that is broken keeps no server from stopping", async () => {
  const disk = new SlowDisk();
  const writer = aWriter(disk);
  const committed = fateOf(note(writer, "a"));
  await turns();
  disk.syncs[0]?.reject(new Error("EIO"));
  await turns();
  await writer.drain();
  writer.close();
  await Bun.sleep(300);
  expect([committed(), disk.syncs.length]).toEqual(["waiting", 1]);
});

test("the log is synced for each commit, and the database by checkpoints", async () => {
  let syncs = 0;
  const sync = new WalSync(db, path(), async () => void (syncs += 1));
  const writer = aWriter(sync);
  await Promise.all([note(writer, "a"), note(writer, "b")]);
  await note(writer, "c");
  expect(syncs).toBe(2);
  expect(db.query("PRAGMA synchronous").get()).toEqual({ synchronous: 1 });
  sync.close();
});

test("H3 a log that cannot be synced is copied into the database before anybody is told", async () => {
  let isBroken = true;
  const sync = new WalSync(db, path(), async () => {
    if (isBroken) throw new Error("EIO");
  });
  const writer = aWriter(sync);
  await note(writer, "a");
  const { log, checkpointed: copied } = checkpointed();
  expect(copied).toBe(log);
  // Somebody reads an older state, so not all can be copied.
  const b = note(writer, "b");
  {
    using reader = new Database(path(), { readonly: true });
    reader.run("BEGIN");
    reader.query("SELECT * FROM note").all();
    const committed = fateOf(b);
    await turns();
    const refused = note(writer, "x");
    expect(await refused.catch((error: unknown) => error)).toMatchObject({ code: "storage" });
    expect(committed()).toBe("waiting");
    reader.run("COMMIT");
  }
  await b;
  isBroken = false;
  await note(writer, "c");
  expect(db.query("SELECT text FROM note ORDER BY text").values()).toEqual([["a"], ["b"], ["c"]]);
  sync.close();
});

test("G1 with the machine's own sync", async () => {
  const sync = new WalSync(db, path());
  const writer = aWriter(sync);
  await Promise.all([note(writer, "a"), note(writer, "b")]);
  expect(db.query("SELECT count(*) AS n FROM note").get()).toEqual({ n: 2 });
  sync.close();
});
