import { describe, expect, test } from "bun:test";
import { anAttachment, aTap } from "../helpers/parts.ts";
import { POLICY } from "../helpers/policy.ts";
import { anUpdate, T0 } from "../helpers/updates.ts";
import { Stage } from "./stage.ts";

const TEXT = { text: "xem ảnh này giúp mình" };
const PHOTO = { attachments: [anAttachment()] };
const BOTH = "[xem ảnh này giúp mình] [image]";

describe("A1 a text and its photo are answered once, together", () => {
  test.each([0, 300, 1_000, 3_000, 5_000, 7_000, 7_900])(
    "A1 text, then photo %i ms later: half a second after the photo",
    async (gapMs) => {
      await using bot = await Stage.open();
      await bot.hears(TEXT);
      await bot.pass(gapMs);
      await bot.hears(PHOTO);
      await bot.pass(30_000);
      expect(bot.replies()).toEqual([{ text: BOTH, atMs: gapMs + 500 }]);
      expect(bot.agent.asked).toHaveLength(1);
    },
  );

  test.each([0, 300, 1_000, 1_900])("A1 photo, then text %i ms later: half a second after the text", async (gapMs) => {
    await using bot = await Stage.open();
    const platformAt = bot.clock.now();
    await bot.hears({ ...PHOTO, at: platformAt + 5 });
    await bot.pass(gapMs);
    await bot.hears({ ...TEXT, at: platformAt });
    await bot.pass(30_000);
    expect(bot.replies()).toEqual([{ text: BOTH, atMs: gapMs + 500 }]);
  });

  test("A1 a text and five photos, in any order", async () => {
    for (const textAt of [0, 2, 5]) {
      await using bot = await Stage.open();
      for (let index = 0; index < 6; index++) {
        await bot.hears(index === textAt ? TEXT : PHOTO);
        await bot.pass(200);
      }
      await bot.pass(30_000);
      const [reply, ...more] = bot.replies();
      expect([more.length, reply?.text.match(/\[image\]/g)?.length, reply?.text.includes("xem ảnh này")]).toEqual([
        0,
        5,
        true,
      ]);
      expect(reply?.atMs).toBe(5 * 200 + 500);
    }
  });

  test.each([0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000])(
    "A1 text, photo %i ms later, and a text right behind it: one answer that knows all three",
    async (gapMs) => {
      await using bot = await Stage.open();
      await bot.hears(TEXT);
      await bot.pass(gapMs);
      await bot.hears(PHOTO);
      await bot.pass(400);
      await bot.hears({ text: "màu đỏ nhé" });
      await bot.pass(30_000);
      expect(bot.replies()).toEqual([{ text: `${BOTH} [màu đỏ nhé]`, atMs: gapMs + 900 }]);
    },
  );

  test.each([0, 1_000, 3_000, 5_000, 7_000])(
    "§5.8 text, photo, and a text %i ms later while the answer is being written: one answer that knows all three",
    async (gapMs) => {
      await using bot = await Stage.open();
      bot.agent.thinkMs = 8_000;
      await bot.hears(TEXT);
      await bot.pass(1_000);
      await bot.hears(PHOTO);
      await bot.pass(gapMs);
      await bot.hears({ text: "màu đỏ nhé" });
      await bot.pass(60_000);
      expect(bot.replies().map(({ text }) => text)).toEqual([`${BOTH} [màu đỏ nhé]`]);
    },
  );

  test("G4 the platform's order rules the prompt, whatever order the webhooks had", async () => {
    await using bot = await Stage.open();
    await bot.hears({ ...PHOTO, at: T0 + 900 });
    await bot.pass(100);
    await bot.hears({ text: "cái thứ hai", at: T0 + 800 });
    await bot.pass(100);
    await bot.hears({ text: "xem hình này", at: T0 + 700 });
    await bot.pass(30_000);
    expect(bot.replies().map(({ text }) => text)).toEqual(["[xem hình này] [cái thứ hai] [image]"]);
  });

  test("A1 text and photo in one webhook", async () => {
    await using bot = await Stage.open();
    await bot.takes(anUpdate(PHOTO), anUpdate({ ...TEXT, at: T0 - 1 }));
    await bot.pass(30_000);
    expect(bot.replies()).toEqual([{ text: BOTH, atMs: 500 }]);
  });

  test("A6 a pair across a 10-second boundary of the wall clock is one pair", async () => {
    for (const startAt of [T0 - (T0 % 10_000) + 9_990, T0 - (T0 % 86_400_000) + 86_399_900]) {
      await using bot = await Stage.open({ startAt });
      await bot.hears(TEXT);
      await bot.pass(1_500);
      await bot.hears(PHOTO);
      await bot.pass(30_000);
      expect(bot.replies()).toEqual([{ text: BOTH, atMs: 2_000 }]);
    }
  });

  test("T10 every webhook comes twice: still one answer", async () => {
    await using bot = await Stage.open();
    const [text, photo] = [anUpdate(TEXT), anUpdate(PHOTO)];
    await bot.takes(text);
    await bot.takes(text);
    await bot.pass(1_000);
    await bot.takes(photo, photo);
    await bot.pass(5_000);
    await bot.takes(text, photo);
    await bot.pass(30_000);
    expect(bot.replies().map(({ text: reply }) => reply)).toEqual([BOTH]);
  });
});

describe("A2 nobody waits longer than the words suggest", () => {
  test.each([
    ["cho mình hỏi giá áo này với ạ nhé shop", 100],
    ["xem ảnh này giúp mình", 8_000],
    ["mình gửi file đính kèm nhé", 5_000],
    ["áo này còn không?", 3_000],
    ["mình muốn mua áo và", 2_000],
  ])("A2 %j alone is answered after %i ms", async (text, atMs) => {
    await using bot = await Stage.open();
    await bot.hears({ text });
    await bot.pass(30_000);
    expect(bot.replies()).toEqual([{ text: `[${text}]`, atMs }]);
  });

  test("A2 a photo alone is answered after 2 s", async () => {
    await using bot = await Stage.open();
    await bot.hears(PHOTO);
    await bot.pass(30_000);
    expect(bot.replies()).toEqual([{ text: "[image]", atMs: 2_000 }]);
  });

  test("A2 a plain sentence is answered within 0.15 s", async () => {
    await using bot = await Stage.open();
    await bot.hears({ text: "cảm ơn shop nhiều nhé" });
    await bot.pass(150);
    expect(bot.replies()).toHaveLength(1);
  });

  test("A4 a customer who never stops is answered 12 s after the first message", async () => {
    await using bot = await Stage.open();
    for (let second = 0; second < 12; second++) {
      await bot.hears(TEXT);
      await bot.pass(1_000);
    }
    await bot.pass(200);
    expect(bot.replies().map(({ atMs }) => atMs)).toEqual([12_000]);
  });

  test("A4 SMART_DELAY_ENABLED=false answers at once", async () => {
    await using bot = await Stage.open({ policy: { ...POLICY, waits: { ...POLICY.waits, enabled: false } } });
    await bot.hears(TEXT);
    await bot.pass(60);
    expect(bot.replies()).toHaveLength(1);
  });

  test("§5.3 a button ends the waiting and is answered after what was said before it", async () => {
    await using bot = await Stage.open();
    await bot.hears(TEXT);
    await bot.pass(1_000);
    await bot.hears({ content: aTap("Giá bao nhiêu") });
    await bot.pass(100);
    expect(bot.replies()).toEqual([
      { text: "[xem ảnh này giúp mình]", atMs: 1_000 },
      { text: "[Giá bao nhiêu]", atMs: 1_000 },
    ]);
  });

  test("A5 past MAX_PENDING_CONTEXTS the oldest is answered early and nobody is left out", async () => {
    await using bot = await Stage.open({ policy: { ...POLICY, waits: { ...POLICY.waits, mostGathering: 3 } } });
    for (const contact of ["a", "b", "c", "d", "e"]) {
      await bot.hears({ ...TEXT, contact });
      await bot.pass(10);
    }
    await bot.pass(100);
    expect(bot.channel.sent.map(({ contact }) => contact)).toEqual(["a", "b"]);
    await bot.pass(10_000);
    expect(bot.channel.sent.map(({ contact }) => contact).toSorted()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("R9 one customer's wait does not delay another", async () => {
    await using bot = await Stage.open();
    await bot.hears({ ...TEXT, contact: "slow" });
    await bot.hears({ text: "cảm ơn shop nhiều nhé", contact: "quick" });
    await bot.pass(150);
    expect(bot.channel.sent.map(({ contact }) => contact)).toEqual(["quick"]);
  });
});

describe("what is told meanwhile", () => {
  test("R7 a split message is told from receipt to reply, in order, under one correlation", async () => {
    await using bot = await Stage.open();
    await bot.hears(TEXT);
    await bot.pass(1_000);
    await bot.hears(PHOTO);
    await bot.pass(5_000);
    expect(bot.events.map(({ type }) => type)).toEqual([
      "message_received",
      "intent_classified",
      "message_received",
      "intent_classified",
      "turn_extended",
      "turn_closed",
      "response_generated",
      "response_sent",
    ]);
    const correlations = new Set(bot.events.map((event) => ("correlation_id" in event ? event.correlation_id : null)));
    expect(correlations.size).toBe(1);
    expect(bot.told("intent_classified")[0]).toMatchObject({ expectation: "image", wait_ms: 8_000 });
    expect(bot.told("turn_closed")).toMatchObject([{ parts: 2, waited_ms: 1_500, merged: true, timed_out: false }]);
    expect(bot.told("response_sent")).toMatchObject([{ latency_ms: 1_500, attempts: 1, kind: "message" }]);
  });

  test("A7 a wait in which nothing came is told as timed out", async () => {
    await using bot = await Stage.open();
    await bot.hears(TEXT);
    await bot.pass(10_000);
    expect(bot.told("turn_closed")).toMatchObject([{ parts: 1, waited_ms: 8_000, merged: false, timed_out: true }]);
  });

  test("S10 no event says who the customer is on the platform", async () => {
    await using bot = await Stage.open();
    await bot.hears({ ...TEXT, contact: "psid-secret-77" });
    await bot.pass(10_000);
    expect(bot.events.length).toBeGreaterThan(3);
    expect(JSON.stringify(bot.events)).not.toContain("psid-secret-77");
  });
});

test("A7 a turn that takes no more parts is told as closed, with all of them", async () => {
  await using bot = await Stage.open();
  for (let n = 1; n <= 20; n++) await bot.hears({ text: `món ${n} và` });
  expect(bot.told("turn_closed")).toMatchObject([{ parts: 20, merged: true, timed_out: false }]);
  await bot.pass(30_000);
  expect([bot.told("turn_closed").length, bot.replies().length]).toEqual([1, 1]);
});
