import { describe, expect, test } from "bun:test";
import type { SendOutcome } from "../../src/core/delivery.ts";
import type { Store } from "../../src/core/store.ts";
import { anEcho } from "../helpers/updates.ts";
import { plainReply } from "../../src/core/reply.ts";
import { Stage } from "./stage.ts";

const PLAIN = { text: "cảm ơn shop nhiều nhé" };
const NO_ROUTE: SendOutcome = { kind: "unsent", reason: "no route" };
const UNCLEAR: SendOutcome = { kind: "ambiguous", reason: "no answer in time" };

/** The store, but its next settlements reject. */
function failingSettlements(count: number): (store: Store) => Store {
  let left = count;
  return (store) =>
    new Proxy(store, {
      get(target, key) {
        const verb: unknown = Reflect.get(target, key);
        if (typeof verb !== "function") return verb;
        return async (...given: unknown[]) => {
          if (key === "settleDelivery" && left-- > 0) throw new Error("database or disk is full");
          return await Reflect.apply(verb, target, given);
        };
      },
    });
}

/** A bot whose answers are these texts, one message each. */
async function answering(...texts: string[]): Promise<Stage> {
  const bot = await Stage.open();
  bot.agent.next.push(() => ({ kind: "reply", reply: plainReply(texts.join("\n")), model: "scripted", tokens: 7 }));
  return bot;
}

describe("R5 sending", () => {
  test("R5 transient failures are tried again after 1, 2, 4 and 8 s", async () => {
    await using bot = await Stage.open();
    bot.channel.next.push(NO_ROUTE, NO_ROUTE, NO_ROUTE, NO_ROUTE);
    await bot.hears(PLAIN);
    await bot.pass(60_000);
    expect(bot.replies().map(({ atMs }) => atMs)).toEqual([100 + 1_000 + 2_000 + 4_000 + 8_000]);
    expect(bot.told("send_failed").map(({ attempts, state }) => [attempts, state])).toEqual(
      [1, 2, 3, 4].map((n) => [n, "pending"]),
    );
    expect(bot.told("delivery_waiting").map(({ state, next_at, at }) => [state, (next_at ?? 0) - at])).toEqual(
      [1, 2, 4, 8].map((seconds) => ["pending", seconds * 1_000]),
    );
    expect(bot.told("response_sent")).toMatchObject([{ attempts: 5 }]);
  });

  test("G7 the parts of an answer keep their order through failures", async () => {
    await using bot = await answering("one", "two", "three");
    bot.channel.next.push({ kind: "sent", messageId: "mid.1" }, NO_ROUTE);
    await bot.hears(PLAIN);
    await bot.pass(60_000);
    expect(bot.replies()).toEqual([
      { text: "one", atMs: 100 },
      { text: "two", atMs: 1_100 },
      { text: "three", atMs: 1_100 },
    ]);
  });

  test("R5 a permanent refusal is not tried again, and the next answer goes out", async () => {
    await using bot = await answering("one", "two");
    bot.channel.next.push({ kind: "request", reason: "100" });
    await bot.hears(PLAIN);
    await bot.pass(1_000);
    await bot.hears({ text: "alo shop ơi có đó không ạ nhé" });
    await bot.pass(60_000);
    expect(bot.replies().map(({ text }) => text)).toEqual(["[alo shop ơi có đó không ạ nhé]"]);
    expect(bot.told("send_failed")).toMatchObject([{ state: "dead", next_at: null, reason: "request: 100" }]);
    expect(bot.told("delivery_dead")).toMatchObject([{ kind: "message", next_at: null, reason: "request: 100" }]);
  });

  test("T5 a platform that asks for patience gets it from the whole account", async () => {
    await using bot = await Stage.open();
    bot.channel.next.push({ kind: "throttled", afterMs: 7_000, reason: "429" });
    await bot.hears({ ...PLAIN, contact: "a" });
    await bot.pass(1_000);
    await bot.hears({ ...PLAIN, contact: "b" });
    await bot.pass(60_000);
    expect(bot.replies().map(({ atMs }) => atMs)).toEqual([7_100, 7_100]);
  });

  test("§3 a dead token is told once, and a new one sends what was parked", async () => {
    await using bot = await Stage.open();
    bot.channel.next.push({ kind: "account", reason: "190" }, { kind: "account", reason: "190" });
    await bot.hears({ ...PLAIN, contact: "a" });
    await bot.hears({ ...PLAIN, contact: "b" });
    await bot.pass(600_000);
    expect(bot.replies()).toEqual([]);
    expect(bot.told("account_state")).toMatchObject([{ state: "auth_failed", reason: "account: 190" }]);
    const [account] = await bot.store.accounts();
    await bot.store.setAccountState(account?.id ?? 0, "active", null);
    bot.deliverer.loop.wake();
    await bot.pass(1_000);
    expect(bot.replies()).toHaveLength(2);
  });

  test("a channel that throws may have sent it: the outcome is unknown, not lost", async () => {
    await using bot = await Stage.open();
    bot.channel.next.push(new Error("a bug"));
    await bot.hears(PLAIN);
    await bot.pass(1_000);
    expect((await bot.store.depths()).ambiguous).toBe(1);
    await bot.pass(60_000);
    expect([bot.replies().length, bot.errors.length]).toEqual([1, 1]);
    expect(bot.troubled).toEqual([bot.told("message_received")[0]?.correlation_id]);
  });

  test("H3 an outcome that could not be stored is stored later, and nothing is sent twice", async () => {
    await using bot = await Stage.open({ through: failingSettlements(3) });
    await bot.hears(PLAIN);
    await bot.pass(60_000);
    await bot.hears({ text: "alo shop ơi có đó không ạ nhé" });
    await bot.pass(60_000);
    expect(bot.replies().map(({ text }) => text)).toEqual([
      "[cảm ơn shop nhiều nhé]",
      "[alo shop ơi có đó không ạ nhé]",
    ]);
    expect(await bot.store.depths()).toMatchObject({ pending: 0, ambiguous: 0 });
  });
});

describe("G9 unknown outcomes", () => {
  test("G9 an echo within the grace keeps it from being sent twice, and the next part follows at once", async () => {
    await using bot = await answering("one", "two");
    bot.channel.next.push(UNCLEAR);
    await bot.hears(PLAIN);
    await bot.until(5_000);
    await bot.takes(anEcho(bot.channel.sent[0]?.deliveryId ?? null));
    await bot.pass(60_000);
    expect(bot.replies()).toEqual([
      { text: "one", atMs: 100 },
      { text: "two", atMs: 5_000 },
    ]);
  });

  test("G9 without one it is sent once more after the grace", async () => {
    await using bot = await Stage.open();
    bot.channel.next.push(UNCLEAR);
    await bot.hears(PLAIN);
    await bot.pass(120_000);
    expect(bot.replies().map(({ atMs }) => atMs)).toEqual([100, 30_100]);
  });

  test("G9 never more copies than one and the unknown rounds", async () => {
    await using bot = await Stage.open();
    bot.channel.next.push(UNCLEAR, UNCLEAR, UNCLEAR, UNCLEAR);
    await bot.hears(PLAIN);
    await bot.pass(600_000);
    expect(bot.replies()).toHaveLength(3);
    expect(bot.told("send_failed").at(-1)).toMatchObject({ state: "dead" });
  });
});

describe("R8 stopping", () => {
  test("R8 a send under way is waited for, and cut when it takes too long", async () => {
    await using bot = await Stage.open();
    let cut = false;
    const hanging = (signal: AbortSignal): Promise<SendOutcome> =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          cut = true;
          resolve(UNCLEAR);
        });
      });
    bot.channel.next.push(hanging);
    await bot.hears(PLAIN);
    await bot.until(500);
    const drained = bot.deliverer.drain(bot.after(4_500));
    await bot.pass(4_499);
    expect(cut).toBe(false);
    await bot.pass(1);
    await drained;
    expect([cut, (await bot.store.depths()).ambiguous]).toEqual([true, 1]);
  });

  test("G9 an outcome that could not be stored is tried once more before the end", async () => {
    await using bot = await Stage.open({ through: failingSettlements(1) });
    const arriving = Promise.withResolvers<SendOutcome>();
    bot.channel.next.push(() => arriving.promise);
    await bot.hears(PLAIN);
    await bot.until(500);
    const drained = bot.deliverer.drain(bot.after(4_500));
    await bot.pass(1_000);
    arriving.resolve({ kind: "sent", messageId: "mid.1" });
    await bot.pass(0);
    await drained;
    expect([bot.errors.length, bot.told("response_sent").length]).toEqual([1, 1]);
    expect(bot.troubled).toEqual([bot.told("message_received")[0]?.correlation_id]);
    const restart = await bot.store.recover(bot.clock.now());
    expect(restart.deliveries).toBe(0);
  });

  test("R8 what was not begun waits on disk", async () => {
    await using bot = await Stage.open();
    await bot.deliverer.drain(bot.after(1_000));
    await bot.hears(PLAIN);
    await bot.pass(5_000);
    expect([bot.replies(), (await bot.store.depths()).pending]).toEqual([[], 1]);
  });
});
