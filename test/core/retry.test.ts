import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { LONGEST_WAIT_MS, retryDelayMs } from "../../src/core/retry.ts";

const POLICY = { quickRetries: 3 };
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("R5 waits between attempts", () => {
  test.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
    [5, 16_000],
    [6, 32_000],
    [7, 64_000],
    [8, 128_000],
    [9, 256_000],
    [10, 300_000],
    [11, 300_000],
    [50, 300_000],
    [5_000, 300_000],
  ])("R5 after attempt %i: %i ms", (attempt, ms) => {
    expect(retryDelayMs(attempt, 0, POLICY)).toBe(ms);
  });

  test("R5 the quick retries keep their time exactly; the journal's are spread by up to a fifth", () => {
    expect([1, 2, 3].map((attempt) => retryDelayMs(attempt, 0.999, POLICY))).toEqual([1_000, 2_000, 4_000]);
    expect(retryDelayMs(4, 0.5, POLICY)).toBe(8_800);
    expect(retryDelayMs(20, 0.5, POLICY)).toBe(330_000);
    expect(retryDelayMs(1, 0.5, { quickRetries: 0 })).toBe(1_100);
  });

  test("jitter only lengthens, and never beyond a fifth", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), chances, (attempt, chance) => {
        const [scheduled, ms] = [retryDelayMs(attempt, 0, POLICY), retryDelayMs(attempt, chance, POLICY)];
        expect(ms).toBeGreaterThanOrEqual(scheduled);
        expect(ms).toBeLessThanOrEqual(scheduled * 1.2);
        expect(Number.isInteger(ms)).toBe(true);
      }),
    );
  });

  test("T5 the wait is never shorter than what the platform asked for, and that has no cap", () => {
    expect(retryDelayMs(1, 0, POLICY, 7_500)).toBe(7_500);
    expect(retryDelayMs(4, 0, POLICY, 7_500)).toBe(8_000);
    expect(retryDelayMs(12, 0.9, POLICY, 3_600_000)).toBe(3_600_000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), chances, fc.nat(10_000_000), (attempt, chance, floorMs) => {
        expect(retryDelayMs(attempt, chance, POLICY, floorMs)).toBeGreaterThanOrEqual(floorMs);
      }),
    );
  });

  test("later attempts never come sooner than earlier ones", () => {
    const waits = Array.from({ length: 40 }, (_, index) => retryDelayMs(index + 1, 0, POLICY));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(Math.max(...waits)).toBe(LONGEST_WAIT_MS);
  });

  test("an attempt that was not charged waits like the first", () => {
    expect(retryDelayMs(0, 0, POLICY)).toBe(1_000);
  });
});
