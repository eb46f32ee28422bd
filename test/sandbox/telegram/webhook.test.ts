import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Sandbox } from "../../../src/sandbox/index.ts";
import { VirtualClock } from "../../helpers/virtual-clock.ts";
import { until } from "../../helpers/until.ts";
import { bot, PERSON, refusal, SHOP_ID, startTelegram } from "./api.ts";

const OTHER = PERSON + 1;

let clock: VirtualClock;
let sandbox: Sandbox;
let server: Bun.Server<undefined>;
/** What the bot's server was told, as "chat text", and how it answers each. */
let heard: string[];
let answer: (said: string) => Response;
let secrets: (string | null)[];

beforeEach(async () => {
  clock = new VirtualClock(Date.UTC(2026, 10, 1));
  sandbox = await startTelegram({ clock });
  heard = [];
  secrets = [];
  answer = () => Response.json({ ok: true });
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const update: unknown = await request.json();
      const { message } = Object.assign({ message: { text: "?", chat: { id: 0 } } }, update);
      const said = `${message.chat.id - PERSON} ${message.text}`;
      heard.push(said);
      secrets.push(request.headers.get("x-telegram-bot-api-secret-token"));
      return answer(said);
    },
  });
});
afterEach(async () => {
  await server.stop(true);
  await sandbox.stop();
});

const says = (text: string, chat = PERSON): void => void sandbox.telegram.says(SHOP_ID, chat, { text });
const setWebhook = (params: Record<string, unknown> = {}): Promise<string> =>
  refusal(sandbox, "setWebhook", { url: `${server.url.origin}/hook`, ...params });
const posts = (): readonly (number | null)[] => sandbox.telegram.posts(SHOP_ID).map(({ status }) => status);
const posted = (count: number): Promise<boolean> => until(`${count} posts`, () => posts().length >= count);

describe("a webhook", () => {
  test("gets what waited and what comes, with its secret; any 2xx takes it", async () => {
    answer = () => new Response(null, { status: 204 });
    says("trước");
    expect(await setWebhook({ secret_token: "S3cret-_" })).toBe("");
    says("sau");
    await sandbox.telegram.idle();
    expect([heard, secrets, posts()]).toEqual([
      ["0 trước", "0 sau"],
      ["S3cret-_", "S3cret-_"],
      [204, 204],
    ]);
    expect((await bot(sandbox, "getWebhookInfo")).body["result"]).toEqual({
      url: `${server.url.origin}/hook`,
      has_custom_certificate: false,
      pending_update_count: 0,
      max_connections: 40,
      ip_address: "127.0.0.1",
    });
  });

  test("is asked again at once, then after 2, 4, 8 s, and nobody else in that chat is heard meanwhile", async () => {
    await setWebhook();
    answer = (said) => new Response(null, { status: said === "0 a" ? 500 : 200 });
    says("a");
    await posted(1);
    says("b");
    says("c", OTHER);
    await clock.advance(0);
    await posted(3);
    expect(heard.toSorted()).toEqual(["0 a", "0 a", "1 c"]);
    for (const [ms, count] of [
      [2_000, 4],
      [4_000, 5],
    ] as const) {
      await clock.advance(ms - 1);
      expect(posts()).toHaveLength(count - 1);
      await clock.advance(1);
      await posted(count);
    }
    const info = await bot(sandbox, "getWebhookInfo");
    expect(info.body["result"]).toMatchObject({
      pending_update_count: 2,
      last_error_message: "Wrong response from the webhook: 500",
    });
    answer = () => new Response();
    await clock.advance(8_000);
    await sandbox.telegram.idle();
    expect(heard.slice(-2)).toEqual(["0 a", "0 b"]);
  });

  test("that asks for patience is given it, and one that is away is tried again", async () => {
    await setWebhook();
    answer = () => new Response(null, { status: 503, headers: { "retry-after": "30" } });
    says("a");
    await posted(1);
    await clock.advance(29_999);
    expect(posts()).toEqual([503]);
    await server.stop(true);
    await clock.advance(1);
    await posted(2);
    expect(posts()).toEqual([503, null]);
  });

  test("that is pointed elsewhere takes what is left with it, or drops it", async () => {
    await setWebhook();
    answer = () => new Response(null, { status: 500 });
    says("a");
    await posted(1);
    await clock.advance(1_000);
    answer = () => new Response();
    expect(await setWebhook({ url: `${server.url.origin}/other` })).toBe("");
    await sandbox.telegram.idle();
    expect(posts().at(-1)).toBe(200);
    await bot(sandbox, "deleteWebhook");
    says("b");
    await bot(sandbox, "deleteWebhook", { drop_pending_updates: true });
    expect((await bot(sandbox, "getUpdates")).body["result"]).toEqual([]);
  });

  test("is set once a second at most, and says when nothing changed", async () => {
    expect((await bot(sandbox, "setWebhook", { url: server.url.href })).body["description"]).toBe("Webhook was set");
    const again = await bot(sandbox, "setWebhook", { url: server.url.href });
    expect([again.status, again.headers.get("retry-after")]).toEqual([429, "1"]);
    await clock.advance(1_000);
    const same = await bot(sandbox, "setWebhook", { url: server.url.href });
    expect(same.body["description"]).toBe("Webhook is already set");
  });

  test("has an address and a secret that Telegram could use", async () => {
    expect(await setWebhook({ secret_token: "a b" })).toContain("secret token contains unallowed characters");
    expect(await setWebhook({ secret_token: "a".repeat(257) })).toContain("secret token is too long");
    expect(await setWebhook({ url: "nowhere" })).toContain("bad webhook");
    const strict = await startTelegram({
      clock,
      telegram: { bots: [{ token: "1:a", username: "a", name: "a" }], local: false },
    });
    const set = (url: string): Promise<string> => refusal(strict, "setWebhook", { url }, "1:a");
    expect(await set("http://bot.example.com/hook")).toContain("An HTTPS URL must be provided");
    expect(await set("https://bot.example.com:9000/hook")).toContain("only on ports 80, 88, 443 or 8443");
    expect(await set("https://bot.example.com:8443/hook")).toBe("");
    await strict.stop();
  });
});
