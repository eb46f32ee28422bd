import { expect, test } from "bun:test";
import { openChannels } from "../../../src/channels/registry.ts";
import { telegramChannel, type HookedBot, type TelegramSettings } from "../../../src/channels/telegram/index.ts";
import type { RawRequest } from "../../../src/core/channel.ts";
import { BENCH_TIMEOUT_MS, exerciseChannel } from "../../conformance/channel.ts";
import { aMessage, BOT, bodyOf, inGroup, NOW, person, PERSON, T0_S } from "./fixtures.ts";

const TOKEN = `${BOT.id}:AAE-a-token-of-thirty-five-characters`;
const SECRET = "the-webhook-secret";
const bot: HookedBot = { ...BOT, webhookSecret: SECRET };
const other: HookedBot = { id: "7000000002", username: "Quan_Ca_Phe_bot", webhookSecret: "another-webhook-secret" };
const settings: TelegramSettings = {
  botAt: (account) => [bot, other].find(({ id }) => id === (account ?? BOT.id)) ?? null,
  polls: false,
  apiBase: "http://127.0.0.1:1",
  sendTimeoutMs: BENCH_TIMEOUT_MS,
  now: () => NOW,
};

const HEADER = "x-telegram-bot-api-secret-token";
const bearing = (value: string | null, name = HEADER, account: string | null = null): RawRequest => ({
  header: (asked) => (asked === name ? value : null),
  account,
});
const refuses =
  (code: number, description: string, parameters = {}) =>
  () =>
    Response.json({ ok: false, error_code: code, description, parameters }, { status: code });
const answers = (result: unknown) => () => Response.json({ ok: true, result });

exerciseChannel("telegram", (base) => ({
  channel: telegramChannel({ ...settings, apiBase: base }),
  access: { externalId: BOT.id, token: TOKEN },
  contact: String(PERSON),
  genuine: () => bearing(SECRET),
  forgeries: () => ({
    "another secret": bearing("a-guess"),
    "half a secret": bearing(SECRET.slice(0, 9)),
    "an empty secret": bearing(""),
    "the secret in another header": bearing(SECRET, "authorization"),
    "another bot's secret": bearing(other.webhookSecret),
    "this bot's secret at another bot's address": bearing(SECRET, HEADER, other.id),
    "a secret for a bot that there is not": bearing(SECRET, HEADER, "7000000003"),
  }),
  says: (text, number) => bodyOf({ message: aMessage({ message_id: number, text, date: T0_S }) }, 900 + number),
  taps: (title, payload) => {
    const keyboard = { inline_keyboard: [[{ text: title, callback_data: payload }]] };
    const message = aMessage({ reply_markup: keyboard });
    return bodyOf({ callback_query: { id: "4711", from: person, data: payload, message } });
  },
  unheardOf: bodyOf({ crystal_ball: {} }),
  platform: {
    takes: answers({ message_id: 77, date: T0_S, chat: { id: PERSON, type: "private" } }),
    identifies: answers({ id: Number(BOT.id), is_bot: true, first_name: "Tiệm Hoa", username: "Shop" }),
    isBusy: refuses(429, "Too Many Requests: retry after 7", { retry_after: 7 }),
    misses: refuses(403, "Forbidden: bot was blocked by the user"),
    refusesToken: refuses(401, "Unauthorized"),
    holdsFile: answers({ file_id: "F1", file_unique_id: "u1", file_path: "photos/file_1.jpg" }),
  },
}));

test("a forged request is known by its header alone, and without an agreed secret everything is forged", () => {
  expect(telegramChannel(settings).plausible(bearing("a-guess"))).toBe(false);
  const unset = telegramChannel({ ...settings, botAt: () => ({ ...bot, webhookSecret: "" }) });
  expect(unset.plausible(bearing(""))).toBe(false);
  expect(unset.verify(bearing(""), new Uint8Array())).toBe("forged");
});

test("every bot is believed at its own address, and the first one also where none is named", () => {
  const channel = telegramChannel(settings);
  const requests = [bearing(SECRET), bearing(SECRET, HEADER, bot.id), bearing(other.webhookSecret, HEADER, other.id)];
  expect(requests.map((request) => channel.verify(request, new Uint8Array()))).toEqual(Array(3).fill("genuine"));
});

test("a body is read for the bot whose address it came to, by the name that bot has now", () => {
  const mention = bodyOf({ message: aMessage({ chat: inGroup, text: `@${BOT.username} còn hoa hồng không?` }) });
  let named: HookedBot = { ...bot, username: null };
  const channel = telegramChannel({ ...settings, botAt: (account) => (account === other.id ? other : named) });
  const read = (account: string | null): unknown[] =>
    channel.parse(mention, account).updates.map(({ account: whose, content }) => [whose, content.kind]);
  expect([read(null), read(other.id)]).toEqual([[[bot.id, "other"]], [[other.id, "other"]]]);
  named = bot;
  expect(read(null)).toEqual([[bot.id, "message"]]);
});

test("a group gets 20 messages a minute, a person is not held to that", () => {
  const channel = telegramChannel(settings);
  const perMinute = (contact: string): number[] =>
    channel.chatRates(contact).flatMap(({ messages, perMs }) => (perMs === 60_000 ? [messages] : []));
  expect([perMinute("-1001234"), perMinute("@tiemhoa"), perMinute("5550001")]).toEqual([[20], [20], []]);
});

test("the registry opens Telegram when it is configured", () => {
  expect([...openChannels({ telegram: settings }).keys()]).toEqual(["telegram"]);
});
