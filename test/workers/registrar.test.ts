import { describe, expect, test } from "bun:test";
import type { Account } from "../../src/core/account.ts";
import type { Channel, IdentifyOutcome } from "../../src/core/channel.ts";
import type { BotEvent } from "../../src/core/event.ts";
import { Registrar } from "../../src/workers/registrar.ts";
import { PAGE, T0 } from "../helpers/updates.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";
import { ScriptedChannel } from "./stage.ts";

const ACCOUNT: Account = {
  id: 1,
  channel: "messenger",
  externalId: PAGE,
  name: "Shop",
  state: "active",
  stateReason: null,
  appId: null,
};
const KNOWN: IdentifyOutcome = { kind: "identified", identity: { externalId: PAGE, name: "Shop", appId: null } };

/** A platform that answers what it is told to, or only when the question is called off. */
class Platform {
  readonly channel: Channel;
  asked = 0;
  answers: "at once" | "never" = "at once";

  constructor(clock: VirtualClock) {
    const identify = async (_token: string, signal: AbortSignal): Promise<IdentifyOutcome> => {
      this.asked += 1;
      if (this.answers === "at once") return KNOWN;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return { kind: "unreachable", reason: "called off" };
    };
    this.channel = Object.assign(new ScriptedChannel(clock), { identify });
  }
}

function setUp(): {
  clock: VirtualClock;
  platform: Platform;
  registrar: Registrar;
  done: string[];
  events: BotEvent[];
  /** What the next adoptions throw. */
  failures: Error[];
} {
  const clock = new VirtualClock(T0);
  const platform = new Platform(clock);
  const done: string[] = [];
  const events: BotEvent[] = [];
  const failures: Error[] = [];
  const stranger = {
    channel: platform.channel,
    token: "token",
    async save(): Promise<Account> {
      done.push("saved");
      return ACCOUNT;
    },
    async remember(): Promise<void> {
      done.push("remembered");
    },
  };
  const registrar = new Registrar({
    clock,
    publish: (event) => events.push(event),
    strangers: [stranger],
    async onKnown() {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      done.push("adopted");
    },
    onAllKnown: async () => void done.push("all known"),
    onError: (error) => done.push(String(error)),
  });
  return { clock, platform, registrar, done, events, failures };
}

describe("DESIGN §6 a token whose account is not known yet", () => {
  test("G2 is remembered only when what was held for the account is bound", async () => {
    const { clock, registrar, done } = setUp();
    registrar.loop.start();
    await clock.advance(0);
    expect([done, registrar.waiting()]).toEqual([["saved", "adopted", "remembered", "all known"], false]);
  });

  test("G2 is asked about again when binding failed", async () => {
    const { clock, registrar, done, failures } = setUp();
    failures.push(new Error("disk full"));
    registrar.loop.start();
    await clock.advance(0);
    expect([done, registrar.waiting()]).toEqual([["saved", "Error: disk full"], true]);
    await clock.advance(1_000);
    expect(done.slice(2)).toEqual(["saved", "adopted", "remembered", "all known"]);
  });

  test("R8 is let go of at once when the server stops, without an alarm", async () => {
    const { clock, platform, registrar, done, events } = setUp();
    platform.answers = "never";
    registrar.loop.start();
    await clock.advance(10);
    await registrar.stop();
    expect([platform.asked, done, events]).toEqual([1, [], []]);
    await clock.advance(600_000);
    expect(platform.asked).toBe(1);
  });
});
