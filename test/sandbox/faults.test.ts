import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { ask, graph, send, start } from "./sandbox.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await start();
});
afterEach(() => sandbox.stop());

const codes = async (calls: number): Promise<unknown[]> => {
  const seen: unknown[] = [];
  for (let i = 0; i < calls; i++) seen.push((await send(sandbox, { text: `${i}` })).status);
  return seen;
};

const errorCode = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: unknown) => (error instanceof Error && "code" in error ? error.code : error));

describe("failures on order", () => {
  test("come in the order they were ordered, once each, and then all is well", async () => {
    sandbox.faults.inject("messages", { kind: "error", status: 500, code: 2, transient: true });
    sandbox.faults.inject("messages", { kind: "error", code: 613 }, { times: 2 });
    expect(sandbox.faults.pending()).toBe(2);
    expect(await codes(4)).toEqual([500, 400, 400, 200]);
    expect(sandbox.sent.map(({ text }) => text)).toEqual(["3"]);
    expect(sandbox.faults.pending()).toBe(0);
  });

  test("hit only the calls they are meant for", async () => {
    sandbox.faults.inject("messages", { kind: "error" }, { when: ({ body }) => JSON.stringify(body).includes('"1"') });
    expect(await codes(3)).toEqual([200, 400, 200]);
  });

  test("of messages do not touch marks", async () => {
    sandbox.faults.inject("messages", { kind: "error" });
    const mark = await graph(sandbox, "POST", "me/messages", { recipient: { id: "a" }, sender_action: "typing_on" });
    expect([mark.status, sandbox.faults.pending("messages")]).toEqual([200, 1]);
  });

  test("can be taken back", async () => {
    const takeBack = sandbox.faults.inject("messages", { kind: "error" }, { times: Infinity });
    expect(await codes(2)).toEqual([400, 400]);
    takeBack();
    expect(await codes(1)).toEqual([200]);
    sandbox.faults.inject("messages", { kind: "error" });
    sandbox.faults.clear();
    expect(await codes(1)).toEqual([200]);
  });
});

describe("Graph can", () => {
  test("refuse in its own words, with headers", async () => {
    const headers = { "x-business-use-case-usage": "{}" };
    sandbox.faults.inject("messages", { kind: "error", code: 190, subcode: 463, transient: false, headers });
    const answer = await send(sandbox, { text: "a" });
    expect(answer.headers.get("x-business-use-case-usage")).toBe("{}");
    expect(answer.body).toMatchObject({
      error: {
        type: "OAuthException",
        code: 190,
        error_subcode: 463,
        is_transient: false,
        fbtrace_id: expect.any(String),
      },
    });
  });

  test("accept a message and hang up without a word", async () => {
    sandbox.faults.inject("messages", { kind: "drop" });
    expect(await errorCode(send(sandbox, { text: "a" }))).toBe("ECONNRESET");
    expect(sandbox.sent.map(({ text }) => text)).toEqual(["a"]);
  });

  test("hang up before it accepts anything", async () => {
    sandbox.faults.inject("messages", { kind: "reset" });
    expect(await errorCode(send(sandbox, { text: "a" }))).toBe("ECONNRESET");
    expect(sandbox.sent).toEqual([]);
  });

  test("say nothing for a while and then hang up", async () => {
    sandbox.faults.inject("messages", { kind: "hang", ms: 60 });
    const begun = performance.now();
    expect(await errorCode(send(sandbox, { text: "a" }))).toBe("ECONNRESET");
    expect(performance.now() - begun).toBeGreaterThan(50);
    expect(sandbox.sent).toEqual([]);
  });

  test("accept at once and answer late", async () => {
    sandbox.faults.inject("messages", { kind: "slow", ms: 100 });
    const begun = performance.now();
    let answered = false;
    const answer = send(sandbox, { text: "a" }).finally(() => (answered = true));
    while (sandbox.sent.length === 0) await Bun.sleep(1);
    expect(answered).toBe(false);
    expect((await answer).status).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(90);
  });

  test("answer with something that is no JSON", async () => {
    sandbox.faults.inject("object", { kind: "body", status: 502, text: "<html>Bad Gateway</html>" });
    const url = `${sandbox.graphUrl}/v24.0/me`;
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([502, "<html>Bad Gateway</html>"]);
  });

  test("accept a message and forget to tell its id", async () => {
    sandbox.faults.inject("messages", { kind: "no_id" });
    const { status, body } = await send(sandbox, { text: "a" }, "psid-1");
    expect([status, body]).toEqual([200, { recipient_id: "psid-1" }]);
    expect(sandbox.sent.length).toBe(1);
  });
});

test("the model refuses in Groq's words", async () => {
  sandbox.faults.inject("chat", { kind: "error", status: 429, headers: { "retry-after": "7" } });
  sandbox.faults.inject("chat", { kind: "error", status: 498, code: "capacity_exceeded", message: "full" });
  const busy = await ask(sandbox, "chào");
  expect([busy.status, busy.headers.get("retry-after")]).toEqual([429, "7"]);
  expect(await busy.json()).toMatchObject({ error: { code: "rate_limit_exceeded", type: "tokens" } });
  const full = await ask(sandbox, "chào");
  expect([full.status, await full.json()]).toMatchObject([
    498,
    { error: { code: "capacity_exceeded", message: "full" } },
  ]);
});

test("media can fail too", async () => {
  sandbox.faults.inject("media", { kind: "error", status: 503 });
  expect((await fetch(`${sandbox.mediaUrl}/red.png`)).status).toBe(503);
  expect((await fetch(`${sandbox.mediaUrl}/red.png`)).status).toBe(200);
});

test("a sandbox stops at once, whatever hangs in it", async () => {
  sandbox.faults.inject("messages", { kind: "hang", ms: 3_600_000 });
  const hanging = errorCode(send(sandbox, { text: "a" }));
  const thinking = errorCode(ask(sandbox, "#slow:600000"));
  while (sandbox.calls.messages + sandbox.modelCalls.length < 2) await Bun.sleep(1);
  const begun = performance.now();
  await sandbox.stop();
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect([await hanging, await thinking]).toEqual(["ECONNRESET", "ECONNRESET"]);
  expect(await errorCode(fetch(sandbox.modelUrl))).toBe("ECONNREFUSED");
  expect(sandbox.sent).toEqual([]);
});
