/** `botctl accounts` from the words typed to what the platform has noted down: a real server, and Telegram's sandbox. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { DATABASE_FILE, lockFolder } from "../../src/store/sqlite/database.ts";
import { aText, CAFE, serving, SHOP, shown, startTelegram } from "../bots/stage.ts";
import type { InnerBot } from "../helpers/app.ts";
import { aFolder, onlyTelegram } from "../helpers/bot.ts";
import { until } from "../helpers/until.ts";
import { stage, type Stage } from "./stage.ts";

const PUBLIC = "https://bot.example.com";
const HOOK = `${PUBLIC}/api/webhooks/telegram`;
const ELSEWHERE = "https://elsewhere.example.com/hook";
const Document = z.object({ ok: z.literal(true), data: z.unknown() });
const Info = z.object({ result: z.looseObject({ url: z.string(), allowed_updates: z.array(z.string()).optional() }) });

let telegram: Sandbox;
let folder: ReturnType<typeof aFolder>;
let server: InnerBot | null = null;

beforeEach(async () => {
  telegram = await startTelegram();
  folder = aFolder();
});
afterEach(async () => {
  await server?.stop();
  server = null;
  await telegram.stop();
  folder[Symbol.dispose]();
});

const serve = async (env: Record<string, string> = {}): Promise<void> => {
  server = await serving(folder.path, telegram, { BOTCTL_PUBLIC_URL: PUBLIC, ...env });
};
/** The bot of BOT_TOKEN is known. */
const known = (): Promise<unknown> =>
  until("the bot is known", async () => (await (await server?.admin("/api/accounts"))?.text())?.includes(SHOP.id));

function person(props: { typed?: string[]; terminal?: boolean; env?: Record<string, string> } = {}): Stage {
  const { typed = [], terminal = false, env = {} } = props;
  return stage({
    typed,
    terminal,
    cwd: folder.path,
    env: { ...onlyTelegram(telegram.telegramUrl), BOTCTL_DATA_DIR: folder.path, ...env },
  });
}

function tokenFile(token: string): string {
  const path = join(folder.path, "token.txt");
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  return path;
}

const call = (bot: { token: string }, method: string, params: object = {}): Promise<Response> =>
  fetch(`${telegram.telegramUrl}/bot${bot.token}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  });
const infoOf = async (bot: { token: string }): Promise<z.infer<typeof Info>["result"]> =>
  Info.parse(await (await call(bot, "getWebhookInfo")).json()).result;
const dataOf = ({ out }: Stage): unknown => Document.parse(JSON.parse(out())).data;

describe("adding", () => {
  test("a bot is taken into service by the running server, and its token stands in no output", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    const me = person();
    expect(await me.botctl("accounts", "add", "telegram", "--token-file", tokenFile(CAFE.token))).toBe(0);
    expect(me.out()).toMatch(/^added Goc_Pho_bot \(telegram 7000000002\), id \d+\n$/);
    expect(me.err()).toContain("botctl accounts subscribe");
    expect(me.out() + me.err()).not.toContain(CAFE.token);
    const again = person({ typed: [CAFE.token] });
    expect(await again.botctl("pages", "add", "telegram", "--token-file", "-")).toBe(0);
    expect(again.out()).toStartWith("new token for Goc_Pho_bot");
  });

  test("before the first start it works on the data folder, and the start finds the bot there", async () => {
    const me = person();
    expect(await me.botctl("accounts", "add", "telegram", "--token-file", tokenFile(SHOP.token))).toBe(0);
    expect(me.err()).toContain("No server runs");
    await serve({ TELEGRAM_MODE: "polling" });
    telegram.telegram.says(SHOP.id, 5_570_001, { text: "/start" });
    await until("the answer", () => shown(telegram, SHOP, 5_570_001).length === 1);
  });

  test("H3 without a server a database that is damaged inside is told of as at a start", async () => {
    expect(await person().botctl("accounts", "add", "telegram", "--token-file", tokenFile(SHOP.token))).toBe(0);
    const path = join(folder.path, DATABASE_FILE);
    const db = new Database(path, { readonly: true });
    const sql =
      "SELECT (rootpage - 1) * (SELECT page_size FROM pragma_page_size) AS at FROM sqlite_master WHERE name = ?";
    const { at } = z.object({ at: z.int() }).parse(db.query(sql).get("account"));
    db.close(true);
    writeFileSync(path, readFileSync(path).fill(0x5a, at, at + 100));
    const me = person();
    expect(await me.botctl("accounts", "add", "telegram", "--token-file", tokenFile(CAFE.token))).toBe(11);
    expect(me.err()).toContain("is damaged");
  });

  test.each<[string, () => string[], number, string]>([
    ["a refused token is exit 4", () => ["--token-file", tokenFile("7000000009:nobodys")], 4, "refused the token"],
    ["no file is exit 2", () => [], 2, "--token-file"],
    ["a file that is not there is exit 2", () => ["--token-file", "/nowhere/token"], 2, "cannot be read"],
    ["a file of many words is exit 2", () => ["--token-file", tokenFile("two words")], 2, "it is one word"],
  ])("%s", async (_, words, code, complaint) => {
    await serve({ BOT_TOKEN: SHOP.token });
    const me = person();
    expect(await me.botctl("accounts", "add", "telegram", ...words())).toBe(code);
    expect(me.err()).toContain(complaint);
  });

  test("Telegram out of reach is exit 5, and a server that cannot be found is not worked around", async () => {
    const nowhere = person({ env: { TELEGRAM_API_BASE: "http://127.0.0.1:1" } });
    expect(await nowhere.botctl("accounts", "add", "telegram", "--token-file", tokenFile(SHOP.token))).toBe(5);
    const unlock = lockFolder(folder.path);
    const busy = person();
    expect(await busy.botctl("accounts", "add", "telegram", "--token-file", tokenFile(SHOP.token))).toBe(9);
    unlock();
  });

  test("the server's admin token is never taken for a bot's", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    const admin = join(folder.path, "admin-token");
    const me = person();
    expect(await me.botctl("--token-file", admin, "accounts", "add", "telegram")).toBe(2);
    const both = person();
    const words = ["--token-file", admin, "accounts", "add", "telegram", "--token-file", tokenFile(CAFE.token)];
    expect(await both.botctl(...words)).toBe(0);
  });

  test("a page without the settings of Messenger is exit 3", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    const me = person();
    expect(await me.botctl("accounts", "add", "messenger", "--token-file", tokenFile("EAAsomething"))).toBe(3);
  });
});

describe("listing", () => {
  test("shows what is there, with a server and without", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    await known();
    const me = person();
    expect(await me.botctl("accounts", "list", "--json")).toBe(0);
    const rows = [
      { id: 1, channel: "telegram", external_id: SHOP.id, name: SHOP.username, state: "active", reason: null },
    ];
    expect(dataOf(me)).toEqual(rows);
    await server?.stop();
    server = null;
    const offline = person();
    expect(await offline.botctl("accounts", "list", "--json")).toBe(0);
    expect(dataOf(offline)).toEqual(rows);
  });
});

describe("subscribing", () => {
  test("T5 sets a webhook whose secret and kinds are ours, shows what changed, and messages are taken by it", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    await known();
    const me = person();
    expect(await me.botctl("accounts", "subscribe")).toBe(0);
    expect(me.out()).toBe(
      `Tiem_Hoa_bot (telegram ${SHOP.id}): subscribed\n  webhook  none → ${HOOK}\n  updates  the platform's own choice → callback_query, edited_message, message, my_chat_member\n`,
    );
    expect(await infoOf(SHOP)).toMatchObject({ url: HOOK, allowed_updates: expect.arrayContaining(["message"]) });
    const again = person();
    expect(await again.botctl("accounts", "check", "1")).toBe(0);
    expect(again.out()).toContain("all is well");
  });

  test("the secret it gives is the one that is asked for", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    await known();
    const url = server?.url ?? "";
    await server?.stop();
    server = await serving(folder.path, telegram, { BOTCTL_PUBLIC_URL: url }, new URL(url).port);
    expect(await person().botctl("accounts", "subscribe", SHOP.id)).toBe(0);
    telegram.telegram.says(SHOP.id, 5_570_011, { text: "/start" });
    await until("the answer", () => shown(telegram, SHOP, 5_570_011).length === 1);
    expect(telegram.telegram.posts(SHOP.id).map(({ status }) => status)).toEqual([200]);
  });

  test("R12 a webhook that points elsewhere is asked about, and left when nobody can be asked", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    await known();
    await call(SHOP, "setWebhook", { url: ELSEWHERE });
    const script = person();
    expect(await script.botctl("accounts", "subscribe")).toBe(2);
    expect(script.err()).toContain("--yes");
    const no = person({ terminal: true, typed: ["n"] });
    expect(await no.botctl("accounts", "subscribe", "1")).toBe(1);
    expect(no.err()).toContain(ELSEWHERE);
    expect((await infoOf(SHOP)).url).toBe(ELSEWHERE);
    await until("Telegram takes another setWebhook", async () => {
      const yes = person({ terminal: true, typed: ["y"] });
      return (await yes.botctl("accounts", "subscribe", "1")) === 0 && yes.out().includes(`${ELSEWHERE} → ${HOOK}`);
    });
    expect((await infoOf(SHOP)).url).toBe(HOOK);
  });

  test("without an address of ours it is exit 3, and nothing changes", async () => {
    await serve({ BOT_TOKEN: SHOP.token, BOTCTL_PUBLIC_URL: "" });
    await known();
    const me = person();
    expect(await me.botctl("accounts", "subscribe", "--yes")).toBe(3);
    expect(me.err()).toContain("BOTCTL_PUBLIC_URL");
    expect((await infoOf(SHOP)).url).toBe("");
  });

  test("of several one may fail: the others are done, and it is exit 7", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    await known();
    await person().botctl("accounts", "add", "telegram", "--token-file", tokenFile(CAFE.token));
    telegram.telegram.replaceToken(SHOP.id, `${SHOP.token}x`);
    const me = person();
    expect(await me.botctl("accounts", "subscribe", "--json")).toBe(7);
    expect(dataOf(me)).toMatchObject([
      { ok: false, error: { code: "credentials" } },
      { ok: true, url: `${HOOK}/${CAFE.id}`, changes: [{ what: "url" }, { what: "updates" }] },
    ]);
    expect((await infoOf(CAFE)).url).toBe(`${HOOK}/${CAFE.id}`);
  });

  test("where messages are asked for it takes the webhook away, after asking", async () => {
    await serve({ BOT_TOKEN: SHOP.token, TELEGRAM_MODE: "polling" });
    await known();
    await call(SHOP, "setWebhook", { url: ELSEWHERE });
    const found = person();
    expect(await found.botctl("accounts", "check")).toBe(10);
    expect(found.out()).toContain("TELEGRAM_MODE=polling");
    expect(await person().botctl("accounts", "subscribe")).toBe(2);
    const me = person();
    expect(await me.botctl("accounts", "subscribe", "--yes")).toBe(0);
    expect(me.out()).toContain(`${ELSEWHERE} → none`);
    expect((await infoOf(SHOP)).url).toBe("");
  });
});

describe("checking", () => {
  test("says in words what differs, and is exit 10", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    await known();
    const unset = person();
    expect(await unset.botctl("accounts", "check", SHOP.id)).toBe(10);
    expect(unset.out()).toContain("no webhook is set");
    // Nobody listens there, so what is written waits, and Telegram notes why.
    await call(SHOP, "setWebhook", { url: "http://127.0.0.1:1/hook", allowed_updates: ["message"] });
    telegram.telegram.says(SHOP.id, 5_570_021, { text: "hi" });
    await until("Telegram has tried", async () => telegram.telegram.posts(SHOP.id).length > 0);
    const me = person();
    expect(await me.botctl("accounts", "check", "--json")).toBe(10);
    expect(dataOf(me)).toMatchObject([
      {
        ok: false,
        account: { external_id: SHOP.id },
        expected: HOOK,
        leads: "elsewhere",
        url: "http://127.0.0.1:1/hook",
        pending: 1,
        last_error: { message: "Connection refused" },
        findings: [{ code: "elsewhere" }, { code: "updates_missing" }, { code: "pending" }, { code: "last_error" }],
      },
    ]);
    expect(me.out()).not.toContain(SHOP.token);
  });

  test("a refused token is exit 4, an unknown account 6, no account at all 6, Telegram out of reach 5", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    await known();
    expect(await person().botctl("accounts", "check", "99")).toBe(6);
    telegram.telegram.replaceToken(SHOP.id, `${SHOP.token}x`);
    expect(await person().botctl("accounts", "check")).toBe(4);
    telegram.faults.inject("getMe", { kind: "reset" }, { times: 1 });
    expect(await person().botctl("accounts", "check", "1")).toBe(5);
    using empty = aFolder();
    expect(await person({ env: { BOTCTL_DATA_DIR: empty.path } }).botctl("accounts", "check")).toBe(6);
  });

  test("works on the data folder while no server runs", async () => {
    await person().botctl("accounts", "add", "telegram", "--token-file", tokenFile(SHOP.token));
    const me = person({ env: { BOTCTL_PUBLIC_URL: PUBLIC } });
    expect(await me.botctl("accounts", "subscribe")).toBe(0);
    expect((await infoOf(SHOP)).url).toBe(`${HOOK}/${SHOP.id}`);
    expect(await person({ env: { BOTCTL_PUBLIC_URL: PUBLIC } }).botctl("accounts", "check")).toBe(0);
  });
});

describe("a new token", () => {
  test("is effective at once, and another bot's is exit 4", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    await known();
    telegram.telegram.replaceToken(SHOP.id, `${SHOP.id}:AAE-the-second-token-of-the-shop`);
    expect(await person().botctl("accounts", "check")).toBe(4);
    const others = person();
    expect(await others.botctl("accounts", "set-token", "1", "--token-file", tokenFile(CAFE.token))).toBe(4);
    const me = person();
    const file = tokenFile(`${SHOP.id}:AAE-the-second-token-of-the-shop`);
    expect(await me.botctl("accounts", "set-token", SHOP.id, "--token-file", file)).toBe(0);
    expect(await me.botctl("send", "telegram", "5570031", "hi")).toBe(0);
    expect(shown(telegram, SHOP, 5_570_031)).toEqual(["hi"]);
    expect(await person().botctl("accounts", "set-token", "99", "--token-file", file)).toBe(6);
  });
});

describe("removing", () => {
  test("asks, takes our webhook away, and refuses what still comes; what was said stays", async () => {
    await serve({ BOT_TOKEN: SHOP.token, WEBHOOK_SECRET_TOKEN: "the-secret" });
    await known();
    await person().botctl("accounts", "subscribe");
    const post = (): Promise<Response> =>
      fetch(`${server?.url}/api/webhooks/telegram`, {
        method: "POST",
        headers: { "x-telegram-bot-api-secret-token": "the-secret" },
        body: JSON.stringify(aText("/start", 5_570_041)),
      });
    expect((await post()).status).toBe(200);
    await until("the answer", () => shown(telegram, SHOP, 5_570_041).length === 1);
    expect(await person().botctl("accounts", "remove", "1")).toBe(2);
    const me = person();
    expect(await me.botctl("accounts", "remove", "1", "--yes", "--json")).toBe(0);
    expect(dataOf(me)).toMatchObject({ account: { external_id: SHOP.id }, webhook: "removed", note: null });
    expect((await infoOf(SHOP)).url).toBe("");
    expect((await post()).status).toBe(403);
    const list = person();
    await list.botctl("accounts", "list", "--json");
    expect(dataOf(list)).toEqual([]);
    const said = person();
    await said.botctl("conversations", "show", "1", "--json");
    expect(dataOf(said)).toMatchObject({ messages: [{ text: "/start" }, { by: "bot" }] });
    expect(await person().botctl("accounts", "remove", "1", "--yes")).toBe(6);
  });

  test("a restart does not bring it back, and a webhook elsewhere is left alone", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    await known();
    await call(SHOP, "setWebhook", { url: ELSEWHERE });
    const me = person({ terminal: true, typed: ["y"] });
    expect(await me.botctl("accounts", "remove", SHOP.id)).toBe(0);
    expect(me.err()).toContain("somebody else");
    expect((await infoOf(SHOP)).url).toBe(ELSEWHERE);
    await server?.stop();
    await serve({ BOT_TOKEN: SHOP.token });
    const list = person();
    await list.botctl("accounts", "list", "--json");
    expect(dataOf(list)).toEqual([]);
  });

  test("goes through when Telegram cannot be told, and says so", async () => {
    await serve({ BOT_TOKEN: SHOP.token });
    await known();
    telegram.telegram.replaceToken(SHOP.id, `${SHOP.token}x`);
    const me = person();
    expect(await me.botctl("accounts", "remove", "1", "--yes")).toBe(0);
    expect(me.err()).toContain("could not be told");
  });
});
