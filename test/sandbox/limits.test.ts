import { describe, expect, test } from "bun:test";
import { checkSend } from "../../src/sandbox/limits.ts";

function complaintOf(message: unknown, more: Record<string, unknown> = {}): string | null {
  const error = checkSend({ recipient: { id: "psid-1" }, messaging_type: "RESPONSE", message, ...more });
  return error === null ? null : `${error.code} ${error.message}`;
}

const reply = (title: string, payload = "P") => ({ content_type: "text", title, payload });
const link = (title = "Xem") => ({ type: "web_url", title, url: "https://shop.example/a" });
const template = (payload: object) => ({ attachment: { type: "template", payload } });
const buttons = (text: string, ...list: object[]) => template({ template_type: "button", text, buttons: list });
const cards = (...elements: object[]) => template({ template_type: "generic", elements });
const many = (count: number, item: object): object[] => Array.from({ length: count }, () => item);
const x = (count: number) => "x".repeat(count);

describe("the Send API takes", () => {
  test.each<[string, unknown]>([
    ["a text of 2000", { text: x(2_000) }],
    ["emoji up to 2000 UTF-16 units", { text: "😀".repeat(1_000) }],
    ["13 quick replies at their limits", { text: "a", quick_replies: many(13, reply(x(20), x(1_000))) }],
    ["a quick reply for the phone number", { text: "a", quick_replies: [{ content_type: "user_phone_number" }] }],
    ["metadata of 1000", { text: "a", metadata: x(1_000) }],
    ["a picture by its address", { attachment: { type: "image", payload: { url: "https://a.example/b.png" } } }],
    [
      "a button template at its limits",
      buttons(x(640), link(x(20)), link(), { type: "postback", title: "a", payload: x(1_000) }),
    ],
    ["a button that calls", buttons("a", { type: "phone_number", title: "Gọi", payload: "+84901234567" })],
    ["10 cards at their limits", cards(...many(10, { title: x(80), subtitle: x(80), buttons: many(3, link()) }))],
    ["a card that is a link", cards({ title: "a", default_action: { type: "web_url", url: "https://a.example" } })],
  ])("%s", (_name, message) => {
    expect(complaintOf(message)).toBeNull();
  });
});

describe("the Send API refuses", () => {
  test.each<[string, unknown, RegExp]>([
    [
      "a text of 2001",
      { text: x(2_001) },
      /^100 \(#100\) Length of param message\[text\] must be less than or equal to 2000$/,
    ],
    ["emoji beyond 2000 UTF-16 units", { text: "😀".repeat(1_001) }, /message\[text\] must be less/],
    ["an empty text", { text: "" }, /message\[text\] must be a non-empty/],
    ["a blank text", { text: " \n\t" }, /message\[text\] must be a non-empty/],
    ["a text cut inside an emoji", { text: "a\ud83d" }, /message\[text\] must be a non-empty UTF-8/],
    ["nothing", {}, /Message cannot be empty/],
    ["text and attachment together", { text: "a", ...buttons("a", link()) }, /either text or attachment/],
    [
      "14 quick replies",
      { text: "a", quick_replies: many(14, reply("a")) },
      /message\[quick_replies\] must be less than or equal to 13/,
    ],
    ["no quick replies in a list", { text: "a", quick_replies: [] }, /greater than or equal to 1/],
    [
      "a quick reply title of 21",
      { text: "a", quick_replies: [reply("a"), reply(x(21))] },
      /Length of param message\[quick_replies\]\[1\]\[title\] must be less than or equal to 20$/,
    ],
    ["a quick reply payload of 1001", { text: "a", quick_replies: [reply("a", x(1_001))] }, /\[payload\] must be less/],
    [
      "a quick reply without payload",
      { text: "a", quick_replies: [{ content_type: "text", title: "a" }] },
      /\[payload\]/,
    ],
    ["a quick reply of no kind", { text: "a", quick_replies: [{ title: "a", payload: "a" }] }, /\[content_type\]/],
    ["metadata of 1001", { text: "a", metadata: x(1_001) }, /metadata/],
    ["a file of no address", { attachment: { type: "file", payload: {} } }, /should represent a valid URL/],
    ["an attachment of another kind", { attachment: { type: "sticker", payload: {} } }, /must be one of {image/],
    ["a button text of 641", buttons(x(641), link()), /\[payload\]\[text\] must be less than or equal to 640/],
    ["a button template without buttons", buttons("a"), /\[buttons\] must be greater/],
    ["4 buttons", buttons("a", ...many(4, link())), /\[buttons\] must be less than or equal to 3/],
    ["a button title of 21", buttons("a", link(x(21))), /\[buttons\]\[0\]\[title\]/],
    ["a button without address", buttons("a", { type: "web_url", title: "a" }), /\[url\]/],
    [
      "a button that calls nobody",
      buttons("a", { type: "phone_number", title: "a", payload: "090 123" }),
      /phone number/,
    ],
    ["a button of no kind", buttons("a", { title: "a" }), /valid button type/],
    ["11 cards", cards(...many(11, { title: "a", subtitle: "b" })), /\[elements\] must be less than or equal to 10/],
    ["a card title of 81", cards({ title: x(81), subtitle: "b" }), /\[elements\]\[0\]\[title\]/],
    ["a card subtitle of 81", cards({ title: "a", subtitle: x(81) }), /\[subtitle\]/],
    ["a card with a title alone", cards({ title: "a" }), /at least one property besides title/],
    ["a card whose link has a title", cards({ title: "a", default_action: link() }), /\[title\] is not allowed/],
    ["a template of another kind", template({ template_type: "airline" }), /template_type/],
  ])("%s", (_name, message, complaint) => {
    expect(complaintOf(message)).toMatch(complaint);
  });

  test("a tag that was retired, and takes the one for humans", () => {
    expect(complaintOf({ text: "a" }, { messaging_type: "MESSAGE_TAG", tag: "ACCOUNT_UPDATE" })).toMatch(/Param tag/);
    expect(complaintOf({ text: "a" }, { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" })).toBeNull();
  });

  test("a mark that comes together with a message, and takes it alone", () => {
    expect(complaintOf({ text: "a" }, { sender_action: "typing_on" })).toMatch(/together with message/);
    expect(checkSend({ recipient: { id: "a" }, sender_action: "typing_on" })).toBeNull();
    expect(checkSend({ recipient: { id: "a" }, sender_action: "dancing" })?.code).toBe(100);
  });

  test("a call for nobody", () => {
    expect(checkSend({ message: { text: "a" } })?.message).toMatch(/recipient/);
  });
});
