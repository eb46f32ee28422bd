import type { ChannelName } from "../../src/core/channel.ts";
import type { Attachment, Content, Update } from "../../src/core/update.ts";
import type { Rolls } from "./random.ts";
import type { Swarm } from "./faults.ts";

/** A page, or a bot on Telegram, that people write to. */
export interface WorldAccount {
  readonly channel: ChannelName;
  readonly externalId: string;
}

/** What one webhook brings, and when the platform first sends it: ms since the world began. */
export interface Envelope {
  readonly at: number;
  readonly updates: readonly Update[];
}

/** Everything that people do in one world. */
export interface Script {
  readonly envelopes: readonly Envelope[];
  /** Keys of messages that kill the process whenever the agent is asked about them. */
  readonly poison: ReadonlySet<string>;
  /** Contacts that have blocked the page. */
  readonly blocked: ReadonlySet<string>;
}

const PHRASES = [
  "shop ơi cho hỏi với",
  "còn hàng không ạ?",
  "giá bao nhiêu?",
  "xem giúp em ảnh này nhé",
  "em gửi ảnh cho shop xem",
  "gửi shop file báo giá",
  "mình lấy màu đỏ và",
  "can you check this photo",
  "ok",
  "cảm ơn shop nhiều",
];

/** What announces a picture that does not come: the turn waits as long as it may. */
const PROMISES = ["xem giúp em ảnh này nhé", "em gửi ảnh cho shop xem", "can you check this photo"];

/** Names of what people said, found again in what the agent was asked and answered. */
export const KEY = /\bm\d+\b/g;

/** Writes the script of one world: a few people, each with a few bursts of messages. */
export class Playwright {
  private readonly envelopes: Envelope[] = [];
  private readonly poison = new Set<string>();
  private readonly blocked = new Set<string>();
  private said = 0;
  private events = 0;

  constructor(
    private readonly rolls: Rolls,
    private readonly swarm: Swarm,
    /** Epoch ms at which the world begins. */
    private readonly startAt: number,
    private readonly accounts: readonly WorldAccount[],
  ) {}

  write(): Script {
    const people = this.rolls.between(1, 4);
    for (let person = 1; person <= people; person++) this.live(`p${person}`);
    return { envelopes: this.envelopes, poison: this.poison, blocked: this.blocked };
  }

  private live(contact: string): void {
    const { rolls, swarm } = this;
    const account = rolls.pick(this.accounts);
    if (rolls.chance(swarm.blocked)) this.blocked.add(contact);
    let at = rolls.between(0, 4_000);
    const bursts = rolls.between(1, 3);
    for (let burst = 0; burst < bursts; burst++) {
      const promising = rolls.chance(0.15);
      const messages = rolls.chance(promising ? 0.6 : 0.04) ? rolls.between(8, 24) : rolls.between(1, 4);
      for (let message = 0; message < messages; message++) {
        at = this.speak(account, contact, at, promising);
        if (account.channel === "telegram") this.perhapsBlock(account, contact, at);
        else if (rolls.chance(swarm.humans)) this.human(account, contact, at + rolls.between(0, 5_000));
        at += rolls.pick([0, 60, 300, 900, 2_500, 6_000]);
      }
      at += rolls.pick([3_000, 15_000, 45_000]);
    }
  }

  /** One thing said, perhaps in one webhook with the next. @returns when the last of it was said */
  private speak(account: WorldAccount, contact: string, at: number, promising: boolean): number {
    const { rolls } = this;
    const updates = [this.saying(account, contact, at, promising)];
    if (rolls.chance(0.15)) updates.push(this.saying(account, contact, at + 1, promising));
    // Telegram posts every update by itself.
    if (account.channel === "telegram") for (const update of updates) this.envelopes.push({ at, updates: [update] });
    else this.envelopes.push({ at, updates });
    for (const update of updates) this.correct(account, update, at);
    return at + updates.length - 1;
  }

  private saying(account: WorldAccount, contact: string, at: number, promising: boolean): Update {
    const { rolls } = this;
    const key = `m${++this.said}`;
    if (rolls.chance(this.swarm.poison)) this.poison.add(key);
    const content = promising ? textOf(`${key} ${rolls.pick(PROMISES)}`) : contentOf(key, rolls);
    return this.update(account, contact, key, at, content);
  }

  /** Second thoughts about a message. */
  private correct(account: WorldAccount, { contact, eventKey, content }: Update, saidAt: number): void {
    if (contact === null || content.kind !== "message" || !this.rolls.chance(this.swarm.corrections)) return;
    const at = saidAt + this.rolls.between(50, 9_000);
    const unsends = account.channel === "messenger" && this.rolls.chance(0.5);
    const second: Content = unsends
      ? { kind: "unsend", messageId: eventKey }
      : { kind: "edit", messageId: eventKey, text: `${eventKey} ${this.rolls.pick(PHRASES)}`, revision: 1 };
    this.envelopes.push({ at, updates: [this.update(account, contact, `e${++this.events}`, at, second)] });
  }

  /** A person of the page answers from its inbox. */
  private human(account: WorldAccount, contact: string, at: number): void {
    const content: Content = { kind: "echo", appId: "inbox", deliveryId: null, text: "a human", attachments: [] };
    this.envelopes.push({ at, updates: [this.update(account, contact, `h${++this.events}`, at, content)] });
  }

  /** Somebody stops the bot, and most of them let it write again later. */
  private perhapsBlock(account: WorldAccount, contact: string, at: number): void {
    const { rolls, swarm } = this;
    if (!rolls.chance(swarm.blocks)) return;
    const tells = (reachable: boolean, when: number): void => {
      const update = this.update(account, contact, `r${++this.events}`, when, { kind: "reachability", reachable });
      this.envelopes.push({ at: when, updates: [update] });
    };
    const blockedAt = at + rolls.between(0, 5_000);
    tells(false, blockedAt);
    if (rolls.chance(0.7)) tells(true, blockedAt + rolls.pick([40, 3_000, 20_000]));
  }

  private update(
    { channel, externalId: account }: WorldAccount,
    contact: string,
    key: string,
    at: number,
    content: Content,
  ): Update {
    const stamp = this.startAt + at;
    const name = { channel, account, contact, contactName: null } as const;
    return { ...name, eventKey: key, messageId: key, at: stamp, standby: false, content };
  }
}

function contentOf(key: string, rolls: Rolls): Content {
  if (rolls.chance(0.1)) return { kind: "tap", by: "postback", title: "Giá", payload: key };
  const photo: Attachment = { kind: "image", url: `https://cdn.example/${key}`, title: null };
  const shape = rolls.pick(["text", "text", "text", "photo", "both"]);
  const text = shape === "photo" ? "" : `${key} ${rolls.pick(PHRASES)}`;
  return textOf(text, shape === "text" ? [] : [photo]);
}

function textOf(text: string, attachments: readonly Attachment[] = []): Content {
  return { kind: "message", text, attachments, replyTo: null, album: null, speaker: null };
}
