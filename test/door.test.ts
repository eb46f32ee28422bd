/** Who gets in, and what everybody else is told: the webhook address and the admin API, through the compiled binary. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import type { Sandbox } from "../src/sandbox/index.ts";
import { aFolder, APP, PAGE, startBot, theInternet, type Bot } from "./helpers/bot.ts";
import { until } from "./helpers/until.ts";
import { anEvent, aWebhook } from "./helpers/webhooks.ts";

const folder = aFolder();
let internet: Sandbox;
let bot: Bot;

beforeAll(async () => {
  internet = await theInternet();
  bot = await startBot(folder.path, internet);
});

afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await internet.stop();
  folder[Symbol.dispose]();
});

function hook(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${bot.url}/api/webhooks/messenger`, { method: "POST", body, headers });
}

function signed(body: string | Uint8Array<ArrayBuffer>, secret = APP.secret): Promise<Response> {
  return hook(body, { "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` });
}

async function contacts(): Promise<unknown[]> {
  return (await bot.list("/api/conversations?limit=500")).map((row) => row["contact"]);
}

describe("M1 the challenge", () => {
  const ask = (query: string): Promise<Response> => fetch(`${bot.url}/api/webhooks/messenger?${query}`);

  test("is answered as it came, as plain text", async () => {
    const answer = await ask(`hub.mode=subscribe&hub.verify_token=${APP.verifyToken}&hub.challenge=1158201444`);
    expect([answer.status, await answer.text()]).toEqual([200, "1158201444"]);
    expect(answer.headers.get("content-type")).toContain("text/plain");
  });

  test.each([
    ["another token", `hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1`],
    ["no token", "hub.mode=subscribe&hub.challenge=1"],
    ["another mode", `hub.mode=unsubscribe&hub.verify_token=${APP.verifyToken}&hub.challenge=1`],
    [
      "S3 a challenge that is no challenge",
      `hub.mode=subscribe&hub.verify_token=${APP.verifyToken}&hub.challenge=%3Cscript%3E`,
    ],
    [
      "S3 a challenge of 65 characters",
      `hub.mode=subscribe&hub.verify_token=${APP.verifyToken}&hub.challenge=${"1".repeat(65)}`,
    ],
    ["nothing", ""],
  ])("with %s it is refused", async (_, query) => {
    expect((await ask(query)).status).toBe(403);
  });
});

describe("M2 S1 the signature", () => {
  const body = JSON.stringify(aWebhook({ from: "forged-1", text: "cho vào nào" }));
  const hex = createHmac("sha256", APP.secret).update(body).digest("hex");
  const signature = (secret: string, of: string): string =>
    `sha256=${createHmac("sha256", secret).update(of).digest("hex")}`;
  /** As Meta writes it: the same to a parser, other bytes to a signature. */
  const escaped = (json: string): string =>
    json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

  test.each([
    ["none", {}],
    ["an empty one", { "x-hub-signature-256": "" }],
    [
      "one of another secret",
      { "x-hub-signature-256": `sha256=${createHmac("sha256", "other").update(body).digest("hex")}` },
    ],
    ["one without its prefix", { "x-hub-signature-256": hex }],
    ["a short one", { "x-hub-signature-256": `sha256=${hex.slice(2)}` }],
    ["a long one", { "x-hub-signature-256": `sha256=${hex}00` }],
    ["sha1", { "x-hub-signature-256": `sha1=${hex.slice(0, 40)}` }],
    ["no hex", { "x-hub-signature-256": `sha256=${"z".repeat(64)}` }],
    ["upper-case digits", { "x-hub-signature-256": `sha256=${hex.toUpperCase()}` }],
    ["an upper-case prefix", { "x-hub-signature-256": `SHA256=${hex}` }],
    ["a space inside", { "x-hub-signature-256": `sha256= ${hex}` }],
    ["two at once", { "x-hub-signature-256": `sha256=${hex}, sha256=${hex}` }],
    ["the digest in base64", { "x-hub-signature-256": `sha256=${Buffer.from(hex, "hex").toString("base64")}` }],
    ["a good one under the old name", { "x-hub-signature": `sha256=${hex}` }],
    ["one of an empty secret", { "x-hub-signature-256": signature("", body) }],
    ["one of the verify token", { "x-hub-signature-256": signature(APP.verifyToken, body) }],
    ["one of the page's token", { "x-hub-signature-256": signature(PAGE.token, body) }],
    ["one of another body", { "x-hub-signature-256": signature(APP.secret, `${body} `) }],
    ["one of no body", { "x-hub-signature-256": signature(APP.secret, "") }],
    ["one of the same JSON in other words", { "x-hub-signature-256": signature(APP.secret, escaped(body)) }],
  ])("%s: 401, and nothing is stored", async (_, headers) => {
    const answer = await hook(body, headers);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: "credentials" } });
    expect(await contacts()).not.toContain("forged-1");
  });

  test("S2 of the previous secret counts while there is one, and only then", async () => {
    const previous = "the-secret-before-this-one";
    const said = JSON.stringify(aWebhook({ from: "32", text: "chào shop nha" }));
    expect((await signed(said, previous)).status).toBe(401);
    using another = aFolder();
    await using rotating = await startBot(another.path, internet, { FACEBOOK_APP_SECRET_PREVIOUS: previous });
    const statuses = [previous, APP.secret, "yet-another-secret"].map(async (secret) => {
      const headers = { "x-hub-signature-256": signature(secret, said) };
      return (await fetch(`${rotating.url}/api/webhooks/messenger`, { method: "POST", body: said, headers })).status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 200, 401]);
  });

  test("covers the bytes as they came, with escapes", async () => {
    expect((await bot.post(aWebhook({ from: "31", text: "Chào shop ơi 🌸 http://a.b/c" }))).status).toBe(200);
    await until("it is stored", async () => (await contacts()).includes("31"));
  });
});

describe("G2 S4 bodies", () => {
  test.each([
    ["not JSON", "hello"],
    ["empty", ""],
    ["another object", '{"object":"instagram","entry":[]}'],
    ["an array", "[]"],
    ["no entry", '{"object":"page"}'],
    ["too deep", `${'{"a":'.repeat(200)}1${"}".repeat(200)}`],
    ["null", "null"],
  ])("signed but senseless (%s) is 200 and set aside", async (_, body) => {
    expect((await signed(body)).status).toBe(200);
  });

  test("bytes that are no text are 200 and set aside", async () => {
    expect((await signed(new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28]))).status).toBe(200);
  });

  test("more than 4 MiB is 413, told from its length alone", async () => {
    const body = `{"object":"page","x":"${"x".repeat(4 * 1024 * 1024)}"}`;
    const answer = await signed(body);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ error: { code: "usage" } });
  });

  test("more than 4 MiB in chunks without a length is 413 as well", async () => {
    const chunk = new Uint8Array(64 * 1024).fill(0x20);
    let left = 80;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        left -= 1;
        if (left < 0) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const answer = await fetch(`${bot.url}/api/webhooks/messenger`, {
      method: "POST",
      body,
      headers: { "x-hub-signature-256": `sha256=${"0".repeat(64)}` },
    });
    expect(answer.status).toBe(413);
  });

  test("one bad event among good ones spoils nothing", async () => {
    const events = [
      { sender: 5, message: "no" },
      anEvent({ from: "41", text: "hàng về chưa shop" }),
      { timestamp: {} },
      null,
    ];
    const body = { object: "page", entry: [{ id: PAGE.id, time: 1, messaging: events }, { id: 7 }, "x"] };
    expect((await bot.post(body)).status).toBe(200);
    await until("the good one is stored", async () => (await contacts()).includes("41"));
  });

  test("somebody else's page is 200, and no conversation", async () => {
    expect((await bot.post(aWebhook({ from: "51", text: "xin chào", page: "999" }))).status).toBe(200);
    expect(await contacts()).not.toContain("51");
  });

  test("a body that stalls does not hold anybody else up", async () => {
    const { hostname, port } = new URL(bot.url);
    const slow = connect(Number(port), hostname);
    slow.write(
      `POST /api/webhooks/messenger HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\nX-Hub-Signature-256: sha256=${"0".repeat(64)}\r\n\r\n{`,
    );
    expect((await bot.post(aWebhook({ from: "61", text: "chào shop nha" }))).status).toBe(200);
    slow.destroy();
  });
});

describe("S5 the admin API", () => {
  const paths = [
    "/api/conversations",
    "/api/accounts",
    "/api/retries",
    "/api/events",
    "/metrics/processing",
    "/api/conversations/1/messages",
  ];

  test.each(paths)("%s needs the token", async (path) => {
    for (const headers of [{}, { authorization: "Bearer wrong" }, { authorization: "Basic x" }]) {
      const answer = await fetch(`${bot.url}${path}`, { headers });
      expect(answer.status).toBe(401);
      await answer.body?.cancel();
    }
  });

  test.each(["/api/retries/flush", "/admin/flush-retries", "/api/integrations/messenger/send"])(
    "POST %s needs the token",
    async (path) => {
      expect((await fetch(`${bot.url}${path}`, { method: "POST" })).status).toBe(401);
    },
  );

  test("a page from elsewhere is refused even with the token", async () => {
    expect((await bot.admin("/api/accounts", { headers: { origin: "https://evil.example" } })).status).toBe(403);
  });

  test("answers with our own error bodies only", async () => {
    for (const [path, status] of [
      ["/api/conversations/999999", 404],
      ["/api/conversations/abc/messages", 404],
      ["/api/retries/nope", 404],
      ["/api/conversations?limit=x", 400],
      ["/nowhere", 404],
    ] as const) {
      const answer = await bot.admin(path);
      const text = await answer.text();
      expect([path, answer.status]).toEqual([path, status]);
      expect(JSON.parse(text)).toHaveProperty("error.message");
      expect(text).not.toContain("stack");
    }
    const broken = await bot.admin("/api/retries/flush", {
      method: "POST",
      body: "{",
      headers: { "content-type": "application/json" },
    });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toHaveProperty("error.code", "usage");
  });

  test("health, readiness and privacy are public", async () => {
    expect(await (await fetch(`${bot.url}/api/health`)).json()).toEqual({ status: "ok" });
    expect((await fetch(`${bot.url}/api/ready`)).status).toBe(200);
    expect(await (await fetch(`${bot.url}/privacy`)).text()).toContain("<h1>Privacy</h1>");
  });
});

describe("M8 sending by hand", () => {
  const send = (body: object): Promise<Response> =>
    bot.admin("/api/integrations/messenger/send", {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });

  test("answers with the platform's message id", async () => {
    const answer = await send({ recipient_id: "71", text: "Hàng đã về, mời bạn ghé shop" });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ recipient_id: "71", message_id: expect.stringMatching(/^m_/) });
    expect(internet.sent.filter((message) => message.recipient === "71")).toHaveLength(1);
  });

  test("is 409 when the platform's window has closed", async () => {
    expect((await send({ recipient_id: "closed-1", text: "xin chào" })).status).toBe(409);
  });

  test("says what is wrong with the request", async () => {
    expect((await send({ text: "không có người nhận" })).status).toBe(400);
    expect((await bot.admin("/api/integrations/pigeon/send", { method: "POST" })).status).toBe(404);
  });
});

describe("T2 S10 the log", () => {
  const lines = (): { event: string; correlation_id?: string; kind?: string }[] =>
    bot
      .log()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  /** What the last message that came is followed by. */
  const correlationId = (): string =>
    lines().findLast(({ event, kind }) => event === "message_received" && kind === "message")?.correlation_id ?? "none";

  test("follows a message from webhook to reply by one correlation id, without words, ids or secrets", async () => {
    const person = "8100000000000001";
    await bot.post(aWebhook({ from: person, text: "bí mật của khách hàng nằm ở đây" }));
    await until("the reply", () => internet.sent.some((message) => message.recipient === person));
    const story = (): string[] =>
      lines()
        .filter((line) => line.correlation_id === correlationId())
        .map(({ event }) => event);
    await until("the log has it", () => story().includes("response_sent"));
    expect(story()).toEqual([
      "message_received",
      "intent_classified",
      "turn_closed",
      "response_generated",
      "response_sent",
    ]);
    for (const secret of ["bí mật của khách hàng", person, APP.secret, PAGE.token, APP.verifyToken])
      expect(bot.log()).not.toContain(secret);
  });

  test("says for which message a call of the model failed", async () => {
    const person = "8100000000000002";
    internet.faults.inject("chat", { kind: "error", status: 503 }, { times: 1 });
    await bot.post(aWebhook({ from: person, text: "cho mình hỏi phí ship với nha" }));
    await until("the reply", () => internet.sent.some((message) => message.recipient === person));
    const failed = await until("the log has it", () => lines().findLast(({ event }) => event === "agent_call_failed"));
    expect(failed.correlation_id).toBe(correlationId());
  });
});
