import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Sandbox } from "../../../src/sandbox/index.ts";
import { bot, CAFE, GROUP, PERSON, refusal, say, SHOP, SHOP_ID, startTelegram } from "./api.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTelegram();
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.faults.clear());

const buttons = (...row: unknown[]): Record<string, unknown> => ({ reply_markup: { inline_keyboard: [row] } });

describe("the sandbox's Telegram", () => {
  test("tells a bot who it is, by JSON, form, address or multipart, whatever the capitals", async () => {
    const me = { ok: true, result: { id: 7_000_000_001, is_bot: true, username: "Tiem_Hoa_bot" } };
    expect((await bot(sandbox, "getme")).body).toMatchObject(me);
    const url = `${sandbox.telegramUrl}/bot${SHOP.token}/sendMessage`;
    const form = new FormData();
    form.set("chat_id", String(PERSON));
    form.set("text", "[1] & <2>");
    form.set("reply_markup", JSON.stringify({ inline_keyboard: [[{ text: "a", callback_data: "b" }]] }));
    const answers = [
      await fetch(`${url}?chat_id=${PERSON}&text=hi`),
      await fetch(url, { method: "POST", body: new URLSearchParams({ chat_id: String(PERSON), text: "hi" }) }),
      await fetch(url, { method: "POST", body: form }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(sandbox.telegram.sent.at(-1)?.text).toBe("[1] & <2>");
    expect(sandbox.telegram.sent.at(-1)?.body["reply_markup"]).toEqual({
      inline_keyboard: [[{ text: "a", callback_data: "b" }]],
    });
  });

  test("answers with the message, and remembers what people read of it", async () => {
    const { body } = await bot(sandbox, "sendMessage", {
      chat_id: PERSON,
      text: 'Giá <b>150k</b> &amp; <a href="https://hoa.vn">xem</a>',
      parse_mode: "HTML",
    });
    expect(body).toMatchObject({
      ok: true,
      result: {
        message_id: expect.any(Number),
        from: { id: 7_000_000_001, is_bot: true },
        chat: { id: PERSON, type: "private" },
        date: Math.trunc((sandbox.telegram.sent.at(-1)?.at ?? 0) / 1_000),
        text: "Giá 150k & xem",
        entities: [
          { type: "bold", offset: 4, length: 4 },
          { type: "text_link", offset: 11, length: 3, url: "https://hoa.vn" },
        ],
      },
    });
    expect(sandbox.telegram.sent.at(-1)).toMatchObject({ bot: SHOP_ID, chat: PERSON, text: "Giá 150k & xem" });
  });

  test("refuses tokens: 401 for one it does not know, 404 for one that is none, and methods it has not", async () => {
    expect(await refusal(sandbox, "getMe", {}, "7000000001:another")).toBe("401 Unauthorized");
    expect(await refusal(sandbox, "getMe", {}, "nonsense")).toBe("404 Not Found");
    expect(await refusal(sandbox, "makeCoffee")).toBe("404 Not Found: method not found");
    sandbox.telegram.replaceToken("7000000002", "7000000002:the-new-one");
    expect(await refusal(sandbox, "getMe", {}, CAFE.token)).toBe("401 Unauthorized");
    expect(await refusal(sandbox, "getMe", {}, "7000000002:the-new-one")).toBe("");
  });

  test.each([
    ["an empty text", "  ", {}, "message text is empty"],
    ["a text that is null", null, {}, "message text is empty"],
    ["marks without words", "<b></b>", { parse_mode: "HTML" }, "message text is empty"],
    ["4,097 units", "x".repeat(4_097), {}, "message is too long"],
    ["a keyboard that is null", "hi", { reply_markup: null }, "object expected as reply markup"],
    ["an unknown parse mode", "hi", { parse_mode: "BBCode" }, "unsupported parse_mode"],
    ["65 bytes behind a button", "hi", buttons({ text: "a", callback_data: "ă".repeat(33) }), "BUTTON_DATA_INVALID"],
    ["a button that does nothing", "hi", buttons({ text: "a" }), "Text buttons are unallowed"],
    [
      "a button that does two things",
      "hi",
      buttons({ text: "a", callback_data: "a", url: "https://a.vn" }),
      "one action",
    ],
    ["a button without words", "hi", buttons({ text: "", callback_data: "a" }), "text must be non-empty"],
    ["a button to nowhere", "hi", buttons({ text: "a", url: "javascript:alert(1)" }), "BUTTON_URL_INVALID"],
    ["101 buttons", "hi", buttons(...Array(101).fill({ text: "a", callback_data: "a" })), "reply markup is too long"],
  ])("refuses %s", async (_, text, more, words) => {
    const before = sandbox.telegram.sent.length;
    const refused = await say(sandbox, text, more);
    expect(refused).toStartWith("400 Bad Request: ");
    expect(refused).toContain(words);
    expect(sandbox.telegram.sent).toHaveLength(before);
  });

  test("takes 4,096 units as people read them, and 64 bytes behind a button", async () => {
    expect(await say(sandbox, `<b>${"&lt;".repeat(4_096)}</b>`, { parse_mode: "HTML" })).toBe("");
    expect(await say(sandbox, "hi", buttons({ text: "a", callback_data: "x".repeat(64) }))).toBe("");
  });

  test("says who cannot be written to, and where a group has gone", async () => {
    const { chats } = sandbox.telegram;
    const to = async (chat: unknown): Promise<string> => refusal(sandbox, "sendMessage", { chat_id: chat, text: "hi" });
    expect(await to("@somebody")).toBe("400 Bad Request: chat not found");
    expect(await to("")).toBe("400 Bad Request: chat_id is empty");
    chats.refuse(11, "blocked");
    chats.refuse(12, "deactivated");
    chats.refuse(13, "not_found");
    chats.refuse(-14, "kicked");
    chats.refuse(-15, "deleted");
    expect(await Promise.all([11, 12, 13, -14, -15].map(to))).toEqual([
      "403 Forbidden: bot was blocked by the user",
      "403 Forbidden: user is deactivated",
      "400 Bad Request: chat not found",
      "403 Forbidden: bot was kicked from the group chat",
      "403 Forbidden: the group chat was deleted",
    ]);
    chats.welcome(11);
    expect(await to("11")).toBe("");
    chats.migrate(GROUP, -1_001_234);
    const { body } = await bot(sandbox, "sendMessage", { chat_id: GROUP, text: "hi" });
    expect(body).toMatchObject({ error_code: 400, parameters: { migrate_to_chat_id: -1_001_234 } });
  });

  test("shows typing, and nothing that it does not know", async () => {
    expect(await refusal(sandbox, "sendChatAction", { chat_id: PERSON, action: "typing" })).toBe("");
    expect(sandbox.telegram.actions.at(-1)).toMatchObject({ chat: PERSON, action: "typing" });
    expect(await refusal(sandbox, "sendChatAction", { chat_id: PERSON, action: "dancing" })).toContain(
      "wrong parameter",
    );
  });

  test("edits what was sent, but not into itself", async () => {
    const { body } = await bot(sandbox, "sendMessage", { chat_id: PERSON, text: "một" });
    const id = Object.assign({ message_id: 0 }, body["result"]).message_id;
    const edit = (text: string, message = id): Promise<string> =>
      refusal(sandbox, "editMessageText", { chat_id: PERSON, message_id: message, text });
    expect(await edit("hai")).toBe("");
    expect(sandbox.telegram.edits.at(-1)).toMatchObject({ messageId: id, text: "hai" });
    expect(await edit("hai")).toContain("message is not modified");
    expect(await edit("ba", 1)).toContain("message to edit not found");
  });

  test("lets a press be answered once, and soon", async () => {
    const asked = sandbox.telegram.presses(SHOP_ID, PERSON, "buy:1");
    const { body } = await bot(sandbox, "getUpdates");
    const updates: unknown = body["result"];
    expect(updates).toMatchObject([{ update_id: asked, callback_query: { data: "buy:1", from: { id: PERSON } } }]);
    const [update] = Array.isArray(updates) ? updates : [];
    const answer = (): Promise<string> =>
      refusal(sandbox, "answerCallbackQuery", { callback_query_id: update.callback_query.id });
    expect(await answer()).toBe("");
    expect(await answer()).toContain("query is too old");
    expect(sandbox.telegram.pressAnswers).toHaveLength(1);
  });

  test("hands out files to the bot's token alone, and none that are too big", async () => {
    const { body } = await bot(sandbox, "getFile", { file_id: "2-photo.jpg" });
    const file = Object.assign({ file_path: "", file_size: 0 }, body["result"]);
    expect(file.file_path).toBe("photos/2-photo.jpg");
    const download = (token: string): Promise<Response> =>
      fetch(`${sandbox.telegramUrl}/file/bot${token}/${file.file_path}`);
    const bytes = await (await download(SHOP.token)).bytes();
    expect([bytes.length, [...bytes.subarray(0, 3)]]).toEqual([file.file_size, [0xff, 0xd8, 0xff]]);
    expect((await download("7000000001:wrong")).status).toBe(401);
    expect((await fetch(`${sandbox.telegramUrl}/file/bot${SHOP.token}/photos/none.jpg`)).status).toBe(404);
    expect(await refusal(sandbox, "getFile", { file_id: "huge" })).toBe("400 Bad Request: file is too big");
    expect(await refusal(sandbox, "getFile", { file_id: "../etc" })).toContain("wrong file_id");
    const voice = Object.assign(
      { file_path: "" },
      (await bot(sandbox, "getFile", { file_id: "voice.oga" })).body["result"],
    );
    const sound = await fetch(`${sandbox.telegramUrl}/file/bot${SHOP.token}/${voice.file_path}`);
    expect(await sound.text()).toContain("OpusHead");
  });

  test("fails on order: busy with its patience in both places, gateways, silence, answers without an id", async () => {
    sandbox.faults.inject("sendMessage", { kind: "error", retryAfterS: 7 });
    const busy = await bot(sandbox, "sendMessage", { chat_id: PERSON, text: "hi" });
    expect([busy.status, busy.headers.get("retry-after"), busy.body]).toEqual([
      429,
      "7",
      {
        ok: false,
        error_code: 429,
        description: "Too Many Requests: retry after 7",
        parameters: { retry_after: 7 },
      },
    ]);
    sandbox.faults.inject("sendMessage", { kind: "error", status: 403 });
    expect(await say(sandbox, "hi")).toBe("403 Forbidden");
    sandbox.faults.inject("sendMessage", { kind: "error", migrateTo: -1_009 });
    expect(await say(sandbox, "hi")).toContain("upgraded to a supergroup");
    const html = "<html><h1>502 Bad Gateway</h1></html>";
    sandbox.faults.inject("getMe", { kind: "body", status: 502, text: html });
    const gateway = await fetch(`${sandbox.telegramUrl}/bot${SHOP.token}/getMe`);
    expect([gateway.status, await gateway.text()]).toEqual([502, html]);
    sandbox.faults.inject("sendMessage", { kind: "no_id" });
    const nameless = await bot(sandbox, "sendMessage", { chat_id: PERSON, text: "hi" });
    expect(nameless.body).toMatchObject({ ok: true, result: { text: "hi" } });
    expect(nameless.body["result"]).not.toHaveProperty("message_id");
    const before = sandbox.telegram.sent.length;
    sandbox.faults.inject("sendMessage", { kind: "drop" });
    expect(await say(sandbox, "taken, and not a word").catch(() => "hung up")).toBe("hung up");
    expect(sandbox.telegram.sent.slice(before).map(({ text }) => text)).toEqual(["taken, and not a word"]);
    expect(sandbox.calls.sendMessage).toBeGreaterThan(sandbox.telegram.sent.length);
  });

  test("keeps the commands that a menu shows", async () => {
    const commands = [{ command: "help", description: "Trợ giúp" }];
    expect(await refusal(sandbox, "setMyCommands", { commands })).toBe("");
    expect((await bot(sandbox, "getMyCommands")).body["result"]).toEqual(commands);
  });
});
