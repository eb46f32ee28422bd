import { describe, expect, test } from "bun:test";
import { apologyFor, serviceApologyFor } from "../../src/agent/apology.ts";
import { aPart } from "./fixtures.ts";
import { aServiceAgent, fakeService, SERVICE_KEY } from "./service-fixtures.ts";

const replies = (): Response => Response.json({ reply: "Dạ còn ạ." });

/** A 200 whose body starts and never ends. */
function hangs(): Response {
  const start = (controller: ReadableStreamDefaultController): void => controller.enqueue(Buffer.from('{"reply":"'));
  return new Response(new ReadableStream({ start }));
}

function never(): Promise<Response> {
  return new Promise(() => {});
}

describe("T7 a service that answers", () => {
  test("is asked once, at its address, with its key", async () => {
    using service = fakeService(replies);
    const { ask, entries } = aServiceAgent(`${service.origin}/bot`);
    expect(await ask({ parts: [aPart("Áo này còn không?")] })).toEqual({
      kind: "reply",
      reply: { text: "Dạ còn ạ.", actions: [] },
      model: "service",
      tokens: null,
    });
    expect(service.calls).toHaveLength(1);
    expect(service.calls[0]).toMatchObject({
      method: "POST",
      path: "/bot/api/respond",
      body: { text: "Áo này còn không?", user: "hash-of-lan" },
    });
    expect(service.calls[0]?.headers.get("x-api-key")).toBe(SERVICE_KEY);
    expect(service.calls[0]?.headers.get("content-type")).toBe("application/json");
    expect(entries).toEqual([]);
  });

  test("gets no header of ours when there is no key", async () => {
    using service = fakeService(replies);
    await aServiceAgent(service.origin, { apiKey: null }).ask();
    expect(service.calls[0]?.headers.has("x-api-key")).toBe(false);
  });
});

describe("T7 a service that is slow", () => {
  test.each([
    ["says nothing", never],
    ["breaks off in the middle", hangs],
  ])("and %s is busy when its time is up", async (_what, answer) => {
    using service = fakeService(() => {
      queueMicrotask(() => setTimeout(() => clock.advance(30_000), 20));
      return answer();
    });
    const { ask, clock, entries } = aServiceAgent(service.origin);
    expect(await ask()).toEqual({ kind: "busy", reason: "no answer within the time allowed", afterMs: null });
    expect(entries).toMatchObject([{ event: "agent_call_failed", latency_ms: 30_000, retry_in_ms: null }]);
  });

  test("is left alone as soon as the turn is taken back, and nothing is logged", async () => {
    const stop = new AbortController();
    using service = fakeService(() => {
      setTimeout(() => stop.abort(new DOMException("rerun", "AbortError")), 20);
      return never();
    });
    const { ask, entries } = aServiceAgent(service.origin);
    expect(await ask({}, stop.signal)).toEqual({ kind: "aborted" });
    expect(await ask({}, stop.signal)).toEqual({ kind: "aborted" });
    expect(service.calls).toHaveLength(1);
    expect(entries).toEqual([]);
  });
});

describe("T7 a service that does not answer well", () => {
  test("is busy when nobody is there", async () => {
    const service = fakeService(replies);
    service[Symbol.dispose]();
    const { ask, entries } = aServiceAgent(service.origin);
    expect(await ask()).toMatchObject({
      kind: "busy",
      reason: expect.stringContaining("the agent service cannot be reached"),
    });
    expect(entries).toHaveLength(1);
  });

  test.each([
    [500, { kind: "busy", reason: "the agent service answered 500", afterMs: 7_000 }],
    [503, { kind: "busy", reason: "the agent service answered 503", afterMs: 7_000 }],
    [429, { kind: "busy", reason: "the agent service answered 429", afterMs: 7_000 }],
    [401, { kind: "refused", reason: "the agent service answered 401", lasting: true }],
    [403, { kind: "refused", reason: "the agent service answered 403", lasting: true }],
    [404, { kind: "refused", reason: "the agent service answered 404", lasting: false }],
    [422, { kind: "refused", reason: "the agent service answered 422", lasting: false }],
  ] as const)("and answers %i: %j", async (status, answer) => {
    using service = fakeService(() => Response.json({ reply: "no" }, { status, headers: { "retry-after": "7" } }));
    const { ask, entries } = aServiceAgent(service.origin);
    expect(await ask()).toEqual(answer);
    expect(service.calls).toHaveLength(1);
    expect(entries).toMatchObject([{ status, model: "service", conversation: "7", attempt: 1 }]);
  });

  test("S8 and sends us elsewhere is not followed", async () => {
    using elsewhere = fakeService(replies);
    using service = fakeService(() => Response.redirect(`${elsewhere.origin}/api/respond`, 307));
    expect(await aServiceAgent(service.origin).ask()).toMatchObject({ kind: "refused", lasting: true });
    expect(elsewhere.calls).toEqual([]);
  });

  test("and answers no JSON is unusable", async () => {
    using service = fakeService(() => new Response("Dạ còn ạ."));
    expect(await aServiceAgent(service.origin).ask()).toEqual({
      kind: "unusable",
      reason: 'the agent service\'s answer was not JSON like {"reply":"…"}',
    });
  });

  test("and answers without end is read up to 256 KiB", async () => {
    let sent = 0;
    const pull = (controller: ReadableStreamDefaultController): void => {
      sent += 64 * 1024;
      controller.enqueue(Buffer.alloc(64 * 1024, "x"));
    };
    using service = fakeService(() => new Response(new ReadableStream({ pull })));
    expect(await aServiceAgent(service.origin).ask()).toEqual({
      kind: "unusable",
      reason: "the agent service's answer was longer than 256 KiB",
    });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test("and hides a great answer in a small body is read no further either", async () => {
    const packed = Bun.gzipSync(Buffer.alloc(8 * 1024 * 1024, "x"));
    using service = fakeService(() => new Response(packed, { headers: { "content-encoding": "gzip" } }));
    expect(await aServiceAgent(service.origin).ask()).toMatchObject({ kind: "unusable" });
  });

  test("S10 leaves neither the key, the question nor its own words in the log", async () => {
    using service = fakeService((request) =>
      Response.json({ echo: request.headers.get("x-api-key"), reply: "canary-answer" }, { status: 500 }),
    );
    const { ask, entries } = aServiceAgent(service.origin);
    await ask({ parts: [aPart("canary-question")] });
    const logged = entries.map(({ error, ...entry }) => `${JSON.stringify(entry)} ${error.message} ${error.stack}`);
    expect(logged).toHaveLength(1);
    expect(logged.join()).not.toContain("canary");
  });
});

test("T7 the apology has its words, and English below them for who writes it", () => {
  expect(serviceApologyFor("vi")).toBe("Agent tạm thời bận, vui lòng thử lại sau.");
  expect(serviceApologyFor("en")).toBe(
    "Agent tạm thời bận, vui lòng thử lại sau.\nThe agent is busy right now, please try again later.",
  );
  expect(apologyFor("vi")).not.toBe(serviceApologyFor("vi"));
});
