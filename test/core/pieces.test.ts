// The words of a text found at a glance. The glance may leave any text to the pattern, and must never differ from it.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Piece, Glance, hashOf, piecesOf } from "../../src/core/pieces.ts";
import { readCorpus, withoutMarks } from "../helpers/corpus.ts";

const corpus = await readCorpus();
const words = [...new Set(corpus.flatMap(({ text }) => text.split(/\s+/)))];
const glance = new Glance();

/** The words as the glance finds them; null when it leaves the text to the pattern. */
function glancedAt(text: string): Piece[] | null {
  if (!glance.take(text)) return null;
  return Array.from({ length: glance.count }, (_, index) => ({
    shown: glance.shown(index, text),
    opensClause: glance.opens[index] === 1,
  }));
}

/** A word as hurried people type it. */
const typed = fc.tuple(fc.constantFrom(...words), fc.nat({ max: 6 })).map(([word, slip]) => {
  if (slip === 0) return withoutMarks(word);
  if (slip === 1) return word.toUpperCase();
  if (slip === 2) return word.normalize("NFD");
  return word;
});
const MARKS =
  " |, |? |!|...| - | -- | -|- |\t-\n|\u00A0-\u00A0|\n|’|'|''|/| a/|/b | http:| https://|: | 5'3 |it's5|—| – |(|“| 📷 |👍|_";
const LETTERS = "\uFE0F|\u0301|é|ß|İ|Σ|€|한|😀|❤\uFE0F|❶|👩‍👧| 🌹- |🄀|🤔\uFE0F-|🯰|\ud83d|🖼\uFE0F";
const between = fc.oneof(fc.constant(" "), fc.constantFrom(...MARKS.split("|"), ...LETTERS.split("|")));
const text = fc
  .array(fc.tuple(fc.oneof(typed, fc.nat().map(String)), between), { minLength: 1, maxLength: 12 })
  .map((pieces) => pieces.flat().join(""));

describe("§5.5 the words of a text at a glance", () => {
  test("are those that the pattern finds, for every text of the corpus as it may be typed", () => {
    const wrong = corpus
      .flatMap((line) => [
        line.text,
        withoutMarks(line.text),
        line.text.toUpperCase(),
        line.text.replaceAll(" ", " - "),
      ])
      .filter((line) => glancedAt(line) !== null && !Bun.deepEquals(glancedAt(line), piecesOf(line)));
    expect(wrong).toEqual([]);
  });

  test("are those that the pattern finds, however words are typed and joined", () => {
    fc.assert(
      fc.property(text, (line) => {
        const found = glancedAt(line);
        if (found !== null) expect(found).toEqual(piecesOf(line));
      }),
      { numRuns: 3_000 },
    );
  });

  test("are those that the pattern finds, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.string({ maxLength: 40 }), (any, ascii) => {
        for (const line of [any, ascii]) expect(glancedAt(line) ?? piecesOf(line)).toEqual(piecesOf(line));
      }),
      { numRuns: 3_000 },
    );
  });

  test("are those that the pattern finds, beside every character there is", () => {
    const wrong: string[] = [];
    for (let code = 0; code <= 0x1ffff; code++) {
      const any = String.fromCodePoint(code);
      const line = `Đẹp${any}b ${any}- c`;
      const found = glancedAt(line);
      if (found !== null && !Bun.deepEquals(found, piecesOf(line))) wrong.push(any);
    }
    expect(wrong).toEqual([]);
  });

  test("have the hash of what is shown, capitals or not", () => {
    expect(glance.take("ĐƯỢC không, isn’t it 48213")).toBe(true);
    const hashes = ["được", "không", "isn’t", "it", "48213"].map(hashOf);
    expect([...glance.hashes.subarray(0, glance.count)]).toEqual(hashes);
  });

  test.each([
    "Hello, do you still have the blue ceramic vase from last week, and what does it cost with delivery?",
    "chào shop, MÌNH muốn đặt hai bó hoa hồng cho sáng mai - 12/5",
    "đẹp quá 😍❤\uFE0F 🌹 12/5",
    "size: 40, it's 20 years old isn’t it",
    "",
  ])("are found without the pattern: %s", (line) => {
    expect(glancedAt(line)).toEqual(piecesOf(line));
  });

  test.each([
    "gửi h/a nè",
    "https://shop.example/vase",
    "👇",
    "a👍\uFE0F\uFE0F",
    "ảnh".normalize("NFD"),
    "x".repeat(500),
  ])("are left to the pattern where it takes more than a look: %s", (line) => {
    expect(glancedAt(line)).toBeNull();
  });
});
