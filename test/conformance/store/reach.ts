import { describe, expect, test } from "bun:test";
import { anUpdate } from "../../helpers/updates.ts";
import { only, parts, textsOf, type OpenShop, type Shop } from "./shop.ts";

const BLOCKED = { kind: "recipient", reason: "403" } as const;

function tells(shop: Shop, reachable: boolean) {
  return shop.record(anUpdate({ at: shop.now, content: { kind: "reachability", reachable } }));
}

function queue(shop: Shop, text: string) {
  const outgoing = { account: shop.account, by: "bot", text, parts: parts(text), correlation: "c" } as const;
  return shop.store.queue({ ...outgoing, contact: "2001", windowMs: null }, shop.now);
}

const stateOf = async (shop: Shop): Promise<string | undefined> => (await shop.store.conversation(1, shop.now))?.state;

export function reachPromises(open: OpenShop): void {
  test("nothing is sent to a person who blocks the bot, and what was owed is seen to have ended", async () => {
    const shop = await open();
    await shop.answer(await shop.ask("hi"), "one", "two");
    const first = await shop.lease();
    await shop.settle(first, { kind: "throttled", afterMs: 60_000, reason: "429" });
    await tells(shop, false);
    expect(await stateOf(shop)).toBe("blocked");
    shop.pass(60_000);
    const { leased, moved } = await shop.store.leaseDeliveries(shop.now, 10, {
      messenger: { windowMs: null, perSecond: 250 },
      telegram: { windowMs: null, perSecond: 25 },
    });
    expect([leased, moved.map(({ state }) => state)]).toEqual([[], ["dead"]]);
    expect((await shop.journal()).map(({ state }) => state)).toEqual(["dead", "dead"]);
  });

  test("what nobody has answered when the bot is blocked is answered by nobody", async () => {
    const shop = await open();
    const claim = await shop.ask("hi");
    const { changed } = only(await tells(shop, false));
    expect(changed).toMatchObject([{ at: { id: claim.id, turn: { state: "cancelled" } }, aborts: true }]);
    expect(await shop.store.commitTurn(claim, { text: "", actions: [], parts: [] }, shop.now)).toBe("stale");
  });

  test("a word from outside to a blocked conversation ends without a call", async () => {
    const shop = await open();
    await shop.hear("hi");
    await tells(shop, false);
    const queued = await queue(shop, "offer");
    expect(await shop.leases()).toEqual([]);
    const [id = ""] = queued.kind === "queued" ? queued.deliveries : [];
    expect(await shop.store.deliveryStatus(id)).toMatchObject({
      state: "dead",
      error: "recipient: cannot be written to until they write again",
    });
  });

  test("a blocked conversation is the bot's again when it is unblocked, and when the person writes", async () => {
    const shop = await open();
    await shop.hear("hi");
    await tells(shop, false);
    await tells(shop, true);
    expect(await stateOf(shop)).toBe("bot");
    await tells(shop, false);
    await shop.answer(await shop.ask("are you open today"), "yes");
    expect(await stateOf(shop)).toBe("bot");
    expect((await shop.lease()).turnId).toBe(2);
  });

  test("a takeover is not ended by news that the person can be written to", async () => {
    const shop = await open();
    await shop.hear("hi");
    await shop.record(
      anUpdate({ content: { kind: "echo", appId: "1", deliveryId: null, text: "me", attachments: [] } }),
    );
    await tells(shop, true);
    expect(await stateOf(shop)).toBe("human");
  });

  test("news about a stranger makes nobody known", async () => {
    const shop = await open();
    await tells(shop, false);
    expect(await shop.store.conversation(1, shop.now)).toBeNull();
  });

  test("a refusal blocks, unless the person wrote while the call was under way", async () => {
    const shop = await open();
    const lease = await shop.sending("yes");
    shop.pass(10);
    await shop.hear("still there");
    await shop.settle(lease, BLOCKED);
    expect(await stateOf(shop)).toBe("bot");
    shop.pass(100);
    await shop.close();
    await shop.answer(await shop.claim(), "here");
    await shop.settle(await shop.lease(), BLOCKED);
    expect(await stateOf(shop)).toBe("blocked");
  });

  test("what somebody flushes by hand is tried, though the conversation was blocked", async () => {
    const shop = await open();
    const lease = await shop.sending("yes");
    await shop.settle(lease, BLOCKED);
    expect(await shop.store.flush({ ids: [lease.id] }, false, shop.now)).toBe(1);
    expect((await shop.lease()).id).toBe(lease.id);
  });

  describe("a contact with a new id", () => {
    const moves = (shop: Shop, to: string) => shop.record(anUpdate({ content: { kind: "moved", to } }));

    test("keeps its conversation, and is answered and owed under the new one", async () => {
      const shop = await open();
      await shop.answer(await shop.ask("hi"), "one", "two");
      const first = await shop.lease();
      await moves(shop, "supergroup");
      await shop.settle(first);
      expect((await shop.lease()).whose).toMatchObject({ contact: "supergroup", conversation: 1 });
      // Told in the new chat as well, and again: nothing more changes.
      await moves(shop, "supergroup");
      await shop.hear("still me", { contact: "supergroup" });
      expect(await shop.store.conversation(1, shop.now)).toMatchObject({ contact: "supergroup" });
      expect(await shop.store.conversation(2, shop.now)).toBeNull();
    });

    test("is found out by a refusal: what is owed goes out at once under the new id, and what follows with it", async () => {
      const shop = await open();
      const lease = await shop.sending("one", "two");
      const { settled } = await shop.settle(lease, { kind: "moved", to: "supergroup", reason: "400" });
      expect(settled).toMatchObject({ state: "pending", nextAt: shop.now, blocksConversation: false });
      const again = await shop.lease();
      expect([again.id, again.whose.contact]).toEqual([lease.id, "supergroup"]);
      await shop.settle(again);
      expect((await shop.lease()).whose.contact).toBe("supergroup");
    });

    test("is not followed in circles", async () => {
      const shop = await open();
      let lease = await shop.sending("one");
      for (const to of ["b", "a", "b", "a"]) {
        await shop.settle(lease, { kind: "moved", to, reason: "400" });
        const [next] = await shop.leases();
        if (next === undefined) break;
        lease = next;
      }
      expect((await shop.leases()).length).toBe(0);
      expect(only(await shop.journal())).toMatchObject({ state: "pending", attempts: 4 });
      const here = { kind: "moved", to: "2001", reason: "400" } as const;
      const still = await open();
      await still.settle(await still.sending("one"), here);
      expect(only(await still.journal()).state).toBe("dead");
    });

    test("that was known already takes over what was said and what is owed", async () => {
      const shop = await open();
      const lease = await shop.sending("one", "two");
      shop.pass(1_000);
      await shop.hear("new here", { contact: "supergroup" });
      await shop.settle(lease, { kind: "moved", to: "supergroup", reason: "400" });
      const again = await shop.lease();
      expect([again.id, again.whose]).toMatchObject([lease.id, { contact: "supergroup", conversation: 2 }]);
      await shop.settle(again);
      expect((await shop.lease()).whose.contact).toBe("supergroup");
      shop.pass(100);
      await shop.close();
      expect(textsOf((await shop.claim()).history)).toEqual(["hello there", "one two"]);
    });

    test("opens a conversation that was taken for blocked", async () => {
      const shop = await open();
      await shop.hear("hi");
      await tells(shop, false);
      await moves(shop, "supergroup");
      expect(await stateOf(shop)).toBe("bot");
    });
  });

  test("a tap brings back the whole payload that its button had no room for", async () => {
    const shop = await open();
    const payload = `cart:${"x".repeat(2_000)}`;
    const claim = await shop.ask("hi");
    const kept = [{ key: "k:1", title: "Buy all of it", payload }];
    const [part] = parts("yes");
    if (part === undefined) throw new Error("no part");
    const reply = { text: "yes", actions: [], parts: [{ ...part, kept }] };
    await shop.store.commitTurn(claim, reply, shop.now);
    shop.pass(10);
    const tap = { kind: "tap", by: "postback", title: "Buy all…", payload: "Buy all…" } as const;
    await shop.record(anUpdate({ content: { ...tap, key: "k:1" } }));
    expect((await shop.claim()).parts).toMatchObject([{ text: "Buy all of it", payload }]);
    // Somebody else's key opens nothing.
    await shop.record(anUpdate({ contact: "3001", content: { ...tap, key: "k:1" } }));
    expect((await shop.claim()).parts).toMatchObject([{ text: "Buy all…", payload: "Buy all…" }]);
    const { data } = await shop.store.messages(1, { limit: 10, cursor: null });
    expect(textsOf(data)).toEqual(["hi", "yes", "Buy all of it"]);
  });

  test("S11 a kept payload is forgotten with the words it stood under", async () => {
    const shop = await open();
    const [part] = parts("yes");
    if (part === undefined) throw new Error("no part");
    const kept = [{ key: "k:1", title: "Buy", payload: "cart" }];
    await shop.store.commitTurn(
      await shop.ask("hi"),
      { text: "yes", actions: [], parts: [{ ...part, kept }] },
      shop.now,
    );
    shop.pass(31 * 24 * 3_600_000);
    while (await shop.store.forget(shop.now, { payloadMs: 1, textMs: 30 * 24 * 3_600_000 }));
    const tap = { kind: "tap", by: "postback", title: "Buy", payload: "Buy", key: "k:1" } as const;
    await shop.record(anUpdate({ content: tap }));
    expect((await shop.claim()).parts).toMatchObject([{ text: "Buy", payload: "Buy" }]);
  });
}
