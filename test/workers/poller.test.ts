import { describe, expect, test } from "bun:test";
import type { Account, AccountState } from "../../src/core/account.ts";
import type { Channel } from "../../src/core/channel.ts";
import type { BotEvent } from "../../src/core/event.ts";
import type { PollOutcome } from "../../src/core/polling.ts";
import { Poller } from "../../src/workers/poller.ts";
import { T0 } from "../helpers/updates.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";
import { ScriptedChannel } from "./stage.ts";

const ACCOUNT: Account = {
  id: 1,
  channel: "telegram",
  externalId: "7000000001",
  name: "shop_bot",
  state: "active",
  stateReason: null,
  appId: null,
};
const OTHER: Account = { ...ACCOUNT, id: 2, externalId: "7000000002" };
const utf8 = { encode: (text: string) => new TextEncoder().encode(text), decode: new TextDecoder() };
const came = (next: string, ...texts: string[]): PollOutcome => ({
  kind: "updates",
  bodies: texts.map((text) => utf8.encode(text)),
  next,
});

/** A platform that answers polls as told, and else waits until somebody hangs up. */
class Stage {
  readonly clock = new VirtualClock(T0);
  /** By bot, what the next polls come to. */
  readonly outcomes = new Map<string, PollOutcome[]>();
  /** What was asked with, as "bot cursor". */
  readonly asked: string[] = [];
  readonly taken: string[] = [];
  readonly alarms: string[] = [];
  readonly states: (readonly [number, AccountState])[] = [];
  readonly events: BotEvent[] = [];
  readonly errors: unknown[] = [];
  readonly tokens = new Map([
    [1, "one"],
    [2, "two"],
  ]);
  /** What the next takes throw. */
  readonly failures: Error[] = [];
  hungUp = 0;
  readonly poller: Poller;

  constructor() {
    const channel: Channel = Object.assign(new ScriptedChannel(this.clock), {
      polling: {
        poll: (access: { externalId: string }, cursor: string | null, signal: AbortSignal) =>
          this.poll(access.externalId, cursor, signal),
      },
    });
    this.poller = new Poller({
      clock: this.clock,
      chance: () => 0,
      store: { setAccountState: async (id, state) => void this.states.push([id, state]) },
      publish: (event) => this.events.push(event),
      channels: { messenger: new ScriptedChannel(this.clock), telegram: channel },
      access: async (id) => {
        const token = this.tokens.get(id);
        return token === undefined ? null : { externalId: id === 1 ? ACCOUNT.externalId : OTHER.externalId, token };
      },
      take: async (_, body, account) => {
        const failure = this.failures.shift();
        if (failure !== undefined) throw failure;
        this.taken.push(`${account} ${utf8.decode.decode(body)}`);
      },
      alarm: (cause, message) => this.alarms.push(`${cause}: ${message}`),
      onError: (error) => this.errors.push(error),
    });
    this.poller.loop.start();
  }

  private async poll(bot: string, cursor: string | null, signal: AbortSignal): Promise<PollOutcome> {
    this.asked.push(`${bot.at(-1)} ${cursor}`);
    const outcome = this.outcomes.get(bot)?.shift();
    if (outcome !== undefined) return outcome;
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    this.hungUp++;
    return { kind: "unreachable", reason: "hung up" };
  }
}

function staged(...outcomes: PollOutcome[]): Stage {
  const stage = new Stage();
  stage.outcomes.set(ACCOUNT.externalId, outcomes);
  return stage;
}

describe("T3 updates that are asked for", () => {
  test("are stored in order before the next poll confirms them", async () => {
    const stage = staged(came("8", "a", "b"), came("9", "c"));
    stage.poller.follow(ACCOUNT);
    await stage.clock.advance(0);
    expect(stage.taken).toEqual(["7000000001 a", "7000000001 b", "7000000001 c"]);
    expect(stage.asked).toEqual(["1 null", "1 8", "1 9"]);
  });

  test("G1 are not confirmed when they could not be stored, and come again", async () => {
    const stage = staged(came("8", "a"), came("8", "a"));
    stage.failures.push(new Error("disk full"));
    stage.poller.follow(ACCOUNT);
    await stage.clock.advance(0);
    expect([stage.asked, stage.taken, stage.errors]).toEqual([["1 null"], [], [new Error("disk full")]]);
    await stage.clock.advance(1_000);
    expect([stage.asked, stage.taken]).toEqual([["1 null", "1 null", "1 8"], ["7000000001 a"]]);
  });

  test("come for every bot by itself: one that fails holds up no other", async () => {
    const stage = staged({ kind: "unreachable", reason: "HTTP 502" });
    stage.outcomes.set(OTHER.externalId, [came("5", "x"), came("6", "y")]);
    stage.poller.follow(ACCOUNT);
    stage.poller.follow(OTHER);
    await stage.clock.advance(0);
    expect(stage.taken).toEqual(["7000000002 x", "7000000002 y"]);
    expect(stage.asked).toEqual(["1 null", "2 null", "2 5", "2 6"]);
  });

  test("are confirmed for a day; after that the platform may count anew", async () => {
    const day = Array.from({ length: 24 * 61 }, (): PollOutcome => ({ kind: "unreachable", reason: "no network" }));
    const stage = staged(came("8", "a"), ...day);
    stage.poller.follow(ACCOUNT);
    await stage.clock.advance(24 * 3_600_000 + 120_000);
    expect(stage.asked[1]).toBe("1 8");
    expect(stage.asked.at(-1)).toBe("1 null");
  });
});

describe("a platform that does not give any", () => {
  test("is asked more and more rarely, and told of when it lasts", async () => {
    const stage = staged(
      ...Array.from({ length: 4 }, (): PollOutcome => ({ kind: "unreachable", reason: "HTTP 502" })),
    );
    stage.poller.follow(ACCOUNT);
    const counts: number[] = [];
    for (const ms of [0, 1_000, 2_000, 4_000, 7_999, 1]) {
      await stage.clock.advance(ms);
      counts.push(stage.asked.length);
    }
    expect(counts).toEqual([1, 2, 3, 4, 4, 5]);
    expect(stage.alarms).toEqual(
      Array(2).fill("poll:telegram:7000000001: no messages of telegram account 7000000001 can be fetched: HTTP 502"),
    );
  });

  test("because somebody else gets them is told of at once, and given way to", async () => {
    const stage = staged({ kind: "conflict", reason: "a webhook is set" }, came("3", "a"));
    stage.poller.follow(ACCOUNT);
    await stage.clock.advance(4_999);
    expect([stage.asked.length, stage.alarms.length]).toEqual([1, 1]);
    await stage.clock.advance(1);
    expect(stage.taken).toEqual(["7000000001 a"]);
  });

  test("because the token is refused is not asked again before there is another", async () => {
    const stage = staged({ kind: "refused", reason: "Bot API error 401" });
    stage.poller.follow(ACCOUNT);
    await stage.clock.advance(3_600_000);
    expect([stage.asked, stage.states]).toEqual([["1 null"], [[1, "auth_failed"]]]);
    expect(stage.events).toMatchObject([{ type: "account_state", state: "auth_failed", reason: "Bot API error 401" }]);
    stage.poller.follow({ ...ACCOUNT, state: "auth_failed" });
    await stage.clock.advance(1_000);
    expect(stage.asked).toHaveLength(1);
    stage.poller.follow(ACCOUNT);
    await stage.clock.advance(0);
    expect(stage.asked).toHaveLength(2);
  });

  test("is not asked without a token", async () => {
    const stage = staged();
    stage.tokens.delete(1);
    stage.poller.follow(ACCOUNT);
    await stage.clock.advance(0);
    expect([stage.asked, stage.states]).toEqual([[], [[1, "auth_failed"]]]);
  });
});

describe("hanging up", () => {
  test("R8 ends the poll that waits, at once and without a word", async () => {
    const stage = staged();
    stage.poller.follow(ACCOUNT);
    await stage.clock.advance(10);
    await stage.poller.stop();
    await stage.clock.advance(120_000);
    expect([stage.hungUp, stage.asked.length, stage.alarms, stage.errors, stage.clock.armed]).toEqual([
      1,
      1,
      [],
      [],
      0,
    ]);
  });

  test("for an account that is no longer ours leaves the others alone", async () => {
    const stage = staged();
    stage.poller.follow(ACCOUNT);
    stage.poller.follow(OTHER);
    await stage.clock.advance(0);
    stage.poller.leave(ACCOUNT);
    await stage.clock.advance(60_000);
    expect([stage.hungUp, stage.asked]).toEqual([1, ["1 null", "2 null"]]);
  });

  test("and asking anew with a new token is one poll at a time", async () => {
    const stage = staged();
    stage.poller.follow(ACCOUNT);
    await stage.clock.advance(0);
    stage.poller.follow(ACCOUNT);
    await stage.clock.advance(0);
    expect([stage.hungUp, stage.asked]).toEqual([1, ["1 null", "1 null"]]);
  });

  test("channels that send their updates by themselves are never asked", async () => {
    const stage = staged();
    stage.poller.follow({ ...ACCOUNT, channel: "messenger" });
    await stage.clock.advance(60_000);
    expect(stage.asked).toEqual([]);
  });
});
