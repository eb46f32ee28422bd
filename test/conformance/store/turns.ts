import { expect, test } from "bun:test";
import fc from "fast-check";
import { anAttachment, aTap } from "../../helpers/parts.ts";
import { POLICY } from "../../helpers/policy.ts";
import { aBatch, anUpdate, T0 } from "../../helpers/updates.ts";
import { only, textsOf, type OpenShop } from "./shop.ts";

const photo = { attachments: [anAttachment()] };

/** A policy under which at most this many turns gather. */
function crowd(mostGathering: number): typeof POLICY {
  return { ...POLICY, waits: { ...POLICY.waits, mostGathering } };
}

/** First messages of `count` different people, each announcing an image. */
function strangers(count: number): ReturnType<typeof anUpdate>[] {
  return Array.from({ length: count }, (_, index) => anUpdate({ text: "xem ảnh này", contact: `c-${index}` }));
}

export function turnPromises(open: OpenShop): void {
  test("A2 a turn closes when it is due, not before, and the store says when to look again", async () => {
    const shop = await open();
    await shop.hear("xem ảnh này giúp mình");
    shop.pass(7_999);
    expect(await shop.store.closeDueTurns(shop.now)).toEqual({ closed: [], nextAt: T0 + 8_000 });
    shop.pass(1);
    const { closed, nextAt } = await shop.store.closeDueTurns(shop.now);
    expect(nextAt).toBeNull();
    expect(only(closed)).toMatchObject({ merged: false, why: "due", turn: { state: "ready", parts: 1 } });
    expect(await shop.close()).toEqual([]);
  });

  test("A1 text and photo close together, and the turn says that it was merged", async () => {
    const shop = await open();
    await shop.hear("xem ảnh này giúp mình");
    shop.pass(3_000);
    await shop.hear("", photo);
    shop.pass(500);
    expect(only(await shop.close())).toMatchObject({ merged: true, why: "settled", turn: { parts: 2 } });
  });

  test("a ready turn is not claimed while it gathers", async () => {
    const shop = await open();
    await shop.hear("hi");
    expect(await shop.claims()).toEqual([]);
  });

  test("G4 a conversation is worked on one turn at a time, in the order they were opened", async () => {
    const shop = await open();
    await shop.hear("xem ảnh này giúp mình");
    await shop.hear("", { content: aTap() });
    const talk = await shop.claim();
    expect(talk.turn.kind).toBe("talk");
    expect(await shop.claims()).toEqual([]);
    await shop.answer(talk, "seen");
    const tap = await shop.claim();
    expect([tap.turn.kind, tap.parts[0]?.payload]).toEqual(["tap", "PRICE"]);
  });

  test("G4 what follows a button waits for the button's answer", async () => {
    const shop = await open();
    await shop.hear("", { content: aTap() });
    await shop.hear("and this?");
    shop.pass(3_000);
    await shop.close();
    const tap = await shop.claim();
    expect(tap.turn.kind).toBe("tap");
    await shop.answer(tap, "the price");
    expect(textsOf((await shop.claim()).parts)).toEqual(["and this?"]);
  });

  test("R9 conversations are worked on side by side, as many as asked for", async () => {
    const shop = await open();
    await shop.record(...["a", "b", "c"].map((contact) => anUpdate({ text: "hi", contact })));
    shop.pass(100);
    await shop.close();
    const first = await shop.claims(2);
    const rest = await shop.claims(2);
    expect([...first, ...rest].map(({ whose }) => whose.contact)).toEqual(["a", "b", "c"]);
    expect(first).toHaveLength(2);
  });

  test("G4 parts stand in the platform's order, and in order of arrival within one of its milliseconds", async () => {
    const shop = await open();
    await shop.hear("third", { at: T0 + 30 });
    await shop.hear("first", { at: T0 + 10 });
    await shop.hear("second", { at: T0 + 20 });
    await shop.hear("second too", { at: T0 + 20 });
    shop.pass(100);
    await shop.close();
    expect(textsOf((await shop.claim()).parts)).toEqual(["first", "second", "second too", "third"]);
  });

  test("G4 whatever order the webhooks come in, the prompt has the platform's", async () => {
    const shop = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6), { minLength: 1, maxLength: 12 }), async (delays) => {
        shop.pass(60_000);
        const contact = `c-${shop.now}`;
        for (const [index, delay] of delays.entries()) await shop.hear(`${index}`, { contact, at: shop.now + delay });
        shop.pass(100);
        await shop.close();
        const expected = delays
          .map((delay, index) => ({ delay, index }))
          .toSorted((a, b) => a.delay - b.delay || a.index - b.index);
        expect(textsOf((await shop.claim()).parts)).toEqual(expected.map(({ index }) => `${index}`));
      }),
      { numRuns: 20 },
    );
  });

  test("A1 text stands with its attachments whichever came first", async () => {
    const shop = await open();
    await shop.hear("", { ...photo, at: T0 + 500 });
    await shop.hear("xem ảnh này", { at: T0 });
    shop.pass(500);
    await shop.close();
    const { parts } = await shop.claim();
    expect(parts.map(({ text, attachments }) => [text, attachments.length])).toEqual([
      ["xem ảnh này", 0],
      ["", 1],
    ]);
  });

  test("A5 past MAX_PENDING_CONTEXTS the oldest turns are answered early and none is dropped", async () => {
    const shop = await open(crowd(3));
    for (const update of strangers(5)) {
      shop.pass(1);
      await shop.record(update);
    }
    const closed = await shop.close();
    expect(closed.map(({ whose, why }) => [whose.contact, why])).toEqual([
      ["c-0", "crowded"],
      ["c-1", "crowded"],
    ]);
    expect(closed[0]?.turn.reason).toContain("too many turns were waiting");
    expect(await shop.store.depths()).toMatchObject({ gathering: 3, ready: 2 });
    shop.pass(8_000);
    await shop.close();
    expect((await shop.claims()).map(({ whose }) => whose.contact).toSorted()).toEqual([
      "c-0",
      "c-1",
      "c-2",
      "c-3",
      "c-4",
    ]);
  });

  test("A5 a crowd too big for one go is closed by looking again at once", async () => {
    const shop = await open(crowd(1));
    await shop.store.record(aBatch(strangers(450)), shop.now);
    let rounds = 0;
    for (let nextAt: number | null = shop.now; nextAt !== null && nextAt <= shop.now; rounds++) {
      ({ nextAt } = await shop.store.closeDueTurns(shop.now));
    }
    expect((await shop.store.depths()).gathering).toBe(1);
    expect(rounds).toBeLessThan(10);
  });

  test("H4 a turn stored by a clock that was far ahead still closes within 12 s", async () => {
    const shop = await open();
    shop.now = T0 + 3_600_000;
    await shop.hear("xem ảnh này");
    shop.now = T0;
    expect((await shop.store.closeDueTurns(shop.now)).nextAt).toBe(T0 + 12_000);
  });

  test("the conversation shows its open turn with the reason in words", async () => {
    const shop = await open();
    await shop.hear("xem ảnh này");
    const row = await shop.store.conversation(1, shop.now);
    expect(row).toMatchObject({ channel: "messenger", state: "bot", turn: { state: "gathering", dueAt: T0 + 8_000 } });
    expect(row?.turn?.reason).toMatch(/^waiting up to 8 s: the text/);
  });

  test("conversations are listed by what happened last, a page at a time", async () => {
    const shop = await open();
    for (const contact of ["a", "b", "c"]) {
      shop.pass(1_000);
      await shop.hear("hi", { contact });
    }
    const first = await shop.store.conversations({}, { limit: 2, cursor: null }, shop.now);
    const second = await shop.store.conversations({}, { limit: 2, cursor: first.next }, shop.now);
    expect(first.data.map(({ contact }) => contact)).toEqual(["c", "b"]);
    expect([second.data.map(({ contact }) => contact), second.next]).toEqual([["a"], null]);
  });
}
