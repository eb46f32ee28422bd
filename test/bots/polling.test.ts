/** Long polling: the whole server in this process, and a Telegram that confirms nothing before it is told to. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import type { InnerBot } from "../helpers/app.ts";
import { aFolder } from "../helpers/bot.ts";
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

test("T10 what comes twice, because its answer was lost on the way, is answered once", async () => {
  telegram.faults.inject("getUpdates", { kind: "error", status: 500 }, { times: 1 });
  telegram.telegram.says(SHOP.id, person, { text: "/start" });
  await until("the answer", () => shown(telegram, SHOP, person).length === 1);
  await until("it is confirmed", async () => (await pending(SHOP)) === 0);
  await still(200);
  expect(shown(telegram, SHOP, person)).toHaveLength(1);
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
