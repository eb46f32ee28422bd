/** The retry journal without a server: read from the database, and sent from the command's own process. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { lockFolder } from "../../src/store/sqlite/database.ts";
import { startInner } from "../helpers/app.ts";
import { aFolder, APP, PAGE, theInternet } from "../helpers/bot.ts";
import { openStore } from "../helpers/sqlite.ts";
import { until } from "../helpers/until.ts";
import { aBatch, anUpdate } from "../helpers/updates.ts";
import { aWebhook } from "../helpers/webhooks.ts";
import { stage, type Stage } from "./stage.ts";

const REFUSED = { kind: "error", status: 400, code: 100, message: "no" } as const;
const Document = z.object({ ok: z.literal(true), data: z.unknown() });

let internet: Sandbox;
let folder: ReturnType<typeof aFolder>;

beforeEach(async () => {
  internet = await theInternet();
  folder = aFolder();
});
afterEach(async () => {
  await internet.stop();
  folder[Symbol.dispose]();
});

/** A person at the server's machine, with its settings or without them. */
function person(settings: Readonly<Record<string, string>> = {}): Stage {
  return stage({
    env: {
      BOTCTL_DATA_DIR: folder.path,
      FACEBOOK_APP_SECRET: APP.secret,
      FACEBOOK_VERIFY_TOKEN: APP.verifyToken,
      GRAPH_API_BASE: internet.graphUrl,
      ...settings,
    },
  });
}

/** What a command printed with --json. */
function dataOf({ out }: Stage): unknown {
  return Document.parse(JSON.parse(out())).data;
}

/** Customers asked, were answered, and Graph refused every answer; then the server stopped. */
async function refusedReplies(...contacts: string[]): Promise<void> {
  await using bot = await startInner(folder.path, internet);
  await until("the page is known", async () => (await (await bot.admin("/api/accounts")).text()).includes(PAGE.id));
  const take = internet.faults.inject("messages", REFUSED, { times: Infinity });
  for (const from of contacts) await bot.post(aWebhook({ from, text: `cho mình hỏi giá món số ${from} với nha` }));
  await until("all were refused", () => internet.calls.messages === contacts.length);
  await until("it is stored", async () => {
    const { data } = z
      .object({ data: z.array(z.unknown()) })
      .parse(await (await bot.admin("/api/retries?state=dead")).json());
    return data.length === contacts.length;
  });
  take();
}

describe("without a server", () => {
  test("retry list and show read the database, and say so where people look", async () => {
    await refusedReplies("61");
    const one = person();
    expect(await one.botctl("retry", "list", "--json")).toBe(0);
    const rows = z.array(z.looseObject({ id: z.string(), state: z.string(), attempts: z.number() })).parse(dataOf(one));
    expect(rows).toMatchObject([{ state: "dead", attempts: 1, kind: "message" }]);
    const two = person();
    expect(await two.botctl("retry", "show", rows[0]?.id ?? "")).toBe(0);
    expect(two.out()).toContain("món số 61");
    expect(two.err()).toBe(`No server answers; this is what the database in ${folder.path} says.\n`);
    expect(await person().botctl("retry", "show", "nothing")).toBe(6);
    const old = person();
    await old.botctl("retry", "list", "--older-than", "1h", "--json");
    expect(dataOf(old)).toEqual([]);
  });

  test("conversations list and show read the database", async () => {
    await refusedReplies("62");
    const one = person();
    expect(await one.botctl("conversations", "list", "--json")).toBe(0);
    const [row] = z.array(z.looseObject({ id: z.number(), contact: z.string() })).parse(dataOf(one));
    expect(row?.contact).toBe("62");
    const two = person();
    expect(await two.botctl("conversations", "show", String(row?.id), "--json")).toBe(0);
    expect(dataOf(two)).toMatchObject({ contact: "62", messages: [{ by: "client" }, { by: "bot" }] });
    expect(await person().botctl("conversations", "show", "999")).toBe(6);
  });

  test("what a killed server left behind does not stand in the way", async () => {
    await refusedReplies("63");
    const gone = { url: "http://127.0.0.1:9", pid: 1, started_at: 0, sandbox: null };
    writeFileSync(join(folder.path, "server.json"), JSON.stringify(gone));
    const { botctl, out } = person();
    expect(await botctl("retry", "list")).toBe(0);
    expect(out()).toContain("dead");
    expect(await person().botctl("retry", "flush", "--now")).toBe(0);
    expect(internet.sent.map(({ recipient }) => recipient)).toEqual(["63"]);
  });

  test("reading a folder without a database exits 5 and makes none", async () => {
    expect(await person().botctl("retry", "list")).toBe(5);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test("a flush says how to send without one, and sends nothing unasked", async () => {
    await refusedReplies("66");
    const { botctl, err } = person();
    expect(await botctl("retry", "flush")).toBe(5);
    expect(err()).toContain("Or add --now, which sends without one.");
    expect(internet.sent).toEqual([]);
  });

  test("a server elsewhere that is away is not answered for from here", async () => {
    await refusedReplies("64");
    expect(await person().botctl("retry", "list", "--url", "http://127.0.0.1:9")).toBe(5);
    expect(await person().botctl("retry", "flush", "--now", "--url", "http://127.0.0.1:9")).toBe(5);
    expect(internet.sent).toEqual([]);
  });

  test("a flush --dry-run tells what it would do and leaves all as it is", async () => {
    await refusedReplies("65");
    const { botctl, err } = person();
    expect(await botctl("retry", "flush", "--dry-run")).toBe(0);
    expect(err()).toContain("1 would be made due; nothing was changed.\n");
    const after = person();
    await after.botctl("retry", "list", "--json");
    expect(dataOf(after)).toMatchObject([{ state: "dead" }]);
  });
});

describe("retry flush --now", () => {
  test("sends what was given up, each once, and tells the count", async () => {
    await refusedReplies("71", "72", "73");
    const one = person();
    expect(await one.botctl("retry", "flush", "--now", "--json")).toBe(0);
    expect(dataOf(one)).toEqual({ flushed: 3, turns: 0, sent: 3, failed: 0, waiting: 0 });
    expect(internet.sent.map(({ recipient }) => recipient).sort()).toEqual(["71", "72", "73"]);
    const again = person();
    expect(await again.botctl("retry", "flush", "--now")).toBe(0);
    expect(again.out()).toBe("0 made due: 0 sent, 0 failed again, 0 waiting\n");
    expect(internet.sent.length).toBe(3);
  });

  test("makes due only what the filter names", async () => {
    await refusedReplies("74");
    const { botctl, out } = person();
    expect(await botctl("retry", "flush", "--now", "--older-than", "1h")).toBe(0);
    expect(out()).toStartWith("0 made due");
    expect(internet.sent).toEqual([]);
  });

  test("exits 7 when one is refused again", async () => {
    await refusedReplies("75", "76");
    internet.faults.inject("messages", REFUSED, { times: 1 });
    const { botctl, out } = person();
    expect(await botctl("retry", "flush", "--now")).toBe(7);
    expect(out()).toBe("2 made due: 1 sent, 1 failed again, 0 waiting\n");
    expect(internet.sent.length).toBe(1);
  });

  test("tries a passing failure again while there is time", async () => {
    await refusedReplies("77");
    const away = { kind: "error", status: 503, code: 2, message: "later", transient: true } as const;
    internet.faults.inject("messages", away, { times: 1 });
    expect(await person().botctl("retry", "flush", "--now", "--wait", "5")).toBe(0);
    expect(internet.sent.length).toBe(1);
  });

  test("G9 never sends again what may have gone out, because no echo can reach it", async () => {
    await refusedReplies("78");
    internet.faults.inject("messages", { kind: "drop" }, { times: 1 });
    const { botctl, out } = person({ ECHO_GRACE_MS: "100" });
    expect(await botctl("retry", "flush", "--now", "--wait", "1")).toBe(7);
    expect(out()).toBe("1 made due: 0 sent, 0 failed again, 1 waiting\n");
    expect(internet.sent.length).toBe(1);
  });

  describe("of a bot", () => {
    const BOT = { id: "7000000001", username: "tiem_hoa_bot", name: "Tiệm Hoa", token: "7000000001:AAE-token" };
    let telegram: Sandbox;
    beforeEach(async () => {
      telegram = await theInternet({ telegram: { bots: [BOT] } });
    });
    afterEach(() => telegram.stop());

    /** A message to somebody waits, and nobody has tried it. */
    async function oneWaits(): Promise<void> {
      const store = openStore(folder.path);
      const now = Date.now();
      const [channel, externalId, name] = ["telegram", BOT.id, BOT.username] as const;
      const account = await store.saveAccount({ channel, externalId, name, appId: null, sealedToken: "sealed" }, now);
      const [contact, by, text, correlation] = ["5550001", "bot", "Dạ có ạ.", "c"] as const;
      const parts = [{ text, body: JSON.stringify({ text }) }];
      await store.queue({ account, contact, by, text, parts, correlation, windowMs: null }, now);
      await store.close();
    }

    const owner = (settings: Readonly<Record<string, string>>): Stage =>
      person({
        BOT_TOKEN: BOT.token,
        TELEGRAM_API_BASE: telegram.telegramUrl,
        BOTCTL_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
        ...settings,
      });

    test("G9 is over when what may have gone out is given up, and not when the time is", async () => {
      await oneWaits();
      telegram.faults.inject("sendMessage", { kind: "drop" });
      const { botctl, out } = owner({ TELEGRAM_AMBIGUOUS: "hold" });
      const beganAt = performance.now();
      expect(await botctl("retry", "flush", "--now", "--wait", "20")).toBe(7);
      expect(performance.now() - beganAt).toBeLessThan(15_000);
      expect(out()).toBe("1 made due: 0 sent, 1 failed again, 0 waiting\n");
    });

    test("G9 a call that is under way at the end gets the time of its own platform", async () => {
      await oneWaits();
      telegram.faults.inject("sendMessage", { kind: "slow", ms: 1_400 });
      const { botctl, out, signal } = owner({ MESSENGER_SEND_TIMEOUT_MS: "100", TELEGRAM_SEND_TIMEOUT_MS: "10000" });
      const running = botctl("retry", "flush", "--now");
      await until("it is under way", () => telegram.calls.sendMessage === 1);
      signal();
      expect(await running).toBe(130);
      expect(out()).toBe("1 made due: 1 sent, 0 failed again, 0 waiting\n");
    });
  });

  test("H1 exits 9 while another botctl has the folder, and changes nothing", async () => {
    await refusedReplies("79");
    const unlock = lockFolder(folder.path);
    expect(await person().botctl("retry", "flush", "--now")).toBe(9);
    unlock();
    const after = person();
    await after.botctl("retry", "list", "--json");
    expect([dataOf(after), internet.sent.length]).toMatchObject([[{ state: "dead" }], 0]);
  });

  test("S2 exits 3 without the app's secret, and changes nothing", async () => {
    await refusedReplies("80");
    const { botctl, err } = person({ FACEBOOK_APP_SECRET: "" });
    expect(await botctl("retry", "flush", "--now")).toBe(3);
    expect(err()).toContain("FACEBOOK_APP_SECRET");
    const after = person();
    await after.botctl("retry", "list", "--json");
    expect(dataOf(after)).toMatchObject([{ state: "dead" }]);
  });

  test("exits 6 where there is no database, and makes nothing", async () => {
    expect(await person().botctl("retry", "flush", "--now")).toBe(6);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test("leaves unanswered turns to a server, ready", async () => {
    await refusedReplies();
    const store = openStore(folder.path);
    const now = Date.now();
    const [account] = await store.accounts();
    await store.record(
      aBatch([anUpdate({ account: account?.externalId ?? "", contact: "81", at: now, text: "hi" })]),
      now,
    );
    let at = now;
    for (const pauseMs of [1_000, 31_000, 121_000]) {
      at += pauseMs;
      await store.closeDueTurns(at);
      const [claim] = (await store.claimTurns(at, 1, { lines: 1, ttlMs: 1 })).claimed;
      if (claim === undefined) throw new Error("nothing to claim");
      await store.failTurn(claim, "busy", [], at);
    }
    await store.close();
    const { botctl, out, err } = person();
    expect(await botctl("retry", "flush", "--now")).toBe(0);
    expect(out()).toBe("1 made due: 0 sent, 0 failed again, 0 waiting\n");
    expect(err()).toContain("Unanswered turns made ready: 1. `botctl serve` answers them.\n");
    await using bot = await startInner(folder.path, internet);
    await until("it is answered", () => internet.sent.some(({ recipient }) => recipient === "81"));
    expect((await bot.admin("/api/ready")).status).toBe(200);
  });

  test("with a running server has it do the sending", async () => {
    await refusedReplies("82");
    await using bot = await startInner(folder.path, internet);
    const { botctl, out } = person();
    expect(await botctl("retry", "flush", "--now", "--wait", "10")).toBe(0);
    expect(out()).toBe("1 made due: 1 sent, 0 failed again, 0 waiting\n");
    expect((await bot.admin("/api/retries?newer_than_ms=60000")).status).toBe(200);
    expect((await bot.admin("/api/retries?older_than_ms=soon")).status).toBe(400);
  });

  test("Ctrl+C ends it with what was done so far, and exits 130", async () => {
    await refusedReplies("84");
    const away = { kind: "error", status: 503, code: 2, message: "later", transient: true } as const;
    internet.faults.inject("messages", away, { times: Infinity });
    const before = internet.calls.messages;
    const { botctl, out, signal } = person();
    const running = botctl("retry", "flush", "--now");
    await until("it tried", () => internet.calls.messages > before);
    signal();
    expect(await running).toBe(130);
    expect(out()).toBe("1 made due: 0 sent, 0 failed again, 1 waiting\n");
  });

  test("--rate needs a server", async () => {
    await refusedReplies("83");
    expect(await person().botctl("retry", "flush", "--now", "--rate", "5/s")).toBe(2);
    expect(internet.sent).toEqual([]);
  });
});
