/** Does the steps of one script, in time, and remembers what was posted. */
import { createHash } from "node:crypto";
import type { Clock } from "../../src/core/clock.ts";
import { isSimulated } from "../../src/core/conversation.ts";
import { Fault } from "../../src/core/fault.ts";
import { seconds } from "../../src/core/waits.ts";
import { edited, filledIn, type BodyEvent, type Edit } from "./body.ts";
import { dialectOf, type Dialect } from "./dialect.ts";
import { isSent, repliesOf, type PostedMessage } from "./history.ts";
import type { Seen } from "./judge.ts";
import { labelOf, type Label } from "./label.ts";
import { labelIn, oddBytes, type Circumstances } from "./messenger.ts";
import type { Deed, Happening, Signature, Step } from "./scenario.ts";
import type { Signed, Stage, Stalled } from "./stage.ts";
import type { Witness } from "./witness.ts";

export interface PerformOptions {
  /** As the platform knows it. */
  readonly contact: string;
  /** Whether others are there too. */
  readonly group: boolean;
  /** How long a step waits for the replies it comes after. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly startAt: number | null;
  readonly edits: readonly Edit[];
}

type Webhook = Exclude<Deed, { kind: "kill" }>;

/** A webhook, where it goes, and what it is called where it is shown. */
interface Addressed {
  readonly webhook: Signed;
  readonly path: string;
  readonly label: Label;
}

/** What waiting for a reply adds to the platform's time when that must be the same each time: longer than any turn waits. */
const REPLY_ALLOWANCE_MS = 15_000;

export class Performance {
  posted: readonly PostedMessage[] = [];
  /** The answer to each step's webhook. */
  private readonly statuses = new Map<string, number>();
  private readonly postedAt = new Map<string, number>();
  private readonly stalled = new Map<string, Stalled>();
  private readonly webhooks = new Map<string, readonly Addressed[]>();
  private readonly dialect: Dialect;
  private readonly bytes = createHash("sha256");
  private underWay: Promise<void>[] = [];
  private repliesBeforeKill: number | null = null;
  private lastBeganAt = 0;
  /** Platform time since the beginning, as the script foretells it. */
  private foretoldMs = 0;
  /** Makes message ids new also when the contact is the same as last time. */
  private run = "";

  constructor(
    private readonly stage: Stage,
    private readonly witness: Witness,
    private readonly options: PerformOptions,
  ) {
    this.dialect = dialectOf(stage.channel);
  }

  /** Now: the first step counts its time from here. */
  begin(): void {
    const { clock, startAt } = this.options;
    this.lastBeganAt = clock.now();
    this.run = (startAt ?? clock.now()).toString(36);
  }

  /** Waits for what the steps left under way. */
  async end(): Promise<void> {
    await Promise.all(this.underWay);
  }

  seen(): Seen {
    const { messages, events, state, repliedAt: sentAt } = this.witness;
    const { posted, statuses, postedAt, stalled, repliesBeforeKill } = this;
    return { posted, statuses, postedAt, sentAt, stalled, messages, events, state, repliesBeforeKill };
  }

  digest(): string {
    return this.bytes.copy().digest("hex");
  }

  /** @throws Fault `unreachable` when the server cannot be spoken to, `usage` when it is not ours to kill */
  async perform(step: Step): Promise<void> {
    const { clock, timeoutMs } = this.options;
    if (step.awaitsReplies > 0) {
      await this.witness.until(() => this.witness.sentReplies() >= step.awaitsReplies, timeoutMs);
      this.lastBeganAt = clock.now();
      this.foretoldMs += REPLY_ALLOWANCE_MS;
    }
    this.foretoldMs += step.afterMs;
    const restMs = this.lastBeganAt + step.afterMs - clock.now();
    if (restMs > 0) await new Promise<void>((resolve) => void clock.after(restMs, resolve));
    this.lastBeganAt = clock.now();
    if (step.deed.kind === "kill") await this.kill();
    else await this.post(step.id, step.deed);
  }

  private async post(id: string, deed: Webhook): Promise<void> {
    const webhooks = this.webhooksFor(id, deed);
    this.webhooks.set(id, webhooks);
    this.postedAt.set(id, this.witness.elapsedMs());
    for (const { webhook, path, label } of webhooks) {
      this.bytes.update(webhook.bytes);
      if (deed.kind === "stall") this.stall(id, deed.text, webhook, path);
      else this.answered(id, await this.witness.posting(label, () => this.stage.post(webhook, path)));
    }
  }

  /** Of several answers to one step, one that is not 200 is the one to know. */
  private answered(id: string, status: number): void {
    if ((this.statuses.get(id) ?? 200) === 200) this.statuses.set(id, status);
  }

  private stall(id: string, text: string, webhook: Signed, path: string): void {
    this.witness.note("stall", `sent "${text}" of a larger body, and nothing more`);
    const ending = this.stage.stall(webhook, path).then((stalled) => {
      this.stalled.set(id, stalled);
      const how = stalled.status === null ? "closed" : `answered ${stalled.status}`;
      this.witness.note("stall", `${stalled.ended ? how : "still open"} after ${seconds(stalled.tookMs)} of real time`);
    });
    this.underWay.push(ending);
    // It is waited for at the end; until then a failure must not look unheard.
    ending.catch(() => {});
  }

  private webhooksFor(id: string, deed: Webhook): readonly Addressed[] {
    const path = this.dialect.pathOf(this.pageAt(deed.kind === "post" ? deed.page : 0));
    const label = labelOf(deed);
    const one = (webhook: Signed): readonly Addressed[] => [{ webhook, path, label }];
    switch (deed.kind) {
      case "again": {
        const earlier = this.webhooks.get(deed.step);
        if (earlier === undefined) throw new Error(`step ${id} repeats ${deed.step}, which was not posted`);
        return earlier.map((each) => ({ ...each, label }));
      }
      case "stall":
        return one(this.stage.signBytes(new TextEncoder().encode(deed.text), true));
      case "post-odd": {
        const { body, signature } = deed;
        if (body.kind === "json") return one(this.signed(id, this.filled(id, body.value), null, signature));
        const bytes = oddBytes(body);
        const json = this.editsOf(id).length > 0 ? jsonIn(bytes) : undefined;
        if (json !== undefined) return one(this.signed(id, json, null, signature));
        if (body.kind === "given") this.refuseRealPeople(jsonIn(bytes));
        return one(proven(signature, (genuine) => this.stage.signBytes(bytes, genuine)));
      }
      case "post": {
        const { dialect } = this;
        const circumstances = this.circumstances(deed);
        this.rememberEdits(deed.happenings);
        let first = 0;
        return dialect.posts(deed.happenings).map((happenings) => {
          const from = labelIn(id, first);
          const body = dialect.webhookOf(from, happenings, deed.standby, circumstances);
          const messages = dialect.messagesOf(from, happenings, circumstances);
          const webhook = this.signed(id, body, messages, deed.signature, first);
          first += happenings.length;
          return { webhook, path, label: labelOf({ ...deed, happenings }) };
        });
      }
    }
  }

  /**
   * Changes the body as the user wishes, notes what it now says, and signs it.
   *
   * @param messages what it says; null for one written by hand, which is looked into
   * @param first which of the step's happenings the body begins with
   */
  private signed(
    id: string,
    body: unknown,
    messages: readonly PostedMessage[] | null,
    signature: Signature,
    first = 0,
  ): Signed {
    const edits = this.editsOf(id);
    const final = edits.length === 0 ? body : edited(body, edits);
    this.refuseRealPeople(final);
    const events = this.dialect.eventsOf(final);
    const now = (messages ?? written(id, events, this.pageAt(0))).map((message) => {
      const event =
        edits.length === 0 ? undefined : events.find((_, index) => labelIn(id, first + index) === message.label);
      if (event === undefined) return message;
      return { ...message, page: event.page ?? message.page, texts: [event.text ?? message.texts[0] ?? ""] };
    });
    this.posted = [...this.posted, ...now];
    return proven(signature, (genuine) => this.stage.sign(final, genuine));
  }

  private editsOf(id: string): readonly Edit[] {
    return this.options.edits.filter(({ step }) => step === null || step === id);
  }

  /** A reply to somebody who is not simulated would be sent to them. */
  private refuseRealPeople(body: unknown): void {
    if (this.stage.rehearsed) return;
    const { channel } = this.stage;
    const events = this.dialect.eventsOf(body);
    const real = events.find(({ contact }) => contact !== null && !isSimulated({ channel, contact }));
    if (real === undefined) return;
    throw new Fault(
      "usage",
      "The webhook names a contact that is not simulated; the reply would be sent to a real person.",
      `Use ${channel === "telegram" ? "$contact, or an id from 2^52 on" : "an id that begins with sim-"}, or --sandbox.`,
    );
  }

  private circumstances({
    agedMs,
    timeForm,
    page,
  }: Pick<Deed & { kind: "post" }, "agedMs" | "timeForm" | "page">): Circumstances {
    const reply = repliesOf(this.witness.messages).findLast(isSent);
    return {
      page: this.pageAt(page),
      contact: this.options.contact,
      group: this.options.group,
      at: this.platformNow() - agedMs,
      timeForm,
      appId: this.stage.appId,
      reply: reply === undefined ? null : { text: reply.text, delivery: reply.deliveries[0]?.id ?? null },
      midOf: (step) => this.midOf(step),
      fileOf: (type, index) => this.stage.fileOf(type, index),
    };
  }

  private filled(id: string, body: unknown): unknown {
    return filledIn(body, this.dialect.wordsOf(id, this.circumstances({ agedMs: 0, timeForm: "ms", page: 0 })));
  }

  private pageAt(index: number): string {
    return this.stage.pages[index] ?? "";
  }

  private platformNow(): number {
    const { startAt, clock } = this.options;
    return startAt === null ? clock.now() : startAt + this.foretoldMs;
  }

  private midOf(step: string): string {
    return `m_${this.options.contact}.${this.run}.${step}`;
  }

  /** An edit gives an earlier message another text; it is the same message still. */
  private rememberEdits(happenings: readonly Happening[]): void {
    const edits = happenings.flatMap((happening) => (happening.kind === "edit" ? [happening] : []));
    this.posted = this.posted.map((message) => {
      const texts = edits.filter((edit) => edit.of === message.label).map((edit) => edit.text);
      return { ...message, texts: [...message.texts, ...texts] };
    });
  }

  private async kill(): Promise<void> {
    const { stage, witness } = this;
    const { clock } = this.options;
    if (stage.kill === null) {
      throw new Fault("usage", "This scenario kills the server, so it needs one of its own.", "Add --sandbox.");
    }
    await witness.look();
    // Also replies on their way count: the point of a kill is that there is none yet.
    this.repliesBeforeKill = witness.messages.filter((message) => message.direction === "out").length;
    witness.note("kill", "SIGKILL: the server is gone");
    const killedAt = clock.now();
    await stage.kill();
    witness.note("restart", `started again on the same data, ready after ${seconds(clock.now() - killedAt)}`);
    this.lastBeganAt = clock.now();
  }
}

/** What was written by hand is recognised by its words alone. */
function written(id: string, events: readonly BodyEvent[], page: string): PostedMessage[] {
  return events.flatMap((event, index) =>
    event.text === null
      ? []
      : [{ label: labelIn(id, index), page: event.page ?? page, texts: [event.text], attachments: [] }],
  );
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function proven(signature: Signature, sign: (genuine: boolean) => Signed): Signed {
  const signed = sign(signature !== "wrong");
  if (signature !== "missing") return signed;
  const headers = Object.entries(signed.headers).filter(([name]) => !/signature|secret/i.test(name));
  return { ...signed, headers: Object.fromEntries(headers) };
}
