/**
 * Which channels are on.
 *
 * A channel is on when it has credentials among the settings or an active account in the database. The first is known
 * when the settings are read, so its complaints come with all the others; the second only once the database is open,
 * which is when `liveChannels` is asked.
 */
import type { ChannelName } from "../core/channel.ts";
import { Fault } from "../core/fault.ts";
import { LEFTOVER, settingsFault, type Complaint } from "./complaint.ts";
import { messenger, telegram } from "./outside.ts";
import type { Config, MessengerSettings, TelegramSettings } from "./types.ts";

/** Messenger with all it needs to tell genuine webhooks from forged ones. */
export interface LiveMessenger extends MessengerSettings {
  readonly appSecret: string;
  readonly verifyToken: string;
}

export interface LiveChannels {
  /** Null: off. */
  readonly messenger: LiveMessenger | null;
  readonly telegram: TelegramSettings | null;
  /** All that should be said at start: `config.warnings`, and what the accounts add. */
  readonly warnings: readonly string[];
}

interface ChannelRules {
  readonly title: string;
  readonly settings: readonly string[];
  /** Each of these turns the channel on by itself. */
  readonly credentials: readonly string[];
  /** Without these a channel that is on would be unsafe (guarantees S2). */
  readonly needs: readonly string[];
}

const RULES: Readonly<Record<ChannelName, ChannelRules>> = {
  messenger: {
    title: "Messenger",
    settings: Object.keys(messenger),
    credentials: ["FACEBOOK_APP_SECRET", "FACEBOOK_VERIFY_TOKEN", "FACEBOOK_PAGE_ACCESS_TOKEN"],
    needs: ["FACEBOOK_APP_SECRET", "FACEBOOK_VERIFY_TOKEN"],
  },
  telegram: { title: "Telegram", settings: Object.keys(telegram), credentials: ["BOT_TOKEN"], needs: [] },
};

/** Said loudly, because customers would see it. */
export const NO_MODEL =
  "no model is set (GROQ_API_KEY or GROQ_BASE_URL) and no AGENT_SERVICE_BASE: every customer gets their own words back";

/** Whether nothing is there to write answers: neither a model nor a service of the owner's. */
export function echoes(config: Config): boolean {
  return config.model === null && config.services.agent === null;
}

/**
 * What the settings alone say about the channels.
 *
 * A placeholder is a complaint, because somebody meant to fill it in. Only for a channel that is off it is a mere
 * warning: example files hold both channels, and most shops use one.
 *
 * @param given names of the settings that have a value
 * @param placeholders names of those that hold what an example file left there
 */
export function judgeChannels(
  given: ReadonlySet<string>,
  placeholders: ReadonlySet<string>,
): { complaints: Complaint[]; warnings: string[]; anyOn: boolean } {
  const complaints: Complaint[] = [];
  const warnings: string[] = [];
  const leftovers = new Set(placeholders);
  let anyOn = false;
  for (const { title, settings, credentials, needs } of Object.values(RULES)) {
    if (credentials.some((name) => given.has(name))) {
      anyOn = true;
      const missing = needs.filter((name) => !given.has(name) && !placeholders.has(name));
      complaints.push(...missing.map((name) => ({ name, wrong: `is missing, and ${title} needs it`, from: null })));
      continue;
    }
    for (const name of settings) {
      if (leftovers.delete(name)) warnings.push(`${name} ${LEFTOVER} and counts as missing`);
    }
  }
  complaints.push(...[...leftovers].map((name) => ({ name, wrong: LEFTOVER, from: null })));
  return { complaints, warnings, anyOn };
}

/**
 * Which channels are on, with all they need. A sandbox has none of these: it brings its own.
 *
 * @param accounts whether the database holds an active account of each channel
 * @throws Fault "settings" when no channel is on, or when one lacks what it needs
 */
export function liveChannels(config: Config, accounts: Readonly<Record<ChannelName, boolean>>): LiveChannels {
  if (config.sandbox) return { messenger: null, telegram: null, warnings: config.warnings };
  const { appSecret, verifyToken, pageAccessToken } = config.messenger;
  const messengerOn = accounts.messenger || appSecret !== null || verifyToken !== null || pageAccessToken !== null;
  const telegramOn = accounts.telegram || config.telegram.botToken !== null;
  if (!messengerOn && !telegramOn) throw noChannel(config);

  const lacking = (name: string): Complaint => ({
    name,
    wrong: config.placeholders.includes(name) ? LEFTOVER : "is missing, and the database holds a Messenger account",
    from: null,
  });
  let live: LiveMessenger | null = null;
  if (messengerOn) {
    if (appSecret === null || verifyToken === null) {
      throw settingsFault([
        ...(appSecret === null ? [lacking("FACEBOOK_APP_SECRET")] : []),
        ...(verifyToken === null ? [lacking("FACEBOOK_VERIFY_TOKEN")] : []),
      ]);
    }
    live = { ...config.messenger, appSecret, verifyToken };
  }
  const unsaid = echoes(config) && !config.warnings.includes(NO_MODEL);
  return {
    messenger: live,
    telegram: telegramOn ? config.telegram : null,
    warnings: unsaid ? [...config.warnings, NO_MODEL] : config.warnings,
  };
}

function noChannel(config: Config): Fault {
  const leftovers = config.placeholders.map((name) => `\n  ${name} ${LEFTOVER}`);
  return new Fault(
    "settings",
    `no channel is on: the settings hold no credentials and the database no active account${leftovers.join("")}`,
    "For Messenger set FACEBOOK_APP_SECRET, FACEBOOK_VERIFY_TOKEN and FACEBOOK_PAGE_ACCESS_TOKEN, for Telegram set BOT_TOKEN. " +
      "To try botctl without any keys: botctl serve --sandbox",
  );
}
