/** The listener with the real Messenger channel, admin API and store, and what it tells. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { openChannels } from "../../src/channels/registry.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { BotEvent } from "../../src/core/event.ts";
import { Fault } from "../../src/core/fault.ts";
import type { Store } from "../../src/core/store.ts";
import { adminRoutes } from "../../src/http/admin.ts";
import { restApp } from "../../src/http/rest.ts";
import { publicRoutes, webhookRoutes } from "../../src/http/routes/public.ts";
import { ProcessingCounters } from "../../src/events/processing.ts";
import { startServer, webhooks, type RunningServer, type ServerOptions } from "../../src/http/server.ts";
import { APP } from "../helpers/bot.ts";
import { aDataFolder, openStore } from "../helpers/sqlite.ts";

const TOKEN = "an-admin-token-for-tests-of-the-door";
const folder = aDataFolder();
let store: Store;
let server: RunningServer;
let options: ServerOptions;
const events: BotEvent[] = [];
const alarms: string[] = [];
const errors: unknown[] = [];
let taken = 0;

const noAccounts = async (): Promise<never> => {
  throw new Fault("refused", "no accounts here");
};

beforeAll(() => {
  store = openStore(folder.path);
  const clock = systemClock();
  const { secret: appSecret, id: appId, verifyToken } = APP;
  const graph = {
    graphBase: "http://127.0.0.1:9",
    graphVersion: "v24.0",
    previousAppSecret: null,
    sendTimeoutMs: 1_000,
  };
  options = {
    host: "127.0.0.1",
    port: 0,
    trustedProxyHops: 0,
    adminToken: TOKEN,
    publicUrl: "https://bot.example.com/",
    clock,
    publish: (event) => events.push(event),
    channels: {
      messenger: openChannels({ messenger: { ...graph, appSecret, appId, verifyToken } }).get("messenger") ?? null,
      telegram: null,
    },
    take: async () => void (taken += 1),
    onWebhook: () => {},
    notReady: async () => null,
    privacyPage: "",
    onError: (error) => errors.push(error),
    alarm: (cause) => alarms.push(cause),
    store,
    follow: async function* () {
      yield { missed: null };
    },
    closing: new AbortController().signal,
    now: () => clock.now(),
    drop: async () => false,
    flush: async () => 0,
    send: async () => {
      throw new Fault("refused", "the platform refused it: 100", "Check the recipient.");
    },
    takeOver: async () => {},
    release: async () => {},
    reply: async () => ({ kind: "queued", deliveryId: "d" }),
    processing: async () => ({ ...new ProcessingCounters().now(), pending_contexts: 0 }),
    metrics: async () => "",
    broadcast: async () => ({ id: 1, isNew: true }),
    status: async () => {
      throw new Fault("storage", "nothing can be read");
    },
    accounts: { add: noAccounts, setToken: noAccounts, inspect: noAccounts, subscribe: noAccounts, remove: noAccounts },
  };
  server = startServer(options);
});

afterAll(async () => {
  await server.stop(AbortSignal.abort());
  await store.close();
  folder.remove();
});

beforeEach(() => {
  for (const list of [events, alarms, errors]) list.length = 0;
  taken = 0;
});

const bearer = { authorization: `Bearer ${TOKEN}` };
const json = { "content-type": "application/json" };

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.url}${path}`, init);
}

function hook(signature: string, body = "{}"): Promise<Response> {
  const headers = { "x-hub-signature-256": `sha256=${signature}` };
  return ask("/api/webhooks/messenger", { method: "POST", body, headers });
}

const genuine = createHmac("sha256", APP.secret).update("{}").digest("hex");

describe("S4 forged webhooks", () => {
  test("are told ten times a minute and address, then by alarm, and a genuine one always gets in", async () => {
    for (let n = 0; n < 40; n++) expect((await hook("0".repeat(64))).status).toBe(401);
    expect((await hook(genuine)).status).toBe(200);
    expect([events.length, new Set(events.map(({ type }) => type))]).toEqual([10, new Set(["signature_refused"])]);
    expect([alarms.length, new Set(alarms)]).toEqual([30, new Set(["forged:messenger"])]);
    expect(taken).toBe(1);
  });

  test("that announce 4 MiB and stall shut no genuine one out", async () => {
    const { hostname, port } = new URL(server.url);
    const sockets = Array.from({ length: 12 }, () => {
      const socket = connect(Number(port), hostname);
      const head = `POST /api/webhooks/messenger HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=${"a".repeat(64)}`;
      socket.write(`${head}\r\nContent-Length: ${4 * 1024 * 1024}\r\n\r\n0123456789`);
      return socket;
    });
    await Bun.sleep(100);
    expect((await hook(genuine)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});

describe("S5 the admin token", () => {
  test.each([
    ["no JSON", { method: "POST", headers: json, body: "{bad" }],
    ["much JSON", { method: "POST", headers: json, body: `["${"x".repeat(4_900_000)}"]` }],
    ["a form", { method: "POST", headers: { "content-type": "multipart/form-data" }, body: "zzz" }],
    ["no body", { method: "POST" }],
  ])("S6 is asked for before a body is read: %s", async (_, init) => {
    const answer = await ask("/api/retries/flush", init);
    expect([answer.status, await answer.json()]).toMatchObject([401, { error: { code: "credentials" } }]);
    expect(errors).toEqual([]);
  });

  test("with it, a body that is no JSON is 400", async () => {
    const init = { method: "POST", headers: { ...bearer, ...json }, body: "{bad" };
    expect((await ask("/api/retries/flush", init)).status).toBe(400);
  });

  test("who tries again and again raises an alarm, and is let in with the right one", async () => {
    for (let n = 0; n < 25; n++) {
      expect((await ask("/api/accounts", { headers: { authorization: `Bearer guess-${n}` } })).status).toBe(401);
    }
    expect(new Set(alarms)).toEqual(new Set(["admin-token"]));
    expect((await ask("/api/accounts", { headers: bearer })).status).toBe(200);
  });

  test("is not enough for a page from elsewhere: 403", async () => {
    const answer = await ask("/api/accounts", { headers: { ...bearer, origin: "https://evil.example" } });
    expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: "credentials" } }]);
    const init = { method: "POST", headers: { ...bearer, ...json, origin: "https://evil.example" }, body: "{}" };
    expect((await ask("/api/retries/flush", init)).status).toBe(403);
  });

  test("is enough for the server's own page, also behind a proxy that speaks HTTPS", async () => {
    const headers = { ...bearer, ...json, origin: "https://bot.example.com" };
    expect((await ask("/api/retries/flush", { method: "POST", headers, body: "{}" })).status).toBe(200);
    const other = { ...headers, origin: "https://bot.example.com.evil.example" };
    expect((await ask("/api/retries/flush", { method: "POST", headers: other, body: "{}" })).status).toBe(403);
  });

  test("is asked for in the words that HTTP has for it", async () => {
    expect((await ask("/api/accounts")).headers.get("www-authenticate")).toBe("Bearer");
  });
});

test("M9 the routes there are, are those the reference describes", () => {
  const nameOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;
  const described = [...adminRoutes, ...publicRoutes].map(({ method, path }) => {
    return nameOf({ method, path: path.replaceAll(/\{(\w+)\}/g, ":$1") });
  });
  expect(
    restApp(options, () => "")
      .routes.map(nameOf)
      .sort(),
  ).toEqual(described.sort());
  const { messenger } = options.channels;
  const telegram = messenger === null ? null : { ...messenger, addressesAccounts: true };
  const doors = webhooks({ ...options, channels: { messenger, telegram } });
  const paths = doors.map(([path]) => path.replaceAll(/:(\w+)/g, "{$1}"));
  expect(paths.flatMap((path) => [`GET ${path}`, `POST ${path}`]).sort()).toEqual(webhookRoutes.map(nameOf).sort());
});

test.each(["x", "bot", "bot.example.com:8000"])("a server called %p is found under all its paths", async (host) => {
  expect((await ask("/api/health", { headers: { host } })).status).toBe(200);
  expect((await ask("/api/accounts", { headers: { host, ...bearer } })).status).toBe(200);
});

test("HEAD of the event stream is answered, and does not wait for its end", async () => {
  let followers = 0;
  const follow: ServerOptions["follow"] = async function* (_, signal) {
    followers += 1;
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    yield { missed: null };
  };
  const other = startServer({ ...options, follow });
  const answer = await fetch(`${other.url}/api/events`, { method: "HEAD", headers: bearer });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  expect(followers).toBe(0);
  await other.stop(AbortSignal.abort());
});

test.each(["/api/conversations", "/api/retries", "/api/broadcasts"])(
  "a cursor that no page of %s gave is refused, and begins nothing anew",
  async (list) => {
    for (const cursor of ["zzz", "1.2.3", "%00", "-1"]) {
      const answer = await ask(`${list}?cursor=${cursor}`, { headers: bearer });
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: "usage" } }]);
    }
  },
);

test("what a platform refuses is 502 and no error of ours", async () => {
  const body = JSON.stringify({ recipient_id: "71", text: "hi" });
  const init = { method: "POST", headers: { ...bearer, ...json }, body };
  const answer = await ask("/api/integrations/messenger/send", init);
  expect([answer.status, await answer.json()]).toMatchObject([502, { error: { code: "refused" } }]);
  expect(errors).toEqual([]);
});

test.each([
  ["", null],
  ["x", null],
  ["-1", null],
  ["1795000000000007", 1_795_000_000_000_007],
])("Last-Event-ID %p is read as %p", async (last, expected) => {
  const asked: (number | null)[] = [];
  const follow: ServerOptions["follow"] = async function* (afterSeq) {
    asked.push(afterSeq);
    yield { missed: null };
  };
  const other = startServer({ ...options, follow });
  const answer = await fetch(`${other.url}/api/events`, { headers: { ...bearer, "last-event-id": last } });
  await answer.body?.cancel();
  await other.stop(AbortSignal.abort());
  expect(asked).toEqual([expected]);
});

test("an admin API that could not be loaded is loaded by the next request", async () => {
  let loads = 0;
  const broken: ServerOptions = {
    ...options,
    get adminToken(): string {
      loads += 1;
      if (loads === 1) throw new Error("no memory just now");
      return TOKEN;
    },
  };
  const other = startServer(broken);
  expect((await fetch(`${other.url}/api/health`)).status).toBe(500);
  expect((await fetch(`${other.url}/api/health`)).status).toBe(200);
  await other.stop(AbortSignal.abort());
});
