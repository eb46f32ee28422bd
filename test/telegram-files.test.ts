/** What people send a bot on Telegram, from outside: the compiled binary, a model that sees, and files that are named by ids. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { solidPng } from "../src/sandbox/png.ts";
import type { Sandbox } from "../src/sandbox/index.ts";
import { BOT } from "./helpers/bot-api.ts";
import { TelegramStage, type Fields } from "./helpers/telegram.ts";
import { until } from "./helpers/until.ts";

let stage: TelegramStage;
let internet: Sandbox;

beforeAll(async () => {
  stage = await TelegramStage.open((found) => {
    internet = found;
    return { GROQ_API_KEY: "gsk_test-key", GROQ_BASE_URL: found.modelUrl };
  });
  stage.api.files.set("BLUE", solidPng(640, 400, [20, 40, 220]));
  stage.api.files.set("HUGE", "too big");
});
afterAll(() => stage[Symbol.asyncDispose]());

const photo = (id: string): Fields => ({
  photo: [
    { file_id: `${id}-small`, file_unique_id: "u1", width: 90, height: 60, file_size: 900 },
    { file_id: id, file_unique_id: "u2", width: 1280, height: 853, file_size: 90_000 },
  ],
});
const document = (id: string, mime_type: string): Fields => ({
  document: { file_id: id, file_unique_id: "u3", file_name: "mau.png", mime_type, file_size: 5_000 },
});

/** What the model was told last, pictures and all. */
async function modelWasTold(words: string): Promise<string> {
  return await until(`the model hears "${words}"`, () => {
    const call = internet.modelCalls.findLast(({ messages }) => JSON.stringify(messages).includes(words));
    return call === undefined ? null : JSON.stringify(call);
  });
}

test("a photo and its caption are seen by the model that sees, as on Messenger", async () => {
  const person = stage.somebody();
  await stage.says(person, { ...photo("BLUE"), caption: "mẫu này còn không shop ơi" });
  expect(await stage.shown(person)).toHaveLength(1);
  const told = await modelWasTold("mẫu này còn không");
  expect(told).toContain("data:image/jpeg;base64,");
  expect(told).not.toContain("could not be");
  expect(stage.asked("getFile").map((call) => call["file_id"])).toEqual(["BLUE"]);
});

test("a text that announces a photo waits for it, and the photo of the next message is seen with it", async () => {
  const person = stage.somebody();
  await stage.says(person, { text: "em gửi ảnh mẫu hoa bên dưới ạ" });
  await stage.says(person, photo("BLUE"));
  await stage.shown(person);
  expect(await modelWasTold("em gửi ảnh mẫu hoa bên dưới")).toContain("data:image/jpeg;base64,");
  expect(stage.shownTo(person)).toHaveLength(1);
});

test("a picture sent as a file is seen; other files and stickers are told in words and not fetched", async () => {
  const person = stage.somebody();
  await stage.says(person, { ...document("BLUE", "image/png"), caption: "ảnh gốc đây shop nhé" });
  await stage.shown(person);
  expect(await modelWasTold("ảnh gốc đây shop")).toContain("data:image/jpeg;base64,");
  const before = stage.asked("getFile").length;
  await stage.says(person, { ...document("PDF", "application/pdf"), caption: "đơn hàng của mình đây nhé" });
  await stage.says(person, {
    sticker: { file_id: "STICKER", file_unique_id: "u4", emoji: "🌹", width: 512, height: 512 },
  });
  await stage.shown(person, 2);
  const told = await modelWasTold("đơn hàng của mình đây");
  expect(told).toContain("[file 1: mau.png]");
  expect(told).not.toContain("base64");
  expect(stage.asked("getFile")).toHaveLength(before);
});

test.each([
  ["HUGE", "quá to không shop", "Image 1 could not be fetched (it is too large)"],
  ["EXPIRED", "cũ quá không shop", "Image 1 could not be fetched (it is gone)"],
])("of a photo that Telegram does not give out (%s) the model is told so", async (id, words, note) => {
  const person = stage.somebody();
  await stage.says(person, { ...photo(id), caption: words });
  await stage.shown(person);
  expect(await modelWasTold(words)).toContain(note);
});

test("S9 the address of a file holds the token, and is in no log, no database and nothing that a model reads", async () => {
  expect(stage.api.fetched).toBeGreaterThan(0);
  const secret = BOT.token.split(":")[1] ?? "";
  for (const file of readdirSync(stage.bot.dataDir)) {
    const bytes = readFileSync(join(stage.bot.dataDir, file)).toString("latin1");
    expect([file, bytes.includes(secret) || bytes.includes("/file/bot")]).toEqual([file, false]);
  }
  for (const text of [stage.bot.log(), JSON.stringify(internet.modelCalls)]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain("/file/bot");
  }
});

test("an agent of the owner's is told what was sent, without an address", async () => {
  const asked: unknown[] = [];
  const agent = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      asked.push(await request.json());
      return Response.json({ reply: "Dạ đẹp quá ạ." });
    },
  });
  await using other = await TelegramStage.open(() => ({ AGENT_SERVICE_BASE: agent.url.origin }));
  const person = other.somebody();
  await other.says(person, { ...photo("BLUE"), caption: "mẫu này còn không" });
  expect(await other.shown(person)).toEqual(["Dạ đẹp quá ạ."]);
  expect(asked).toMatchObject([{ attachments: [{ kind: "image", url: null }] }]);
  expect([JSON.stringify(asked).includes(BOT.token), other.asked("getFile")]).toEqual([false, []]);
  await agent.stop(true);
});
