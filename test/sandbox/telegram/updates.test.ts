import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Sandbox } from "../../../src/sandbox/index.ts";
import { VirtualClock } from "../../helpers/virtual-clock.ts";
import { until } from "../../helpers/until.ts";
import { bot, CAFE, PERSON, refusal, SHOP_ID, startTelegram } from "./api.ts";

const T0 = Date.UTC(2026, 10, 1);
let clock: VirtualClock;
let sandbox: Sandbox;
beforeEach(async () => {
  clock = new VirtualClock(T0);
  sandbox = await startTelegram({ clock });
});
afterEach(() => sandbox.stop());

const says = (text: string, chat = PERSON): number => sandbox.telegram.says(SHOP_ID, chat, { text }) ?? 0;

/** The ids that getUpdates hands out. */
async function ids(params: Record<string, unknown> = {}): Promise<unknown[]> {
  const { body } = await bot(sandbox, "getUpdates", params);
  const result: unknown = body["result"];
  return Array.isArray(result) ? result.map(({ update_id: id }) => id) : [body["description"]];
}

describe("getUpdates", () => {
  test("hands out the same updates until an offset confirms them", async () => {
    const [a, b, c] = [says("a"), says("b"), says("c")];
    expect([b, c]).toEqual([a + 1, a + 2]);
    expect(await ids({ limit: 2 })).toEqual([a, b]);
    expect(await ids()).toEqual([a, b, c]);
    expect(await ids({ offset: b })).toEqual([b, c]);
    expect(await ids({ offset: -1 })).toEqual([c]);
    expect(await ids({ offset: c + 1 })).toEqual([]);
    expect(await ids({ offset: "?" })).toEqual(["Bad Request: invalid offset"]);
  });

  test("waits for something to come, and no longer than asked", async () => {
    const waiting = ids({ timeout: 30 });
    await until("it waits", () => clock.armed > 0);
    const id = says("a");
    expect(await waiting).toEqual([id]);
    const patient = ids({ offset: id + 1, timeout: 500 });
    await until("it waits", () => clock.armed > 0);
    await clock.advance(50_000);
    expect(await patient).toEqual([]);
  });

  test("is for one at a time", async () => {
    const first = ids({ timeout: 30 });
    await until("it waits", () => clock.armed > 0);
    const second = ids({ timeout: 30 });
    expect(await first).toEqual([
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    ]);
    const other = await bot(sandbox, "getUpdates", {}, CAFE.token);
    expect(other.status).toBe(200);
    expect(await refusal(sandbox, "setWebhook", { url: "http://127.0.0.1:1" })).toBe("");
    expect(await second).toEqual(["Conflict: terminated by setWebhook request"]);
    expect(await refusal(sandbox, "getUpdates")).toStartWith(
      "409 Conflict: can't use getUpdates method while webhook is active",
    );
    await bot(sandbox, "deleteWebhook");
    expect(await refusal(sandbox, "getUpdates")).toBe("");
  });

  test("gives the kinds that were asked for last, and the usual ones to who never asked", async () => {
    const reaction = (): number | null =>
      sandbox.telegram.tell(SHOP_ID, { message_reaction: { chat: { id: PERSON } } });
    expect(reaction()).toBeNull();
    await ids({ allowed_updates: ["message_reaction"] });
    expect(reaction()).toBeNumber();
    expect(sandbox.telegram.says(SHOP_ID, PERSON, { text: "a" })).toBeNull();
    await ids();
    expect(sandbox.telegram.says(SHOP_ID, PERSON, { text: "a" })).toBeNull();
    await ids({ allowed_updates: [] });
    expect([reaction(), sandbox.telegram.says(SHOP_ID, PERSON, { text: "a" })]).toEqual([null, expect.any(Number)]);
  });

  test("forgets a press after 150 s and a message after a day", async () => {
    const press = sandbox.telegram.presses(SHOP_ID, PERSON, "x");
    const text = says("a");
    await clock.advance(149_000);
    expect(await ids()).toEqual([press, text]);
    await clock.advance(2_000);
    expect(await ids()).toEqual([text]);
    await clock.advance(24 * 3_600_000);
    expect(await ids()).toEqual([]);
  });
});
