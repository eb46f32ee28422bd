import { afterAll, expect, test } from "bun:test";
import { KINDS } from "../../../src/channels/telegram/kinds.ts";
import { poll } from "../../../src/channels/telegram/poll.ts";
import type { PollOutcome } from "../../../src/core/polling.ts";
import { BOT } from "./fixtures.ts";

const TOKEN = `${BOT.id}:AAE-a-token-of-thirty-five-characters`;
let answer: () => Response | Promise<Response> = () => Response.error();
let asked: Record<string, unknown> = {};
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    asked = { path: new URL(request.url).pathname, ...Object(await request.json()) };
    return answer();
  },
});
afterAll(() => server.stop(true));

const never = new AbortController().signal;
const access = { externalId: BOT.id, token: TOKEN };
const polled = (cursor: string | null = null, signal = never, apiBase = server.url.origin): Promise<PollOutcome> =>
  poll({ apiBase, sendTimeoutMs: 400 }, access, cursor, signal);
const text =
  (body: string, status = 200) =>
  (): Response =>
    new Response(body, { status });
const no = (code: number, description: string, parameters = {}) =>
  text(JSON.stringify({ ok: false, error_code: code, description, parameters }), code);

test("what comes is handed on as it was written, and the next poll confirms it", async () => {
  answer = text(
    '{"ok":true,"result":[{"update_id":7, "message":{"text":"\\u0061","x":12345678901234567890}},{"update_id":9}]}',
  );
  const outcome = await polled();
  expect(outcome).toMatchObject({ kind: "updates", next: "10" });
  const bodies = outcome.kind === "updates" ? outcome.bodies.map((body) => new TextDecoder().decode(body)) : [];
  expect(bodies).toEqual(['{"update_id":7, "message":{"text":"\\u0061","x":12345678901234567890}}', '{"update_id":9}']);
});

test("every poll says what it wants, how long it waits, and what it confirms", async () => {
  answer = text('{"ok":true,"result":[]}');
  expect(await polled("10")).toEqual({ kind: "updates", bodies: [], next: "10" });
  const wanted = { timeout: 50, limit: 100, allowed_updates: [...KINDS.keys()] };
  expect(asked).toEqual({ path: `/bot${TOKEN}/getUpdates`, ...wanted, offset: 10 });
  await polled(null);
  expect(asked).toEqual({ path: `/bot${TOKEN}/getUpdates`, ...wanted });
});

const WEBHOOK =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

test.each<[string, () => Response, PollOutcome | Record<string, unknown>]>([
  [
    "a webhook is set",
    no(409, WEBHOOK),
    { kind: "conflict", reason: expect.stringContaining("botctl accounts subscribe") },
  ],
  ["another program polls", no(409, OTHER), { kind: "conflict", reason: expect.stringContaining("same token") }],
  ["it is asked too often", no(429, "Too Many Requests", { retry_after: 3 }), { kind: "throttled", afterMs: 3_000 }],
  ["the token is revoked", no(401, "Unauthorized"), { kind: "refused" }],
  ["the token is malformed", no(404, "Not Found"), { kind: "refused" }],
  ["the Bot API is ill", no(500, "Internal Server Error"), { kind: "unreachable" }],
  ["a gateway answers", text("<html>Bad gateway</html>", 502), { kind: "unreachable" }],
  ["something else answers", text("<html>fine</html>"), { kind: "unreachable" }],
  ["updates have no number", text('{"ok":true,"result":[{"message":{}}]}'), { kind: "unreachable" }],
  ["there is no list", text('{"ok":true,"result":{"message_id":1}}'), { kind: "unreachable" }],
])("when %s, that is told apart, without the token", async (_, says, outcome) => {
  answer = says;
  const told = await polled();
  expect(told).toMatchObject(outcome);
  expect(JSON.stringify(told)).not.toContain(TOKEN);
});

test("where nobody listens, and when it is called off, it is unreachable at once", async () => {
  expect(await polled(null, never, "http://127.0.0.1:1")).toHaveProperty("kind", "unreachable");
  answer = () => new Promise(() => {});
  const hangUp = new AbortController();
  const waiting = polled(null, hangUp.signal);
  hangUp.abort();
  expect(await waiting).toHaveProperty("kind", "unreachable");
});

test("it waits longer than one send may take", async () => {
  answer = async () => {
    await Bun.sleep(600);
    return Response.json({ ok: true, result: [] });
  };
  expect(await polled()).toHaveProperty("kind", "updates");
});
