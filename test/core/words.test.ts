// Words that were met before are remembered. Whether one is must never show in how a text is read.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { MetWords } from "../../src/core/met-words.ts";
import { Glance, hashOf } from "../../src/core/pieces.ts";
import { areOneUnstretched, stretchedForms } from "../../src/core/slips.ts";
import type { Word } from "../../src/core/word.ts";
import { Lexicon } from "../../src/core/words.ts";

function aLexicon(): Lexicon {
  const lexicon = new Lexicon();
  lexicon.words("ảnh màn_hình chụp_màn_hình gửi 2 hai_mặt 1099 !bức");
  lexicon.respell("hìhh=hình");
  lexicon.correct("picture");
  return lexicon;
}

const told = (words: readonly Word[]) =>
  words.map(({ key, fold, shown, plain, opensClause, count }) => ({ key, fold, shown, plain, opensClause, count }));

const WORDS =
  "ảnh anh ảnhhh ANH màn man hình hinh hìhh chụp gửi guwi hai mặt bức pictrue 2 222 1099 10999 00000001 48213 h/a 📷 , ? - it’s";
const text = fc
  .array(fc.constantFrom(...WORDS.split(" "), "x".repeat(30)), { maxLength: 12 })
  .map((words) => words.join(" "));

describe("§5.5 words met in texts", () => {
  test("are read as they would be by someone who never met one", () => {
    const lexicon = aLexicon();
    fc.assert(
      fc.property(text, (line) => {
        expect(told(lexicon.read(line))).toEqual(told(aLexicon().read(line)));
      }),
      { numRuns: 500 },
    );
  });

  test("make phrases in each spelling that they were typed in", () => {
    const lexicon = aLexicon();
    for (const line of ["chụp màn hình", "chup man hinh", "CHỤP màn hinh", "chụp màn hìhh", "chụp màn hình"]) {
      const words = told(lexicon.read(line));
      expect(words.map(({ fold, shown, count }) => [fold, shown, count])).toEqual([
        ["chup_man_hinh", line.toLowerCase(), 3],
      ]);
    }
  });

  test("are found among thousands, and forgotten all at once when there are too many", () => {
    const met = new MetWords<{ shown: string }>();
    const glance = new Glance();
    const find = (shown: string) => (glance.take(shown) ? met.find(glance, 0) : undefined);
    const words = Array.from({ length: 4_000 }, (_, index) => ({ shown: `từ${index}` }));
    for (const word of words) {
      expect(find(word.shown)).toBeUndefined();
      met.add(word);
    }
    for (const word of words) {
      expect(find(word.shown)).toBe(word);
      expect(find(word.shown.toUpperCase())).toBe(word);
      expect(met.findShown(word.shown)).toBe(word);
    }
    const oneMore = { shown: "nữa" };
    met.add(oneMore);
    expect(find("nữa")).toBe(oneMore);
    expect(find("từ1")).toBeUndefined();
  });
});

describe("§5.5 words picked so that all are looked for in one place", () => {
  test("are forgotten before looking for them takes long", () => {
    const met = new MetWords<{ shown: string }>();
    // The slots that a table of 4,000 words has.
    const inOnePlace = (shown: string) => ((hashOf(shown) ^ (hashOf(shown) >>> 15)) & 8_191) === 0;
    const picked: string[] = [];
    for (let number = 0; picked.length < 100; number++) if (inOnePlace(`w${number}`)) picked.push(`w${number}`);
    for (const shown of picked) met.add({ shown });
    const remembered = picked.filter((shown) => met.findShown(shown) !== undefined);
    expect(remembered.length).toBeLessThan(70);
    expect(remembered.at(-1)).toBe(picked.at(-1));
  });
});

describe("§5.5 stretched words", () => {
  const digits = fc.stringMatching(/^[0-3]{0,6}$/);

  test("are one when they are the same without the stretching", () => {
    const lettingGo = (word: string) => word.replace(/(.)\1+/g, "$1");
    fc.assert(
      fc.property(digits, digits, (a, b) => areOneUnstretched(a, b) === (lettingGo(a) === lettingGo(b))),
      { numRuns: 2_000 },
    );
    for (const form of stretchedForms("110001")) expect(areOneUnstretched(form, "110001")).toBe(true);
  });
});
