/** Telegram from outside: the compiled binary, real HTTP, a real database file; only Telegram is played. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Sandbox } from "../src/sandbox/index.ts";
import { aFolder, onlyTelegram, startBot, theInternet, type Bot } from "./helpers/bot.ts";
import { BOT, startBotApi, type BotApi } from "./helpers/bot-api.ts";
import { still, until } from "./helpers/until.ts";

const SECRET = "the-webhook-secret";
const folder = aFolder();
let internet: Sandbox;
let telegram: BotApi;
let bot: Bot;
let made = 0;

const settings = (): Record<string, string> => ({ ...onlyTelegram(telegram.url), BOT_TOKEN: BOT.token });

beforeAll(async () => {
  internet = await theInternet();
  telegram = startBotApi();
  bot = await startBot(folder.path, internet, { ...settings(), WEBHOOK_SECRET_TOKEN: SECRET });
  await until("the account is known", async () => (await bot.list("/api/accounts")).length === 1);
});

afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await telegram.stop();
  await internet.stop();
  folder[Symbol.dispose]();
});

/** Somebody new, so that tests do not meet. */
function somebody(): number {
  made += 1;
  return 5_550_000 + made;
}

function aMessage(person: number, fields: Record<string, unknown>): Record<string, unknown> {
  made += 1;
  const chat = { id: person, type: "private", first_name: "Lan" };
  const from = { id: person, is_bot: false, first_name: "Lan" };
  return {
    update_id: made,
    message: { message_id: made, date: Math.trunc(Date.now() / 1_000), chat, from, ...fields },
  };
}

function post(update: unknown, secret: string | null = SECRET): Promise<Response> {
  const headers: Record<string, string> = secret === null ? {} : { "x-telegram-bot-api-secret-token": secret };
  return fetch(`${bot.url}/api/webhooks/telegram`, { method: "POST", headers, body: JSON.stringify(update) });
}

function shownTo(person: number): string[] {
  return telegram.sent.filter(({ chat }) => chat === person).map(({ text }) => text);
}

async function firstShownTo(person: number): Promise<string> {
  return await until(`a reply to ${person}`, () => shownTo(person)[0]);
}

const photo = (id: string): Record<string, unknown> => ({
  photo: [{ file_id: id, file_unique_id: id, width: 1280, height: 853 }],
});

test("T3 T5 a text is taken, typing is shown, and an answer comes", async () => {
  const person = somebody();
  const taken = await post(aMessage(person, { text: "Shop ơi, hoa hồng <đỏ> & trắng giá sao ạ?" }));
  expect([taken.status, await taken.json()]).toEqual([200, { ok: true }]);
  expect(await firstShownTo(person)).toContain("hoa hồng &lt;đỏ&gt; &amp; trắng giá sao ạ?");
  expect(telegram.calls).toContain(`sendChatAction ${person}`);
});

test("T4 T8 a command is answered at once", async () => {
  const person = somebody();
  await post(aMessage(person, { text: "/help" }));
  expect(await firstShownTo(person)).toContain("/start");
});

test("T4 a button says its words", async () => {
  const person = somebody();
  const keyboard = { inline_keyboard: [[{ text: "Đặt luôn", callback_data: "buy:1" }]] };
  const { message } = aMessage(person, { reply_markup: keyboard });
  await post({ update_id: ++made, callback_query: { id: "1", from: { id: person }, data: "buy:1", message } });
  expect(await firstShownTo(person)).toContain("Đặt luôn");
});

test("T4 a photo and its caption are one question", async () => {
  const person = somebody();
  await post(aMessage(person, { ...photo("F1"), caption: "mẫu này còn không shop?" }));
  const reply = await firstShownTo(person);
  expect(reply).toContain("mẫu này còn không shop?");
  expect(reply).toContain("ảnh");
});

test("T4 an album is one question, with all its captions", async () => {
  const person = somebody();
  const album = { media_group_id: `album-${person}` };
  await post(aMessage(person, { ...photo("A1"), ...album, caption: "3 mẫu này giá sao shop?" }));
  await post(aMessage(person, { ...photo("A2"), ...album }));
  await post(aMessage(person, { ...photo("A3"), ...album, caption: "mẫu cuối lấy 2 bó" }));
  const reply = await firstShownTo(person);
  expect(reply).toContain("3 mẫu này giá sao shop?\nmẫu cuối lấy 2 bó");
  expect(reply).toContain("ảnh, ảnh, ảnh");
  await still(500);
  expect(shownTo(person)).toHaveLength(1);
});

test("T10 an update that comes twice is answered once", async () => {
  const person = somebody();
  const update = aMessage(person, { text: "/start" });
  expect((await Promise.all([post(update), post(update)])).map(({ status }) => status)).toEqual([200, 200]);
  await firstShownTo(person);
  expect((await post(update)).status).toBe(200);
  await still(500);
  expect(shownTo(person)).toHaveLength(1);
});

test("T3 a wrong secret or none is refused, and what no handler knows is not", async () => {
  const person = somebody();
  const update = aMessage(person, { text: "/start" });
  const statuses = [await post(update, "a-guess"), await post(update, ""), await post(update, null)];
  expect(statuses.map(({ status }) => status)).toEqual([403, 403, 403]);
  expect((await post({ update_id: ++made, crystal_ball: {} })).status).toBe(200);
  expect((await post({ update_id: "?" })).status).toBe(200);
  const large = { ...update, padding: "x".repeat(1_100_000) };
  expect((await post(large)).status).toBe(413);
  await still(300);
  expect(shownTo(person)).toEqual([]);
});

test("a person who blocked the bot is not written to again, until they write", async () => {
  const person = somebody();
  telegram.blockedBy.add(person);
  await post(aMessage(person, { text: "/start" }));
  const attempts = (): number => telegram.calls.filter((call) => call === `sendMessage ${person}`).length;
  const [row] = await until("the delivery is given up", async () => {
    const rows = await bot.list("/api/retries?state=dead");
    return rows.length > 0 ? rows : null;
  });
  expect(JSON.stringify(row)).toContain("bot was blocked by the user");
  await still(900);
  expect(attempts()).toBe(1);
  telegram.blockedBy.delete(person);
  await post(aMessage(person, { text: "/help" }));
  expect(await firstShownTo(person)).toContain("/start");
});

test("T5 when Telegram asks for patience it is given exactly that, and the answer comes then", async () => {
  const person = somebody();
  telegram.busyFor.set(person, 1);
  const began = performance.now();
  await post(aMessage(person, { text: "/start" }));
  await firstShownTo(person);
  expect(performance.now() - began).toBeGreaterThan(1_000);
});

test("M8 another program can write to somebody on Telegram", async () => {
  const person = somebody();
  const answer = await bot.admin("/api/integrations/telegram/send", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ recipient_id: String(person), text: "Hàng **đã về**" }),
  });
  expect(answer.status).toBe(200);
  expect(shownTo(person)).toEqual(["Hàng <b>đã về</b>"]);
});

test("M8 a chat's id may come as the number that Telegram has it as; one that lost digits on its way is refused", async () => {
  const person = somebody();
  const send = async (recipient: string): Promise<Response> =>
    await bot.admin("/api/integrations/telegram/send", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"recipient_id":${recipient},"text":"Hàng đã về"}`,
    });
  expect(await (await send(String(person))).json()).toMatchObject({ recipient_id: String(person) });
  expect(shownTo(person)).toEqual(["Hàng đã về"]);
  const [long, part, none] = [await send("24836498123456789012"), await send("5.5"), await send("null")];
  expect([long.status, part.status, none.status]).toEqual([400, 400, 400]);
  expect(await long.text()).toContain("recipient_id: it is to be a text");
});

test("S10 neither the token nor the secret is in the log", () => {
  expect(bot.log()).toContain("started");
  expect(bot.log()).toContain("botctl accounts subscribe");
  expect(bot.log()).not.toContain(BOT.token);
  expect(bot.log()).not.toContain(SECRET);
});

test("S2 without a secret of its owner's the server keeps one of its own, and refuses what does not bear it", async () => {
  using other = aFolder();
  await using silent = await startBot(other.path, internet, settings());
  const ask = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${silent.url}/api/webhooks/telegram`, { method: "POST", headers, body: JSON.stringify(aMessage(1, {})) });
  const statuses = [await ask({}), await ask({ "x-telegram-bot-api-secret-token": "" })];
  expect(statuses.map(({ status }) => status)).toEqual([403, 403]);
  await until("the hint", () => silent.log().includes("botctl accounts subscribe"));
});
