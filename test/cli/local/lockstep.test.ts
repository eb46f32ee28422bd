import { describe, expect, test } from "bun:test";
import { followingClock, LeadingClock, lockstepLine, lockstepOf } from "../../../cli/local/lockstep.ts";
import { VirtualClock } from "../../helpers/virtual-clock.ts";
import { until } from "../../helpers/until.ts";

const START = 1_767_229_200_000;

describe("the leader", () => {
  test("lets time run as far as what it waits for first, and no further", async () => {
    const base = new VirtualClock(0);
    const told: string[] = [];
    const clock = new LeadingClock(
      20,
      START,
      (from, until) => told.push(lockstepLine(from - START, until - START)),
      base,
    );
    await base.advance(1_000);
    expect([clock.now() - START, told]).toEqual([0, []]);
    let called = 0;
    const cancel = clock.after(9_000, () => called++);
    clock.after(300, () => called++);
    await base.advance(15);
    expect([clock.now() - START, called]).toEqual([300, 1]);
    cancel();
    await base.advance(1_000);
    expect(clock.now() - START).toBe(300);
    expect(told).toEqual(["0 9000\n", "0 300\n", "300 9000\n", "300 300\n"]);
  });
});

describe("the follower", () => {
  test("goes where it is told to, passes over what it cannot read, and is free when nobody leads any more", async () => {
    const lines: PromiseWithResolvers<string | null>[] = [Promise.withResolvers()];
    const next = (): Promise<string | null> => {
      lines.push(Promise.withResolvers());
      return (lines.at(-2) ?? Promise.withResolvers<string | null>()).promise;
    };
    const clock = followingClock({ speed: 1_000, start_at: START, media_port: null }, next);
    expect(clock.now()).toBe(START);
    lines[0]?.resolve("nonsense");
    await until("the line is read", () => lines.length > 2);
    lines[1]?.resolve(`${START + 5_000} ${START + 6_000}`);
    await until("time has run", () => clock.now() === START + 6_000);
    await Bun.sleep(20);
    expect(clock.now()).toBe(START + 6_000);
    lines[2]?.resolve(null);
    await until("it runs freely", () => clock.now() > START + 7_000);
  });

  test("is told how by its environment, and no server without it has such a time", () => {
    expect(lockstepOf({})).toBeNull();
    const told = '{"speed":20,"start_at":5,"media_port":null}';
    expect(lockstepOf({ BOTCTL_SANDBOX_LOCKSTEP: told })).toEqual({ speed: 20, start_at: 5, media_port: null });
    expect(lockstepLine(5, Infinity)).toBe("5 -\n");
  });
});
