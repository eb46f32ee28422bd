import { describe, expect, test } from "bun:test";
import { troubleTo } from "../../src/app/trouble.ts";
import type { BotEvent } from "../../src/core/event.ts";
import { Fault } from "../../src/core/fault.ts";
import { Alarms } from "../../src/events/alarms.ts";
import { T0 } from "../helpers/updates.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";

function watching(): { clock: VirtualClock; events: BotEvent[]; alarms: Alarms; told: () => unknown[] } {
  const clock = new VirtualClock(T0);
  const events: BotEvent[] = [];
  const alarms = new Alarms(clock, (event) => events.push(event));
  const told = (): unknown[] =>
    events.map((event) => (event.type === "alarm" ? [event.cause, event.count, event.at - T0] : event.type));
  return { clock, events, alarms, told };
}

describe("R11 alarms", () => {
  test("are told at once, then once a minute with how often it happened", async () => {
    const { clock, alarms, told } = watching();
    for (let n = 0; n < 60; n++) {
      alarms.raise("disk", "full");
      await clock.advance(1_500);
    }
    await clock.advance(600_000);
    expect(told()).toEqual([
      ["disk", 1, 0],
      ["disk", 39, 60_000],
      ["disk", 20, 120_000],
    ]);
  });

  test("of one cause do not hide those of another", () => {
    const { alarms, told } = watching();
    expect([alarms.raise("disk", "full"), alarms.raise("token", "refused"), alarms.raise("disk", "full")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(told()).toHaveLength(2);
  });

  test("leave no timer behind", () => {
    const { clock, alarms } = watching();
    alarms.raise("disk", "full");
    alarms.stop();
    expect(clock.armed).toBe(0);
  });
});

describe("H3 trouble", () => {
  const lines: { event: string; fields: object | undefined }[] = [];
  const log = { error: (event: string, fields?: object) => void lines.push({ event, fields }) };
  const full = (): Error => Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });

  test("with storage is told with its stack once a minute, and counted meanwhile", async () => {
    lines.length = 0;
    const { clock, alarms, told } = watching();
    const trouble = troubleTo(log, alarms);
    for (let n = 0; n < 60; n++) trouble(n % 2 === 0 ? full() : new Fault("storage", "full", "", { cause: full() }));
    expect([lines.length, told()]).toEqual([1, [["storage:SQLITE_FULL", 1, 0]]]);
    await clock.advance(60_000);
    expect(told()).toContainEqual(["storage:SQLITE_FULL", 59, 60_000]);
  });

  test("of any other kind is told each time, with the message it happened to", () => {
    lines.length = 0;
    const { alarms, told } = watching();
    const trouble = troubleTo(log, alarms);
    const broken = Object.assign(new Error("constraint failed"), { code: "SQLITE_CONSTRAINT_UNIQUE" });
    trouble(broken, "corr-1");
    trouble(broken);
    expect(told()).toEqual([]);
    expect(lines.map(({ fields }) => fields)).toEqual([{ error: broken, correlation_id: "corr-1" }, { error: broken }]);
  });
});
