import { expect, test } from "bun:test";
import type { Content } from "../../../src/core/update.ts";
import { aTap, anAttachment } from "../../helpers/parts.ts";
import { aBatch, anEcho, anUpdate, PAGE, T0 } from "../../helpers/updates.ts";
import { only, seedOf, textsOf, type OpenShop } from "./shop.ts";

const WHOLE = { limit: 100, cursor: null };
const STRANGER = "4711";

export function inboxPromises(open: OpenShop): void {
  test("G3 the same message twice in one webhook is stored once", async () => {
    const shop = await open();
    const update = anUpdate({ text: "hi" });
    const recorded = await shop.record(update, { ...update });
    expect(recorded.map(({ outcome }) => outcome)).toEqual(["bound", "duplicate"]);
    expect((await shop.store.messages(1, WHOLE)).data).toHaveLength(1);
  });

  test("G3 G10 a webhook that comes again changes nothing", async () => {
    const shop = await open();
    const batch = aBatch([anUpdate({ text: "hi" }), anUpdate({ text: "are you there" })]);
    await shop.store.record(batch, shop.now);
    const before = [await shop.store.depths(), await shop.store.messages(1, WHOLE)];
    const again = await shop.store.record({ ...batch, correlation: "second" }, shop.now + 5_000);
    expect(again.map(({ outcome }) => outcome)).toEqual(["duplicate", "duplicate"]);
    expect([await shop.store.depths(), await shop.store.messages(1, WHOLE)]).toEqual(before);
  });

  test("G3 fifty copies at the same moment are stored once", async () => {
    const shop = await open();
    const update = anUpdate({ text: "hi" });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => shop.record({ ...update })));
    const bound = outcomes.flat().filter(({ outcome }) => outcome === "bound");
    expect([bound.length, outcomes.flat().length]).toEqual([1, 50]);
    expect((await shop.store.messages(1, WHOLE)).data).toHaveLength(1);
  });

  test("G3 the same message id on two pages is two messages", async () => {
    const shop = await open();
    await shop.store.saveAccount(seedOf("1018"), shop.now);
    const recorded = await shop.record(
      anUpdate({ text: "hi", messageId: "mid.same" }),
      anUpdate({ text: "hi", messageId: "mid.same", account: "1018" }),
    );
    expect(recorded.map(({ outcome }) => outcome)).toEqual(["bound", "bound"]);
    expect(recorded[0]?.whose?.conversation).not.toBe(recorded[1]?.whose?.conversation);
  });

  test("G3 a message that came again 13 days later is still known, after 29 days it is not", async () => {
    const shop = await open();
    const update = anUpdate({ text: "hi" });
    await shop.record(update);
    for (const day of [1, 5, 13]) {
      shop.now = T0 + day * 24 * 3_600_000;
      await shop.hear(`day ${day}`);
    }
    expect(only(await shop.record(update)).outcome).toBe("duplicate");
    for (const day of [20, 29]) {
      shop.now = T0 + day * 24 * 3_600_000;
      await shop.hear(`day ${day}`);
    }
    expect(only(await shop.record(update)).outcome).toBe("bound");
  });

  test("G2 one event that cannot be read does not keep its neighbours out", async () => {
    const shop = await open();
    const quarantined = [{ account: PAGE, reason: "no sender" }];
    const batch = aBatch([anUpdate({ text: "one" }), anUpdate({ text: "two" })], { quarantined });
    const recorded = await shop.store.record(batch, shop.now);
    expect(recorded.map(({ outcome }) => outcome)).toEqual(["bound", "bound"]);
    expect(textsOf((await shop.store.messages(1, WHOLE)).data)).toEqual(["one", "two"]);
  });

  test("G2 a webhook of nothing but unreadable events is stored", async () => {
    const shop = await open();
    const batch = aBatch([], { quarantined: [{ account: null, reason: "not an object" }] });
    expect(await shop.store.record(batch, shop.now)).toEqual([]);
  });

  test("G2 an event of a page that is not ours is counted once and makes nobody", async () => {
    const shop = await open();
    const update = anUpdate({ text: "hi", account: STRANGER });
    expect(only(await shop.record(update))).toMatchObject({ outcome: "unknown_account", whose: null, heard: null });
    expect(only(await shop.record(update)).outcome).toBe("duplicate");
    expect((await shop.store.conversations({}, WHOLE, shop.now)).data).toEqual([]);
    expect((await shop.store.depths()).gathering).toBe(0);
  });

  test("events of a page that may turn out to be ours are held, and answered once it is", async () => {
    const shop = await open();
    const [first, second] = [
      anUpdate({ text: "one", account: STRANGER }),
      anUpdate({ text: "two", account: STRANGER }),
    ];
    for (const update of [first, second, first]) {
      await shop.store.record(aBatch([update], { holdUnknown: true }), shop.now);
    }
    expect((await shop.store.conversations({}, WHOLE, shop.now)).data).toEqual([]);

    shop.pass(60_000);
    const account = await shop.store.saveAccount(seedOf(STRANGER), shop.now);
    const adopted = await shop.store.adopt(account, shop.now);
    expect(adopted.map(({ outcome, heard }) => [outcome, heard?.kind])).toEqual([
      ["bound", "opened"],
      ["bound", "extended"],
    ]);
    expect(await shop.store.adopt(account, shop.now)).toEqual([]);
    expect(only(await shop.record(first)).outcome).toBe("duplicate");

    shop.pass(100);
    await shop.close();
    expect(textsOf((await shop.claim()).parts)).toEqual(["one", "two"]);
  });

  test("G2 what was held for somebody else's page is dismissed, all but its key", async () => {
    const shop = await open();
    const held = Array.from({ length: 150 }, (_, n) => anUpdate({ text: `held ${n}`, account: STRANGER }));
    await shop.store.record(aBatch(held, { holdUnknown: true }), shop.now);
    await shop.store.dismissHeld();
    const stranger = await shop.store.saveAccount(seedOf(STRANGER), shop.now);
    expect(await shop.store.adopt(stranger, shop.now)).toEqual([]);
    expect((await shop.store.record(aBatch(held), shop.now)).map(({ outcome }) => outcome)).toEqual(
      Array(150).fill("duplicate"),
    );
  });

  test("a message that arrives between a page's discovery and its adoption stands in the turn with what was held", async () => {
    const shop = await open();
    const held = anUpdate({ text: "held", account: STRANGER, at: T0 });
    await shop.store.record(aBatch([held], { holdUnknown: true }), shop.now);
    const account = await shop.store.saveAccount(seedOf(STRANGER), shop.now);
    shop.pass(10);
    await shop.hear("fresh", { account: STRANGER });
    await shop.store.adopt(account, shop.now);
    shop.pass(100);
    await shop.close();
    const claim = await shop.claim();
    expect(textsOf(claim.parts)).toEqual(["held", "fresh"]);
  });

  test("M10 contact, person and conversation are made once, however many messages come at the same moment", async () => {
    const shop = await open();
    const recorded = await Promise.all(Array.from({ length: 10 }, (_, index) => shop.hear(`${index}`)));
    expect(new Set(recorded.map(({ whose }) => whose?.conversation)).size).toBe(1);
    expect((await shop.store.conversations({}, WHOLE, shop.now)).data).toHaveLength(1);
  });

  test("the same person on two pages is two conversations", async () => {
    const shop = await open();
    await shop.store.saveAccount(seedOf("1018"), shop.now);
    await shop.hear("hi");
    await shop.hear("hi", { account: "1018" });
    const accounts = (await shop.store.conversations({}, WHOLE, shop.now)).data.map(({ account }) => account);
    expect(accounts.toSorted()).toEqual([PAGE, "1018"]);
  });

  test("the name a channel tells is kept with the contact", async () => {
    const shop = await open();
    await shop.hear("hi", { contactName: "Lan" });
    shop.pass(100);
    await shop.close();
    expect((await shop.claim()).contactName).toBe("Lan");
    expect((await shop.store.conversation(1, shop.now))?.name).toBe("Lan");
  });

  test("a first message opens a turn, the next one extends it and goes by the first one's correlation", async () => {
    const shop = await open();
    const opened = await shop.hear("xem ảnh này giúp mình");
    shop.pass(1_000);
    const extended = await shop.hear("", { attachments: [anAttachment()] });
    expect(opened.heard).toMatchObject({ kind: "opened", aborts: false, closed: null });
    expect(extended.heard).toMatchObject({ kind: "extended", aborts: false, at: { id: opened.heard?.at.id } });
    expect(extended.heard?.at.turn).toMatchObject({ parts: 2, dueAt: T0 + 1_500 });
    expect(extended.whose?.correlation).toBe(opened.whose?.correlation ?? "");
  });

  test("a button closes the open turn and opens its own", async () => {
    const shop = await open();
    const talk = await shop.hear("xem ảnh này giúp mình");
    const tap = await shop.hear("", { content: aTap() });
    expect(tap.heard).toMatchObject({ kind: "opened", closed: { id: talk.heard?.at.id, turn: { state: "ready" } } });
    expect(tap.heard?.at.turn).toMatchObject({ state: "ready", kind: "tap" });
  });

  const asides: Content[] = [
    { kind: "read", watermark: T0 },
    { kind: "delivery", watermark: T0, messageIds: [] },
    { kind: "reaction", messageId: "mid.x", emoji: "❤", added: true },
    { kind: "other", name: "poll" },
  ];
  test.each(asides)("P5 %j is recorded once and opens no turn", async (content) => {
    const shop = await open();
    await shop.hear("hi");
    const update = anUpdate({ content });
    expect(only(await shop.record(update))).toMatchObject({ outcome: "ignored", heard: null });
    expect(only(await shop.record(update)).outcome).toBe("duplicate");
  });

  test("a receipt or an echo about a stranger makes nobody", async () => {
    const shop = await open();
    await shop.record(
      anUpdate({ content: { kind: "read", watermark: T0 } }),
      anEcho(null),
      anUpdate({ contact: null }),
    );
    expect((await shop.store.conversations({}, WHOLE, shop.now)).data).toEqual([]);
  });

  test("what comes while another app owns the thread is noted and opens no turn", async () => {
    const shop = await open();
    const noted = await shop.hear("to the other app", { standby: true });
    expect(noted).toMatchObject({ outcome: "noted", heard: null });
    expect(textsOf((await shop.store.messages(1, WHOLE)).data)).toEqual(["to the other app"]);
  });
}
