/** The real workers on a real database, with a channel and an agent that do as they are told, in virtual time. */
import { randomUUIDv7 } from "bun";
import type { Agent, Answer, Question } from "../../src/core/agent.ts";
import type { Channel, Mark, OutgoingMessage, Rate } from "../../src/core/channel.ts";
import type { SendOutcome } from "../../src/core/delivery.ts";
import type { BotEvent } from "../../src/core/event.ts";
import { plainReply } from "../../src/core/reply.ts";
import type { Store, StorePolicy } from "../../src/core/store.ts";
import type { Update } from "../../src/core/update.ts";
import { Confirmer } from "../../src/workers/confirmer.ts";
import { Deliverer } from "../../src/workers/deliverer.ts";
import { Gatherer } from "../../src/workers/gatherer.ts";
import { Intake } from "../../src/workers/intake.ts";
import { Replier } from "../../src/workers/replier.ts";
import { seedOf } from "../conformance/store/shop.ts";
import { POLICY } from "../helpers/policy.ts";
import { aDataFolder, openTimelessStore } from "../helpers/sqlite.ts";
import { UNASKED } from "../helpers/subscriptions.ts";
import { anUpdate, PAGE, T0, type UpdateOptions } from "../helpers/updates.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";

export const PATIENCE = "Chờ mình một chút nhé.";
export const APOLOGY = "Xin lỗi, có lỗi xảy ra. Vui lòng thử lại sau.";

/** One call of the agent. */
interface Asked {
  readonly question: Question;
  readonly signal: AbortSignal;
  readonly at: number;
}

/** An answer that took `thinkMs`, unless it was cut short. */
type Script = (question: Question) => Answer | Error;

export class ScriptedAgent implements Agent {
  readonly name = "scripted";
  readonly asked: Asked[] = [];
  /** How long each answer takes. */
  thinkMs = 0;
  /** What the next calls answer; when there is none left, every call is answered. */
  readonly next: Script[] = [];

  constructor(private readonly clock: VirtualClock) {}

  async answer(question: Question, signal: AbortSignal): Promise<Answer> {
    this.asked.push({ question, signal, at: this.clock.now() });
    const script = this.next.shift() ?? told;
    if (this.thinkMs > 0) await this.think(signal);
    if (signal.aborted) return { kind: "aborted" };
    const answer = script(question);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  private think(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(this.thinkMs, resolve);
      signal.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });
  }
}

/** An answer that says which parts it knows: "[xem ảnh này] [image]". */
export function told(question: Question): Answer {
  const parts = question.parts.map(
    ({ text, attachments }) => `[${[text, ...attachments.map(({ kind }) => kind)].filter(Boolean).join(" ")}]`,
  );
  return { kind: "reply", reply: plainReply(parts.join(" ")), model: "scripted", tokens: null };
}

export const busy: Script = () => ({ kind: "busy", reason: "503", afterMs: null });

export class ScriptedChannel implements Channel {
  readonly name = "messenger";
  readonly textLimitUnits = 2_000;
  readonly windowMs = 24 * 3_600_000;
  readonly sendsPerSecond = 250;
  chatRates: (contact: string) => readonly Rate[] = () => [];
  typingLastsMs = 12_500;
  readonly echoesDeliveries = true;
  readonly addressesAccounts = false;
  readonly polling = null;
  readonly subscriptions = UNASKED;
  readonly confirmed: string[] = [];
  readonly sent: {
    readonly contact: string;
    readonly text: string;
    readonly at: number;
    readonly deliveryId: string;
  }[] = [];
  readonly marks: Mark[] = [];
  /** What the next sends come to; when there is none left, every send succeeds. */
  readonly next: (SendOutcome | Error | ((signal: AbortSignal) => Promise<SendOutcome>))[] = [];

  constructor(private readonly clock: VirtualClock) {}

  greet(): null {
    return null;
  }
  plausible(): boolean {
    return true;
  }
  verify(): "genuine" {
    return "genuine";
  }
  parse(body: Uint8Array): { updates: Update[]; quarantined: [] } {
    return { updates: JSON.parse(new TextDecoder().decode(body)), quarantined: [] };
  }
  render({ text }: { readonly text: string }): { body: string; text: string }[] {
    return text.split("\n").map((line) => ({ body: line, text: line }));
  }
  async send({ contact, body, deliveryId }: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
    const script = this.next.shift() ?? { kind: "sent", messageId: `mid.${deliveryId}` };
    if (script instanceof Error) throw script;
    const outcome = typeof script === "function" ? await script(signal) : script;
    if (outcome.kind === "sent" || outcome.kind === "ambiguous") {
      this.sent.push({ contact, text: body, at: this.clock.now(), deliveryId });
    }
    return outcome;
  }
  async mark(_access: unknown, _contact: string, mark: Mark): Promise<void> {
    this.marks.push(mark);
  }
  confirm = async (_access: unknown, receipt: string): Promise<void> => {
    this.confirmed.push(receipt);
  };
  readonly locate = null;
  async identify(): Promise<{ kind: "refused"; reason: string }> {
    return { kind: "refused", reason: "nobody asks" };
  }
}

export interface StageOptions {
  readonly policy?: StorePolicy;
  readonly startAt?: number;
  readonly concurrency?: number;
  /** Stands between the workers and the store, to make it fail. */
  readonly through?: (store: Store) => Store;
}

export class Stage implements AsyncDisposable {
  readonly events: BotEvent[] = [];
  readonly errors: unknown[] = [];
  /** For each error, the correlation id that it was told with. */
  readonly troubled: (string | undefined)[] = [];
  /** The addresses that were asked for, one list an answer. */
  readonly shown: string[][] = [];
  readonly clock: VirtualClock;
  readonly agent: ScriptedAgent;
  readonly channel: ScriptedChannel;
  readonly intake: Intake;
  readonly confirmer: Confirmer;
  readonly gatherer: Gatherer;
  readonly replier: Replier;
  readonly deliverer: Deliverer;

  private constructor(
    private readonly folder: ReturnType<typeof aDataFolder>,
    readonly store: Store,
    readonly startedAt: number,
    { concurrency = 32, through = (same) => same }: StageOptions,
  ) {
    this.clock = new VirtualClock(startedAt);
    this.agent = new ScriptedAgent(this.clock);
    this.channel = new ScriptedChannel(this.clock);
    const shared = {
      store: through(store),
      clock: this.clock,
      publish: (event: BotEvent) => this.events.push(event),
      hashPerson: () => "hash",
      channels: { messenger: this.channel, telegram: null },
      access: async () => ({ externalId: PAGE, token: "token" }),
      concurrency,
      onError: (error: unknown, correlation?: string) => {
        this.errors.push(error);
        this.troubled.push(correlation);
      },
    };
    this.deliverer = new Deliverer({ ...shared, chance: () => 0, onSettled: () => {} });
    this.replier = new Replier({
      ...shared,
      agent: this.agent,
      pictures: async (attachments) => {
        this.shown.push(attachments.map(({ url }) => url ?? ""));
        const images = attachments.filter(({ kind }) => kind === "image");
        return { pictures: images.map(() => ({ mime: "image/png", bytes: new Uint8Array() })), notes: [] };
      },
      apology: () => APOLOGY,
      patience: () => PATIENCE,
      history: { lines: 50, ttlMs: 24 * 3_600_000 },
      agentTimeoutMs: 15_000,
      onCommitted: () => this.deliverer.loop.wake(),
    });
    this.confirmer = new Confirmer({ ...shared, accounts: () => store.accounts() });
    this.gatherer = new Gatherer({ ...shared, onReady: () => this.replier.loop.wake() });
    this.intake = new Intake({
      ...shared,
      newId: randomUUIDv7,
      holdsUnknown: () => false,
      onGathering: (dueAt) => this.gatherer.gathering(dueAt),
      onReady: () => this.replier.loop.wake(),
      confirm: (channel, updates) => this.confirmer.confirm(channel, updates),
      onReach: () => this.deliverer.loop.wake(),
      prefetch: () => {},
      onRerun: (turnId) => this.replier.rerun(turnId),
      onEcho: () => this.deliverer.loop.wake(),
    });
  }

  /** A running bot with one page, opened on an empty data folder. */
  static async open(options: StageOptions = {}): Promise<Stage> {
    const folder = aDataFolder();
    const store = openTimelessStore(folder.path, options.policy ?? POLICY);
    const startAt = options.startAt ?? T0;
    await store.saveAccount(seedOf(PAGE), startAt);
    const stage = new Stage(folder, store, startAt, options);
    for (const worker of [stage.gatherer, stage.replier, stage.deliverer]) worker.loop.start();
    await stage.pass(0);
    return stage;
  }

  /** Lets virtual time pass. */
  pass(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Lets time pass until this many milliseconds after the start. */
  until(ms: number): Promise<void> {
    return this.pass(this.startedAt + ms - this.clock.now());
  }

  /** A signal that comes after so much virtual time. */
  after(ms: number): AbortSignal {
    const controller = new AbortController();
    this.clock.after(ms, () => controller.abort());
    return controller.signal;
  }

  /** A webhook with one message comes in, stamped by the platform with this moment unless told otherwise. */
  async hears(options: UpdateOptions): Promise<void> {
    await this.takes(anUpdate({ at: this.clock.now(), ...options }));
  }

  /** A webhook with these updates comes in. */
  async takes(...updates: readonly Update[]): Promise<void> {
    const taken = this.intake.take(this.channel, new TextEncoder().encode(JSON.stringify(updates)), null);
    await this.pass(0);
    await taken;
  }

  /** What was sent, with the time since the start. */
  replies(): { readonly text: string; readonly atMs: number }[] {
    return this.channel.sent.map(({ text, at }) => ({ text, atMs: at - this.startedAt }));
  }

  /** Events of one kind. */
  told<T extends BotEvent["type"]>(type: T): Extract<BotEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<BotEvent, { type: T }> => event.type === type);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.gatherer.loop.stop(), this.replier.loop.stop(), this.deliverer.loop.stop()]);
    await this.store.close();
    this.folder.remove();
  }
}
