import type { Channel, ChannelName } from "../core/channel.ts";
import { messengerChannel, type MessengerSettings } from "./messenger/index.ts";
import { telegramChannel, type TelegramSettings } from "./telegram/index.ts";

/** What each channel needs to work. */
export interface ChannelSettings {
  readonly messenger: MessengerSettings;
  readonly telegram: TelegramSettings;
}

type Factories = { readonly [Name in keyof ChannelSettings]: (settings: ChannelSettings[Name]) => Channel };

/** Every platform the bot can speak on. A new one is a folder, its settings above and a line here. */
const factories: Factories = {
  messenger: messengerChannel,
  telegram: telegramChannel,
};

/** Builds the channels that are configured. */
export function openChannels(settings: Partial<ChannelSettings>): ReadonlyMap<ChannelName, Channel> {
  const open = new Map<ChannelName, Channel>();
  const { messenger, telegram } = settings;
  if (messenger) open.set("messenger", factories.messenger(messenger));
  if (telegram) open.set("telegram", factories.telegram(telegram));
  return open;
}
