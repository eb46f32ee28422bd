import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Store } from "../../src/core/store.ts";
import { DATABASE_FILE } from "../../src/store/sqlite/database.ts";
import { seedOf } from "../conformance/store/shop.ts";
import { aDataFolder, openStore } from "../helpers/sqlite.ts";
import { aBatch, anUpdate, PAGE, T0 } from "../helpers/updates.ts";

let folder: ReturnType<typeof aDataFolder>;
let store: Store;
let db: Database;
beforeEach(async () => {
  folder = aDataFolder();
  store = openStore(folder.path);
  db = new Database(join(folder.path, DATABASE_FILE), { strict: true });
  db.run("PRAGMA foreign_keys = ON");
  db.run("PRAGMA busy_timeout = 1000");
  await store.saveAccount(seedOf(PAGE), T0);
});
afterEach(async () => {
  db.close();
  await store.close();
  folder.remove();
});

const inbox = (columns: string): unknown[] => db.query(`SELECT ${columns} FROM inbox ORDER BY id`).all();

describe("the inbox as it lies on disk", () => {
  test("G2 what cannot be read is quarantined beside its neighbours, with the reason", async () => {
    const quarantined = [{ account: null, reason: "no sender" }];
    await store.record(aBatch([anUpdate({ text: "hi" })], { quarantined }), T0);
    expect(inbox("state, kind, content -> '$.reason' AS reason")).toEqual([
      { state: "bound", kind: "message", reason: null },
      { state: "quarantined", kind: "unreadable", reason: '"no sender"' },
    ]);
  });

  test("G10 a body with unreadable events that comes again is quarantined once", async () => {
    const quarantined = [
      { account: PAGE, reason: "no sender" },
      { account: PAGE, reason: "no sender" },
    ];
    const batch = aBatch([anUpdate({ text: "hi" })], { quarantined });
    await store.record(batch, T0);
    await store.record({ ...batch, correlation: "second" }, T0 + 1_000);
    expect(inbox("state")).toEqual([{ state: "bound" }, { state: "quarantined" }, { state: "quarantined" }]);
  });

  test("G2 of a page that is not ours only the key is kept", async () => {
    await store.record(aBatch([anUpdate({ text: "secret", account: "4711", messageId: "mid.x" })]), T0);
    expect(inbox("state, event_key, content, body, conversation_id")).toEqual([
      { state: "ignored", event_key: "mid.x", content: null, body: null, conversation_id: null },
    ]);
  });

  test("the raw body is kept once, with the first of its updates that may have it", async () => {
    const stranger = anUpdate({ text: "theirs", account: "4711" });
    const batch = aBatch([stranger, anUpdate({ text: "one" }), anUpdate({ text: "two" })], { body: "{raw}" });
    await store.record(batch, T0);
    expect(inbox("id, body, body_of")).toEqual([
      { id: 1, body: null, body_of: null },
      { id: 2, body: "{raw}", body_of: null },
      { id: 3, body: null, body_of: 2 },
    ]);
  });

  test("G5 the updates of a committed turn are done", async () => {
    await store.record(aBatch([anUpdate({ text: "one" }), anUpdate({ text: "two" })]), T0);
    await store.closeDueTurns(T0 + 100);
    const { claimed } = await store.claimTurns(T0 + 100, 1, { lines: 10, ttlMs: 1 });
    await store.record(aBatch([anUpdate({ text: "of another", contact: "2002" })]), T0 + 100);
    for (const claim of claimed) await store.commitTurn(claim, { text: "", actions: [], parts: [] }, T0 + 100);
    expect(inbox("state")).toEqual([{ state: "done" }, { state: "done" }, { state: "bound" }]);
  });
});

describe("guarantees §2 the tables themselves refuse", () => {
  beforeEach(async () => {
    await store.record(aBatch([anUpdate({ text: "hi" })]), T0);
  });

  const columns =
    "conversation_id, kind, first_at, due_at, parts, has_text, has_attachment, reason, first_update_id, last_update_id, correlation";
  const addTurn = (state: string): unknown =>
    db.run(`INSERT INTO turn (${columns}, state) SELECT ${columns}, ? FROM turn WHERE id = 1`, [state]);
  const addDelivery = (id: string, state: string, part: number): unknown =>
    db.run(
      `INSERT INTO delivery (id, account_id, conversation_id, turn_id, kind, part, state, body, next_at, created_at, correlation)
       VALUES (?, 1, 1, 1, 'message', ?, ?, '', 0, 0, '')`,
      [id, part, state],
    );

  test("G4 a second gathering turn of a conversation", () => {
    expect(() => addTurn("gathering")).toThrow("UNIQUE");
    addTurn("ready");
  });

  test("G4 a second running turn of a conversation", () => {
    addTurn("running");
    expect(() => addTurn("running")).toThrow("UNIQUE");
  });

  test("G7 a second delivery under way or unknown in a conversation", () => {
    addDelivery("a", "sending", 0);
    expect(() => addDelivery("b", "ambiguous", 1)).toThrow("UNIQUE");
    addDelivery("c", "pending", 1);
  });

  test("G5 a part of a reply twice", () => {
    addDelivery("a", "sent", 0);
    expect(() => addDelivery("b", "pending", 0)).toThrow("UNIQUE");
  });

  test.each(["turn", "delivery", "account", "conversation", "inbox"])("a state that %s does not have", (table) => {
    addDelivery("a", "sent", 0);
    expect(() => db.run(`UPDATE ${table} SET state = 'lost'`)).toThrow("CHECK");
  });

  test("a row about nobody", () => {
    expect(() => db.run("UPDATE conversation SET contact_id = 99")).toThrow("FOREIGN KEY");
    expect(() => db.run("UPDATE turn SET conversation_id = 99")).toThrow("FOREIGN KEY");
  });
});
