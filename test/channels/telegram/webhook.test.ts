import { describe, expect, test } from "bun:test";
import { parse } from "../../../src/channels/telegram/webhook.ts";
import type { Content } from "../../../src/core/update.ts";
import { aMessage, BOT, bodyOf, GROUP, inGroup, NOW, person, PERSON, read, said, T0_S } from "./fixtures.ts";

const file = { file_id: "F1", file_unique_id: "u1", file_size: 2_048 };
const plain = { replyTo: null, album: null, speaker: null };

describe("what a person says", () => {
  test("is text, with who, when and a key of its own", () => {
    const { updates } = parse(bodyOf({ message: aMessage({ message_id: 12, text: "giá sao ạ" }) }, 501), BOT, NOW);
    expect(updates).toEqual([
      {
        channel: "telegram",
        account: BOT.id,
        contact: String(PERSON),
        contactName: "Lan Nguyễn",
        eventKey: "u:501",
        messageId: "12",
        at: T0_S * 1_000,
        standby: false,
        content: { kind: "message", text: "giá sao ạ", attachments: [], ...plain },
      },
    ]);
  });

  test("is a photo with its caption, in the largest size", () => {
    const sizes = [
      { ...file, file_id: "small", width: 90, height: 60 },
      { ...file, file_id: "large", width: 1280, height: 853 },
      { ...file, file_id: "middle", width: 320, height: 213 },
    ];
    expect(said({ photo: sizes, caption: "mẫu này còn không", media_group_id: "g1" })).toEqual({
      kind: "message",
      text: "mẫu này còn không",
      attachments: [{ kind: "image", url: null, title: null, fileId: "large", bytes: 2_048 }],
      ...plain,
      album: "g1",
    });
  });

  test("answers another message", () => {
    expect(said({ text: "cái này", reply_to_message: aMessage({ message_id: 9, text: "?" }) })).toMatchObject({
      replyTo: "9",
    });
  });

  const named = { ...file, file_name: "bang-gia.pdf", mime_type: "application/pdf" };
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["a document", { document: named }, { kind: "file", title: "bang-gia.pdf", mime: "application/pdf" }],
    [
      "a voice message",
      { voice: { ...file, duration: 3, mime_type: "audio/ogg" } },
      { kind: "audio", mime: "audio/ogg" },
    ],
    [
      "a song",
      { audio: { ...file, performer: "Trịnh", title: "Hạ trắng" } },
      { kind: "audio", title: "Trịnh Hạ trắng" },
    ],
    ["a video", { video: file }, { kind: "video", fileId: "F1" }],
    ["a round video", { video_note: file }, { kind: "video" }],
    [
      "an animation, which comes as a document too",
      { animation: file, document: named },
      { kind: "video", title: null },
    ],
    ["a sticker", { sticker: { ...file, emoji: "🌹" } }, { kind: "sticker", title: "🌹" }],
    [
      "a place",
      { location: { latitude: 10.7, longitude: 106.6 } },
      { kind: "location", latitude: 10.7, longitude: 106.6 },
    ],
    [
      "a venue, which comes as a place too",
      { location: { latitude: 1, longitude: 2 }, venue: { title: "Chợ Hoa", address: "Q.10" } },
      { kind: "location", title: "Chợ Hoa Q.10" },
    ],
    ["a contact", { contact: { phone_number: "0909", first_name: "Lan" } }, { kind: "contact", title: "Lan 0909" }],
    ["a poll", { poll: { question: "Hồng hay cúc?" } }, { kind: "other", title: "poll: Hồng hay cúc?" }],
    ["a die", { dice: { emoji: "🎲", value: 3 } }, { kind: "other", title: "🎲" }],
  ])("is %s", (_, fields, attachment) => {
    const content = said(fields);
    expect(content.kind === "message" && content.attachments).toEqual([expect.objectContaining(attachment)]);
  });

  test("loses no words to a detail that is malformed", () => {
    expect(said({ text: "alo", entities: "?", media_group_id: 4, reply_to_message: 7 })).toMatchObject({
      text: "alo",
      album: null,
      replyTo: null,
    });
  });

  test("is not what a service message tells", () => {
    expect(said({ new_chat_title: "Hội" })).toEqual({ kind: "other", name: "message" });
  });
});

describe("taps", () => {
  test.each([
    ["/start", "/start"],
    ["/start qr-17", "/start qr-17"],
    ["/help@Another_bot", "/help"],
  ])("a command %s says exactly what it means", (text, payload) => {
    expect(said({ text })).toEqual({ kind: "tap", by: "command", title: text, payload, locale: "vi" });
  });

  test("a path is no command", () => {
    expect(said({ text: "/home/lan/ảnh" }).kind).toBe("message");
    expect(said({ text: "giá 5/kg" }).kind).toBe("message");
  });

  test("a button tells its words and its payload, in the chat it hangs in", () => {
    const keyboard = {
      inline_keyboard: [[{ text: "Không", callback_data: "n" }], [{ text: "Đặt luôn", callback_data: "buy:1" }]],
    };
    const query = { id: "77", from: person, chat_instance: "1", data: "buy:1" };
    const update = read({ callback_query: { ...query, message: aMessage({ reply_markup: keyboard, chat: inGroup }) } });
    expect(update).toMatchObject({
      contact: String(GROUP),
      contactName: "Hội yêu hoa",
      messageId: null,
      at: NOW,
      receipt: "77",
    });
    expect(update.content).toEqual({
      kind: "tap",
      by: "postback",
      title: "Đặt luôn",
      payload: "buy:1",
      locale: "vi",
      speaker: "Lan Nguyễn",
    });
  });

  test("a button under a message that is gone is told by its payload", () => {
    const query = { id: "77", from: person, data: "buy:1" };
    expect(read({ callback_query: query })).toMatchObject({
      contact: String(PERSON),
      contactName: "Lan Nguyễn",
      content: { kind: "tap", title: "buy:1", payload: "buy:1" },
    });
    const gone = { chat: { id: PERSON, type: "private" }, message_id: 5, date: 0 };
    expect(read({ callback_query: { ...query, message: gone } }).content.kind).toBe("tap");
  });
});

test("a button that tells a key of ours is told by its words until the key is looked up", () => {
  const key = `k:${"a".repeat(22)}`;
  const keyboard = { inline_keyboard: [[{ text: "Đặt luôn", callback_data: key }]] };
  const under = (message: unknown): Content =>
    read({ callback_query: { id: "77", from: person, data: key, message } }).content;
  expect(under(aMessage({ reply_markup: keyboard }))).toMatchObject({ title: "Đặt luôn", payload: "Đặt luôn", key });
  expect(under(undefined)).toMatchObject({ key });
});

test("a game's button has nothing to say, and its clock is stopped all the same", () => {
  expect(read({ callback_query: { id: "78", from: person, game_short_name: "hoa" } })).toMatchObject({
    receipt: "78",
    content: { kind: "other", name: "callback_query" },
  });
});

describe("what is changed later", () => {
  test("an edited text or caption replaces what it said", () => {
    const edited = aMessage({ message_id: 31, text: "mai giao nha", edit_date: T0_S + 60 });
    expect(read({ edited_message: edited })).toMatchObject({
      at: (T0_S + 60) * 1_000,
      content: { kind: "edit", messageId: "31", text: "mai giao nha", revision: T0_S + 60 },
    });
    const caption = aMessage({ photo: [{ ...file }], caption: "2 bó", edit_date: T0_S + 1 });
    expect(read({ edited_message: caption }).content).toMatchObject({ kind: "edit", text: "2 bó" });
  });

  test("a live location that moves takes nothing back", () => {
    const moving = aMessage({ location: { latitude: 1, longitude: 2 }, edit_date: T0_S });
    expect(read({ edited_message: moving }).content.kind).toBe("other");
  });

  test.each([
    ["kicked", false],
    ["left", false],
    ["member", true],
    ["administrator", true],
  ])("a bot that is %s can be written to: %p", (status, reachable) => {
    const change = { chat: inGroup, from: person, date: T0_S, new_chat_member: { status, user: person } };
    expect(read({ my_chat_member: change })).toMatchObject({
      contact: String(GROUP),
      at: T0_S * 1_000,
      content: { kind: "reachability", reachable },
    });
  });
});

describe("in a group", () => {
  const inside = (fields: Record<string, unknown>): Content => said({ chat: inGroup, ...fields });

  test.each<[string, Record<string, unknown>]>([
    ["its name", { text: "@tiem_hoa_BOT còn hồng không?" }],
    ["its name in a caption", { photo: [file], caption: "mẫu này nha @Tiem_Hoa_bot." }],
    [
      "a reply to it",
      { text: "còn không", reply_to_message: aMessage({ from: { id: Number(BOT.id), is_bot: true } }) },
    ],
    [
      "a mention of its account",
      { text: "Hoa ơi", entities: [{ type: "text_mention", user: { id: Number(BOT.id) } }] },
    ],
  ])("the bot hears %s, and who says it", (_, fields) => {
    expect(inside(fields)).toMatchObject({ kind: "message", speaker: "Lan Nguyễn" });
  });

  test.each<[string, Record<string, unknown>]>([
    ["people among themselves", { text: "trưa ăn gì" }],
    ["another bot's name", { text: "@tiem_hoa_bot2 ơi" }],
    ["an address with its name", { text: "lan@Tiem_Hoa_bot" }],
    ["a reply to a person", { text: "ok", reply_to_message: aMessage({}) }],
    ["another bot's command", { text: "/help@Another_bot" }],
  ])("the bot leaves alone %s", (_, fields) => {
    expect(inside(fields)).toEqual({ kind: "other", name: "group_message" });
  });

  test.each(["/help", "/help@Tiem_Hoa_bot", "/help@tiem_hoa_bot"])("the bot obeys %s", (text) => {
    expect(inside({ text })).toMatchObject({ kind: "tap", by: "command", payload: "/help", speaker: "Lan Nguyễn" });
  });

  test.each([
    ["in the old chat", { migrate_to_chat_id: GROUP, chat: { id: -44, type: "group", title: "Hội" } }],
    ["in the new one", { migrate_from_chat_id: -44 }],
  ])("a group that becomes a supergroup says so %s: the contact has another id", (_, fields) => {
    expect(read({ message: aMessage({ chat: inGroup, ...fields }) })).toMatchObject({
      contact: "-44",
      content: { kind: "moved", to: String(GROUP) },
    });
  });

  test("the conversation is the group's, under its title", () => {
    expect(read({ message: aMessage({ chat: inGroup, text: "/help" }) })).toMatchObject({
      contact: String(GROUP),
      contactName: "Hội yêu hoa",
    });
  });
});

describe("what no handler knows", () => {
  test.each([
    ["channel_post", { message_id: 1, date: T0_S, chat: { id: -1, type: "channel" }, text: "tin" }],
    ["edited_channel_post", {}],
    ["poll_answer", {}],
    ["guest_message", "whatever"],
  ])("%s is recorded under its name", (name, value) => {
    expect(read({ [name]: value })).toMatchObject({ contact: null, content: { kind: "other", name } });
  });

  test("a kind whose name is not fit for a log, or none at all, is unknown", () => {
    expect(read({ "evil\nname": {} }).content).toEqual({ kind: "other", name: "unknown" });
    expect(read({}).content).toEqual({ kind: "other", name: "unknown" });
  });
});

test("what cannot be read is quarantined without the customer's words", () => {
  const bodies: Uint8Array[] = [
    bodyOf({ message: { text: "bí mật" } }),
    bodyOf({ message: aMessage({ text: ["bí mật"] }) }),
    bodyOf({ message: aMessage({ text: "bí mật", date: "bí mật" }) }),
    bodyOf({ callback_query: { data: "bí mật" } }),
    new TextEncoder().encode('{"update_id":"bí mật"}'),
    new TextEncoder().encode(`{"update_id":1,"message":${"[".repeat(70)}"bí mật"${"]".repeat(70)}}`),
  ];
  for (const body of bodies) {
    const { updates, quarantined } = parse(body, BOT, NOW);
    expect(updates).toEqual([]);
    expect(quarantined).toMatchObject([{ account: BOT.id }]);
    expect(JSON.stringify(quarantined)).not.toContain("bí mật");
  }
});
