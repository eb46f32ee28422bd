import { describe, expect, test } from "bun:test";
import { CLOSED, clampBreaker, failed, passage, probing, succeeded, type Breaker } from "../../src/core/breaker.ts";

const T0 = 1_795_000_000_000;

function afterFailures(...atMs: number[]): Breaker {
  return atMs.reduce((breaker: Breaker, ms) => failed(breaker, T0 + ms), CLOSED);
}

describe("R5 the circuit breaker", () => {
  test("opens at the fifth failure within a minute, for 30 s", () => {
    expect(passage(afterFailures(0, 1, 2, 3), T0 + 4)).toEqual({ kind: "all" });
    expect(passage(afterFailures(0, 1, 2, 3, 4), T0 + 5)).toEqual({ kind: "none", untilAt: T0 + 30_004 });
  });

  test("forgets failures older than a minute", () => {
    expect(afterFailures(0, 1, 2, 3, 60_004).state).toBe("closed");
  });

  test("forgets failures when a call succeeds", () => {
    expect(failed(succeeded(afterFailures(0, 1, 2, 3)), T0 + 4).state).toBe("closed");
  });

  test("lets one probe through when its time is over, and no second one", () => {
    const open = afterFailures(0, 0, 0, 0, 0);
    expect(passage(open, T0 + 29_999).kind).toBe("none");
    expect(passage(open, T0 + 30_000)).toEqual({ kind: "probe" });
    expect(passage(probing(open, T0 + 30_000), T0 + 30_001).kind).toBe("none");
  });

  test("closes when the probe succeeds", () => {
    const half = probing(afterFailures(0, 0, 0, 0, 0), T0 + 30_000);
    expect(succeeded(half)).toEqual(CLOSED);
  });

  test("stays open twice as long after each failed probe, up to 5 min", () => {
    let breaker = afterFailures(0, 0, 0, 0, 0);
    const lengths: number[] = [];
    for (let round = 0; round < 6; round++) {
      lengths.push(breaker.openMs / 1_000);
      breaker = failed(probing(breaker, breaker.untilAt), breaker.untilAt);
    }
    expect(lengths).toEqual([30, 60, 120, 240, 300, 300]);
  });

  test("a probe that never came back does not hold it for ever", () => {
    const half = probing(afterFailures(0, 0, 0, 0, 0), T0 + 30_000);
    expect(passage(half, T0 + 90_000)).toEqual({ kind: "probe" });
  });

  test("late failures of calls made before it opened do not lengthen it", () => {
    const open = afterFailures(0, 0, 0, 0, 0);
    expect(failed(open, T0 + 5_000)).toEqual(open);
  });

  test("H4 a clock set back does not keep it open for longer than 5 min", () => {
    const open = afterFailures(0, 0, 0, 0, 0);
    expect(clampBreaker(open, T0 - 86_400_000).untilAt).toBe(T0 - 86_400_000 + 300_000);
  });
});
