import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { telegramHint, telegramOf } from "../../src/app/telegram.ts";
import type { Config } from "../../src/config.ts";
import type { Account } from "../../src/core/account.ts";
import { Fault } from "../../src/core/fault.ts";
import type { Store } from "../../src/core/store.ts";
import { newKey, vaultOf } from "../../src/vault/vault.ts";
import { aDataFolder, openStore } from "../helpers/sqlite.ts";

const live: Config["telegram"] = {
  botToken: "42:AAE-token",
  webhookSecret: null,
  apiBase: "https://api.telegram.org",
  mode: "webhook",
  sendTimeoutMs: 10_000,
};
const anAccount = (externalId: string, state: Account["state"] = "active"): Account => ({
  id: Number(externalId),
  channel: "telegram",
  externalId,
  name: `bot_${externalId}`,
  state,
  stateReason: null,
  appId: null,
});

const folder = aDataFolder();
const vault = vaultOf(newKey(), "a test");
let store: Store;
beforeAll(() => {
  store = openStore(folder.path);
});
afterAll(async () => {
  await store.close();
  folder.remove();
});

const settingsOf = (given: Partial<Config["telegram"]>, accounts: readonly Account[] = []) =>
  telegramOf({ ...live, ...given }, accounts, store, vault, () => 0);

describe("the bot that a server speaks for", () => {
  test("is none while Telegram is off", async () => {
    expect(await telegramOf(null, [anAccount("42")], store, vault, () => 0)).toBeNull();
  });

  test("is that of BOT_TOKEN, under the name it had when it was last asked", async () => {
    expect(await settingsOf({})).toMatchObject({ botId: "42", username: null });
    expect(await settingsOf({}, [anAccount("7"), anAccount("42")])).toMatchObject({ botId: "42", username: "bot_42" });
  });

  test("is the active account where the settings hold no token", async () => {
    const accounts = [anAccount("7", "auth_failed"), anAccount("42")];
    expect(await settingsOf({ botToken: null }, accounts)).toMatchObject({ botId: "42", username: "bot_42" });
  });

  test.each<[string, Partial<Config["telegram"]>, string]>([
    ["a token without a number", { botToken: "AAE-token" }, "BOT_TOKEN does not begin"],
    ["polling", { mode: "polling" }, "TELEGRAM_MODE is polling"],
  ])("cannot be told from %s", async (_, given, message) => {
    const fault: unknown = await settingsOf(given).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code: "settings", message: expect.stringContaining(message) });
  });
});

describe("the word that proves a webhook", () => {
  test("is the owner's, where there is one", async () => {
    expect(await settingsOf({ webhookSecret: "a-word" })).toHaveProperty("webhookSecret", "a-word");
  });

  test("is otherwise made once for each bot and kept sealed", async () => {
    const secretOf = async (botToken: string): Promise<string> => (await settingsOf({ botToken }))?.webhookSecret ?? "";
    const first = await secretOf("42:AAE-token");
    expect(first).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await secretOf("42:AAE-another")).toBe(first);
    expect(await secretOf("43:AAE-token")).not.toBe(first);
    expect(await store.meta("telegram-webhook-secret:42")).not.toContain(first);
  });
});

test("the start tells how messages come to the server, and no secret", () => {
  const url = "https://bot.example.com/api/webhooks/telegram";
  const unset = telegramHint(live, "https://bot.example.com/");
  expect(unset).toContain("refused until WEBHOOK_SECRET_TOKEN is set");
  expect(unset).toContain(url);
  const set = telegramHint({ ...live, webhookSecret: "a-word" }, null);
  expect(set).toContain("https://<your address>/api/webhooks/telegram");
  expect(set).not.toContain("a-word");
});
