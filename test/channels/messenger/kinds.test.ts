import { describe, expect, test } from "bun:test";
import { parse } from "../../../src/channels/messenger/webhook.ts";
import type { Attachment, Content } from "../../../src/core/update.ts";
import { anEvent, AT, bodyWith, contentOf, PAGE, PERSON, updateIn } from "./fixtures.ts";

const media = (name: string): string => `https://scontent.xx.fbcdn.net/v/${name}?oh=1&oe=2`;

test.each<[string, Partial<Content>]>([
  ["message-text", { kind: "message", text: "xin chào, shop có áo này không?", replyTo: null }],
  ["message-reply", { kind: "message", text: "cái này", replyTo: "m_0" }],
  ["message-from-ad", { kind: "message", text: "tư vấn giúp mình" }],
  ["message-quick-reply", { kind: "tap", by: "quick_reply", title: "Có", payload: "YES" }],
  ["message-command", { kind: "tap", by: "command", title: "/help", payload: "help" }],
  ["message-unsupported", { kind: "other", name: "message" }],
  ["message-unsend", { kind: "unsend", messageId: "m_1" }],
  ["message-edit", { kind: "edit", messageId: "m_1", text: "áo đỏ", revision: 2 }],
  ["echo-ours", { kind: "echo", appId: "1234567890", deliveryId: "delivery-1", text: "Dạ còn ạ", attachments: [] }],
  ["echo-human", { kind: "echo", appId: "26390203743090", deliveryId: null, text: "Chào bạn, mình là Lan" }],
  ["echo-attachment", { kind: "echo", appId: null, deliveryId: null, text: "" }],
  ["postback", { kind: "tap", by: "postback", title: "Bắt đầu", payload: "GET_STARTED" }],
  ["postback-without-mid", { kind: "tap", by: "postback", title: "Mua", payload: "BUY" }],
  ["postback-as-change", { kind: "tap", by: "postback", title: "Mua", payload: "BUY" }],
  ["referral", { kind: "referral", ref: "qr-12" }],
  ["referral-lead-in-seconds", { kind: "referral", ref: null }],
  ["optin", { kind: "optin", ref: "weekly" }],
  ["delivery", { kind: "delivery", watermark: AT - 50, messageIds: ["m_8", "m_9"] }],
  ["read", { kind: "read", watermark: AT - 40 }],
  ["reaction", { kind: "reaction", messageId: "m_9", emoji: "❤", added: true }],
  ["reaction-taken-back", { kind: "reaction", messageId: "m_9", emoji: null, added: false }],
  ["handover-pass", { kind: "handover", ours: true, newOwnerAppId: "1234567890" }],
  ["handover-take", { kind: "handover", ours: false, newOwnerAppId: "263902037430900" }],
  ["handover-request", { kind: "other", name: "request_thread_control" }],
  ["account-linking", { kind: "other", name: "account_linking" }],
  ["app-roles", { kind: "other", name: "app_roles" }],
  ["policy-enforcement", { kind: "other", name: "policy_enforcement" }],
  ["response-feedback", { kind: "other", name: "response_feedback" }],
  ["messaging-feedback", { kind: "other", name: "messaging_feedback" }],
  ["order", { kind: "other", name: "order" }],
  ["unknown-kind", { kind: "other", name: "crystal_ball" }],
  ["feed-change", { kind: "other", name: "feed" }],
])("%s is understood", async (name, content) => {
  expect(await contentOf(name)).toMatchObject(content);
});

test.each<[string, Attachment[]]>([
  [
    "message-media",
    [
      { kind: "image", url: media("image"), title: null },
      { kind: "video", url: media("video"), title: null },
      { kind: "audio", url: media("audio"), title: null },
      { kind: "file", url: media("file"), title: null },
    ],
  ],
  ["message-sticker", [{ kind: "sticker", url: media("like"), title: null }]],
  ["message-sticker-as-image", [{ kind: "sticker", url: media("like"), title: null }]],
  ["message-link", [{ kind: "link", url: "https://shop.vn/ao?id=1", title: "Áo sơ mi" }]],
  ["message-link-bare", [{ kind: "link", url: "https://shop.vn/ao", title: "Áo sơ mi" }]],
  [
    "message-location",
    [{ kind: "location", url: null, title: "Chợ Bến Thành", latitude: 10.7725, longitude: 106.698 }],
  ],
  ["message-product", [{ kind: "template", url: null, title: "Váy hoa" }]],
  [
    "message-shared",
    [
      { kind: "link", url: "https://www.facebook.com/reel/1", title: "Mẫu mới" },
      { kind: "other", url: null, title: "appointment_booking" },
      { kind: "other", url: null, title: "hologram" },
    ],
  ],
  ["echo-attachment", [{ kind: "image", url: media("e"), title: null }]],
])("the attachments of %s are understood", async (name, attachments) => {
  const content = await contentOf(name);
  expect("attachments" in content && content.attachments).toEqual(attachments);
});

test("a message and its echo with the same id are two events", async () => {
  const [said, echoed] = [await updateIn("message-text"), await updateIn("echo-ours")];
  expect(said.messageId).toBe(echoed.messageId ?? "");
  expect(said.eventKey).not.toBe(echoed.eventKey);
});

describe("defensively", () => {
  const contentFrom = (event: unknown): Content | undefined => parse(bodyWith(event), null).updates[0]?.content;

  test("what the page says without calling it an echo is no customer's message", () => {
    const event = {
      ...anEvent({ message: { mid: "m_1", text: "hi" } }),
      sender: { id: PAGE },
      recipient: { id: PERSON },
    };
    expect(contentFrom(event)?.kind).toBe("echo");
  });

  test("a message of white space asks nothing", () => {
    expect(contentFrom(anEvent({ message: { mid: "m_1", text: " \n" } }))).toEqual({ kind: "other", name: "message" });
    expect(contentFrom(anEvent({ message: { mid: "m_1", attachments: [] } }))).toEqual({
      kind: "other",
      name: "message",
    });
  });

  test("decorations that are malformed do not cost the message", () => {
    const odd = [{ type: "location", title: 5, payload: { coordinates: "here" } }, { type: "image", payload: [] }, {}];
    expect(
      contentFrom(anEvent({ message: { mid: "m_1", text: "a", reply_to: {}, metadata: {}, attachments: odd } })),
    ).toMatchObject({
      text: "a",
      attachments: [
        { kind: "location", url: null, title: null },
        { kind: "image", url: null, title: null },
        { kind: "other", url: null, title: null },
      ],
    });
  });

  test("an unknown owner is not taken for ours, and nobody's thread is nobody's", () => {
    expect(contentFrom(anEvent({ pass_thread_control: { new_owner_app_id: 5 } }))).toEqual({
      kind: "handover",
      ours: null,
      newOwnerAppId: "5",
    });
    expect(contentFrom(anEvent({ take_thread_control: {} }))).toEqual({
      kind: "handover",
      ours: null,
      newOwnerAppId: null,
    });
  });

  test("a redirector's address that leads nowhere stays as it is", () => {
    const url = "https://l.facebook.com/l.php?u=javascript:alert(1)";
    const content = contentFrom(
      anEvent({ message: { mid: "m_1", attachments: [{ type: "fallback", payload: { url } }] } }),
    );
    expect(content).toMatchObject({ attachments: [{ kind: "link", url }] });
  });

  test("a known kind is found behind unknown keys, and a strange name is not repeated", () => {
    expect(contentFrom({ hop_context: [], ...anEvent({ referral: { ref: "r" } }) })).toEqual({
      kind: "referral",
      ref: "r",
    });
    expect(contentFrom(anEvent({ "drop table; --": 1 }))).toEqual({ kind: "other", name: "unknown" });
    expect(contentFrom(anEvent({}))).toEqual({ kind: "other", name: "unknown" });
  });
});
