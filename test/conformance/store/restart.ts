import { expect, test } from "bun:test";
import { anUpdate, T0 } from "../../helpers/updates.ts";
import { only, textsOf, UNCLEAR, type OpenShop, type Shop } from "./shop.ts";

const WHOLE = { limit: 100, cursor: null };

/** Everything that can be read, with one of each kind of thing in it. */
async function readings(shop: Shop): Promise<unknown[]> {
  const { store } = shop;
  return [
    await store.accounts(),
    await store.sealedToken(shop.account.id),
    await store.meta("colour"),
    await store.conversations({}, WHOLE, shop.now),
    await store.messages(1, WHOLE),
    await store.retries({}, WHOLE),
    await store.depths(),
  ];
}

export function restartPromises(open: OpenShop): void {
  test("reads the same after a restart", async () => {
    const shop = await open();
    await shop.store.setMeta("colour", "blue");
    await shop.settle(await shop.sending("one", "two"), UNCLEAR);
    await shop.store.failTurn(await shop.ask("hi", { contact: "b" }), "busy", [], shop.now);
    await shop.hear("xem ảnh này", { contact: "c" });
    const before = await readings(shop);
    await shop.restart();
    expect(await readings(shop)).toEqual(before);
  });

  test("G10 recovering twice changes nothing the second time", async () => {
    const shop = await open();
    await shop.sending("one");
    await shop.ask("hi", { contact: "b" });
    await shop.restart();
    expect(await shop.store.recover(shop.now)).toEqual({ turns: 1, deliveries: 1 });
    const before = await readings(shop);
    expect(await shop.store.recover(shop.now)).toEqual({ turns: 0, deliveries: 0 });
    expect(await readings(shop)).toEqual(before);
  });

  test("A6 a turn that was gathering closes when it would have, or at once when that has passed", async () => {
    const shop = await open();
    await shop.hear("xem ảnh này giúp mình");
    await shop.restart();
    await shop.store.recover(shop.now);
    expect((await shop.store.closeDueTurns(shop.now)).nextAt).toBe(T0 + 8_000);
    shop.pass(60_000);
    expect(await shop.close()).toHaveLength(1);
    expect(textsOf((await shop.claim()).parts)).toEqual(["xem ảnh này giúp mình"]);
  });

  test("G6 a result from before the restart is refused", async () => {
    const shop = await open();
    const before = await shop.ask("hi");
    await shop.restart();
    expect(await shop.store.recover(shop.now)).toEqual({ turns: 1, deliveries: 0 });
    expect(await shop.store.commitTurn(before, { text: "late", actions: [], parts: [] }, shop.now)).toBe("stale");
    const after = await shop.claim();
    expect(after).toMatchObject({ id: before.id, turn: { claims: 2 } });
    expect(await shop.store.commitTurn(before, { text: "late", actions: [], parts: [] }, shop.now)).toBe("stale");
    await shop.answer(after, "hello");
  });

  test("G3 a message that came before the restart is known after it", async () => {
    const shop = await open();
    const update = anUpdate({ text: "hi" });
    await shop.record(update);
    await shop.restart();
    expect(only(await shop.record(update)).outcome).toBe("duplicate");
  });

  test("G9 a lease from before the restart settles nothing", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    await shop.restart();
    await shop.store.recover(shop.now);
    expect(await shop.store.settleDelivery(lease, { kind: "request", reason: "late" }, shop.now, 0)).toBe("stale");
    expect(await shop.stateOf(lease)).toBe("ambiguous");
  });

  test("H4 a delivery that a clock far ahead put off is due within 6 hours", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    shop.now = T0 + 30 * 24 * 3_600_000;
    await shop.settle(lease, UNCLEAR);
    await shop.restart();
    shop.now = T0;
    await shop.store.recover(shop.now);
    expect(only(await shop.journal()).nextAt).toBeLessThanOrEqual(T0 + 6 * 3_600_000);
  });

  test("H4 a turn begun by a clock far ahead gathers no longer than 12 s, whatever joins it after the restart", async () => {
    const shop = await open();
    shop.now = T0 + 3_600_000;
    await shop.hear("xem ảnh này");
    await shop.restart();
    shop.now = T0;
    await shop.store.recover(shop.now);
    shop.pass(6_000);
    await shop.hear("xem ảnh này nữa");
    expect((await shop.store.closeDueTurns(shop.now)).nextAt).toBe(T0 + 12_000);
  });

  test("H4 a delivery made by a clock far ahead is given up 6 hours after the restart", async () => {
    const shop = await open();
    shop.now = T0 + 30 * 24 * 3_600_000;
    const lease = await shop.sending("one");
    await shop.restart();
    shop.now = T0;
    await shop.store.recover(shop.now);
    shop.pass(6 * 3_600_000 + 1);
    // Its doubt ends first; then it is looked at as any other.
    await shop.leases();
    expect(await shop.leases()).toEqual([]);
    expect(await shop.stateOf(lease)).toBe("expired");
  });

  test("an account keeps its id when its token changes, and is active again", async () => {
    const shop = await open();
    await shop.store.setAccountState(shop.account.id, "auth_failed", "190");
    const { channel, externalId } = shop.account;
    const seed = { channel, externalId, name: "New name", appId: "9", sealedToken: "another" };
    const saved = await shop.store.saveAccount(seed, shop.now);
    expect(saved).toEqual({ ...shop.account, name: "New name", appId: "9" });
    await shop.restart();
    expect([await shop.store.accounts(), await shop.store.sealedToken(saved.id)]).toEqual([[saved], "another"]);
    // An environment that does not know the app does not make it forgotten.
    expect((await shop.store.saveAccount({ ...seed, appId: null }, shop.now)).appId).toBe("9");
  });

  test("facts are kept, replaced, and absent until told", async () => {
    const shop = await open();
    expect(await shop.store.meta("colour")).toBeNull();
    await shop.store.setMeta("colour", "blue");
    await shop.store.setMeta("colour", "green");
    await shop.restart();
    expect([await shop.store.meta("colour"), await shop.store.sealedToken(99)]).toEqual(["green", null]);
    await shop.store.probe();
  });
}
