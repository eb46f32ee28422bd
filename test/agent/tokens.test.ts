import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cutMiddle, estimateTokens } from "../../src/agent/tokens.ts";

describe("estimating tokens", () => {
  // The second number is what the tokenizer of gpt-oss (o200k_base) counts, the third what cl100k_base counts.
  test.each([
    [
      "Hello, I would like to know whether the blue shirt in size M is still available and how long shipping to Da Nang takes?",
      26,
      27,
    ],
    [
      "Chào shop, cho mình hỏi áo sơ mi xanh size M còn hàng không ạ? Giao về Đà Nẵng mất bao lâu và phí ship thế nào?",
      36,
      55,
    ],
    [
      "chao shop cho minh hoi ao so mi xanh size M con hang khong a? giao ve da nang mat bao lau va phi ship the nao",
      30,
      37,
    ],
    ["sp nay gia bn v sop, co freeship k ak, mk o q.12 tphcm", 20, 21],
    ["0912345678, 0987 654 321, DH-20261102-0091, 1.250.000đ", 29, 29],
    ["SHOP ƠI CHO MÌNH HỎI GIÁ SẢN PHẨM NÀY VỚI Ạ", 29, 34],
    ["你好,请问这件衣服还有货吗?多少钱?", 14, 21],
  ])("%j is not taken for less than it costs, nor for three times as much", (text, gptOss, other) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(Math.max(gptOss, other));
    expect(estimateTokens(text)).toBeLessThan(3 * gptOss);
  });

  test("Vietnamese costs more per character than English", () => {
    expect(estimateTokens("Chào shop")).toBe(5);
    expect(estimateTokens("hello shop")).toBe(4);
    expect(estimateTokens("")).toBe(0);
  });
});

describe("cutting a text in its middle", () => {
  test("leaves a text that fits alone", () => {
    expect(cutMiddle("giá bao nhiêu", 50)).toBe("giá bao nhiêu");
  });

  test("never exceeds the budget, keeps both ends, splits no character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), fc.integer({ min: 0, max: 120 }), (text, most) => {
        const cut = cutMiddle(text, most);
        expect(estimateTokens(cut)).toBeLessThanOrEqual(most);
        expect(cut.isWellFormed()).toBe(true);
        expect(text.startsWith(cut.split("\n[…")[0] ?? "")).toBe(true);
        if (estimateTokens(text) <= most) expect(cut).toBe(text);
      }),
    );
  });
});
