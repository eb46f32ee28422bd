import { describe, expect, test } from "bun:test";
import { anAgent, fails, fakeClock, fakeModel, messagesOf, says } from "./fixtures.ts";

/** A 200 whose body starts and never ends. */
function hangs(): Response {
  return new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"choices":[')),
    }),
    { headers: { "content-type": "application/json" } },
  );
}

describe("a server that is busy", () => {
  test("R5 is asked again after 1 s, 2 s and 4 s, and then given up for now", async () => {
    using model = fakeModel(fails(503));
    const { ask, clock, entries } = anAgent(model.origin);
    expect(await ask()).toEqual({ kind: "busy", reason: "the model server answered 503", afterMs: null });
    expect(clock.slept).toEqual([1_000, 2_000, 4_000]);
    expect(model.requests).toHaveLength(4);
    expect(entries.map((entry) => entry.retry_in_ms)).toEqual([1_000, 2_000, 4_000, null]);
  });

  test("is asked no more once it answers", async () => {
    using model = fakeModel(fails(429), fails(500), says("Dạ."));
    const { ask, clock } = anAgent(model.origin);
    expect((await ask()).kind).toBe("reply");
    expect(clock.slept).toEqual([1_000, 2_000]);
  });

  test("is left alone for as long as it says", async () => {
    using model = fakeModel(fails(429, { code: "rate_limit_exceeded" }, { "retry-after": "5.5" }), says("Dạ."));
    const { ask, clock } = anAgent(model.origin);
    expect((await ask()).kind).toBe("reply");
    expect(clock.slept).toEqual([5_500]);
  });

  test("that asks for more time than there is ends the answer at once and says when to come back", async () => {
    using model = fakeModel(fails(429, { code: "rate_limit_exceeded", type: "tokens" }, { "retry-after": "840" }));
    const { ask, clock } = anAgent(model.origin);
    expect(await ask()).toEqual({
      kind: "busy",
      reason: "the model server answered 429 (rate_limit_exceeded, tokens)",
      afterMs: 840_000,
    });
    expect(clock.slept).toEqual([]);
    expect(model.requests).toHaveLength(1);
  });

  test("is not waited for past the end of the time allowed", async () => {
    using model = fakeModel(fails(503));
    const { ask, clock } = anAgent(model.origin, { timeLimitMs: 5_000 });
    expect((await ask()).kind).toBe("busy");
    expect(clock.slept).toEqual([1_000, 2_000]);
  });

  test("is asked by many at slightly different moments", async () => {
    using model = fakeModel(fails(503), says("Dạ."));
    const { ask, clock } = anAgent(model.origin, { chance: () => 0.5 });
    await ask();
    expect(clock.slept).toEqual([1_100]);
  });

  test("that cannot be reached is busy too", async () => {
    const model = fakeModel();
    model[Symbol.dispose]();
    const { ask, clock } = anAgent(model.origin, { quickRetries: 1 });
    expect(await ask()).toMatchObject({ kind: "busy", reason: expect.stringContaining("cannot be reached") });
    expect(clock.slept).toEqual([1_000]);
  });

  test("that breaks off or talks nonsense under a JSON header is asked again", async () => {
    using model = fakeModel(
      () => new Response('{"choi', { headers: { "content-type": "application/json" } }),
      says("Dạ."),
    );
    expect((await anAgent(model.origin).ask()).kind).toBe("reply");
    expect(model.requests).toHaveLength(2);
  });
});

describe("time and interruption", () => {
  test("a body that never ends is left when the time is up", async () => {
    using model = fakeModel(hangs);
    const { ask, clock, entries } = anAgent(model.origin);
    const answer = ask();
    while (model.requests.length === 0) await Bun.sleep(1);
    await Bun.sleep(20);
    clock.advance(15_000);
    expect(await answer).toEqual({ kind: "busy", reason: "no answer within the time allowed", afterMs: null });
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ latency_ms: 15_000, retry_in_ms: null });
  });

  test("the caller's own deadline counts as time being up", async () => {
    using model = fakeModel(hangs);
    expect(await anAgent(model.origin).ask({}, AbortSignal.timeout(40))).toEqual({
      kind: "busy",
      reason: "no answer within the time allowed",
      afterMs: null,
    });
  });

  test.each(["before the headers", "in the middle of the body"])(
    "an interruption %s closes the connection",
    async (when) => {
      const hungUp = Promise.withResolvers<void>();
      using model = fakeModel(({ hungUp: signal }) => {
        signal.addEventListener("abort", () => hungUp.resolve());
        return when === "before the headers" ? new Promise<Response>(() => {}) : hangs();
      });
      const { ask, entries } = anAgent(model.origin);
      const newerPart = new AbortController();
      const answer = ask({}, newerPart.signal);
      while (model.requests.length === 0) await Bun.sleep(1);
      await Bun.sleep(20);
      newerPart.abort(new Error("a newer part came"));
      expect(await answer).toEqual({ kind: "aborted" });
      await hungUp.promise;
      expect(entries).toEqual([]);
    },
  );

  test("an interruption during a wait ends it", async () => {
    const newerPart = new AbortController();
    using model = fakeModel(fails(503));
    const { ask, clock } = anAgent(model.origin, {}, fakeClock(false));
    const answer = ask({}, newerPart.signal);
    while (clock.slept.length === 0) await Bun.sleep(1);
    newerPart.abort();
    expect(await answer).toEqual({ kind: "aborted" });
    expect(model.requests).toHaveLength(1);
  });

  test("time that runs out during a wait asked for by the server leaves the rest of that wait to the caller", async () => {
    const deadline = new AbortController();
    using model = fakeModel(fails(429, {}, { "retry-after": "10" }));
    const { ask, clock } = anAgent(model.origin, {}, fakeClock(false));
    const answer = ask({}, deadline.signal);
    while (clock.slept.length === 0) await Bun.sleep(1);
    clock.advance(4_000);
    deadline.abort(new DOMException("late", "TimeoutError"));
    expect(await answer).toMatchObject({ kind: "busy", afterMs: 6_000 });
  });

  test("an answer nobody wants any more is not asked for", async () => {
    using model = fakeModel(says("Dạ."));
    expect(await anAgent(model.origin).ask({}, AbortSignal.abort())).toEqual({ kind: "aborted" });
    expect(model.requests).toEqual([]);
  });
});

describe("refusals", () => {
  test.each([
    [401, "invalid_api_key"],
    [403, "forbidden"],
    [404, "model_not_found"],
    [400, "model_decommissioned"],
    [400, "blocked_api_access"],
  ])("%i %s needs a person and is not asked again", async (status, code) => {
    using model = fakeModel(fails(status, { code }));
    expect(await anAgent(model.origin).ask()).toEqual({
      kind: "refused",
      lasting: true,
      reason: `the model server answered ${status} (${code})`,
    });
    expect(model.requests).toHaveLength(1);
  });

  test("S8 a redirect is not followed", async () => {
    using elsewhere = fakeModel(says("stolen"));
    using model = fakeModel(() => Response.redirect(`${elsewhere.origin}/v1/chat/completions`, 307));
    expect((await anAgent(model.origin).ask()).kind).toBe("refused");
    expect(elsewhere.requests).toEqual([]);
  });

  test("a request that is too large is made once more, with a quarter of the history", async () => {
    const history = Array.from({ length: 40 }, (_, at) => ({
      by: "client" as const,
      text: `dòng số ${at};`,
      attachments: [],
      at,
    }));
    using model = fakeModel(fails(413, { code: "rate_limit_exceeded" }), says("Dạ."));
    expect((await anAgent(model.origin).ask({ history })).kind).toBe("reply");
    expect(messagesOf(model.requests[0]).split("dòng số")).toHaveLength(41);
    expect(messagesOf(model.requests[1]).split("dòng số")).toHaveLength(11);
    expect(messagesOf(model.requests[1])).toContain("dòng số 39;");
    expect(model.requests[1]?.body["max_completion_tokens"]).toBe(512);
  });

  test("a request that is still too large needs a person", async () => {
    using model = fakeModel(fails(413, { code: "rate_limit_exceeded" }));
    expect((await anAgent(model.origin).ask()).kind).toBe("refused");
    expect(model.requests).toHaveLength(2);
  });

  test("a generation that failed at the server is tried once more", async () => {
    using model = fakeModel(fails(400, { code: "tool_use_failed", failed_generation: "x" }));
    expect((await anAgent(model.origin).ask()).kind).toBe("unusable");
    expect(model.requests).toHaveLength(2);
  });
});
