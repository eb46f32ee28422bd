import { describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, secretsOf, settingsTable, type Config, type Flags } from "../../src/config.ts";
import { Fault } from "../../src/core/fault.ts";
import { DEFAULT_WAITS } from "../../src/core/waits.ts";

type Files = Record<string, string>;

/** Loads with an imaginary file system and a home folder. */
function load(env: Record<string, string>, flags: Flags = {}, files: Files = {}): Config {
  return loadConfig({
    env,
    flags,
    cwd: "/srv/shop",
    home: "/home/an",
    makeTemporaryFolder: () => "/tmp/made",
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
      return text;
    },
  });
}

/** The complaints, one a line, without the headline. */
function complaints(env: Record<string, string>, flags: Flags = {}, files: Files = {}): string[] {
  try {
    load(env, flags, files);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    expect(error.code).toBe("settings");
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

const shop = {
  FACEBOOK_APP_SECRET: "0123456789abcdef0123456789abcdef",
  FACEBOOK_VERIFY_TOKEN: "quiet-river",
  FACEBOOK_PAGE_ACCESS_TOKEN: "EAABsbCS1iHgBAKq",
  GROQ_API_KEY: "gsk_0123456789",
};

describe("the defaults", () => {
  test("are those of the settings table", () => {
    const config = load(shop);
    expect(config.http).toEqual({ host: "0.0.0.0", port: 8000, publicUrl: null, trustedProxyHops: 0 });
    expect(config.waits).toEqual(DEFAULT_WAITS);
    expect(config.history).toEqual({ limit: 50, tokenBudget: 3000, ttlMs: 86_400_000 });
    expect(config.limits).toEqual({ perUserPerMinute: 10, perAccountPerMinute: null });
    expect(config.turnConcurrency).toBe(32);
    expect(config.delivery).toEqual({
      processingTimeoutMs: 15_000,
      sendTimeoutMs: 5_000,
      quickRetries: 3,
      echoGraceMs: 30_000,
      telegramAmbiguous: "resend-once",
      shutdownTimeoutMs: 9_000,
    });
    expect(config.takeoverMs).toBe(43_200_000);
    expect(config.retention).toEqual({ payloadMs: 604_800_000, textMs: 2_592_000_000 });
    expect(config.log).toEqual({ level: "info", format: "json" });
    expect(config.messenger).toMatchObject({
      graphVersion: "v24.0",
      graphBase: "https://graph.facebook.com",
      appId: null,
    });
    expect(config.telegram).toEqual({
      botToken: null,
      webhookSecret: null,
      apiBase: "https://api.telegram.org",
      mode: "webhook",
      sendTimeoutMs: 10_000,
    });
    expect(config.model).toEqual({
      kind: "groq",
      apiKey: "gsk_0123456789",
      baseUrl: "https://api.groq.com",
      model: "openai/gpt-oss-120b",
      visionModel: "qwen/qwen3.8-27b",
      speechModel: "whisper-large-v3-turbo",
      systemPrompt: null,
    });
    expect(config.services).toEqual({ agent: null, users: null });
    expect([config.adminToken, config.secretKey, config.contactEmail, config.alerts.telegramChat]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test("are what the README's table says, one row for each setting", () => {
    const rows = new Map(settingsTable().map((row) => [row.name, row]));
    expect(rows.size).toBe(settingsTable().length);
    expect(rows.size).toBe(61);
    expect(rows.get("PORT")?.default).toBe("8000");
    expect(rows.get("LOG_FORMAT")?.default).toBe("`json`, or `pretty` on a terminal");
    expect(rows.get("FACEBOOK_APP_SECRET")?.default).toBe("");
    expect(settingsTable().every((row) => row.meaning.length > 10)).toBe(true);
  });

  test("let a person on a terminal read the log", () => {
    const onTerminal = { env: {}, flags: {}, cwd: "/nowhere", home: "/home/an", terminal: true };
    expect(loadConfig(onTerminal).log.format).toBe("pretty");
    expect(loadConfig({ ...onTerminal, env: { LOG_FORMAT: "JSON" } }).log.format).toBe("json");
  });
});

describe("a setting", () => {
  test("comes from the flag, else the environment, else the env file", () => {
    const files = { "/srv/shop/.env": "PORT=1\nHISTORY_LIMIT=7\nLOG_LEVEL=debug" };
    const config = load({ PORT: "2", HISTORY_LIMIT: "8" }, { port: "3" }, files);
    expect([config.http.port, config.history.limit, config.log.level]).toEqual([3, 8, "debug"]);
    expect(load({}, { port: 0 }).http.port).toBe(0);
  });

  test("that is empty counts as not given", () => {
    const config = load({ PORT: " ", LOG_LEVEL: "" }, {}, { "/srv/shop/.env": "PORT=81\nLOG_LEVEL=" });
    expect([config.http.port, config.log.level]).toEqual([81, "info"]);
  });

  test("is trimmed and its words are read in any case", () => {
    for (const no of ["FALSE", " no ", "0", "Off"]) expect(load({ SMART_DELAY_ENABLED: no }).waits.enabled).toBe(false);
    for (const yes of ["True", "YES", "1", "on "]) expect(load({ SMART_DELAY_ENABLED: yes }).waits.enabled).toBe(true);
    const config = load({ TELEGRAM_MODE: "Polling", TELEGRAM_AMBIGUOUS: "HOLD", LOG_LEVEL: "WARNING" });
    expect([config.telegram.mode, config.delivery.telegramAmbiguous, config.log.level]).toEqual([
      "polling",
      "hold",
      "warn",
    ]);
  });

  test("in seconds, hours or days becomes milliseconds", () => {
    const config = load({
      IMAGE_KEYWORDS_WAIT: "1.25",
      PLAIN_WAIT: ".05",
      SETTLE_WAIT: "0",
      CONVERSATION_TTL_HOURS: "0.5",
      RETENTION_TEXT_DAYS: "2",
      USER_SERVICE_BASE: "http://users:9001/",
      REQUEST_TIMEOUT: "2.5",
    });
    expect([config.waits.imageMs, config.waits.plainMs, config.waits.settleMs]).toEqual([1_250, 50, 0]);
    expect([config.history.ttlMs, config.retention.textMs]).toEqual([1_800_000, 172_800_000]);
    expect(config.services.users).toEqual({
      baseUrl: "http://users:9001",
      apiKey: null,
      apiHeader: "X-API-Key",
      timeoutMs: 2_500,
    });
  });

  test.each<[string, string, string]>([
    ["PORT", "65536", "is not a whole number from 0 to 65535"],
    ["PORT", "80a", "is not a whole number from 0 to 65535"],
    ["PORT", "1e3", "is not a whole number from 0 to 65535"],
    ["TURN_CONCURRENCY", "0", "is not a whole number from 1 to 1000"],
    ["HISTORY_LIMIT", "5.5", "is not a whole number from 0 to 1000"],
    ["IMAGE_KEYWORDS_WAIT", "-1", "is not a number of seconds from 0 to 600"],
    ["IMAGE_KEYWORDS_WAIT", "8s", "is not a number of seconds from 0 to 600"],
    ["MAX_CONTEXT_TTL", "601", "is not a number of seconds from 0 to 600"],
    ["SMART_DELAY_ENABLED", "maybe", "is neither true nor false"],
    ["LOG_LEVEL", "loud", "is none of: debug, info, warn, error"],
    ["GRAPH_API_BASE", "graph.facebook.com", "is not an address that starts with https:// or http://"],
    ["GRAPH_API_BASE", "ftp://graph.facebook.com", "is not an address that starts with https:// or http://"],
    ["USER_SERVICE_BASE", "https://u:p@users", "holds a user name or password"],
    ["BOTCTL_PUBLIC_URL", "https://shop.example?x=1", "holds a ? or # part"],
    ["GROQ_BASE_URL", "https://ai.example/api", "has a path that does not end in /v1"],
    ["BOTCTL_SECRET_KEY", "c2hvcnQ=", "is not 32 bytes in base64"],
    ["BOTCTL_ADMIN_TOKEN", "two words", "holds spaces"],
    ["BOT_TOKEN", "123:abc/../../getMe", "is not a token"],
    ["WEBHOOK_SECRET_TOKEN", "not allowed!", "is not 1 to 256 of the characters"],
    ["FACEBOOK_GRAPH_API_VERSION", "24", "is not a version of the Graph API"],
    ["SERVICE_API_HEADER", "X API Key", "is not the name of a header"],
    ["ALERT_TELEGRAM_CHAT", "my chat", "is neither a chat's number nor its @name"],
    ["CONTACT_EMAIL", "nobody", "is not an e-mail address"],
  ])("%s=%s is refused", (name, value, wrong) => {
    const [line, ...others] = complaints({ [name]: value });
    expect(others).toEqual([]);
    expect(line).toStartWith(`${name} ${wrong}`);
    expect(line).toContain(`; for example ${name}=`);
  });

  test("that is an address loses the slash at its end", () => {
    const config = load({ GRAPH_API_BASE: "http://127.0.0.1:9/graph/", GROQ_BASE_URL: "http://127.0.0.1:11434/v1/" });
    expect(config.messenger.graphBase).toBe("http://127.0.0.1:9/graph");
    expect(config.model).toMatchObject({ baseUrl: "http://127.0.0.1:11434/v1", apiKey: null });
  });

  test("with the value 0 turns a rate limit off", () => {
    expect(load({ FACEBOOK_RATE_LIMIT_MESSAGES_PER_MINUTE: "0" }).limits.perUserPerMinute).toBeNull();
  });
});

describe("complaints", () => {
  test("T1: come all at once, each with its name, in the table's order", () => {
    const lines = complaints({ ...shop, FACEBOOK_APP_SECRET: "", PORT: "x", LOG_FORMAT: "xml", BOT_TOKEN: "a b" }, {});
    expect(lines.map((line) => line.split(" ")[0])).toEqual(["PORT", "FACEBOOK_APP_SECRET", "BOT_TOKEN", "LOG_FORMAT"]);
  });

  test("say where the value was found", () => {
    const files = { "/srv/shop/shop.env": "LOG_LEVEL=loud" };
    const lines = complaints({ HOST: "a b" }, { port: "x", envFile: "shop.env" }, files);
    expect(lines.map((line) => /\(from (.*?)\)/.exec(line)?.[1])).toEqual(["the environment", "--port", "shop.env"]);
  });

  test("never hold a value, also not one put in the wrong place", () => {
    const canary = "canary 4f1c";
    const all = Object.fromEntries(settingsTable().map(({ name }) => [name, canary]));
    const given = Object.fromEntries(settingsTable().map(({ name }) => [`${name}_FILE`, canary]));
    const lines = [
      ...complaints({ ...all, ...given }),
      ...complaints(given),
      ...complaints({}, {}, { "/srv/shop/.env": `${canary}\nPORT="${canary}` }),
    ];
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.join("\n")).not.toContain("4f1c");
  });

  test("tell how to try it without keys", () => {
    expect(() => load({ PORT: "x" })).toThrow(Fault);
    try {
      load({ PORT: "x" });
    } catch (error) {
      expect(error instanceof Fault && error.fix).toContain("botctl serve --sandbox");
    }
  });
});

describe("the env file", () => {
  test("named by a flag must be there; the default one need not", () => {
    expect(complaints({}, { envFile: "shop.env" })).toEqual([
      "--env-file shop.env cannot be read: there is no such file",
    ]);
    expect(complaints({})).toEqual([]);
  });

  test("with a broken line is refused, by line number alone", () => {
    const files = { "/srv/shop/.env": "PORT=1\nGROQ_API_KEY gsk_secret" };
    expect(complaints({}, {}, files)).toEqual([".env, line 2, is not KEY=value, or its quotes do not close"]);
  });
});

describe("a secret in a file", () => {
  test("is read and trimmed, from a path relative to the working folder", () => {
    const files = { "/srv/shop/keys/app": " 0123abcd\n", "/run/prompt": "You sell flowers.\nBe kind.\n" };
    const env = {
      ...shop,
      FACEBOOK_APP_SECRET: "",
      FACEBOOK_APP_SECRET_FILE: "keys/app",
      SYSTEM_PROMPT_FILE: "/run/prompt",
    };
    const config = load(env, {}, files);
    expect(config.messenger.appSecret).toBe("0123abcd");
    expect(config.model?.systemPrompt).toBe("You sell flowers.\nBe kind.");
  });

  test("that is also given directly, missing or empty is a complaint", () => {
    const env = { BOT_TOKEN: "1:a", BOT_TOKEN_FILE: "t", GROQ_API_KEY_FILE: "none", SYSTEM_PROMPT_FILE: "empty" };
    expect(
      complaints(env, {}, { "/srv/shop/t": "1:b", "/srv/shop/empty": "\n" }).map((line) => line.split(";")[0]),
    ).toEqual([
      "BOT_TOKEN and BOT_TOKEN_FILE are both given, one must go",
      "GROQ_API_KEY cannot be read: there is no such file (from GROQ_API_KEY_FILE)",
      "SYSTEM_PROMPT is empty (from SYSTEM_PROMPT_FILE)",
    ]);
  });
});

describe("the data folder", () => {
  const dirOf = (env: Record<string, string>, flags: Flags = {}) => load(env, flags).dataDir;

  test("is the flag's, the setting's, systemd's, XDG's or the user's own, in this order", () => {
    const env = { BOTCTL_DATA_DIR: "/data", STATE_DIRECTORY: "/var/lib/botctl:/var/lib/x", XDG_STATE_HOME: "/xdg" };
    expect(dirOf(env, { dataDir: "here" })).toBe("/srv/shop/here");
    expect(dirOf(env)).toBe("/data");
    expect(dirOf({ ...env, BOTCTL_DATA_DIR: "" })).toBe("/var/lib/botctl");
    expect(dirOf({ XDG_STATE_HOME: "/xdg" })).toBe("/xdg/botctl");
    expect(dirOf({ XDG_STATE_HOME: "relative" })).toBe("/home/an/.local/state/botctl");
    expect(dirOf({ BOTCTL_DATA_DIR: "~/bot" })).toBe("/home/an/bot");
  });

  test("that is an empty flag is refused, because the default could be the real shop's", () => {
    expect(complaints({}, { dataDir: "" })[0]).toStartWith("BOTCTL_DATA_DIR is empty (from --data-dir)");
  });

  test("cannot be guessed without a home folder", () => {
    expect(() => loadConfig({ env: {}, flags: {}, cwd: "/nowhere", home: "" })).toThrow("no home folder");
  });
});

describe("--sandbox", () => {
  test("looks at no channel, model or service setting, however wrong", () => {
    const env = {
      ...shop,
      GROQ_BASE_URL: "nonsense",
      AGENT_SERVICE_BASE: "nonsense",
      BOT_TOKEN: "your_token",
      PORT: "7",
    };
    const config = load(env, { sandbox: true });
    expect(config).toMatchObject({ sandbox: true, model: null, services: { agent: null }, http: { port: 7 } });
    expect(config.messenger).toMatchObject({ appSecret: null, pageAccessToken: null });
    expect(config.telegram.botToken).toBeNull();
    expect(secretsOf(config)).toEqual([]);
  });

  test("lives in a temporary folder unless one is given", () => {
    expect(load({ STATE_DIRECTORY: "/var/lib/botctl" }, { sandbox: true })).toMatchObject({
      dataDir: "/tmp/made",
      dataDirIsTemporary: true,
    });
    expect(load({}, { sandbox: true, dataDir: "/d" })).toMatchObject({ dataDir: "/d", dataDirIsTemporary: false });
    expect(load({ BOTCTL_DATA_DIR: "/d" }, { sandbox: true })).toMatchObject({
      dataDir: "/d",
      dataDirIsTemporary: false,
    });
  });
});

test("secretsOf names every secret setting", () => {
  const key = Buffer.alloc(32, 7).toString("base64");
  const secrets = {
    BOTCTL_ADMIN_TOKEN: "admin-0123456789abcdef",
    BOTCTL_SECRET_KEY: key,
    ...shop,
    FACEBOOK_APP_SECRET_PREVIOUS: "fedcba98",
    BOT_TOKEN: "42:abc",
    WEBHOOK_SECRET_TOKEN: "hook-secret",
    SERVICE_API_KEY: "service-key",
  };
  const config = load({ ...secrets, AGENT_SERVICE_BASE: "http://agent:9000", USER_SERVICE_BASE: "http://users:9001" });
  expect(new Set(secretsOf(config))).toEqual(new Set(Object.values(secrets)));
});

test("reads real files, and says when one may not be read", () => {
  const folder = mkdtempSync(join(tmpdir(), "botctl-config-"));
  try {
    writeFileSync(join(folder, ".env"), "PORT=8123\nBOTCTL_ADMIN_TOKEN_FILE=token\n");
    writeFileSync(join(folder, "token"), "0123456789abcdef\n");
    const input = { env: {}, flags: {}, cwd: folder, home: "/home/an" };
    expect(loadConfig(input)).toMatchObject({ http: { port: 8123 }, adminToken: "0123456789abcdef" });
    expect(() => loadConfig({ ...input, flags: { envFile: "." } })).toThrow(
      "--env-file . cannot be read: it is a folder",
    );
    chmodSync(join(folder, "token"), 0o000);
    // Root may read everything, so only others see this one.
    if (process.getuid?.() !== 0) expect(() => loadConfig(input)).toThrow("this user may not read it");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
