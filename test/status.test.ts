/** `GET /api/status`: how the server is doing, in one look. */
import { expect, test } from "bun:test";
import { version } from "../package.json" with { type: "json" };
import { Status } from "../src/http/status.ts";
import { startInner } from "./helpers/app.ts";
import { aFolder, PAGE, theInternet } from "./helpers/bot.ts";
import { until } from "./helpers/until.ts";
import { aWebhook } from "./helpers/webhooks.ts";

test("M11 P7 the status tells rates, waits, depths, breakers and accounts", async () => {
  using folder = aFolder();
  const internet = await theInternet();
  await using bot = await startInner(folder.path, internet);
  const status = async (): Promise<Status> => Status.parse(await (await bot.admin("/api/status")).json());

  await until("the page is known", async () => (await status()).accounts.length === 1);
  const idle = await status();
  expect(idle.server.version).toBe(version);
  expect(idle.server.now).toBeGreaterThanOrEqual(idle.server.started_at);
  expect([idle.reply_p95_ms, idle.rates]).toEqual([null, { webhooks_per_minute: 0, replies_per_minute: 0 }]);

  await bot.post(aWebhook({ from: "11", text: "cho mình xin địa chỉ shop với" }));
  await until("it is answered", () => internet.sent.length === 1);
  await bot.post(aWebhook({ from: "12", text: "xem ảnh này giúp mình" }));
  const busy = await until("the answer is counted", async () => {
    const found = await status();
    return found.rates.replies_per_minute === 1 ? found : null;
  });
  expect(busy.rates.webhooks_per_minute).toBeGreaterThanOrEqual(2);
  expect(busy.reply_p95_ms).toBeGreaterThan(0);
  expect(busy.depths).toMatchObject({ gathering: 1, pending: 0, dead: 0 });
  expect(busy.breakers).toEqual([
    { scope: "model", state: "closed", until: null },
    { scope: `messenger:${PAGE.id}`, state: "closed", until: null },
  ]);
  expect(busy.accounts).toMatchObject([{ channel: "messenger", account: PAGE.id, name: PAGE.name, state: "active" }]);
  expect(busy.accounts[0]?.webhooks_per_minute).toBeGreaterThanOrEqual(2);
  await internet.stop();
});

test("S5 the status is nobody's business without the admin token", async () => {
  using folder = aFolder();
  const internet = await theInternet();
  await using bot = await startInner(folder.path, internet);
  expect((await fetch(`${bot.url}/api/status`)).status).toBe(401);
  await internet.stop();
});
