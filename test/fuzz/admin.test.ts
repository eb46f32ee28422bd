/** S5: whatever the admin API is asked, it answers in its own words and stands. A failure prints the seed that shows it again. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { z } from "zod";
import { FAULT_CODES } from "../../src/core/fault.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { aFolder, PAGE, startBot, theInternet, type Bot } from "../helpers/bot.ts";
import { until } from "../helpers/until.ts";
import { aWebhook } from "../helpers/webhooks.ts";

const ErrorBody = z.object({
  error: z.strictObject({ code: z.enum(FAULT_CODES), message: z.string(), fix: z.string() }),
});
const AT_ONCE = 16;

const folder = aFolder();
let internet: Sandbox;
let bot: Bot;

beforeAll(async () => {
  internet = await theInternet();
  bot = await startBot(folder.path, internet, { LOG_LEVEL: "error" });
  await until("the page is known", async () => (await bot.list("/api/accounts")).length === 1);
  // Something to list, to flush and to drop.
  internet.faults.inject("messages", { kind: "error", status: 400, code: 100 }, { times: 3 });
  await bot.post(aWebhook(...["1", "2", "3", "4"].map((from) => ({ from, text: "shop còn hàng không vậy ạ" }))));
  await until("some are dead", async () => (await bot.list("/api/retries?state=dead")).length === 3);
});

afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await internet.stop();
  folder[Symbol.dispose]();
});

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
  readonly type: string;
}

const odd = fc.oneof(
  fc.constantFrom(
    "1",
    "0",
    "-1",
    "1e3",
    "1.5",
    "9007199254740993",
    "99999999999999999999",
    "NaN",
    "null",
    "",
    "..",
    "%",
    "%00",
    "%E0%A4%A",
  ),
  fc.constantFrom(
    "turn-1",
    "turn-99999999999999999999",
    "' OR 1=1 --",
    "pending",
    "dead",
    "message",
    PAGE.id,
    "messenger",
    "telegram",
  ),
  fc.string({ unit: "binary" }).map(encodeURIComponent),
  fc.string(),
);
const path = fc.oneof(
  fc.constantFrom(
    "/api/conversations",
    "/api/retries",
    "/api/accounts",
    "/metrics/processing",
    "/api/health",
    "/api/ready",
  ),
  odd.map((id) => `/api/conversations/${id}`),
  odd.map((id) => `/api/conversations/${id}/messages`),
  odd.map((id) => `/api/retries/${id}`),
  odd.map((id) => `/api/accounts/${id}/subscription`),
  odd.map((id) => `/api/accounts/${id}/token`),
  fc.constantFrom("/api/retries/flush", "/admin/flush-retries", "/api/integrations/messenger/send"),
  odd.map((name) => `/api/integrations/${name}/send`),
  odd.map((rest) => `/${rest}`),
);
const query = fc
  .array(fc.tuple(fc.constantFrom("limit", "cursor", "kind", "state", "account", "ids", "__proto__"), odd), {
    maxLength: 4,
  })
  .map((pairs) => (pairs.length === 0 ? "" : `?${pairs.map(([name, value]) => `${name}=${value}`).join("&")}`));
const value = fc.oneof(
  fc.constantFrom(
    "sim-1",
    "turn-1",
    "message",
    "dead",
    "pending",
    PAGE.id,
    "",
    "\ud800",
    "\u0000",
    true,
    false,
    null,
    0,
    -1,
    1e308,
  ),
  fc.string({ unit: "binary" }),
  fc.array(fc.string(), { maxLength: 5 }),
  fc.jsonValue(),
);
const body = fc.oneof(
  fc.constant(null),
  fc
    .record(
      { ids: value, kind: value, state: value, account: value, force: value, recipient_id: value, text: value },
      { requiredKeys: [] },
    )
    .map((fields) => JSON.stringify(fields)),
  fc
    .record({ recipient_id: fc.constant("sim-1"), text: fc.string({ minLength: 1, unit: "binary" }) })
    .map((fields) => JSON.stringify(fields)),
  fc.json(),
  fc.string(),
);
const call: fc.Arbitrary<Call> = fc.record({
  method: fc.constantFrom("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"),
  path: fc.tuple(path, query).map(([start, rest]) => start + rest),
  body,
  type: fc.constantFrom(
    "application/json",
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "x",
  ),
});

async function asked({ method, path: where, body: said, type }: Call, token: string | null) {
  const sends = said !== null && method !== "GET" && method !== "HEAD";
  const answer = await fetch(`${bot.url}${where}`, {
    method,
    redirect: "manual",
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(sends ? { "content-type": type } : {}),
    },
    ...(sends ? { body: said } : {}),
  });
  return { status: answer.status, text: await answer.text() };
}

test("S5 whoever has the token gets an answer of ours to everything, and never a 5xx that is not the platform's", async () => {
  const token = (await Bun.file(`${folder.path}/admin-token`).text()).trim();
  const property = fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: AT_ONCE }), async (calls) => {
    const answers = await Promise.all(calls.map((each) => asked(each, token)));
    for (const [index, { status, text }] of answers.entries()) {
      const told = { ...calls[index], status, text };
      // The sandbox refuses some recipients, which is told as a gateway does.
      const sent = calls[index]?.path.includes("/send") === true && text.includes('"code":"refused"');
      if (status >= 500 && !sent) throw new Error(`a 5xx: ${JSON.stringify(told)}`);
      if (status < 400 || text === "") continue;
      if (!ErrorBody.safeParse(JSON.parse(text)).success) throw new Error(`not our words: ${JSON.stringify(told)}`);
    }
  });
  await fc.assert(property, { numRuns: 120, interruptAfterTimeLimit: 6_000 });
  expect((await fetch(`${bot.url}/api/ready`)).status).toBe(200);
  expect(
    bot
      .log()
      .split("\n")
      .filter((line) => line.includes('"event":"error"')),
  ).toEqual([]);
}, 60_000);

test("S5 whoever has not gets 401 or 404, and changes nothing", async () => {
  const before = await bot.list("/api/retries");
  const isPublic = /^\/(api\/health|api\/ready|privacy|api\/webhooks)/;
  const property = fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: AT_ONCE }), async (calls) => {
    const secret = calls.filter((each) => !isPublic.test(new URL(`${bot.url}${each.path}`).pathname));
    const answers = await Promise.all(secret.map((each) => asked(each, "wrong-token")));
    for (const [index, { status, text }] of answers.entries()) {
      if (![400, 401, 404].includes(status)) throw new Error(JSON.stringify({ ...secret[index], status, text }));
    }
  });
  await fc.assert(property, { numRuns: 60, interruptAfterTimeLimit: 3_000 });
  expect(await bot.list("/api/retries")).toEqual(before);
}, 60_000);
