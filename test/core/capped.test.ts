import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { capped } from "../../src/core/capped.ts";

const KIB = 1_024;
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe("T6 metadata of at most 16 KiB", () => {
  test("what fits stays as it is", () => {
    const update = { update_id: 7, message: { text: "xin chào" } };
    expect(capped(update, 16 * KIB)).toBe(update);
  });

  test("long texts are cut first, and the ids around them stay", () => {
    const update = { update_id: 7, message: { message_id: 3, chat: { id: 5 }, text: "ồ".repeat(9_000) } };
    const cut = capped(update, 16 * KIB);
    expect(cut).toMatchObject({ update_id: 7, message: { message_id: 3, chat: { id: 5 } }, truncated: true });
    expect(JSON.stringify(cut)).toContain(`${"ồ".repeat(999)}…`);
  });

  test("then long lists and deep values", () => {
    const list = Array.from({ length: 5_000 }, (_, n) => ({ offset: n, type: "bold" }));
    const cut = capped({ update_id: 7, message: { entities: list } }, 16 * KIB);
    expect(cut).toEqual({ update_id: 7, message: { entities: list.slice(0, 50) }, truncated: true });
  });

  test("of what no cut makes fit the plain values of the first level are left", () => {
    const wide = Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`key ${n}`, { n }]));
    expect(capped({ update_id: 7, ...wide, silent: true }, 16 * KIB)).toEqual({
      update_id: 7,
      silent: true,
      truncated: true,
    });
  });

  test("no character is cut in two", () => {
    const cut = capped({ text: `${"a".repeat(998)}${"🌹".repeat(5_000)}` }, 16 * KIB);
    expect(JSON.stringify(cut)).not.toContain("\\ud83c");
  });

  test("whatever it is, it is JSON and fits", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 })),
        fc.integer({ min: 1, max: 60 }),
        (value, times) => {
          const large = {
            ...value,
            again: Array.from({ length: times }, () => value),
            words: "ặ🌹".repeat(times * 40),
          };
          const cut = capped(large, 8 * KIB);
          expect(bytesOf(cut)).toBeLessThanOrEqual(8 * KIB);
        },
      ),
      { numRuns: 200 },
    );
  });
});
