import type { Access } from "../core/account.ts";
import type { Agent, Answer, Question } from "../core/agent.ts";
import type { Channel, ChannelName } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import { isSimulated } from "../core/conversation.ts";
import type { Publish } from "../core/event.ts";
import { languageOf } from "../core/language.ts";
import { plainReply } from "../core/reply.ts";
import type { ClaimedTurn, ClosedTurn, HistoryLimits, Store } from "../core/store.ts";
import { about, type HashPerson } from "./about.ts";
import { Loop } from "./loop.ts";

export interface ReplierOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly hashPerson: HashPerson;
  readonly agent: Agent;
  readonly channels: Readonly<Record<ChannelName, Channel | null>>;
  /** Decrypts an account's token for one call; null when it has none. */
  readonly access: (accountId: number) => Promise<Access | null>;
  readonly apology: (language: "vi" | "en") => string;
  readonly history: HistoryLimits;
  /** Turns answered at the same time (TURN_CONCURRENCY). */
  readonly concurrency: number;
  /** How long the agent may take for one turn (MESSENGER_PROCESSING_TIMEOUT_MS). */
  readonly agentTimeoutMs: number;
  readonly onCommitted: () => void;
  readonly onError: (error: unknown) => void;
}

/** The typing bubble goes out by itself after about 20 s, so it is renewed before that. */
const TYPING_RENEWAL_MS = 10_000;

/** Why an agent's call was cut short. */
type Interruption = "rerun" | "shutdown" | "timeout";

/** One claimed turn at work. */
interface Work {
  readonly claimed: ClaimedTurn;
  readonly controller: AbortController;
  interruption: Interruption | null;
  done: Promise<void>;
}

/** Has turns answered: many at a time, one per conversation. */
export class Replier {
  readonly loop: Loop;
  /** By turn. A turn taken back and claimed again replaces its earlier work, which ends by itself. */
  private readonly running = new Map<number, Work>();

  constructor(private readonly options: ReplierOptions) {
    this.loop = new Loop({ clock: options.clock, onError: options.onError, step: () => this.step() });
  }

  /** The turn was taken back: whatever its agent is writing is no longer wanted. */
  rerun(turnId: number): void {
    this.interrupt(turnId, "rerun");
  }

  /** Waits for the turns under way, and after `patienceMs` gives them back unharmed. */
  async drain(patienceMs: number): Promise<void> {
    await this.loop.stop();
    const cancel = this.options.clock.after(patienceMs, () => {
      for (const turnId of this.running.keys()) this.interrupt(turnId, "shutdown");
    });
    await Promise.all([...this.running.values()].map(({ done }) => done));
    cancel();
  }

  private interrupt(turnId: number, why: Interruption): void {
    const work = this.running.get(turnId);
    if (work !== undefined) stop(work, why);
  }

  private async step(): Promise<number | null> {
    const { store, clock, concurrency, history } = this.options;
    const free = concurrency - this.running.size;
    // Each turn that ends wakes the loop again.
    if (free <= 0) return null;
    const { claimed, dead, nextAt } = await store.claimTurns(clock.now(), free, history);
    for (const turn of dead) this.announceDead(turn);
    for (const turn of claimed) this.begin(turn);
    return nextAt;
  }

  private begin(claimed: ClaimedTurn): void {
    const work: Work = { claimed, controller: new AbortController(), interruption: null, done: Promise.resolve() };
    this.running.set(claimed.id, work);
    work.done = this.answer(work)
      .catch(this.options.onError)
      .finally(() => {
        if (this.running.get(claimed.id) === work) this.running.delete(claimed.id);
        this.loop.wake();
      });
  }

  private async answer(work: Work): Promise<void> {
    const { store, clock, publish, hashPerson, channels, onCommitted, agentTimeoutMs } = this.options;
    const { claimed, controller } = work;
    const { whose } = claimed;
    const channel = channels[whose.channel];
    if (channel === null) {
      await store.failTurn(claimed, `${whose.channel} is switched off`, [], clock.now());
      return;
    }
    const beganAt = clock.now();
    const stopTyping = await this.showTyping(channel, claimed, controller.signal);
    const cancelTimeout = clock.after(agentTimeoutMs, () => stop(work, "timeout"));
    const question = questionOf(claimed, hashPerson(whose));
    let answer: Answer;
    try {
      answer = await this.options.agent.answer(question, controller.signal);
    } finally {
      cancelTimeout();
      stopTyping();
    }
    if (answer.kind !== "reply") return await this.failed(work, channel, answer, question, beganAt);

    const now = clock.now();
    const parts = channel.render(answer.reply);
    // Stale: a newer part took the turn back, and the next claim will know it.
    if ((await store.commitTurn(claimed, { text: answer.reply.text, parts }, now)) === "stale") return;
    const { model, tokens } = answer;
    publish({ type: "response_generated", ...about(whose, now, hashPerson), turn: claimed.id, model, tokens, latency_ms: now - beganAt });
    onCommitted();
  }

  private async failed(
    { claimed, interruption }: Work,
    channel: Channel,
    answer: Exclude<Answer, { kind: "reply" }>,
    question: Question,
    beganAt: number,
  ): Promise<void> {
    const { store, clock, publish, hashPerson, apology, onCommitted } = this.options;
    if (answer.kind === "aborted" && interruption !== "timeout") {
      // A rerun has already moved the turn; a shutdown gives it back for the next start.
      if (interruption === "shutdown") await store.giveBackTurn(claimed);
      return;
    }
    const reason = answer.kind === "aborted" ? "no answer within the time allowed" : `${answer.kind}: ${answer.reason}`;
    const now = clock.now();
    const parts = channel.render(plainReply(apology(question.language)));
    const turn = await store.failTurn(claimed, reason, parts, now);
    if (turn === "stale") return;
    publish({
      type: "turn_failed",
      ...about(claimed.whose, now, hashPerson),
      turn: claimed.id,
      state: turn.state,
      reason,
      latency_ms: now - beganAt,
    });
    if (turn.notBeforeAt > 0) this.loop.due(turn.notBeforeAt);
    onCommitted();
  }

  /** Marks the message seen and shows typing until the answer stops it. Best effort: never waited for. */
  private async showTyping(channel: Channel, { whose }: ClaimedTurn, signal: AbortSignal): Promise<() => void> {
    if (isSimulated(whose.contact)) return () => {};
    const access = await this.options.access(whose.accountId);
    if (access === null) return () => {};
    let cancel: () => void = () => {};
    const type = (): void => {
      void channel.mark(access, whose.contact, "typing_on", signal);
      cancel = this.options.clock.after(TYPING_RENEWAL_MS, type);
    };
    void channel.mark(access, whose.contact, "seen", signal);
    type();
    return () => cancel();
  }

  private announceDead({ id, turn, whose }: ClosedTurn): void {
    const { clock, publish, hashPerson } = this.options;
    const now = clock.now();
    publish({ type: "turn_failed", ...about(whose, now, hashPerson), turn: id, state: turn.state, reason: turn.reason, latency_ms: now - turn.firstAt });
  }
}

function stop(work: Work, why: Interruption): void {
  work.interruption ??= why;
  const timedOut = new DOMException("no answer within the time allowed", "TimeoutError");
  work.controller.abort(why === "timeout" ? timedOut : new DOMException(why, "AbortError"));
}

function questionOf(claimed: ClaimedTurn, personHash: string): Question {
  const words = claimed.parts.map((part) => part.text).join("\n");
  const earlier = claimed.history.findLast((line) => line.by === "client" && line.text !== "")?.text ?? "";
  return {
    channel: claimed.whose.channel,
    conversationId: String(claimed.whose.conversation),
    personHash,
    contactName: claimed.contactName,
    history: claimed.history,
    parts: claimed.parts,
    pictures: [],
    notes: [],
    // A photo alone has no words; what was said before tells the language.
    language: languageOf(words.trim() === "" ? earlier : words),
  };
}
