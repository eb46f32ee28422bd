import { describe, expect, test } from "bun:test";
import { oddBytes, webhookOf, type Circumstances } from "../../../cli/scenarios/messenger.ts";
import type { Happening } from "../../../cli/scenarios/scenario.ts";

const about: Circumstances = {
  page: "1000000000001",
  contact: "sim-lan",
  group: false,
  at: 1_795_000_000_100,
  timeForm: "ms",
  appId: "200000000000002",
  reply: { text: "Chào bạn!", delivery: "d-1" },
  midOf: (step) => `m_${step}`,
  fileOf: (type, index) => `https://media.example/${index}-${type}`,
};

/** The one event that a happening becomes. */
function eventOf(happening: Happening): unknown {
  const body = webhookOf("step", [happening], false, about);
  return body;
}

function posted(content: Record<string, unknown>, fromPage = false): unknown {
  const [sender, recipient] = fromPage ? [about.page, about.contact] : [about.contact, about.page];
  const event = { sender: { id: sender }, recipient: { id: recipient }, timestamp: about.at, ...content };
  return { object: "page", entry: [{ id: about.page, time: about.at, messaging: [event] }] };
}

describe("happenings in Meta's words", () => {
  test.each<[string, Happening, unknown]>([
    ["a text", { kind: "text", text: "xin chào" }, posted({ message: { mid: "m_step", text: "xin chào" } })],
    [
      "a tap on a quick reply",
      { kind: "text", text: "Xem giá", quickReply: "PRICE" },
      posted({ message: { mid: "m_step", text: "Xem giá", quick_reply: { payload: "PRICE" } } }),
    ],
    [
      "an answer to an earlier message",
      { kind: "text", text: "ý mình là", replyTo: "first" },
      posted({ message: { mid: "m_step", text: "ý mình là", reply_to: { mid: "m_first" } } }),
    ],
    [
      "two photos in one message",
      { kind: "attachment", types: ["image", "image"] },
      posted({
        message: {
          mid: "m_step",
          attachments: [
            { type: "image", payload: { url: "https://media.example/0-image?of=step" } },
            { type: "image", payload: { url: "https://media.example/1-image?of=step" } },
          ],
        },
      }),
    ],
    [
      "a sticker",
      { kind: "attachment", types: ["sticker"] },
      posted({
        message: {
          mid: "m_step",
          attachments: [
            {
              type: "sticker",
              payload: { url: "https://media.example/0-sticker?of=step", sticker_id: "369239263222822" },
            },
          ],
        },
      }),
    ],
    [
      "a button",
      { kind: "postback", title: "Bắt đầu", payload: "GET_STARTED" },
      posted({ postback: { mid: "m_step", title: "Bắt đầu", payload: "GET_STARTED" } }),
    ],
    [
      "a reaction",
      { kind: "reaction", to: "first", emoji: "❤" },
      posted({ reaction: { mid: "m_first", action: "react", reaction: "love", emoji: "❤" } }),
    ],
    [
      "an edit",
      { kind: "edit", of: "first", text: "hai áo" },
      posted({ message_edit: { mid: "m_first", text: "hai áo", num_edit: 1 } }),
    ],
    [
      "a message taken back",
      { kind: "unsend", of: "first" },
      posted({ message: { mid: "m_first", is_deleted: true } }),
    ],
    [
      "a human at the page's inbox, who speaks for the page",
      { kind: "human-echo", text: "dạ" },
      posted({ message: { mid: "m_step", text: "dạ", is_echo: true, app_id: 26_390_203_743_090 } }, true),
    ],
    [
      "the bot's own reply, shown back",
      { kind: "own-echo" },
      posted(
        {
          message: { mid: "m_step", text: "Chào bạn!", is_echo: true, app_id: 200_000_000_000_002, metadata: "d-1" },
        },
        true,
      ),
    ],
    ["a receipt", { kind: "read" }, posted({ read: { watermark: about.at } })],
    [
      "a thread given away",
      { kind: "handover" },
      posted({
        pass_thread_control: { previous_owner_app_id: null, new_owner_app_id: "1000000000000001", metadata: "" },
      }),
    ],
  ])("%s", (_, happening, expected) => {
    expect(eventOf(happening)).toEqual(expected);
  });

  test.each([
    ["seconds", 1_795_000_000],
    ["text", "1795000000100"],
  ] as const)("the time may be told as %s", (timeForm, time) => {
    const body = webhookOf("step", [{ kind: "text", text: "một" }], false, { ...about, timeForm });
    expect(body).toMatchObject({ entry: [{ time, messaging: [{ timestamp: time }] }] });
  });

  test("several in one POST are entries of their own, each a little later than the one before", () => {
    const body = webhookOf(
      "step",
      [
        { kind: "text", text: "một" },
        { kind: "attachment", types: ["image"] },
      ],
      false,
      about,
    );
    expect(body).toMatchObject({
      entry: [
        { messaging: [{ timestamp: about.at, message: { mid: "m_step" } }] },
        { messaging: [{ timestamp: about.at + 1, message: { mid: "m_step.1" } }] },
      ],
    });
  });

  test("what another app is to answer comes as standby", () => {
    const body = webhookOf("step", [{ kind: "text", text: "một" }], true, about);
    expect(body).toMatchObject({ entry: [{ standby: [{ message: { text: "một" } }] }] });
    expect(JSON.stringify(body)).not.toContain("messaging");
  });
});

describe("odd bodies", () => {
  test("a padded one has as many bytes as it says, and is JSON", () => {
    const bytes = oddBytes({ kind: "padded", bytes: 5_000 });
    expect(bytes).toHaveLength(5_000);
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({ object: "page", entry: [] });
  });

  test("a nested one is JSON too", () => {
    const body: unknown = JSON.parse(new TextDecoder().decode(oddBytes({ kind: "nested", depth: 3 })));
    expect(body).toEqual({ object: "page", entry: [[[]]] });
  });
});
