/** What the scenarios post as Telegram, read by the channel that reads the real thing. */
import { describe, expect, test } from "bun:test";
import { dialectOf } from "../../../cli/scenarios/dialect.ts";
import type { Circumstances } from "../../../cli/scenarios/messenger.ts";
import type { Happening } from "../../../cli/scenarios/scenario.ts";
import { parse } from "../../../src/channels/telegram/webhook.ts";
import { isSimulated } from "../../../src/core/conversation.ts";
import type { Update } from "../../../src/core/update.ts";

const BOT = "7000000001";
const AT = 1_795_000_000_500;
const dialect = dialectOf("telegram");

function about(group = false): Circumstances {
  return {
    page: BOT,
    contact: dialect.contactOf("sim-lan", group),
    group,
    at: AT,
    timeForm: "ms",
    appId: null,
    reply: { text: "Dạ shop chào bạn", delivery: "d1" },
    midOf: (label) => `m_sim-lan.run.${label}`,
    fileOf: (type, index) => `${index === 0 ? "" : `${index}-`}${dialect.files[type]}`,
  };
}

/** What the bot makes of the bodies, in order. */
function heard(happenings: readonly Happening[], group = false, label = "step"): Update[] {
  return dialect.posts(happenings).flatMap((posted, index) => {
    const body = dialect.webhookOf(index === 0 ? label : `${label}.${index}`, posted, false, about(group));
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const { updates, quarantined } = parse(bytes, { id: BOT, username: "tiem_hoa_bot" }, AT);
    expect(quarantined).toEqual([]);
    return updates;
  });
}

const shows = (types: (Happening & { kind: "attachment" })["types"], caption?: string): Happening => {
  return { kind: "attachment", types, caption };
};

describe("a step on Telegram is heard as", () => {
  const cases: [string, Happening, unknown][] = [
    ["a text", { kind: "text", text: "chào shop" }, { kind: "message", text: "chào shop", attachments: [] }],
    ["a command", { kind: "text", text: "/start hoa" }, { kind: "tap", by: "command", title: "/start hoa" }],
    ["a deep link", { kind: "referral", ref: "tet" }, { kind: "tap", by: "command", title: "/start tet" }],
    ["a photo and its words", shows(["image"], "mẫu này"), { text: "mẫu này", attachments: [{ fileId: "photo.jpg" }] }],
    ["a voice message", shows(["audio"]), { attachments: [{ kind: "audio", fileId: "voice.oga" }] }],
    ["a document", shows(["file"]), { attachments: [{ kind: "file", title: "bang-gia.pdf" }] }],
    ["a video", shows(["video"]), { attachments: [{ kind: "video" }] }],
    ["a sticker", shows(["sticker"]), { attachments: [{ kind: "sticker", title: "👍" }] }],
    ["a place", shows(["location"]), { attachments: [{ kind: "location", latitude: 10.7725 }] }],
    ["a contact", shows(["contact"]), { attachments: [{ kind: "contact" }] }],
    [
      "a press",
      { kind: "postback", title: "Xem giá", payload: "PRICE" },
      { kind: "tap", by: "postback", title: "Xem giá" },
    ],
    ["a block", { kind: "reachability", reachable: false }, { kind: "reachability", reachable: false }],
    ["an unblock", { kind: "reachability", reachable: true }, { kind: "reachability", reachable: true }],
    ["a reaction", { kind: "reaction", to: "text", emoji: "❤" }, { kind: "other", name: "message_reaction" }],
  ];
  test.each(cases)("%s", (_, happening, content) => {
    expect(heard([happening])).toMatchObject([{ account: BOT, content }]);
  });

  test("an album, one message each, with the words under the first", () => {
    const album = heard([shows(["image", "image", "image"], "mấy mẫu này")]);
    expect(album.map(({ content }) => content)).toMatchObject([
      { text: "mấy mẫu này", attachments: [{ fileId: "photo.jpg" }] },
      { text: "", attachments: [{ fileId: "1-photo.jpg" }] },
      { text: "", attachments: [{ fileId: "2-photo.jpg" }] },
    ]);
    const albums = album.map(({ content }) => (content.kind === "message" ? content.album : null));
    expect([new Set(albums).size, typeof albums[0]]).toEqual([1, "string"]);
  });

  test("another text of the same message", () => {
    const [first] = heard([{ kind: "text", text: "trước" }], false, "text");
    const [edit] = heard([{ kind: "edit", of: "text", text: "sau" }], false, "edit");
    expect(edit?.content).toMatchObject({ kind: "edit", messageId: first?.messageId, text: "sau" });
    expect(edit?.eventKey).not.toBe(first?.eventKey);
  });

  test("words in a group only if they are meant for the bot", () => {
    expect(heard([{ kind: "text", text: "họp không" }], true)).toMatchObject([
      { contact: about(true).contact, content: { kind: "message", speaker: "Lan" } },
    ]);
    expect(heard([{ kind: "text", text: "họp không", aside: true }], true)).toMatchObject([
      { content: { kind: "other", name: "group_message" } },
    ]);
  });
});

test("the same step is the same update, and another is another", () => {
  const keys = ["a", "a", "b"].map((label) => heard([{ kind: "text", text: "x" }], false, label)[0]?.eventKey);
  expect(keys[1]).toBe(keys[0] ?? "");
  expect(keys[2]).not.toBe(keys[0] ?? "");
});

test("everybody who writes is simulated, also where a body is written by hand", () => {
  for (const group of [false, true]) {
    const { contact } = about(group);
    expect(isSimulated({ channel: "telegram", contact })).toBe(true);
    expect(Number(contact) < 0).toBe(group);
    const words = dialect.wordsOf("step", about(group));
    expect(dialect.eventsOf({ update_id: 1, message: { chat: { id: words["$contact"] }, text: "hi" } })).toEqual([
      { page: null, contact, text: "hi" },
    ]);
  }
  expect(dialect.contactOf("5550001", false)).toBe("5550001");
});

test("whom a body is about is seen, whatever it is", () => {
  const from = { id: 7 };
  const events = (body: unknown): unknown => dialect.eventsOf(body).map(({ contact, text }) => [contact, text]);
  expect(events({ callback_query: { from, data: "x", message: { chat: { id: -5 } } } })).toEqual([["-5", "x"]]);
  expect(events({ callback_query: { from, data: "x" } })).toEqual([["7", "x"]]);
  expect(events({ message: { chat: { id: 9 }, caption: "mẫu" } })).toEqual([["9", "mẫu"]]);
  expect(events({ my_chat_member: { chat: { id: 9 }, from } })).toEqual([["9", null]]);
  expect(events({ poll: { id: "1" } })).toEqual([[null, null]]);
  expect([events([]), events(null), events({ update_id: 1 })]).toEqual([[], [], []]);
});

test("what Telegram has no words for is refused with a reason", () => {
  const refused: Happening[] = [
    { kind: "unsend", of: "text" },
    { kind: "human-echo", text: "x" },
    { kind: "own-echo" },
    { kind: "delivery" },
    { kind: "read" },
    { kind: "optin", ref: "x" },
    { kind: "handover" },
    { kind: "text", text: "x", quickReply: "X" },
    shows(["share"]),
  ];
  expect(refused.map((happening) => dialect.refuses(happening, false)).filter((why) => why === null)).toEqual([]);
  expect(dialect.refuses({ kind: "text", text: "x" }, true)).toBe("Telegram has no standby");
});

test("and what Messenger has none for, too", () => {
  const messenger = dialectOf("messenger");
  const refused: Happening[] = [
    { kind: "reachability", reachable: true },
    { kind: "text", text: "x", aside: true },
    shows(["image"], "x"),
    shows(["contact"]),
  ];
  expect(refused.map((happening) => messenger.refuses(happening, false)).filter((why) => why === null)).toEqual([]);
  expect(messenger.refuses(shows(["image", "share"]), true)).toBeNull();
});
