/** T6 what the user service is called for, against a small one of its kind. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { LeasedInteraction, ReportOutcome, UserService } from "../../src/core/interaction.ts";
import { userService } from "../../src/services/users/index.ts";
import { API_KEY, UserServer } from "../helpers/user-service.ts";

let server: UserServer;
let users: UserService;

beforeEach(() => {
  server = new UserServer();
  users = userService({ baseUrl: server.start(), apiKey: API_KEY, apiHeader: "X-API-Key", timeoutMs: 1_000 });
});
afterEach(() => server.stop());

let made = 0;
function anInteraction(fields: Partial<LeasedInteraction> = {}): LeasedInteraction {
  made += 1;
  return {
    id: `id-${made}`,
    direction: "in",
    messageId: String(made),
    text: "xin chào",
    metadata: { update_id: made },
    whose: { channel: "telegram", accountId: 1, account: "7", conversation: 1, contact: "5001", correlation: "c" },
    name: "Lan",
    inDoubt: false,
    told: [],
    attempts: 1,
    fence: 1,
    createdAt: 0,
    ...fields,
  };
}

function report(interaction = anInteraction()): Promise<ReportOutcome> {
  return users.report(interaction, new AbortController().signal);
}

/** The service answers this path so. */
function answers(path: string, status: number, headers: Record<string, string> = {}, body = "{}"): void {
  server.hurdle = (_request, at) => (at.startsWith(path) ? new Response(body, { status, headers }) : null);
}

describe("T6 the user", () => {
  test("is looked up, registered when unknown, and remembered", async () => {
    await report();
    await report();
    expect(server.calls).toEqual([
      "GET /api/users/by-telegram/5001",
      "POST /api/users/register",
      "POST /api/interactions",
      "POST /api/interactions",
    ]);
  });

  test("is not registered when known", async () => {
    server.users.push({ id: 9, telegram_id: 5001, phone: null, full_name: null, email: null });
    await report();
    expect(server.users).toHaveLength(1);
    expect(server.interactions[0]?.user_id).toBe(9);
  });

  test.each([
    ["itself", { id: "u-1" }],
    ["with a message", { message: "welcome", user: { id: "u-1", extra: true } }],
  ])("may be answered %s, under an id of any kind", async (_, answer) => {
    const seen: unknown[] = [];
    server.hurdle = (_request, path, body) => {
      if (path.startsWith("/api/users")) return Response.json(answer);
      seen.push(body);
      return Response.json({ id: 1 });
    };
    expect(await report()).toEqual({ kind: "sent", messageId: "1" });
    expect(seen).toMatchObject([{ user_id: "u-1" }]);
  });

  test("that somebody else has just registered is looked up once more", async () => {
    server.hurdle = (_request, path) => {
      if (path !== "/api/users/register") return null;
      server.users.push({ id: 9, telegram_id: 5001, phone: null, full_name: null, email: null });
      return Response.json({}, { status: 409 });
    };
    expect((await report()).kind).toBe("sent");
  });

  test("whom the service will not register and does not know either fails alone: others are still told of", async () => {
    answers("/api/users/register", 409);
    expect(await report()).toMatchObject({ kind: "request", reason: expect.stringContaining("409") });
  });

  test("that was made anew there is found under its new id", async () => {
    await report();
    server.users.splice(0);
    server.hurdle = (_request, path, body) =>
      path === "/api/interactions" && JSON.stringify(body).includes('"user_id":100') && server.users.length === 0
        ? Response.json({}, { status: 404 })
        : null;
    expect((await report()).kind).toBe("sent");
    expect(server.calls.filter((call) => call === "POST /api/users/register")).toHaveLength(2);
  });
});

describe("T6 one that may have arrived", () => {
  test("is looked for, and not sent again when it is there", async () => {
    const first = anInteraction();
    await report(first);
    expect(await report({ ...first, inDoubt: true })).toEqual({ kind: "sent", messageId: "1000" });
    expect(server.interactions).toHaveLength(1);
  });

  test("is sent when it is not there, whatever else says the same words", async () => {
    await report(anInteraction({ text: "ok" }));
    expect((await report(anInteraction({ text: "ok", inDoubt: true }))).kind).toBe("sent");
    expect(server.interactions).toHaveLength(2);
  });

  test("is known by its message's id where the service lists no metadata", async () => {
    server.terse = true;
    const first = anInteraction({ text: "ok" });
    await report(first);
    await report({ ...first, inDoubt: true });
    await report(anInteraction({ text: "ok", inDoubt: true }));
    expect(server.interactions).toHaveLength(2);
  });

  test("is known there by its words when it has no id, unless those were told before it", async () => {
    server.terse = true;
    const out = { direction: "out", messageId: null, text: "Dạ còn ạ.", inDoubt: true } as const;
    await report(anInteraction(out));
    await report(anInteraction(out));
    expect(server.interactions).toHaveLength(1);
    await report(anInteraction({ ...out, told: ["1000"] }));
    expect(server.interactions).toHaveLength(2);
  });

  test("stays in doubt while nobody can say", async () => {
    await report();
    for (const [status, body] of [
      [500, "{}"],
      [200, "<html>"],
    ] as const) {
      answers("/api/interactions/", status, {}, body);
      expect((await report(anInteraction({ inDoubt: true }))).kind).toBe("unsent");
    }
    expect(server.interactions).toHaveLength(1);
  });

  test("counts as told when the service says that it has it", async () => {
    const first = anInteraction();
    await report(first);
    answers("/api/interactions", 409);
    server.hurdle = (request, path) =>
      request.method === "POST" && path === "/api/interactions" ? Response.json({}, { status: 409 }) : null;
    expect((await report(first)).kind).toBe("sent");
    expect((await report(anInteraction())).kind).toBe("request");
  });
});

describe("§3 what an answer means", () => {
  test.each([
    ["/api/interactions", 500, "unlikely"],
    ["/api/interactions", 503, "unlikely"],
    ["/api/interactions", 408, "unlikely"],
    ["/api/interactions", 401, "account"],
    ["/api/interactions", 403, "account"],
    ["/api/interactions", 422, "request"],
    ["/api/interactions", 404, "request"],
    ["/api/interactions", 302, "unsent"],
    ["/api/users/by-telegram", 500, "unsent"],
    ["/api/users/by-telegram", 401, "account"],
    ["/api/users/by-telegram", 400, "request"],
    ["/api/users/register", 404, "account"],
    ["/api/users/register", 422, "request"],
    ["/api/users/register", 503, "unsent"],
  ] as const)("%s %d is %s", async (path, status, kind) => {
    answers(path, status);
    const outcome = await report();
    expect(outcome.kind).toBe(kind);
    expect("reason" in outcome && outcome.reason).toContain(
      path.endsWith("register") && status === 404 ? "register" : String(status),
    );
  });

  test("429 asks for patience", async () => {
    answers("/api/interactions", 429, { "retry-after": "7" });
    expect(await report()).toMatchObject({ kind: "throttled", afterMs: 7_000 });
  });

  test("no answer in time leaves doubt once the interaction is on its way, and none before", async () => {
    const over = Promise.withResolvers<null>();
    server.hurdle = (_request, path) => (path === "/api/interactions" ? over.promise : null);
    expect((await report()).kind).toBe("ambiguous");
    server.hurdle = (_request, path) => (path.startsWith("/api/users/by") ? over.promise : null);
    const stranger = { ...anInteraction().whose, contact: "5002" };
    expect((await report(anInteraction({ whose: stranger }))).kind).toBe("unsent");
    over.resolve(null);
  });

  test("a service that is not there was sent nothing", async () => {
    await server.stop();
    expect((await report()).kind).toBe("unsent");
    server.start();
  });
});

test("a redirect to the same path with a slash is followed with the same body, and only that", async () => {
  server.hurdle = (_request, path) =>
    path === "/api/interactions"
      ? new Response(null, { status: 307, headers: { location: "/api/interactions/" } })
      : null;
  const seen: unknown[] = [];
  const slashed = server.hurdle;
  server.hurdle = (request, path, body) => {
    if (path !== "/api/interactions/") return slashed(request, path, body);
    seen.push([request.headers.get("x-api-key"), body]);
    return Response.json({ id: 5 });
  };
  expect(await report(anInteraction({ text: "chào" }))).toEqual({ kind: "sent", messageId: "5" });
  expect(seen).toMatchObject([[API_KEY, { message_text: "chào", direction: "in" }]]);
  for (const location of [
    "/api/other/",
    "//elsewhere.example/api/interactions/",
    "https://127.0.0.1/api/interactions/",
  ]) {
    answers("/api/interactions", 307, { location });
    expect(await report()).toMatchObject({ kind: "unsent", reason: expect.stringContaining("a redirect") });
  }
});
