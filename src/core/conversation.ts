import type { ChannelName } from "./channel.ts";

export const CONVERSATION_STATES = ["bot", "human", "blocked"] as const;
/** `human`: a person answers and the bot keeps silent. `blocked`: the contact cannot be written to until it writes. */
export type ConversationState = (typeof CONVERSATION_STATES)[number];

/** Whom something is about, for workers and events. Platform ids are secrets of the person: never log them. */
export interface Whose {
  readonly channel: ChannelName;
  readonly accountId: number;
  /** The platform's id of the account. */
  readonly account: string;
  readonly conversation: number;
  /** The platform's id of the contact. */
  readonly contact: string;
  /** Follows a message from webhook to reply. */
  readonly correlation: string;
}

/**
 * Telegram's ids have at most 52 significant bits (Bot API, Chat), so no chat there has a number from here on, nor one as far
 * below zero, where groups are. JSON still carries it exactly.
 */
export const FIRST_SIMULATED_CHAT = 2 ** 52;

/** Ids that a platform never gives to anybody. */
const SIMULATED: Readonly<Record<ChannelName, (contact: string) => boolean>> = {
  messenger: (contact) => contact.startsWith("sim-"),
  telegram: (contact) => /^-?\d{16}$/.test(contact) && Math.abs(Number(contact)) >= FIRST_SIMULATED_CHAT,
};

/** Contacts made by `botctl simulate`: their replies are kept for reading and never sent to a platform. */
export function isSimulated({ channel, contact }: Pick<Whose, "channel" | "contact">): boolean {
  return SIMULATED[channel](contact);
}
