/** S1 S4 G2: whatever is posted, the server stands, and says what it has to. A failure prints the seed that shows it again. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { aFolder, APP, PAGE, startBot, theInternet, type Bot } from "../helpers/bot.ts";
import { until } from "../helpers/until.ts";
import { anEvent, aWebhook } from "../helpers/webhooks.ts";
import { webhookBody } from "./bodies.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Posted at once, because they share the wait for the disk. */
const AT_ONCE = 16;
const RUNS = { numRuns: 80, interruptAfterTimeLimit: 6_000 };

const folder = aFolder();
let internet: Sandbox;
let bot: Bot;

beforeAll(async () => {
  internet = await theInternet();
  bot = await startBot(folder.path, internet, {
    LOG_LEVEL: "error",
    PLAIN_WAIT: "0",
    FACEBOOK_RATE_LIMIT_MESSAGES_PER_MINUTE: "0",
  });
  await until("the page is known", async () => (await bot.list("/api/accounts")).length === 1);
});

afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await internet.stop();
  folder[Symbol.dispose]();
});

function signatureOf(body: Bytes): string {
  return `sha256=${createHmac("sha256", APP.secret).update(body).digest("hex")}`;
}

async function statusOf(body: Bytes, signature: string | null): Promise<number> {
  const answer = await fetch(`${bot.url}/api/webhooks/messenger`, {
    method: "POST",
    body,
    headers: signature === null ? {} : { "x-hub-signature-256": signature },
  });
  await answer.arrayBuffer();
  return answer.status;
}

async function isWell(): Promise<void> {
  expect((await fetch(`${bot.url}/api/ready`)).status).toBe(200);
  const wrong = bot
    .log()
    .split("\n")
    .filter((line) => line.includes('"event":"error"'));
  expect(wrong).toEqual([]);
}

test("G2 every signed body is answered 200, whatever is in it", async () => {
  const bodies = fc.array(webhookBody, { minLength: 1, maxLength: AT_ONCE, size: "max" });
  const property = fc.asyncProperty(bodies, async (batch) => {
    // The last comes twice, as a platform that heard no answer would do.
    const posted = [...batch, ...batch.slice(-1)];
    const statuses = await Promise.all(posted.map((body) => statusOf(body, signatureOf(body))));
    expect(statuses).toEqual(posted.map(() => 200));
    await isWell();
  });
  await fc.assert(property, RUNS);
}, 60_000);

test("S1 no body is taken with a signature that is not its own", async () => {
  const forged = fc.tuple(
    webhookBody,
    fc.nat(),
    fc.constantFrom("flip", "cut", "add", "double"),
    fc.integer({ min: 1, max: 255 }),
  );
  const property = fc.asyncProperty(fc.array(forged, { minLength: 1, maxLength: AT_ONCE }), async (batch) => {
    const statuses = await Promise.all(
      batch.map(([body, at, how, by]) => statusOf(tamperedWith(body, at, how, by), signatureOf(body))),
    );
    expect(statuses).toEqual(batch.map(() => 401));
    await isWell();
  });
  await fc.assert(property, RUNS);
}, 60_000);

test("S1 no body is taken with a header that is no signature", async () => {
  const visibleText = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  });
  const header = fc.oneof(
    fc.constant(null),
    visibleText,
    fc.constantFrom("sha256=", "sha1=", "SHA256=", "sha256=sha256=").map((start) => start + "0".repeat(64)),
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => `sha256=${Buffer.from(bytes).toString("hex")}`),
  );
  const property = fc.asyncProperty(
    fc.array(fc.tuple(webhookBody, header), { minLength: 1, maxLength: AT_ONCE }),
    async (batch) => {
      const statuses = await Promise.all(batch.map(([body, signature]) => statusOf(body, signature)));
      expect(statuses).toEqual(batch.map(() => 401));
    },
  );
  await fc.assert(property, RUNS);
  await isWell();
}, 60_000);

/** Other bytes than `body`, by as little as possible. */
function tamperedWith(body: Bytes, at: number, how: "flip" | "cut" | "add" | "double", by: number): Bytes {
  if (how === "add" || body.length === 0) return new Uint8Array([...body, by]);
  if (how === "cut") return body.slice(0, -1);
  if (how === "double") return new Uint8Array([...body, ...body]);
  return body.map((byte, index) => (index === at % body.length ? byte ^ by : byte));
}

describe("G2 S4 bodies of a size", () => {
  const bytesOf = (body: unknown): Bytes => new TextEncoder().encode(JSON.stringify(body));
  const entries = (events: readonly unknown[]): Bytes =>
    bytesOf({ object: "page", entry: [{ id: PAGE.id, time: 1, messaging: events }] });
  const padding = "x".repeat(4 * 1_024 * 1_024);
  const sizes: readonly [string, () => Bytes, number][] = [
    [
      "1,000 messages of as many people",
      () => entries(Array.from({ length: 1_000 }, (_, n) => anEvent({ from: `sim-${n}`, text: "alo" }))),
      200,
    ],
    [
      "1,000 messages of one person",
      () => entries(Array.from({ length: 1_000 }, () => anEvent({ from: "sim-one", text: "alo" }))),
      200,
    ],
    ["1,000 events that make no sense", () => entries(Array.from({ length: 1_000 }, (_, n) => ({ n }))), 200],
    ["more events than any platform sends at once", () => entries(Array.from({ length: 1_000_000 }, () => 0)), 200],
    [
      "1,000 entries",
      () => bytesOf(aWebhook(...Array.from({ length: 1_000 }, (_, n) => ({ from: `sim-${n}`, text: "alo" })))),
      200,
    ],
    ["one message of 4 MB", () => entries([anEvent({ from: "sim-long", text: padding.slice(0, 4_000_000) })]), 200],
    ["100,000 levels", () => new TextEncoder().encode(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), 200],
    ["a little more than 4 MiB", () => bytesOf({ object: "page", entry: [], padding }), 413],
  ];

  test.each(sizes)("%s", async (_, make, status) => {
    const body = make();
    expect(await statusOf(body, signatureOf(body))).toBe(status);
    expect(await statusOf(body, `sha256=${"0".repeat(64)}`)).toBe(status === 413 ? 413 : 401);
    await isWell();
  });
});

test("afterwards the server answers a customer, stops well, and its database is whole", async () => {
  await bot.post(aWebhook({ from: "8001", text: "shop còn hàng không vậy ạ" }));
  await until("the customer is answered", () => internet.sent.some((message) => message.recipient === "8001"));
  await isWell();
  expect(await bot.terminate()).toBe(0);
  const db = new Database(join(folder.path, "botctl.db"), { readonly: true });
  expect(db.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  expect(db.query("PRAGMA foreign_key_check").all()).toEqual([]);
  db.close();
}, 30_000);
