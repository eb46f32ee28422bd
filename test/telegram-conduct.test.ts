/** How a bot on Telegram behaves, from outside: the compiled binary, an agent of its owner's, and people who tap and block. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { z } from "zod";
import { TelegramStage, type Fields } from "./helpers/telegram.ts";
import { still, until } from "./helpers/until.ts";

const Asked = z.looseObject({ text: z.string(), payload: z.string().optional() });

/** The owner's agent: what it was asked, and what it says next. */
const asked: z.infer<typeof Asked>[] = [];
let says: () => Promise<Fields> | Fields = () => ({ reply: "Dạ còn ạ." });
const agent = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    asked.push(Asked.parse(await request.json()));
    return Response.json(await says());
  },
});
let stage: TelegramStage;

beforeAll(async () => {
  stage = await TelegramStage.open(() => ({ AGENT_SERVICE_BASE: agent.url.origin }));
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await agent.stop(true);
});
beforeEach(() => {
  asked.splice(0);
  says = () => ({ reply: "Dạ còn ạ." });
});

const Keyboard = z.looseObject({
  reply_markup: z.object({
    inline_keyboard: z.array(z.array(z.object({ text: z.string(), callback_data: z.string() }))),
  }),
});

function tap(person: number, id: string, data: string, under: Fields): Promise<Response> {
  const from = { id: person, is_bot: false, first_name: "Lan" };
  return stage.post({ callback_query: { id, from, chat_instance: "1", data, message: under } });
}

function membership(person: number, status: string): Promise<Response> {
  const chat = { id: person, type: "private", first_name: "Lan" };
  const change = { chat, from: chat, date: Math.trunc(Date.now() / 1_000) };
  return stage.post({ my_chat_member: { ...change, new_chat_member: { status, user: { id: 1 } } } });
}

test("a button's clock stops at once, however long the answer takes, and its payload comes back whole", async () => {
  const person = stage.somebody();
  const payload = JSON.stringify({ cart: Array.from({ length: 40 }, (_, at) => `hoa hồng số ${at}`) });
  const actions = [
    { type: "postback", title: "Đặt tất cả", payload },
    { type: "reply", title: "Thôi", payload: "no" },
  ];
  says = () => ({ reply: "Bạn đặt luôn nhé?", actions });
  await stage.says(person, { text: "mình lấy 40 bó hoa hồng nhé shop" });
  await stage.shown(person);
  const sent = stage.asked("sendMessage").at(-1);
  const [[button] = []] = Keyboard.parse(sent).reply_markup.inline_keyboard;
  expect(button?.text).toBe("Đặt tất cả");
  expect(Buffer.byteLength(button?.callback_data ?? "")).toBeLessThanOrEqual(64);

  const slow = Promise.withResolvers<Fields>();
  says = () => slow.promise;
  const under = stage.message(person, Keyboard.parse(sent));
  expect((await tap(person, "query-1", button?.callback_data ?? "", under)).status).toBe(200);
  await until("the clock is stopped", () =>
    stage.asked("answerCallbackQuery").some((call) => call["callback_query_id"] === "query-1"),
  );
  await until("the agent is asked", () => asked.length === 2);
  expect(asked[1]).toMatchObject({ text: "Đặt tất cả", payload });
  expect(stage.shownTo(person)).toHaveLength(1);
  slow.resolve({ reply: "Dạ em đặt rồi ạ." });
  expect(await stage.shown(person, 2)).toEqual(["Bạn đặt luôn nhé?", "Dạ em đặt rồi ạ."]);

  const [conversation] = await stage.bot.list("/api/conversations");
  const messages = await stage.bot.list(`/api/conversations/${conversation?.["id"]}/messages`);
  expect(messages.find(({ text }) => text === "Bạn đặt luôn nhé?")?.["actions"]).toEqual(actions);
  expect(stage.bot.log()).not.toContain("hoa hồng số");
});

test("/start, /help and /reset are answered by the bot itself, and after /reset the agent knows nothing of before", async () => {
  const person = stage.somebody();
  const from = { id: person, is_bot: false, first_name: "Lan", language_code: "en" };
  await stage.says(person, { text: "/start", from });
  await stage.says(person, { text: "/help@TIEM_hoa_bot", from });
  expect(await stage.shown(person, 2)).toEqual([expect.stringContaining("Hello!"), expect.stringContaining("/reset")]);
  expect(asked).toEqual([]);
  await stage.says(person, { text: "mình tên là Mai, nhà ở Quận 10 nha shop" });
  await stage.shown(person, 3);
  await stage.says(person, { text: "/reset", from });
  expect((await stage.shown(person, 4))[3]).toContain("bắt đầu lại");
  await stage.says(person, { text: "shop có nhớ mình là ai không ta" });
  await stage.shown(person, 5);
  expect(asked.at(-1)).toMatchObject({ text: "shop có nhớ mình là ai không ta", history: [] });
  const [conversation] = await stage.bot.list("/api/conversations");
  const messages = await stage.bot.list(`/api/conversations/${conversation?.["id"]}/messages`);
  expect(messages).toHaveLength(10);
  expect(JSON.stringify(messages)).toContain("nhà ở Quận 10");
});

test("a deep link's words go to the agent, which may know them", async () => {
  const person = stage.somebody();
  await stage.says(person, { text: "/start qr-17" });
  await stage.shown(person);
  expect(asked).toMatchObject([{ text: "/start qr-17", payload: "/start qr-17" }]);
});

test("a button is confirmed although Telegram finds that too late, and its turn is answered", async () => {
  const person = stage.somebody();
  await stage.says(person, { text: "hoa hồng còn không shop ơi" });
  await stage.shown(person);
  await tap(person, "old-query", "buy:1", { chat: { id: person, type: "private" }, message_id: 1, date: 0 });
  expect(await stage.shown(person, 2)).toHaveLength(2);
  expect(asked.at(-1)).toMatchObject({ text: "buy:1" });
});

test("a 9000-character reply arrives whole and in order, cut at the ends of sentences, and a pause after its first part holds the rest", async () => {
  const person = stage.somebody();
  const sentences = Array.from(
    { length: 150 },
    (_, at) => `Câu số ${at + 1}: dạ hoa hồng <đỏ> & cúc *trắng* đều còn hàng ạ 🌹.`,
  );
  const whole = sentences.join(" ");
  expect(whole.length).toBeGreaterThan(9_000);
  says = () => ({ reply: whole });
  stage.api.busyAfter.set(person, { messages: 1, seconds: 0.4 });
  await stage.says(person, { text: "shop kể hết các mẫu giúp mình nha" });
  const shown = await stage.shown(person, 3);
  const read = shown.map((html) =>
    html
      .replaceAll(/<\/?i>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&"),
  );
  expect(read.join(" ")).toBe(whole.replaceAll("*", ""));
  for (const text of read) {
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(text).toEndWith("🌹.");
  }
  const calls = stage.api.asked.filter(({ json, method }) => method === "sendMessage" && json.chat_id === person);
  expect(calls).toHaveLength(4);
  expect((calls[2]?.at ?? 0) - (calls[1]?.at ?? 0)).toBeGreaterThanOrEqual(400);
  const [conversation] = await stage.bot.list("/api/conversations");
  const messages = await stage.bot.list(`/api/conversations/${conversation?.["id"]}/messages`);
  expect(messages.at(-1)?.["text"]).toBe(whole);
});

test("a text that fills one message and its rest are one question", async () => {
  const person = stage.somebody();
  const long = "mình cần hoa hồng đỏ ".repeat(195).slice(0, 4_096);
  await stage.says(person, { text: long });
  await stage.says(person, { text: "và hoa cúc trắng nha shop" });
  await stage.shown(person);
  expect(asked.map(({ text }) => text)).toEqual([`${long}\nvà hoa cúc trắng nha shop`]);
});

test("a text edited before its answer is answered as it now reads; an edit after it changes the history alone", async () => {
  const person = stage.somebody();
  const said = stage.message(person, { text: "cho mình 2 bó hoa hồng," });
  await stage.post({ message: said });
  const edited = { ...said, edit_date: Number(said["date"]) + 1 };
  await stage.post({ edited_message: { ...edited, text: "cho mình 3 bó hoa hồng nha shop" } });
  await stage.shown(person);
  expect(asked.map(({ text }) => text)).toEqual(["cho mình 3 bó hoa hồng nha shop"]);
  await stage.post({ edited_message: { ...edited, edit_date: Number(said["date"]) + 2, text: "4 bó nha" } });
  await still(300);
  expect(stage.shownTo(person)).toHaveLength(1);
  const [conversation] = await stage.bot.list("/api/conversations");
  const messages = await stage.bot.list(`/api/conversations/${conversation?.["id"]}/messages`);
  expect(messages.map(({ text }) => text)).toEqual(["4 bó nha", "Dạ còn ạ."]);
});

test("in a group the bot answers whoever addresses it, and the agent is told who speaks and who tapped", async () => {
  const group = -stage.somebody();
  const chat = { id: group, type: "supergroup", title: "Hội yêu hoa" };
  const from = (id: number, first_name: string): Fields => ({ from: { id, is_bot: false, first_name } });
  await stage.says(group, { chat, ...from(1, "Mai"), text: "tối nay ăn gì cả nhà" });
  await stage.says(group, { chat, ...from(2, "Lan"), text: "@tiem_hoa_bot còn hoa hồng không vậy shop" });
  await stage.shown(group);
  const under = stage.message(group, { chat });
  const press = { id: "g1", ...from(1, "Mai"), chat_instance: "1", data: "buy:1", message: under };
  await stage.post({ callback_query: press });
  await stage.shown(group, 2);
  expect(asked.map(({ text }) => text)).toEqual(["Lan: @tiem_hoa_bot còn hoa hồng không vậy shop", "Mai: buy:1"]);
  await stage.says(group, { chat, ...from(1, "Mai"), text: "/help" });
  expect((await stage.shown(group, 3))[2]).toContain("/reset");
  expect(stage.shownTo(group)).toHaveLength(3);
});

test("a group that becomes a supergroup keeps its conversation, and what is owed to it goes to its new id", async () => {
  const [old, found, told] = [-444, -1_009_000_444, -1_009_000_445];
  const from = { id: 5_559_999, is_bot: false, first_name: "Lan", last_name: "Nguyễn" };
  const inGroup = (id: number, fields: Fields): Promise<Response> =>
    stage.says(id, { chat: { id, type: id === old ? "group" : "supergroup", title: "Hội yêu hoa" }, from, ...fields });
  const addressed = { text: "@tiem_hoa_bot còn hoa hồng không vậy shop" };
  await inGroup(old, { text: "trưa nay ăn gì mọi người" });
  stage.api.movedTo.set(old, found);
  await inGroup(old, addressed);
  expect(await stage.shown(found)).toEqual(["Dạ còn ạ."]);
  expect(asked).toMatchObject([{ text: `Lan Nguyễn: ${addressed.text}` }]);
  // The news of it comes later, from both chats; then the group moves once more, and this time says so first.
  await inGroup(old, { migrate_to_chat_id: found });
  await inGroup(found, { migrate_from_chat_id: old });
  await inGroup(told, { migrate_from_chat_id: found });
  stage.api.movedTo.set(found, told);
  await inGroup(told, { text: "@tiem_hoa_bot cho mình 5 bó nha shop" });
  expect(await stage.shown(told)).toEqual(["Dạ còn ạ."]);
  expect(asked.at(-1)?.["history"]).toHaveLength(2);
  expect(stage.api.calls.filter((call) => call === `sendMessage ${found}`)).toHaveLength(1);
  expect(stage.bot.log()).not.toContain(String(found));
});

test("nothing is sent to a person who blocks the bot, and everything again once they have come back", async () => {
  const person = stage.somebody();
  const slow = Promise.withResolvers<Fields>();
  says = () => slow.promise;
  await stage.says(person, { text: "hoa hồng giá sao vậy shop" });
  await until("the agent is asked", () => asked.length === 1);
  await membership(person, "kicked");
  slow.resolve({ reply: "Dạ 50k ạ." });
  const send = (): Promise<Response> =>
    stage.bot.admin("/api/integrations/telegram/send", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ recipient_id: String(person), text: "Hàng đã về" }),
    });
  const refused = await send();
  expect([refused.status >= 400, await refused.text()]).toEqual([
    true,
    expect.stringContaining("until they write again"),
  ]);
  await still(300);
  expect(stage.shownTo(person)).toEqual([]);
  expect(stage.api.calls).not.toContain(`sendMessage ${person}`);
  const rows = await stage.bot.list("/api/conversations");
  expect(rows.map(({ state }) => state)).toContain("blocked");

  await membership(person, "member");
  expect((await send()).status).toBe(200);
  says = () => ({ reply: "Dạ có ạ." });
  await membership(person, "kicked");
  await stage.says(person, { text: "shop ơi mình hỏi lại chút" });
  expect(await stage.shown(person, 2)).toEqual(["Hàng đã về", "Dạ có ạ."]);
});
