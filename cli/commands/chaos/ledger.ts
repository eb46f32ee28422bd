/**
 * The count at the end: what people asked beside what they read. The platform's own list of what it accepted is the only
 * witness; what the bot says about itself counts for nothing here.
 */

import type { ChannelName } from "../../../src/core/channel.ts";

/** One message that somebody sent. */
export interface Question {
  /** The platform's id of it. */
  readonly id: string;
  readonly person: string;
  /** A word that no other message has and that its answer says back, e.g. "M100042"; null for a photo. */
  readonly code: string | null;
  /** Whether its webhook was answered with 200. */
  readonly acknowledged: boolean;
}

/** One message that the platform accepted from the bot. */
export interface Reply {
  readonly channel: ChannelName;
  readonly person: string;
  readonly text: string;
  /** The bot's own id of the delivery; null when it sent none. */
  readonly delivery: string | null;
}

export interface Reckoning {
  readonly sent: number;
  readonly acknowledged: number;
  /** Acknowledged and answered at least once. */
  readonly answered: number;
  /** Acknowledged and never answered. */
  readonly lost: readonly Question[];
  /** Answered by more than one reply. */
  readonly answeredTwice: readonly Question[];
  /** Deliveries that people read more than once. */
  readonly copies: readonly {
    readonly channel: ChannelName;
    readonly delivery: string;
    readonly person: string;
    readonly copies: number;
  }[];
  /** Replies, copies not counted. */
  readonly replies: number;
  /** Replies that answer nothing that was asked. */
  readonly unasked: readonly Reply[];
}

const CODES = /\bM\d{6,}\b/g;
/** How the sandbox's model speaks of a photo that belongs to the question. */
const PHOTO_SEEN = /Mình đã xem [^.]*ảnh|I looked at your [^.]*image/;

export function codeOf(number: number): string {
  return `M${100_000 + number}`;
}

/** @param replies in any order; a person is expected to send one photo at most */
export function reckon(questions: readonly Question[], replies: readonly Reply[]): Reckoning {
  const byDelivery = new Map<string, { reply: Reply; copies: number }>();
  for (const [index, reply] of replies.entries()) {
    const delivery = reply.delivery ?? `without an id, number ${index}`;
    const before = byDelivery.get(delivery);
    byDelivery.set(delivery, { reply, copies: (before?.copies ?? 0) + 1 });
  }
  const answers = new Map<string, number>();
  const unasked: Reply[] = [];
  const known = new Set(questions.map(keyOf));
  for (const { reply } of byDelivery.values()) {
    const keys = keysIn(reply).filter((key) => known.has(key));
    if (keys.length === 0) unasked.push(reply);
    for (const key of keys) answers.set(key, (answers.get(key) ?? 0) + 1);
  }
  const acknowledged = questions.filter((question) => question.acknowledged);
  const lost = acknowledged.filter((question) => !answers.has(keyOf(question)));
  return {
    sent: questions.length,
    acknowledged: acknowledged.length,
    answered: acknowledged.length - lost.length,
    lost,
    answeredTwice: questions.filter((question) => (answers.get(keyOf(question)) ?? 0) > 1),
    copies: [...byDelivery].flatMap(([delivery, { reply, copies }]) =>
      copies > 1 ? [{ channel: reply.channel, delivery, person: reply.person, copies }] : [],
    ),
    replies: byDelivery.size,
    unasked,
  };
}

function keyOf({ person, code }: Question): string {
  return `${person} ${code ?? "photo"}`;
}

/** The codes that a reply says back, each once. */
export function codesIn(text: string): string[] {
  return [...new Set([...text.matchAll(CODES)].map(([code]) => code))];
}

/** What a reply answers. A code said to the wrong person answers nobody. */
function keysIn({ person, text }: Reply): string[] {
  const keys = codesIn(text).map((code) => `${person} ${code}`);
  return PHOTO_SEEN.test(text) ? [...keys, `${person} photo`] : keys;
}
