/** T7: the two agents that the README shows, taken out of it and run, with the compiled binary asking them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../src/sandbox/index.ts";
import { aFolder, startBot, theInternet } from "./helpers/bot.ts";
import { until } from "./helpers/until.ts";
import { aWebhook } from "./helpers/webhooks.ts";

const readme = readFileSync(join(import.meta.dir, "../README.md"), "utf8");
const PERSON = "3100000000001";

let internet: Sandbox;
beforeAll(async () => {
  internet = await theInternet();
});
afterAll(() => internet.stop());

/** The block of code that the README's section has in a language. */
function shown(language: string): string {
  const [, section = ""] = readme.split(/^## An agent of your own$/m);
  return new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "m").exec(section)?.[1] ?? "";
}

function freePort(): number {
  const probe = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port } = probe;
  void probe.stop(true);
  return port ?? 0;
}

/** Runs an agent on a free port until the test is over, once it takes connections. */
async function run(command: readonly string[], cwd: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const port = freePort();
  const env = { PATH: process.env["PATH"] ?? "", PORT: String(port) };
  const child = Bun.spawn([...command], { cwd, stdin: "ignore", stdout: "ignore", stderr: "ignore", env });
  const url = `http://127.0.0.1:${port}`;
  await until("the agent listens", async () => {
    if (child.exitCode !== null) throw new Error(`the agent ended with ${child.exitCode}`);
    return await fetch(url).then(
      () => true,
      () => null,
    );
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

describe("T7 an agent of one's own", () => {
  test.each([
    ["python", "agent.py", ["python3", "agent.py"]],
    ["ts", "agent.ts", [process.execPath, "agent.ts"]],
  ] as const)(
    "as the README shows it in %s writes the answer, with its buttons",
    async (language, file, command) => {
      using folder = aFolder();
      writeFileSync(join(folder.path, file), shown(language));
      await using agent = await run(command, folder.path);
      await using bot = await startBot(join(folder.path), internet, { AGENT_SERVICE_BASE: agent.url });
      const before = internet.sent.length;
      const text = `áo này còn màu đỏ không shop ơi, hỏi bằng ${language}`;
      await bot.post(aWebhook({ from: PERSON, text, photos: [`${internet.mediaUrl}/photo.jpg`] }));
      const reply = await until("the reply", () => internet.sent[before]);
      expect(reply.body).toMatchObject({
        attachment: {
          payload: {
            template_type: "button",
            text: `Bạn hỏi: ${text} (1 ảnh)`,
            buttons: [{ type: "web_url", title: "Cửa hàng", url: "https://shop.example.com" }],
          },
        },
        quick_replies: [{ content_type: "text", title: "Xem giá", payload: "PRICES" }],
      });
      const [conversation] = await bot.list("/api/conversations");
      const messages = await bot.list(`/api/conversations/${conversation?.["id"]}/messages`);
      expect(messages.at(-1)?.["actions"]).toMatchObject([{ title: "Xem giá" }, { title: "Cửa hàng" }]);
      expect(internet.calls).toMatchObject({ chat: 0, media: 0 });
    },
    20_000,
  );

  test("is a program of some twenty lines in the README", () => {
    for (const language of ["python", "ts"]) {
      const lines = shown(language).trim().split("\n");
      expect(lines.length).toBeGreaterThan(10);
      expect(lines.length).toBeLessThanOrEqual(25);
    }
  });

  test.each([
    ["cho mình hỏi giá ship về Huế nha", "Agent tạm thời bận, vui lòng thử lại sau."],
    [
      "how much is the delivery to Hue please",
      "Agent tạm thời bận, vui lòng thử lại sau.\nThe agent is busy right now, please try again later.",
    ],
  ])("that is away brings an apology of its own, and the question is kept: %s", async (text, apology) => {
    using folder = aFolder();
    await using bot = await startBot(folder.path, internet, {
      AGENT_SERVICE_BASE: `http://127.0.0.1:${freePort()}`,
      SERVICE_API_KEY: "canary-service-key",
    });
    const before = internet.sent.length;
    await bot.post(aWebhook({ from: PERSON, text }));
    expect((await until("the apology", () => internet.sent[before])).text).toBe(apology);
    const [conversation] = await bot.list("/api/conversations");
    expect(conversation?.["turn"]).toMatchObject({ state: "ready" });
    expect(internet.calls.chat).toBe(0);
    const failed = await until("the log tells", () => bot.log().match(/.*"agent_call_failed".*/)?.[0]);
    expect(JSON.parse(failed)).toMatchObject({ level: "warn", model: "service", attempt: 1 });
    expect(bot.log()).not.toContain("canary");
  });

  const wrong: readonly [string, () => Response | Promise<Response>][] = [
    ["takes longer than AGENT_TIMEOUT_MS", () => new Promise<Response>(() => {})],
    ["answers 500", () => Response.json({ reply: "no" }, { status: 500 })],
    ["answers HTML", () => new Response("<html>ok</html>", { headers: { "content-type": "text/html" } })],
    ["answers without a reply", () => Response.json({ text: "Dạ còn ạ." })],
    ["says nothing", () => Response.json({ reply: "  " })],
  ];
  test.each(wrong)("that %s brings the apology once, and is asked again later", async (_, answer) => {
    const bad = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 60, fetch: answer });
    using folder = aFolder();
    await using bot = await startBot(folder.path, internet, {
      AGENT_SERVICE_BASE: `http://127.0.0.1:${bad.port}`,
      AGENT_TIMEOUT_MS: "200",
    });
    const before = internet.sent.length;
    await bot.post(aWebhook({ from: PERSON, text: "còn áo size M màu đen không shop" }));
    expect((await until("the apology", () => internet.sent[before])).text).toBe(
      "Agent tạm thời bận, vui lòng thử lại sau.",
    );
    const [conversation] = await bot.list("/api/conversations");
    expect(conversation?.["turn"]).toMatchObject({ state: "ready" });
    expect(internet.sent).toHaveLength(before + 1);
    await bad.stop(true);
  });

  test("answers on Telegram as well: its actions are buttons there, and a press comes back as payload", async () => {
    const asked: unknown[] = [];
    const agent = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch(request) {
        asked.push(await request.json());
        return Response.json({
          reply: "Bó này **350k** ạ.",
          actions: [
            { type: "reply", title: "Đặt luôn", payload: "BUY:1" },
            { type: "url", title: "Cửa hàng", url: "https://shop.example.com" },
          ],
        });
      },
    });
    const token = "7000000009:AAEhBP0av28FH1xcmTv7WgW8Kq2sLd9Rz5o";
    const secret = "a-webhook-secret";
    const bots = [{ token, username: "Tiem_Hoa_bot", name: "Tiệm Hoa" }];
    const other = await theInternet({ telegram: { bots } });
    using folder = aFolder();
    await using bot = await startBot(folder.path, other, {
      AGENT_SERVICE_BASE: `http://127.0.0.1:${agent.port}`,
      BOT_TOKEN: token,
      TELEGRAM_API_BASE: other.telegramUrl,
      WEBHOOK_SECRET_TOKEN: secret,
    });
    other.telegram.setWebhook("7000000009", `${bot.url}/api/webhooks/telegram`, secret);
    const person = 5_770_001;
    other.telegram.says("7000000009", person, { text: "bó hoa hồng này giá bao nhiêu vậy shop" });
    const reply = await until("the reply", () => other.telegram.sent[0]);
    expect(reply.text).toBe("Bó này 350k ạ.");
    expect(JSON.stringify(reply.body["reply_markup"])).toContain("BUY:1");
    expect(JSON.stringify(reply.body["reply_markup"])).toContain("https://shop.example.com");
    expect(asked[0]).toMatchObject({
      text: "bó hoa hồng này giá bao nhiêu vậy shop",
      attachments: [],
      history: [],
      channel: "telegram",
      conversation: expect.any(String),
      user: expect.any(String),
    });
    other.telegram.presses("7000000009", person, "BUY:1", { message_id: reply.messageId });
    await until("the press is answered", () => other.telegram.sent[1]);
    expect(asked[1]).toMatchObject({
      payload: "BUY:1",
      history: [
        { role: "user", text: "bó hoa hồng này giá bao nhiêu vậy shop" },
        { role: "assistant", text: "Bó này **350k** ạ." },
      ],
    });
    const [conversation] = await bot.list("/api/conversations");
    const messages = await bot.list(`/api/conversations/${conversation?.["id"]}/messages`);
    expect(messages[1]?.["actions"]).toMatchObject([{ title: "Đặt luôn", payload: "BUY:1" }, { title: "Cửa hàng" }]);
    await Promise.all([agent.stop(true), other.stop()]);
  });

  test("may take longer than a model may", async () => {
    const slow = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch() {
        await Bun.sleep(600);
        return Response.json({ reply: "Dạ còn ạ." });
      },
    });
    using folder = aFolder();
    await using bot = await startBot(folder.path, internet, {
      AGENT_SERVICE_BASE: `http://127.0.0.1:${slow.port}`,
      MESSENGER_PROCESSING_TIMEOUT_MS: "100",
    });
    const before = internet.sent.length;
    await bot.post(aWebhook({ from: PERSON, text: "shop mở cửa tới mấy giờ vậy ạ" }));
    expect((await until("the reply", () => internet.sent[before])).text).toBe("Dạ còn ạ.");
    await slow.stop(true);
  });
});
