/** Does the steps of one script, in time, and remembers what was posted. */
import type { Clock } from "../../src/core/clock.ts";
import { Fault } from "../../src/core/fault.ts";
import { seconds } from "../../src/core/waits.ts";
import type { PostedMessage, Seen } from "./judge.ts";
import { labelOf } from "./label.ts";
import { messagesOf, oddBytes, webhookOf, type Circumstances } from "./messenger.ts";
import type { Deed, Happening, Signature, Step } from "./scenario.ts";
import type { Signed, Stage } from "./stage.ts";
import type { Witness } from "./witness.ts";

export interface PerformOptions {
  readonly contact: string;
  /** How long a step waits for the replies it comes after. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

type Post = Exclude<Deed, { kind: "kill" }>;

export class Performance {
  posted: readonly PostedMessage[] = [];
  /** The answer to each step's webhook. */
  readonly statuses = new Map<string, number>();
  private readonly webhooks = new Map<string, Signed>();
  private repliesBeforeKill: number | null = null;
  private lastBeganAt: number;
  /** Makes message ids new also when a seed makes the contact the same as last time. */
  private readonly run: string;

  constructor(
    private readonly stage: Stage,
    private readonly witness: Witness,
    private readonly options: PerformOptions,
  ) {
    this.lastBeganAt = options.clock.now();
    this.run = options.clock.now().toString(36);
  }

  seen(): Seen {
    const { messages, events, state } = this.witness;
    const { posted, statuses, repliesBeforeKill } = this;
    return { posted, statuses, messages, events, state, repliesBeforeKill };
  }

  /** @throws Fault `unreachable` when the server cannot be spoken to, `usage` when it is not ours to kill */
  async perform(step: Step): Promise<void> {
    const { clock, timeoutMs } = this.options;
    if (step.awaitsReplies > 0) {
      await this.witness.until(() => this.witness.sentReplies() >= step.awaitsReplies, timeoutMs);
      this.lastBeganAt = clock.now();
    }
    const restMs = this.lastBeganAt + step.afterMs - clock.now();
    if (restMs > 0) await new Promise<void>((resolve) => void clock.after(restMs, resolve));
    this.lastBeganAt = clock.now();
    if (step.deed.kind === "kill") await this.kill();
    else await this.post(step.id, step.deed);
  }

  private async post(id: string, deed: Post): Promise<void> {
    const webhook = this.webhookFor(id, deed);
    this.webhooks.set(id, webhook);
    this.statuses.set(id, await this.witness.posting(labelOf(deed), () => this.stage.post(webhook)));
  }

  private webhookFor(id: string, deed: Post): Signed {
    switch (deed.kind) {
      case "again": {
        const earlier = this.webhooks.get(deed.step);
        if (earlier === undefined) throw new Error(`step ${id} repeats ${deed.step}, which was not posted`);
        return earlier;
      }
      case "post-odd":
        return proven(deed.signature, (genuine) => this.stage.signBytes(oddBytes(deed.body), genuine));
      case "post": {
        const circumstances = this.circumstances(deed.agedMs);
        this.remember(deed.happenings, messagesOf(id, deed.happenings, circumstances));
        const body = webhookOf(id, deed.happenings, deed.standby, circumstances);
        return proven(deed.signature, (genuine) => this.stage.sign(body, genuine));
      }
    }
  }

  private circumstances(agedMs: number): Circumstances {
    return {
      page: this.stage.page,
      contact: this.options.contact,
      at: this.options.clock.now() - agedMs,
      midOf: (step) => this.midOf(step),
      fileOf: (type, index) => this.stage.fileOf(type, index),
    };
  }

  private midOf(step: string): string {
    return `m_${this.options.contact}.${this.run}.${step}`;
  }

  /** An edit gives an earlier message another text; it is the same message still. */
  private remember(happenings: readonly Happening[], messages: readonly PostedMessage[]): void {
    const edits = happenings.flatMap((happening) => (happening.kind === "edit" ? [happening] : []));
    const edited = this.posted.map((message) => {
      const texts = edits.filter((edit) => edit.of === message.label).map((edit) => edit.text);
      return { ...message, texts: [...message.texts, ...texts] };
    });
    this.posted = [...edited, ...messages];
  }

  private async kill(): Promise<void> {
    const { stage, witness } = this;
    const { clock } = this.options;
    if (stage.kill === null) {
      throw new Fault("usage", "This scenario kills the server, so it needs one of its own.", "Add --sandbox.");
    }
    await witness.look();
    this.repliesBeforeKill = repliesSoFar(witness);
    witness.note("kill", "SIGKILL: the server is gone");
    const killedAt = clock.now();
    await stage.kill();
    witness.note("restart", `started again on the same data, ready after ${seconds(clock.now() - killedAt)}`);
    this.lastBeganAt = clock.now();
  }
}

/** Also replies on their way count: the point of a kill is that there is none yet. */
function repliesSoFar(witness: Witness): number {
  return witness.messages.filter((message) => message.direction === "out").length;
}

function proven(signature: Signature, sign: (genuine: boolean) => Signed): Signed {
  const signed = sign(signature !== "wrong");
  if (signature !== "missing") return signed;
  const headers = Object.entries(signed.headers).filter(([name]) => !/signature/i.test(name));
  return { ...signed, headers: Object.fromEntries(headers) };
}
