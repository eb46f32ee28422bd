// Rate limits, circuit breakers and turns that wait apart (M4, R5, R10), in virtual time.
import { describe, expect, test } from "bun:test";
import type { SendOutcome } from "../../src/core/delivery.ts";
import { only } from "../conformance/store/shop.ts";
import { plainReply } from "../../src/core/reply.ts";
import { POLICY } from "../helpers/policy.ts";
import { CUSTOMER } from "../helpers/updates.ts";
import { APOLOGY, busy, PATIENCE, Stage } from "./stage.ts";

const TWO_A_MINUTE = { ...POLICY, limits: { perUserPerMinute: 2, perAccountPerMinute: null } };
const FAILED: SendOutcome = { kind: "unlikely", reason: "503" };

function texts(stage: Stage): string[] {
  return stage.replies().map(({ text }) => text);
}

/** A sentence that waits for nothing. */
function asks(n: number): string {
  return `cho mình hỏi câu thứ ${n} với nha shop ơi`;
}

/** Somebody new asks, and time passes until it is answered or not. */
async function somebodyAsks(stage: Stage, n: number, ms = 300): Promise<void> {
  await stage.hears({ text: asks(n), contact: `person-${n}` });
  await stage.pass(ms);
}

describe("M4 the rate limit per person", () => {
  test("turns over it are kept, joined by what follows, and answered together when the window opens", async () => {
    await using stage = await Stage.open({ policy: TWO_A_MINUTE });
    for (const n of [1, 2, 3, 4]) {
      await stage.hears({ text: asks(n) });
      await stage.pass(1_000);
    }
    expect(texts(stage)).toEqual([`[${asks(1)}]`, `[${asks(2)}]`, PATIENCE]);
    await stage.until(59_000);
    expect(texts(stage)).toHaveLength(3);
    await stage.until(61_000);
    expect(texts(stage).at(-1)).toBe(`[${asks(3)}] [${asks(4)}]`);
  });

  test("one polite word a minute, however much is said", async () => {
    await using stage = await Stage.open({ policy: TWO_A_MINUTE });
    for (let n = 1; n <= 12; n++) {
      await stage.hears({ text: asks(n) });
      await stage.pass(500);
    }
    expect(texts(stage).filter((text) => text === PATIENCE)).toHaveLength(1);
  });

  test("one person's limit is nobody else's", async () => {
    await using stage = await Stage.open({ policy: TWO_A_MINUTE });
    for (const n of [1, 2, 3]) {
      await stage.hears({ text: asks(n) });
      await stage.pass(300);
    }
    await somebodyAsks(stage, 9);
    expect(texts(stage).at(-1)).toBe(`[${asks(9)}]`);
  });

  test("the photo that belongs to a text costs nothing extra", async () => {
    await using stage = await Stage.open({ policy: TWO_A_MINUTE });
    stage.agent.thinkMs = 1_000;
    await stage.hears({ text: asks(1) });
    await stage.pass(500);
    await stage.hears({ text: asks(2) });
    await stage.pass(3_000);
    await stage.hears({ text: asks(3) });
    await stage.pass(3_000);
    expect(texts(stage)).toEqual([`[${asks(1)}] [${asks(2)}]`, `[${asks(3)}]`]);
  });

  test("an account has a limit of its own when one is set", async () => {
    await using stage = await Stage.open({
      policy: { ...POLICY, limits: { perUserPerMinute: null, perAccountPerMinute: 3 } },
    });
    for (const n of [1, 2, 3, 4]) await somebodyAsks(stage, n);
    expect(texts(stage).filter((text) => text.startsWith("["))).toHaveLength(3);
    await stage.until(61_000);
    expect(texts(stage).filter((text) => text.startsWith("["))).toHaveLength(4);
  });
});

describe("R5 the breaker of an account", () => {
  test("opens after five failures: from then on one call a period, and everything arrives afterwards in order", async () => {
    await using stage = await Stage.open();
    let calls = 0;
    for (let n = 0; n < 40; n++) {
      stage.channel.next.push(async () => {
        calls += 1;
        return FAILED;
      });
    }
    for (let n = 1; n <= 8; n++) await somebodyAsks(stage, n, 50);
    await stage.until(20_000);
    const whileOpen = calls;
    expect(whileOpen).toBeLessThanOrEqual(8);
    expect(stage.told("breaker_state").map(({ scope, state }) => [scope.split(":")[0], state])).toEqual([
      ["messenger", "open"],
    ]);
    await stage.until(35_000);
    expect(calls).toBe(whileOpen + 1);
    stage.channel.next.length = 0;
    await stage.until(10 * 60_000);
    expect(texts(stage).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `[${asks(n)}]`));
    expect(stage.told("breaker_state").at(-1)).toMatchObject({ state: "closed" });
  });

  test("people who cannot be written to never open it", async () => {
    await using stage = await Stage.open();
    for (let n = 1; n <= 7; n++) {
      stage.channel.next.push({ kind: "recipient", reason: "551" });
      await somebodyAsks(stage, n);
    }
    await somebodyAsks(stage, 8);
    expect(texts(stage)).toEqual([`[${asks(8)}]`]);
    expect(stage.told("breaker_state")).toEqual([]);
  });

  test("H4 stays open over a restart, and not for longer than it should", async () => {
    await using stage = await Stage.open();
    for (let n = 0; n < 5; n++) stage.channel.next.push(FAILED);
    for (let n = 1; n <= 5; n++) await somebodyAsks(stage, n, 150);
    const account = only(await stage.store.accounts());
    const queued = await stage.store.queue(
      { account, contact: CUSTOMER, by: "bot", text: "x", parts: [], correlation: "c", windowMs: null },
      stage.clock.now(),
    );
    expect(queued).toMatchObject({ kind: "queued", stalled: true });
  });
});

describe("R10 the breaker of the model", () => {
  test("opens after five failures; then people are told at once, without a call, and answered later", async () => {
    await using stage = await Stage.open();
    for (let n = 0; n < 5; n++) stage.agent.next.push(busy);
    for (let n = 1; n <= 5; n++) await somebodyAsks(stage, n);
    expect(stage.told("breaker_state")).toMatchObject([{ scope: "model", state: "open" }]);
    await somebodyAsks(stage, 6);
    expect(stage.agent.asked).toHaveLength(5);
    expect(texts(stage)).toEqual(Array(6).fill(APOLOGY));
    await stage.until(5 * 60_000);
    expect(texts(stage).slice(6).toSorted()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `[${asks(n)}]`));
  });

  test("a refused key opens it at once, and the turns wait instead of dying", async () => {
    await using stage = await Stage.open();
    const refused = () => ({ kind: "refused", reason: "401", lasting: true }) as const;
    for (let n = 0; n < 30; n++) stage.agent.next.push(refused);
    await somebodyAsks(stage, 1);
    await somebodyAsks(stage, 2);
    expect(stage.agent.asked).toHaveLength(1);
    await stage.until(60 * 60_000);
    expect(texts(stage)).toEqual([APOLOGY, APOLOGY]);
    expect(stage.agent.asked.length).toBeLessThan(20);
    stage.agent.next.length = 0;
    await stage.until(70 * 60_000);
    expect(texts(stage).slice(2).toSorted()).toEqual([`[${asks(1)}]`, `[${asks(2)}]`]);
  });

  test("a question that the model refuses for itself is nobody else's trouble", async () => {
    await using stage = await Stage.open();
    for (let n = 1; n <= 6; n++) {
      stage.agent.next.push(() => ({ kind: "refused", reason: "400", lasting: false }));
      await somebodyAsks(stage, n);
    }
    await somebodyAsks(stage, 7);
    expect(texts(stage).at(-1)).toBe(`[${asks(7)}]`);
  });
});

test("platform limits: a chat gets no more than it takes, in order, and nobody else waits for it", async () => {
  await using stage = await Stage.open();
  stage.channel.chatRates = (contact) =>
    contact === "group"
      ? [
          { messages: 2, perMs: 1_000 },
          { messages: 3, perMs: 60_000 },
        ]
      : [{ messages: 2, perMs: 1_000 }];
  stage.agent.next.push(() => ({ kind: "reply", reply: plainReply("1\n2\n3\n4\n5"), model: "m", tokens: null }));
  stage.agent.next.push(() => ({ kind: "reply", reply: plainReply("a\nb\nc\nd"), model: "m", tokens: null }));
  await stage.hears({ text: asks(1), contact: "person" });
  await stage.pass(100);
  await stage.hears({ text: asks(2), contact: "group" });
  await stage.pass(90_000);
  const sentTo = (contact: string): [string, number][] =>
    stage.channel.sent.filter((sent) => sent.contact === contact).map(({ text, at }) => [text, at - stage.startedAt]);
  expect(sentTo("person")).toEqual([
    ["1", 100],
    ["2", 100],
    ["3", 1_100],
    ["4", 1_100],
    ["5", 2_100],
  ]);
  expect(sentTo("group")).toEqual([
    ["a", 200],
    ["b", 200],
    ["c", 1_200],
    ["d", 60_200],
  ]);
});

test("platform limits: a chat made by simulate has no platform behind it, and is not held to any", async () => {
  await using stage = await Stage.open();
  stage.channel.chatRates = () => [{ messages: 1, perMs: 60_000 }];
  stage.agent.next.push(() => ({ kind: "reply", reply: plainReply("1\n2\n3"), model: "m", tokens: null }));
  await stage.hears({ text: asks(1), contact: "sim-1" });
  await stage.pass(1_000);
  expect(stage.told("response_sent")).toHaveLength(3);
});

test("platform limits: a backlog goes out no faster than the account may send", async () => {
  await using stage = await Stage.open();
  stage.channel.next.push(FAILED);
  await stage.store.setAccountState(1, "paused", "by hand");
  for (let n = 1; n <= 600; n++) await stage.hears({ text: asks(n), contact: `person-${n}` });
  await stage.pass(2_000);
  expect(texts(stage)).toEqual([]);
  stage.channel.next.length = 0;
  await stage.store.setAccountState(1, "active", null);
  stage.deliverer.loop.wake();
  for (let second = 0; second < 5; second++) await stage.pass(1_000);
  const at = stage.replies().map(({ atMs }) => atMs);
  expect(at).toHaveLength(600);
  const busiest = Math.max(...at.map((start) => at.filter((other) => other >= start && other < start + 1_000).length));
  expect(busiest).toBeLessThanOrEqual(stage.channel.sendsPerSecond);
});
