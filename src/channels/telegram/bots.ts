/** Which of our bots a webhook is for, and whether it bears that bot's secret. */
import { randomBytes } from "node:crypto";
import type { RawRequest } from "../../core/channel.ts";
import { sameWord } from "../proof.ts";
import type { ApiSettings } from "./api.ts";
import type { Bot } from "./kinds.ts";

/** A bot and the word agreed on with Telegram for its webhooks. */
export interface HookedBot extends Bot {
  /** As given to setWebhook. An empty one refuses everything. */
  readonly webhookSecret: string;
}

/**
 * Finds the bot that an address means, as of now: bots come and go while the server runs.
 *
 * @param account the bot's number in the address; null for the address that names none
 * @returns null when there is no such bot
 */
export type BotAt = (account: string | null) => HookedBot | null;

/** How this server stands to its bots. */
export interface TelegramSettings extends ApiSettings {
  readonly botAt: BotAt;
  /** Whether updates are asked for; webhooks are not taken then. */
  readonly polls: boolean;
  /** Epoch ms; for updates that tell no time. */
  readonly now: () => number;
}

const SECRET_HEADER = "x-telegram-bot-api-secret-token";

/** What a secret is compared with when there is no such bot, so that the time does not tell which bots there are. */
const NOBODYS_SECRET = randomBytes(32).toString("base64url");

/** Whether the platform made this request. The secret is a header, so that is known before the body is read. */
export function bearsSecret(request: RawRequest, botAt: BotAt): boolean {
  const bot = botAt(request.account);
  return sameWord(request.header(SECRET_HEADER), bot?.webhookSecret ?? NOBODYS_SECRET) && bot !== null;
}
