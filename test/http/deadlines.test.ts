import { expect, test } from "bun:test";
import fc from "fast-check";
import { Deadlines } from "../../src/http/deadlines.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";

test("each is late exactly once at its time unless it was ended before, under one timer", async () => {
  const plan = fc.array(fc.record({ pauseMs: fc.nat(400), endsAfterMs: fc.option(fc.nat(2_000)) }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      const clock = new VirtualClock(1_000);
      const deadlines = new Deadlines(clock, 1_000);
      const late: (readonly [number, number])[] = [];
      const expected: (readonly [number, number])[] = [];
      const endings: { at: number; end: () => void }[] = [];
      for (const [index, { pauseMs, endsAfterMs }] of steps.entries()) {
        await advanceTo(clock, clock.now() + pauseMs, endings);
        const began = clock.now();
        const deadline = deadlines.begin(() => void late.push([index, clock.now()]));
        if (endsAfterMs !== null) endings.push({ at: began + endsAfterMs, end: () => deadline.end() });
        // Ended in the very moment it falls due, it may be either.
        if (endsAfterMs === null || endsAfterMs > 1_000) expected.push([index, began + 1_000]);
        else if (endsAfterMs === 1_000) expected.push([index, -1]);
        expect(clock.armed).toBe(1);
      }
      await advanceTo(clock, clock.now() + 3_000, endings);
      const sure = expected.filter(([, at]) => at !== -1);
      const open = new Set(expected.filter(([, at]) => at === -1).map(([index]) => index));
      expect(late.filter(([index]) => !open.has(index))).toEqual(sure);
      expect(clock.armed).toBe(0);
    }),
    { numRuns: 40 },
  );
});

async function advanceTo(clock: VirtualClock, at: number, endings: { at: number; end: () => void }[]): Promise<void> {
  for (const ending of endings.filter((one) => one.at <= at).sort((a, b) => a.at - b.at)) {
    await clock.advance(Math.max(0, ending.at - clock.now()));
    ending.end();
    endings.splice(endings.indexOf(ending), 1);
  }
  await clock.advance(at - clock.now());
}
