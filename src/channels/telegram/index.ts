import type { Channel } from "../../core/channel.ts";
import { sameWord } from "../proof.ts";
import { identify } from "./account.ts";
import type { ApiSettings } from "./api.ts";
import { render, TEXT_LIMIT_UNITS } from "./render.ts";
import { mark, send } from "./send.ts";
import { parse } from "./webhook.ts";

/** How this server stands to one bot. */
export interface TelegramSettings extends ApiSettings {
  /** The digits before the colon of its token: a webhook's body does not name the bot it is for. */
  readonly botId: string;
  /** What people write behind "@" to address it in a group; null to learn it when its token is identified. */
  readonly username: string | null;
  /** The word agreed on by setWebhook. An empty one refuses everything. */
  readonly webhookSecret: string;
  /** Epoch ms; for updates that tell no time. */
  readonly now: () => number;
}

const SECRET_HEADER = "x-telegram-bot-api-secret-token";
/** Telegram asks bots to stay below about 30 messages a second. */
const SENDS_PER_SECOND = 25;

/** Telegram, for one bot. */
export function telegramChannel(settings: TelegramSettings): Channel {
  let { username } = settings;
  const isTelegram = (secret: string | null): boolean => sameWord(secret, settings.webhookSecret);
  return {
    name: "telegram",
    textLimitUnits: TEXT_LIMIT_UNITS,
    windowMs: null,
    sendsPerSecond: SENDS_PER_SECOND,
    echoesDeliveries: false,
    // There is no challenge.
    greet: () => null,
    // The secret is a header, so what is not genuine is known before its body is read.
    plausible: (request) => isTelegram(request.header(SECRET_HEADER)),
    verify: (request) => (isTelegram(request.header(SECRET_HEADER)) ? "genuine" : "forged"),
    parse: (body) => parse(body, { id: settings.botId, username }, settings.now()),
    render,
    send: (message, signal) => send(settings, message, signal),
    mark: (access, contact, what, signal) => mark(settings, access, contact, what, signal),
    async identify(token, signal) {
      const outcome = await identify(settings, token, signal);
      if (outcome.kind === "identified" && outcome.identity.externalId === settings.botId) {
        username = outcome.identity.name === "" ? username : outcome.identity.name;
      }
      return outcome;
    },
  };
}
