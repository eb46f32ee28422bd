/** Servers that speak for Telegram bots, against the sandbox's Telegram. */
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { startInner, type InnerBot } from "../helpers/app.ts";
import { onlyTelegram } from "../helpers/bot.ts";

export const SHOP = {
  token: "7000000001:AAEhBP0av28FH1xcmTv7WgW8Kq2sLd9Rz5o",
  username: "Tiem_Hoa_bot",
  name: "Tiệm Hoa",
  id: "7000000001",
};
export const CAFE = {
  token: "7000000002:AAFkQ2b_r31GJ5yzNuX8hLm4Pp7vTe0Sa1c",
  username: "Goc_Pho_bot",
  name: "Góc Phố",
  id: "7000000002",
};

export function startTelegram(): Promise<Sandbox> {
  return startSandbox({
    graph: { appSecret: "s", appId: "1", verifyToken: "v", pages: [] },
    telegram: { bots: [SHOP, CAFE] },
  });
}

export function serving(
  dataDir: string,
  telegram: Sandbox,
  env: Record<string, string> = {},
  port = "0",
): Promise<InnerBot> {
  return startInner(dataDir, telegram, { ...onlyTelegram(telegram.telegramUrl), ...env }, port);
}

/** What a bot has sent to somebody, oldest first. */
export function shown(telegram: Sandbox, bot: { readonly id: string }, person?: number): string[] {
  const { sent } = telegram.telegram;
  return sent.filter((one) => one.bot === bot.id && one.chat === (person ?? one.chat)).map(({ text }) => text);
}

export const json = (body: unknown, method = "POST") => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

let made = 0;

/** A text that somebody sends to a bot, as a webhook brings it. */
export function aText(text: string, person: number): Record<string, unknown> {
  made += 1;
  const chat = { id: person, type: "private", first_name: "Lan" };
  const date = Math.trunc(Date.now() / 1_000);
  return { update_id: made, message: { message_id: made, date, chat, from: { ...chat, is_bot: false }, text } };
}
