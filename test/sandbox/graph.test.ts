import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.ts";
import { APP_ID, APP_SECRET, graph, OTHER_PAGE, PAGE, proof, send, start } from "./sandbox.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await start();
});
afterAll(() => sandbox.stop());

const error = (code: number, subcode?: number): object => ({
  error: {
    code,
    fbtrace_id: expect.stringMatching(/^\w/),
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
  },
});

describe("a message", () => {
  test("is accepted, remembered, and answered with its ids", async () => {
    const { status, body } = await send(sandbox, { text: "chào bạn", metadata: "delivery-1" }, "psid-7");
    expect(status).toBe(200);
    const sent = sandbox.sent.at(-1);
    expect(body).toEqual({ recipient_id: "psid-7", message_id: sent?.messageId });
    expect(sent).toMatchObject({ page: PAGE.id, recipient: "psid-7", text: "chào bạn", metadata: "delivery-1" });
    expect(sent?.messageId).toMatch(/^m_/);
  });

  test("may come by /me and without a version", async () => {
    const before = sandbox.sent.length;
    const body = { recipient: { id: "psid-8" }, message: { text: "a" } };
    expect((await graph(sandbox, "POST", "me/messages", body, OTHER_PAGE.token)).status).toBe(200);
    const url = `${sandbox.graphUrl}/me/messages?appsecret_proof=${proof(PAGE.token)}`;
    const init = { method: "POST", headers: { authorization: `Bearer ${PAGE.token}` }, body: JSON.stringify(body) };
    expect((await fetch(url, init)).status).toBe(200);
    expect(sandbox.sent.slice(before).map(({ page }) => page)).toEqual([OTHER_PAGE.id, PAGE.id]);
  });

  test("may come as a form", async () => {
    const form = new URLSearchParams({
      access_token: PAGE.token,
      appsecret_proof: proof(PAGE.token),
      recipient: '{"id":"psid-9"}',
      message: '{"text":"từ một form"}',
    });
    const response = await fetch(`${sandbox.graphUrl}/v24.0/me/messages`, { method: "POST", body: form });
    expect(response.status).toBe(200);
    expect(sandbox.sent.at(-1)?.text).toBe("từ một form");
  });

  test("that breaks a limit is refused and not remembered", async () => {
    const before = sandbox.sent.length;
    const { status, body } = await send(sandbox, { text: "x".repeat(2_001) });
    expect([status, sandbox.sent.length]).toEqual([400, before]);
    expect(body).toMatchObject(error(100));
  });

  test.each([
    ["unknown-1", 100, 2018001],
    ["blocked-1", 551, 1545041],
    ["closed-1", 10, 2018278],
  ])("to %s is refused with %i/%i", async (recipient, code, subcode) => {
    const { status, body } = await send(sandbox, { text: "a" }, recipient);
    expect(status).toBe(400);
    expect(body).toMatchObject(error(code, subcode));
  });

  test("typing and seen are marks and no messages", async () => {
    const before = sandbox.sent.length;
    const params = { recipient: { id: "psid-1" }, sender_action: "typing_on" };
    const { body } = await graph(sandbox, "POST", `${PAGE.id}/messages`, params);
    expect(body).toEqual({ recipient_id: "psid-1" });
    expect(sandbox.marks.at(-1)).toMatchObject({ recipient: "psid-1", action: "typing_on" });
    expect(sandbox.sent.length).toBe(before);
  });
});

describe("a token", () => {
  test("is needed", async () => {
    const response = await fetch(`${sandbox.graphUrl}/v24.0/me`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject(error(104));
  });

  test("that nobody gave out is 190", async () => {
    expect((await graph(sandbox, "GET", "me", {}, "made up")).body).toMatchObject(error(190));
  });

  test("of another page may not speak for this one", async () => {
    const params = { recipient: { id: "a" }, message: { text: "a" } };
    const { body } = await graph(sandbox, "POST", `${PAGE.id}/messages`, params, OTHER_PAGE.token);
    expect(body).toMatchObject(error(100, 33));
  });

  test("needs the proof that the caller knows the app secret", async () => {
    const none = await fetch(`${sandbox.graphUrl}/v24.0/me?access_token=${encodeURIComponent(PAGE.token)}`);
    expect(await none.json()).toMatchObject({
      error: { code: 100, message: expect.stringMatching(/require an appsecret_proof/) },
    });
    const wrong = await graph(sandbox, "GET", "me", { appsecret_proof: proof(OTHER_PAGE.token) });
    expect(wrong.body).toMatchObject({
      error: { code: 100, message: expect.stringMatching(/Invalid appsecret_proof/) },
    });
  });

  test("is dead once it was replaced, and the new one lives", async () => {
    const own = await start();
    own.replaceToken(PAGE.id, "a newer token");
    expect((await graph(own, "GET", "me")).body).toMatchObject(error(190, 460));
    expect((await graph(own, "GET", "me", {}, "a newer token")).status).toBe(200);
    await own.stop();
  });

  test("can be looked at with the app's own token", async () => {
    const appToken = `${APP_ID}|${APP_SECRET}`;
    const known = await graph(sandbox, "GET", "debug_token", { input_token: PAGE.token }, appToken);
    expect(known.body).toMatchObject({ data: { is_valid: true, type: "PAGE", profile_id: PAGE.id, app_id: APP_ID } });
    const unknown = await graph(sandbox, "GET", "debug_token", { input_token: "made up" }, appToken);
    expect(unknown.body).toMatchObject({ data: { is_valid: false, error: { code: 190 } } });
  });
});

describe("Graph tells", () => {
  test("whom a token speaks for, and for which app", async () => {
    expect((await graph(sandbox, "GET", "me", { fields: "id,name" })).body).toEqual({ id: PAGE.id, name: PAGE.name });
    expect((await graph(sandbox, "GET", "me", { fields: "id" })).body).toEqual({ id: PAGE.id });
    expect((await graph(sandbox, "GET", "app", { fields: "id" })).body).toEqual({ id: APP_ID });
  });

  test("the same person's name each time, and nothing about a person it does not know", async () => {
    const first = await graph(sandbox, "GET", "psid-1", { fields: "first_name,last_name" });
    expect(first.body).toEqual({ id: "psid-1", first_name: expect.any(String), last_name: expect.any(String) });
    expect((await graph(sandbox, "GET", "psid-1", { fields: "first_name,last_name" })).body).toEqual(first.body);
    expect((await graph(sandbox, "GET", "unknown-1", { fields: "name" })).body).toMatchObject(error(100, 33));
    expect((await graph(sandbox, "GET", OTHER_PAGE.id)).body).toMatchObject(error(100, 33));
  });

  test("what a page is subscribed to, as it was set last", async () => {
    const own = await start();
    const edge = `${PAGE.id}/subscribed_apps`;
    expect((await graph(own, "DELETE", edge)).body).toEqual({ success: true });
    expect((await graph(own, "GET", edge)).body).toEqual({ data: [] });
    expect((await graph(own, "POST", edge, { subscribed_fields: "messages,message_echoes" })).body).toEqual({
      success: true,
    });
    expect((await graph(own, "GET", edge)).body).toMatchObject({
      data: [{ id: APP_ID, subscribed_fields: ["messages", "message_echoes"] }],
    });
    expect((await graph(own, "POST", edge, { subscribed_fields: "massages" })).body).toMatchObject(error(100));
    await own.stop();
  });

  test("what a page shows around its conversations", async () => {
    const edge = "me/messenger_profile";
    const menu = [{ locale: "default", call_to_actions: [] }];
    expect((await graph(sandbox, "POST", edge, { persistent_menu: menu })).body).toMatchObject(error(100));
    expect((await graph(sandbox, "POST", edge, { get_started: { payload: "GO" } })).body).toEqual({
      result: "success",
    });
    expect((await graph(sandbox, "GET", edge, { fields: "get_started,greeting" })).body).toEqual({
      data: [{ get_started: { payload: "GO" } }],
    });
    expect((await graph(sandbox, "DELETE", edge, { fields: ["get_started"] })).body).toEqual({ result: "success" });
    expect((await graph(sandbox, "GET", edge, { fields: "get_started" })).body).toEqual({ data: [] });
  });

  test("that a path is none of its own", async () => {
    expect((await graph(sandbox, "GET", "me/nothing")).body).toMatchObject(error(2500));
  });
});

test("each call is counted at its endpoint, refused or not", async () => {
  const own = await start();
  await send(own, { text: "a" });
  await send(own, { text: "" });
  await graph(own, "POST", "me/messages", { recipient: { id: "a" }, sender_action: "mark_seen" });
  await graph(own, "GET", "me", {}, "made up");
  expect(own.calls).toMatchObject({ messages: 2, sender_action: 1, object: 1, profile: 0, chat: 0 });
  await own.stop();
});

test("the same seed gives the same message ids, and without one the time of the start decides", async () => {
  const idWith = async (options: Partial<SandboxOptions>): Promise<string | undefined> => {
    const own = await startSandbox({
      graph: { appSecret: APP_SECRET, appId: APP_ID, verifyToken: "v", pages: [PAGE] },
      ...options,
    });
    await send(own, { text: "a" });
    await own.stop();
    return own.sent[0]?.messageId;
  };
  const startedAt = (now: number): Partial<SandboxOptions> => ({ clock: { now: () => now, after: () => () => {} } });
  expect(await idWith({ seed: 3 })).toBe(await idWith({ seed: 3 }));
  expect(await idWith({ seed: 3 })).not.toBe(await idWith({ seed: 4 }));
  expect(await idWith(startedAt(1_000))).not.toBe(await idWith(startedAt(1_001)));
});
