import type { ChannelName } from "./channel.ts";

/** `human`: a person answers and the bot keeps silent. `blocked`: the contact cannot be written to until it writes. */
export type ConversationState = "bot" | "human" | "blocked";

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

/** Contacts made by `botctl simulate`: their replies are kept for reading and never sent to a platform. */
export function isSimulated(contact: string): boolean {
  return contact.startsWith("sim-");
}
