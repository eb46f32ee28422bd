/** The whole journey, from outside: the compiled binary, real HTTP, a real database file; only the internet is played. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Sandbox } from "../src/sandbox/index.ts";
import { aFolder, startBot, theInternet, type Bot } from "./helpers/bot.ts";
import { still, until } from "./helpers/until.ts";
import { aMid, aWebhook } from "./helpers/webhooks.ts";

const folder = aFolder();
let internet: Sandbox;
let bot: Bot;
let people = 0;

beforeAll(async () => {
  internet = await theInternet();
  bot = await startBot(folder.path, internet, { FACEBOOK_RATE_LIMIT_MESSAGES_PER_MINUTE: "1000" });
});

afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await internet.stop();
  folder[Symbol.dispose]();
});

/** Somebody new, so that tests do not meet. */
function somebody(): string {
  people += 1;
  return `30000000${String(people).padStart(5, "0")}`;
}

function repliesTo(person: string) {
  return internet.sent.filter((message) => message.recipient === person);
}

async function firstReply(person: string): Promise<string> {
  const [reply] = await until(`a reply to ${person}`, () => (repliesTo(person).length > 0 ? repliesTo(person) : null));
  return reply?.text ?? "";
}

/** Says all at their times (ms from now), each in its own webhook, and answers the statuses. */
async function speaks(
  person: string,
  ...said: readonly { atMs: number; text?: string; photo?: string; platformAt?: number }[]
): Promise<number[]> {
  const start = Date.now();
  return await Promise.all(
    said.map(async ({ atMs, text, photo, platformAt }) => {
      await Bun.sleep(Math.max(0, start + atMs - Date.now()));
      const message = {
        from: person,
        at: platformAt ?? Date.now(),
        ...(text ? { text } : {}),
        ...(photo ? { photos: [photo] } : {}),
      };
      return (await bot.post(aWebhook(message))).status;
    }),
  );
}

const photo = (name = "photo.jpg"): string => `${internet.mediaUrl}/${name}`;

describe("A1 one reply per logical message", () => {
  test.each([0, 50, 900] as const)("text, then its photo %i ms later", async (gap) => {
    const person = somebody();
    await speaks(person, { atMs: 0, text: "xem ảnh này giúp mình" }, { atMs: gap, photo: photo() });
    const reply = await firstReply(person);
    expect(reply).toContain("1 ảnh");
    expect(reply).toContain("xem ảnh này giúp mình");
    await still(700);
    expect(repliesTo(person)).toHaveLength(1);
  });

  test.each([0, 50, 900] as const)("photo, then its text %i ms later", async (gap) => {
    const person = somebody();
    await speaks(person, { atMs: 0, photo: photo() }, { atMs: gap, text: "con này giá bao nhiêu vậy shop" });
    const reply = await firstReply(person);
    expect(reply).toContain("1 ảnh");
    expect(reply).toContain("con này giá bao nhiêu");
    await still(700);
    expect(repliesTo(person)).toHaveLength(1);
  });

  test("five photos and a text are one question", async () => {
    const person = somebody();
    const photos = [1, 2, 3, 4, 5].map((n) => ({ atMs: 40 * n, photo: photo(`${n}-photo.jpg`) }));
    await speaks(person, { atMs: 0, text: "so sánh mấy ảnh này giúp em" }, ...photos);
    expect(await firstReply(person)).toContain("5 ảnh");
    await still(700);
    expect(repliesTo(person)).toHaveLength(1);
  });

  test("text, photo, text is one question", async () => {
    const person = somebody();
    await speaks(
      person,
      { atMs: 0, text: "xem ảnh này giúp mình" },
      { atMs: 300, photo: photo() },
      { atMs: 500, text: "còn size L không" },
    );
    const reply = await firstReply(person);
    expect(reply).toContain("xem ảnh này giúp mình");
    expect(reply).toContain("còn size L không");
    await still(700);
    expect(repliesTo(person)).toHaveLength(1);
  });

  test("G4 parts stand in the platform's order when they arrive swapped", async () => {
    const person = somebody();
    const now = Date.now();
    await speaks(
      person,
      { atMs: 0, photo: photo(), platformAt: now + 500 },
      { atMs: 100, text: "xem ảnh này giúp mình", platformAt: now },
    );
    await firstReply(person);
    const asked = internet.modelCalls.findLast((call) =>
      JSON.stringify(call.messages).includes("xem ảnh này giúp mình"),
    );
    const prompt = JSON.stringify(asked?.messages).split("CURRENT_USER_QUERY").at(-2) ?? "";
    expect(prompt.indexOf("xem ảnh này")).toBeLessThan(prompt.indexOf("[image 1"));
  });
});

describe("A2 how long it waits", () => {
  test("a plain sentence is held for 0.1 s, and the log says so in words", async () => {
    const person = somebody();
    await speaks(person, { atMs: 0, text: "shop mở cửa tới mấy giờ vậy ạ mình ghé mua" });
    await firstReply(person);
    const classified = await until(
      "the log tells",
      () => bot.log().match(/.*intent_classified.*waiting up to 0\.1 s.*/)?.[0],
    );
    expect(JSON.parse(classified)).toMatchObject({ event: "intent_classified", expectation: "nothing", wait_ms: 100 });
  });
});

describe("§5.8 a part that comes while the model writes", () => {
  test("leads to one reply that knows it, and the first call is really cut off", async () => {
    const person = somebody();
    await speaks(person, { atMs: 0, text: "áo này còn màu đỏ nha shop ơi cảm ơn #slow:2000" });
    await until("the model is asked", () =>
      internet.modelCalls.some((call) => JSON.stringify(call.messages).includes("áo này còn màu đỏ")),
    );
    await speaks(person, { atMs: 0, photo: photo() });
    const reply = await firstReply(person);
    expect(reply).toContain("1 ảnh");
    expect(reply).toContain("áo này còn màu đỏ");
    const calls = internet.modelCalls.filter((call) => JSON.stringify(call.messages).includes("áo này còn màu đỏ"));
    expect(calls.map((call) => call.aborted)).toEqual([true, false]);
    expect(repliesTo(person)).toHaveLength(1);
  });
});

describe("G3 duplicates", () => {
  test("50 copies at once: 50 × 200, one row, one reply", async () => {
    const person = somebody();
    const body = aWebhook({ from: person, text: "cho mình hỏi giá ship về Huế nha", mid: aMid() });
    const answers = await Promise.all(Array.from({ length: 50 }, () => bot.post(body)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    await firstReply(person);
    await still(500);
    expect(repliesTo(person)).toHaveLength(1);
    const conversation = (await bot.list("/api/conversations")).find((row) => row["contact"] === person);
    const messages = await bot.list(`/api/conversations/${conversation?.["id"]}/messages`);
    expect(messages.map((row) => row["direction"])).toEqual(["in", "out"]);
  });

  test("a copy that comes after the reply is answered 200 and nothing else", async () => {
    const person = somebody();
    const body = aWebhook({ from: person, text: "shop có bán sỉ không vậy", mid: aMid() });
    await bot.post(body);
    await firstReply(person);
    expect((await bot.post(body)).status).toBe(200);
    await still(400);
    expect(repliesTo(person)).toHaveLength(1);
  });
});

describe("A8 what the person sees meanwhile", () => {
  test("seen and typing, then the reply; an apology when the model fails, and the turn is kept", async () => {
    const person = somebody();
    await speaks(person, { atMs: 0, text: "cho hỏi chút nha shop #fail:400" });
    expect(await firstReply(person)).toBe("Xin lỗi, có lỗi xảy ra. Vui lòng thử lại sau.");
    const marks = internet.marks.filter((mark) => mark.recipient === person).map((mark) => mark.action);
    expect(marks).toContain("typing_on");
    expect(marks).toContain("mark_seen");
    const conversation = (await bot.list("/api/conversations")).find((row) => row["contact"] === person);
    expect(conversation?.["turn"]).toMatchObject({ state: "ready" });
  });
});

describe("R2 replies fit the platform", () => {
  test("a long Vietnamese reply arrives whole, in order, in parts within the limit", async () => {
    const person = somebody();
    await speaks(person, { atMs: 0, text: "kể cho mình nghe về shop nha #long" });
    await until("all parts", () => repliesTo(person).length > 2);
    await still(300);
    const parts = repliesTo(person).map((message) => message.text ?? "");
    expect(parts.every((part) => part.length <= 2_000)).toBe(true);
    expect(parts.slice(0, -1).every((part) => /[.!?…:]$/.test(part))).toBe(true);
  });
});
