/**
 * The bot beside a Telegram that we did not write (the package telegram-test-api). It is loose where Telegram is strict:
 * updates bear the bot's token, getMe lacks is_bot, dates are milliseconds in answers, an unknown method is 500 without `ok`,
 * and an update is handed out once whatever the offset says. What it does not try is tried against the sandbox.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import type { Sandbox } from "../src/sandbox/index.ts";
import { startInner, type InnerBot } from "./helpers/app.ts";
import { aFolder, onlyTelegram, theInternet } from "./helpers/bot.ts";
import { until } from "./helpers/until.ts";

const TOKEN = "7000000009:AAHsKq0fT3m_zXwL1cVb5Nn8RpYuGdEe2Jo";
const PERSON = 5_550_009;
const Sent = z.object({
  result: z.array(z.object({ message: z.looseObject({ chat_id: z.number().optional(), text: z.string() }) })),
});

const folder = aFolder();
let internet: Sandbox;
let peer: Bun.Subprocess<"ignore", "pipe", "inherit">;
let base: string;
let bot: InnerBot;

beforeAll(async () => {
  internet = await theInternet();
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  peer = Bun.spawn([process.execPath, join(import.meta.dir, "helpers/telegram-test-api.ts"), String(port)], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  await peer.stdout.getReader().read();
  bot = await startInner(folder.path, internet, {
    ...onlyTelegram(base),
    BOT_TOKEN: TOKEN,
    TELEGRAM_MODE: "polling",
  });
}, 20_000);

afterAll(async () => {
  await bot.stop();
  peer.kill();
  await internet.stop();
  folder[Symbol.dispose]();
});

test("what somebody writes to a foreign Telegram is answered there, once", async () => {
  await ask("/sendMessage", {
    botToken: TOKEN,
    from: { id: PERSON, first_name: "Lan", username: "lan" },
    chat: { id: PERSON, first_name: "Lan", type: "private", title: "Lan" },
    date: Math.trunc(Date.now() / 1_000),
    text: "Shop ơi, hoa hồng giá sao ạ?",
  });
  const [first] = await until("the reply", async () => {
    const replies = await sent();
    return replies.length > 0 ? replies : null;
  });
  expect(first).toContain("hoa hồng giá sao ạ?");
  expect(await sent()).toHaveLength(1);
}, 20_000);

async function ask(path: string, body: unknown): Promise<unknown> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  return await (await fetch(`${base}${path}`, init)).json();
}

/** What the bot has sent so far. */
async function sent(): Promise<string[]> {
  const history = Sent.parse(await ask("/getUpdatesHistory", { token: TOKEN }));
  return history.result.flatMap(({ message }) => (message.chat_id === PERSON ? [message.text] : []));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
