import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ends, fitLine, span, widthOf } from "../../../cli/tui/line.ts";
import { cells, fit, folded, steady, wrap } from "../../../cli/tui/text.ts";
import { age, clockTime, day, shortly } from "../../../cli/tui/time.ts";

const anything = fc.string({ unit: "grapheme", maxLength: 80 });

describe("steady text", () => {
  test.each([
    ["Nguyễn".normalize("NFD"), "Nguyễn", 6],
    ["👨‍👩‍👧 về", "👨 về", 5],
    ["👍🏽", "👍", 2],
    ["❤️", "❤", 1],
    ["1️⃣", "1", 1],
    ["🇻🇳", "🇻🇳", 2],
    ["한국", "한국", 4],
    ["so\u00adft", "soft", 4],
    ["a\u001b[2Jb", "a\\u001b[2Jb", 11],
  ])("%j is %j, %d cells wide", (text, expected, width) => {
    expect(steady(text)).toBe(expected);
    expect(cells(steady(text))).toBe(width);
  });

  test("is the same when it is made steady again", () => {
    fc.assert(fc.property(anything, (text) => steady(steady(text)) === steady(text)));
  });

  test("its width is the sum of its characters' widths, as every terminal counts", () => {
    fc.assert(
      fc.property(fc.constantFrom("Ngọc Ánh đặt 2 bó 🌹🌹", "👨‍👩‍👧‍👦 👩🏿‍🚀 🏳️‍🌈", "☎️ 0️⃣ ❤️‍🔥"), (text) => {
        const own = steady(text);
        const sum = Array.from(own, (character) => cells(character)).reduce((a, b) => a + b, 0);
        expect(cells(own)).toBe(sum);
      }),
    );
  });
});

describe("cells", () => {
  test("a text is fitted to exactly as many as are asked for, never cut inside a character", () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(cells(fit(steady(text), width))).toBe(width);
      }),
    );
    expect(fit("Nguyễn Thị Lan", 8)).toBe("Nguyễn …");
    expect(fit("🌹🌹🌹", 4)).toBe("🌹… ");
    expect(fit("7", 3, "right")).toBe("  7");
  });

  test("lines are broken between words, and no word is lost", () => {
    expect(wrap("shop ơi cho em hỏi giá", 9)).toEqual(["shop ơi", "cho em", "hỏi giá"]);
    expect(wrap("a\n\nb", 9)).toEqual(["a", "", "b"]);
    expect(wrap("", 9)).toEqual([""]);
    expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    fc.assert(
      fc.property(anything, fc.integer({ min: 8, max: 30 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(cells(line)).toBeLessThanOrEqual(width);
        const bare = (each: string): string => each.replaceAll(/\s/g, "");
        expect(bare(lines.join(""))).toBe(bare(steady(text.replaceAll(/\r\n|\r|\n|\t/g, " "))));
      }),
    );
  });

  test("two ends of a line: the right one is kept", () => {
    const line = ends([span("a long beginning")], [span("end")], 12);
    expect(line.map(({ text }) => text).join("")).toBe("a long b…end");
    expect(widthOf(fitLine([span("🌹🌹")], 3))).toBe(3);
  });
});

describe("words about time", () => {
  test.each([
    [-5, "0.0 s"],
    [40, "40 ms"],
    [340, "0.3 s"],
    [9_949, "9.9 s"],
    [12_300, "12 s"],
    [95_000, "95 s"],
    [240_000, "4 min"],
    [7_200_000, "2 h"],
    [172_800_000, "2 d"],
    [Number.NaN, "-"],
    [Number.POSITIVE_INFINITY, "-"],
  ])("%d ms is %s", (ms, words) => {
    expect(shortly(ms)).toBe(words);
  });

  test.each([
    [0, "now"],
    [-1, "now"],
    [59_999, "59s"],
    [3_599_999, "59m"],
    [86_399_999, "23h"],
    [31_535_999_999, "364d"],
    [1e15, "999y"],
    [Number.NaN, "now"],
  ])("%d ms ago is %s", (ms, words) => {
    expect(age(ms)).toBe(words);
    expect(words.length).toBeLessThanOrEqual(4);
  });

  test("times that no calendar has are shown as unknown", () => {
    expect([clockTime(Number.NaN), clockTime(9e15), day(Number.POSITIVE_INFINITY)]).toEqual([
      "--:--:--",
      "--:--:--",
      "?",
    ]);
  });

  test("what people type is compared without marks and case", () => {
    expect(folded("ĐẶT Bàn")).toBe("dat ban");
  });
});
