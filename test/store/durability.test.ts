import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { DATABASE_FILE } from "../../src/store/sqlite/database.ts";
import { quoted, runChild } from "../helpers/child.ts";
import { aDataFolder, openStore } from "../helpers/sqlite.ts";
import { aBatch, anUpdate, T0 } from "../helpers/updates.ts";

const here = (path: string): string => quoted(join(import.meta.dir, path));

/** Records messages as fast as it can, and says each one's id once its promise has resolved. */
const script = (dataDir: string): string => `
  const { openStore } = await import(${here("../helpers/sqlite.ts")});
  const { aBatch, anUpdate, PAGE, T0 } = await import(${here("../helpers/updates.ts")});
  const store = openStore(${quoted(dataDir)});
  await store.saveAccount({ channel: "messenger", externalId: PAGE, name: "", appId: null, sealedToken: "sealed" }, T0);
  for (let n = 0; ; n++) {
    await Promise.all([0, 1, 2].map(async (lane) => {
      const messageId = "mid-" + n + "-" + lane;
      await store.record(aBatch([anUpdate({ text: "hi", messageId, contact: "c" + lane })]), T0 + n);
      say(messageId);
    }));
    if (n === 20) say("busy");
  }`;

describe("G1 what was promised is on disk", () => {
  test.each([1, 2, 3])("G1 every message whose promise resolved is there after a kill (%i)", async () => {
    const folder = aDataFolder();
    const child = runChild(script(folder.path));
    await child.says("busy");
    await child.kill();
    const promised = child.lines().filter((line) => line.startsWith("mid-"));
    expect(promised.length).toBeGreaterThan(60);

    const store = openStore(folder.path);
    const db = new Database(join(folder.path, DATABASE_FILE), { readonly: true });
    const stored = new Set(
      db
        .query<{ event_key: string }, []>("SELECT event_key FROM inbox")
        .all()
        .map((row) => row.event_key),
    );
    expect(promised.filter((id) => !stored.has(id))).toEqual([]);
    expect(db.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    expect(db.query("PRAGMA foreign_key_check").all()).toEqual([]);
    db.close();

    // The platform comes again with what it got no answer for, and with what it did: neither is doubled.
    const again = promised.map((messageId) => anUpdate({ text: "hi", messageId, contact: "c0" }));
    const outcomes = (await store.record(aBatch(again), T0)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(["duplicate"]));
    await store.close();
    folder.remove();
  });
});
