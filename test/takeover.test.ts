/** A person steps in through the admin API: takes a conversation, answers in it, gives it back (DESIGN §5.10). */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { z } from "zod";
import type { Sandbox } from "../src/sandbox/index.ts";
import { startInner, type InnerBot } from "./helpers/app.ts";
import { BOT, startBotApi, type BotApi } from "./helpers/bot-api.ts";
import { aFolder, theInternet } from "./helpers/bot.ts";
import { until } from "./helpers/until.ts";
import { aWebhook } from "./helpers/webhooks.ts";

const SECRET = "the-webhook-secret-of-the-bot";
const HOUR_MS = 3_600_000;
const Row = z.looseObject({
  id: z.number(),
  contact: z.string(),
  state: z.string(),
  human_until_at: z.number().nullable(),
});
const Message = z.looseObject({ by: z.string(), text: z.string() });

const folder = aFolder();
let internet: Sandbox;
let telegram: BotApi;
let bot: InnerBot;
let people = 0;

beforeAll(async () => {
  internet = await theInternet({ thinkMs: 400 });
  telegram = startBotApi();
  bot = await startInner(folder.path, internet, {
    BOT_TOKEN: BOT.token,
    // A caller waits a second longer than this.
    MESSENGER_SEND_TIMEOUT_MS: "1500",
    WEBHOOK_SECRET_TOKEN: SECRET,
    TELEGRAM_API_BASE: telegram.url,
  });
  internet.echoes.url = `${bot.url}/api/webhooks/messenger`;
  await until("both accounts are known", async () => {
    const { data } = z.object({ data: z.array(z.unknown()) }).parse(await (await bot.admin("/api/accounts")).json());
    return data.length === 2;
  });
});

afterAll(async () => {
  await bot.stop();
  await telegram.stop();
  await internet.stop();
  folder[Symbol.dispose]();
});

function somebody(): string {
  people += 1;
  return String(8_800_000 + people);
}

async function conversationOf(contact: string): Promise<z.infer<typeof Row>> {
  const answer = await (await bot.admin("/api/conversations?limit=500")).json();
  const found = z
    .object({ data: z.array(Row) })
    .parse(answer)
    .data.find((row) => row.contact === contact);
  if (found === undefined) throw new Error(`there is no conversation with ${contact}`);
  return found;
}

function post(path: string, body?: unknown): Promise<Response> {
  return bot.admin(path, {
    method: "POST",
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
}

async function said(id: number): Promise<string[]> {
  const answer = await (await bot.admin(`/api/conversations/${id}/messages`)).json();
  return z
    .object({ data: z.array(Message) })
    .parse(answer)
    .data.map(({ by, text }) => `${by}: ${text}`);
}

function sentTo(contact: string): (string | null)[] {
  return internet.sent.filter(({ recipient }) => recipient === contact).map(({ text }) => text);
}

/** The events of one conversation from now on, until all of these have come. */
async function events(conversation: number, cause: () => Promise<unknown>, ...types: string[]): Promise<unknown[]> {
  const stop = new AbortController();
  const response = await bot.admin("/api/events", { signal: stop.signal });
  const found: { type: string }[] = [];
  await cause();
  let text = "";
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? ""));
    found.splice(0, found.length, ...lines.filter((event) => event.conversation === conversation));
    if (types.every((type) => found.some((event) => event.type === type))) break;
  }
  stop.abort();
  return found.filter(({ type }) => types.includes(type));
}

test("§5.10 taking a conversation stops the agent at work on it, and the bot keeps silent", async () => {
  const contact = somebody();
  await bot.post(aWebhook({ from: contact, text: "shop còn hoa hồng đỏ không ạ" }));
  const { id } = await until("the agent is at work", async () => {
    const answer = await (await bot.admin(`/api/conversations?limit=500`)).json();
    return z
      .object({
        data: z.array(
          z.looseObject({ id: z.number(), contact: z.string(), turn: z.object({ state: z.string() }).nullable() }),
        ),
      })
      .parse(answer)
      .data.find((row) => row.contact === contact && row.turn?.state === "running");
  });
  const before = Date.now();
  const told = await events(
    id,
    async () => {
      const answer = await post(`/api/conversations/${id}/takeover`, { hours: 2 });
      expect(answer.status).toBe(200);
      const row = Row.parse(await answer.json());
      expect(row).toMatchObject({ id, state: "human", turn: null });
      expect(Math.abs((row.human_until_at ?? 0) - before - 2 * HOUR_MS)).toBeLessThan(5_000);
    },
    "takeover",
    "turn_cancelled",
  );
  expect(told).toMatchObject([
    { type: "takeover", reason: "taken over by hand" },
    { type: "turn_cancelled", reason: "taken over by hand" },
  ]);
  await bot.post(aWebhook({ from: contact, text: "alo shop ơi" }));
  await until("it is kept as history", async () => (await said(id)).includes("client: alo shop ơi"));
  // Longer than the agent would have needed.
  await Bun.sleep(600);
  expect(sentTo(contact)).toEqual([]);
});

test("§5.10 without hours it lasts as long as the settings say", async () => {
  const contact = somebody();
  await bot.post(aWebhook({ from: contact, text: "xem ảnh này giúp mình" }));
  const { id } = await conversationOf(contact);
  const row = Row.parse(await (await post(`/api/conversations/${id}/takeover`)).json());
  expect(Math.abs((row.human_until_at ?? 0) - Date.now() - 12 * HOUR_MS)).toBeLessThan(5_000);
});

test("§5.10 a conversation given back is answered from its next message on", async () => {
  const contact = somebody();
  await bot.post(aWebhook({ from: contact, text: "xem ảnh này giúp mình" }));
  const { id } = await conversationOf(contact);
  await post(`/api/conversations/${id}/takeover`);
  await bot.post(aWebhook({ from: contact, text: "hàng này còn không" }));
  const told = await events(
    id,
    async () => {
      const answer = await post(`/api/conversations/${id}/release`);
      expect(await answer.json()).toMatchObject({ id, state: "bot", human_until_at: null });
    },
    "takeover",
  );
  expect(told).toMatchObject([{ type: "takeover", until: null, reason: "given back by hand" }]);
  await bot.post(aWebhook({ from: contact, text: "cho mình hỏi giá nha" }));
  await until("the bot answers", () => sentTo(contact).length === 1);
  expect((await said(id)).slice(0, 3)).toEqual([
    "client: xem ảnh này giúp mình",
    "client: hàng này còn không",
    "client: cho mình hỏi giá nha",
  ]);
});

test("§5.10 a reply is a human's: it goes out, silences the bot, and its echo counts for nobody else", async () => {
  const contact = somebody();
  await bot.post(aWebhook({ from: contact, text: "xem ảnh này giúp mình" }));
  const { id } = await conversationOf(contact);
  const answer = await post(`/api/conversations/${id}/reply`, { text: "Lan đây ạ, chị chờ em chút nhé" });
  expect([answer.status, await answer.json()]).toEqual([200, { message_id: expect.stringMatching(/./) }]);
  expect(sentTo(contact)).toEqual(["Lan đây ạ, chị chờ em chút nhé"]);
  expect(await conversationOf(contact)).toMatchObject({ state: "human", turn: null });
  await internet.echoes.idle();
  expect(await said(id)).toEqual(["client: xem ảnh này giúp mình", "human: Lan đây ạ, chị chờ em chút nhé"]);
});

test("§5.10 on Telegram too", async () => {
  const person = Number(somebody());
  const message = {
    message_id: 1,
    date: Math.trunc(Date.now() / 1_000),
    chat: { id: person, type: "private" },
    from: { id: person, is_bot: false, first_name: "Lan" },
    text: "xem ảnh này giúp mình",
  };
  const headers = { "x-telegram-bot-api-secret-token": SECRET };
  const update = JSON.stringify({ update_id: 1, message });
  expect((await fetch(`${bot.url}/api/webhooks/telegram`, { method: "POST", headers, body: update })).status).toBe(200);
  const { id } = await conversationOf(String(person));
  expect((await post(`/api/conversations/${id}/takeover`, { hours: 0.5 })).status).toBe(200);
  const answer = await post(`/api/conversations/${id}/reply`, { text: "Lan đây ạ" });
  expect([answer.status, await answer.json()]).toEqual([200, { message_id: expect.stringMatching(/./) }]);
  expect(telegram.sent.filter(({ chat }) => chat === person).map(({ text }) => text)).toEqual(["Lan đây ạ"]);
  expect(await (await post(`/api/conversations/${id}/release`)).json()).toMatchObject({ state: "bot" });
});

test("R10 a reply that cannot go out at once is taken, and sent when the page works again", async () => {
  const contact = somebody();
  await bot.post(aWebhook({ from: contact, text: "xem ảnh này giúp mình" }));
  const { id } = await conversationOf(contact);
  const away = { kind: "error", status: 503, code: 2, message: "try later", transient: true } as const;
  // Beyond the quick attempts, so that it waits longer than its caller does.
  const mend = internet.faults.inject("messages", away, { times: Infinity });
  const answer = await post(`/api/conversations/${id}/reply`, { text: "Lan đây ạ" });
  expect([answer.status, await answer.json()]).toEqual([202, { delivery_id: expect.stringMatching(/./) }]);
  mend();
  await post("/api/retries/flush", {});
  await until("it goes out", () => sentTo(contact).length === 1);
});

test("what cannot be done is said with its reason", async () => {
  const contact = somebody();
  await bot.post(aWebhook({ from: contact, text: "xem ảnh này giúp mình" }));
  const { id } = await conversationOf(contact);
  const code = async (answer: Response): Promise<[number, string]> => {
    const { error } = z.object({ error: z.object({ code: z.string() }) }).parse(await answer.json());
    return [answer.status, error.code];
  };
  for (const verb of ["takeover", "release"])
    expect(await code(await post(`/api/conversations/99999/${verb}`))).toEqual([404, "not_found"]);
  expect(await code(await post("/api/conversations/99999/reply", { text: "hi" }))).toEqual([404, "not_found"]);
  expect(await code(await post("/api/conversations/abc/takeover"))).toEqual([404, "not_found"]);
  expect(await code(await post(`/api/conversations/${id}/reply`, { text: " " }))).toEqual([400, "usage"]);
  expect(await code(await post(`/api/conversations/${id}/takeover`, { hours: 0 }))).toEqual([400, "usage"]);
  expect((await fetch(`${bot.url}/api/conversations/${id}/takeover`, { method: "POST" })).status).toBe(401);
  expect(await conversationOf(contact)).toMatchObject({ state: "bot" });
});
