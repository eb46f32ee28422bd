import { expect, test } from "bun:test";
import type { DeliveryState, SendOutcome } from "../../../src/core/delivery.ts";
import { CUSTOMER } from "../../helpers/updates.ts";
import { only, parts, seedOf, SENT, LIMITS, type OpenShop, type Shop } from "./shop.ts";

const HOUR_MS = 3_600_000;
const DEAD_TOKEN: SendOutcome = { kind: "account", reason: "190" };

/** Asked and answered by another customer too, so that somebody is left to be served. */
async function answered(shop: Shop, contact: string, ...texts: string[]): Promise<void> {
  await shop.answer(await shop.ask("hi", { contact }), ...texts);
}

function bodies(leased: readonly { readonly body: string }[]): string[] {
  return leased.map(({ body }) => String(JSON.parse(body).text));
}

export function deliveryPromises(open: OpenShop): void {
  test("G7 the parts of a reply go out one after the other, in order", async () => {
    const shop = await open();
    const first = await shop.sending("one", "two", "three");
    expect(bodies([first])).toEqual(["one"]);
    expect(await shop.leases()).toEqual([]);
    await shop.settle(first);
    const second = await shop.lease();
    expect(bodies([second])).toEqual(["two"]);
    await shop.settle(second);
    expect(bodies(await shop.leases())).toEqual(["three"]);
  });

  test("G7 a later answer waits until the earlier one is settled, also while that waits for its next attempt", async () => {
    const shop = await open();
    const first = await shop.sending("first");
    await shop.settle(first, { kind: "unsent", reason: "no route" });
    await answered(shop, CUSTOMER, "second");
    expect(await shop.leases()).toEqual([]);
    shop.pass(1_000);
    expect(bodies(await shop.leases())).toEqual(["first"]);
  });

  test("R9 conversations are served side by side, as many as asked for", async () => {
    const shop = await open();
    for (const contact of ["a", "b", "c"]) await answered(shop, contact, `to ${contact}`);
    expect(bodies(await shop.leases(2))).toEqual(["to a", "to b"]);
    expect(bodies(await shop.leases(2))).toEqual(["to c"]);
  });

  test("a lease names the attempt, the turn and when it all began", async () => {
    const shop = await open();
    const began = shop.now;
    expect(await shop.sending("one")).toMatchObject({
      kind: "message",
      attempts: 1,
      turnId: 1,
      sinceAt: began,
      whose: { contact: CUSTOMER },
    });
  });

  const ends: [SendOutcome, DeliveryState][] = [
    [SENT, "sent"],
    [{ kind: "unsent", reason: "no route" }, "pending"],
    [{ kind: "unlikely", reason: "500" }, "pending"],
    [{ kind: "throttled", afterMs: 7_000, reason: "613" }, "pending"],
    [{ kind: "ambiguous", reason: "timeout" }, "ambiguous"],
    [{ kind: "recipient", reason: "551" }, "dead"],
    [{ kind: "window", reason: "2018278" }, "expired"],
    [DEAD_TOKEN, "parked"],
    [{ kind: "policy", reason: "368" }, "parked"],
    [{ kind: "request", reason: "100" }, "dead"],
  ];
  test.each(ends)("§3 after %j the delivery is %s", async (outcome, state) => {
    const shop = await open();
    const lease = await shop.sending("one");
    const { settled } = await shop.settle(lease, outcome);
    expect([settled.state, await shop.stateOf(lease)]).toEqual([state, state]);
    const status = await shop.store.deliveryStatus(lease.id);
    expect(status?.messageId).toBe(outcome.kind === "sent" ? "mid.out" : null);
    expect(status?.error ?? "").toStartWith(outcome.kind === "sent" ? "" : outcome.kind);
  });

  test("R5 transient failures are tried again after 1, 2 and 4 s, and the store says when", async () => {
    const shop = await open();
    let lease = await shop.sending("one");
    for (const waitMs of [1_000, 2_000, 4_000, 8_000]) {
      await shop.settle(lease, { kind: "unsent", reason: "no route" });
      const { leased, nextAt } = await shop.store.leaseDeliveries(shop.now, 10, LIMITS);
      expect([leased.length, nextAt]).toEqual([0, shop.now + waitMs]);
      shop.pass(waitMs);
      lease = await shop.lease();
    }
    expect(lease.attempts).toBe(5);
  });

  test("§3 throttling pauses the whole account and costs no attempt", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    await shop.settle(lease, { kind: "throttled", afterMs: 7_000, reason: "613" });
    await answered(shop, "another", "two");
    const { leased, nextAt } = await shop.store.leaseDeliveries(shop.now, 10, LIMITS);
    expect([leased.length, nextAt]).toEqual([0, shop.now - 100 + 7_000]);
    shop.pass(7_000);
    expect((await shop.leases()).map(({ attempts }) => attempts)).toEqual([1, 1]);
  });

  test("§3 a dead token parks everything the account owes and turns the account once", async () => {
    const shop = await open();
    const first = await shop.sending("one");
    await answered(shop, "another", "two");
    const second = await shop.lease();
    await answered(shop, "third", "three");
    expect((await shop.settle(first, DEAD_TOKEN)).accountTurned).toBe(true);
    expect((await shop.settle(second, DEAD_TOKEN)).accountTurned).toBe(false);
    expect(only(await shop.store.accounts())).toMatchObject({ state: "auth_failed" });
    expect(await shop.store.depths()).toMatchObject({ parked: 3, pending: 0 });
    expect(await shop.leases()).toEqual([]);
  });

  test("§3 a new token sends what was parked, in order", async () => {
    const shop = await open();
    const lease = await shop.sending("one", "two");
    await shop.settle(lease, DEAD_TOKEN);
    await answered(shop, CUSTOMER, "three");
    await shop.store.saveAccount(seedOf(shop.account.externalId), shop.now);
    const sent: string[] = [];
    for (let leased = await shop.leases(); leased.length > 0; leased = await shop.leases()) {
      sent.push(...bodies(leased));
      await shop.settle(only(leased));
    }
    expect(sent).toEqual(["one", "two", "three"]);
  });

  test("an account that is made active again sends what was parked", async () => {
    const shop = await open();
    await shop.settle(await shop.sending("one"), { kind: "policy", reason: "368" });
    expect(only(await shop.store.accounts())).toMatchObject({ state: "paused", stateReason: "policy: 368" });
    await shop.store.setAccountState(shop.account.id, "active", null);
    expect(bodies(await shop.leases())).toEqual(["one"]);
  });

  test("an account that is paused by hand sends nothing until it is active again", async () => {
    const shop = await open();
    await answered(shop, CUSTOMER, "one");
    await shop.store.setAccountState(shop.account.id, "paused", "by hand");
    expect(await shop.store.leaseDeliveries(shop.now, 10, LIMITS)).toEqual({ leased: [], moved: [], nextAt: null });
    await shop.store.setAccountState(shop.account.id, "active", null);
    expect(bodies(await shop.leases())).toEqual(["one"]);
  });

  test("§2 a part that cannot be sent takes the rest of its reply with it, and the conversation goes on", async () => {
    const shop = await open();
    const first = await shop.sending("one", "two", "three");
    await answered(shop, CUSTOMER, "next answer");
    await shop.settle(first, { kind: "request", reason: "100" });
    expect((await shop.journal({ state: "dead" })).map(({ attempts }) => attempts)).toEqual([1, 0, 0]);
    expect(bodies(await shop.leases())).toEqual(["next answer"]);
  });

  test("§3 a person who cannot be written to blocks the conversation until they write again", async () => {
    const shop = await open();
    await shop.settle(await shop.sending("one"), { kind: "recipient", reason: "551" });
    expect((await shop.store.conversation(1, shop.now))?.state).toBe("blocked");
    expect((await shop.hear("I am back")).outcome).toBe("bound");
    expect((await shop.store.conversation(1, shop.now))?.state).toBe("bot");
  });

  test("G11 nothing is sent past the platform's window: it expires without a call, and visibly", async () => {
    const shop = await open();
    await answered(shop, CUSTOMER, "one", "two");
    await shop.store.setAccountState(shop.account.id, "paused", "by hand");
    shop.pass(5 * HOUR_MS);
    await shop.store.setAccountState(shop.account.id, "active", null);
    const { leased, moved } = await shop.store.leaseDeliveries(shop.now, 10, {
      ...LIMITS,
      messenger: { ...LIMITS.messenger, windowMs: 5 * HOUR_MS },
    });
    expect([leased.length, only(moved).state]).toEqual([0, "expired"]);
    expect(only(moved).error).toContain("window");
    expect((await shop.journal({ state: "expired" })).length).toBe(2);
  });

  test("G11 a reply nobody could be given for 6 hours expires", async () => {
    const shop = await open();
    await answered(shop, CUSTOMER, "one");
    shop.pass(6 * HOUR_MS + 1);
    const { leased, moved } = await shop.store.leaseDeliveries(shop.now, 10, LIMITS);
    expect([leased.length, only(moved).state]).toEqual([0, "expired"]);
  });

  test("what stands behind an expired delivery goes out without waiting for another wake", async () => {
    const shop = await open();
    await answered(shop, CUSTOMER, "too late");
    shop.pass(6 * HOUR_MS + 1);
    await answered(shop, CUSTOMER, "in time");
    const sent: string[] = [];
    for (let nextAt: number | null = shop.now; nextAt !== null && nextAt <= shop.now;) {
      const round = await shop.store.leaseDeliveries(shop.now, 1, LIMITS);
      sent.push(...bodies(round.leased));
      nextAt = round.nextAt;
    }
    expect(sent).toEqual(["in time"]);
  });

  test("G6 a lease that is no longer held settles nothing", async () => {
    const shop = await open();
    const lost = await shop.sending("one");
    await shop.store.giveBackDelivery(lost, shop.now);
    const held = await shop.lease();
    expect(held.attempts).toBe(1);
    expect(await shop.store.settleDelivery(lost, { kind: "request", reason: "late" }, shop.now, 0)).toBe("stale");
    await shop.store.giveBackDelivery(lost, shop.now);
    expect(await shop.stateOf(held)).toBe("sending");
    await shop.settle(held);
    expect(await shop.store.settleDelivery(held, DEAD_TOKEN, shop.now, 0)).toBe("stale");
    expect(await shop.stateOf(held)).toBe("sent");
  });

  test("M8 what a program asked for is queued for a stranger too, and is part of the history", async () => {
    const shop = await open();
    const outgoing = {
      account: shop.account,
      by: "bot",
      text: "offer",
      parts: parts("offer", "more"),
      correlation: "c",
    } as const;
    const queued = await shop.store.queue({ ...outgoing, contact: "new", windowMs: 24 * HOUR_MS }, shop.now);
    expect(queued).toMatchObject({ kind: "queued", conversation: 1 });
    expect(queued.kind === "queued" ? queued.deliveries.length : 0).toBe(2);
    expect(await shop.lease()).toMatchObject({ turnId: null, sinceAt: shop.now, whose: { contact: "new" } });
    expect((await shop.store.messages(1, { limit: 10, cursor: null })).data).toMatchObject([
      { by: "bot", text: "offer" },
    ]);
  });

  test("M8 what comes after the window has closed is refused and leaves nothing behind", async () => {
    const shop = await open();
    await shop.hear("hi");
    shop.pass(24 * HOUR_MS - 5 * 60_000);
    const outgoing = {
      account: shop.account,
      by: "bot",
      text: "offer",
      parts: parts("offer"),
      correlation: "c",
    } as const;
    const queue = (windowMs: number | null) => shop.store.queue({ ...outgoing, contact: CUSTOMER, windowMs }, shop.now);
    expect(await queue(24 * HOUR_MS)).toEqual({ kind: "window_closed" });
    expect((await shop.store.depths()).pending).toBe(0);
    expect((await queue(null)).kind).toBe("queued");
  });

  test("a delivery nobody knows has no status", async () => {
    const shop = await open();
    expect(await shop.store.deliveryStatus("nobody")).toBeNull();
  });
}
