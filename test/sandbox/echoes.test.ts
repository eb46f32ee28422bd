import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Clock } from "../../src/core/clock.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { APP_ID, APP_SECRET, graph, PAGE, send, start } from "./sandbox.ts";

interface Webhook {
  readonly bytes: Uint8Array;
  readonly signature: string | null;
}

/** The bot's server, as far as webhooks go. */
let received: Webhook[];
let statuses: number[];
let bot: Bun.Server<undefined>;
let sandbox: Sandbox;

beforeEach(async () => {
  received = [];
  statuses = [];
  bot = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    async fetch(request) {
      const { searchParams } = new URL(request.url);
      if (request.method === "GET") {
        const known = searchParams.get("hub.verify_token") === "the verify token";
        return new Response(known ? searchParams.get("hub.challenge") : null, { status: known ? 200 : 403 });
      }
      const bytes = new Uint8Array(await request.arrayBuffer());
      received.push({ bytes, signature: request.headers.get("x-hub-signature-256") });
      return new Response("EVENT_RECEIVED", { status: statuses.shift() ?? 200 });
    },
  });
  sandbox = await start({ webhook: { url: `${bot.url.origin}/api/webhooks/messenger` } });
});

afterEach(async () => {
  await sandbox.stop();
  await bot.stop(true);
});

function contentOf(webhook: Webhook | undefined): unknown {
  return JSON.parse(new TextDecoder().decode(webhook?.bytes));
}

describe("an echo", () => {
  test("comes soon after the answer, is signed over its bytes, and names app, metadata and message", async () => {
    await send(sandbox, { text: "chào/😀", metadata: "delivery-1" }, "psid-1");
    await sandbox.echoes.idle();
    const [webhook] = received;
    const expected = createHmac("sha256", APP_SECRET)
      .update(webhook?.bytes ?? "")
      .digest("hex");
    expect(webhook?.signature).toBe(`sha256=${expected}`);
    expect(webhook?.bytes.every((byte) => byte < 0x80)).toBe(true);
    const [sent] = sandbox.sent;
    expect(contentOf(webhook)).toEqual({
      object: "page",
      entry: [
        {
          id: PAGE.id,
          time: sent?.at,
          messaging: [
            {
              sender: { id: PAGE.id },
              recipient: { id: "psid-1" },
              timestamp: sent?.at,
              message: {
                is_echo: true,
                app_id: Number(APP_ID),
                mid: sent?.messageId,
                metadata: "delivery-1",
                text: "chào/😀",
              },
            },
          ],
        },
      ],
    });
    expect(sandbox.echoes.posts).toMatchObject([{ messageId: sent?.messageId, status: 200 }]);
  });

  test("of a template holds the template", async () => {
    const payload = {
      template_type: "button",
      text: "Chọn",
      buttons: [{ type: "postback", title: "A", payload: "A" }],
    };
    await send(sandbox, { attachment: { type: "template", payload } });
    await sandbox.echoes.idle();
    expect(contentOf(received[0])).toMatchObject({
      entry: [{ messaging: [{ message: { attachments: [{ type: "template", title: "Chọn", payload }] } }] }],
    });
  });

  test("is owed for a message whose answer got lost", async () => {
    sandbox.faults.inject("messages", { kind: "drop" });
    expect(await send(sandbox, { text: "a", metadata: "lost" }).catch(() => "no answer")).toBe("no answer");
    await sandbox.echoes.idle();
    expect(contentOf(received[0])).toMatchObject({ entry: [{ messaging: [{ message: { metadata: "lost" } }] }] });
  });

  test("does not come for marks, for refused messages, when off, or when the page is not subscribed to echoes", async () => {
    await graph(sandbox, "POST", "me/messages", { recipient: { id: "a" }, sender_action: "typing_on" });
    await send(sandbox, { text: "" });
    sandbox.echoes.on = false;
    await send(sandbox, { text: "off" });
    sandbox.echoes.on = true;
    await graph(sandbox, "POST", "me/subscribed_apps", { subscribed_fields: "messages" });
    await send(sandbox, { text: "not subscribed" });
    await sandbox.echoes.idle();
    expect(sandbox.sent.map(({ text }) => text)).toEqual(["off", "not subscribed"]);
    expect(received).toEqual([]);
  });

  test("can be lost on order", async () => {
    sandbox.echoes.lose(1);
    await send(sandbox, { text: "first" });
    await send(sandbox, { text: "second" });
    await sandbox.echoes.idle();
    expect(received.map(contentOf)).toMatchObject([{ entry: [{ messaging: [{ message: { text: "second" } }] }] }]);
  });

  test("comes again when it was not answered with 200", async () => {
    statuses = [503];
    await send(sandbox, { text: "a" });
    await sandbox.echoes.idle();
    expect(sandbox.echoes.posts.map(({ status }) => status)).toEqual([503, 200]);
    expect(received[1]).toEqual(received[0]);
  });

  test("of a human names the inbox and no metadata", async () => {
    sandbox.echoes.ofHuman(PAGE.id, "psid-1", "Chị trả lời đây", "m_human");
    await sandbox.echoes.idle();
    const message = { is_echo: true, app_id: 263902037430900, mid: "m_human", text: "Chị trả lời đây" };
    expect(contentOf(received[0])).toMatchObject({
      entry: [{ messaging: [{ recipient: { id: "psid-1" }, message }] }],
    });
    expect(sandbox.sent).toEqual([]);
  });
});

test("echoes wait as long as they are told, and are tried less and less often", async () => {
  const waits: number[] = [];
  const clock: Clock = {
    now: () => 1_000,
    after(delayMs, callback) {
      waits.push(delayMs);
      queueMicrotask(callback);
      return () => {};
    },
  };
  const own = await start({ clock, webhook: { url: `${bot.url.origin}/api/webhooks/messenger` } });
  own.echoes.delayMs = 700;
  statuses = [500, 500, 500, 500, 500, 500];
  await send(own, { text: "a" });
  await own.echoes.idle();
  await own.stop();
  expect(waits).toEqual([700, 0, 1_000, 5_000, 15_000, 60_000]);
  expect(own.echoes.posts.length).toBe(6);
});

test("a sandbox that stops owes nothing any more", async () => {
  sandbox.echoes.delayMs = 60_000;
  await send(sandbox, { text: "a" });
  await sandbox.stop();
  await sandbox.echoes.idle();
  expect(received).toEqual([]);
});

describe("the handshake", () => {
  const appToken = `${APP_ID}|${APP_SECRET}`;

  test("passes with a server that knows the verify token", async () => {
    expect(await sandbox.verifyWebhook(`${bot.url.origin}/api/webhooks/messenger`)).toBeNull();
    expect(await sandbox.verifyWebhook("http://127.0.0.1:1/")).toBe("no answer");
  });

  test("comes before a webhook address is taken", async () => {
    const fields = { object: "page", callback_url: `${bot.url.origin}/hook`, fields: "messages" };
    const path = `${APP_ID}/subscriptions`;
    const wrong = await graph(sandbox, "POST", path, { ...fields, verify_token: "wrong" }, appToken);
    expect(wrong.body).toMatchObject({ error: { code: 2200, message: expect.stringMatching(/403/) } });
    const right = await graph(sandbox, "POST", path, { ...fields, verify_token: "the verify token" }, appToken);
    expect(right.body).toEqual({ success: true });
    expect(sandbox.echoes.url).toBe(`${bot.url.origin}/hook`);
    expect((await graph(sandbox, "POST", path, fields)).body).toMatchObject({ error: { code: 15 } });
  });
});
