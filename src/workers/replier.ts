import type { Access } from "../core/account.ts";
import type { Agent, Answer, Question } from "../core/agent.ts";
import type { Channel, ChannelName } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import { commandIn, replyTo, type Command } from "../core/commands.ts";
import { isSimulated, type Whose } from "../core/conversation.ts";
import type { OnError, Publish } from "../core/event.ts";
import { languageOf } from "../core/language.ts";
import { plainReply, type ComposedReply, type RenderedPart } from "../core/reply.ts";
import type { ClaimedTurn, ClosedTurn, HeldTurn, HistoryLimits } from "../core/claim.ts";
import type { Store } from "../core/store.ts";
import type { Turn } from "../core/turn.ts";
import type { Attachment } from "../core/update.ts";
import { ModelBreaker } from "./model-breaker.ts";
import { about, type HashPerson } from "./about.ts";
import { Loop } from "./loop.ts";
import { languageIn, questionOf, type Shown } from "./question.ts";

export interface ReplierOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly hashPerson: HashPerson;
  readonly agent: Agent;
  readonly channels: Readonly<Record<ChannelName, Channel | null>>;
  /** Decrypts an account's token for one call; null when it has none. */
  readonly access: (accountId: number) => Promise<Access | null>;
  /** Fetches what can be looked at. Takes its time into account and never throws. */
  readonly pictures: (attachments: readonly Attachment[], whose: Whose, signal: AbortSignal) => Promise<Shown>;
  /** Asks a person for patience when they have reached the rate limit. */
  readonly patience: (language: "vi" | "en") => string;
  readonly apology: (language: "vi" | "en") => string;
  readonly history: HistoryLimits;
  /** Turns answered at the same time (TURN_CONCURRENCY). */
  readonly concurrency: number;
  /** How long the agent may take for one turn (MESSENGER_PROCESSING_TIMEOUT_MS, or AGENT_TIMEOUT_MS). */
  readonly agentTimeoutMs: number;
  readonly onCommitted: () => void;
  readonly onError: OnError;
}

/** Turns claimed in one go: each is read with its history, and webhooks that come meanwhile wait (H2). */
const CLAIM_BITE = 8;

/** The typing bubble goes out by itself, so it is shown anew when this much of its time is over. */
const TYPING_RENEWED_AFTER = 0.8;

/** Why an agent's call was cut short. */
type Interruption = "rerun" | "shutdown" | "timeout";

/** One claimed turn at work. */
interface Work {
  readonly claimed: ClaimedTurn;
  /** Epoch ms. */
  readonly beganAt: number;
  readonly controller: AbortController;
  interruption: Interruption | null;
  done: Promise<void>;
}

/** Has turns answered: many at a time, one per conversation. */
export class Replier {
  readonly loop: Loop;
  /** By turn. A turn taken back and claimed again replaces its earlier work, which ends by itself. */
  private readonly running = new Map<number, Work>();
  /** Turns whose end could not be stored. They are running in the database until it takes that they failed. */
  private readonly stranded: Work[] = [];
  private readonly model: ModelBreaker;

  constructor(private readonly options: ReplierOptions) {
    this.loop = new Loop({ clock: options.clock, onError: options.onError, step: () => this.step() });
    this.model = new ModelBreaker(({ state, untilAt }, reason) => {
      const at = options.clock.now();
      options.publish({
        type: "breaker_state",
        at,
        scope: "model",
        state,
        until: state === "open" ? untilAt : null,
        reason,
      });
    });
  }

  /** The turn was taken back: whatever its agent is writing is no longer wanted. */
  rerun(turnId: number): void {
    this.interrupt(turnId, "rerun");
  }

  /** The correlation id of what is being answered in a conversation; null when nothing is. */
  correlationIn(conversation: string): string | null {
    const works = [...this.running.values()].map(({ claimed }) => claimed.whose);
    return works.find((whose) => String(whose.conversation) === conversation)?.correlation ?? null;
  }

  /** Claims no more, waits for the turns under way, and at `cut` gives them back unharmed. */
  async drain(cut: AbortSignal): Promise<void> {
    await this.loop.stop();
    const giveBack = (): void => {
      for (const turnId of this.running.keys()) this.interrupt(turnId, "shutdown");
    };
    if (cut.aborted) giveBack();
    else cut.addEventListener("abort", giveBack, { once: true });
    await Promise.all([...this.running.values()].map(({ done }) => done));
    cut.removeEventListener("abort", giveBack);
  }

  private interrupt(turnId: number, why: Interruption): void {
    const work = this.running.get(turnId);
    if (work !== undefined) stop(work, why);
  }

  private async step(): Promise<number | null> {
    const { store, clock, concurrency, history } = this.options;
    for (let work = this.stranded[0]; work !== undefined; work = this.stranded[0]) {
      await this.fail(work, "the turn's end could not be stored", []);
      this.stranded.shift();
    }
    const free = concurrency - this.running.size;
    // Each turn that ends wakes the loop again.
    if (free <= 0) return null;
    const most = Math.min(free, CLAIM_BITE);
    const { claimed, dead, held, nextAt } = await store.claimTurns(clock.now(), most, history);
    for (const turn of dead) this.announceDead(turn);
    for (const turn of held) await this.slowDown(turn);
    for (const turn of claimed) this.begin(turn);
    if (claimed.length + dead.length + held.length >= most) this.loop.wake();
    return nextAt;
  }

  private begin(claimed: ClaimedTurn): void {
    const beganAt = this.options.clock.now();
    const work: Work = {
      claimed,
      beganAt,
      controller: new AbortController(),
      interruption: null,
      done: Promise.resolve(),
    };
    this.running.set(claimed.id, work);
    work.done = this.answer(work)
      .catch((error: unknown) => {
        this.options.onError(error, claimed.whose.correlation);
        // The loop looks again soon, and with patience while the database cannot be written (H3).
        this.stranded.push(work);
      })
      .finally(() => {
        if (this.running.get(claimed.id) === work) this.running.delete(claimed.id);
        this.loop.wake();
      });
  }

  private async answer(work: Work): Promise<void> {
    const { clock, hashPerson, channels, agentTimeoutMs } = this.options;
    const { claimed, controller, beganAt } = work;
    const { whose } = claimed;
    const channel = channels[whose.channel];
    if (channel === null) return await this.fail(work, `${whose.channel} is switched off`, []);
    const command = commandIn(claimed.parts);
    if (command !== null) return await this.obey(work, channel, command);
    const way = this.model.enter(beganAt);
    if (way.kind === "none") return await this.park(work, channel, "the model is not asked for now", way.untilAt);
    const stopTyping = await this.showTyping(channel, claimed, controller.signal);
    const cancelTimeout = clock.after(agentTimeoutMs, () => stop(work, "timeout"));
    const shown = await this.pictures(claimed, controller.signal);
    const question = questionOf(claimed, hashPerson(whose), shown);
    let answer: Answer;
    try {
      answer = await this.options.agent.answer(question, controller.signal);
    } catch (error) {
      this.options.onError(error, whose.correlation);
      answer = { kind: "unusable", reason: "the agent broke down" };
    } finally {
      cancelTimeout();
      stopTyping();
    }
    const now = clock.now();
    const openUntil = this.model.leave(answer, work.interruption === "timeout", now);
    if (answer.kind !== "reply") return await this.unanswered(work, channel, answer, question, openUntil);

    await this.commit(work, { ...answer.reply, parts: channel.render(answer.reply) }, answer, now);
  }

  /** A command that we answer ourselves. */
  private async obey(work: Work, channel: Channel, command: Command): Promise<void> {
    const reply = replyTo(command, languageIn(work.claimed));
    const startsAfresh = command === "reset";
    const composed = { ...reply, parts: channel.render(reply), startsAfresh };
    await this.commit(work, composed, { model: `/${command}`, tokens: null }, this.options.clock.now());
  }

  private async commit(
    { claimed, beganAt }: Work,
    reply: ComposedReply,
    { model, tokens }: Pick<Answer & { kind: "reply" }, "model" | "tokens">,
    now: number,
  ): Promise<void> {
    const { store, publish, hashPerson, onCommitted } = this.options;
    // Stale: a newer part took the turn back, and the next claim will know it.
    if ((await store.commitTurn(claimed, reply, now)) === "stale") return;
    const who = about(claimed.whose, now, hashPerson);
    publish({ type: "response_generated", ...who, turn: claimed.id, model, tokens, latency_ms: now - beganAt });
    onCommitted();
  }

  private async unanswered(
    work: Work,
    channel: Channel,
    answer: Exclude<Answer, { kind: "reply" }>,
    question: Question,
    openUntil: number,
  ): Promise<void> {
    if (answer.kind === "aborted" && work.interruption !== "timeout") {
      // A shutdown leaves it for the next start. A rerun has moved it already, and then this changes nothing; if the
      // news of the rerun came so late that it hit the next claim, that claim is not left running for nobody.
      await this.options.store.giveBackTurn(work.claimed);
      return;
    }
    const reason = answer.kind === "aborted" ? "no answer within the time allowed" : `${answer.kind}: ${answer.reason}`;
    if (openUntil > 0) return await this.park(work, channel, reason, openUntil);
    await this.fail(work, reason, channel.render(plainReply(this.options.apology(question.language))));
  }

  /** Nobody can be asked until then; the person is told once, and answered when it works again. */
  private async park(work: Work, channel: Channel, reason: string, untilAt: number): Promise<void> {
    const { store, clock, apology, onCommitted } = this.options;
    const { claimed } = work;
    const now = clock.now();
    const sorry = channel.render(plainReply(apology(languageIn(claimed))));
    const turn = await store.parkTurn(claimed, reason, untilAt, sorry, now);
    if (turn === "stale") return;
    this.announceFailed(work, turn, reason, now);
    this.loop.due(untilAt);
    onCommitted();
  }

  /** One polite word when a person is answered as often as the limit allows (M4). */
  private async slowDown({ whose, firstTime, words, turn }: HeldTurn): Promise<void> {
    const { store, clock, channels, patience, onCommitted } = this.options;
    const channel = channels[whose.channel];
    this.loop.due(turn.notBeforeAt);
    if (!firstTime || channel === null) return;
    await store.notify(whose, channel.render(plainReply(patience(languageOf(words)))), clock.now());
    onCommitted();
  }

  private async fail({ claimed, beganAt }: Work, reason: string, apology: readonly RenderedPart[]): Promise<void> {
    const { store, clock, onCommitted } = this.options;
    const now = clock.now();
    const turn = await store.failTurn(claimed, reason, apology, now);
    if (turn === "stale") return;
    this.announceFailed({ claimed, beganAt }, turn, reason, now);
    if (turn.notBeforeAt > 0) this.loop.due(turn.notBeforeAt);
    onCommitted();
  }

  private announceFailed(
    { claimed, beganAt }: Pick<Work, "claimed" | "beganAt">,
    { state }: Turn,
    reason: string,
    now: number,
  ): void {
    const { publish, hashPerson } = this.options;
    const who = about(claimed.whose, now, hashPerson);
    publish({ type: "turn_failed", ...who, turn: claimed.id, state, reason, latency_ms: now - beganAt });
  }

  private pictures(claimed: ClaimedTurn, signal: AbortSignal): Promise<Shown> {
    const own = claimed.parts.flatMap((part) => part.attachments);
    return this.options.pictures(own.length > 0 ? own : claimed.earlierPictures, claimed.whose, signal);
  }

  /** Marks the message seen and shows typing until the answer stops it. Best effort: never waited for. */
  private async showTyping(channel: Channel, { whose }: ClaimedTurn, signal: AbortSignal): Promise<() => void> {
    if (isSimulated(whose)) return () => {};
    const access = await this.options.access(whose.accountId);
    if (access === null) return () => {};
    let cancel: () => void = () => {};
    const type = (): void => {
      void channel.mark(access, whose.contact, "typing_on", signal);
      cancel = this.options.clock.after(channel.typingLastsMs * TYPING_RENEWED_AFTER, type);
    };
    void channel.mark(access, whose.contact, "seen", signal);
    type();
    return () => cancel();
  }

  private announceDead({ id, turn, whose }: ClosedTurn): void {
    const { clock, publish, hashPerson } = this.options;
    const now = clock.now();
    publish({
      type: "turn_failed",
      ...about(whose, now, hashPerson),
      turn: id,
      state: turn.state,
      reason: turn.reason,
      latency_ms: now - turn.firstAt,
    });
  }
}

function stop(work: Work, why: Interruption): void {
  work.interruption ??= why;
  const timedOut = new DOMException("no answer within the time allowed", "TimeoutError");
  work.controller.abort(why === "timeout" ? timedOut : new DOMException(why, "AbortError"));
}
