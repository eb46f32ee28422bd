import { describe, expect, test } from "bun:test";
import { Loop } from "../../src/workers/loop.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";

/** A loop whose steps are counted; each takes its answer from `answers`, or has nothing more to do. */
function aLoop(...answers: (number | null | Error)[]) {
  const clock = new VirtualClock(0);
  const steps: number[] = [];
  const errors: unknown[] = [];
  const loop = new Loop({
    clock,
    onError: (error) => errors.push(error),
    async step() {
      steps.push(clock.now());
      const answer = answers.shift() ?? null;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { clock, loop, steps, errors };
}

describe("a worker's heartbeat", () => {
  test("looks once at start, and then not before it is told", async () => {
    const { clock, loop, steps } = aLoop();
    loop.wake();
    await clock.advance(1_000);
    expect(steps).toEqual([]);
    loop.start();
    loop.start();
    await clock.advance(60_000);
    expect([steps, clock.armed]).toEqual([[1_000], 0]);
  });

  test("sleeps until the due time its step told", async () => {
    const { clock, loop, steps } = aLoop(500, 2_000);
    loop.start();
    await clock.advance(10_000);
    expect(steps).toEqual([0, 500, 2_000]);
  });

  test("looks again after a wake that came while it was looking", async () => {
    const clock = new VirtualClock(0);
    const gates: (() => void)[] = [];
    const loop = new Loop({
      clock,
      onError: () => {},
      step: () => new Promise((resolve) => gates.push(() => resolve(null))),
    });
    loop.start();
    loop.wake();
    loop.wake();
    await clock.advance(0);
    expect(gates).toHaveLength(1);
    gates[0]?.();
    await clock.advance(0);
    expect(gates).toHaveLength(2);
    gates[1]?.();
    await clock.advance(1_000);
    expect(gates).toHaveLength(2);
  });

  test("wakes earlier when something is due earlier, and keeps the later time", async () => {
    const { clock, loop, steps } = aLoop(10_000, 10_000);
    loop.start();
    await clock.advance(0);
    loop.due(3_000);
    loop.due(7_000);
    await clock.advance(20_000);
    expect(steps).toEqual([0, 3_000, 10_000]);
  });

  test("a due time told during a step counts, although the step could not know it", async () => {
    const clock = new VirtualClock(0);
    const steps: number[] = [];
    const loop: Loop = new Loop({
      clock,
      onError: () => {},
      async step() {
        steps.push(clock.now());
        if (steps.length === 1) loop.due(200);
        return steps.length === 1 ? 5_000 : null;
      },
    });
    loop.start();
    await clock.advance(10_000);
    expect(steps).toEqual([0, 200]);
  });

  test("a due time in the past is now", async () => {
    const { clock, loop, steps } = aLoop(null);
    loop.start();
    await clock.advance(1_000);
    loop.due(10);
    await clock.advance(0);
    expect(steps).toEqual([0, 1_000]);
  });

  test("H3 after a step that threw it looks again, ever more slowly up to 5 s, and recovers by itself", async () => {
    const errors = Array.from({ length: 9 }, () => new Error("disk full"));
    const { clock, loop, steps, errors: told } = aLoop(...errors);
    loop.start();
    await clock.advance(60_000);
    const pauses = steps.slice(1).map((at, index) => at - (steps[index] ?? 0));
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
    expect(told).toEqual(errors);
  });

  test("after it recovered, the next failure waits briefly again", async () => {
    const { clock, loop, steps } = aLoop(new Error("1"), new Error("2"), 1_000, new Error("3"));
    loop.start();
    await clock.advance(10_000);
    expect(steps).toEqual([0, 100, 300, 1_000, 1_100]);
  });

  test("stops after the step under way, and never looks again", async () => {
    const clock = new VirtualClock(0);
    const gates: (() => void)[] = [];
    const loop = new Loop({
      clock,
      onError: () => {},
      step: () => new Promise((resolve) => gates.push(() => resolve(50))),
    });
    loop.start();
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await clock.advance(0);
    expect(stopped).toBe(false);
    gates[0]?.();
    await stopping;
    loop.wake();
    loop.due(10);
    await clock.advance(10_000);
    expect([gates.length, clock.armed]).toEqual([1, 0]);
  });
});
