import { describe, expect, test } from "bun:test";
import { PacedClock } from "../../src/core/paced-clock.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";

const START = 1_767_225_600_000;

function paced(speed: number): { base: VirtualClock; clock: PacedClock } {
  const base = new VirtualClock(5_000);
  return { base, clock: new PacedClock(base, speed, START) };
}

describe("paced time", () => {
  test("stands still until it is let run", async () => {
    const { base, clock } = paced(20);
    let called = 0;
    clock.after(0, () => called++);
    clock.after(100, () => called++);
    await base.advance(10_000);
    expect([clock.now(), called]).toEqual([START, 1]);
  });

  test("runs as many times faster as was said", async () => {
    const { base, clock } = paced(20);
    clock.run(START, Infinity);
    await base.advance(50);
    expect(clock.now()).toBe(START + 1_000);
  });

  test("stops where it was told to, and calls back what is due just there", async () => {
    const { base, clock } = paced(20);
    const called: number[] = [];
    clock.after(300, () => called.push(clock.now() - START));
    clock.after(301, () => called.push(clock.now() - START));
    clock.run(START, START + 300);
    await base.advance(1_000);
    expect(called).toEqual([300]);
    clock.run(START, START + 400);
    await base.advance(1_000);
    expect(clock.now()).toBe(START + 400);
    expect(called).toHaveLength(2);
  });

  test("goes on from where its leader is when it has fallen behind, and never runs backwards", async () => {
    const { base, clock } = paced(2);
    const called: string[] = [];
    clock.after(5_000, () => called.push("second"));
    clock.after(1_000, () => called.push("first"));
    clock.run(START + 8_000, START + 8_000);
    await base.advance(1);
    expect(called).toEqual(["first", "second"]);
    clock.run(START + 10, START + 20);
    expect(clock.now()).toBe(START + 8_000);
  });

  test("forgets what was taken back, also by the callback before", async () => {
    const { base, clock } = paced(1);
    const called: string[] = [];
    clock.after(10, () => {
      called.push("first");
      cancel();
    });
    const cancel = clock.after(10, () => called.push("second"));
    expect(clock.nextAt()).toBe(START + 10);
    clock.run(START, Infinity);
    await base.advance(100);
    expect(called).toEqual(["first"]);
    expect(clock.nextAt()).toBeNull();
  });
});
