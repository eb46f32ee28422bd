import { describe, expect, test } from "bun:test";
import type { Store } from "../../src/core/store.ts";
import { anAttachment, aTap } from "../helpers/parts.ts";
import { APOLOGY, busy, Stage } from "./stage.ts";

const PLAIN = { text: "cảm ơn shop nhiều nhé" };
const PHOTO = { attachments: [anAttachment()] };

/** The store, but its next commits reject as they would on a full disk. */
function failingCommits(count: number): (store: Store) => Store {
  let left = count;
  return (store) =>
    new Proxy(store, {
      get(target, key) {
        const verb: unknown = Reflect.get(target, key);
        if (typeof verb !== "function") return verb;
        return async (...given: unknown[]) => {
          if (key === "commitTurn" && left-- > 0) throw new Error("database or disk is full");
          return await Reflect.apply(verb, target, given);
        };
      },
    });
}

describe("§5.8 a part that comes while the agent writes", () => {
  test("§5.8 really stops the first call, and one answer knows all parts", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 3_000;
    await bot.hears(PLAIN);
    await bot.until(1_000);
    await bot.hears(PHOTO);
    const [first] = bot.agent.asked;
    expect([first?.signal.aborted, first?.question.parts.length]).toEqual([true, 1]);
    await bot.pass(30_000);
    expect(bot.agent.asked).toHaveLength(2);
    expect(bot.replies()).toEqual([{ text: "[cảm ơn shop nhiều nhé] [image]", atMs: 1_000 + 500 + 3_000 }]);
    expect(bot.told("turn_rerun")).toHaveLength(1);
  });

  test("§5.8 costs no claim: after two reruns and two failures the turn is still answered", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 1_000;
    await bot.hears(PLAIN);
    for (const atMs of [500, 1_200]) {
      await bot.until(atMs);
      await bot.hears({ text: "và cái này" });
    }
    bot.agent.next.push(busy, busy);
    await bot.pass(300_000);
    expect(bot.replies().map(({ text }) => text)).toEqual([
      APOLOGY,
      "[cảm ơn shop nhiều nhé] [và cái này] [và cái này]",
    ]);
  });

  test("§5.8 happens at most twice; what comes then is answered next", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 2_000;
    await bot.hears({ text: "một cái áo đỏ nhé shop" });
    for (const atMs of [500, 1_500, 2_500]) {
      await bot.until(atMs);
      await bot.hears({ text: `thêm lúc ${atMs} nhé shop` });
    }
    await bot.pass(60_000);
    expect(bot.replies().map(({ text }) => text)).toEqual([
      "[một cái áo đỏ nhé shop] [thêm lúc 500 nhé shop] [thêm lúc 1500 nhé shop]",
      "[thêm lúc 2500 nhé shop]",
    ]);
  });

  test("§5.8 a button does not stop the call", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 2_000;
    await bot.hears(PLAIN);
    await bot.until(1_000);
    await bot.hears({ content: aTap("Giá") });
    await bot.pass(30_000);
    expect(bot.replies()).toEqual([
      { text: "[cảm ơn shop nhiều nhé]", atMs: 2_100 },
      { text: "[Giá]", atMs: 4_100 },
    ]);
  });

  test("§5.8 news of a rerun that comes so late that it hits the next claim costs a call, not the turn", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 2_000;
    await bot.hears(PLAIN);
    await bot.until(1_000);
    bot.replier.rerun(1);
    await bot.pass(30_000);
    expect(bot.replies()).toEqual([{ text: "[cảm ơn shop nhiều nhé]", atMs: 3_000 }]);
    expect((await bot.store.depths()).running).toBe(0);
  });

  test("G5 an agent that does not listen to its signal is not heard either", async () => {
    await using bot = await Stage.open();
    const gates: (() => void)[] = [];
    const answer = bot.agent.answer.bind(bot.agent);
    bot.agent.answer = async (question) => {
      const stubborn = await answer(question, new AbortController().signal);
      if (question.parts.length === 1) await new Promise<void>((resolve) => gates.push(resolve));
      return stubborn;
    };
    await bot.hears(PLAIN);
    await bot.pass(1_000);
    await bot.hears(PHOTO);
    await bot.pass(1_000);
    for (const open of gates) open();
    await bot.pass(30_000);
    expect(bot.replies().map(({ text }) => text)).toEqual(["[cảm ơn shop nhiều nhé] [image]"]);
  });
});

describe("A8 an agent that fails", () => {
  test("A8 brings one apology at once, and the answer follows after 30 s", async () => {
    await using bot = await Stage.open();
    bot.agent.next.push(busy);
    await bot.hears(PLAIN);
    await bot.pass(60_000);
    expect(bot.replies()).toEqual([
      { text: APOLOGY, atMs: 100 },
      { text: "[cảm ơn shop nhiều nhé]", atMs: 30_100 },
    ]);
    expect(bot.told("turn_failed")).toMatchObject([{ state: "ready", reason: "busy: 503" }]);
  });

  test("A8 three times is given up after one apology, and stays in the journal", async () => {
    await using bot = await Stage.open();
    bot.agent.next.push(busy, busy, busy);
    await bot.hears(PLAIN);
    await bot.pass(600_000);
    expect(bot.replies().map(({ text }) => text)).toEqual([APOLOGY]);
    expect(bot.agent.asked.map(({ at }) => at - bot.startedAt)).toEqual([100, 30_100, 150_100]);
    expect((await bot.store.retries({ kind: "turn" }, { limit: 10, cursor: null })).data).toHaveLength(1);
  });

  test("A8 a new message asks again at once, with everything", async () => {
    await using bot = await Stage.open();
    bot.agent.next.push(busy);
    await bot.hears(PLAIN);
    await bot.until(5_000);
    await bot.hears({ text: "alo shop ơi có đó không ạ nhé" });
    await bot.until(6_000);
    expect(bot.replies().map(({ text }) => text)).toEqual([
      APOLOGY,
      "[cảm ơn shop nhiều nhé] [alo shop ơi có đó không ạ nhé]",
    ]);
  });

  test("R6 an agent that takes longer than MESSENGER_PROCESSING_TIMEOUT_MS counts as failed", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 60_000;
    await bot.hears(PLAIN);
    await bot.until(15_101);
    expect(bot.agent.asked[0]?.signal.aborted).toBe(true);
    expect(bot.replies()).toEqual([{ text: APOLOGY, atMs: 15_100 }]);
    bot.agent.thinkMs = 0;
    await bot.pass(60_000);
    expect(bot.replies()).toHaveLength(2);
  });

  test("an agent that throws is a failed agent: the turn is not stuck, and the error is told", async () => {
    await using bot = await Stage.open();
    bot.agent.next.push(() => new Error("a bug"));
    await bot.hears(PLAIN);
    await bot.pass(60_000);
    expect(bot.replies().map(({ text }) => text)).toEqual([APOLOGY, "[cảm ơn shop nhiều nhé]"]);
    expect(bot.errors).toHaveLength(1);
  });

  test("H3 a reply that could not be stored is made again once the disk has room", async () => {
    await using bot = await Stage.open({ through: failingCommits(1) });
    await bot.hears(PLAIN);
    await bot.pass(60_000);
    expect(bot.replies().map(({ text }) => text)).toEqual(["[cảm ơn shop nhiều nhé]"]);
    expect([bot.errors.length, (await bot.store.depths()).running]).toEqual([1, 0]);
    expect(bot.troubled).toEqual([bot.told("message_received")[0]?.correlation_id]);
  });
});

describe("working side by side", () => {
  test("G4 one conversation's turns are answered one after the other, others meanwhile", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 1_000;
    await bot.hears({ content: aTap("một"), contact: "a" });
    await bot.hears({ content: aTap("hai"), contact: "a" });
    await bot.hears({ content: aTap("ba"), contact: "b" });
    await bot.pass(5_000);
    expect(bot.replies()).toEqual([
      { text: "[một]", atMs: 1_000 },
      { text: "[ba]", atMs: 1_000 },
      { text: "[hai]", atMs: 2_000 },
    ]);
  });

  test("H5 at most TURN_CONCURRENCY turns are answered at the same time, and none is forgotten", async () => {
    await using bot = await Stage.open({ concurrency: 2 });
    bot.agent.thinkMs = 1_000;
    for (const contact of ["a", "b", "c", "d", "e"]) await bot.hears({ ...PLAIN, contact });
    await bot.pass(10_000);
    expect(bot.replies().map(({ atMs }) => atMs)).toEqual([1_100, 1_100, 2_100, 2_100, 3_100]);
  });

  test("M5 the agent gets what was said before", async () => {
    await using bot = await Stage.open();
    await bot.hears({ text: "mình muốn mua áo nhé" });
    await bot.pass(5_000);
    await bot.hears({ text: "màu đỏ nhé shop ơi" });
    await bot.pass(5_000);
    const history = bot.agent.asked[1]?.question.history.map(({ by, text }) => `${by}: ${text}`);
    expect(history).toEqual(["client: mình muốn mua áo nhé", "bot: [mình muốn mua áo nhé]"]);
    expect(bot.agent.asked[1]?.question).toMatchObject({ language: "vi", personHash: "hash", channel: "messenger" });
  });

  test("A8 the customer sees the message as seen, and typing renewed until the answer", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 12_000;
    await bot.hears(PLAIN);
    await bot.pass(60_000);
    expect(bot.channel.marks).toEqual(["seen", "typing_on", "typing_on"]);
    expect(bot.clock.armed).toBe(0);
  });

  test("typing is shown anew before the platform lets it go out", async () => {
    await using bot = await Stage.open();
    bot.channel.typingLastsMs = 5_000;
    bot.agent.thinkMs = 9_000;
    await bot.hears(PLAIN);
    await bot.pass(4_000);
    expect(bot.channel.marks).toEqual(["seen", "typing_on"]);
    await bot.pass(200);
    expect(bot.channel.marks).toEqual(["seen", "typing_on", "typing_on"]);
    await bot.pass(60_000);
    expect(bot.channel.marks).toEqual(["seen", "typing_on", "typing_on", "typing_on"]);
  });

  test("a tap is confirmed beside its turn, also when it comes again, and what goes wrong with it is told and let go", async () => {
    await using bot = await Stage.open();
    const tap = { kind: "tap", by: "postback", title: "Mua", payload: "buy" } as const;
    await bot.hears({ content: tap, messageId: "m1", receipt: "q1" });
    await bot.hears({ content: tap, messageId: "m1", receipt: "q1" });
    await bot.hears({ text: "cảm ơn shop nhé" });
    await bot.pass(5_000);
    expect(bot.channel.confirmed).toEqual(["q1", "q1"]);
    bot.channel.confirm = () => Promise.reject(new Error("a bug"));
    await bot.hears({ content: tap, receipt: "q2" });
    await bot.pass(5_000);
    expect(bot.errors).toHaveLength(1);
    expect(bot.agent.asked).toHaveLength(3);
  });

  test("customers made by simulate see no marks and get their answer without the platform", async () => {
    await using bot = await Stage.open();
    await bot.hears({ ...PLAIN, contact: "sim-1" });
    await bot.pass(1_000);
    expect([bot.channel.marks, bot.replies()]).toEqual([[], []]);
    expect(bot.told("response_sent")).toHaveLength(1);
  });
});

describe("commands that the bot answers itself", () => {
  const command = (words: string, locale?: string) =>
    ({
      content: {
        kind: "tap",
        by: "command",
        title: words,
        payload: words,
        ...(locale === undefined ? {} : { locale }),
      },
    }) as const;

  test("are answered at once and without an agent, though none can be asked", async () => {
    await using bot = await Stage.open();
    bot.agent.next.push(() => ({ kind: "refused", reason: "401", lasting: true }));
    await bot.hears({ text: "hoa hồng đỏ nha shop" });
    await bot.pass(1_000);
    await bot.hears({ ...command("/help"), contact: "2002" });
    await bot.pass(0);
    expect(bot.replies().at(-1)?.text).toContain("/reset");
    expect(bot.agent.asked).toHaveLength(1);
    expect(bot.told("response_generated")).toMatchObject([{ model: "/help", tokens: null }]);
  });

  test("are answered in the language of what was said, else of the person's app, else in Vietnamese", async () => {
    await using bot = await Stage.open();
    await bot.hears({ ...command("/start", "en-GB"), contact: "e" });
    await bot.hears({ ...command("/start", "vi"), contact: "v" });
    await bot.hears({ ...command("/start"), contact: "n" });
    await bot.hears({ text: "how much are these roses please", contact: "s" });
    await bot.pass(5_000);
    await bot.hears({ ...command("/start", "vi"), contact: "s" });
    await bot.pass(1_000);
    const greetings = bot.channel.sent.filter(({ text }) => /^(?:Xin chào|Hello)/.test(text));
    expect(greetings.map(({ contact, text }) => `${contact} ${text.split(/[!,]/)[0]}`)).toEqual([
      "e Hello",
      "v Xin chào",
      "n Xin chào",
      "s Hello",
    ]);
  });

  test("what an agent makes of a command or a deep link is in that language too; words behind a command are the person's", async () => {
    await using bot = await Stage.open();
    await bot.hears({ ...command("/start qr-shop-17", "vi"), contact: "l" });
    await bot.hears({ ...command("/prices", "vi"), contact: "p" });
    await bot.hears({ ...command("/prices", "en-GB"), contact: "e" });
    await bot.hears({ ...command("/find do you have red roses", "vi"), contact: "w" });
    await bot.pass(5_000);
    const told = bot.agent.asked.map(({ question }) => `${question.parts[0]?.text} ${question.language}`);
    expect(told.toSorted()).toEqual([
      "/find do you have red roses en",
      "/prices en",
      "/prices vi",
      "/start qr-shop-17 vi",
    ]);
  });

  test("one typed on a platform without commands does the same; a question around it does not", async () => {
    await using bot = await Stage.open();
    await bot.hears({ text: "/help" });
    await bot.pass(5_000);
    await bot.hears({ text: "gõ /help ở đâu vậy shop" });
    await bot.pass(5_000);
    expect(bot.agent.asked.map(({ question }) => question.parts[0]?.text)).toEqual(["gõ /help ở đâu vậy shop"]);
  });

  test("/reset waits for the answer before it, and what was said is not told any more", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 2_000;
    await bot.hears({ text: "hoa hồng đỏ nha shop" });
    await bot.pass(200);
    await bot.hears(command("/reset"));
    await bot.pass(5_000);
    expect(bot.replies().map(({ text }) => text.slice(0, 12))).toEqual(["[hoa hồng đỏ", "Mình đã gác "]);
    await bot.hears({ text: "hoa cúc trắng nha shop" });
    await bot.pass(5_000);
    expect(bot.agent.asked.at(-1)?.question.history).toEqual([]);
  });
});

describe("R8 stopping", () => {
  test("R8 a turn that ends in time is still answered", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 2_000;
    await bot.hears(PLAIN);
    await bot.until(500);
    const drained = bot.replier.drain(bot.after(4_500));
    await bot.pass(2_000);
    await drained;
    await bot.pass(0);
    expect(bot.replies()).toHaveLength(1);
  });

  test("R8 G12 a turn that does not is cut short and given back, so the next start answers it", async () => {
    await using bot = await Stage.open();
    bot.agent.thinkMs = 14_000;
    await bot.hears(PLAIN);
    await bot.until(500);
    const drained = bot.replier.drain(bot.after(4_500));
    await bot.pass(4_499);
    expect(bot.agent.asked[0]?.signal.aborted).toBe(false);
    await bot.pass(1);
    await drained;
    expect(bot.agent.asked[0]?.signal.aborted).toBe(true);
    expect(await bot.store.depths()).toMatchObject({ ready: 1, running: 0, pending: 0 });
    const { claimed } = await bot.store.claimTurns(bot.clock.now(), 1, { lines: 1, ttlMs: 1 });
    expect(claimed[0]?.turn).toMatchObject({ claims: 1, failures: 0 });
  });

  test("R8 no new turn is begun while stopping", async () => {
    await using bot = await Stage.open();
    await bot.replier.drain(bot.after(1_000));
    await bot.hears(PLAIN);
    await bot.pass(5_000);
    expect(bot.agent.asked).toHaveLength(0);
    expect((await bot.store.depths()).ready).toBe(1);
  });
});
