/** H2 H3: another process, a backup program say, holds the database's write lock. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { aFolder, startBot, theInternet, type Bot } from "../helpers/bot.ts";
import { quoted, runChild, type Child } from "../helpers/child.ts";
import { until } from "../helpers/until.ts";
import { aMid, aWebhook } from "../helpers/webhooks.ts";
import { startOn, usedFolders, visitOf } from "./start.ts";

const folder = aFolder();
let internet: Sandbox;
let bot: Bot;

beforeAll(async () => {
  internet = await theInternet();
  bot = await startBot(folder.path, internet, { IMAGE_KEYWORDS_WAIT: "0.5" });
  await until("the page is known", async () => (await bot.list("/api/accounts")).length === 1);
});

afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await internet.stop();
  folder[Symbol.dispose]();
});

/** A process that holds the write lock until it is killed, which is how the kernel gives it back. */
async function aLocker(dataDir = folder.path): Promise<Child> {
  const child = runChild(`
    const { Database } = require("bun:sqlite");
    const db = new Database(${quoted(join(dataDir, "botctl.db"))});
    db.run("PRAGMA busy_timeout = 2000");
    db.run("BEGIN IMMEDIATE");
    say("locked");
    setInterval(() => db.inTransaction, 1_000);`);
  await child.says("locked");
  return child;
}

const sentTo = (person: string) => internet.sent.filter((message) => message.recipient === person);

async function posted(body: object): Promise<{ readonly status: number; readonly tookMs: number }> {
  const began = performance.now();
  const { status } = await bot.post(body);
  return { status, tookMs: performance.now() - began };
}

test("H2 a lock of a moment delays webhooks, all else is answered meanwhile, and nobody gets 503", async () => {
  await using locker = await aLocker();
  const storing = ["11", "12", "13"].map((from) => posted(aWebhook({ from, text: "shop còn hàng không vậy ạ" })));
  const began = performance.now();
  for (let n = 0; n < 10; n++) expect((await fetch(`${bot.url}/api/health`)).status).toBe(200);
  const healthMs = performance.now() - began;
  expect((await bot.list("/api/accounts")).length).toBe(1);
  await Bun.sleep(700);
  await locker.kill();
  for (const { status, tookMs } of await Promise.all(storing)) {
    expect(status).toBe(200);
    expect(tookMs).toBeGreaterThan(600);
  }
  expect(healthMs).toBeLessThan(2_000);
  await until("all are answered", () => ["11", "12", "13"].every((person) => sentTo(person).length === 1));
});

test("H3 under a lock that stays webhooks get 503 after 3 s, the server is not ready and sends nothing; then it goes on", async () => {
  expect((await bot.post(aWebhook({ from: "21", text: "xem ảnh này giúp mình" }))).status).toBe(200);
  await using locker = await aLocker();
  const question = aWebhook({ from: "22", text: "cho mình hỏi giá ship về Huế nha", mid: aMid() });
  const [first, ready] = await Promise.all([posted(question), fetch(`${bot.url}/api/ready`)]);
  expect(first.status).toBe(503);
  expect(first.tookMs).toBeGreaterThan(2_500);
  expect(first.tookMs).toBeLessThan(6_000);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: "not_ready", reason: "the database cannot be written" },
  ]);
  // Its photo's wait has been over for long.
  expect([...sentTo("21"), ...sentTo("22")]).toEqual([]);
  expect((await fetch(`${bot.url}/api/health`)).status).toBe(200);

  await locker.kill();
  await until("it is ready again", async () => (await fetch(`${bot.url}/api/ready`)).ok);
  expect((await bot.post(question)).status).toBe(200);
  await until("both are answered", () => sentTo("21").length > 0 && sentTo("22").length > 0);
  await until("nothing is owed", async () => (await bot.list("/api/retries")).length === 0);
  expect([sentTo("21").length, sentTo("22").length]).toEqual([1, 1]);
}, 20_000);

test("H3 a start under a lock that stays exits 11 and says what to look for; a lock of a moment does not stop it", async () => {
  using used = await usedFolders();
  using other = used.copy();
  await using locker = await aLocker(other.path);
  const { code, said } = await startOn(other.path);
  expect([code, said]).toEqual([11, expect.stringMatching(/cannot be written.*locked/)]);
  expect(said).toContain("who else uses it");
  const starting = visitOf(other.path);
  await Bun.sleep(500);
  await locker.kill();
  expect(await starting).toBe(0);
}, 20_000);

test("H2 readers in another process disturb nobody", async () => {
  await using reader = runChild(`
    const { Database } = require("bun:sqlite");
    const db = new Database(${quoted(join(folder.path, "botctl.db"))}, { readonly: true });
    db.run("BEGIN");
    say("reading " + db.query("SELECT count(*) AS n FROM inbox").get().n);
    setInterval(() => db.inTransaction, 1_000);`);
  await reader.says("reading");
  const { status, tookMs } = await posted(aWebhook({ from: "31", text: "shop có bán sỉ không vậy ạ" }));
  expect(status).toBe(200);
  expect(tookMs).toBeLessThan(1_000);
  await until("it is answered", () => sentTo("31").length === 1);
});
