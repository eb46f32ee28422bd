/** `--sandbox` as a whole server: two pages and a bot, and what its address file tells about them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { startApp, type App } from "../../src/app.ts";
import { loadConfig } from "../../src/config.ts";
import { AdminClient, readServerFile, type ServerFile } from "../../cli/client.ts";
import { aFolder } from "../helpers/bot.ts";
import { until } from "../helpers/until.ts";

const folder = aFolder();
let app: App;
let client: AdminClient;
let facts: NonNullable<ServerFile["sandbox"]>;

beforeAll(async () => {
  app = await startApp(
    loadConfig({
      env: { HOST: "127.0.0.1", LOG_LEVEL: "error", BOT_TOKEN: "1:a-real-bot-that-a-sandbox-ignores" },
      flags: { envFile: undefined, port: "0", dataDir: folder.path, sandbox: true },
      cwd: folder.path,
      home: folder.path,
      terminal: false,
    }),
  );
  const token = (await Bun.file(join(folder.path, "admin-token")).text()).trim();
  client = new AdminClient({ url: app.url, token });
  const file = await readServerFile(folder.path);
  if (file?.sandbox == null) throw new Error("the sandbox left no facts");
  facts = file.sandbox;
  await until("all accounts are known", async () => (await client.accounts()).length === 3);
});

afterAll(async () => {
  await app.stop();
  folder[Symbol.dispose]();
});

test("a sandbox has two pages and a bot", async () => {
  const accounts = (await client.accounts()).map(
    ({ channel, external_id, state }) => `${channel} ${external_id} ${state}`,
  );
  const pages = (facts.pages ?? []).map(({ id }) => `messenger ${id} active`);
  expect(accounts.toSorted()).toEqual([...pages, `telegram ${facts.bot?.id} active`]);
});

test("what bears the bot's secret is answered through the sandbox's Bot API, and nothing else is heard", async () => {
  const chat = { id: 5_550_001, type: "private", first_name: "Lan" };
  const message = { message_id: 1, date: Math.trunc(Date.now() / 1_000), chat, from: { ...chat, is_bot: false } };
  const body = JSON.stringify({ update_id: 1, message: { ...message, text: "Shop ơi, mấy giờ đóng cửa vậy" } });
  const post = async (secret: string): Promise<number> =>
    (
      await fetch(`${app.url}/api/webhooks/telegram`, {
        method: "POST",
        headers: { "x-telegram-bot-api-secret-token": secret },
        body,
      })
    ).status;
  expect([await post("a-guess"), await post(facts.bot?.secret ?? "")]).toEqual([403, 200]);
  const reply = await until("the reply is sent", async () => {
    const [conversation] = (await client.conversations(10)).rows;
    const messages = conversation === undefined ? [] : await client.messages(conversation.id);
    return messages.find(({ direction, deliveries }) => direction === "out" && deliveries[0]?.state === "sent");
  });
  expect(reply.text).toContain("mấy giờ đóng cửa");
});
