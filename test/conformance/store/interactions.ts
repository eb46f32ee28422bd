import { expect, test } from "bun:test";
import { FIRST_SIMULATED_CHAT } from "../../../src/core/conversation.ts";
import { isTelegramPerson, type LeasedInteraction, type ReportOutcome } from "../../../src/core/interaction.ts";
import { POLICY } from "../../helpers/policy.ts";
import { aBatch, anUpdate, type UpdateOptions } from "../../helpers/updates.ts";
import { aTap } from "../../helpers/parts.ts";
import { LIMITS, only, parts, SENT, type OpenShop, type Shop } from "./shop.ts";

const BOT = "7001";
const LAN = "5001";
const GRACE_MS = 10_000;
const DAY_MS = 24 * 3_600_000;
const TOLD: ReportOutcome = { kind: "sent", messageId: "i1" };
const AWAY: ReportOutcome = { kind: "unsent", reason: "no route" };
const UNKNOWN: ReportOutcome = { kind: "ambiguous", reason: "timeout" };

let made = 0;

/** A shop on Telegram whose owner has a user service. */
async function opened(open: OpenShop): Promise<Shop> {
  const shop = await open({
    ...POLICY,
    interactions: { isReported: isTelegramPerson, quickRetries: 3, graceMs: GRACE_MS },
  });
  await shop.store.saveAccount(
    { channel: "telegram", externalId: BOT, name: "", appId: null, sealedToken: "x" },
    shop.now,
  );
  return shop;
}

/** Somebody on Telegram says something, in a webhook of its own. */
async function hears(shop: Shop, text: string, options: UpdateOptions = {}): Promise<void> {
  made += 1;
  const update = anUpdate({
    text,
    channel: "telegram",
    account: BOT,
    contact: LAN,
    messageId: String(made),
    at: shop.now,
    ...options,
  });
  const body = JSON.stringify({ update_id: made, message: { text } });
  await shop.store.record(aBatch([update], { channel: "telegram", body }), shop.now);
}

async function answers(shop: Shop, text: string): Promise<void> {
  shop.pass(100);
  await shop.close();
  await shop.answer(await shop.claim(), text);
}

async function leases(shop: Shop, limit = 10): Promise<readonly LeasedInteraction[]> {
  return (await shop.store.leaseInteractions(shop.now, limit)).leased;
}

async function tell(shop: Shop, lease: LeasedInteraction, outcome: ReportOutcome = TOLD) {
  const settled = await shop.store.settleInteraction(lease, outcome, shop.now, 0);
  if (settled === "stale") throw new Error("the lease was no longer held");
  return settled;
}

/** Tells all that is due, and what becomes due by that. */
async function tellAll(shop: Shop): Promise<string[]> {
  const told: string[] = [];
  for (let due = await leases(shop); due.length > 0; due = await leases(shop)) {
    for (const lease of due) {
      told.push(`${lease.direction}: ${lease.text}`);
      await tell(shop, lease);
    }
  }
  return told;
}

export function interactionPromises(open: OpenShop): void {
  test("T6 what a person says is owed to the user service with the raw update, in order", async () => {
    const shop = await opened(open);
    await hears(shop, "one", { contactName: "Lan" });
    await hears(shop, "two");
    const first = only(await leases(shop));
    expect(first).toMatchObject({
      direction: "in",
      messageId: String(made - 1),
      text: "one",
      metadata: { update_id: made - 1, message: { text: "one" } },
      name: "Lan",
      inDoubt: false,
      attempts: 1,
      whose: { channel: "telegram", contact: LAN },
    });
    expect(await leases(shop)).toEqual([]);
    await tell(shop, first);
    expect(only(await leases(shop)).text).toBe("two");
  });

  test("T6 a tap is told by its title, a photo without words by its kind", async () => {
    const shop = await opened(open);
    await hears(shop, "", { content: aTap("Đặt luôn") });
    await hears(shop, "", { attachments: [{ kind: "image", url: null, title: null }] });
    expect(await tellAll(shop)).toEqual(["in: Đặt luôn", "in: [image]"]);
  });

  test("T6 an answer is owed in its commit, with its actions, and told with the platform's id of it", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    await tellAll(shop);
    shop.pass(100);
    await shop.close();
    const actions = [{ type: "reply", title: "Có", payload: "YES" }] as const;
    await shop.store.commitTurn(await shop.claim(), { text: "hello", actions, parts: parts("hello") }, shop.now);
    expect(await leases(shop)).toEqual([]);
    await shop.settle(await shop.lease(), { kind: "sent", messageId: "77" });
    expect(only(await leases(shop))).toMatchObject({
      direction: "out",
      messageId: "77",
      text: "hello",
      metadata: { by: "bot", kind: "message", actions },
    });
  });

  test("T9 an answer that the platform does not take soon is told without that id", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    await answers(shop, "hello");
    await shop.settle(await shop.lease(), { kind: "unlikely", reason: "500" });
    expect(await tellAll(shop)).toEqual(["in: hi"]);
    shop.pass(3_000);
    expect(only(await leases(shop))).toMatchObject({ text: "hello", messageId: null });
  });

  test("T6 a text sent by hand and an apology are told as well", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    shop.pass(100);
    await shop.close();
    await shop.store.failTurn(await shop.claim(), "busy", parts("sorry"), shop.now);
    const account = (await shop.store.accounts()).find(({ externalId }) => externalId === BOT) ?? shop.account;
    await shop.store.queue(
      {
        account,
        contact: LAN,
        by: "human",
        text: "by hand",
        parts: parts("by hand"),
        correlation: "c",
        windowMs: null,
      },
      shop.now,
    );
    shop.pass(3_000);
    expect(await tellAll(shop)).toEqual(["in: hi", "out: sorry", "out: by hand"]);
  });

  test("T6 an apology that has no words is none", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    shop.pass(100);
    await shop.close();
    await shop.store.failTurn(await shop.claim(), "busy", [], shop.now);
    expect(await tellAll(shop)).toEqual(["in: hi"]);
  });

  test("T6 nobody but people on Telegram is told of", async () => {
    const shop = await opened(open);
    await shop.hear("on Messenger");
    await hears(shop, "in a group", { contact: "-100200" });
    await hears(shop, "played", { contact: String(FIRST_SIMULATED_CHAT) });
    expect(await leases(shop)).toEqual([]);
    expect(await shop.journal({ kind: "interaction" })).toEqual([]);
  });

  test("without a user service nothing is written", async () => {
    const shop = await open();
    await shop.store.saveAccount(
      { channel: "telegram", externalId: BOT, name: "", appId: null, sealedToken: "x" },
      shop.now,
    );
    await hears(shop, "hi");
    await answers(shop, "hello");
    expect((await shop.journal()).map(({ kind }) => kind)).toEqual(["message"]);
  });

  test("T9 a failed attempt is made again after 1, 2 and 4 s, without end, and the next of the person waits", async () => {
    const shop = await opened(open);
    await hears(shop, "one");
    await hears(shop, "two");
    for (const waitMs of [1_000, 2_000, 4_000, 8_000]) {
      await tell(shop, only(await leases(shop)), AWAY);
      const { leased, nextAt } = await shop.store.leaseInteractions(shop.now, 10);
      expect([leased, nextAt]).toEqual([[], shop.now + waitMs]);
      shop.pass(waitMs);
    }
    shop.pass(20 * DAY_MS);
    expect(await tellAll(shop)).toEqual(["in: one", "in: two"]);
  });

  test("T9 people do not wait for each other", async () => {
    const shop = await opened(open);
    for (const contact of ["5001", "5002", "5003"]) await hears(shop, `from ${contact}`, { contact });
    const [first, second, ...others] = await leases(shop, 2);
    expect([first?.text, second?.text, others]).toEqual(["from 5001", "from 5002", []]);
    expect(only(await leases(shop)).text).toBe("from 5003");
  });

  test("T9 a service that is away keeps no answer back, nor does a silenced account keep the service waiting", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    await tell(shop, only(await leases(shop)), AWAY);
    await answers(shop, "hello");
    await shop.settle(await shop.lease(), { kind: "account", reason: "401" });
    shop.pass(3_000);
    expect(await tellAll(shop)).toEqual(["in: hi", "out: hello"]);
    expect(await shop.store.depths()).toMatchObject({ parked: 1, pending: 0 });
  });

  test("T6 after an unknown outcome it is looked for, after a while, however often", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    for (let round = 0; round < 5; round++) {
      const lease = only(await leases(shop));
      expect(lease.inDoubt).toBe(round > 0);
      const { state, nextAt } = await tell(shop, lease, UNKNOWN);
      expect([state, nextAt >= shop.now + GRACE_MS]).toEqual(["pending", true]);
      shop.pass(nextAt - shop.now);
    }
  });

  test("T6 what is looked for knows what was told before it", async () => {
    const shop = await opened(open);
    await hears(shop, "ok");
    await hears(shop, "ok");
    await tell(shop, only(await leases(shop)), { kind: "sent", messageId: "i7" });
    await tell(shop, only(await leases(shop)), UNKNOWN);
    shop.pass(GRACE_MS);
    expect(only(await leases(shop)).told).toEqual(["i7"]);
  });

  test("T9 one that is refused is dead, visible with its words, and the next goes on", async () => {
    const shop = await opened(open);
    await hears(shop, "bad");
    await hears(shop, "good");
    await tell(shop, only(await leases(shop)), { kind: "request", reason: "422" });
    expect(only(await shop.journal({ state: "dead" }))).toMatchObject({ kind: "interaction", text: "bad" });
    expect(await tellAll(shop)).toEqual(["in: good"]);
    expect(await shop.store.flush({}, false, shop.now)).toBe(1);
    expect(await tellAll(shop)).toEqual(["in: bad"]);
  });

  test("T9 one that the service fails with again and again, while it answers, holds nobody up for ever", async () => {
    const shop = await opened(open);
    await hears(shop, "bad");
    await hears(shop, "good");
    let state = "pending";
    for (let tries = 0; state === "pending" && tries < 50; tries++) {
      const settled = await tell(shop, only(await leases(shop)), { kind: "unlikely", reason: "500" });
      state = settled.state;
      shop.pass(Math.max(0, settled.nextAt - shop.now));
    }
    expect(state).toBe("dead");
    expect(await tellAll(shop)).toEqual(["in: good"]);
  });

  test("T9 one refused for our key is parked until a flush", async () => {
    const shop = await opened(open);
    await hears(shop, "one");
    await hears(shop, "two");
    await tell(shop, only(await leases(shop)), { kind: "account", reason: "401" });
    shop.pass(DAY_MS);
    expect(await leases(shop)).toEqual([]);
    expect((await shop.store.accounts()).map(({ state }) => state)).toEqual(["active", "active"]);
    expect(await shop.store.flush({ kind: "interaction" }, false, shop.now)).toBe(2);
    expect(await tellAll(shop)).toEqual(["in: one", "in: two"]);
  });

  test("T9 a flush makes what waits due, and keeps its doubt", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    await tell(shop, only(await leases(shop)), UNKNOWN);
    expect(await leases(shop)).toEqual([]);
    expect(await shop.store.flush({}, false, shop.now)).toBe(1);
    expect(only(await leases(shop)).inDoubt).toBe(true);
  });

  test("T9 dropping one of an answer leaves the answer alone", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    shop.pass(100);
    await shop.close();
    await shop.answer(await shop.claim(), "one", "two");
    const waiting = await shop.journal({ kind: "interaction" });
    const out = waiting.find(({ text }) => text === "one two");
    expect(await shop.store.drop(out?.id ?? "", shop.now)).toBe(true);
    expect((await shop.journal()).map(({ kind, text }) => `${kind} ${text}`).sort()).toEqual([
      "interaction hi",
      "message one two",
      "message one two",
    ]);
  });

  test("T9 at start all that waits is due, and what was under way is looked for when its time is over", async () => {
    const shop = await opened(open);
    await hears(shop, "under way");
    await hears(shop, "refused", { contact: "5002" });
    await hears(shop, "waiting", { contact: "5003" });
    const [, refused, waiting] = await leases(shop);
    if (refused === undefined || waiting === undefined) throw new Error("too few leases");
    await tell(shop, refused, { kind: "account", reason: "401" });
    for (let lease = waiting, tries = 0; tries < 6; tries++) {
      const { nextAt } = await tell(shop, lease, AWAY);
      if (tries === 5) break;
      shop.now = nextAt;
      lease = only(await leases(shop));
    }
    shop.pass(10);
    await shop.restart();
    await shop.store.recover(shop.now);
    expect((await leases(shop)).map(({ text }) => text).sort()).toEqual(["refused", "under way", "waiting"]);
  });

  test("T9 what was under way when the process ended is not looked for before its time", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    await leases(shop);
    shop.pass(100);
    await shop.restart();
    expect((await shop.store.recover(shop.now)).deliveries).toBe(1);
    const { leased, nextAt } = await shop.store.leaseInteractions(shop.now, 10);
    expect([leased, nextAt]).toEqual([[], shop.now - 100 + GRACE_MS]);
    shop.pass(GRACE_MS);
    expect(only(await leases(shop)).inDoubt).toBe(true);
  });

  test("T9 when the service is back nothing waits for its own next attempt", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    for (let tries = 0; tries < 6; tries++) {
      const { nextAt } = await tell(shop, only(await leases(shop)), AWAY);
      if (tries < 5) shop.now = nextAt;
    }
    await shop.store.hastenInteractions(shop.now);
    expect(await tellAll(shop)).toEqual(["in: hi"]);
  });

  test("S11 its words are gone once it is told, and with all other words when it never was", async () => {
    const shop = await opened(open);
    await hears(shop, "told");
    await hears(shop, "never told");
    await tell(shop, only(await leases(shop)));
    expect((await shop.journal()).map(({ text }) => text)).toEqual(["never told"]);
    shop.pass(31 * DAY_MS);
    await shop.store.forget(shop.now, { payloadMs: 7 * DAY_MS, textMs: 30 * DAY_MS });
    expect(await shop.journal()).toEqual([]);
  });

  test("G6 a lease that is no longer held settles nothing", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    const lost = only(await leases(shop));
    await shop.restart();
    await shop.store.recover(shop.now);
    shop.pass(GRACE_MS);
    const held = only(await leases(shop));
    expect(await shop.store.settleInteraction(lost, { kind: "request", reason: "late" }, shop.now, 0)).toBe("stale");
    expect((await tell(shop, held)).state).toBe("sent");
  });

  test("an account's messages are leased by themselves", async () => {
    const shop = await opened(open);
    await hears(shop, "hi");
    expect(await shop.store.leaseDeliveries(shop.now, 10, LIMITS)).toEqual({ leased: [], moved: [], nextAt: null });
    await answers(shop, "hello");
    const { deliveries } = (await shop.store.messages(1, { limit: 10, cursor: null })).data.at(-1) ?? {
      deliveries: [],
    };
    expect(deliveries).toHaveLength(1);
    await shop.settle(await shop.lease(), SENT);
  });
}
