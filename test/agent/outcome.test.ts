import { describe, expect, test } from "bun:test";
import { APIConnectionError, APIError } from "groq-sdk";
import { retold, retryAfterMs } from "../../src/agent/failed-call.ts";
import { answerIn, cutAtSentenceEnd, failureOf, withoutThinking } from "../../src/agent/outcome.ts";

const now = Date.parse("2026-11-02T08:00:00Z");

function refusal(status: number, body: Record<string, unknown>, headers: Record<string, string> = {}): APIError {
  return APIError.generate(status, body, undefined, new Headers(headers));
}

function completion(content: string | null, finish: string | null, more: Record<string, unknown> = {}): unknown {
  return { choices: [{ message: { content }, finish_reason: finish }], ...more };
}

describe("what a failed call means", () => {
  test.each([
    [429, { code: "rate_limit_exceeded", type: "tokens" }, "again"],
    [498, { code: "capacity_exceeded" }, "again"],
    [408, {}, "again"],
    [500, {}, "again"],
    [503, {}, "again"],
    [413, { code: "rate_limit_exceeded", type: "tokens" }, "smaller"],
    [400, { code: "context_length_exceeded" }, "smaller"],
    [400, { type: "exceed_context_size_error" }, "smaller"],
    [400, { code: "tool_use_failed", failed_generation: "{" }, "once"],
    [422, {}, "once"],
    [400, { code: "model_decommissioned" }, "refused"],
    [400, { code: "blocked_api_access" }, "refused"],
    [429, { code: "insufficient_quota" }, "refused"],
    [400, {}, "refused"],
    [401, { code: "invalid_api_key" }, "refused"],
    [402, {}, "refused"],
    [403, {}, "refused"],
    [404, { code: "model_not_found" }, "refused"],
    [302, {}, "refused"],
  ] as const)("%i %j: %s", (status, error, next) => {
    expect(failureOf(refusal(status, { error }), now)).toMatchObject({ next, status });
  });

  test("the reason names status and code, never the words of the server", () => {
    const error = refusal(
      429,
      { error: { message: "You wrote: my secret", code: "rate_limit_exceeded", type: "tokens" } },
      { "x-request-id": "req_9", "retry-after": "7" },
    );
    expect(failureOf(error, now)).toEqual({
      next: "again",
      reason: "the model server answered 429 (rate_limit_exceeded, tokens)",
      retryAfterMs: 7_000,
      status: 429,
      code: "rate_limit_exceeded",
      requestId: "req_9",
    });
    expect(failureOf(refusal(400, { error: { code: "you wrote: my secret" } }), now).reason).toBe(
      "the model server answered 400",
    );
    expect(failureOf(refusal(500, { detail: "not the usual shape" }), now)).toMatchObject({
      next: "again",
      code: null,
    });
  });

  test("a server that cannot be reached, or whose answer breaks off, may be there again in a moment", () => {
    const cause = Object.assign(new Error("Unable to connect"), { code: "ConnectionRefused" });
    expect(failureOf(new APIConnectionError({ cause }), now)).toMatchObject({
      next: "again",
      code: "ConnectionRefused",
      status: null,
    });
    expect(failureOf(new SyntaxError("JSON Parse error: my secret"), now).reason).toBe(
      "the model server's answer broke off or was not JSON",
    );
  });

  test("the error for the log keeps the stack and loses the message", () => {
    const original = new TypeError("first line my secret\n    at my secret too");
    const told = retold("the model server answered 400", original);
    expect(told.message).toBe("the model server answered 400");
    expect(told.stack).toStartWith("TypeError: the model server answered 400\n    at ");
    expect(told.stack).toContain("outcome.test.ts");
    expect(told.stack).not.toContain("secret");
    expect(retold("reason", "a thrown string").message).toBe("reason");
  });
});

describe("Retry-After", () => {
  test.each([
    [{ "retry-after": "3" }, 3_000],
    [{ "retry-after": "0.25" }, 250],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after-ms": "40", "retry-after": "3" }, 40],
    [{ "retry-after": "Mon, 02 Nov 2026 08:00:30 GMT" }, 30_000],
    [{ "retry-after": "Mon, 02 Nov 2026 07:00:00 GMT" }, null],
    [{ "retry-after": "999999999" }, 24 * 3_600_000],
    [{ "retry-after": "-5" }, null],
    [{ "retry-after": "soon" }, null],
    [{ "retry-after": "2m59.56s" }, null],
    [{}, null],
  ])("%j is %p ms", (headers, expected) => {
    expect(retryAfterMs(new Headers(headers), now)).toBe(expected);
  });
});

describe("reading an answer", () => {
  test("a finished answer is the reply, with the model and tokens the server names", () => {
    const body = completion("  Dạ còn ạ.  ", "stop", {
      model: "m-1",
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    });
    expect(answerIn(body, "asked")).toEqual({
      kind: "reply",
      reply: { text: "Dạ còn ạ.", actions: [] },
      model: "m-1",
      tokens: 10,
    });
  });

  test("a server that says neither model nor usage is believed to have used what was asked for", () => {
    expect(answerIn(completion("Dạ còn ạ.", "stop"), "asked")).toMatchObject({
      kind: "reply",
      model: "asked",
      tokens: null,
    });
    expect(
      answerIn(completion("Dạ.", "stop", { usage: { prompt_tokens: 7, completion_tokens: 3 } }), "asked"),
    ).toMatchObject({ tokens: 10 });
  });

  test.each([
    ["empty and cut off by its thinking", completion("", "length")],
    ["no words", completion(null, "stop")],
    ["only thoughts", completion("<think>hmm</think>\n", "stop")],
    ["thoughts that were cut off", completion("<think>hmm, the customer", "length")],
    ["not finished", completion("Dạ", null)],
    ["a tool call", completion("Dạ", "tool_calls")],
    ["filtered", completion("Dạ", "content_filter")],
    ["no choices", { choices: [] }],
    ["an error", { error: { message: "x" } }],
    ["HTML", "<html>sign in</html>"],
    ["nothing", undefined],
  ])("%s cannot be sent", (_what, body) => {
    expect(answerIn(body, "asked").kind).toBe("unusable");
  });

  test("an answer cut off by the limit ends at its last whole sentence", () => {
    const answer = answerIn(completion("Dạ áo còn size M ạ. Giá 250.000đ. Bên em giao hàng trong", "length"), "asked");
    expect(answer).toMatchObject({ kind: "reply", reply: { text: "Dạ áo còn size M ạ. Giá 250.000đ." } });
  });

  test.each([
    ["One. Two is cut", "One. Two is…"],
    ["It is ready. Yes!", "It is ready. Yes!"],
    ['He said "yes." And then', 'He said "yes."'],
    ["We have these:\n- white, size M\n- bl", "We have these:\n- white, size M"],
    ["There are three kinds here\n1. white\n2. blue\n3. gr", "There are three kinds here\n1. white\n2. blue"],
    ["There are three kinds here\n1. white\n2. blue\n3.", "There are three kinds here\n1. white\n2. blue"],
    ["no end of a sentence in all of th", "no end of a sentence in all of…"],
    ["word", "word…"],
    ["Dạ shop có giao hàng tận nơi ạ. Phí giao ở TP. HCM là", "Dạ shop có giao hàng tận nơi ạ."],
  ])("%j is cut to a whole thought", (text, expected) => {
    expect(cutAtSentenceEnd(text)).toBe(expected);
  });

  test.each([
    ["<think>secret</think>Dạ còn ạ.", "Dạ còn ạ."],
    ["<think>\na\n</think>\n\nDạ.\n<THINK>b</THINK>", "Dạ."],
    ["the start was in the template</think> Dạ.", "Dạ."],
    ["Dạ. <thinking>cut off", "Dạ."],
    ["I think <b>so</b>", "I think <b>so</b>"],
  ])("thoughts in %j are not for the customer", (content, expected) => {
    expect(withoutThinking(content)).toBe(expected);
  });
});
