import { describe, expect, test } from "bun:test";
import { KEY, aPart, anAgent, fails, fakeModel, messagesOf, says } from "./fixtures.ts";

const picture = { mime: "image/jpeg", bytes: new Uint8Array([255, 216, 255]) };

describe("asking", () => {
  test("M6 the model's words are the reply", async () => {
    using model = fakeModel(says("Dạ còn ạ."));
    const { ask, entries } = anAgent(model.origin);
    expect(await ask()).toEqual({
      kind: "reply",
      reply: { text: "Dạ còn ạ.", actions: [] },
      model: "answering-model",
      tokens: 120,
    });
    expect(model.requests[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
    expect(model.requests[0]?.body).toMatchObject({
      model: "openai/gpt-oss-120b",
      user: "hash-of-lan",
      max_completion_tokens: 1_024,
    });
    expect(entries).toEqual([]);
  });

  test.each([
    ["", "/openai/v1/chat/completions"],
    ["/", "/openai/v1/chat/completions"],
    ["/v1", "/v1/chat/completions"],
    ["/v1/", "/v1/chat/completions"],
    ["/openai/v1", "/openai/v1/chat/completions"],
    ["/api/v1", "/api/v1/chat/completions"],
    ["/groq", "/groq/openai/v1/chat/completions"],
  ])("a base address that ends in %j is asked at %s", async (path, asked) => {
    using model = fakeModel(says("Dạ."));
    expect((await anAgent(model.origin + path).ask()).kind).toBe("reply");
    expect(model.requests.map((request) => request.path)).toEqual([asked]);
  });

  test("a local server is asked without a key when there is none, and told no word it may not know", async () => {
    using model = fakeModel(says("<think>hm</think>Dạ còn ạ."));
    const { ask } = anAgent(`${model.origin}/v1`, { apiKey: "" });
    expect(await ask()).toMatchObject({ kind: "reply", reply: { text: "Dạ còn ạ." } });
    expect(model.requests[0]?.headers.has("authorization")).toBe(false);
    expect(Object.keys(model.requests[0]?.body ?? {})).toEqual(["model", "messages", "max_tokens", "user"]);
  });

  test("an answer that ran into its limit is sent up to its last sentence", async () => {
    using model = fakeModel(says("Dạ còn size M ạ. Giá là", "length"));
    expect(await anAgent(model.origin).ask()).toMatchObject({ kind: "reply", reply: { text: "Dạ còn size M ạ." } });
  });

  test("an empty answer is not sent", async () => {
    using model = fakeModel(says("", "length"));
    expect((await anAgent(model.origin).ask()).kind).toBe("unusable");
  });
});

describe("pictures", () => {
  test("R3 are shown to the vision model", async () => {
    using model = fakeModel(says("Áo xanh ạ."));
    expect((await anAgent(model.origin).ask({ pictures: [picture, picture, picture, picture] })).kind).toBe("reply");
    expect(model.requests[0]?.body["model"]).toBe("qwen/qwen3.8-27b");
    expect(messagesOf(model.requests[0]).split("data:image/jpeg;base64,/9j/")).toHaveLength(4);
    expect(messagesOf(model.requests[0])).toContain("Only 3 of 4 pictures are shown here.");
  });

  test.each([
    ["is gone", fails(404, { code: "model_not_found" })],
    ["cannot take the picture", fails(400)],
    ["says nothing", says("")],
  ])("when the vision model %s, the text model answers and is told so", async (_why, failure) => {
    using model = fakeModel(failure, says("Dạ em chưa xem được ảnh."));
    expect(await anAgent(model.origin).ask({ pictures: [picture] })).toMatchObject({
      kind: "reply",
      reply: { text: "Dạ em chưa xem được ảnh." },
    });
    expect(model.requests.map((request) => request.body["model"])).toEqual(["qwen/qwen3.8-27b", "openai/gpt-oss-120b"]);
    expect(messagesOf(model.requests[1])).toContain("The pictures could not be looked at.");
    expect(messagesOf(model.requests[1])).not.toContain("base64");
  });

  test("without a vision model, the text model is told that it has not seen them", async () => {
    using model = fakeModel(says("Dạ."));
    await anAgent(model.origin, { visionModel: null }).ask({ pictures: [picture] });
    expect(model.requests[0]?.body["model"]).toBe("openai/gpt-oss-120b");
    expect(messagesOf(model.requests[0])).toContain("The pictures could not be looked at.");
  });

  test("a busy vision model is waited for, not passed over", async () => {
    using model = fakeModel(fails(429, {}, { "retry-after": "60" }));
    expect(await anAgent(model.origin).ask({ pictures: [picture] })).toMatchObject({ kind: "busy", afterMs: 60_000 });
    expect(model.requests).toHaveLength(1);
  });
});

describe("the log", () => {
  test("M6 a failure has stack, status, code and request id, but no words of anybody and no key", async () => {
    const bodies = { message: `bad key ${KEY} for: CANARY-WORDS`, failed_generation: "CANARY-WORDS" };
    using model = fakeModel(
      fails(429, { ...bodies, code: "rate_limit_exceeded" }),
      fails(400, { ...bodies, code: "CANARY WORDS in a sentence" }),
      () => new Response(`CANARY-WORDS ${KEY}`, { status: 502 }),
      () => new Response("CANARY-WORDS", { headers: { "content-type": "application/json" } }),
      fails(401, bodies),
    );
    const { ask, entries } = anAgent(model.origin);
    expect((await ask({ parts: [aPart("CANARY-WORDS")] })).kind).toBe("refused");
    expect(entries.map((entry) => [entry.attempt, entry.status, entry.code, entry.request_id])).toEqual([
      [1, 429, "rate_limit_exceeded", "req_01"],
      [2, 400, undefined, "req_01"],
      [3, 502, undefined, undefined],
      [4, undefined, undefined, undefined],
      [5, 401, undefined, "req_01"],
    ]);
    for (const entry of entries) {
      expect(entry).toMatchObject({ event: "agent_call_failed", conversation: "7", model: "openai/gpt-oss-120b" });
      expect(entry.error.stack).toContain("    at ");
      const told = `${Bun.inspect(entry)} ${JSON.stringify(entry)} ${entry.error.message} ${entry.error.stack}`;
      expect(told).not.toContain("CANARY");
      expect(told).not.toContain(KEY);
    }
  });
});
