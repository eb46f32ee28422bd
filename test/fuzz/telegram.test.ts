/** S3 S4 G2: whatever is posted as Telegram's, the server stands, and says what it has to. A failure prints its seed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { FIRST_SIMULATED_CHAT } from "../../src/core/conversation.ts";
import { startInner, type InnerBot } from "../helpers/app.ts";
import { aFolder, theInternet } from "../helpers/bot.ts";
import { until } from "../helpers/until.ts";
import { SHOP } from "../sandbox/telegram/api.ts";

const SECRET = "the-webhook-secret";
/** Posted at once, because they share the wait for the disk. */
const AT_ONCE = 16;
const RUNS = { numRuns: 60, interruptAfterTimeLimit: 5_000 };

const folder = aFolder();
let internet: Sandbox;
let bot: InnerBot;

beforeAll(async () => {
  internet = await theInternet({ telegram: { bots: [SHOP] } });
  bot = await startInner(folder.path, internet, {
    PLAIN_WAIT: "0",
    BOT_TOKEN: SHOP.token,
    TELEGRAM_API_BASE: internet.telegramUrl,
    WEBHOOK_SECRET_TOKEN: SECRET,
  });
  await until("the bot is known", async () => (await (await bot.admin("/api/accounts")).text()).includes("telegram"));
}, 20_000);

afterAll(async () => {
  await bot.stop();
  await internet.stop();
  folder[Symbol.dispose]();
});

const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(0, -1, 1e300, "", "\u0000", "\ud800", null));
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("/start", "/help@x", "xem ảnh này", "a".repeat(5_000)),
);
const chat = fc.record({
  id: fc.integer({ min: 0, max: 5 }).map((n) => FIRST_SIMULATED_CHAT + n),
  type: fc.constantFrom("private", "group", "supergroup", "channel", "?"),
  title: odd,
});
const file = fc.record({ file_id: fc.oneof(text, odd), width: odd, height: odd, file_size: odd, emoji: odd });
/** Whole in what matters most, and anything elsewhere. */
const message = fc.record(
  {
    message_id: fc.integer({ min: 1, max: 200 }),
    date: fc.integer({ min: 1_795_000_000, max: 1_795_000_060 }),
    chat,
    from: fc.oneof(fc.record({ id: fc.integer({ min: 1 }), first_name: odd }), odd),
    text,
    caption: fc.oneof(text, odd),
    entities: odd,
    photo: fc.oneof(fc.array(file, { maxLength: 3 }), odd),
    document: fc.oneof(file, odd),
    voice: fc.oneof(file, odd),
    sticker: fc.oneof(file, odd),
    location: odd,
    contact: odd,
    media_group_id: odd,
    reply_to_message: odd,
    migrate_to_chat_id: odd,
    migrate_from_chat_id: odd,
  },
  { requiredKeys: ["message_id", "date", "chat"] },
);
const kind = fc.constantFrom(
  "message",
  "edited_message",
  "callback_query",
  "my_chat_member",
  "channel_post",
  "poll",
  "__proto__",
);
const update = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.nat(500), message).map(([id, said]) => ({ update_id: id, message: said })) },
  fc
    .tuple(fc.oneof(fc.nat(500), odd), kind, fc.oneof(message, odd))
    .map(([id, name, value]) => ({ update_id: id, [name]: value })),
  odd,
);
const body = fc.oneof(
  { weight: 8, arbitrary: update.map((value) => new TextEncoder().encode(JSON.stringify(value))) },
  fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
);
const batch = fc.array(body, { minLength: 1, maxLength: AT_ONCE, size: "max" });

async function statusOf(bytes: Uint8Array<ArrayBuffer>, secret: string | null): Promise<number> {
  const headers: Record<string, string> = secret === null ? {} : { "x-telegram-bot-api-secret-token": secret };
  const answer = await fetch(`${bot.url}/api/webhooks/telegram`, { method: "POST", body: bytes, headers });
  await answer.arrayBuffer();
  return answer.status;
}

async function isWell(): Promise<void> {
  expect((await fetch(`${bot.url}/api/ready`)).status).toBe(200);
}

test("G2 every update that bears the secret is answered 200, whatever is in it", async () => {
  const property = fc.asyncProperty(batch, async (bodies) => {
    const posted = [...bodies, ...bodies.slice(-1)];
    const statuses = await Promise.all(posted.map((bytes) => statusOf(bytes, SECRET)));
    expect(statuses).toEqual(posted.map(() => 200));
    await isWell();
  });
  await fc.assert(property, RUNS);
}, 60_000);

test("S3 none is taken with another word, or with none", async () => {
  const word = fc.oneof(
    fc.constant(null),
    fc.constantFrom("", SECRET.slice(1), `${SECRET}x`, SECRET.toUpperCase()),
    fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) }),
  );
  const property = fc.asyncProperty(batch, word, async (bodies, secret) => {
    fc.pre(secret !== SECRET);
    const statuses = await Promise.all(bodies.map((bytes) => statusOf(bytes, secret)));
    expect(statuses).toEqual(bodies.map(() => 403));
  });
  await fc.assert(property, RUNS);
  await isWell();
}, 60_000);
