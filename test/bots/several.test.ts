/** Several bots on one server: the whole of it in this process, real HTTP, a real database; only Telegram is played. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { startInner, type InnerBot } from "../helpers/app.ts";
import { aFolder } from "../helpers/bot.ts";
import { aText, startManyBots, type FakeBot, type ManyBots } from "../helpers/many-bots.ts";
import { until } from "../helpers/until.ts";

const SECRET = "the-secret-of-the-first-bot";
const HEADER = "x-telegram-bot-api-secret-token";
const folder = aFolder();
let telegram: ManyBots;
let first: FakeBot;
let second: FakeBot;
let server: InnerBot;

/** Telegram alone, and nothing that writes answers: the bots repeat what they hear. */
export const onlyTelegram = (api: string, env: Record<string, string> = {}): Record<string, string> => ({
  FACEBOOK_APP_SECRET: "",
  FACEBOOK_VERIFY_TOKEN: "",
  FACEBOOK_PAGE_ACCESS_TOKEN: "",
  GROQ_API_KEY: "",
  GROQ_BASE_URL: "",
  TELEGRAM_API_BASE: api,
  ...env,
});
const nowhere = { graphUrl: "http://127.0.0.1:1", modelUrl: "http://127.0.0.1:1" };

const start = (env: Record<string, string> = {}): Promise<InnerBot> =>
  startInner(folder.path, nowhere, onlyTelegram(telegram.url, env));

beforeAll(async () => {
  telegram = startManyBots();
  first = telegram.bot(7_000_000_001);
  second = telegram.bot(7_000_000_002);
  server = await start({ BOT_TOKEN: first.token, WEBHOOK_SECRET_TOKEN: SECRET });
});

afterAll(async () => {
  await server.stop();
  await telegram.stop();
  folder[Symbol.dispose]();
});

const json = (body: unknown, method = "POST") => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const add = (token: string): Promise<Response> => server.admin("/api/accounts", json({ channel: "telegram", token }));

function post(path: string, secret: string | null, update: Record<string, unknown>): Promise<Response> {
  return fetch(`${server.url}/api/webhooks/telegram${path}`, {
    method: "POST",
    headers: secret === null ? {} : { [HEADER]: secret },
    body: JSON.stringify(update),
  });
}

const shape = async (response: Response): Promise<unknown> => [
  response.status,
  [...response.headers.keys()].filter((name) => name !== "date"),
  await response.text(),
];

test("an account added while running is effective at once: its webhooks are taken, its answers go out by it", async () => {
  const added = await add(second.token);
  expect([added.status, await added.json()]).toEqual([
    201,
    { id: 2, channel: "telegram", external_id: "7000000002", name: "bot_7000000002", state: "active", reason: null },
  ]);
  expect((await post("/7000000002", SECRET, aText(1, "/help"))).status).toBe(403);
  expect((await add(second.token)).status).toBe(200);
});

test("T3 the bot of BOT_TOKEN is reached by both addresses", async () => {
  await until("the first bot is known", () => telegram.calls.includes("7000000001 getMe"));
  expect((await post("", SECRET, aText(11, "/start"))).status).toBe(200);
  expect((await post("/7000000001", SECRET, aText(12, "/help"))).status).toBe(200);
  await until("both are answered", () => first.sent.length === 2);
  expect(second.sent).toEqual([]);
});

test("T3 a wrong secret, none, and a bot that there is not are refused alike", async () => {
  const refused = await shape(await post("", "a-guess", aText(20, "/start")));
  expect(refused).toEqual([403, expect.anything(), expect.stringContaining("signature")]);
  const others = [
    await post("", null, aText(20, "/start")),
    await post("/7000000001", "a-guess", aText(20, "/start")),
    await post("/7000000002", SECRET, aText(20, "/start")),
    await post("/7000000003", SECRET, aText(20, "/start")),
    await post("/7000000003", null, aText(20, "/start")),
    await post("/%00", SECRET, aText(20, "/start")),
  ];
  for (const other of others) expect(await shape(other)).toEqual(refused);
});

test("a token that Telegram refuses, or that is another bot's, changes nothing", async () => {
  const refused = await add("7000000009:nobody");
  expect([refused.status, await refused.json()]).toEqual([
    422,
    { error: { code: "credentials", message: expect.stringContaining("telegram refused"), fix: expect.anything() } },
  ]);
  const others = await server.admin("/api/accounts/7000000002/token", json({ token: first.token }, "PUT"));
  expect([others.status, await others.json()]).toMatchObject([422, { error: { code: "credentials" } }]);
  const unknown = await server.admin("/api/accounts/99/token", json({ token: first.token }, "PUT"));
  expect(unknown.status).toBe(404);
  expect((await server.admin("/api/accounts", json({ channel: "pigeon", token: "x" }))).status).toBe(400);
  const own = await server.admin("/api/accounts/2/token", json({ token: second.token }, "PUT"));
  expect([own.status, await own.json()]).toMatchObject([200, { external_id: "7000000002" }]);
});

test("a page cannot be added while the settings lack what Messenger needs", async () => {
  const answer = await server.admin("/api/accounts", json({ channel: "messenger", token: "EAAsomething" }));
  expect([answer.status, await answer.json()]).toMatchObject([409, { error: { code: "settings" } }]);
});

test("after a restart without BOT_TOKEN the accounts of the database are served as before", async () => {
  await server.stop();
  server = await start();
  expect((await post("", SECRET, aText(31, "/start", 5_550_031))).status).toBe(200);
  expect((await post("/7000000001", SECRET, aText(32, "/start", 5_550_032))).status).toBe(200);
  expect((await post("/7000000002", SECRET, aText(33, "/start", 5_550_033))).status).toBe(403);
});
