import { describe, expect, test } from "bun:test";
import { chatBody, modelServer, picturesThatFit } from "../../src/agent/server.ts";

const request = {
  model: "openai/gpt-oss-120b",
  prompt: { system: "s", user: "u" },
  pictures: [],
  user: "hash",
  maxOutputTokens: 99,
};

describe("where the model is", () => {
  test.each([
    [null, "https://api.groq.com/openai/v1", "groq"],
    ["https://api.groq.com", "https://api.groq.com/openai/v1", "groq"],
    ["https://api.groq.com/openai/v1/", "https://api.groq.com/openai/v1", "groq"],
    ["http://127.0.0.1:9000/", "http://127.0.0.1:9000/openai/v1", "groq"],
    ["http://localhost:11434/v1", "http://localhost:11434/v1", "openai"],
    ["http://localhost:11434/v1/", "http://localhost:11434/v1", "openai"],
    ["https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1", "openai"],
    ["https://proxy.example/groq", "https://proxy.example/groq/openai/v1", "groq"],
  ])("GROQ_BASE_URL %p is %s", (baseUrl, address, dialect) => {
    expect(modelServer(baseUrl)).toMatchObject({ address, dialect });
  });
});

describe("what a server is told", () => {
  test("Groq is asked for little thinking from gpt-oss, and for none from qwen", () => {
    const groq = modelServer(null);
    expect(chatBody(groq, request)).toEqual({
      model: "openai/gpt-oss-120b",
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "u" },
      ],
      max_completion_tokens: 99,
      user: "hash",
      reasoning_effort: "low",
      include_reasoning: false,
    });
    expect(chatBody(groq, { ...request, model: "qwen/qwen3.8-27b" })).toMatchObject({ reasoning_effort: "none" });
    expect(Object.keys(chatBody(groq, { ...request, model: "another" }))).toEqual([
      "model",
      "messages",
      "max_completion_tokens",
      "user",
    ]);
  });

  test("other servers are told nothing but what OpenAI's API knows", () => {
    expect(Object.keys(chatBody(modelServer("http://localhost:11434/v1"), request))).toEqual([
      "model",
      "messages",
      "max_tokens",
      "user",
    ]);
    expect(Object.keys(chatBody(modelServer("https://api.openai.com/v1"), request))).toEqual([
      "model",
      "messages",
      "max_completion_tokens",
      "user",
    ]);
  });

  test("pictures go along as data, behind the words", () => {
    const pictures = [{ mime: "image/png", bytes: new Uint8Array([1, 2, 3]) }];
    expect(chatBody(modelServer(null), { ...request, pictures })).toMatchObject({
      messages: [
        {},
        {
          content: [
            { type: "text", text: "u" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AQID" } },
          ],
        },
      ],
    });
  });

  test("a request holds three pictures at most, and no more bytes than a request may have", () => {
    const small = { mime: "image/png", bytes: new Uint8Array(10) };
    const large = { mime: "image/jpeg", bytes: new Uint8Array(2_000_000) };
    expect(picturesThatFit([small, small, small, small])).toHaveLength(3);
    expect(picturesThatFit([large, large, small])).toEqual([large, small]);
  });
});
