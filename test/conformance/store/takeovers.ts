import { expect, test } from "bun:test";
import type { ConversationRow } from "../../../src/core/transcript.ts";
import { anEcho, CUSTOMER } from "../../helpers/updates.ts";
import { parts, saidBy, UNCLEAR, type OpenShop, type Shop } from "./shop.ts";

const HOUR_MS = 3_600_000;
const WHOLE = { limit: 100, cursor: null };

function speaks(shop: Shop): Promise<ConversationRow | null> {
  return shop.store.conversation(1, shop.now);
}

/** A human's answer by way of this program. */
function reply(shop: Shop, text: string): ReturnType<Shop["store"]["queue"]> {
  const { account, now } = shop;
  const words = { by: "human", text, parts: parts(text), correlation: "by-hand", windowMs: 24 * HOUR_MS } as const;
  return shop.store.queue({ account, contact: CUSTOMER, ...words }, now);
}

export function takeoverPromises(open: OpenShop): void {
  test("§5.10 while a person has taken it, what comes is history, and answered by nobody", async () => {
    const shop = await open();
    await shop.hear("xem ảnh này giúp mình");
    const taken = await shop.store.takeOver(1, 2 * HOUR_MS, "c", shop.now);
    expect(taken?.takeover).toEqual({ until: shop.now + 2 * HOUR_MS, reason: "taken over by hand" });
    expect(taken?.changed).toMatchObject([{ at: { turn: { state: "cancelled" } }, aborts: false }]);
    expect(await speaks(shop)).toMatchObject({ state: "human", humanUntilAt: shop.now + 2 * HOUR_MS, turn: null });
    shop.pass(HOUR_MS);
    expect((await shop.hear("alo shop")).outcome).toBe("noted");
    expect([await shop.close(), await shop.claims()]).toEqual([[], []]);
  });

  test("§5.10 the agent that was at work on it comes too late", async () => {
    const shop = await open();
    const claim = await shop.ask("hello there");
    const taken = await shop.store.takeOver(1, null, "c", shop.now);
    expect(taken?.changed).toMatchObject([{ at: { id: claim.id }, aborts: true }]);
    const answer = { text: "one", actions: [], parts: parts("one") };
    expect(await shop.store.commitTurn(claim, answer, shop.now)).toBe("stale");
    expect(await shop.leases()).toEqual([]);
  });

  test("G8 what the bot had answered before still goes out, before the human's words", async () => {
    const shop = await open();
    await shop.answer(await shop.ask("hello there"), "one", "two");
    await shop.store.takeOver(1, null, "c", shop.now);
    await reply(shop, "this is Lan");
    const sent: string[] = [];
    for (let count = 0; count < 3; count++) {
      const lease = await shop.lease();
      sent.push(JSON.parse(lease.body).text);
      await shop.settle(lease);
    }
    expect(sent).toEqual(["one", "two", "this is Lan"]);
  });

  test("when its time is over the bot answers again, and says so before anybody writes", async () => {
    const shop = await open();
    await shop.hear("hello there");
    await shop.store.takeOver(1, HOUR_MS, "c", shop.now);
    shop.pass(HOUR_MS);
    expect(await speaks(shop)).toMatchObject({ state: "bot", humanUntilAt: null });
    expect((await shop.hear("alo")).outcome).toBe("bound");
  });

  test("a conversation given back is answered from its next message on, knowing what was said meanwhile", async () => {
    const shop = await open();
    await shop.hear("hello there");
    await shop.store.takeOver(1, null, "c", shop.now);
    shop.pass(1_000);
    await shop.hear("is it still there");
    await reply(shop, "yes it is");
    shop.pass(1_000);
    const released = await shop.store.release(1, "c");
    expect(released).toMatchObject({ takeover: { until: null, reason: "given back by hand" }, changed: [] });
    expect([await shop.claims(), (await speaks(shop))?.state]).toEqual([[], "bot"]);
    expect(saidBy((await shop.ask("how much")).history)).toEqual([
      "client: hello there",
      "client: is it still there",
      "human: yes it is",
    ]);
  });

  test("G10 giving back what the bot answers anyway changes nothing", async () => {
    const shop = await open();
    await shop.hear("xem ảnh này giúp mình");
    expect(await shop.store.release(1, "c")).toMatchObject({ takeover: null, changed: [] });
    expect((await speaks(shop))?.turn?.state).toBe("gathering");
  });

  test("a conversation that there is not can be neither taken nor given back", async () => {
    const shop = await open();
    expect(await shop.store.takeOver(7, null, "c", shop.now)).toBeNull();
    expect(await shop.store.release(7, "c")).toBeNull();
  });

  test("§5.10 a human's answer takes the conversation over, as their echo would, and its echo adds nobody", async () => {
    const shop = await open();
    await shop.hear("xem ảnh này giúp mình");
    const queued = await reply(shop, "this is Lan");
    if (queued.kind !== "queued") throw new Error("it was not queued");
    expect(queued.handedOver).toMatchObject({
      takeover: { until: shop.now + 12 * HOUR_MS, reason: "a human answered" },
      changed: [{ at: { turn: { state: "cancelled" } } }],
    });
    const lease = await shop.lease();
    await shop.settle(lease, UNCLEAR);
    await shop.store.release(1, "c");
    const [echo] = await shop.record(anEcho(lease.id));
    expect([echo?.takeover, await shop.stateOf(lease)]).toEqual([null, "sent"]);
    expect((await speaks(shop))?.state).toBe("bot");
    expect(saidBy((await shop.store.messages(1, WHOLE)).data)).toEqual([
      "client: xem ảnh này giúp mình",
      "human: this is Lan",
    ]);
  });

  test("a human's answer after the window has closed is refused and takes nothing over", async () => {
    const shop = await open();
    await shop.hear("hello there");
    shop.pass(24 * HOUR_MS);
    expect(await reply(shop, "too late")).toEqual({ kind: "window_closed" });
    expect(await speaks(shop)).toMatchObject({ state: "bot", turn: { state: "gathering" } });
  });

  test("who took it for long keeps it that long, whatever they write; who answers late keeps it from then", async () => {
    const shop = await open();
    await shop.hear("hello there");
    await shop.store.takeOver(1, 20 * HOUR_MS, "c", shop.now);
    const longAt = shop.now + 20 * HOUR_MS;
    await reply(shop, "one moment");
    expect((await speaks(shop))?.humanUntilAt).toBe(longAt);
    shop.pass(15 * HOUR_MS);
    await reply(shop, "here I am");
    expect((await speaks(shop))?.humanUntilAt).toBe(shop.now + 12 * HOUR_MS);
  });

  test("a takeover survives a restart", async () => {
    const shop = await open();
    await shop.hear("hello there");
    await shop.store.takeOver(1, HOUR_MS, "c", shop.now);
    await shop.restart();
    await shop.store.recover(shop.now);
    expect((await speaks(shop))?.state).toBe("human");
    expect((await shop.hear("alo")).outcome).toBe("noted");
  });
}
