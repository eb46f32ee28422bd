/** T6 T9 the user service from outside: the compiled binary, real HTTP, a real database file; Telegram and the service are played. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import type { Sandbox } from "../src/sandbox/index.ts";
import { aFolder, BINARY, onlyTelegram, startBot, theInternet, type Bot } from "./helpers/bot.ts";
import { BOT, startBotApi, type BotApi } from "./helpers/bot-api.ts";
import { API_KEY, UserServer } from "./helpers/user-service.ts";
import { still, until } from "./helpers/until.ts";

const SECRET = "the-webhook-secret";
const PERSON = 5_660_001;

// Each test starts the binary, some twice.
setDefaultTimeout(30_000);

let internet: Sandbox;
let telegram: BotApi;
let service: UserServer;
let folder: ReturnType<typeof aFolder>;
let bot: Bot | null = null;
let made = 0;

beforeAll(async () => {
  internet = await theInternet();
});
afterAll(() => internet.stop());

beforeEach(() => {
  telegram = startBotApi();
  service = new UserServer();
  service.start();
  folder = aFolder();
});

afterEach(async () => {
  await bot?.[Symbol.asyncDispose]();
  bot = null;
  await Promise.all([telegram.stop(), service.stop()]);
  folder[Symbol.dispose]();
});

const settings = (): Record<string, string> => ({
  ...onlyTelegram(telegram.url),
  BOT_TOKEN: BOT.token,
  WEBHOOK_SECRET_TOKEN: SECRET,
  USER_SERVICE_BASE: service.url,
  SERVICE_API_KEY: API_KEY,
  REQUEST_TIMEOUT: "1",
});

async function start(env: Record<string, string> = {}): Promise<Bot> {
  bot = await startBot(folder.path, internet, { ...settings(), ...env });
  return bot;
}

/** Runs a command of the binary on the bot's folder. */
async function botctl(...words: string[]): Promise<{ code: number; out: string }> {
  const child = Bun.spawn([BINARY, ...words, "--data-dir", folder.path], {
    cwd: folder.path,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { PATH: process.env["PATH"] ?? "", ...settings() },
  });
  const [out, complaints] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, out: out + complaints };
}

function running(): Bot {
  if (bot === null) throw new Error("no bot runs");
  return bot;
}

/** Somebody writes on Telegram. @returns the update */
async function writes(
  text: string,
  person = PERSON,
  more: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  made += 1;
  const chat = { id: person, type: "private", first_name: "Lan", last_name: "Trần" };
  const from = { id: person, is_bot: false, first_name: "Lan" };
  const message = { message_id: made, date: Math.trunc(Date.now() / 1_000), chat, from, text, ...more };
  const update = { update_id: 880_000 + made, message };
  await post(update);
  return update;
}

async function post(update: unknown): Promise<void> {
  const headers = { "x-telegram-bot-api-secret-token": SECRET };
  const init = { method: "POST", headers, body: JSON.stringify(update) };
  expect((await fetch(`${running().url}/api/webhooks/telegram`, init)).status).toBe(200);
}

const answered = (count: number): Promise<boolean> =>
  until(`${count} answers`, () => telegram.sent.filter(({ chat }) => chat === PERSON).length === count);

const told = (count: number, person = PERSON): Promise<string[]> =>
  until(`${count} interactions`, () => {
    const all = service.toldOf(person);
    return all.length >= count ? all : null;
  });

function journal(query = ""): Promise<Record<string, unknown>[]> {
  return running().list(`/api/retries?kind=interaction${query}`);
}

test("T6 a person is registered once, and told of with the raw update and what was answered", async () => {
  await start();
  const update = await writes("/start");
  await told(2);
  expect(service.users).toEqual([{ id: 100, telegram_id: PERSON, phone: null, full_name: "Lan Trần", email: null }]);
  const [heard, said] = service.interactions;
  expect(heard).toMatchObject({ user_id: 100, telegram_message_id: made, direction: "in", message_text: "/start" });
  expect(heard?.metadata).toEqual(update);
  const shown = telegram.sent[0];
  expect(said).toMatchObject({ user_id: 100, direction: "out", telegram_message_id: 10_001 });
  expect(said?.message_text).toContain("/help");
  expect(shown?.chat).toBe(PERSON);
  expect(said?.metadata).toMatchObject({ by: "bot", kind: "message", actions: [] });

  await writes("/help");
  await told(4);
  expect(service.users).toHaveLength(1);
  expect(service.calls.filter((call) => call.includes("by-telegram"))).toHaveLength(1);
  await until("nothing is owed any more", async () => (await journal()).length === 0);
});

test("T6 T7 the agent's actions go along", async () => {
  const agent = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => Response.json({ reply: "Dạ 350k ạ.", actions: [{ type: "reply", title: "Đặt", payload: "BUY" }] }),
  });
  await start({ AGENT_SERVICE_BASE: `http://127.0.0.1:${agent.port}` });
  await writes("hoa hồng bao nhiêu một bó vậy shop");
  await told(2);
  expect(service.interactions[1]).toMatchObject({
    message_text: "Dạ 350k ạ.",
    metadata: { actions: [{ type: "reply", title: "Đặt", payload: "BUY" }] },
  });
  await agent.stop(true);
});

test("T9 while the service is away answers come as ever; when it is back each interaction arrives once, in order", async () => {
  await start();
  await service.stop();
  const texts = ["/start một", "/help hai", "/start ba"];
  for (const [index, text] of texts.entries()) {
    await writes(text);
    await answered(index + 1);
  }
  const waiting = await until("all of it waits", async () => {
    const rows = await journal();
    return rows.length === 6 && rows.some(({ last_error: error }) => error !== null) ? rows : null;
  });
  expect(waiting.map(({ kind, state }) => `${String(kind)} ${String(state)}`)).toEqual(
    Array.from({ length: 6 }, () => "interaction pending"),
  );
  expect(JSON.stringify(waiting)).toContain("could not connect");
  service.start();
  const all = await told(6);
  await until("nothing is owed any more", async () => (await journal()).length === 0);
  expect(all.map((line) => line.replace(/^out: .*/s, "out"))).toEqual(texts.flatMap((text) => [`in: ${text}`, "out"]));
  expect(service.toldOf(PERSON)).toHaveLength(6);
});

test("T9 killed while the service is away, the bot tells it after the next start", async () => {
  await service.stop();
  await start();
  await writes("/start");
  await answered(1);
  await running().kill();
  service.start();
  await start();
  await told(2);
  await still(200);
  expect(service.toldOf(PERSON)).toHaveLength(2);
});

test.each(["/admin/flush-retries", "/api/retries/flush"])("T9 %s has them sent at once", async (route) => {
  service.hurdle = () => Response.json({}, { status: 429, headers: { "retry-after": "3600" } });
  await start();
  await writes("/start");
  await answered(1);
  await until("it is asked for an hour of patience", async () =>
    JSON.stringify(await journal()).includes("answered 429"),
  );
  service.hurdle = () => null;
  const flushed = await running().admin(route, { method: "POST" });
  expect(await flushed.json()).toEqual({ flushed: 2 });
  await told(2);
});

test("T9 botctl shows what waits, and its flush has it sent, with the server and without", async () => {
  await service.stop();
  await start();
  await writes("/start");
  await answered(1);
  await until("two attempts failed", async () => (await journal()).some(({ attempts }) => Number(attempts) >= 2));
  const listed = await botctl("retry", "list", "--kind", "interaction", "--json");
  expect(listed.out.match(/"kind":\s*"interaction"/g)).toHaveLength(2);
  service.start();
  expect((await botctl("retry", "flush", "--json")).code).toBe(0);
  await told(2);

  await service.stop();
  await writes("/help");
  await answered(2);
  await running().kill();
  service.start();
  const drained = await botctl("retry", "flush", "--now", "--json");
  expect([drained.code, service.toldOf(PERSON).length]).toEqual([0, 4]);
  expect(JSON.parse(drained.out)).toMatchObject({ ok: true });
});

test("T9 without a server a flush of a service that is still away ends, and leaves all as it was", async () => {
  await service.stop();
  await start();
  await writes("/start");
  await answered(1);
  await running().kill();
  const began = performance.now();
  const { code, out } = await botctl("retry", "flush", "--now", "--wait", "1");
  expect([code, out]).toEqual([7, expect.stringContaining(" 0 failed again, 2 waiting\n")]);
  expect(performance.now() - began).toBeLessThan(15_000);
  service.start();
  await start();
  await told(2);
});

test("R8 a service that does not answer does not hold up the end, and is asked after the next start", async () => {
  service.hurdle = (request, path) =>
    request.method === "POST" && path === "/api/interactions" ? new Promise<null>(() => {}) : null;
  await start({ REQUEST_TIMEOUT: "60", SHUTDOWN_TIMEOUT_MS: "30000" });
  await writes("/start");
  await answered(1);
  await until("it is under way", () => service.calls.includes("POST /api/interactions"));
  const began = performance.now();
  expect(await running().terminate()).toBe(0);
  expect(performance.now() - began).toBeLessThan(15_000);
  service.hurdle = () => null;
  await start({ REQUEST_TIMEOUT: "0.2" });
  await told(2);
  await still(200);
  expect(service.toldOf(PERSON)).toHaveLength(2);
});

test("T9 killed while the service stores it, the bot does not tell it twice", async () => {
  service.hurdle = async (request, path, body) => {
    if (request.method !== "POST" || path !== "/api/interactions") return null;
    service.take(body);
    return await new Promise<null>(() => {});
  };
  await start();
  await writes("/start");
  await answered(1);
  await until("it is stored", () => service.interactions.length === 1);
  await running().kill();
  service.hurdle = () => null;
  await start();
  await told(2);
  await until("nothing is owed any more", async () => (await journal()).length === 0);
  expect(service.toldOf(PERSON)).toHaveLength(2);
});

test("T9 a service that asks for patience gets it", async () => {
  let busy = true;
  let askedAt = 0;
  service.hurdle = () => {
    if (!busy) return null;
    busy = false;
    askedAt = performance.now();
    return Response.json({}, { status: 429, headers: { "retry-after": "0.9" } });
  };
  await start();
  await writes("/start");
  await told(1);
  expect(performance.now() - askedAt).toBeGreaterThan(900);
  await told(2);
});

test("T9 a service that takes its time delays no answer, and an unknown outcome is looked for before it is sent again", async () => {
  // It stores at once, and does not answer before the test is over.
  const over = Promise.withResolvers<null>();
  let slow = 2;
  service.hurdle = (request, path, body) => {
    if (request.method !== "POST" || path !== "/api/interactions" || slow === 0) return null;
    slow -= 1;
    service.take(body);
    return over.promise;
  };
  await start({ REQUEST_TIMEOUT: "0.3" });
  await writes("/start");
  await answered(1);
  await until("all is settled", async () => (await journal()).length === 0 && service.toldOf(PERSON).length === 2);
  await still(300);
  expect(service.toldOf(PERSON)).toHaveLength(2);
  expect(service.calls.filter((call) => call.startsWith("GET /api/interactions/")).length).toBeGreaterThanOrEqual(2);
  over.resolve(null);
});

test("T9 one that is refused is dead and visible, and the person's next ones go on", async () => {
  service.hurdle = (request, path, body) =>
    path === "/api/interactions" && JSON.stringify(body).includes("xấu") && JSON.stringify(body).includes('"in"')
      ? Response.json({ error: "no" }, { status: 422 })
      : null;
  await start();
  await writes("/start xấu");
  await answered(1);
  await writes("/help");
  await answered(2);
  await told(3);
  const [dead, ...others] = await journal("&state=dead");
  expect(others).toEqual([]);
  expect(dead).toMatchObject({
    kind: "interaction",
    last_error: "request: the user service answered 422 for the interaction",
  });
  const detail = await (await running().admin(`/api/retries/${String(dead?.["id"])}`)).json();
  expect(detail).toMatchObject({ text: "/start xấu" });
  service.hurdle = () => null;
  await running().admin("/admin/flush-retries", { method: "POST" });
  await told(4);
  await until("nothing is owed any more", async () => (await journal()).length === 0);
});

test("T9 a service that refuses the key is left alone until a flush, and an alarm says what to do", async () => {
  service.hurdle = () => Response.json({ error: "key" }, { status: 403 });
  await start();
  await writes("/start");
  await answered(1);
  await until("it is parked", async () => (await journal("&state=parked")).length === 1);
  await until("the alarm", () => running().log().includes("check SERVICE_API_KEY"));
  const calls = service.calls.length;
  await writes("/help");
  await answered(2);
  await still(400);
  expect(service.calls.length).toBe(calls);
  service.hurdle = () => null;
  await running().admin("/admin/flush-retries", { method: "POST" });
  await told(4);
});

test("T6 a redirect to the same path with a slash is followed, any other is not", async () => {
  service.hurdle = (request, path) => {
    const to = (location: string): Response => new Response(null, { status: 307, headers: { location } });
    if (path === "/api/interactions") return to(`${service.url}/api/interactions/`);
    if (path === "/api/interactions/") return null;
    return null;
  };
  const stranger = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json({}) });
  await start();
  await writes("/start");
  await until("it comes by the slash", () => service.calls.includes("POST /api/interactions/"));
  let visits = 0;
  stranger.reload({
    fetch: () => {
      visits += 1;
      return Response.json({});
    },
  });
  service.hurdle = (_, path) =>
    path.startsWith("/api/interactions")
      ? new Response(null, {
          status: 307,
          headers: { location: `http://127.0.0.1:${stranger.port}/api/interactions/` },
        })
      : null;
  await writes("/help");
  await until("it is told why", async () => JSON.stringify(await journal()).includes("a redirect"));
  expect(visits).toBe(0);
  await stranger.stop(true);
});

test("T6 groups, and people of other channels, are not told of", async () => {
  await start();
  await writes("/start");
  // From then on the bot knows its name, too.
  await told(2);
  const chat = { id: -100_777, type: "supergroup", title: "Nhóm hoa" };
  await writes(`/help@${BOT.username}`, PERSON, { chat });
  await until("the group is answered", () => telegram.sent.some(({ chat: to }) => to === -100_777));
  await writes("/help");
  await told(4);
  expect(service.interactions).toHaveLength(4);
  expect(service.users).toHaveLength(1);
});

test("without USER_SERVICE_BASE nothing is written, and what an earlier service is owed does no harm", async () => {
  await service.stop();
  await start();
  await writes("/start");
  await answered(1);
  await running().kill();
  await start({ USER_SERVICE_BASE: "" });
  await writes("/help");
  await answered(2);
  expect(await journal()).toHaveLength(2);
  const flushed = await running().admin("/admin/flush-retries", { method: "POST" });
  expect(flushed.status).toBe(200);
  await writes("/start");
  await answered(3);
  expect(await journal()).toHaveLength(2);
});
