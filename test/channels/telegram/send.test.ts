import { afterAll, beforeEach, expect, test } from "bun:test";
import { z } from "zod";
import { confirm, mark, send } from "../../../src/channels/telegram/send.ts";
import { render } from "../../../src/channels/telegram/render.ts";
import type { SendOutcome } from "../../../src/core/delivery.ts";
import { GROUP } from "./fixtures.ts";

const Sent = z.looseObject({ chat_id: z.union([z.number(), z.string()]).optional() });

let answers: Response[] = [];
const asked: { path: string; json: z.infer<typeof Sent> }[] = [];
const server = Bun.serve({
  port: 0,
  async fetch(request) {
    asked.push({ path: new URL(request.url).pathname, json: Sent.parse(await request.json()) });
    return answers.shift() ?? Response.json({ ok: true, result: { message_id: 77 } });
  },
});
const settings = { apiBase: `${server.url.origin}/`, sendTimeoutMs: 1_000 };
const access = { externalId: "7000000001", token: "7000000001:AAE-secret" };
const never = new AbortController().signal;

beforeEach(() => {
  asked.splice(0);
  answers = [];
});
afterAll(() => server.stop(true));

function sending(markdown: string, contact = "5550001"): Promise<SendOutcome> {
  const body = render({ text: markdown, actions: [{ type: "reply", title: "Đặt luôn" }] })[0]?.body ?? "";
  return send(settings, { access, contact, deliveryId: "d1", body }, never);
}
const unreadable = (): Response =>
  Response.json(
    { ok: false, error_code: 400, description: "Bad Request: can't parse entities: unexpected end tag" },
    { status: 400 },
  );

test("a message goes to its chat as HTML, with its buttons", async () => {
  expect(await sending("**Giá** < 500k", String(GROUP))).toEqual({ kind: "sent", messageId: "77" });
  expect(asked).toEqual([
    {
      path: "/bot7000000001:AAE-secret/sendMessage",
      json: {
        chat_id: GROUP,
        text: "<b>Giá</b> &lt; 500k",
        parse_mode: "HTML",
        reply_markup: { inline_keyboard: [[{ text: "Đặt luôn", callback_data: "Đặt luôn" }]] },
      },
    },
  ]);
});

test("marks that Telegram cannot read are left away, and the message goes all the same", async () => {
  answers = [unreadable()];
  expect(await sending("**Giá** & [ảnh](https://a.vn/?a=1&b=2)")).toEqual({ kind: "sent", messageId: "77" });
  expect(asked).toHaveLength(2);
  expect(asked[1]?.json).toMatchObject({ text: "Giá & ảnh (https://a.vn/?a=1&b=2)" });
  expect(asked[1]?.json).not.toHaveProperty("parse_mode");
  expect(asked[1]?.json).toHaveProperty("reply_markup");
});

test("what Telegram cannot read as plain text either is a wrong request", async () => {
  answers = [unreadable(), unreadable()];
  expect(await sending("Giá")).toHaveProperty("kind", "request");
  expect(asked).toHaveLength(2);
});

test("a channel is reached by its name", async () => {
  await sending("Hàng mới về", "@tiemhoa");
  expect(asked[0]?.json.chat_id).toBe("@tiemhoa");
});

test("typing is shown; what bots cannot do is not asked for", async () => {
  for (const what of ["seen", "typing_on", "typing_off"] as const) await mark(settings, access, "5550001", what, never);
  expect(asked).toEqual([
    { path: "/bot7000000001:AAE-secret/sendChatAction", json: { chat_id: 5_550_001, action: "typing" } },
  ]);
});

test("a tap is confirmed by its id, and a no is let go", async () => {
  answers = [
    Response.json({ ok: false, error_code: 400, description: "Bad Request: query is too old" }, { status: 400 }),
  ];
  expect(await confirm(settings, access, "4711", never)).toBeUndefined();
  expect(asked).toMatchObject([
    { path: "/bot7000000001:AAE-secret/answerCallbackQuery", json: { callback_query_id: "4711" } },
  ]);
});

test("what the database holds is sent only when it is a message", async () => {
  for (const body of ["", "[]", '{"text":5}']) {
    expect(await send(settings, { access, contact: "1", deliveryId: "d", body }, never)).toHaveProperty(
      "kind",
      "request",
    );
  }
  expect(asked).toEqual([]);
});
