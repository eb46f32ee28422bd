import { describe, expect, test } from "bun:test";
import type { BotEvent } from "../../src/core/event.ts";
import { Bus } from "../../src/events/bus.ts";

const BOOT = 1_795_000_000_000_000;

function anEvent(n: number): BotEvent {
  return { type: "alarm", at: n, cause: "test", message: "", count: n };
}

/** What a reader gets at once: sequence numbers counted from the start, or how many were missed. */
async function replayed(bus: Bus, afterSeq: number | null, most: number): Promise<(number | string)[]> {
  const stop = new AbortController();
  const got: (number | string)[] = [];
  const reading = (async () => {
    for await (const item of bus.follow(afterSeq, stop.signal)) {
      got.push("missed" in item ? `missed ${item.missed}` : item.seq - BOOT);
      if (got.length >= most) break;
    }
  })();
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await reading;
  return got;
}

function busWith(events: number): Bus {
  const bus = new Bus(BOOT);
  for (let n = 1; n <= events; n++) bus.publish(anEvent(n));
  return bus;
}

describe("a reader that comes back", () => {
  test("gets what came meanwhile", async () => {
    expect(await replayed(busWith(5), BOOT + 3, 10)).toEqual([4, 5]);
  });

  test("gets nothing old when it names no event", async () => {
    expect(await replayed(busWith(5), null, 10)).toEqual([]);
  });

  test("gets all since the start when the last it saw was the one before", async () => {
    expect(await replayed(busWith(2), BOOT, 10)).toEqual([1, 2]);
  });

  test("is told how many are no longer kept", async () => {
    expect(await replayed(busWith(5_000), BOOT + 100, 2)).toEqual(["missed 2900", 3_001]);
  });

  test.each([
    ["an earlier run", BOOT - 70_000_000],
    ["a run whose clock was ahead", BOOT + 70_000_000],
  ])("of %s is told that nobody knows how many it missed", async (_, last) => {
    expect(await replayed(busWith(2), last, 10)).toEqual(["missed null", 1, 2]);
  });
});

test("a slow reader is told what it missed in the place where it is missing", async () => {
  const bus = busWith(0);
  const stop = new AbortController();
  const items = bus.follow(null, stop.signal);
  const first = items.next();
  for (let n = 1; n <= 3_500; n++) bus.publish(anEvent(n));
  await first;
  const got: (number | string)[] = [];
  for (let n = 0; n < 3_000; n++) {
    // Meanwhile more come, and there would be room for them now.
    if (n === 10) bus.publish(anEvent(3_501));
    const { value, done } = await items.next();
    if (done !== true) got.push("missed" in value ? `missed ${value.missed}` : value.seq - BOOT);
  }
  bus.publish(anEvent(3_502));
  const { value } = await items.next();
  expect(got.slice(-2)).toEqual([3_000, "missed 501"]);
  expect(value).toMatchObject({ seq: BOOT + 3_502 });
  stop.abort();
  await items.return(undefined);
});
