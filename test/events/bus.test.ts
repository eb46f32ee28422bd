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

describe("a reader from the run before", () => {
  const previous = { base: BOOT - 5_000, last: BOOT - 4_000, kept: [] };

  test.each([
    ["who had all of it gets all of this one", previous.last, ["1", "2"]],
    ["who had all but three is told so", previous.last - 3, ["missed 3", "1", "2"]],
    ["who came when it had told nothing is told how much it told", previous.base, ["missed 1000", "1", "2"]],
    ["whose number is older than it knows is told that nobody knows", previous.base - 1, ["missed null", "1", "2"]],
    ["whose number nobody gave is told that nobody knows", previous.last + 1, ["missed null", "1", "2"]],
  ])("%s", async (_, last, expected) => {
    const bus = new Bus(BOOT, previous);
    for (const n of [1, 2]) bus.publish(anEvent(n));
    expect((await replayed(bus, last, 10)).map(String)).toEqual(expected);
  });

  test("gets what it had not seen of that one, as far as it is kept, and then this one", async () => {
    const kept = [2, 1, 0].map((n) => ({ seq: previous.last - n, event: anEvent(n) }));
    const bus = new Bus(BOOT, { ...previous, kept });
    for (const n of [1, 2]) bus.publish(anEvent(n));
    expect(await replayed(bus, previous.last - 2, 10)).toEqual([-4_001, -4_000, 1, 2]);
    expect(await replayed(bus, previous.last - 3, 10)).toEqual([-4_002, -4_001, -4_000, 1, 2]);
    expect(await replayed(bus, previous.last - 5, 10)).toEqual(["missed 2", -4_002, -4_001, -4_000, 1, 2]);
    // Never more at once than a reader that comes back within one run gets.
    for (let n = 3; n <= 1_999; n++) bus.publish(anEvent(n));
    expect(await replayed(bus, previous.last - 2, 2)).toEqual(["missed 1", -4_000]);
    for (let n = 2_000; n <= 2_002; n++) bus.publish(anEvent(n));
    expect(await replayed(bus, previous.last - 2, 2)).toEqual(["missed 4", 3]);
  });

  test("is told what this run no longer keeps, too", async () => {
    const bus = new Bus(BOOT, previous);
    for (let n = 1; n <= 5_000; n++) bus.publish(anEvent(n));
    expect(await replayed(bus, previous.last - 3, 2)).toEqual(["missed 3003", 3_001]);
  });

  test("finds it through a run that told nothing", () => {
    expect(new Bus(BOOT, previous).run()).toEqual(previous);
    const bus = new Bus(BOOT, previous);
    bus.publish(anEvent(1));
    expect(bus.run()).toEqual({ base: BOOT, last: BOOT + 1, kept: [{ seq: BOOT + 1, event: anEvent(1) }] });
  });
});

test("the end comes after everything that was published before it", async () => {
  const bus = busWith(0);
  const reading = Array.fromAsync(bus.follow(null, new AbortController().signal));
  await Promise.resolve();
  for (let n = 1; n <= 3; n++) bus.publish(anEvent(n));
  bus.end();
  expect((await reading).map((item) => ("seq" in item ? item.seq - BOOT : item))).toEqual([1, 2, 3]);
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
