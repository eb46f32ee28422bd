import { expect, test } from "bun:test";
import type { MessageRow } from "../../../src/core/transcript.ts";
import { anAttachment } from "../../helpers/parts.ts";
import { anUpdate, CUSTOMER, T0 } from "../../helpers/updates.ts";
import { HISTORY, only, parts, saidBy, textsOf, type OpenShop, type Shop } from "./shop.ts";

const HOUR_MS = 3_600_000;

/** Asked and answered, one second later. */
async function exchange(shop: Shop, question: string, answer: string): Promise<void> {
  await shop.answer(await shop.ask(question), answer);
  shop.pass(1_000);
}

/** Every message of the conversation, page after page, oldest first. */
async function transcript(shop: Shop, limit: number): Promise<MessageRow[]> {
  const rows: MessageRow[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Shop["store"]["messages"]>> = await shop.store.messages(1, { limit, cursor });
    rows.unshift(...page.data);
    cursor = page.next;
  } while (cursor !== null);
  return rows;
}

export function historyPromises(open: OpenShop): void {
  test("M5 questions and answers stand in the order they were said, without the question at hand", async () => {
    const shop = await open();
    await exchange(shop, "one", "answer one");
    await exchange(shop, "two", "answer two");
    expect(saidBy((await shop.ask("three")).history)).toEqual([
      "client: one",
      "bot: answer one",
      "client: two",
      "bot: answer two",
    ]);
  });

  test("M5 the history holds as many lines as asked for, the newest", async () => {
    const shop = await open();
    await exchange(shop, "one", "answer one");
    await exchange(shop, "two", "answer two");
    await shop.hear("three");
    shop.pass(100);
    await shop.close();
    const { claimed } = await shop.store.claimTurns(shop.now, 1, { ...HISTORY, lines: 3 });
    expect(textsOf(only(claimed).history)).toEqual(["answer one", "two", "answer two"]);
  });

  test("a person who starts afresh is told nothing of what was said before; people still read it", async () => {
    const shop = await open();
    const photo = [anAttachment()];
    for (const [text, attachments] of [
      ["look at this photo", photo],
      ["here is my photo", []],
    ] as const) {
      await shop.hear(text, { attachments });
      shop.pass(8_000);
      await shop.close();
      await shop.answer(await shop.claim(), "nice");
      shop.pass(1_000);
    }
    const reset = { kind: "tap", by: "command", title: "/reset", payload: "/reset" } as const;
    await shop.record(anUpdate({ at: shop.now, content: reset }));
    const parted = { text: "afresh", actions: [], parts: parts("afresh"), startsAfresh: true };
    await shop.store.commitTurn(await shop.claim(), parted, shop.now);
    shop.pass(1_000);
    expect(textsOf((await transcript(shop, 50)).slice(-2))).toEqual(["/reset", "afresh"]);
    // Neither waited for, nor shown again, nor told.
    await shop.hear("", { attachments: photo });
    shop.pass(5_000);
    await shop.close();
    const next = await shop.claim();
    expect([next.history, next.amends, next.earlierPictures]).toEqual([[], null, []]);
    await shop.answer(next, "yes");
    shop.pass(1_000);
    expect(saidBy((await shop.ask("and now")).history)).toEqual(["client: ", "bot: yes"]);
    expect(textsOf(await transcript(shop, 50))).toContain("look at this photo");
  });

  test("R1 what was said before a silence longer than the TTL is left out", async () => {
    const shop = await open();
    await exchange(shop, "long ago", "yes");
    shop.pass(24 * HOUR_MS + 1_000);
    await exchange(shop, "yesterday", "yes");
    shop.pass(23 * HOUR_MS);
    expect(textsOf((await shop.ask("today")).history)).toEqual(["yesterday", "yes"]);
  });

  test("R1 a talk that never fell silent for that long is remembered from its beginning", async () => {
    const shop = await open();
    for (const day of ["one", "two", "three"]) {
      await exchange(shop, day, "yes");
      shop.pass(20 * HOUR_MS);
    }
    expect(textsOf((await shop.ask("four")).history)).toEqual(["one", "yes", "two", "yes", "three", "yes"]);
  });

  test("R1 a returning customer after the TTL starts fresh, in the same conversation", async () => {
    const shop = await open();
    await exchange(shop, "long ago", "yes");
    shop.pass(25 * HOUR_MS);
    const claim = await shop.ask("hello again");
    expect([claim.history, claim.whose.conversation]).toEqual([[], 1]);
  });

  test("G4 parts that arrived in the wrong order stand in the platform's order in later prompts too", async () => {
    const shop = await open();
    await shop.hear("second", { at: T0 + 20 });
    await shop.hear("first", { at: T0 + 10 });
    shop.pass(100);
    await shop.close();
    await shop.answer(await shop.claim(), "answer");
    expect(textsOf((await shop.ask("later")).history)).toEqual(["first", "second", "answer"]);
  });

  test("attachments are remembered with what was said", async () => {
    const shop = await open();
    await shop.hear("", { attachments: [anAttachment("image")] });
    shop.pass(2_000);
    await shop.close();
    await shop.answer(await shop.claim(), "nice");
    const [line] = (await shop.ask("later")).history;
    expect(line?.attachments).toEqual([anAttachment("image")]);
  });

  test("a transcript read from its beginning is the same, and takes in what is said meanwhile", async () => {
    const shop = await open();
    for (const word of ["one", "two", "three"]) await exchange(shop, word, `answer ${word}`);
    const whole = await transcript(shop, 100);
    for (const limit of [1, 2, 5, 6, 7]) {
      const rows: MessageRow[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Shop["store"]["messages"]>> = await shop.store.messages(1, {
          order: "oldest",
          limit,
          cursor,
        });
        rows.push(...page.data);
        cursor = page.next;
      } while (cursor !== null);
      expect(rows).toEqual(whole);
    }
    const { data, next } = await shop.store.messages(1, { order: "oldest", limit: 4, cursor: null });
    await exchange(shop, "four", "answer four");
    const rest = await shop.store.messages(1, { order: "oldest", limit: 100, cursor: next });
    expect(textsOf([...data, ...rest.data])).toEqual([...textsOf(whole), "four", "answer four"]);
  });

  test("what was only noted, and what people wrote by hand, belongs to the history", async () => {
    const shop = await open();
    await shop.hear("to a human", { standby: true });
    shop.pass(1_000);
    const written = {
      account: shop.account,
      contact: CUSTOMER,
      by: "human",
      text: "by hand",
      parts: parts("by hand"),
    } as const;
    await shop.store.queue({ ...written, correlation: "c", windowMs: null }, shop.now);
    shop.pass(1_000);
    await shop.store.release(1, "c");
    expect(saidBy((await shop.ask("thanks")).history)).toEqual(["client: to a human", "human: by hand"]);
  });

  test("what another customer said stays out", async () => {
    const shop = await open();
    await exchange(shop, "mine", "yours");
    expect((await shop.ask("hello", { contact: "somebody else" })).history).toEqual([]);
  });

  test("R4 the transcript keeps what stood under a reply to be tapped, and a question has none", async () => {
    const shop = await open();
    const claim = await shop.ask("hello");
    const actions = [{ type: "reply", title: "Order", payload: "ORDER" }] as const;
    await shop.store.commitTurn(claim, { text: "20k", actions, parts: parts("20k") }, shop.now);
    expect((await transcript(shop, 10)).map((line) => line.actions)).toEqual([[], [...actions]]);
  });

  test("the transcript shows both sides with their turn and the state of their deliveries", async () => {
    const shop = await open();
    await shop.settle(await shop.sending("one", "two"));
    const [asked, answered] = await transcript(shop, 10);
    expect(asked).toMatchObject({ direction: "in", by: "client", text: "hello there", turn: 1, deliveries: [] });
    expect(answered).toMatchObject({ direction: "out", by: "bot", text: "one two", turn: 1 });
    expect(answered?.deliveries.map(({ state, attempts }) => [state, attempts])).toEqual([
      ["sent", 1],
      ["pending", 0],
    ]);
  });

  test.each([1, 2, 3, 5, 50])("paging by %i shows every message once, in order", async (limit) => {
    const shop = await open();
    for (let turn = 0; turn < 4; turn++) {
      await shop.record(
        anUpdate({ text: `${turn}b`, at: shop.now + 20 }),
        anUpdate({ text: `${turn}a`, at: shop.now + 10 }),
        anUpdate({ text: `${turn}c`, at: shop.now + 30 }),
      );
      shop.pass(100);
      await shop.close();
      await shop.answer(await shop.claim(), `${turn}z`);
      shop.pass(1_000);
    }
    const rows = await transcript(shop, limit);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(textsOf(rows).toSorted()).toEqual(
      [0, 1, 2, 3].flatMap((turn) => ["a", "b", "c", "z"].map((part) => `${turn}${part}`)),
    );
    expect(textsOf(rows).map((text) => text[0])).toEqual([0, 1, 2, 3].flatMap((turn) => Array(4).fill(`${turn}`)));
    expect(textsOf(rows).filter((text) => text.endsWith("z"))).toEqual(["0z", "1z", "2z", "3z"]);
  });

  test("a conversation nobody knows has no messages", async () => {
    const shop = await open();
    expect(await shop.store.messages(99, { limit: 10, cursor: null })).toEqual({ data: [], next: null });
    expect(await shop.store.conversation(99, shop.now)).toBeNull();
  });
}
