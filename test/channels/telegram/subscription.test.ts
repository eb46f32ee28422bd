import { afterAll, expect, test } from "bun:test";
import type { HookedBot, TelegramSettings } from "../../../src/channels/telegram/index.ts";
import { KINDS } from "../../../src/channels/telegram/kinds.ts";
import { inspect, subscribe, unsubscribe } from "../../../src/channels/telegram/subscription.ts";
import type { SubscriptionOutcome } from "../../../src/core/subscription.ts";
import { BOT, NOW } from "./fixtures.ts";

const TOKEN = `${BOT.id}:AAE-a-token-of-thirty-five-characters`;
const [OURS, ALSO_OURS] = [
  "https://bot.example.com/api/webhooks/telegram",
  `https://bot.example.com/api/webhooks/telegram/${BOT.id}`,
];
const WANTED = [...KINDS.keys()];
let answer: () => Response = () => Response.error();
let asked: unknown[] = [];
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    asked = [new URL(request.url).pathname.split("/").at(-1), await request.json()];
    return answer();
  },
});
afterAll(() => server.stop(true));

const bot: HookedBot = { ...BOT, webhookSecret: "the-secret" };
const settings: TelegramSettings = {
  apiBase: server.url.origin,
  sendTimeoutMs: 400,
  botAt: (account) => (account === BOT.id ? bot : null),
  polls: false,
  now: () => NOW,
};
const polling = { ...settings, polls: true };
const access = { externalId: BOT.id, token: TOKEN };
const never = new AbortController().signal;
const says = (result: unknown) => () => Response.json({ ok: true, result });
const no = (code: number, description: string) => () =>
  Response.json({ ok: false, error_code: code, description }, { status: code });
const agoS = (ms: number): number => Math.trunc((NOW - ms) / 1_000);

const fine = { url: OURS, has_custom_certificate: false, pending_update_count: 0, allowed_updates: WANTED };
const looked = async (
  info: object,
  by = settings,
  ours: readonly string[] = [OURS, ALSO_OURS],
): Promise<SubscriptionOutcome> => {
  answer = says({ ...fine, ...info });
  return await inspect(by, access, ours, never);
};
const found = async (info: object, by = settings, ours?: readonly string[]): Promise<unknown> => {
  const outcome = await looked(info, by, ours);
  if (outcome.kind !== "known") return outcome;
  const { leads, findings } = outcome.subscription;
  return [leads, ...findings.map(({ code }) => code)];
};

test.each<[string, object, unknown[]]>([
  ["all as it should be", {}, ["here"]],
  ["the bot's other address", { url: ALSO_OURS }, ["here"]],
  ["no webhook", { url: "" }, ["nowhere", "nowhere"]],
  ["somebody else's webhook", { url: "https://elsewhere.example.com/x" }, ["elsewhere", "elsewhere"]],
  ["our address and more", { url: `${OURS}/7000000002` }, ["elsewhere", "elsewhere"]],
  ["kinds that are kept back", { allowed_updates: ["message"] }, ["here", "updates_missing"]],
  ["kinds of Telegram's own choice", { allowed_updates: undefined }, ["here"]],
  ["more kinds than we read", { allowed_updates: [...WANTED, "poll"] }, ["here"]],
  ["updates that wait", { pending_update_count: 3 }, ["here", "pending"]],
  [
    "a failure a moment ago",
    { last_error_date: agoS(60_000), last_error_message: "Connection refused" },
    ["here", "last_error"],
  ],
  ["a failure of yesterday", { last_error_date: agoS(86_400_000), last_error_message: "Connection refused" }, ["here"]],
  [
    "a failure of yesterday whose updates still wait",
    { last_error_date: agoS(86_400_000), pending_update_count: 1 },
    ["here", "pending", "last_error"],
  ],
])("%s", async (_, info, expected) => {
  expect(await found(info)).toEqual(expected);
});

test.each<[string, object, unknown[]]>([
  ["no webhook is as it should be", { url: "" }, ["here"]],
  ["ours keeps messages from being asked for", {}, ["elsewhere", "webhook_set"]],
  ["and somebody else's too", { url: "https://elsewhere.example.com/x" }, ["elsewhere", "webhook_set"]],
])("where messages are asked for, %s", async (_, info, expected) => {
  expect(await found(info, polling)).toEqual(expected);
});

test("without an address of ours nobody can tell whose a webhook is", async () => {
  expect(await found({}, settings, [])).toEqual(["elsewhere", "address_unknown"]);
});

test.each([
  ["Wrong response from the webhook: 403 Forbidden", "botctl accounts subscribe"],
  ["Wrong response from the webhook: 404 Not Found", "proxy"],
  ["Wrong response from the webhook: 502 Bad Gateway", "log"],
  ["SSL error {error:0A000086:SSL routines::certificate verify failed}", "certificate"],
  ["Read timeout expired", "too long"],
  ["Connection refused", "Nobody answers"],
  ["something new", "reached from outside"],
])("%s: the advice fits", async (message, advice) => {
  const outcome = await looked({ last_error_date: agoS(1_000), last_error_message: message });
  expect(outcome).toMatchObject({
    subscription: {
      lastError: { at: agoS(1_000) * 1_000, message },
      findings: [{ code: "last_error", fix: expect.stringContaining(advice) }],
    },
  });
});

test("subscribing gives our address, the bot's secret and the kinds we read, and drops nothing", async () => {
  answer = says(true);
  expect(await subscribe(settings, access, [OURS, ALSO_OURS], never)).toEqual({ kind: "done" });
  expect(asked).toEqual(["setWebhook", { url: OURS, secret_token: "the-secret", allowed_updates: WANTED }]);
  expect(await subscribe(polling, access, [], never)).toEqual({ kind: "done" });
  expect(asked).toEqual(["deleteWebhook", { drop_pending_updates: false }]);
  expect(await unsubscribe(settings, access, never)).toEqual({ kind: "done" });
  expect(asked[0]).toBe("deleteWebhook");
});

test.each([
  [no(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"), "rejected", "HTTPS URL"],
  [no(401, "Unauthorized"), "refused", "Unauthorized"],
  [no(429, "Too Many Requests: retry after 1"), "unreachable", "429"],
  [no(500, "Internal Server Error"), "unreachable", "500"],
  [() => new Response("<html>", { status: 502 }), "unreachable", "502"],
] as const)("a no to subscribing is told apart %#", async (says, kind, words) => {
  answer = says;
  const outcome = await subscribe(settings, access, [OURS], never);
  expect(outcome).toMatchObject({ kind, reason: expect.stringContaining(words) });
  expect(JSON.stringify(outcome)).not.toContain(TOKEN);
});

test("without an address, and for a bot that is not ours, nothing is set", async () => {
  asked = [];
  expect(await subscribe(settings, access, [], never)).toHaveProperty("kind", "rejected");
  expect(await subscribe(settings, { ...access, externalId: "7" }, [OURS], never)).toHaveProperty("kind", "rejected");
  expect(asked).toEqual([]);
});

test("what cannot be read is no news", async () => {
  answer = says(true);
  expect(await inspect(settings, access, [OURS], never)).toHaveProperty("kind", "unreachable");
  answer = no(401, "Unauthorized");
  expect(await inspect(settings, access, [OURS], never)).toHaveProperty("kind", "refused");
  expect(await inspect({ ...settings, apiBase: "http://127.0.0.1:1" }, access, [OURS], never)).toHaveProperty(
    "kind",
    "unreachable",
  );
});
