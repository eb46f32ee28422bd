/** Several bots on one server: the whole of it in this process, real HTTP, a real database; only Telegram is played. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Sandbox } from "../../src/sandbox/index.ts";
import type { InnerBot } from "../helpers/app.ts";
import { aFolder } from "../helpers/bot.ts";
import { until } from "../helpers/until.ts";
import { aText, CAFE, json, serving, SHOP, shown, startTelegram } from "./stage.ts";

const SECRET = "the-secret-of-the-shop";
const folder = aFolder();
let telegram: Sandbox;
let server: InnerBot;

beforeAll(async () => {
  telegram = await startTelegram();
  server = await serving(folder.path, telegram, { BOT_TOKEN: SHOP.token, WEBHOOK_SECRET_TOKEN: SECRET });
  await until("the first bot is known", async () => {
    const { data } = Object(await (await server.admin("/api/accounts")).json());
    return data.length === 1;
  });
});

afterAll(async () => {
  await server.stop();
  await telegram.stop();
  folder[Symbol.dispose]();
});

const add = (token: string): Promise<Response> => server.admin("/api/accounts", json({ channel: "telegram", token }));
const giveToken = (id: string, token: string): Promise<Response> =>
  server.admin(`/api/accounts/${id}/token`, json({ token }, "PUT"));

function post(path: string, secret: string | null, person: number): Promise<Response> {
  return fetch(`${server.url}/api/webhooks/telegram${path}`, {
    method: "POST",
    headers: secret === null ? {} : { "x-telegram-bot-api-secret-token": secret },
    body: JSON.stringify(aText("/start", person)),
  });
}

const shape = async (response: Response): Promise<unknown> => [
  response.status,
  [...response.headers.keys()].filter((name) => name !== "date"),
  await response.text(),
];

test("an account is added while the server runs, and is effective at once", async () => {
  const added = await add(CAFE.token);
  expect([added.status, await added.json()]).toEqual([
    201,
    { id: 2, channel: "telegram", external_id: CAFE.id, name: CAFE.username, state: "active", reason: null },
  ]);
  expect((await post(`/${CAFE.id}`, SECRET, 20)).status).toBe(403);
  expect((await add(CAFE.token)).status).toBe(200);
});

test("T3 the bot of BOT_TOKEN is reached by both addresses", async () => {
  expect((await post("", SECRET, 31)).status).toBe(200);
  expect((await post(`/${SHOP.id}`, SECRET, 32)).status).toBe(200);
  await until("both are answered", () => shown(telegram, SHOP).length === 2);
  expect(shown(telegram, CAFE)).toEqual([]);
});

test("T3 a wrong secret, none, and a bot that there is not are refused alike", async () => {
  const refused = await shape(await post("", "a-guess", 40));
  expect(refused).toEqual([403, expect.anything(), expect.stringContaining("signature")]);
  const others = [
    await post("", null, 40),
    await post(`/${SHOP.id}`, "a-guess", 40),
    await post(`/${CAFE.id}`, SECRET, 40),
    await post("/7000000003", SECRET, 40),
    await post("/7000000003", null, 40),
    await post("/%00", SECRET, 40),
  ];
  for (const other of others) expect(await shape(other)).toEqual(refused);
});

test("a token that Telegram refuses, or that is another bot's, changes nothing", async () => {
  const refused = await add("7000000009:nobody");
  expect([refused.status, await refused.json()]).toEqual([
    422,
    { error: { code: "credentials", message: expect.stringContaining("telegram refused"), fix: expect.anything() } },
  ]);
  const others = await giveToken(CAFE.id, SHOP.token);
  expect([others.status, await others.json()]).toMatchObject([422, { error: { code: "credentials" } }]);
  expect((await giveToken("99", SHOP.token)).status).toBe(404);
  expect((await server.admin("/api/accounts", json({ channel: "pigeon", token: "x" }))).status).toBe(400);
  const own = await giveToken("2", CAFE.token);
  expect([own.status, await own.json()]).toMatchObject([200, { external_id: CAFE.id }]);
});

test("a page cannot be added while the settings lack what Messenger needs", async () => {
  const answer = await server.admin("/api/accounts", json({ channel: "messenger", token: "EAAsomething" }));
  expect([answer.status, await answer.json()]).toMatchObject([409, { error: { code: "settings" } }]);
});

test("after a restart without BOT_TOKEN the accounts of the database are served as before", async () => {
  await server.stop();
  server = await serving(folder.path, telegram);
  const statuses = [
    await post("", SECRET, 51),
    await post(`/${SHOP.id}`, SECRET, 52),
    await post(`/${CAFE.id}`, SECRET, 53),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 403]);
});
