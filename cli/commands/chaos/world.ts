/** Everything around the server while it is killed: people who write, and the platform that shows each reply back. */
import { CHANNEL_NAMES, type ChannelName } from "../../../src/core/channel.ts";
import type { Chance } from "../../../src/core/clock.ts";
import type { Victim } from "../../local/chaos.ts";
import { dialectOf } from "../../scenarios/dialect.ts";
import type { Happening } from "../../scenarios/scenario.ts";
import { signerOf } from "../simulate/server-stage.ts";
import { between, chanceFrom } from "./chance.ts";
import { Crowd, MOST_OPEN, type Line, type Saying, type Speech } from "./crowd.ts";
import { codesIn, type Question, type Reply } from "./ledger.ts";
import { Platform, type Webhook } from "./platform.ts";
import { Trouble } from "./trouble.ts";

/** From accepting a reply to its echo: sometimes before Graph's answer, sometimes after, often after a restart. */
const ECHO_MS = [10, 400] as const;
const LOOK_AGAIN_MS = 10;

export interface WorldOptions {
  readonly seed: number;
  /** Messages a second, on average. */
  readonly rate: number;
  readonly faults: boolean;
}

export class World {
  readonly platform: Platform;
  readonly questions: (Question & { acknowledged: boolean })[] = [];
  private readonly troubles: Readonly<Record<ChannelName, Trouble>>;
  private readonly crowd: Crowd;
  private readonly pauses: Chance;
  private readonly echoDelays: Chance;
  /** By person, the codes that no reply has said back yet. */
  private readonly open = new Map<string, Set<string>>();
  private echoed = 0;
  private heardOnTelegram = 0;
  private talking = true;
  private over = false;
  private speeches = new Set<Promise<void>>();

  constructor(
    private readonly victim: Victim,
    private readonly options: WorldOptions,
  ) {
    const { seed } = options;
    this.platform = new Platform(chanceFrom(seed, "platform"));
    const { faults } = victim.internet;
    this.troubles = {
      messenger: new Trouble(faults, "messages", chanceFrom(seed, "trouble")),
      telegram: new Trouble(faults, "sendMessage", chanceFrom(seed, "trouble on Telegram")),
    };
    this.crowd = new Crowd(chanceFrom(seed, "crowd"));
    this.pauses = chanceFrom(seed, "pauses");
    this.echoDelays = chanceFrom(seed, "echoes");
  }

  /** Everything people read so far, copies too. */
  get replies(): Reply[] {
    const { sent, telegram } = this.victim.internet;
    return [
      ...sent.map(({ recipient, text, metadata }) => {
        return { channel: "messenger", person: recipient, text: text ?? "", delivery: metadata } as const;
      }),
      // Telegram carries no id of ours. Every text here has a code of its own, so the same words are the same reply.
      ...telegram.sent.map(({ chat, text }) => {
        return { channel: "telegram", person: String(chat), text, delivery: `${chat} ${text}` } as const;
      }),
    ];
  }

  /** When each of them was accepted, in order; epoch ms. */
  get repliedAt(): number[] {
    const { sent, telegram } = this.victim.internet;
    return [...sent, ...telegram.sent].map(({ at }) => at).toSorted((one, other) => one - other);
  }

  /** People write until `hush`. */
  async talk(): Promise<void> {
    while (this.talking) {
      const speech = this.crowd.next();
      if (!this.mayBegin(speech)) continue;
      const spoken = this.speak(speech).finally(() => this.speeches.delete(spoken));
      this.speeches.add(spoken);
      const messages = speech.sayings.flatMap(({ lines }) => lines).length;
      if (this.options.faults) for (let said = 0; said < messages; said++) this.troubles[speech.channel].maybe();
      // Like people who do not know of each other: often close together, sometimes far apart.
      const meanMs = (messages * 1_000) / this.options.rate;
      await Bun.sleep(-Math.log(1 - this.pauses()) * meanMs);
    }
  }

  /** Shows the bot what it has sent, as Meta does, until `end`. */
  async echo(): Promise<void> {
    const { sent, telegram } = this.victim.internet;
    while (!this.over) {
      for (; this.heardOnTelegram < telegram.sent.length; this.heardOnTelegram++) {
        const { chat, text } = telegram.sent[this.heardOnTelegram] ?? { chat: 0, text: "" };
        this.close(String(chat), text);
      }
      for (; this.echoed < sent.length; this.echoed++) {
        const message = sent[this.echoed];
        this.close(message?.recipient ?? "", message?.text ?? "");
        void this.echoOf(this.echoed);
      }
      await Bun.sleep(LOOK_AGAIN_MS);
    }
  }

  /** From now on everything goes well. @returns how many calls went wrong */
  endTrouble(): number {
    const hit = CHANNEL_NAMES.reduce((sum, name) => sum + this.troubles[name].end(), 0);
    this.victim.internet.faults.clear();
    return hit;
  }

  /** What a reply says back is open no longer. */
  private close(person: string, text: string): void {
    for (const code of codesIn(text)) this.open.get(person)?.delete(code);
  }

  /** Nobody begins to write any more. Resolves when everything that was begun has been answered with 200. */
  async hush(): Promise<void> {
    this.talking = false;
    while (this.speeches.size > 0) await Promise.all(this.speeches);
    await this.platform.idle();
  }

  end(): void {
    this.talking = false;
    this.over = true;
    this.platform.stop();
  }

  /** Whether the person has few enough unanswered; if so, these are among them from now on. */
  private mayBegin({ person, sayings }: Speech): boolean {
    const open = this.open.get(person) ?? new Set();
    const lines = sayings.flatMap((saying) => saying.lines);
    const codes = lines.flatMap((line) => (line.kind === "text" ? [line.code] : []));
    if (open.size + codes.length > MOST_OPEN) return false;
    for (const code of codes) open.add(code);
    this.open.set(person, open);
    return true;
  }

  private async speak({ channel, person, sayings }: Speech): Promise<void> {
    const taken: Promise<void>[] = [];
    for (const saying of sayings) {
      if (saying.inOrder) await taken.at(-1);
      if (saying.pauseMs > 0) await Bun.sleep(saying.pauseMs);
      taken.push(this.say(channel, person, saying));
    }
    await Promise.all(taken);
  }

  private async say(channel: ChannelName, person: string, { lines }: Saying): Promise<void> {
    const asked = lines.map((line) => {
      const id = `m_chaos_${this.questions.length + 1}`;
      const question = { id, person, code: line.kind === "text" ? line.code : null, acknowledged: false };
      this.questions.push(question);
      return question;
    });
    const mids = asked.map(({ id }) => id);
    await this.platform.deliver(this.webhook(channel, person, lines.map(happeningOf), mids, null));
    for (const question of asked) question.acknowledged = true;
  }

  private async echoOf(index: number): Promise<void> {
    const message = this.victim.internet.sent[index];
    if (message === undefined) return;
    await Bun.sleep(between(this.echoDelays, ...ECHO_MS));
    const reply = { text: message.text ?? "", delivery: message.metadata };
    const happenings: Happening[] = [{ kind: "own-echo" }];
    const webhook = this.webhook("messenger", message.recipient, happenings, [message.messageId], reply);
    await this.platform.deliver(webhook);
  }

  private webhook(
    channel: ChannelName,
    contact: string,
    happenings: readonly Happening[],
    mids: readonly string[],
    reply: { readonly text: string; readonly delivery: string | null } | null,
  ): Webhook {
    const { victim } = this;
    const dialect = dialectOf(channel);
    const account = channel === "messenger" ? victim.pageId : victim.botId;
    const body = dialect.webhookOf("0", happenings, false, {
      page: account,
      contact,
      group: false,
      at: Date.now(),
      timeForm: "ms",
      appId: victim.appId,
      reply,
      // The label of the first is "0", of the others "0.1" and so on.
      midOf: (label) => mids[Number(label.split(".")[1] ?? 0)] ?? "",
      fileOf: () => (channel === "messenger" ? `${victim.internet.mediaUrl}/photo.jpg` : "photo.jpg"),
    });
    return { ...signerOf(channel, () => victim.proofs[channel]).sign(body, true), path: dialect.pathOf(account) };
  }
}

function happeningOf(line: Line): Happening {
  return line.kind === "text" ? { kind: "text", text: line.text } : { kind: "attachment", types: ["image"] };
}
