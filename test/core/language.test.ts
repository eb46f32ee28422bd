import { describe, expect, test } from "bun:test";
import { languageOf } from "../../src/core/language.ts";

describe("languageOf chooses the language of apologies", () => {
  const texts: Record<"vi" | "en", string[]> = {
    vi: [
      "xin chào",
      "shop ơi mẫu này còn không",
      "cho minh hoi gia cai nay",
      "anh oi gui hang chua",
      "check giúp em cái screenshot này",
      "bao nhieu tien vay",
      "e ck r nha",
      "ship cod dc k",
    ],
    en: [
      "hello",
      "how much is shipping",
      "can you check this contract",
      "thanks!",
      "is it available?",
      "my phone is broken",
      "I want to talk to a human",
      "where is my order",
    ],
  };
  for (const language of ["vi", "en"] as const) {
    for (const text of texts[language]) {
      test(`"${text}" is ${language === "vi" ? "Vietnamese" : "English"}`, () => {
        expect(languageOf(text)).toBe(language);
      });
    }
  }

  test("Vietnamese is assumed when nothing tells", () => {
    for (const text of ["", "😀", "123", "ok", "…"]) expect(languageOf(text)).toBe("vi");
  });

  test("capitals and decomposed letters make no difference", () => {
    expect(languageOf("SHOP ƠI".normalize("NFD"))).toBe("vi");
    expect(languageOf("WHERE IS MY ORDER")).toBe("en");
  });
});
