import { expect, test } from "bun:test";
import { PAGE } from "../../helpers/updates.ts";
import { only, seedOf, textsOf, UNCLEAR, type OpenShop, type Shop } from "./shop.ts";

const WHOLE = { limit: 100, cursor: null } as const;
const remove = (shop: Shop) => shop.store.removeAccount(shop.account.id, shop.now);

export function removalPromises(open: OpenShop): void {
  test("nobody knows it any more, its token is forgotten, and what comes for it is somebody else's", async () => {
    const shop = await open();
    await remove(shop);
    expect(await shop.store.accounts()).toEqual([]);
    expect(await shop.store.breakers()).toEqual([]);
    expect(await shop.store.sealedToken(shop.account.id)).toBeNull();
    expect((await shop.hear("hi")).outcome).toBe("unknown_account");
  });

  test("nobody knows it any more from the next webhook on, also when it has just been spoken to", async () => {
    const shop = await open();
    await shop.hear("hi");
    await remove(shop);
    expect(await shop.hear("still there?")).toMatchObject({ outcome: "unknown_account", heard: null });
  });

  test("what was said with it stays", async () => {
    const shop = await open();
    await shop.answer(await shop.ask("hi"), "hello");
    await remove(shop);
    const conversation = only((await shop.store.conversations({}, WHOLE, shop.now)).data);
    expect(conversation).toMatchObject({ account: PAGE });
    expect(textsOf((await shop.store.messages(conversation.id, WHOLE)).data)).toEqual(["hi", "hello"]);
  });

  test("G8 what it owes is given up, where everybody can see it, and never sent", async () => {
    const shop = await open();
    await shop.settle(await shop.sending("one", "two"), UNCLEAR);
    await shop.answer(await shop.ask("another", { contact: "2002" }), "three");
    await remove(shop);
    expect((await shop.journal()).map(({ state, lastError }) => [state, lastError])).toEqual(
      Array(3).fill(["dead", "the account was taken out of service"]),
    );
    shop.pass(3_600_000);
    expect(await shop.leases()).toEqual([]);
  });

  test("what nobody has answered is cancelled, and an agent at work learns of it", async () => {
    const shop = await open();
    const running = await shop.ask("hi");
    await shop.hear("gathering still", { contact: "2002" });
    const cancelled = await remove(shop);
    expect(cancelled.map(({ at: { turn }, aborts }) => [turn.state, aborts])).toEqual([
      ["cancelled", true],
      ["cancelled", false],
    ]);
    expect(cancelled[0]?.at.id).toBe(running.id);
    expect(await shop.store.commitTurn(running, { text: "", actions: [], parts: [] }, shop.now)).toBe("stale");
    shop.pass(60_000);
    expect([await shop.close(), await shop.claims()]).toEqual([[], []]);
  });

  test("another account goes on", async () => {
    const shop = await open();
    await shop.store.saveAccount(seedOf("1018"), shop.now);
    await shop.hear("hi", { account: "1018" });
    expect(await remove(shop)).toEqual([]);
    expect((await shop.store.accounts()).map(({ externalId }) => externalId)).toEqual(["1018"]);
    shop.pass(100);
    await shop.close();
    await shop.answer(await shop.claim(), "hello");
    expect(await shop.leases()).toHaveLength(1);
  });

  test("saved again it is back under the number it had, with its history, and owes nothing by itself", async () => {
    const shop = await open();
    await shop.answer(await shop.ask("hi"), "hello");
    await remove(shop);
    await remove(shop);
    const back = await shop.store.saveAccount(seedOf(PAGE), shop.now);
    expect(back).toMatchObject({ id: shop.account.id, state: "active", stateReason: null });
    expect(await shop.leases()).toEqual([]);
    await shop.answer(await shop.ask("again"), "hello again");
    expect(await shop.leases()).toHaveLength(1);
    expect((await shop.store.conversations({}, WHOLE, shop.now)).data).toHaveLength(1);
  });

  test("flushed after its return, what was given up goes out", async () => {
    const shop = await open();
    await shop.answer(await shop.ask("hi"), "hello");
    await remove(shop);
    await shop.store.saveAccount(seedOf(PAGE), shop.now);
    expect(await shop.store.flush({ state: "dead" }, false, shop.now)).toBe(1);
    expect(await shop.leases()).toHaveLength(1);
  });
}
