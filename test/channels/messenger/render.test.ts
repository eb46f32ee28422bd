import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { render, TEXT_LIMIT_UNITS } from "../../../src/channels/messenger/render.ts";
import { plainReply, type Action, type RenderedPart } from "../../../src/core/reply.ts";

const bodies = (parts: readonly RenderedPart[]): unknown[] => parts.map((part) => JSON.parse(part.body));
const link = (title: string): Action => ({ type: "url", title, url: `https://shop.vn/${title}` });
const webButton = (title: string): unknown => ({ type: "web_url", title, url: `https://shop.vn/${title}` });
const buttons = (text: string, list: unknown[]): object => ({
  attachment: { type: "template", payload: { template_type: "button", text, buttons: list } },
});

describe("a reply", () => {
  test("that is short is one message, without Markdown", () => {
    expect(render(plainReply("**Dạ** còn ạ."))).toEqual([{ body: '{"text":"Dạ còn ạ."}', text: "Dạ còn ạ." }]);
  });

  test("that is long is several messages, in order, cut between sentences", () => {
    const text = Array.from({ length: 200 }, (_, at) => `Câu số ${at} nói về áo.`).join(" ");
    const parts = render(plainReply(text));
    expect(parts.map((part) => part.text).join(" ")).toBe(text);
    expect(parts.every((part) => part.text.endsWith("."))).toBe(true);
    expect(Math.max(...parts.map((part) => part.text.length))).toBeLessThanOrEqual(TEXT_LIMIT_UNITS);
    expect(bodies(parts)).toEqual(parts.map((part) => ({ text: part.text })));
  });

  test("longer than 20 messages says by an ellipsis that something is missing", () => {
    const parts = render(plainReply("Một hai ba bốn. ".repeat(5_000)));
    expect(parts).toHaveLength(20);
    expect(parts.map((part) => part.text.endsWith("…")).indexOf(true)).toBe(19);
    const solid = render(plainReply("a".repeat(60_000)));
    expect(solid.at(-1)?.text).toBe(`${"a".repeat(TEXT_LIMIT_UNITS - 2)}…`);
    expect(solid).toHaveLength(20);
  });

  test("of nothing is still one message", () => {
    expect(bodies(render(plainReply(" \n")))).toEqual([{ text: "…" }]);
  });
});

describe("quick replies", () => {
  test("hang on the last message, with titles and payloads within Meta's limits", () => {
    const actions: Action[] = [
      { type: "reply", title: "Có" },
      { type: "postback", title: "Cho mình xem thêm ảnh nhé", payload: "MORE" },
      { type: "reply", title: "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", payload: "p".repeat(1_200) },
      { type: "reply", title: " " },
    ];
    const parts = render({ text: "a ".repeat(1_000), actions });
    expect(parts).toHaveLength(2);
    expect(bodies(parts)[0]).not.toHaveProperty("quick_replies");
    expect(bodies(parts)[1]).toHaveProperty("quick_replies", [
      { content_type: "text", title: "Có", payload: "Có" },
      { content_type: "text", title: "Cho mình xem thêm ả…", payload: "MORE" },
      { content_type: "text", title: "👨‍👩‍👧👨‍👩‍👧…", payload: expect.stringMatching(/^k:[\w-]{22}$/) },
    ]);
    expect(parts.flatMap(({ kept }) => kept ?? [])).toMatchObject([{ title: "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", payload: "p".repeat(1_200) }]);
  });

  test("are 13 at most", () => {
    const actions = Array.from({ length: 20 }, (_, at): Action => ({ type: "reply", title: `${at}` }));
    const [body] = bodies(render({ text: "Chọn nhé", actions }));
    expect(body).toHaveProperty("quick_replies.length", 13);
  });
});

describe("links and phone numbers", () => {
  test("are buttons under the reply's own words", () => {
    const actions: Action[] = [link("web"), { type: "phone", title: "Gọi", payload: "+84 (90) 123-4567" }];
    expect(bodies(render({ text: "Mời bạn xem", actions }))).toEqual([
      buttons("Mời bạn xem", [webButton("web"), { type: "phone_number", title: "Gọi", payload: "+84901234567" }]),
    ]);
  });

  test("need several templates when there are more than three, and quick replies come last", () => {
    const parts = render({
      text: "Xem",
      actions: [...["a", "b", "c", "d", "e"].map(link), { type: "reply", title: "Có" }],
    });
    expect(bodies(parts)).toEqual([
      buttons("Xem", ["a", "b", "c"].map(webButton)),
      {
        ...buttons("d · e", ["d", "e"].map(webButton)),
        quick_replies: [{ content_type: "text", title: "Có", payload: "Có" }],
      },
    ]);
  });

  test("take over the end of a text that is longer than a template's", () => {
    const text = "Câu này nói về áo. ".repeat(60).trim();
    const parts = render({ text, actions: [link("a")] });
    expect(parts.map((part) => part.text).join(" ")).toBe(text);
    expect(parts).toHaveLength(2);
    const [first, second] = parts;
    expect(bodies(parts)).toEqual([{ text: first?.text }, buttons(second?.text ?? "", [webButton("a")])]);
    expect(second?.text.length).toBeLessThanOrEqual(640);
  });

  test("that make no valid button are told in the text", () => {
    const actions: Action[] = [
      { type: "phone", title: "Gọi shop", payload: "tel:0901 234 567" },
      { type: "url", title: "Xem", url: "shop.vn" },
      { type: "url", title: "", url: "https://shop.vn" },
    ];
    expect(render({ text: "Dạ", actions }).map((part) => part.text)).toEqual([
      "Dạ\nGọi shop: 0901 234 567\nXem: shop.vn\nhttps://shop.vn",
    ]);
  });

  test("stand alone when there are no words", () => {
    expect(bodies(render({ text: "", actions: [link("a"), link("b")] }))).toEqual([
      buttons("a · b", ["a", "b"].map(webButton)),
    ]);
  });
});

test("whatever the reply, every message is within the limits and none is empty", () => {
  const action = fc.record({
    type: fc.constantFrom("reply", "postback", "url", "phone"),
    title: fc.string({ unit: "grapheme", maxLength: 40 }),
    payload: fc.oneof(fc.string(), fc.constant("+84901234567")),
    url: fc.oneof(fc.constant("https://shop.vn/ao"), fc.string()),
  });
  const sentence = fc.constantFrom(
    "Dạ còn ạ. ",
    "Áo **trắng** 👨‍👩‍👧 nhé!\n\n",
    "- một\n- hai\n",
    "kkkk".repeat(200),
    "TP. Hồ Chí Minh ",
  );
  const anyText = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.array(sentence, { maxLength: 200, size: "max" }).map((sentences) => sentences.join("")),
  );
  fc.assert(
    fc.property(anyText, fc.array(action, { maxLength: 16 }), (text, actions) => {
      const parts = render({ text, actions });
      expect(parts.length).toBeGreaterThan(0);
      for (const part of parts) {
        const message = JSON.parse(part.body);
        const template = message.attachment?.payload;
        expect(part.text.trim()).not.toBe("");
        expect(part.text).toBe(template?.text ?? message.text);
        expect(part.text.length).toBeLessThanOrEqual(template ? 640 : TEXT_LIMIT_UNITS);
        expect(template?.buttons.length ?? 1).toBeWithin(1, 4);
        for (const { title } of [...(template?.buttons ?? []), ...(message.quick_replies ?? [])])
          expect(title.length).toBeWithin(1, 21);
      }
    }),
    { numRuns: 200 },
  );
});
