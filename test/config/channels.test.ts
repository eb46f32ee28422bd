import { describe, expect, test } from "bun:test";
import { liveChannels, loadConfig, type Config } from "../../src/config.ts";
import { isPlaceholder } from "../../src/config/kinds.ts";
import { Fault } from "../../src/core/fault.ts";

const none = { messenger: false, telegram: false };
const load = (env: Record<string, string>, sandbox = false): Config =>
  loadConfig({ env, flags: { sandbox, dataDir: "/data" }, cwd: "/nowhere", home: "/home/an" });

function faultOf(run: () => unknown): Fault {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const shop = {
  HOST: "127.0.0.1",
  FACEBOOK_APP_SECRET: "0123456789abcdef0123456789abcdef",
  FACEBOOK_VERIFY_TOKEN: "quiet-river",
  FACEBOOK_PAGE_ACCESS_TOKEN: "EAABsbCS1iHgBAKq",
};
const bot = { HOST: "127.0.0.1", BOT_TOKEN: "42:AAE-token" };

describe("a channel", () => {
  test("is on when the environment holds its credentials", () => {
    const live = liveChannels(load(shop), none);
    expect(live.messenger).toMatchObject({ appSecret: shop.FACEBOOK_APP_SECRET, verifyToken: "quiet-river" });
    expect(live.telegram).toBeNull();
    expect(liveChannels(load(bot), none)).toMatchObject({ messenger: null, telegram: { botToken: "42:AAE-token" } });
  });

  test("is on for webhooks before it has a page token, so that Meta's check can be answered", () => {
    const { FACEBOOK_PAGE_ACCESS_TOKEN: _, ...withoutPage } = shop;
    expect(liveChannels(load(withoutPage), none).messenger?.pageAccessToken).toBeNull();
  });

  test("is on when the database holds an active account", () => {
    const { FACEBOOK_PAGE_ACCESS_TOKEN: _, ...withoutPage } = shop;
    expect(liveChannels(load(withoutPage), { messenger: true, telegram: true })).toMatchObject({
      messenger: { verifyToken: "quiet-river" },
      telegram: { botToken: null, mode: "webhook" },
    });
  });

  test("S2: of Messenger that lacks its app secret or verify token is refused", () => {
    const fault = faultOf(() => load({ FACEBOOK_PAGE_ACCESS_TOKEN: "EAABsbCS1iHgBAKq" }));
    expect(fault.code).toBe("settings");
    expect(fault.message).toContain("FACEBOOK_APP_SECRET is missing, and Messenger needs it");
    expect(fault.message).toContain("FACEBOOK_VERIFY_TOKEN is missing, and Messenger needs it");
  });

  test("S2: of Messenger that only the database knows of is refused without them too", () => {
    const fault = faultOf(() => liveChannels(load(bot), { messenger: true, telegram: true }));
    expect(fault.code).toBe("settings");
    expect(
      fault.message
        .split("\n")
        .slice(1)
        .map((line) => line.trim().split(";")[0]),
    ).toEqual([
      "FACEBOOK_APP_SECRET is missing, and the database holds a Messenger account",
      "FACEBOOK_VERIFY_TOKEN is missing, and the database holds a Messenger account",
    ]);
  });

  test("must be on, or the way to the sandbox is shown", () => {
    const fault = faultOf(() => liveChannels(load({}), none));
    expect(fault.code).toBe("settings");
    expect(fault.message).toStartWith("no channel is on");
    expect(fault.fix).toContain("botctl serve --sandbox");
    expect(liveChannels(load(shop, true), none)).toMatchObject({ messenger: null, telegram: null });
  });
});

describe("placeholders", () => {
  test.each([
    "your_app_secret",
    "YOUR-TOKEN",
    "changeme",
    "change_me",
    "ChangeMe123",
    "xxx",
    "XXXXXXXX",
    "EAAxxxxxxxx",
    "...",
    "…",
    "EAAB...",
    "gsk_…",
    "<token>",
    "<your app secret>",
    "${APP_SECRET}",
    "{{ secret }}",
    "token_here",
    "replace_with_secret",
    "***",
    "todo",
  ])("%s is one", (value) => {
    expect(isPlaceholder(value)).toBe(true);
  });

  test.each([
    "0123456789abcdef0123456789abcdef",
    "quiet-river",
    "EAABsbCS1iHgBAKq",
    "42:AAE-token",
    "gsk_0123",
    "test",
    "secret",
    "verify-me",
    "https://api.groq.com",
    "http://127.0.0.1:9000",
    "p$ss",
    "x",
    "xx",
    "here",
    "yours",
  ])("%s is none", (value) => {
    expect(isPlaceholder(value)).toBe(false);
  });

  test("S2: count as missing for a channel that is on", () => {
    const fault = faultOf(() =>
      load({ ...shop, FACEBOOK_APP_SECRET: "your_app_secret", FACEBOOK_APP_ID: "your_app_id" }),
    );
    expect(fault.message).toContain("FACEBOOK_APP_SECRET still holds the placeholder of an example file");
    expect(fault.message).toContain("FACEBOOK_APP_ID still holds");
    expect(fault.message).not.toContain("your_app_");
  });

  test("of the other channel, left from the example file, are a warning", () => {
    const config = load({ ...bot, FACEBOOK_APP_SECRET: "your_app_secret", FACEBOOK_VERIFY_TOKEN: "changeme" });
    expect(liveChannels(config, none).messenger).toBeNull();
    expect(config.warnings.filter((warning) => warning.includes("placeholder"))).toHaveLength(2);
  });

  test("of every channel leave none on, and are named", () => {
    const fault = faultOf(() => liveChannels(load({ BOT_TOKEN: "your_bot_token", FACEBOOK_APP_SECRET: "xxx" }), none));
    expect(fault.message).toContain("BOT_TOKEN still holds the placeholder");
    expect(fault.message).toContain("FACEBOOK_APP_SECRET still holds the placeholder");
  });

  test("of the model or the server's own secrets are refused", () => {
    const fault = faultOf(() => load({ ...bot, GROQ_API_KEY: "your_groq_key", BOTCTL_ADMIN_TOKEN: "changeme" }));
    expect(fault.message.split("\n")).toHaveLength(3);
  });
});

describe("warnings", () => {
  const quiet = { ...bot, GROQ_API_KEY: "gsk_0123" };

  test("are none for a server behind a proxy with a model", () => {
    expect(load(quiet).warnings).toEqual([]);
    expect(load({ ...quiet, HOST: "0.0.0.0", BOTCTL_PUBLIC_URL: "https://bot.example.com" }).warnings).toEqual([]);
  });

  test.each([
    [{ HOST: "0.0.0.0" }, "the server listens on 0.0.0.0 without BOTCTL_PUBLIC_URL=https://"],
    [{ HOST: "::", BOTCTL_PUBLIC_URL: "http://bot.example.com" }, "the server listens on ::"],
    [{ BOTCTL_ADMIN_TOKEN: "short" }, "BOTCTL_ADMIN_TOKEN is shorter than 16"],
    [{ TELEGRAM_API_BASE: "http://tg.example.com" }, "TELEGRAM_API_BASE is not https"],
  ])("%o says: %s", (env, start) => {
    expect(load({ ...quiet, ...env }).warnings).toEqual([expect.stringContaining(start)]);
  });

  test("are loud when a live channel would echo its customers", () => {
    expect(load(bot).warnings).toEqual([expect.stringContaining("no model is set")]);
    expect(load({ ...bot, AGENT_SERVICE_BASE: "http://127.0.0.1:9000" }).warnings).toEqual([]);
    expect(load({ ...bot, GROQ_BASE_URL: "http://127.0.0.1:11434/v1" }).warnings).toEqual([]);
    expect(liveChannels(load(bot), none).warnings).toHaveLength(1);
    const idle = load({ HOST: "127.0.0.1" });
    expect(idle.warnings).toEqual([]);
    expect(liveChannels(idle, { messenger: false, telegram: true }).warnings).toHaveLength(1);
  });
});
