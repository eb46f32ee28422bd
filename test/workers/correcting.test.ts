// Photos that come late, words that are taken back or changed, and people who answer themselves (DESIGN §5.6, §5.9, §5.10).
import { expect, test } from "bun:test";
import { anAttachment, announces, shows } from "../helpers/parts.ts";
import { hear } from "../../src/core/turn.ts";
import { DEFAULT_WAITS } from "../../src/core/waits.ts";
import type { Content } from "../../src/core/update.ts";
import { anEcho, T0 } from "../helpers/updates.ts";
import { Stage } from "./stage.ts";

const ANNOUNCED = "em gửi ảnh ạ";
const POINTING = "con này trong hình giá bao nhiêu";

function photo(name = "photo"): { attachments: ReturnType<typeof anAttachment>[] } {
  return { attachments: [anAttachment("image", `https://cdn.example/${name}.jpg`)] };
}

function texts(stage: Stage): string[] {
  return stage.replies().map(({ text }) => text);
}

function edits(messageId: string, text: string, revision = 1): { content: Content } {
  return { content: { kind: "edit", messageId, text, revision } };
}

function takesBack(messageId: string): { content: Content } {
  return { content: { kind: "unsend", messageId } };
}

function handsOver(ours: boolean): { content: Content } {
  return { content: { kind: "handover", ours, newOwnerAppId: null } };
}

test("§5.9 an announced photo that comes after its answer is answered as what it is, without waiting for words", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: ANNOUNCED });
  await stage.until(8_500);
  expect(texts(stage)).toEqual([`[${ANNOUNCED}]`]);
  await stage.until(60_000);
  await stage.hears(photo());
  await stage.until(60_499);
  expect(stage.replies()).toHaveLength(1);
  await stage.until(60_700);
  expect(texts(stage)).toEqual([`[${ANNOUNCED}]`, "[image]"]);
  expect(stage.agent.asked[1]?.question.notes.join()).toContain(ANNOUNCED);
});

test("§5.9 only the first such photo belongs to the announcement; the next one waits for words again", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: ANNOUNCED });
  await stage.until(20_000);
  await stage.hears(photo());
  await stage.until(40_000);
  await stage.hears(photo("other"));
  await stage.until(41_900);
  expect(stage.replies()).toHaveLength(2);
  await stage.until(42_200);
  expect(stage.replies()).toHaveLength(3);
  expect(stage.agent.asked[2]?.question.notes).toEqual([]);
});

test("§5.9 after ten minutes a photo stands for itself", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: ANNOUNCED });
  await stage.until(10_000);
  await stage.until(8_100 + 10 * 60_000 + 2_000);
  await stage.hears(photo());
  await stage.pass(1_900);
  expect(stage.replies()).toHaveLength(1);
  await stage.pass(200);
  expect(stage.agent.asked[1]?.question.notes).toEqual([]);
});

test("§5.9 words that point at a picture answered before are shown it again", async () => {
  await using stage = await Stage.open();
  await stage.hears(photo("dog"));
  await stage.until(3_000);
  await stage.hears({ text: POINTING });
  await stage.until(12_000);
  expect(texts(stage)).toEqual(["[image]", `[${POINTING}]`]);
  expect(stage.shown).toEqual([["https://cdn.example/dog.jpg"], ["https://cdn.example/dog.jpg"]]);
  expect(stage.agent.asked[1]?.question.notes.join()).toContain("shown once more");
});

test("§5.9 words that point at nothing, and pictures of long ago, are not shown again", async () => {
  await using stage = await Stage.open();
  await stage.hears(photo("dog"));
  await stage.until(3_000);
  await stage.hears({ text: "shop mở cửa mấy giờ vậy ạ cho mình hỏi" });
  await stage.until(3_500);
  expect(stage.shown[1]).toEqual([]);
  await stage.until(11 * 60_000);
  await stage.hears({ text: POINTING });
  await stage.pass(8_500);
  expect(stage.shown[2]).toEqual([]);
});

test("§5.10 a message taken back before the answer is never answered", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: ANNOUNCED, messageId: "mid.back" });
  await stage.until(1_000);
  await stage.hears(takesBack("mid.back"));
  await stage.until(20_000);
  expect(stage.replies()).toEqual([]);
  expect(stage.told("turn_cancelled")).toHaveLength(1);
});

test("§5.10 what is left of a turn is answered without the part that was taken back", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: ANNOUNCED, messageId: "mid.words" });
  await stage.until(500);
  await stage.hears(photo());
  await stage.until(600);
  await stage.hears(takesBack("mid.words"));
  await stage.until(5_000);
  expect(texts(stage)).toEqual(["[image]"]);
});

test("§5.10 taking back what the agent is answering cuts it off", async () => {
  await using stage = await Stage.open();
  stage.agent.thinkMs = 5_000;
  await stage.hears({ text: "cho mình hỏi cái này chút nha shop", messageId: "mid.oops" });
  await stage.until(1_000);
  await stage.hears(takesBack("mid.oops"));
  await stage.until(20_000);
  expect(stage.agent.asked[0]?.signal.aborted).toBe(true);
  expect(stage.replies()).toEqual([]);
});

test("§5.10 an edit before the answer is what gets answered, and is read for what it announces", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: "cho em hỏi,", messageId: "mid.typo" });
  await stage.until(500);
  await stage.hears(edits("mid.typo", ANNOUNCED));
  await stage.until(5_000);
  await stage.hears(photo());
  await stage.until(6_000);
  expect(texts(stage)).toEqual([`[${ANNOUNCED}] [image]`]);
});

test("§5.10 an edition that comes after a later one changes nothing; of two as new, the one that comes last counts", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: `${ANNOUNCED} một`, messageId: "mid.twice" });
  await stage.hears(edits("mid.twice", `${ANNOUNCED} ba`, 3));
  await stage.hears(edits("mid.twice", `${ANNOUNCED} hai`, 2));
  await stage.until(9_000);
  await stage.hears(edits("mid.twice", `${ANNOUNCED} hai`, 2));
  const history = async (): Promise<string | undefined> =>
    (await stage.store.messages(1, { limit: 10, cursor: null })).data[0]?.text;
  expect([texts(stage), await history()]).toEqual([[`[${ANNOUNCED} ba]`], `${ANNOUNCED} ba`]);
  await stage.hears(edits("mid.twice", `${ANNOUNCED} bốn`, 3));
  expect(await history()).toBe(`${ANNOUNCED} bốn`);
});

test("§5.10 an edit after the answer changes the history and is not answered again", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: "áo này màu đỏ còn không shop ơi ạ", messageId: "mid.red" });
  await stage.until(1_000);
  await stage.hears(edits("mid.red", "áo này màu xanh còn không shop ơi ạ"));
  await stage.until(10_000);
  expect(stage.replies()).toHaveLength(1);
  const { data } = await stage.store.messages(1, { limit: 10, cursor: null });
  expect(data.map(({ text }) => text)).toEqual(["áo này màu xanh còn không shop ơi ạ", expect.any(String)]);
});

test("§5.10 a human who answers at the page cancels the turn, and what follows is history only", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: ANNOUNCED });
  await stage.until(1_000);
  const byHand: Content = {
    kind: "echo",
    appId: "263902037430900",
    deliveryId: null,
    text: "chị xem rồi nhé",
    attachments: [],
  };
  await stage.hears({ content: byHand });
  await stage.pass(5);
  await stage.hears({ text: "dạ em cảm ơn chị nhiều ạ" });
  await stage.until(30_000);
  expect(stage.replies()).toEqual([]);
  expect(stage.told("takeover")).toHaveLength(1);
  const { data } = await stage.store.messages(1, { limit: 10, cursor: null });
  expect(data.map(({ by, text }) => [by, text])).toEqual([
    ["client", ANNOUNCED],
    ["human", "chị xem rồi nhé"],
    ["client", "dạ em cảm ơn chị nhiều ạ"],
  ]);
});

test("§5.10 the bot speaks again when the takeover is over", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: "shop ơi cho em hỏi giá cái này với ạ" });
  await stage.until(1_000);
  const byHand: Content = { kind: "echo", appId: null, deliveryId: null, text: "chị đây", attachments: [] };
  await stage.hears({ content: byHand });
  await stage.pass(12 * 3_600_000 + 1_000);
  await stage.hears({ text: "shop ơi còn đó không, cho em đặt hàng nha" });
  await stage.pass(1_000);
  expect(stage.replies()).toHaveLength(2);
});

test("§5.10 our own echoes are no takeover", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: "shop ơi cho em hỏi giá cái này với ạ" });
  await stage.until(1_000);
  const [sent] = stage.channel.sent;
  await stage.takes(anEcho(sent?.deliveryId ?? null));
  await stage.hears({ text: "em cảm ơn shop nhiều lắm luôn nha" });
  await stage.until(3_000);
  expect(stage.replies()).toHaveLength(2);
});

test("§5.10 a thread that is handed over is left alone until it is handed back", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: ANNOUNCED });
  await stage.pass(5);
  await stage.hears(handsOver(false));
  await stage.hears({ text: "alo có ai ở đó không vậy shop ơi" });
  await stage.until(20_000);
  expect(stage.replies()).toEqual([]);
  await stage.hears(handsOver(true));
  await stage.hears({ text: "rồi giờ cho em hỏi lại giá nha shop" });
  await stage.until(22_000);
  expect(texts(stage)).toEqual(["[rồi giờ cho em hỏi lại giá nha shop]"]);
});

test("§5.6 how long an announced photo took is a sample, also when it came too late", () => {
  const turn = hear(null, announces("image"), T0, DEFAULT_WAITS).turn;
  expect(hear(turn, shows(), T0 + 3_000, DEFAULT_WAITS).sample).toEqual({
    announced: "image",
    tookMs: 3_000,
    late: false,
  });
  const awaits = { announces: "image", announcedAt: T0, answeredAt: T0 + 8_100 } as const;
  const late = hear(null, shows(), T0 + 11_000, DEFAULT_WAITS, { awaits, closedAt: T0 + 8_000 });
  expect(late).toMatchObject({ sample: { announced: "image", tookMs: 11_000, late: true }, premature: true });
  expect(hear(null, announces("nothing"), T0, DEFAULT_WAITS).sample).toBeNull();
});

test("§5.6 a wait for nothing is counted as wasted, one that was too short as premature", async () => {
  await using stage = await Stage.open();
  await stage.hears({ text: ANNOUNCED });
  await stage.until(9_000);
  await stage.hears(photo());
  await stage.until(12_000);
  expect(stage.told("turn_closed").map((event) => event.wasted)).toEqual([true, false]);
  expect(stage.told("intent_classified").map((event) => event.premature)).toEqual([false, true]);
});
