/** Starting, stopping and starting again, with all parts together in this process. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { signedWebhook } from "../src/sandbox/sign.ts";
import { openVault } from "../src/vault/open.ts";
import { startInner, type InnerBot } from "./helpers/app.ts";
import { aFolder, APP, PAGE, theInternet } from "./helpers/bot.ts";
import { openStore } from "./helpers/sqlite.ts";
import { until } from "./helpers/until.ts";
import { aBatch, anUpdate } from "./helpers/updates.ts";
import { aWebhook } from "./helpers/webhooks.ts";

const Rows = z.object({ data: z.array(z.looseObject({ id: z.union([z.string(), z.number()]), state: z.string() })) });

async function rows(bot: InnerBot, path: string): Promise<z.infer<typeof Rows>["data"]> {
  return Rows.parse(await (await bot.admin(path)).json()).data;
}

async function known(bot: InnerBot): Promise<void> {
  await until("the account is known", async () => (await rows(bot, "/api/accounts")).length === 1);
}

function send(bot: InnerBot, recipient: string): Promise<Response> {
  return bot.admin("/api/integrations/messenger/send", {
    method: "POST",
    body: JSON.stringify({ recipient_id: recipient, text: "Hàng đã về, mời bạn ghé shop" }),
    headers: { "content-type": "application/json" },
  });
}

/** Takes every request and never answers. */
function theVoid(): Bun.Server<undefined> {
  return Bun.serve({ port: 0, idleTimeout: 0, fetch: () => new Promise<Response>(() => {}) });
}

describe("R8 G12 stopping takes no longer than it may", () => {
  test("while the model and a send hang", async () => {
    using folder = aFolder();
    const internet = await theInternet();
    const first = await startInner(folder.path, internet);
    await known(first);
    await first.stop();
    const hole = theVoid();
    const bot = await startInner(
      folder.path,
      { graphUrl: `${hole.url.origin}`, modelUrl: `${hole.url.origin}` },
      { SHUTDOWN_TIMEOUT_MS: "900", MESSENGER_SEND_TIMEOUT_MS: "15000" },
    );
    await known(bot);
    const errand = send(bot, "71").catch(() => null);
    expect((await bot.post(aWebhook({ from: "72", text: "cho mình hỏi giá với nha shop" }))).status).toBe(200);
    await Bun.sleep(400);
    const began = performance.now();
    await bot.stop();
    expect(performance.now() - began).toBeLessThan(900 + 600);
    await errand;
    await hole.stop(true);
    await using next = await startInner(folder.path, internet);
    await until("what was cut short is answered", () => internet.sent.some(({ recipient }) => recipient === "72"));
    expect((await rows(next, "/api/retries?state=dead")).length).toBe(0);
    await internet.stop();
  }, 20_000);

  test("while Graph does not say whose token it is", async () => {
    using folder = aFolder();
    const hole = theVoid();
    const bot = await startInner(folder.path, { graphUrl: `${hole.url.origin}`, modelUrl: `${hole.url.origin}` });
    await Bun.sleep(50);
    const began = performance.now();
    await bot.stop();
    expect(performance.now() - began).toBeLessThan(1_000);
    await hole.stop(true);
  });
});

test("G2 G10 what was held is answered although the last run ended before it was bound", async () => {
  using folder = aFolder();
  const vault = openVault(folder.path, null, false);
  const store = openStore(folder.path);
  const aad = { purpose: "token", channel: "messenger", account: PAGE.id };
  const held = anUpdate({ account: PAGE.id, contact: "81", at: Date.now(), text: "shop còn hàng màu này không ạ" });
  await store.record(aBatch([held], { holdUnknown: true }), Date.now());
  const sealedToken = vault.seal(PAGE.token, aad);
  await store.saveAccount(
    { channel: "messenger", externalId: PAGE.id, name: PAGE.name, appId: null, sealedToken },
    Date.now(),
  );
  await store.setMeta("settings-token:messenger", vault.hash("settings-token", "messenger", PAGE.token));
  await store.setMeta("key-check", vault.keyCheck());
  await store.close();
  const internet = await theInternet();
  await using bot = await startInner(folder.path, internet);
  await until("it is answered", () => internet.sent.some(({ recipient }) => recipient === "81"));
  expect(await rows(bot, "/api/retries")).toEqual([]);
  await internet.stop();
});

test("G8 P3 a reply that waited for a good token goes out as soon as there is one, without anybody's doing", async () => {
  using folder = aFolder();
  const before = await theInternet();
  const first = await startInner(folder.path, before);
  await known(first);
  before.faults.inject("messages", { kind: "error", status: 400, code: 190, message: "token expired" }, { times: 1 });
  await first.post(aWebhook({ from: "91", text: "cho mình xin địa chỉ shop với" }));
  await until("it is parked", async () => (await rows(first, "/api/retries?state=parked")).length === 1);
  expect(await rows(first, "/api/accounts")).toMatchObject([{ state: "auth_failed" }]);
  await first.stop();
  await before.stop();

  const token = "EAAa-new-page-token";
  const after = await theInternet({ pages: [{ ...PAGE, token }] });
  await using second = await startInner(folder.path, after, { FACEBOOK_PAGE_ACCESS_TOKEN: token });
  await until("it goes out", () => after.sent.some(({ recipient }) => recipient === "91"));
  expect(await rows(second, "/api/accounts")).toMatchObject([{ state: "active" }]);
  await after.stop();
});

test("G7 when the reply at the head is dropped, the next one goes out at once", async () => {
  using folder = aFolder();
  const internet = await theInternet();
  await using bot = await startInner(folder.path, internet);
  await known(bot);
  const away = { kind: "error", status: 503, code: 2, message: "try later", transient: true, headers: {} } as const;
  internet.faults.inject("messages", away, { times: 3 });
  await bot.post(aWebhook({ from: "95", text: "cho mình hỏi giá sỉ với nha" }));
  const head = await until("it failed three times", () => (internet.calls.messages === 3 ? true : null)).then(() =>
    until("it waits", async () => (await rows(bot, "/api/retries?state=pending"))[0]),
  );
  const second = send(bot, "95");
  await until("the second waits behind it", async () => (await rows(bot, "/api/retries")).length === 2);
  const began = performance.now();
  expect((await bot.admin(`/api/retries/${head.id}`, { method: "DELETE" })).status).toBe(200);
  await until("it goes out", () => internet.sent.length === 1);
  // Its own timer would have come 4 s after the third failure.
  expect(performance.now() - began).toBeLessThan(1_000);
  expect((await second).status).toBe(200);
  await internet.stop();
}, 20_000);

test("M8 what the platform refuses is told as refused", async () => {
  using folder = aFolder();
  const internet = await theInternet();
  await using bot = await startInner(folder.path, internet);
  await known(bot);
  internet.faults.inject("messages", { kind: "error", status: 400, code: 100, message: "no" }, { times: 1 });
  const answer = await send(bot, "97");
  expect([answer.status, await answer.json()]).toMatchObject([502, { error: { code: "refused" } }]);
  await internet.stop();
});

describe("starting", () => {
  test.if(process.platform === "linux")(
    "the address left for other commands can be reached, whatever HOST is",
    async () => {
      using folder = aFolder();
      const internet = await theInternet();
      await using bot = await startInner(folder.path, internet, { HOST: "127.0.0.2" });
      const { url } = z
        .object({ url: z.string() })
        .parse(JSON.parse(readFileSync(join(folder.path, "server.json"), "utf8")));
      expect([url, new URL(url).hostname]).toEqual([bot.url, "127.0.0.2"]);
      expect((await fetch(`${url}/api/health`)).status).toBe(200);
      await internet.stop();
    },
  );

  test("one that fails at its last step leaves no listener, no lock and no open database behind", async () => {
    using folder = aFolder();
    const internet = await theInternet();
    // Neither can it be written nor, when all is undone, removed.
    mkdirSync(join(folder.path, "server.json"));
    const free = Bun.serve({ port: 0, fetch: () => new Response() });
    const { port } = free;
    await free.stop(true);
    const failed = await startInner(folder.path, internet, {}, String(port)).catch((error: unknown) => error);
    expect(String(failed)).toContain("cannot write to");
    const { bytes, headers } = signedWebhook(aWebhook({ from: "1", text: "a" }), APP.secret);
    const post = fetch(`http://127.0.0.1:${port}/api/webhooks/messenger`, { method: "POST", headers, body: bytes });
    expect(
      await post.then(
        () => "answered",
        () => "refused",
      ),
    ).toBe("refused");
    rmSync(join(folder.path, "server.json"), { recursive: true });
    await using bot = await startInner(folder.path, internet, {}, String(port));
    expect((await fetch(`${bot.url}/api/ready`)).status).toBe(200);
    await internet.stop();
  });
});
