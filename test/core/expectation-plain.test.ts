// Texts that are told to be plain at a glance. The glance may send any text on to be read in full, and must never be wrong
// about one that it keeps.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { standsAlone } from "../../src/core/expectation-plain.ts";
import { readWeights } from "../../src/core/expectation-scorer.ts";
import { expectationOf } from "../../src/core/expectation.ts";
import table from "../../src/core/expectation-weights.tsv" with { type: "text" };
import { readCorpus, withoutMarks } from "../helpers/corpus.ts";

const weights = readWeights(table);
const corpus = await readCorpus();
const words = [...new Set(corpus.flatMap(({ text }) => text.split(/\s+/)))];

/** Read word by word, whatever it looks like. */
const inFull = (text: string) => expectationOf(text, weights);

const ALONE = { kind: "nothing", reason: "the text stands alone" } as const;

/** A word as hurried people type it. */
const typed = fc
  .tuple(fc.constantFrom(...words), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 11 }))
  .map(([word, place, slip]) => {
    const at = place % word.length;
    const [head, letter, tail] = [word.slice(0, at), word.slice(at, at + 1), word.slice(at + 1)];
    switch (slip) {
      case 0:
        return withoutMarks(word);
      case 1:
        return head + letter.repeat(4) + tail;
      case 2:
        return head + tail;
      case 3:
        return `${head}n${letter}${tail}`;
      case 4:
        return head + tail.slice(0, 1) + letter + tail.slice(1);
      case 5:
        return word.toUpperCase();
      case 6:
        return word.normalize("NFD");
      default:
        return word;
    }
  });
const between = fc.constantFrom(
  " ",
  " ",
  " ",
  " ",
  ", ",
  "? ",
  "! ",
  "...",
  " - ",
  "\n",
  "’",
  "'",
  "/",
  " http:",
  " 5'3 ",
  "—",
  " 📷 ",
  "é",
  "_",
);
const text = fc
  .array(fc.tuple(typed, between), { minLength: 1, maxLength: 9 })
  .map((pieces) =>
    pieces.flatMap(([word, mark], index) => (index < pieces.length - 1 ? [word, mark] : [word])).join(""),
  );

describe("§5.5 a text that is plain at a glance", () => {
  test("is one that reads so in full, for every text of the corpus, with its marks and without", () => {
    const wrong = corpus
      .flatMap((line) => [line.text, withoutMarks(line.text), line.text.toUpperCase()])
      .filter((line) => standsAlone(line) && !Bun.deepEquals(inFull(line), ALONE));
    expect(wrong).toEqual([]);
  });

  test("is one that reads so in full, however its words are typed and joined", () => {
    fc.assert(
      fc.property(text, (line) => {
        if (standsAlone(line)) expect(inFull(line)).toEqual(ALONE);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    "Hello, do you still have the blue ceramic vase from last week, and what does it cost with delivery?",
    "chào shop, mình muốn đặt hai bó hoa hồng cho sáng mai",
    "giao giúp mình về 12 Nguyễn Huệ, quận 1 nhé shop",
    "I don't know, it's 20 years old isn’t it",
    "ok",
  ])("is told from its letters: %s", (line) => {
    expect(standsAlone(line)).toBe(true);
  });

  test.each(["", "👍", "còn không?", "mình muốn mua và", "giá:", "https://shop.example/vase", "x".repeat(500)])(
    "is not one that asks shortly, is unfinished, has no words or is not for a glance: %s",
    (line) => {
      expect(standsAlone(line)).toBe(false);
    },
  );
});
