import { expect, test } from "bun:test";
import type { SendOutcome } from "../../../src/core/delivery.ts";
import type { RetryRow } from "../../../src/core/journal.ts";
import { CUSTOMER } from "../../helpers/updates.ts";
import { only, seedOf, SENT, UNCLEAR, type OpenShop, type Shop } from "./shop.ts";

const REFUSED: SendOutcome = { kind: "request", reason: "100" };
const TOO_LATE: SendOutcome = { kind: "window", reason: "2018278" };

/** Asked by `contact`, answered, and the send ended like this. @returns the delivery's id */
async function ended(shop: Shop, contact: string, outcome: SendOutcome): Promise<string> {
  await shop.answer(await shop.ask("hi", { contact }), `to ${contact}`);
  const lease = await shop.lease();
  await shop.settle(lease, outcome);
  return lease.id;
}

/** A turn whose agent failed until it was given up. */
async function deadTurn(shop: Shop): Promise<void> {
  let claim = await shop.ask("hi", { contact: "unlucky" });
  for (const pauseMs of [30_000, 120_000]) {
    await shop.store.failTurn(claim, "busy", [], shop.now);
    shop.pass(pauseMs);
    claim = await shop.claim();
  }
  await shop.store.failTurn(claim, "busy", [], shop.now);
}

function told({ kind, state, lastError }: RetryRow): [string, string, string | null] {
  return [kind, state, lastError];
}

export function journalPromises(open: OpenShop): void {
  test("G8 the journal shows what is not settled, with why, and nothing that was sent", async () => {
    const shop = await open();
    await ended(shop, "a", SENT);
    await ended(shop, "b", REFUSED);
    await ended(shop, "c", TOO_LATE);
    await ended(shop, "d", UNCLEAR);
    await ended(shop, "e", { kind: "unsent", reason: "no route" });
    expect((await shop.journal()).map(told)).toEqual([
      ["message", "dead", "request: 100"],
      ["message", "expired", "window: 2018278"],
      ["message", "ambiguous", "ambiguous: no answer in time"],
      ["message", "pending", "unsent: no route"],
    ]);
    expect(only(await shop.journal({ state: "dead" }))).toMatchObject({
      account: shop.account.externalId,
      attempts: 1,
      text: "to b",
    });
  });

  test("G8 a turn that was given up is in the journal too", async () => {
    const shop = await open();
    await deadTurn(shop);
    expect(only(await shop.journal({ kind: "turn" }))).toMatchObject({ state: "dead", attempts: 3 });
    expect((await shop.journal({ kind: "message" })).length).toBe(0);
  });

  test("a delivery under way is listed as pending, because nobody needs to act", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    expect(only(await shop.journal())).toMatchObject({ id: lease.id, state: "pending" });
  });

  test("the journal is filtered by kind, state, account and ids, and a filter that fits nothing lists nothing", async () => {
    const shop = await open();
    const dead = await ended(shop, "a", REFUSED);
    const late = await ended(shop, "b", TOO_LATE);
    const ids = async (filter: Parameters<Shop["journal"]>[0]) => (await shop.journal(filter)).map(({ id }) => id);
    expect(await ids({ state: "dead" })).toEqual([dead]);
    expect(await ids({ ids: [late] })).toEqual([late]);
    expect(await ids({ ids: [dead, late], state: "expired" })).toEqual([late]);
    expect(await ids({ account: shop.account.externalId, kind: "message" })).toEqual([dead, late]);
    expect(await ids({ account: "nobody" })).toEqual([]);
    expect(await ids({ ids: [] })).toEqual([]);
  });

  test("the journal is filtered by how long its lines have waited, dead turns too", async () => {
    const shop = await open();
    const old = await ended(shop, "a", REFUSED);
    const oldAt = shop.now;
    shop.pass(2 * 3_600_000);
    await deadTurn(shop);
    const recent = await ended(shop, "b", REFUSED);
    const ids = async (filter: Parameters<Shop["journal"]>[0]) => (await shop.journal(filter)).map(({ id }) => id);
    const hourAgo = shop.now - 3_600_000;
    expect(await ids({ createdBefore: hourAgo })).toEqual([old]);
    expect(await ids({ createdAfter: hourAgo })).toEqual([recent, only(await shop.journal({ kind: "turn" })).id]);
    expect(await ids({ createdAfter: hourAgo, kind: "message" })).toEqual([recent]);
    expect(await ids({ createdBefore: oldAt })).toEqual([]);
    expect(await ids({ createdAfter: oldAt - 1, createdBefore: oldAt + 1 })).toEqual([old]);
    expect(await shop.store.flush({ createdBefore: hourAgo }, false, shop.now)).toBe(1);
    expect(await shop.leases()).toMatchObject([{ id: old }]);
  });

  test("progress tells what became of entries, also of those that left the journal", async () => {
    const shop = await open();
    const sent = await ended(shop, "a", SENT);
    const dead = await ended(shop, "b", REFUSED);
    const late = await ended(shop, "c", TOO_LATE);
    const unclear = await ended(shop, "d", UNCLEAR);
    await shop.answer(await shop.ask("hi", { contact: "e" }), "on its way");
    const busy = await shop.lease();
    const states = async (...ids: string[]) => (await shop.store.retryProgress(ids)).map(({ state }) => state);
    expect(await states(dead, sent, late, unclear, busy.id, "nothing", "turn-999")).toEqual([
      "dead",
      "sent",
      "expired",
      "ambiguous",
      "pending",
      "gone",
      "gone",
    ]);
    await shop.settle(busy);
    await shop.store.drop(dead, shop.now);
    expect(await states(busy.id, dead)).toEqual(["sent", "gone"]);
    expect(await states()).toEqual([]);
  });

  test("a dead turn that is flushed is through when all parts of its answer are", async () => {
    const shop = await open();
    await deadTurn(shop);
    const { id } = only(await shop.journal({ kind: "turn" }));
    const state = async () => only(await shop.store.retryProgress([id])).state;
    expect(await state()).toBe("dead");
    await shop.store.flush({ ids: [id] }, false, shop.now);
    expect(await state()).toBe("pending");
    await shop.answer(await shop.claim(), "one", "two");
    await shop.settle(await shop.lease());
    expect(await state()).toBe("pending");
    await shop.settle(await shop.lease());
    expect(await state()).toBe("sent");
  });

  test("T9 what was given up is never tried again by itself, not after a day and not after a restart", async () => {
    const shop = await open();
    await ended(shop, "a", REFUSED);
    await ended(shop, "b", TOO_LATE);
    await deadTurn(shop);
    for (let hour = 0; hour < 24; hour++) {
      shop.pass(3_600_000);
      if (hour === 12) await shop.restart();
      if (hour === 12) await shop.store.recover(shop.now);
      expect([await shop.leases(), await shop.claims()]).toEqual([[], []]);
    }
    expect((await shop.journal()).map(({ state }) => state)).toEqual(["dead", "expired", "dead"]);
  });

  test("the journal is read a page at a time, each line once", async () => {
    const shop = await open();
    for (const contact of ["a", "b", "c", "d", "e"]) await ended(shop, contact, REFUSED);
    await deadTurn(shop);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Shop["store"]["retries"]>> = await shop.store.retries({}, { limit: 2, cursor });
      expect(page.data.length).toBe(2);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== null);
    expect([seen.length, new Set(seen).size]).toEqual([6, 6]);
  });

  test("flushing makes what waits due now", async () => {
    const shop = await open();
    const id = await ended(shop, "a", { kind: "unsent", reason: "no route" });
    expect(await shop.leases()).toEqual([]);
    expect(await shop.store.flush({}, false, shop.now)).toBe(1);
    expect((await shop.lease()).id).toBe(id);
  });

  test("flushing gives what is dead a new budget, and expired only by force", async () => {
    const shop = await open();
    const dead = await ended(shop, "a", REFUSED);
    const late = await ended(shop, "b", TOO_LATE);
    shop.pass(7 * 3_600_000);
    expect(await shop.store.flush({}, false, shop.now)).toBe(1);
    expect(await shop.lease()).toMatchObject({ id: dead, attempts: 1 });
    expect(await shop.store.flush({ ids: [late] }, true, shop.now)).toBe(1);
    expect((await shop.lease()).id).toBe(late);
  });

  test("G10 flushing what is unknown, parked or under way changes nothing", async () => {
    const shop = await open();
    await ended(shop, "a", UNCLEAR);
    await shop.answer(await shop.ask("hi", { contact: "b" }), "one");
    await shop.lease();
    expect(await shop.store.flush({}, true, shop.now)).toBe(0);
    expect(await shop.leases()).toEqual([]);
  });

  test("G10 a second flush of a dead delivery gives no second copy", async () => {
    const shop = await open();
    const id = await ended(shop, "a", REFUSED);
    await shop.store.flush({}, false, shop.now);
    await shop.store.flush({}, false, shop.now);
    await shop.settle(await shop.lease());
    expect(await shop.store.flush({}, true, shop.now)).toBe(0);
    expect([await shop.leases(), (await shop.store.deliveryStatus(id))?.state]).toEqual([[], "sent"]);
  });

  test("a flushed delivery waits for the one of its conversation that is under way, and holds nobody else up", async () => {
    const shop = await open();
    const dead = await ended(shop, CUSTOMER, REFUSED);
    await shop.answer(await shop.ask("again"), "second");
    const busy = await shop.lease();
    await shop.store.flush({}, false, shop.now);
    await shop.answer(await shop.ask("hi", { contact: "another" }), "third");
    expect((await shop.lease()).whose.contact).toBe("another");
    await shop.settle(busy, UNCLEAR);
    expect(await shop.leases()).toEqual([]);
    shop.pass(30_000);
    expect((await shop.lease()).id).toBe(dead);
  });

  test("a dead turn that is flushed is answered", async () => {
    const shop = await open();
    await deadTurn(shop);
    shop.pass(7 * 3_600_000);
    expect(await shop.store.flush({ kind: "turn" }, false, shop.now)).toBe(1);
    const claim = await shop.claim();
    expect(claim.turn).toMatchObject({ claims: 1, failures: 0 });
    await shop.answer(claim, "at last");
    expect(await shop.journal({ kind: "turn" })).toEqual([]);
  });

  test("what is dropped is neither listed nor sent, and dropping it again says so", async () => {
    const shop = await open();
    const dead = await ended(shop, "a", REFUSED);
    const waiting = await ended(shop, "b", { kind: "unsent", reason: "no route" });
    await deadTurn(shop);
    const turn = only(await shop.journal({ kind: "turn" })).id;
    for (const id of [dead, waiting, turn]) {
      expect(await shop.store.drop(id, shop.now)).toBe(true);
      expect(await shop.store.drop(id, shop.now)).toBe(false);
    }
    expect(await shop.journal()).toEqual([]);
    shop.pass(60_000);
    expect([await shop.leases(), await shop.claims()]).toEqual([[], []]);
  });

  test("what is under way cannot be dropped", async () => {
    const shop = await open();
    const lease = await shop.sending("one");
    expect(await shop.store.drop(lease.id, shop.now)).toBe(false);
    await shop.settle(lease);
  });

  test("flushing one account leaves the others alone", async () => {
    const shop = await open();
    await ended(shop, "a", REFUSED);
    await shop.store.saveAccount(seedOf("1018"), shop.now);
    expect(await shop.store.flush({ account: "1018" }, false, shop.now)).toBe(0);
    expect(await shop.store.flush({ account: shop.account.externalId }, false, shop.now)).toBe(1);
  });
}
