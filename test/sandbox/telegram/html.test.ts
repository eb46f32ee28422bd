import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readHtml } from "../../../src/sandbox/telegram/html.ts";

const textOf = (html: string): string => {
  const read = readHtml(html);
  return typeof read === "string" ? `refused: ${read}` : read.text;
};

describe("Telegram's HTML", () => {
  test.each([
    ["a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#x27;", "a <b> & \"c\" 'd'"],
    ["AT&T and &nbsp; stay", "AT&T and &nbsp; stay"],
    ["<b>a<i>b</i></b><code>c</code>", "abc"],
    ['<pre><code class="language-ts">let a</code></pre>', "let a"],
    ['<span class="tg-spoiler">x</span><blockquote expandable>y</blockquote>', "xy"],
    ["👋 <B>Chào</B>", "👋 Chào"],
  ])("%s reads %s", (html, text) => {
    expect(textOf(html)).toBe(text);
  });

  test.each([
    ["<p>a</p>", 'Unsupported start tag "p" at byte offset 0'],
    ["tôi <3 bạn", 'Unsupported start tag "3" at byte offset 5'],
    ["<span>a</span>", 'Unsupported start tag "span"'],
    ["<b>a", 'Can\'t find end tag corresponding to start tag "b"'],
    ["a</b>", "Unexpected end tag at byte offset 1"],
    ["<b><i>a</b></i>", 'expected "</i>", found "</b>"'],
    ["<b", "Unclosed start tag at byte offset 0"],
    ["a < b", 'Unsupported start tag ""'],
    ["<constructor>a</constructor>", 'Unsupported start tag "constructor"'],
  ])("%s is refused", (html, words) => {
    expect(textOf(html)).toStartWith("refused: ");
    expect(textOf(html)).toContain(words);
  });

  test("whatever is escaped reads as it was", () => {
    const escaped = (text: string): string =>
      text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (one, other) => {
        expect(readHtml(`<i>${escaped(one)}</i>${escaped(other)}`)).toEqual({
          text: one + other,
          entities: one === "" ? [] : [{ type: "italic", offset: 0, length: one.length }],
        });
      }),
    );
  });

  test("nothing makes it fail", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("<", ">", "/", "b", "a href=", '"', "&", "#", ";", " ", "lt", "ă")),
        (signs) => {
          expect(textOf(signs.join(""))).toBeString();
        },
      ),
    );
  });
});
