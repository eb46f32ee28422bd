/** A bot in memory and a clock that jumps: scenarios of many seconds are played in no time, and the same way each time. */
import { z } from "zod";
import type { StoredMessage } from "../../../cli/scenarios/history.ts";
import type { SeenConversation, SeenEvent, Signed, Stage, Stalled } from "../../../cli/scenarios/stage.ts";
import type { ChannelName } from "../../../src/core/channel.ts";
import type { Clock } from "../../../src/core/clock.ts";

/** Time that passes only when everybody waits for it. */
export class JumpingClock implements Clock {
  private time = 1_795_000_000_000;
  private timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.time + Math.max(0, delayMs), callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Jumps from timer to timer until the work is done. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const settled = work.finally(() => (done = true));
    settled.catch(() => {});
    for (let idle = 0; !done && idle < 1_000;) {
      // Files are read in real time, of which a hundred turns of the event loop may be too little.
      await (idle < 100 ? new Promise<void>((resolve) => setImmediate(resolve)) : Bun.sleep(1));
      const next = this.timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) {
        idle++;
        continue;
      }
      idle = 0;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.callback();
    }
    if (!done) throw new Error("nobody waits for anything, and the work is not done");
    return settled;
  }
}

const Message = z.object({
  mid: z.string(),
  text: z.string().default(""),
  attachments: z.array(z.object({ type: z.string(), payload: z.object({ url: z.string() }) })).default([]),
});
type Message = z.infer<typeof Message>;

const Webhook = z.object({
  entry: z.array(
    z.object({
      id: z.string(),
      messaging: z.array(z.object({ sender: z.object({ id: z.string() }), message: Message })),
    }),
  ),
});

const Update = z.object({
  message: z.object({
    message_id: z.number(),
    chat: z.object({ id: z.number() }),
    text: z.string().default(""),
    caption: z.string().default(""),
    photo: z.array(z.unknown()).default([]),
  }),
});
const TELEGRAM_BOT = "7000000001";

/** What the bot keeps of one person. */
interface Chat {
  readonly id: number;
  readonly messages: StoredMessage[];
  /** Turns that wait, with what stops their waiting. */
  readonly open: Map<number, () => void>;
  turn: number;
}

/** What is wrong with the bot. */
export interface Vices {
  /** Never answers. */
  readonly mute?: boolean;
  /** Answers each message for itself. */
  readonly hasty?: boolean;
  /** Answers once more this many ms after the reply. */
  readonly repeatsAfterMs?: number;
  /** Replies stay in the outbox. */
  readonly stuck?: boolean;
  /** Takes anything for genuine. */
  readonly gullible?: boolean;
  /** Waits for ever for a body that does not come. */
  readonly patient?: boolean;
  /** Stores a webhook as often as it comes. */
  readonly forgetful?: boolean;
}

const QUIET_MS = 1_500;

export class FakeBot implements Stage {
  readonly channel = "messenger";
  readonly pages: readonly string[] = ["1000000000001", "1000000000003"];
  readonly appId = "2000000000002";
  readonly rehearsed: boolean = true;
  readonly posted: { readonly body: unknown; readonly at: number }[] = [];
  kills = 0;
  private turns = 0;
  private readonly chats = new Map<string, Chat>();
  private readonly seen = new Set<string>();
  private readonly listeners = new Set<(event: SeenEvent) => void>();

  constructor(
    private readonly clock: Clock,
    private readonly vices: Vices = {},
  ) {}

  readonly kill = (): Promise<void> => {
    this.kills++;
    return Promise.resolve();
  };

  /** The same bot, as it is on this channel. */
  on(channel: ChannelName): Stage {
    if (channel === "messenger") return this;
    return {
      channel,
      pages: [TELEGRAM_BOT],
      appId: null,
      rehearsed: true,
      kill: this.kill,
      fileOf: (type) => type,
      sign: (body, genuine) => this.sign(body, genuine),
      signBytes: (bytes, genuine) => this.signBytes(bytes, genuine),
      post: ({ bytes }) => {
        const { message } = Update.parse(JSON.parse(new TextDecoder().decode(bytes)));
        const { message_id: id, chat, text, caption, photo } = message;
        const attachments = photo.length === 0 ? [] : [{ type: "image", payload: { url: "" } }];
        const said = { mid: `${chat.id} ${id}`, text: text + caption, attachments };
        this.store(this.chatWith(`${TELEGRAM_BOT} ${chat.id}`), said);
        return Promise.resolve(200);
      },
      stall: () => this.stall(),
      conversation: (page, contact) => this.conversation(page, contact),
      messages: (conversation) => this.messages(conversation),
      events: (signal) => this.events(signal),
    };
  }

  fileOf(type: string, index: number): string {
    return `https://media.example/${type}-${index}`;
  }

  sign(body: unknown, genuine: boolean): Signed {
    return this.signBytes(new TextEncoder().encode(JSON.stringify(body)), genuine);
  }

  signBytes(bytes: Uint8Array<ArrayBuffer>, genuine: boolean): Signed {
    return { bytes, headers: { "X-Hub-Signature-256": genuine ? "right" : "wrong" } };
  }

  post({ bytes, headers }: Signed): Promise<number> {
    if (headers["X-Hub-Signature-256"] !== "right" && this.vices.gullible !== true) {
      this.publish({ type: "signature_refused" });
      return Promise.resolve(401);
    }
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    this.posted.push({ body, at: this.clock.now() });
    for (const { id, messaging } of Webhook.parse(body).entry) {
      for (const { sender, message } of messaging) this.store(this.chatWith(`${id} ${sender.id}`), message);
    }
    return Promise.resolve(200);
  }

  stall(): Promise<Stalled> {
    if (this.vices.patient === true) return Promise.resolve({ status: null, ended: false, tookMs: 15_000 });
    return Promise.resolve({ status: 408, ended: true, tookMs: 5_010 });
  }

  conversation(page: string, contact: string): Promise<SeenConversation | null> {
    const chat = this.chats.get(`${page} ${contact}`);
    if (chat === undefined) return Promise.resolve(null);
    return Promise.resolve({ id: chat.id, state: "bot", turn: chat.open.size === 0 ? null : { state: "gathering" } });
  }

  messages(conversation: number): Promise<readonly StoredMessage[]> {
    const chat = [...this.chats.values()].find(({ id }) => id === conversation);
    return Promise.resolve([...(chat?.messages ?? [])]);
  }

  async *events(signal: AbortSignal): AsyncIterable<SeenEvent> {
    const waiting: SeenEvent[] = [];
    let wake = (): void => {};
    const listener = (event: SeenEvent): void => {
      waiting.push(event);
      wake();
    };
    this.listeners.add(listener);
    signal.addEventListener("abort", () => wake());
    while (!signal.aborted) {
      yield* waiting.splice(0);
      await new Promise<void>((resolve) => (wake = resolve));
    }
    this.listeners.delete(listener);
  }

  private publish(event: SeenEvent): void {
    for (const listener of this.listeners) listener({ at: this.clock.now(), ...event });
  }

  private chatWith(key: string): Chat {
    const known = this.chats.get(key);
    if (known !== undefined) return known;
    const chat: Chat = { id: this.chats.size + 7, messages: [], open: new Map(), turn: 0 };
    this.chats.set(key, chat);
    return chat;
  }

  private store(chat: Chat, { mid, text, attachments }: Message): void {
    const { id: conversation, messages, open } = chat;
    if (this.vices.forgetful !== true && this.seen.has(mid)) {
      this.publish({ type: "duplicate_dropped", conversation });
      return;
    }
    this.seen.add(mid);
    if (open.size === 0 || this.vices.hasty === true) {
      // As in the server, no two turns have the same number.
      chat.turn = ++this.turns;
      this.publish({
        type: "intent_classified",
        conversation,
        reason: "waiting up to 8 s: the text announces an image",
      });
    }
    const { turn } = chat;
    messages.push({
      id: `in-${messages.length}`,
      direction: "in",
      by: "client",
      text,
      attachments: attachments.map(({ type, payload }) => ({ kind: type, url: payload.url })),
      at: this.clock.now(),
      turn,
      deliveries: [],
    });
    open.get(turn)?.();
    open.set(
      turn,
      this.clock.after(QUIET_MS, () => this.close(chat, turn)),
    );
  }

  private close(chat: Chat, turn: number): void {
    chat.open.delete(turn);
    this.publish({ type: "turn_closed", conversation: chat.id, reason: "answered after 1.5 s: nothing more came" });
    if (this.vices.mute === true) return;
    this.reply(chat, turn);
    const { repeatsAfterMs } = this.vices;
    if (repeatsAfterMs !== undefined) this.clock.after(repeatsAfterMs, () => this.reply(chat, turn));
  }

  private reply({ id: conversation, messages }: Chat, turn: number): void {
    const heard = messages.filter((message) => message.turn === turn && message.direction === "in");
    const shown = heard.some((message) => message.attachments.length > 0) ? "Mình đã xem 1 ảnh (image). " : "";
    const said = heard
      .map((message) => message.text)
      .join(" ")
      .trim();
    const delivery = {
      id: `d-${conversation}-${messages.length}`,
      state: this.vices.stuck === true ? "pending" : "sent",
    };
    messages.push({
      id: `out-${messages.length}`,
      direction: "out",
      by: "bot",
      text: `${shown}Bạn hỏi: “${said}”.`,
      attachments: [],
      at: this.clock.now(),
      turn,
      deliveries: [delivery],
    });
    this.publish({ type: "response_sent", conversation, delivery: delivery.id });
  }
}
