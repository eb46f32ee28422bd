import type { Channel, Rate } from "../../core/channel.ts";
import { identify } from "./account.ts";
import { bearsSecret, type TelegramSettings } from "./bots.ts";
import { locate } from "./file.ts";
import { poll } from "./poll.ts";
import { render, TEXT_LIMIT_UNITS } from "./render.ts";
import { confirm, mark, send } from "./send.ts";
import { inspect, subscribe, unsubscribe } from "./subscription.ts";
import { parse } from "./webhook.ts";

export type { HookedBot, TelegramSettings } from "./bots.ts";

/** Telegram asks bots to stay below about 30 messages a second. */
const SENDS_PER_SECOND = 25;
/** Telegram's FAQ: about one message a second in a chat, where short bursts are let through, and 20 a minute in a group. */
const IN_CHAT: readonly Rate[] = [{ messages: 5, perMs: 5_000 }];
const IN_GROUP: readonly Rate[] = [...IN_CHAT, { messages: 20, perMs: 60_000 }];
/** Source: sendChatAction. */
const TYPING_LASTS_MS = 5_000;

/** Telegram, for all bots of one server. */
export function telegramChannel(settings: TelegramSettings): Channel {
  const { botAt } = settings;
  return {
    name: "telegram",
    textLimitUnits: TEXT_LIMIT_UNITS,
    windowMs: null,
    sendsPerSecond: SENDS_PER_SECOND,
    chatRates,
    typingLastsMs: TYPING_LASTS_MS,
    echoesDeliveries: false,
    addressesAccounts: true,
    polling: settings.polls ? { poll: (access, cursor, signal) => poll(settings, access, cursor, signal) } : null,
    // There is no challenge.
    greet: () => null,
    plausible: (request) => bearsSecret(request, botAt),
    verify: (request) => (bearsSecret(request, botAt) ? "genuine" : "forged"),
    // A bot that was removed a moment ago is nobody's any more: the store will not know it.
    parse: (body, account) => parse(body, botAt(account) ?? { id: account ?? "", username: null }, settings.now()),
    render,
    send: (message, signal) => send(settings, message, signal),
    mark: (access, contact, what, signal) => mark(settings, access, contact, what, signal),
    subscriptions: {
      inspect: (access, ours, signal) => inspect(settings, access, ours, signal),
      subscribe: (access, ours, signal) => subscribe(settings, access, ours, signal),
      unsubscribe: (access, signal) => unsubscribe(settings, access, signal),
    },
    identify: (token, signal) => identify(settings, token, signal),
    locate: (access, fileId, signal) => locate(settings, access, fileId, signal),
    confirm: (access, receipt, signal) => confirm(settings, access, receipt, signal),
  };
}

/** Ids of groups are below zero, and channels may be named by "@name". */
function chatRates(contact: string): readonly Rate[] {
  return /^\d+$/.test(contact) ? IN_CHAT : IN_GROUP;
}
