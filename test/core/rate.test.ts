import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RATE_WINDOW_MS, rateVerdict } from "../../src/core/rate.ts";

const T0 = 1_795_000_000_000;

describe("M4 turns in a sliding minute", () => {
  test("the tenth is free, the eleventh waits until the first has left the window", () => {
    const nine = Array.from({ length: 9 }, (_, n) => T0 + n * 1_000);
    expect(rateVerdict(nine, 10, T0 + 10_000)).toEqual({ kind: "free" });
    expect(rateVerdict([...nine, T0 + 9_000], 10, T0 + 10_000)).toEqual({ kind: "held", untilAt: T0 + 60_000 });
  });

  test("without a limit everything is free", () => {
    expect(rateVerdict(Array(1_000).fill(T0), null, T0)).toEqual({ kind: "free" });
  });

  test("never more than the limit in any minute, and never held longer than a minute", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 12 }), (waits, limit) => {
        const answered: number[] = [];
        let now = T0;
        for (const wait of waits) {
          now += wait;
          const verdict = rateVerdict(answered, limit, now);
          if (verdict.kind === "held") {
            expect(verdict.untilAt).toBeGreaterThan(now);
            expect(verdict.untilAt).toBeLessThanOrEqual(now + RATE_WINDOW_MS);
            now = verdict.untilAt;
            expect(rateVerdict(answered, limit, now)).toEqual({ kind: "free" });
          }
          answered.push(now);
          expect(answered.filter((at) => at > now - RATE_WINDOW_MS).length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });
});
