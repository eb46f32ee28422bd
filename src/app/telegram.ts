/** What the Telegram channel is told: which bot it is, and the word that proves a webhook to be Telegram's. */
import { randomBytes } from "node:crypto";
import type { TelegramSettings } from "../channels/telegram/index.ts";
import type { Config } from "../config.ts";
import type { Account } from "../core/account.ts";
import { Fault } from "../core/fault.ts";
import type { Store } from "../core/store.ts";
import type { Vault } from "../vault/vault.ts";

const SECRET_BYTES = 32;

/**
 * The settings of the one bot this server speaks for: that of BOT_TOKEN, else the account that is active.
 *
 * @param live null: Telegram is off
 * @throws Fault settings when BOT_TOKEN names no bot, and for polling, which is not there yet
 */
export async function telegramOf(
  live: Config["telegram"] | null,
  accounts: readonly Account[],
  store: Store,
  vault: Vault,
  now: () => number,
): Promise<TelegramSettings | null> {
  if (live === null) return null;
  if (live.mode === "polling") {
    throw new Fault(
      "settings",
      "TELEGRAM_MODE is polling, and this version takes Telegram's webhooks only",
      "Remove TELEGRAM_MODE, and point the bot's webhook at this server.",
    );
  }
  const bots = accounts.filter(({ channel }) => channel === "telegram");
  const named = /^(\d+):/.exec(live.botToken ?? "")?.[1];
  const botId = live.botToken === null ? bots.find(({ state }) => state === "active")?.externalId : named;
  if (botId === undefined) {
    throw new Fault(
      "settings",
      "BOT_TOKEN does not begin with a bot's number",
      "Copy the whole token from @BotFather: digits, a colon, letters.",
    );
  }
  const name = bots.find(({ externalId }) => externalId === botId)?.name ?? "";
  return {
    botId,
    username: name === "" ? null : name,
    webhookSecret: live.webhookSecret ?? (await keptSecret(botId, store, vault)),
    apiBase: live.apiBase,
    sendTimeoutMs: live.sendTimeoutMs,
    now,
  };
}

/**
 * What to do so that Telegram's messages come. The webhook itself is set by its owner, because a live one is never pointed
 * elsewhere without asking (R12).
 */
export function telegramHint(live: Config["telegram"], publicUrl: string | null): string {
  const url = `${publicUrl?.replace(/\/+$/, "") ?? "https://<your address>"}/api/webhooks/telegram`;
  const how = `call setWebhook with url ${url} and WEBHOOK_SECRET_TOKEN as its secret_token`;
  return live.webhookSecret === null
    ? `all Telegram webhooks are refused until WEBHOOK_SECRET_TOKEN is set; set it, and then ${how}`
    : `if this bot has no webhook yet, ${how}`;
}

/** Made once for a bot, so that there is never a server that takes webhooks from just anybody. */
async function keptSecret(botId: string, store: Store, vault: Vault): Promise<string> {
  const key = `telegram-webhook-secret:${botId}`;
  const place = { purpose: "webhook-secret", channel: "telegram", account: botId };
  const sealed = await store.meta(key);
  if (sealed !== null) return vault.open(sealed, place);
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  await store.setMeta(key, vault.seal(secret, place));
  return secret;
}
