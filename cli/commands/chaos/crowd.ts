/**
 * Who says what. Every text holds a code of its own, which the sandbox's model says back. It says back 300 units at most, so
 * texts are short, and nobody has more than five unanswered: whatever becomes one turn, all its codes are in the reply.
 */
import type { ChannelName } from "../../../src/core/channel.ts";
import type { Chance } from "../../../src/core/clock.ts";
import { between, oneOf, weighted } from "./chance.ts";
import { codeOf } from "./ledger.ts";

/** One message. */
export type Line = { readonly kind: "text"; readonly code: string; readonly text: string } | { readonly kind: "photo" };

/** What comes in one webhook. */
export interface Saying {
  /** Ms after the one before. */
  readonly pauseMs: number;
  /** Comes only once the one before has been answered with 200. */
  readonly inOrder: boolean;
  readonly lines: readonly Line[];
}

/** What one person says in one go. */
export interface Speech {
  readonly channel: ChannelName;
  readonly person: string;
  readonly sayings: readonly Saying[];
}

/** Texts that one person may have unanswered. */
export const MOST_OPEN = 5;

type Sort = "text" | "burst" | "pair";

const SORTS: readonly (readonly [number, Sort])[] = [
  [70, "text"],
  [12, "burst"],
  [18, "pair"],
];
/** People who write again and again; the others write once. Enough that each has few questions open at any time. */
const REGULARS = 30;
const BY_REGULARS = 0.35;
const IN_ONE_BODY = 0.25;
/** People who write on Telegram. Whoever does, always does. */
const ON_TELEGRAM = 0.3;
/** Answers that take a while, so that some are cut off by every kill. */
const SLOW = 0.15;
const SLOW_MS = 250;

/** Complete as they stand: nothing in them announces that more will come. */
const TEXTS: readonly [(code: string) => string, ...((code: string) => string)[]] = [
  (code) => `cho mình hỏi giá mẫu ${code} với nha`,
  (code) => `mình muốn đặt hai cái ${code} nha shop`,
  (code) => `shop tư vấn giúp mình ${code} với ạ`,
  (code) => `please tell me the price of ${code}`,
];
const ANNOUNCING: readonly [(code: string) => string, ...((code: string) => string)[]] = [
  (code) => `xem ảnh này giúp mình ${code}`,
  (code) => `mình gửi ảnh mẫu ${code} shop xem giúp nha`,
];

export class Crowd {
  private people = 0;
  private codes = 0;

  constructor(private readonly chance: Chance) {}

  next(): Speech {
    const { chance } = this;
    const sort = weighted(chance, SORTS, "text");
    if (sort === "pair") return this.pair();
    const channel = this.channel();
    const person =
      chance() < BY_REGULARS ? idOf(channel, "71", between(chance, 1, REGULARS)) : this.somebodyNew(channel);
    const count = sort === "burst" ? between(chance, 2, 3) : 1;
    const sayings = Array.from({ length: count }, (_, index) => ({
      pauseMs: index === 0 ? 0 : between(chance, 20, 300),
      inOrder: false,
      lines: [this.text(TEXTS)],
    }));
    return { channel, person, sayings };
  }

  /** A text that announces a photo, and the photo. Each pair has a person of its own, who sends no other photo. */
  private pair(): Speech {
    const { chance } = this;
    const channel = this.channel();
    const person = this.somebodyNew(channel);
    const text = this.text(ANNOUNCING);
    const photo: Line = { kind: "photo" };
    const pauseMs = between(chance, 0, 900);
    // Telegram posts each message by itself.
    const together = chance() < IN_ONE_BODY && channel === "messenger";
    const sayings = together
      ? [{ pauseMs: 0, inOrder: false, lines: [text, photo] }]
      : [
          { pauseMs: 0, inOrder: false, lines: [text] },
          { pauseMs, inOrder: true, lines: [photo] },
        ];
    return { channel, person, sayings };
  }

  private channel(): ChannelName {
    return this.chance() < ON_TELEGRAM ? "telegram" : "messenger";
  }

  private text(wordings: typeof TEXTS): Line {
    this.codes++;
    const code = codeOf(this.codes);
    const wording = oneOf(this.chance, wordings)(code);
    return { kind: "text", code, text: this.chance() < SLOW ? `${wording} #slow:${SLOW_MS}` : wording };
  }

  private somebodyNew(channel: ChannelName): string {
    this.people++;
    return idOf(channel, "72", this.people);
  }
}

/** Nobody is on both, so that an id says who it is. */
function idOf(channel: ChannelName, kind: string, number: number): string {
  return `${channel === "telegram" ? "8" : ""}${kind}${String(number).padStart(8, "0")}`;
}
