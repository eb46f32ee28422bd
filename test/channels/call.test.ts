import { afterAll, describe, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { call, type CallOutcome } from "../../src/channels/call.ts";
import { retryAfterMs } from "../../src/core/call-phase.ts";

const TOKEN = "EAAsecretToken";
const never = new AbortController().signal;
const listeners: Server[] = [];

/** A peer that misbehaves on the level of bytes. */
async function peer(behave: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    behave(socket);
  });
  listeners.push(server);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const web = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/moved") return new Response(null, { status: 307, headers: { location: "/stolen" } });
    if (pathname === "/busy") return new Response("slow down", { status: 429, headers: { "retry-after": "3" } });
    return Response.json({
      method: request.method,
      type: request.headers.get("content-type"),
      body: await request.text(),
    });
  },
});

afterAll(async () => {
  await web.stop(true);
  for (const server of listeners) server.close();
});

function attempt(url: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<CallOutcome> {
  const request = { method: "POST", url: `${url}?access_token=${TOKEN}`, json: { text: "xin chào" } } as const;
  return call({ ...request, timeoutMs: options.timeoutMs ?? 2_000 }, options.signal ?? never);
}

describe("one attempt", () => {
  test("brings the answer, whatever its status", async () => {
    expect(await attempt(`${web.url}ok`)).toMatchObject({
      kind: "answered",
      status: 200,
      body: JSON.stringify({ method: "POST", type: "application/json", body: '{"text":"xin chào"}' }),
    });
    const busy = await attempt(`${web.url}busy`);
    expect(busy).toMatchObject({ kind: "answered", status: 429, body: "slow down" });
    expect(busy.kind === "answered" && retryAfterMs(busy.headers)).toBe(3_000);
  });

  test("reads without a body", async () => {
    const answer = await call({ method: "GET", url: `${web.url}ok`, json: null, timeoutMs: 2_000 }, never);
    expect(answer).toMatchObject({ kind: "answered", body: '{"method":"GET","type":null,"body":""}' });
  });

  test("does not follow a redirect", async () => {
    expect(await attempt(`${web.url}moved`)).toEqual({
      kind: "redirected",
      reason: "redirected (HTTP 307); redirects are not followed",
    });
  });

  test("knows that nothing was sent when there is no name, no listener, no TLS, no address", async () => {
    const deaf = await peer((socket) => socket.on("data", () => socket.end("I speak no TLS\r\n")));
    const closed = await peer(() => {});
    await new Promise((done) => listeners.at(-1)?.close(done));
    const outcomes = await Promise.all([
      attempt("http://no-such-host.invalid/"),
      attempt(`http://127.0.0.1:${closed}/`),
      attempt(`https://127.0.0.1:${deaf}/`),
      attempt("no address at all"),
      attempt(`${web.url}ok`, { signal: AbortSignal.abort() }),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["unsent", "unsent", "unsent", "unsent", "unsent"]);
  });

  test("does not know what happened when the answer is missing, broken off or late", async () => {
    const resets = await peer((socket) => socket.on("data", () => socket.resetAndDestroy()));
    const hangsUp = await peer((socket) => socket.on("data", () => socket.end()));
    const stopsHalfway = await peer((socket) =>
      socket.on("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")),
    );
    const silent = await peer(() => {});
    const stop = new AbortController();
    const stopped = attempt(`http://127.0.0.1:${silent}/`, { signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    expect(
      await Promise.all([
        attempt(`http://127.0.0.1:${resets}/`),
        attempt(`http://127.0.0.1:${hangsUp}/`),
        attempt(`http://127.0.0.1:${stopsHalfway}/`),
        attempt(`http://127.0.0.1:${silent}/`, { timeoutMs: 50 }),
        stopped,
      ]),
    ).toEqual([
      { kind: "unknown", reason: "connection lost (ECONNRESET)" },
      { kind: "unknown", reason: "connection lost (ECONNRESET)" },
      { kind: "unknown", reason: "connection lost (ECONNRESET)" },
      { kind: "unknown", reason: "no answer in time" },
      { kind: "unknown", reason: "stopped before the answer" },
    ]);
  });

  test("tells neither address nor token in a reason", async () => {
    const resets = await peer((socket) => socket.on("data", () => socket.resetAndDestroy()));
    const outcomes = await Promise.all([
      attempt(`${web.url}moved`),
      attempt("http://no-such-host.invalid/"),
      attempt("no address at all"),
      attempt(`http://127.0.0.1:${resets}/`),
    ]);
    expect(outcomes).toHaveLength(4);
    for (const outcome of outcomes) expect(JSON.stringify(outcome)).not.toMatch(/EAAsecret|invalid|127\.0|address at/);
  });
});

describe("Retry-After", () => {
  const date = "Wed, 25 Nov 2026 08:00:00 GMT";
  test.each<[string | null, number | null]>([
    ["3", 3_000],
    [" 120 ", 120_000],
    ["0.25", 250],
    ["1.0001", 1_001],
    ["Wed, 25 Nov 2026 08:00:30 GMT", 30_000],
    ["Wednesday, 25-Nov-26 08:01:00 GMT", 60_000],
    ["Wed, 25 Nov 2026 07:59:00 GMT", null],
    ["31536000", 86_400_000],
    ["0", null],
    ["-5", null],
    ["1e3", null],
    ["soon 1", null],
    ["NaN", null],
    ["", null],
    [null, null],
  ])("%p means %p ms", (value, ms) => {
    expect(retryAfterMs(new Headers(value === null ? { date } : { date, "retry-after": value }))).toBe(ms);
  });

  test("as a date means nothing without the platform's own clock", () => {
    expect(retryAfterMs(new Headers({ "retry-after": date }))).toBeNull();
  });
});
