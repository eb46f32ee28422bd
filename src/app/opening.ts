/** What everybody does who opens a data folder to work on it: the server, and who drains it without one. */
import type { MessengerSettings } from "../channels/messenger/index.ts";
import type { TelegramSettings } from "../channels/telegram/index.ts";
import { openChannels } from "../channels/registry.ts";
import { liveChannels, type Config } from "../config.ts";
import type { Account } from "../core/account.ts";
import type { Channel, ChannelName } from "../core/channel.ts";
import { isTelegramPerson } from "../core/interaction.ts";
import type { Store, StorePolicy } from "../core/store.ts";
import type { Vault } from "../vault/vault.ts";

/** Deliveries under way at the same time, over all accounts. */
export const SEND_CONCURRENCY = 64;

/** How long one send may take, whichever channel it is on. */
export function longestSendMs({ delivery, telegram }: Config): number {
  return Math.max(delivery.sendTimeoutMs, telegram.sendTimeoutMs);
}

export function policyOf(config: Config): StorePolicy {
  const { quickRetries, echoGraceMs, telegramAmbiguous } = config.delivery;
  const users = config.sandbox ? null : config.services.users;
  return {
    waits: config.waits,
    takeoverMs: config.takeoverMs,
    limits: config.limits,
    delivery: {
      messenger: { quickRetries, echoGraceMs, ambiguous: "resend-once" },
      // Telegram shows nothing back, so there is nothing to wait for.
      telegram: { quickRetries, echoGraceMs: 0, ambiguous: telegramAmbiguous },
    },
    interactions: users === null ? null : { isReported: isTelegramPerson, quickRetries, graceMs: users.timeoutMs },
  };
}

/** @throws Fault settings when the database was sealed with another key */
export async function checkKey(store: Store, vault: Vault): Promise<void> {
  const stored = await store.meta("key-check");
  if (stored === null) await store.setMeta("key-check", vault.keyCheck());
  else vault.verifyKeyCheck(stored);
}

/** Which channels the settings and the accounts turn on. @throws Fault settings as `liveChannels` */
export function liveWith(config: Config, accounts: readonly Account[]): ReturnType<typeof liveChannels> {
  const active = (name: ChannelName): boolean =>
    accounts.some(({ channel, state }) => channel === name && state === "active");
  return liveChannels(config, { messenger: active("messenger"), telegram: active("telegram") });
}

/** The channels that are on. @param messenger null: off @param telegram null: off */
export function channelsOf(
  config: Config,
  messenger: Omit<MessengerSettings, "sendTimeoutMs"> | null,
  telegram: TelegramSettings | null,
): Record<ChannelName, Channel | null> {
  const { sendTimeoutMs } = config.delivery;
  const open = openChannels({
    ...(messenger === null ? {} : { messenger: { ...messenger, sendTimeoutMs } }),
    ...(telegram === null ? {} : { telegram }),
  });
  return { messenger: open.get("messenger") ?? null, telegram: open.get("telegram") ?? null };
}
