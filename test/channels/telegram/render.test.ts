import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { z } from "zod";
import { textOf } from "../../../src/channels/telegram/html.ts";
import { render } from "../../../src/channels/telegram/render.ts";
import type { Action, KeptAction } from "../../../src/core/reply.ts";

const Body = z.strictObject({
  text: z.string(),
  parse_mode: z.literal("HTML"),
  reply_markup: z.strictObject({ inline_keyboard: z.array(z.array(z.record(z.string(), z.string()))) }).optional(),
});

function bodies(text: string, actions: readonly Action[] = []): z.infer<typeof Body>[] {
  return render({ text, actions }).map(({ body }) => Body.parse(JSON.parse(body)));
}
const html = (markdown: string): string | undefined => bodies(markdown)[0]?.text;
const keptOf = (action: Action): KeptAction[] =>
  render({ text: "Dạ", actions: [action] }).flatMap(({ kept }) => kept ?? []);
const buttons = (...actions: Action[]): unknown => bodies("Dạ", actions)[0]?.reply_markup?.inline_keyboard;

/** Telegram's own strictness: known tags, closed in order, nothing else that looks like one. */
function problemIn(text: string): string | null {
  const open: string[] = [];
  for (const [tag, slash, name = ""] of text.matchAll(/<(\/?)([^>\s]*)[^>]*>/g)) {
    if (slash === "/") {
      if (open.pop() !== name) return `${tag} closes nothing`;
    } else if (!/^<(?:[bis]|code|pre|a href="[^"<>]*")>$/.test(tag)) return `${tag} is unknown`;
    else open.push(name);
  }
  if (open.length > 0) return `${open.join()} stays open`;
  const rest = text.replace(/<[^>]*>/g, "").replace(/&(?:lt|gt|amp|quot);/g, "");
  return /[<>&]/.test(rest) ? "a sign is not escaped" : null;
}

describe("Markdown", () => {
  test.each([
    ["**Giá:** 500k", "<b>Giá:</b> 500k"],
    ["**Giá:**500k", "<b>Giá:</b>500k"],
    ["_nhẹ_ và *nhẹ*", "<i>nhẹ</i> và <i>nhẹ</i>"],
    ["_**cả hai**_", "<i><b>cả hai</b></i>"],
    ["~~600k~~ 500k", "<s>600k</s> 500k"],
    ["gõ `a<b`", "gõ <code>a&lt;b</code>"],
    ["# Bảng giá\nHồng", "<b>Bảng giá</b>\nHồng"],
    ["- hồng\n- [x] cúc", "• hồng\n☑ cúc"],
    ["```js\nif (a < b) **c**\n```\nxong", "<pre>if (a &lt; b) **c**</pre>\nxong"],
    ['[mẫu **mới**](https://a.vn/?x=1&y="2")', '<a href="https://a.vn/?x=1&amp;y=&quot;2&quot;">mẫu <b>mới</b></a>'],
    ["[mẫu](/hoa)", "mẫu (/hoa)"],
    ["https://a.vn/*x*_y_", "https://a.vn/*x*_y_"],
    ["| Hoa | Giá |\n|---|---|\n| Hồng | 5k |", "Hoa | Giá\nHồng | 5k"],
    ["một\n\n\n\nhai", "một\n\nhai"],
  ])("%j reads as %j", (markdown, expected) => {
    expect(html(markdown)).toBe(expected);
  });

  test.each(["5*3 và 4*2", "snake_case_name", "(*) giá chưa gồm ship", "a | b", "> 500k freeship", "2 < 3 & 4 > 1"])(
    "%j is left as it is",
    (text) => {
      expect(textOf(html(text) ?? "")).toBe(text);
    },
  );
});

describe("any text", () => {
  const marks = ["**", "*", "_", "__", "~~", "`", "```", "\n```\n", "[", "](https://a.vn/", ")", "<b>", "</i>", "\\*"];
  const words = ["Giá ", "500k", "&amp;", " ", "👨‍👩‍👧", "Dạ còn ạ. ", "kkk".repeat(300), "\uE000"];
  const piece = fc.constantFrom("\n", "\n\n", "- ", "# ", "| ", "|---|", ...marks, ...words);
  const texts = fc.array(piece, { maxLength: 60, size: "max" }).map((pieces) => pieces.join(""));

  test("becomes messages that Telegram can read, within its limit, and the history tells what is shown", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const parts = render({ text, actions: [] });
        expect(parts.length).toBeGreaterThan(0);
        for (const part of parts) {
          const { text: shown } = Body.parse(JSON.parse(part.body));
          expect(problemIn(shown)).toBeNull();
          expect(part.text.length).toBeLessThanOrEqual(4_096);
          expect(shown.length).toBeLessThanOrEqual(4_096);
          expect(part.text.trim()).not.toBe("");
          expect(textOf(shown.replace(/<a [^>]*>|<\/a>/g, ""))).toBe(part.text);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("loses no words", () => {
    const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, "");
    const marked = fc.constantFrom(
      "**Giá:** 500k. ",
      "_nhẹ_ ",
      "~~cũ~~\n",
      "`mã` ",
      "- hồng\n",
      "Dạ còn **rất\nnhiều** ạ. ",
    );
    fc.assert(
      fc.property(fc.array(marked, { minLength: 1, maxLength: 900, size: "max" }), (said) => {
        const parts = render({ text: said.join(""), actions: [] });
        expect(letters(parts.map(({ text }) => text).join(""))).toBe(letters(said.join("")));
      }),
      { numRuns: 50 },
    );
  });
});

test("marks that span two messages are closed and opened again", () => {
  const parts = bodies(`**${"Dạ còn ạ. ".repeat(500).trim()}**`);
  expect(parts).toHaveLength(2);
  for (const { text } of parts) expect(text).toMatch(/^<b>.*<\/b>$/);
});

test("signs that have to be escaped take their room", () => {
  const parts = render({ text: "A < b && c > d. ".repeat(250), actions: [] });
  expect(parts.map(({ text }) => text).join(" ")).toBe("A < b && c > d. ".repeat(250).trim());
  expect(parts.length).toBeLessThan(4);
  for (const { text, body } of parts) {
    expect(Body.parse(JSON.parse(body)).text.length).toBeLessThanOrEqual(4_096);
    expect(text).toEndWith("d.");
  }
});

test("an address longer than a message is not cut for that", () => {
  expect(render({ text: `[ảnh](https://a.vn/${"x".repeat(5_000)})`, actions: [] })).toHaveLength(1);
});

test("a text full of marks takes no time worth mentioning", () => {
  const began = performance.now();
  for (const mark of ["**a** ", "**", "*a", "_a_ ", "[", "`", "[a](", "~~", "**a*"])
    render({ text: mark.repeat(4_000), actions: [] });
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("nothing to say is still a message", () => {
  expect(render({ text: " ", actions: [] })).toMatchObject([{ text: "…" }]);
});

test("an endless text ends with an ellipsis", () => {
  const parts = render({ text: "Dạ còn ạ. ".repeat(20_000), actions: [] });
  expect(parts).toHaveLength(20);
  expect(parts.at(-1)?.text).toEndWith("…");
  expect(parts.at(-1)?.text.length).toBeLessThanOrEqual(4_096);
});

describe("actions", () => {
  test("hang under the last message as buttons, one below the other", () => {
    const actions: Action[] = [
      { type: "reply", title: "Đặt luôn", payload: "buy:1" },
      { type: "postback", title: "Thôi" },
      { type: "url", title: "Xem mẫu", url: "https://a.vn" },
    ];
    const parts = bodies("Dạ còn ạ. ".repeat(500), actions);
    expect(parts.map((part) => part.reply_markup === undefined)).toEqual([true, false]);
    expect(parts[1]?.reply_markup?.inline_keyboard).toEqual([
      [{ text: "Đặt luôn", callback_data: "buy:1" }],
      [{ text: "Thôi", callback_data: "Thôi" }],
      [{ text: "Xem mẫu", url: "https://a.vn" }],
    ]);
  });

  test("a payload longer than Telegram takes is kept under a key", () => {
    expect(buttons({ type: "postback", title: "Đặt", payload: "đ".repeat(32) })).toEqual([
      [{ text: "Đặt", callback_data: "đ".repeat(32) }],
    ]);
    const long = { type: "postback", title: "Đặt", payload: "đ".repeat(33) } as const;
    const [kept] = keptOf(long);
    expect(kept).toMatchObject({ title: "Đặt", payload: long.payload });
    expect(kept?.key).toMatch(/^k:[\w-]{22}$/);
    expect(buttons(long)).toEqual([[{ text: "Đặt", callback_data: kept?.key }]]);
    expect(keptOf({ ...long, payload: "đ".repeat(34) })[0]?.key).not.toBe(kept?.key);
    const title = "ấ".repeat(60);
    expect(keptOf({ type: "reply", title })).toMatchObject([{ title, payload: title }]);
  });

  test("a payload that only looks like a key of ours is kept as well, so that it comes back as it is", () => {
    const payload = `k:${"x".repeat(22)}`;
    expect(keptOf({ type: "postback", title: "Đặt", payload })).toMatchObject([{ payload }]);
    expect(keptOf({ type: "postback", title: "Đặt", payload: `${payload}x` })).toEqual([]);
  });

  test("what makes no button is a line of the text", () => {
    expect(
      bodies("Dạ", [
        { type: "phone", title: "Gọi shop", payload: "tel:+84909" },
        { type: "url", title: "Xem", url: "javascript:alert(1)" },
        { type: "reply", title: " " },
      ]),
    ).toEqual([{ text: "Dạ\nGọi shop: +84909\nXem: javascript:alert(1)", parse_mode: "HTML" }]);
  });
});
