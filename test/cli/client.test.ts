import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { AdminClient, checkHealth, connect, readServerFile } from "../../cli/client.ts";
import { sseMessages } from "../../cli/sse.ts";
import { aFolder, faultOf, playApi, problem, stage, TOKEN } from "./stage.ts";

/** An address where nothing listens: the server that had the port is gone. */
async function deadUrl(): Promise<string> {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const url = `http://127.0.0.1:${server.port}`;
  await server.stop(true);
  return url;
}

function conversation(id: number) {
  return { id, channel: "messenger", account: "1", contact: "2", name: null, state: "bot", last_at: 0, turn: null };
}

describe("finding the server", () => {
  test("the data folder tells its address and its token", async () => {
    await using api = playApi({ "GET /api/retries": () => Response.json({ data: [], next: null }) });
    const client = await connect(stage().context, { dataDir: api.dataDir });
    expect(client.url).toBe(api.url);
    await client.retries();
    expect(api.asked[0]?.authorization).toBe(`Bearer ${TOKEN}`);
  });

  test("no server.json means no server is running", async () => {
    using folder = aFolder();
    const connecting = connect(stage().context, { dataDir: folder.path });
    expect(await faultOf(connecting)).toMatchObject({
      code: "unreachable",
      message: `No server is running for the data folder ${folder.path}.`,
    });
  });

  test("a server.json that makes no sense is not trusted", async () => {
    using folder = aFolder({ "server.json": '{"url":7}' });
    expect(await faultOf(readServerFile(folder.path))).toMatchObject({ code: "storage" });
  });

  test("a server elsewhere never gets this machine's token by itself", async () => {
    using folder = aFolder({ "admin-token": TOKEN, "their-token": "their-token-text\n" });
    const flags = { dataDir: folder.path, url: "https://bot.example.com/anything" };
    expect(await faultOf(connect(stage().context, flags))).toMatchObject({
      code: "usage",
      fix: "Add --token-file FILE, or set BOTCTL_ADMIN_TOKEN.",
    });
    const client = await connect(stage({ cwd: folder.path }).context, { ...flags, tokenFile: "their-token" });
    expect(client.url).toBe("https://bot.example.com");
  });

  test("the token of the environment outranks the folder's, a named file both", async () => {
    await using api = playApi({ "GET /api/retries": () => Response.json({ data: [], next: null }) });
    using folder = aFolder({ token: "from-file", other: "from-other" });
    const asking = async (env: Record<string, string>, tokenFile?: string) => {
      const client = await connect(stage({ env, cwd: folder.path }).context, { dataDir: api.dataDir, tokenFile });
      await client.retries();
      return api.asked.at(-1)?.authorization;
    };
    expect(await asking({ BOTCTL_ADMIN_TOKEN: " from-environment " })).toBe("Bearer from-environment");
    expect(await asking({ BOTCTL_ADMIN_TOKEN_FILE: "other" })).toBe("Bearer from-other");
    expect(await asking({ BOTCTL_ADMIN_TOKEN: "from-environment" }, "token")).toBe("Bearer from-file");
  });

  test.each(["bot.example.com", "ftp://bot.example.com", "https://me:secret@bot.example.com"])(
    "%s is no address, and is not repeated",
    async (url) => {
      const refused = await connect(stage().context, { url }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: "usage" });
      expect(String(refused)).not.toContain("secret");
    },
  );

  test("a token that cannot be one is said before anything is called, and not repeated", async () => {
    using folder = aFolder({ token: "two\nlines" });
    const env = { BOTCTL_ADMIN_TOKEN: "mật-khẩu" };
    const fault = await faultOf(connect(stage({ env }).context, { url: "http://127.0.0.1:1" }));
    expect(fault).toMatchObject({
      code: "credentials",
      message: "There is no usable admin token in BOTCTL_ADMIN_TOKEN.",
    });
    const connecting = connect(stage().context, { url: "http://127.0.0.1:1", tokenFile: `${folder.path}/token` });
    expect(await faultOf(connecting)).toMatchObject({ code: "credentials" });
  });
});

describe("a refused call", () => {
  test.each([
    [401, "whatever", "credentials"],
    [403, "whatever", "credentials"],
    [404, "not_found", "not_found"],
    [409, "window_closed", "window_closed"],
    [422, "account_ambiguous", "account_ambiguous"],
    [422, "of another version", "usage"],
    [500, "of another version", "failed"],
    [503, "storage", "storage"],
  ])("with %i and the code %p is %s", async (status, code, fault) => {
    await using api = playApi({ "GET /api/retries/x": () => problem(status, code, "Their words.", "Their fix.") });
    const client = await connect(stage().context, { dataDir: api.dataDir });
    expect(await faultOf(client.retry("x"))).toMatchObject({ code: fault });
  });

  test("says what the server said, and its status when it said nothing", async () => {
    await using api = playApi({
      "GET /api/retries/told": () => problem(422, "usage", "Their words.", "Their fix."),
      "GET /api/retries/mute": () => new Response("<html>", { status: 502 }),
    });
    const client = await connect(stage().context, { dataDir: api.dataDir });
    expect(await faultOf(client.retry("told"))).toMatchObject({ message: "Their words.", fix: "Their fix." });
    expect(await faultOf(client.retry("mute"))).toMatchObject({
      code: "failed",
      message: `The server at ${api.url} answered 502 to GET /api/retries/mute.`,
    });
  });

  test("never follows a redirect, which would take the token along", async () => {
    await using elsewhere = playApi({});
    await using api = playApi({ "GET /api/retries/x": () => Response.redirect(`${elsewhere.url}/api/retries/x`, 307) });
    const client = await connect(stage().context, { dataDir: api.dataDir });
    expect(await faultOf(client.retry("x"))).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("leads elsewhere"),
    });
    expect(elsewhere.asked).toEqual([]);
  });

  test("a server that is gone is unreachable, one that is slow has timed out", async () => {
    const gone = new AdminClient({ url: await deadUrl(), token: TOKEN });
    expect(await faultOf(gone.retries())).toMatchObject({ code: "unreachable" });
    using slow = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Promise<Response>(() => {}) });
    const client = new AdminClient({ url: `http://127.0.0.1:${slow.port}`, token: TOKEN });
    const asking = client.call(z.unknown(), "GET", "/", undefined, 20);
    expect(await faultOf(asking)).toMatchObject({ code: "timed_out" });
  });

  test("an answer of another shape is no answer", async () => {
    await using api = playApi({ "POST /api/retries/flush": () => Response.json({ flushed: "many" }) });
    const client = await connect(stage().context, { dataDir: api.dataDir });
    expect(await faultOf(client.flush({}))).toMatchObject({ code: "failed", fix: expect.stringContaining("version") });
  });
});

describe("lists", () => {
  test("are followed to their end, or to as many as were asked for", async () => {
    const pages: Readonly<Record<string, unknown>> = {
      null: { data: [conversation(1), conversation(2)], next: "a" },
      a: { data: [conversation(3), conversation(4)], next: "b" },
      b: { data: [conversation(5)], next: null },
    };
    await using api = playApi({
      "GET /api/conversations": ({ path }) =>
        Response.json(pages[String(new URLSearchParams(path.split("?")[1]).get("cursor"))]),
    });
    const client = await connect(stage().context, { dataDir: api.dataDir });
    const ids = async (limit: number) => {
      const { rows, more } = await client.conversations(limit);
      return { ids: rows.map(({ id }) => id), more };
    };
    expect(await ids(100)).toEqual({ ids: [1, 2, 3, 4, 5], more: false });
    expect(await ids(3)).toEqual({ ids: [1, 2, 3], more: true });
    expect(api.asked.at(-1)?.path).toBe("/api/conversations?limit=1&cursor=a");
  });

  test("a cursor that leads to itself ends the list", async () => {
    await using api = playApi({
      "GET /api/conversations": () => Response.json({ data: [conversation(1)], next: "again" }),
    });
    const client = await connect(stage().context, { dataDir: api.dataDir });
    expect((await client.conversations(100)).rows.length).toBe(2);
  });
});

describe("health", () => {
  test("is asked without a token", async () => {
    await using api = playApi({ "GET /api/health": () => Response.json({ status: "ok" }) });
    await checkHealth(api.url);
    expect(api.asked).toEqual([{ method: "GET", path: "/api/health", body: null, authorization: null }]);
  });

  test.each([
    ["another program", () => new Response("hello")],
    ["a sick server", () => Response.json({ status: "ok" }, { status: 500 })],
  ])("%s is not healthy", async (_, answer) => {
    await using api = playApi({ "GET /api/health": answer });
    expect(await faultOf(checkHealth(api.url))).toMatchObject({ code: "unreachable" });
  });
});

describe("the event stream", () => {
  async function* chunks(...texts: string[]) {
    for (const text of texts) yield new TextEncoder().encode(text);
  }

  test.each([
    ["whole", ["id: 7\nevent: takeover\ndata: {}\n\n"]],
    ["cut anywhere", ["id: 7\nev", "ent: take", "over\ndata", ": {}\n", "\n"]],
    ["with Windows line ends, cut inside one", ["id: 7\r", "\nevent: takeover\r\ndata: {}\r\n\r", "\n"]],
    ["after a heartbeat", [": still here\n\n", "id:7\nevent:takeover\ndata:{}\n\n"]],
  ])("is read %s", async (_, texts) => {
    expect(await Array.fromAsync(sseMessages(chunks(...texts)))).toEqual([{ id: "7", event: "takeover", data: "{}" }]);
  });

  test("keeps the last id, joins data lines, and drops what is unfinished", async () => {
    const messages = await Array.fromAsync(sseMessages(chunks("id: 1\ndata: a\ndata: b\n\ndata: c\n\ndata: lost")));
    expect(messages).toEqual([
      { id: "1", event: "message", data: "a\nb" },
      { id: "1", event: "message", data: "c" },
    ]);
  });

  test("does not take a line without end", async () => {
    const reading = Array.fromAsync(sseMessages(chunks("data: ", "x".repeat(1_000_001))));
    expect(await reading.catch(String)).toContain("endless line");
  });

  test("yields events with their numbers, asks for what was missed, and ends when told to", async () => {
    let lastEventId: string | null = null;
    let left = Promise.withResolvers<void>();
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        lastEventId = request.headers.get("last-event-id");
        request.signal.addEventListener("abort", () => left.resolve());
        const body = new ReadableStream({
          start(controller) {
            const event = { type: "takeover", at: 1, conversation: 3, reason: "a human answered", until: null };
            controller.enqueue(
              `id: 8\nevent: takeover\ndata: ${JSON.stringify(event)}\n\nevent: odd\ndata: not JSON\n\n`,
            );
          },
        });
        return new Response(body, { headers: { "content-type": "text/event-stream" } });
      },
    });
    const client = new AdminClient({ url: `http://127.0.0.1:${server.port}`, token: TOKEN });
    for await (const event of client.events({ lastEventId: "7" })) {
      expect(event).toMatchObject({ id: "8", event: "takeover", data: { conversation: 3, until: null } });
      break;
    }
    expect(String(lastEventId)).toBe("7");
    await left.promise;

    left = Promise.withResolvers<void>();
    const stop = new AbortController();
    for await (const _ of client.events({ signal: stop.signal })) stop.abort();
    await left.promise;
  });

  test("a server that is gone is unreachable", async () => {
    const client = new AdminClient({ url: await deadUrl(), token: TOKEN });
    expect(await faultOf(client.events().next())).toMatchObject({ code: "unreachable" });
  });
});
