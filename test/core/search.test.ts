import { describe, expect, test } from "bun:test";
import { seeker } from "../../src/core/search.ts";

describe("looking for words", () => {
  test.each([
    ["hang", "Chị Hằng", true],
    ["HANG", "còn hàng không ạ", true],
    ["hằng", "Chị Hằng", true],
    ["hằng", "còn hàng không", false],
    ["Đỏ", "hoa đỏ", true],
    ["do", "hoa đỏ", true],
    ["đỏ", "hoa do", false],
    ["áo  sơ   mi", "cho xem áo sơ mi", true],
    ["áo sơ mi", "cho xem áo\nsơ mi", true],
    ["shirt", "một T-Shirt", true],
    ["100%", "giảm 10%", false],
    ["", "anything", true],
  ])("%p in %p is found: %p", (query, text, found) => {
    expect(seeker(query)(text)).toBe(found);
  });

  test("letters that are written as two code points are the same letters", () => {
    expect(seeker("Hằng".normalize("NFD"))("chị hằng")).toBe(true);
    expect(seeker("hằng")("Chị Hằng".normalize("NFD"))).toBe(true);
  });
});
