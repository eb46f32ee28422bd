import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Bots, telegramHint } from "../../src/app/telegram.ts";
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

let heard: string[] = [];
const open = (given: Partial<Config["telegram"]>, accounts: readonly Account[] = []): Promise<Bots> => {
  const settings = { ...live, ...given };
  return Bots.open({ settings, store, vault, onSecret: (secret) => heard.push(secret) }, accounts);
};

describe("the bot at an address", () => {
  test("is nobody's while there is none, also that of BOT_TOKEN until it is expected or known", async () => {
    const bots = await open({});
    expect([bots.at(null), bots.at("42")]).toEqual([null, null]);
    await bots.expect();
    expect([bots.at(null)?.id, bots.at("42")?.username]).toEqual(["42", null]);
    await bots.admit(anAccount("42"));
    expect(bots.at("42")).toMatchObject({ username: "bot_42" });
  });

  test("that names none is that of BOT_TOKEN, also when others came before it", async () => {
    const bots = await open({}, [anAccount("7"), anAccount("42")]);
    expect([bots.at(null)?.id, bots.at("7")?.id, bots.at("42")?.id]).toEqual(["42", "7", "42"]);
  });

  test("that names none is the first account's where the settings hold no token, and stays so", async () => {
    const bots = await open({ botToken: null }, [anAccount("8", "auth_failed")]);
    expect(bots.at(null)?.id).toBe("8");
    await bots.admit(anAccount("9"));
    await bots.admit(anAccount("8"));
    expect([bots.at(null)?.id, bots.at("9")?.id]).toEqual(["8", "9"]);
  });

  test("that names an unknown one, or one that was removed, is nobody's", async () => {
    const bots = await open({ botToken: null }, [anAccount("7"), anAccount("8")]);
    bots.dismiss(anAccount("7"));
    expect([bots.at("7"), bots.at("1"), bots.at(null)?.id]).toEqual([null, null, "8"]);
  });

  test("is none of a page's", async () => {
    const bots = await open({ botToken: null });
    await bots.admit({ ...anAccount("7"), channel: "messenger" });
    expect(bots.at("7")).toBeNull();
  });

  test("cannot be told from a token without a number", async () => {
    const fault: unknown = await open({ botToken: "AAE-token" }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code: "settings", message: expect.stringContaining("BOT_TOKEN does not begin") });
  });
});

describe("the word that proves a bot's webhook", () => {
  const secretOf = async (bots: Bots, id: string): Promise<string> => {
    await bots.admit(anAccount(id));
    return bots.at(id)?.webhookSecret ?? "";
  };

  test("is made once for each bot and kept sealed, and the log is told of it", async () => {
    heard = [];
    const first = await secretOf(await open({ botToken: null }), "50");
    expect(first).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await secretOf(await open({ botToken: null }), "50")).toBe(first);
    const second = await secretOf(await open({ botToken: null }), "51");
    expect(second).not.toBe(first);
    expect(await store.meta("telegram-webhook-secret:50")).not.toContain(first);
    expect(heard).toContain(first);
    expect(heard).toContain(second);
  });

  test("is the owner's for the bot of BOT_TOKEN alone", async () => {
    const bots = await open({ botToken: "60:AAE-token", webhookSecret: "a-word" }, [anAccount("61")]);
    expect([await secretOf(bots, "60"), await secretOf(bots, "61")]).toEqual([
      "a-word",
      expect.not.stringMatching("a-word"),
    ]);
  });

  test("is the owner's for the only bot, and stays that bot's when another comes or the setting goes", async () => {
    const alone = await open({ botToken: null, webhookSecret: "a-word-of-70" }, [anAccount("70")]);
    expect(alone.at(null)?.webhookSecret).toBe("a-word-of-70");
    const second = await secretOf(alone, "71");
    expect(second).not.toBe("a-word-of-70");
    const both = [anAccount("70"), anAccount("71")];
    for (const webhookSecret of ["a-word-of-70", null]) {
      const bots = await open({ botToken: null, webhookSecret }, both);
      expect([bots.at("70")?.webhookSecret, bots.at("71")?.webhookSecret]).toEqual(["a-word-of-70", second]);
    }
  });

  test("is one and the same for those who ask at the same time", async () => {
    const bots = await open({ botToken: null });
    await Promise.all([bots.admit(anAccount("80")), bots.admit(anAccount("80"))]);
    expect(await secretOf(await open({ botToken: null }), "80")).toBe(bots.at("80")?.webhookSecret ?? "none");
  });
});

test("a bot's addresses are its own, and the one without a name where that means it", async () => {
  const [seven, fortyTwo] = [anAccount("7"), anAccount("42")];
  const base = "https://bot.example.com/api/webhooks/telegram";
  const named = await open({}, [seven, fortyTwo]);
  const ours = (bots: Bots, account: Account): readonly string[] => bots.ours(account, "https://bot.example.com");
  expect([ours(named, fortyTwo), ours(named, seven)]).toEqual([[base, `${base}/42`], [`${base}/7`]]);
  const unnamed = await open({ botToken: null }, [seven, fortyTwo]);
  expect([ours(unnamed, seven), ours(unnamed, fortyTwo)]).toEqual([[`${base}/7`, base], [`${base}/42`]]);
  expect([unnamed.ours(seven, null), ours(unnamed, { ...seven, channel: "messenger" })]).toEqual([[], []]);
});

test("the start tells how messages come to the server", () => {
  expect(telegramHint("webhook", "https://bot.example.com")).toContain("botctl accounts subscribe");
  expect(telegramHint("webhook", "https://bot.example.com")).not.toContain("BOTCTL_PUBLIC_URL");
  expect(telegramHint("webhook", null)).toContain("BOTCTL_PUBLIC_URL");
  expect(telegramHint("polling", null)).toContain("asked for");
});
