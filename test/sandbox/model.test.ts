import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import Groq from "groq-sdk";
import { asList, asObject } from "../../src/sandbox/json.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { ask, MODEL_KEY, query, start } from "./sandbox.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await start();
});
afterAll(() => sandbox.stop());

const VISION = { model: "qwen/qwen3.8-27b" };

async function said(content: unknown, more: object = {}): Promise<unknown> {
  const body = asObject(await (await ask(sandbox, content, more)).json());
  return asObject(asObject(asList(body?.["choices"])[0])?.["message"])?.["content"];
}

async function dataUrl(name: string, type: string): Promise<string> {
  const bytes = await (await fetch(`${sandbox.mediaUrl}/${name}`)).bytes();
  return `data:${type};base64,${bytes.toBase64()}`;
}

describe("an answer", () => {
  test("has the form of Groq's", async () => {
    const answer = await ask(sandbox, query("Giá bao nhiêu?"));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      object: "chat.completion",
      model: "openai/gpt-oss-120b",
      choices: [{ index: 0, message: { role: "assistant" }, finish_reason: "stop" }],
      usage: {
        prompt_tokens: expect.any(Number),
        completion_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
      },
      x_groq: { id: expect.stringMatching(/^req_/) },
    });
  });

  test("repeats the question, and only the question", async () => {
    const text = await said(query("Áo này giá bao nhiêu?", "Còn cỡ M không?"));
    expect(text).toContain("Bạn hỏi: “Áo này giá bao nhiêu? / Còn cỡ M không?”");
    expect(text).not.toContain("Customer");
  });

  test("is the same for the same question", async () => {
    expect(await said(query("Ship về Huế mất mấy ngày?"))).toBe(await said(query("Ship về Huế mất mấy ngày?")));
  });

  test("knows both the text and the attachments, and counts them by kind", async () => {
    const lines = [
      "Cái nào rẻ hơn?",
      "[image 1: https://a.example/1.jpg]",
      "[image 2]",
      "[file 1: bảng giá [mới].pdf]",
    ];
    expect(await said(query(...lines))).toMatch(/^Mình đã xem 2 ảnh và 1 tệp của bạn\. Bạn hỏi: “Cái nào rẻ hơn\?”/);
  });

  test("takes notes and names for what they are", async () => {
    const text = await said(
      query("[name: Lan]", "[language: English]", "[voice message 1]", "[note: It could not be heard.]"),
    );
    expect(text).toBe("I looked at your 1 audio. What would you like to know?");
  });

  test.each([
    ["Giá bao nhiêu?", "Bạn hỏi"],
    ["gia bao nhieu vay shop", "Bạn hỏi"],
    ["ko co size M ha", "Bạn hỏi"],
    ["How much is this one?", "You asked"],
    ["hang on, is it red or blue", "You asked"],
  ])("to “%s” is in the language of the question", async (question, expected) => {
    expect(await said(query(question))).toContain(expected);
  });

  test("says what is in a picture that it was shown, whatever its name says", async () => {
    const picture = { type: "image_url", image_url: { url: await dataUrl("red-64x48.png", "image/jpeg") } };
    const text = await said([{ type: "text", text: query("Màu gì đây?", "[image 1]") }, picture], VISION);
    expect(text).toMatch(/Mình đã xem 1 ảnh của bạn\. Ảnh 1: PNG 64×48, \d+ byte, màu đỏ\. Bạn hỏi: “Màu gì đây\?”/);
  });

  test("sees JPEGs too, and says so when it cannot open something", async () => {
    const jpeg = { type: "image_url", image_url: { url: await dataUrl("blue.jpg", "image/jpeg") } };
    const broken = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const text = await said([{ type: "text", text: query("Which colour is it?") }, jpeg, broken], VISION);
    expect(text).toMatch(/Image 1: JPEG 320×200, \d+ bytes, blue\. Image 2: could not be opened\./);
  });
});

describe("a word in the question makes the model", () => {
  test("write long, in numbered sentences", async () => {
    const text = String(await said(query("Kể chi tiết #long")));
    expect(text.length).toBeGreaterThan(5_000);
    expect(text.length).toBeLessThan(5_400);
    const numbers = [...text.matchAll(/Ý (\d+):/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test("write Markdown", async () => {
    const text = await said(query("#markdown"));
    expect(text).toMatch(/^## /);
    expect(text).toContain("| --- |");
    expect(text).toContain("**áo thun**");
    expect(text).toContain("](https://");
  });

  test("say nothing, as one does whose budget went into reasoning", async () => {
    const body = await (await ask(sandbox, query("#empty"))).json();
    expect(body).toMatchObject({ choices: [{ message: { content: "" }, finish_reason: "length" }] });
  });

  test.each([
    [400, undefined],
    [401, "invalid_api_key"],
    [429, "rate_limit_exceeded"],
    [500, undefined],
  ])("fail with %i", async (status, code) => {
    const answer = await ask(sandbox, query(`#fail:${status}`));
    const body = asObject(asObject(await answer.json())?.["error"]);
    expect([answer.status, body?.["code"]]).toEqual([status, code]);
    expect(answer.headers.get("retry-after")).toBe(status === 429 ? "1" : null);
  });

  test("take its time", async () => {
    const begun = performance.now();
    expect(await said(query("Chờ chút #slow:120"))).toContain("#slow:120");
    expect(performance.now() - begun).toBeGreaterThan(110);
    expect(sandbox.modelCalls.at(-1)?.aborted).toBe(false);
  });
});

test("a call that the bot gave up is remembered as aborted", async () => {
  const answer = ask(sandbox, query("#slow:60000"), {}, AbortSignal.timeout(50));
  expect(await answer.catch((error: Error) => error.name)).toBe("TimeoutError");
  const call = sandbox.modelCalls.at(-1);
  for (let i = 0; i < 100 && call?.aborted !== true; i++) await Bun.sleep(2);
  expect(call).toMatchObject({ model: "openai/gpt-oss-120b", aborted: true, messages: [{ role: "user" }] });
});

test("the model thinks as long as the sandbox was told", async () => {
  const own = await start({ thinkMs: 80 });
  const begun = performance.now();
  await (await ask(own, "chào")).json();
  await own.stop();
  expect(performance.now() - begun).toBeGreaterThan(70);
});

describe("the model refuses", () => {
  test("another key, and no key", async () => {
    const url = `${sandbox.modelUrl}/openai/v1/models`;
    expect((await fetch(url, { headers: { authorization: "Bearer gsk_other" } })).status).toBe(401);
    const none = await fetch(url);
    expect([none.status, await none.json()]).toMatchObject([401, { error: { code: "invalid_api_key" } }]);
  });

  test.each<[string, number, object]>([
    ["a model that is retired", 404, { model: "llama-3.3-70b-versatile" }],
    ["more than one choice", 400, { n: 2 }],
    ["log probabilities", 400, { logprobs: true }],
    ["no messages", 400, { messages: [] }],
    ["names in messages", 400, { messages: [{ role: "user", content: "a", name: "Lan" }] }],
  ])("%s", async (_name, status, more) => {
    expect((await ask(sandbox, "a", more)).status).toBe(status);
  });

  test("pictures for a model that cannot see, and more than three of them", async () => {
    const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    expect((await ask(sandbox, [picture])).status).toBe(400);
    expect((await ask(sandbox, [picture, picture, picture], VISION)).status).toBe(200);
    expect((await ask(sandbox, [picture, picture, picture, picture], VISION)).status).toBe(400);
  });

  test("paths that are none", async () => {
    expect((await fetch(`${sandbox.modelUrl}/openai/v1/openai/v1/models`)).status).toBe(404);
  });
});

test("groq-sdk gets along with it: models, an answer, a stream and a transcription", async () => {
  const groq = new Groq({ apiKey: MODEL_KEY, baseURL: sandbox.modelUrl, maxRetries: 0 });
  const models = await groq.models.list();
  expect(models.data.map(({ id }) => id)).toContain("qwen/qwen3.8-27b");
  const request = {
    model: "openai/gpt-oss-120b",
    messages: [{ role: "user" as const, content: query("Giá bao nhiêu?") }],
  };
  const whole = await groq.chat.completions.create(request);
  let streamed = "";
  let finished: string | null = null;
  for await (const chunk of await groq.chat.completions.create({ ...request, stream: true })) {
    streamed += chunk.choices[0]?.delta.content ?? "";
    finished = chunk.choices[0]?.finish_reason ?? finished;
  }
  expect([streamed, finished]).toEqual([whole.choices[0]?.message.content ?? "", "stop"]);
  const file = new File([new Uint8Array(1_234)], "voice.mp4", { type: "audio/mp4" });
  const heard = await groq.audio.transcriptions.create({ model: "whisper-large-v3-turbo", file });
  expect(heard.text).toBe("Đây là tin nhắn thoại dài 1234 byte.");
});

test("a plain OpenAI-compatible server is at /v1, and without a key it lets everybody in", async () => {
  const graph = { appSecret: "a", appId: "1", verifyToken: "b", pages: [] };
  const own = await startSandbox({ graph });
  const response = await fetch(`${own.modelUrl}/v1/models`);
  await own.stop();
  expect(response.status).toBe(200);
});
