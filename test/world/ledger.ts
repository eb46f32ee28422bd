import type { Channel, ChannelName, OutgoingMessage } from "../../src/core/channel.ts";
import type { SendOutcome } from "../../src/core/delivery.ts";
import type { RenderedPart } from "../../src/core/reply.ts";
import type { Update } from "../../src/core/update.ts";
import { UNASKED } from "../helpers/subscriptions.ts";
import { never, type Stage } from "./stage.ts";

/** A message that the platform took, whether or not the sender learned of it. */
export interface Acceptance {
  readonly deliveryId: string;
  readonly account: string;
  readonly contact: string;
  readonly messageId: string;
  /** Whether the platform shows what it takes, sooner or later. */
  readonly isEchoed: boolean;
}

/** How one call goes. Times are ms; `answerMs` null: the sender gives up waiting. */
interface Fate {
  readonly acceptsMs: number | null;
  readonly answerMs: number | null;
  readonly outcome: Exclude<SendOutcome["kind"], "moved">;
  readonly afterMs?: number;
}

export interface LedgerOptions {
  readonly stage: Stage;
  readonly appId: string;
  readonly blocked: ReadonlySet<string>;
  /** Called for each attempt before anything else. */
  readonly onCall: (message: OutgoingMessage) => void;
  readonly onAccept: (acceptance: Acceptance) => void;
  /** The platform shows the page its own message, so many ms later. */
  readonly echo: (update: Update, delayMs: number) => void;
  /** Whether the platform still lets us write to the contact. */
  readonly windowOpen: (contact: string) => boolean;
}

/** The sender's own limit for one call (MESSENGER_SEND_TIMEOUT_MS). */
const CALL_TIMEOUT_MS = 5_000;

/** Fake Graph and fake Telegram. Everything it accepted stays in its books across all deaths of the bot; `connect` is what one process calls. */
export class Ledger {
  readonly accepted: Acceptance[] = [];
  /** Calls whose answer the sender did not get, by delivery: each may have left a copy. */
  readonly unclear = new Map<string, number>();
  /** Of those, calls that failed so that most likely nothing was sent, and are therefore made again without more ado. */
  readonly unlikely = new Map<string, number>();
  /** Failures of the system, by account: what a circuit breaker may count. */
  readonly troubles = new Map<string, number>();
  /** Accounts whose token is refused until an operator mends it. */
  readonly refused = new Set<string>();
  /** Calls that a process is waiting for. */
  private readonly open = new Set<OutgoingMessage>();

  constructor(private readonly options: LedgerOptions) {}

  copies(deliveryId: string): readonly Acceptance[] {
    return this.accepted.filter((acceptance) => acceptance.deliveryId === deliveryId);
  }

  /** The process has died. @param sending deliveries whose outcome it had not stored: it will never know */
  hangUp(sending: readonly string[]): void {
    for (const deliveryId of sending) this.doubt(deliveryId);
    this.open.clear();
  }

  /** The channel as one process sees it. */
  connect(name: ChannelName, isAlive: () => boolean): Channel {
    const isMessenger = name === "messenger";
    return {
      name,
      textLimitUnits: 2_000,
      windowMs: isMessenger ? 24 * 3_600_000 : null,
      sendsPerSecond: 20,
      chatRates: () => [],
      typingLastsMs: 20_000,
      echoesDeliveries: isMessenger,
      addressesAccounts: false,
      polling: null,
      subscriptions: UNASKED,
      greet: () => null,
      plausible: () => true,
      verify: () => "genuine",
      parse: (body) => ({ updates: JSON.parse(new TextDecoder().decode(body)), quarantined: [] }),
      render: ({ text }): RenderedPart[] => text.split("\n").map((line) => ({ body: line, text: line })),
      send: (message, signal) => this.call(name, message, signal, isAlive),
      mark: async () => {},
      confirm: null,
      locate: null,
      identify: async () => ({ kind: "refused", reason: "nobody asks" }),
    };
  }

  private call(
    channel: ChannelName,
    message: OutgoingMessage,
    signal: AbortSignal,
    isAlive: () => boolean,
  ): Promise<SendOutcome> {
    if (!isAlive()) return never();
    const { stage, onCall } = this.options;
    const { scheduler } = stage;
    onCall(message);
    const fate = this.fateOf(channel, message);
    stage.note(`send ${message.deliveryId} to ${message.contact}: ${fate.outcome}`);
    this.open.add(message);
    let messageId = "";
    if (fate.acceptsMs !== null) {
      // The platform's own time: it goes on whatever becomes of the sender.
      scheduler.after(this, fate.acceptsMs, "accept", () => {
        messageId = this.accept(channel, message, (fate.answerMs ?? CALL_TIMEOUT_MS) - (fate.acceptsMs ?? 0));
      });
    }
    return new Promise((resolve) => {
      const answer = (outcome: SendOutcome): void => {
        cancel();
        if (!isAlive() || !this.open.delete(message)) return;
        this.book(message, outcome);
        resolve(outcome);
      };
      const cancel = scheduler.after(this, fate.answerMs ?? CALL_TIMEOUT_MS, "answer", () =>
        answer(outcomeOf(fate, messageId)),
      );
      signal.addEventListener("abort", () => answer({ kind: "ambiguous", reason: "cut" }), { once: true });
    });
  }

  private book({ deliveryId, access }: OutgoingMessage, { kind }: SendOutcome): void {
    if (kind === "ambiguous" || kind === "unlikely") this.doubt(deliveryId);
    if (kind === "unlikely") count(this.unlikely, deliveryId);
    if (kind === "ambiguous") this.meddle();
    if (kind !== "ambiguous" && kind !== "unlikely" && kind !== "unsent") return;
    count(this.troubles, access.externalId);
  }

  /** A clock that is set while an echo is awaited must not shorten the wait. */
  private meddle(): void {
    const { stage } = this.options;
    if (!stage.rolls.chance(stage.swarm.clockJumps / 4)) return;
    stage.scheduler.after(this, stage.rolls.between(50, 8_000), "clock jumps", () => stage.jump());
  }

  private doubt(deliveryId: string): void {
    count(this.unclear, deliveryId);
  }

  private accept(
    channel: ChannelName,
    { deliveryId, access, contact }: OutgoingMessage,
    untilAnswerMs: number,
  ): string {
    const { stage, appId, onAccept, echo } = this.options;
    const account = access.externalId;
    const messageId = `mid.${this.accepted.length + 1}`;
    const isEchoed = channel === "messenger";
    const acceptance = { deliveryId, account, contact, messageId, isEchoed };
    this.accepted.push(acceptance);
    onAccept(acceptance);
    // Telegram shows a bot nothing of what it sent.
    const delayMs = isEchoed ? this.echoDelayMs(untilAnswerMs) : null;
    const content = { kind: "echo", appId, deliveryId, text: "", attachments: [] } as const;
    const name = { channel, account, contact, contactName: null } as const;
    const eventKey = messageId;
    if (delayMs !== null) echo({ ...name, eventKey, messageId, at: stage.wall(), standby: false, content }, delayMs);
    if (stage.rolls.chance(stage.swarm.crashInCall)) stage.kill("in a call");
    return messageId;
  }

  private echoDelayMs(untilAnswerMs: number): number | null {
    const { rolls, swarm } = this.options.stage;
    const { echoes, earlyEcho } = swarm;
    if (rolls.chance(earlyEcho)) return rolls.between(0, Math.max(0, untilAnswerMs));
    if (echoes === "late" && rolls.chance(0.4)) return rolls.between(25_000, 400_000);
    if (echoes === "lost" && rolls.chance(0.4)) return null;
    return rolls.between(20, 12_000);
  }

  private fateOf(channel: ChannelName, { contact, access }: OutgoingMessage): Fate {
    const { stage, blocked, windowOpen } = this.options;
    const { rolls } = stage;
    const swarm = stage.swarm;
    const travelMs = rolls.between(5, 400);
    const answerMs = travelMs + rolls.between(5, 800);
    const refused = (outcome: Fate["outcome"]): Fate => ({ acceptsMs: null, answerMs, outcome });
    if (rolls.chance(swarm.accountTrouble)) this.refused.add(access.externalId);
    if (this.refused.has(access.externalId)) return refused(rolls.pick(["account", "account", "policy"]));
    if (rolls.chance(swarm.reset)) {
      if (rolls.chance(0.5)) return refused("unsent");
      return { acceptsMs: rolls.chance(0.5) ? travelMs : null, answerMs, outcome: "ambiguous" };
    }
    if (rolls.chance(swarm.throttle)) {
      const afterMs = rolls.pick([0, 2_000, 30_000, 61_500]);
      return { ...refused("throttled"), ...(afterMs === 0 ? {} : { afterMs }) };
    }
    // An answer of 5xx usually means that nothing was sent; where echoes are prompt it always does, so that one copy can be asked for.
    const sentAnyway = (channel === "telegram" || swarm.echoes !== "prompt") && rolls.chance(0.15);
    if (rolls.chance(swarm.serverError))
      return { acceptsMs: sentAnyway ? travelMs : null, answerMs, outcome: "unlikely" };
    if (blocked.has(contact)) return refused("recipient");
    if (channel === "messenger" && !windowOpen(contact)) return refused("window");
    if (rolls.chance(swarm.refusal)) return refused("request");
    if (rolls.chance(swarm.lateAcceptance))
      return { acceptsMs: rolls.between(5_000, 9_000), answerMs: null, outcome: "ambiguous" };
    if (rolls.chance(swarm.lostAnswer)) return { acceptsMs: travelMs, answerMs: null, outcome: "ambiguous" };
    return { acceptsMs: travelMs, answerMs, outcome: "sent" };
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function outcomeOf({ outcome, afterMs }: Fate, messageId: string): SendOutcome {
  if (outcome === "sent") return { kind: outcome, messageId };
  if (outcome === "throttled") return { kind: outcome, afterMs: afterMs ?? null, reason: "as planned" };
  return { kind: outcome, reason: "as planned" };
}
