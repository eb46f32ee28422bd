import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { steady, systemClock } from "../../src/core/clock.ts";

const T0 = 1_795_000_000_000;
const DAY_MS = 86_400_000;

/** A machine whose wall clock can be set while its monotonic clock goes on. */
function aMachine() {
  let [wall, monotonic] = [T0, 5_000];
  const now = steady(
    () => wall,
    () => monotonic,
  );
  return {
    now,
    pass(ms: number): number {
      wall += ms;
      monotonic += ms;
      return now();
    },
    setWall(byMs: number): void {
      wall += byMs;
    },
  };
}

describe("H4 a steady clock", () => {
  test("is the wall clock while nobody sets that", () => {
    const machine = aMachine();
    expect(machine.now()).toBe(T0);
    expect([1, 250, 8_000, DAY_MS].map((ms) => machine.pass(ms))).toEqual(
      [1, 251, 8_251, DAY_MS + 8_251].map((ms) => T0 + ms),
    );
  });

  test.each([DAY_MS, -DAY_MS, 3_600_000, -3_600_000])(
    "H4 a wait of 8 s lasts 8 s, give or take a tenth, when the clock is set by %i ms",
    (jumpMs) => {
      const machine = aMachine();
      const dueAt = machine.now() + 8_000;
      machine.pass(3_000);
      machine.setWall(jumpMs);
      let waitedMs = 3_000;
      while (machine.pass(10) < dueAt) waitedMs += 10;
      expect(waitedMs).toBeGreaterThanOrEqual(7_200);
      expect(waitedMs).toBeLessThanOrEqual(8_900);
    },
  );

  test("follows the wall clock in the end", () => {
    const machine = aMachine();
    machine.setWall(60_000);
    let at = machine.now();
    for (let second = 0; second < 700; second++) at = machine.pass(1_000);
    expect(at).toBe(T0 + 60_000 + 700_000);
  });

  test("never runs backwards and keeps within a tenth of the true pace, whatever is done to the wall clock", () => {
    const step = fc.record({
      passMs: fc.integer({ min: 0, max: 20_000 }),
      jumpMs: fc.integer({ min: -DAY_MS, max: DAY_MS }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const machine = aMachine();
        let before = machine.now();
        for (const { passMs, jumpMs } of steps) {
          machine.setWall(jumpMs);
          const at = machine.pass(passMs);
          // A millisecond for rounding down.
          expect(at - before).toBeGreaterThanOrEqual(Math.max(0, passMs * 0.9 - 1));
          expect(at - before).toBeLessThanOrEqual(passMs * 1.1 + 1);
          before = at;
        }
      }),
      { numRuns: 200 },
    );
  });

  test("a monotonic clock that hiccups does not take time back", () => {
    let monotonic = 1_000;
    const now = steady(
      () => T0,
      () => monotonic,
    );
    const first = now();
    monotonic = 500;
    expect(now()).toBeGreaterThanOrEqual(first);
  });
});

describe("the clock of a running server", () => {
  test("tells the time, calls back once, and not when cancelled", async () => {
    const clock = systemClock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
    let calls = 0;
    const cancel = clock.after(1, () => (calls += 100));
    cancel();
    await new Promise<void>((resolve) => clock.after(5, resolve));
    clock.after(-1_000, () => (calls += 1));
    await new Promise<void>((resolve) => clock.after(20, resolve));
    expect(calls).toBe(1);
  });

  test("§3 a wait of months does not fire at once, as a bare timer of the runtime would", async () => {
    let fired = false;
    const cancel = systemClock().after(90 * DAY_MS, () => (fired = true));
    await Bun.sleep(20);
    cancel();
    expect(fired).toBe(false);
  });
});
