import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { clip, cut } from "../../src/core/sentences.ts";

const segmenter = new Intl.Segmenter("vi", { granularity: "grapheme" });
const charactersOf = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment);
const visible = (characters: readonly string[]): string[] => characters.filter((character) => character.trim() !== "");

describe("a long text is cut", () => {
  test("between paragraphs", () => {
    expect(cut("Áo sơ mi.\nMàu trắng.\n\nQuần dài. Màu đen.\n\nMũ.", 40)).toEqual([
      "Áo sơ mi.\nMàu trắng.\n\nQuần dài. Màu đen.",
      "Mũ.",
    ]);
  });

  test("else between sentences, and a line is one", () => {
    expect(cut("Shop có áo. Bạn cần cỡ nào? Shop giao tận nơi!", 30)).toEqual([
      "Shop có áo. Bạn cần cỡ nào?",
      "Shop giao tận nơi!",
    ]);
    expect(cut("- Áo trắng dài tay\n- Quần đen dài", 25)).toEqual(["- Áo trắng dài tay", "- Quần đen dài"]);
  });

  test("else between words, else between characters", () => {
    expect(cut("một hai ba bốn năm", 11)).toEqual(["một hai ba", "bốn năm"]);
    expect(cut("aaaaabbbbbcc", 5)).toEqual(["aaaaa", "bbbbb", "cc"]);
  });

  test("at a sentence that ends right at the limit", () => {
    expect(cut("Một hai. Ba bốn.", 8)).toEqual(["Một hai.", "Ba bốn."]);
  });

  test("not at a tiny first paragraph when more fits", () => {
    expect(cut(`Dạ\n\n${"Shop có áo. ".repeat(10).trim()}`, 60)[0]).toBe(
      "Dạ\n\nShop có áo. Shop có áo. Shop có áo. Shop có áo.",
    );
  });

  test.each([
    ["Shop ở quận 1, TP. Hồ Chí Minh. Mời bạn ghé.", 36, "Shop ở quận 1, TP. Hồ Chí Minh."],
    ["Xin chào. Bác sĩ là ThS. Nguyễn Văn An.", 32, "Xin chào."],
    ["Xin chào. Gặp Mr. Smith nhé bạn.", 26, "Xin chào."],
    ["Xin chào. Ở P. Bến Nghé nhé bạn.", 26, "Xin chào."],
    ["Xin chào.\n1. Áo sơ mi\n2. Quần dài rộng", 32, "Xin chào.\n1. Áo sơ mi"],
    ["Giá là 3.5 triệu đồng. Bạn mua nhé?", 30, "Giá là 3.5 triệu đồng."],
  ])("behind no abbreviation and no list number: %s", (text, limit, first) => {
    expect(cut(text, limit)[0]).toBe(first);
  });

  test("and stays whole when it fits", () => {
    expect(cut("  Xin chào.\n\n  Bạn cần gì?\n", 60)).toEqual(["Xin chào.\n\n  Bạn cần gì?"]);
  });

  test("into nothing when it says nothing", () => {
    expect(cut("", 10)).toEqual([]);
    expect(cut(" \n\t", 10)).toEqual([]);
  });

  test("through a single character only when that is longer than any message", () => {
    const tower = `a${"\u0301".repeat(25)}`;
    expect(cut(tower, 10).join("")).toBe(tower);
    const flags = "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}".repeat(4);
    expect(cut(flags, 5).join("")).toBe(flags);
    expect(cut(flags, 5).every((piece) => piece.isWellFormed())).toBe(true);
  });

  // Characters of several code points, white space, and what ends sentences, thrown together.
  const unit = fc.constantFrom(
    "a",
    "ệ",
    "e\u0302\u0301",
    "👍🏽",
    "👨‍👩‍👧",
    "🇻🇳",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    ". ",
    "! ",
    "TP. ",
    "…",
    "1. ",
    "\u0301",
    "\u200d",
    "Á",
  );
  const anyText = fc.oneof(
    fc.array(unit, { maxLength: 120 }).map((units) => units.join("")),
    fc.string({ unit: "grapheme", maxLength: 120 }),
  );

  test("so that no character is lost, split or out of order, whatever the text", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 40, max: 80 }), (text, limit) => {
        const pieces = cut(text, limit);
        expect(visible(pieces.flatMap(charactersOf)).join("|")).toBe(visible(charactersOf(text)).join("|"));
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(limit);
          expect(piece.trim()).not.toBe("");
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("within any limit from 2 up, losing nothing but white space", () => {
    const visibleUnits = (text: string): string => text.replace(/\s/g, "");
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 20 }), (text, limit) => {
        const pieces = cut(text, limit);
        expect(visibleUnits(pieces.join(""))).toBe(visibleUnits(text));
        expect(pieces.every((piece) => piece.length <= limit && piece !== "")).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a title is clipped", () => {
  test("with an ellipsis only when something is missing", () => {
    expect(clip("Xem thêm", 8)).toBe("Xem thêm");
    expect(clip("Xem thêm ảnh", 10)).toBe("Xem thêm…");
  });

  test("never inside a character", () => {
    expect(clip("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 20)).toBe("👨‍👩‍👧👨‍👩‍👧…");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 5, max: 30 }), (text, limit) => {
        const short = clip(text, limit);
        expect(short.length).toBeLessThanOrEqual(limit);
        if (short !== text) expect(text.startsWith(short.slice(0, -1))).toBe(true);
      }),
    );
  });
});
