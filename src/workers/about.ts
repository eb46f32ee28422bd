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

/** Hashes kept, and then all are let go: people write several messages, and every event about one says who. */
const MOST_KEPT = 8_000;

/** The same hash, made once for each person who wrote lately. */
export function remembering(hash: HashPerson): HashPerson {
  const kept = new Map<string, string>();
  return (whose) => {
    const key = `${whose.channel}\n${whose.account}\n${whose.contact}`;
    const before = kept.get(key);
    if (before !== undefined) return before;
    const made = hash(whose);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(key, made);
    return made;
  };
}
