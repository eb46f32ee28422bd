import type { Whose } from "../core/conversation.ts";

/** What every event about a conversation says; made in one place so that no platform id slips into one. */
export interface About {
  readonly at: number;
  readonly platform: Whose["channel"];
  readonly account: string;
  readonly conversation: number;
  readonly user_hash: string;
  readonly correlation_id: string;
}

/** A keyed hash of a contact: the same person has the same one, and nobody learns who it is. */
export type HashPerson = (whose: Pick<Whose, "channel" | "account" | "contact">) => string;

export function about(whose: Whose, at: number, hashPerson: HashPerson): About {
  return {
    at,
    platform: whose.channel,
    account: whose.account,
    conversation: whose.conversation,
    user_hash: hashPerson(whose),
    correlation_id: whose.correlation,
  };
}
