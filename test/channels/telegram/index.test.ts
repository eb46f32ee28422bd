import { expect, test } from "bun:test";
import { openChannels } from "../../../src/channels/registry.ts";
import { telegramChannel, type TelegramSettings } from "../../../src/channels/telegram/index.ts";
import type { RawRequest } from "../../../src/core/channel.ts";
import { BENCH_TIMEOUT_MS, exerciseChannel } from "../../conformance/channel.ts";
import { aMessage, BOT, bodyOf, inGroup, NOW, PERSON, T0_S } from "./fixtures.ts";

const TOKEN = `${BOT.id}:AAE-a-token-of-thirty-five-characters`;
const settings: TelegramSettings = {
  botId: BOT.id,
  username: null,
  webhookSecret: "the-webhook-secret",
  apiBase: "http://127.0.0.1:1",
  sendTimeoutMs: BENCH_TIMEOUT_MS,
  now: () => NOW,
};

const bearing = (value: string | null, name = "x-telegram-bot-api-secret-token"): RawRequest => ({
  header: (asked) => (asked === name ? value : null),
  account: null,
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
  genuine: () => bearing(settings.webhookSecret),
  forgeries: () => ({
    "another secret": bearing("a-guess"),
    "half a secret": bearing(settings.webhookSecret.slice(0, 9)),
    "an empty secret": bearing(""),
    "the secret in another header": bearing(settings.webhookSecret, "authorization"),
  }),
  says: (text, number) => bodyOf({ message: aMessage({ message_id: number, text, date: T0_S }) }, 900 + number),
  unheardOf: bodyOf({ crystal_ball: {} }),
  platform: {
    takes: answers({ message_id: 77, date: T0_S, chat: { id: PERSON, type: "private" } }),
    identifies: answers({ id: Number(BOT.id), is_bot: true, first_name: "Tiệm Hoa", username: "Shop" }),
    isBusy: refuses(429, "Too Many Requests: retry after 7", { retry_after: 7 }),
    misses: refuses(403, "Forbidden: bot was blocked by the user"),
    refusesToken: refuses(401, "Unauthorized"),
  },
}));

test("a forged request is known by its header alone, and without an agreed secret everything is forged", () => {
  expect(telegramChannel(settings).plausible(bearing("a-guess"))).toBe(false);
  const unset = telegramChannel({ ...settings, webhookSecret: "" });
  expect(unset.plausible(bearing(""))).toBe(false);
  expect(unset.verify(bearing(""), new Uint8Array())).toBe("forged");
});

test("the bot answers to its name in a group once its token has told it", async () => {
  const server = Bun.serve({
    port: 0,
    fetch: answers({ id: Number(BOT.id), first_name: "Tiệm Hoa", username: BOT.username }),
  });
  const channel = telegramChannel({ ...settings, apiBase: server.url.origin });
  const mention = bodyOf({ message: aMessage({ chat: inGroup, text: `@${BOT.username} còn hoa hồng không?` }) });
  const kind = (): string | undefined => channel.parse(mention).updates[0]?.content.kind;
  expect(kind()).toBe("other");
  await channel.identify(TOKEN, new AbortController().signal);
  await server.stop(true);
  expect(kind()).toBe("message");
});

test("the registry opens Telegram when it is configured", () => {
  expect([...openChannels({ telegram: settings }).keys()]).toEqual(["telegram"]);
});
