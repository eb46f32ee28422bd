import { expect, test } from "bun:test";
import fc from "fast-check";
import { Needles } from "../../src/events/needles.ts";

const letters = fc.constantFrom("a", "b", "=", "ạ", "…", "\ud83d", "\ude00");
const words = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(letters, { minLength, maxLength }).map((some) => some.join(""));

test("finds a text in another exactly when it is there", () => {
  fc.assert(
    fc.property(fc.array(words(2, 9), { maxLength: 8 }), words(0, 40), (needles, text) => {
      expect(new Needles(needles).areIn(text)).toBe(needles.some((needle) => text.includes(needle)));
    }),
    { numRuns: 2_000 },
  );
});

test("finds each of many wherever it stands", () => {
  const plan = fc.tuple(
    fc.array(fc.string({ minLength: 6, maxLength: 60 }), { minLength: 1, maxLength: 60 }),
    fc.string(),
  );
  fc.assert(
    fc.property(plan, fc.nat(), ([needles, around], pick) => {
      const needle = needles[pick % needles.length] ?? "";
      expect(new Needles(needles).areIn(`${around}${needle}${around}`)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
