/** Long polling: the whole server in this process, and a Telegram that confirms nothing before it is told to. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import type { InnerBot } from "../helpers/app.ts";
import { aFolder, onlyTelegram, startBot } from "../helpers/bot.ts";
import { still, until } from "../helpers/until.ts";
import { aText, CAFE, json, serving, SHOP, shown, startTelegram } from "./stage.ts";

const folder = aFolder();
let telegram: Sandbox;
let server: InnerBot;
let person = 5_560_000;

const start = (env: Record<string, string> = {}): Promise<InnerBot> =>
  serving(folder.path, telegram, { TELEGRAM_MODE: "polling", BOT_TOKEN: SHOP.token, ...env });
/** Telegram keeps nothing for the bot: all it had is confirmed. */
const pending = async (bot: { token: string }): Promise<unknown> => {
  const response = await fetch(`${telegram.telegramUrl}/bot${bot.token}/getWebhookInfo`, { method: "POST" });
  return Object(await response.json()).result.pending_update_count;
};

beforeAll(async () => {
  telegram = await startTelegram();
  server = await start();
});

beforeEach(() => {
  person += 1;
});

afterAll(async () => {
  await server.stop();
  await telegram.stop();
  folder[Symbol.dispose]();
});

test("T3 what is written is answered without a public address, and confirmed", async () => {
  telegram.telegram.says(SHOP.id, person, { text: "/start" });
  await until("the answer", () => shown(telegram, SHOP, person).length === 1);
  await until("it is confirmed", async () => (await pending(SHOP)) === 0);
});

test("a bot added while the server runs is asked for at once", async () => {
  telegram.telegram.says(CAFE.id, person, { text: "/start" });
  await server.admin("/api/accounts", json({ channel: "telegram", token: CAFE.token }));
  await until("the answer", () => shown(telegram, CAFE, person).length === 1);
});

test("what was handed out, but lost on the way, comes again and is answered", async () => {
  telegram.faults.inject("getUpdates", { kind: "drop" }, { times: 1 });
  telegram.telegram.says(SHOP.id, person, { text: "/start" });
  await until("the answer", () => shown(telegram, SHOP, person).length === 1);
  await until("it is confirmed", async () => (await pending(SHOP)) === 0);
});

test("webhooks are not taken: there is nothing at their address", async () => {
  for (const path of ["", `/${SHOP.id}`]) {
    const answer = await fetch(`${server.url}/api/webhooks/telegram${path}`, {
      method: "POST",
      body: JSON.stringify(aText("/start", person)),
    });
    expect(answer.status).toBe(404);
  }
});

test("R8 stopping hangs up, and what is written meanwhile is answered after the next start", async () => {
  const began = performance.now();
  await server.stop();
  expect(performance.now() - began).toBeLessThan(3_000);
  telegram.telegram.says(SHOP.id, person, { text: "/start" });
  expect(await pending(SHOP)).toBe(1);
  server = await start();
  await until("the answer", () => shown(telegram, SHOP, person).length === 1);
});

test("a server that had no bot at all speaks for the first one from the moment it is added", async () => {
  using other = aFolder();
  const messenger = { FACEBOOK_APP_SECRET: "an-app-secret", FACEBOOK_VERIFY_TOKEN: "a-verify-token" };
  const platform = await startTelegram();
  const pages = await serving(other.path, platform, { TELEGRAM_MODE: "polling", ...messenger });
  platform.telegram.says(CAFE.id, person, { text: "/start" });
  expect((await pages.admin("/api/accounts", json({ channel: "telegram", token: CAFE.token }))).status).toBe(201);
  await until("the answer", () => shown(platform, CAFE, person).length === 1);
  await pages.stop();
  await platform.stop();
});

test("T10 G10 what was stored and not confirmed when the power failed comes again, and is not answered again", async () => {
  using other = aFolder();
  const platform = await startTelegram();
  // Whatever would confirm is never heard.
  platform.faults.inject(
    "getUpdates",
    { kind: "hang", ms: 60_000 },
    { times: Infinity, when: ({ body }) => body?.["offset"] !== undefined },
  );
  const env = { ...onlyTelegram(platform.telegramUrl), TELEGRAM_MODE: "polling", BOT_TOKEN: SHOP.token };
  const first = await startBot(other.path, platform, env);
  platform.telegram.says(SHOP.id, person, { text: "/start" });
  // Killed between the sending and the noting of it, it would rightly send once more (TELEGRAM_AMBIGUOUS).
  await until("the answer is out, and known to be", () => first.log().includes("response_sent"));
  await first.kill();
  const asked = platform.calls.getUpdates;
  const second = await startBot(other.path, platform, env);
  await until("it has come again", () => platform.calls.getUpdates > asked + 1);
  await until("it is known", () => second.log().includes("duplicate_dropped"));
  await still(300);
  expect(shown(platform, SHOP, person)).toHaveLength(1);
  await second.kill();
  await platform.stop();
}, 60_000);

test("R12 a webhook that is set is not taken away: it is told of, in words that say what to do", async () => {
  using other = aFolder();
  const elsewhere = await startSandbox({
    graph: { appSecret: "s", appId: "1", verifyToken: "v", pages: [] },
    telegram: { bots: [SHOP] },
  });
  const call = (method: string, params: object): Promise<Response> =>
    fetch(`${elsewhere.telegramUrl}/bot${SHOP.token}/${method}`, json(params));
  await call("setWebhook", { url: "http://127.0.0.1:1/elsewhere" });
  const env = { TELEGRAM_MODE: "polling", BOT_TOKEN: SHOP.token, LOG_LEVEL: "error" };
  const conflicted = await serving(other.path, elsewhere, env);
  const stream = await conflicted.admin("/api/events", { headers: { "last-event-id": "0" } });
  let told = "";
  for await (const chunk of stream.body ?? []) {
    told += new TextDecoder().decode(chunk);
    if (told.includes("poll:telegram")) break;
  }
  expect(told).toContain("botctl accounts subscribe");
  expect(Object(await (await call("getWebhookInfo", {})).json()).result.url).toBe("http://127.0.0.1:1/elsewhere");
  await conflicted.stop();
  await elsewhere.stop();
});
