import { expect, test } from "bun:test";
import { POLICY } from "../../helpers/policy.ts";
import { anEcho } from "../../helpers/updates.ts";
import { only, UNCLEAR, LIMITS, type OpenShop } from "./shop.ts";

const GRACE_MS = 30_000;

export function doubtPromises(open: OpenShop): void {
  test("§3 while an outcome is unknown nothing else of the conversation goes out", async () => {
    const shop = await open();
    await shop.settle(await shop.sending("one", "two"), UNCLEAR);
    const { leased, nextAt } = await shop.store.leaseDeliveries(shop.now, 10, LIMITS);
    expect([leased.length, nextAt]).toEqual([0, shop.now + GRACE_MS]);
  });

  test("G9 an echo after an unknown outcome settles it, and the next part goes out", async () => {
    const shop = await open();
    const lease = await shop.sending("one", "two");
    await shop.settle(lease, UNCLEAR);
    await shop.record(anEcho(lease.id, { messageId: "mid.echo" }));
    expect(await shop.store.deliveryStatus(lease.id)).toEqual({ state: "sent", messageId: "mid.echo", error: null });
    expect((await shop.lease()).body).toContain("two");
  });

  test("G9 an echo that comes before the platform's answer is remembered until the attempt ends", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    await shop.record(anEcho(lease.id, { messageId: "mid.echo" }));
    expect(await shop.stateOf(lease)).toBe("sending");
    const { settled } = await shop.settle(lease, UNCLEAR);
    expect(settled).toMatchObject({ state: "sent", messageId: "mid.echo" });
  });

  test("G9 an echo saves a delivery from its next attempt", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    await shop.settle(lease, { kind: "unlikely", reason: "500" });
    await shop.record(anEcho(lease.id, { messageId: "mid.echo" }));
    shop.pass(60_000);
    expect([await shop.stateOf(lease), (await shop.leases()).length]).toEqual(["sent", 0]);
  });

  test("the echo of an ordinary send changes nothing", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    await shop.settle(lease);
    await shop.record(anEcho(lease.id, { messageId: "mid.echo" }));
    expect((await shop.store.deliveryStatus(lease.id))?.messageId).toBe("mid.out");
  });

  test("an echo in another conversation, or of something never tried, settles nothing", async () => {
    const shop = await open();
    const lease = await shop.sending("one", "two");
    await shop.settle(lease, UNCLEAR);
    await shop.hear("hi", { contact: "another" });
    await shop.record(anEcho(lease.id, { contact: "another" }));
    const untried = (await shop.journal()).find(({ state }) => state === "pending");
    await shop.record(anEcho(untried?.id ?? ""));
    expect((await shop.journal()).map(({ state }) => state).toSorted()).toEqual(["ambiguous", "pending"]);
  });

  test("§3 without an echo it is sent once more when the grace is over, not before", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    await shop.settle(lease, UNCLEAR);
    shop.pass(GRACE_MS - 1);
    expect(await shop.leases()).toEqual([]);
    shop.pass(1);
    const { leased, moved } = await shop.store.leaseDeliveries(shop.now, 10, LIMITS);
    expect(only(leased)).toMatchObject({ id: lease.id, attempts: 2 });
    expect(only(moved)).toMatchObject({ id: lease.id, state: "pending" });
  });

  test("G9 after three unknown outcomes it is given up, and never sent again by itself", async () => {
    const shop = await open();
    const lease = await shop.sending("one", "two");
    await shop.settle(lease, UNCLEAR);
    for (let round = 2; round <= 3; round++) {
      shop.pass(GRACE_MS);
      await shop.settle(await shop.lease(), UNCLEAR);
    }
    shop.pass(GRACE_MS);
    const { leased, moved } = await shop.store.leaseDeliveries(shop.now, 10, LIMITS);
    expect([leased.length, only(moved).state]).toEqual([0, "dead"]);
    expect((await shop.journal({ state: "dead" })).map(({ rounds }) => rounds)).toEqual([3, 0]);
    shop.pass(3_600_000);
    expect(await shop.leases()).toEqual([]);
  });

  test("§3 a channel told to hold gives up instead of sending twice", async () => {
    const hold = { ...POLICY.delivery.messenger, ambiguous: "hold" } as const;
    const shop = await open({ ...POLICY, delivery: { ...POLICY.delivery, messenger: hold } });
    const lease = await shop.sending("one");
    await shop.settle(lease, UNCLEAR);
    shop.pass(GRACE_MS);
    expect([(await shop.leases()).length, await shop.stateOf(lease)]).toEqual([0, "dead"]);
  });

  test("G9 an attempt that the last process did not finish is unknown, and its echo settles it", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    await shop.restart();
    expect(await shop.store.recover(shop.now)).toEqual({ turns: 0, deliveries: 1 });
    expect(await shop.stateOf(lease)).toBe("ambiguous");
    await shop.record(anEcho(lease.id, { messageId: "mid.echo" }));
    expect(await shop.stateOf(lease)).toBe("sent");
  });

  test("G9 an echo stored before the process died still settles the attempt, so it is not sent twice", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    await shop.record(anEcho(lease.id, { messageId: "mid.echo" }));
    await shop.restart();
    await shop.store.recover(shop.now);
    shop.pass(GRACE_MS);
    expect(await shop.leases()).toEqual([]);
    expect(await shop.store.deliveryStatus(lease.id)).toMatchObject({ state: "sent", messageId: "mid.echo" });
  });

  test("§3 the grace starts again with the server: while it was down no echo could come", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    await shop.settle(lease, UNCLEAR);
    await shop.restart();
    shop.pass(3_600_000);
    await shop.store.recover(shop.now);
    expect(await shop.leases()).toEqual([]);
    await shop.record(anEcho(lease.id));
    shop.pass(GRACE_MS);
    expect([(await shop.leases()).length, await shop.stateOf(lease)]).toEqual([0, "sent"]);
  });

  test("restarts during every attempt end a delivery after three rounds", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    for (let round = 1; round <= 3; round++) {
      await shop.restart();
      await shop.store.recover(shop.now);
      shop.pass(GRACE_MS);
      await shop.leases();
    }
    expect(await shop.stateOf(lease)).toBe("dead");
  });
}
