import type { Account } from "../core/account.ts";
import type { Channel } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import type { Whose } from "../core/conversation.ts";
import type { Publish } from "../core/event.ts";
import type { ChangedTurn, Recorded } from "../core/batch.ts";
import type { Store } from "../core/store.ts";
import type { Closing } from "../core/turn.ts";
import type { Attachment, Update } from "../core/update.ts";
import { about, type HashPerson } from "./about.ts";

export interface IntakeOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly hashPerson: HashPerson;
  readonly newId: () => string;
  /** Whether an account we do not know may still turn out to be ours. */
  readonly holdsUnknown: () => boolean;
  /** A turn gathers until then, epoch ms. */
  readonly onGathering: (dueAt: number) => void;
  readonly onReady: () => void;
  /** Taps that people's apps wait to hear of. Must return at once and never throw. */
  readonly confirm: (channel: Channel, updates: readonly Update[]) => void;
  /** Whom an account may write to has changed: what is owed may have ended. */
  readonly onReach: () => void;
  /** Pictures that will be wanted soon. Must return at once and never throw. */
  readonly prefetch: (attachments: readonly Attachment[], whose: Whose) => void;
  /** A newer part took the turn back from its agent. */
  readonly onRerun: (turnId: number) => void;
  /** The platform showed a delivery back to us: its outcome is known, and what stands behind it may go. */
  readonly onEcho: (deliveryId: string) => void;
}

const utf8 = new TextDecoder();

/** Takes genuine webhook bodies: reads, stores, and tells the other workers. Resolves once all of it is on disk. */
export class Intake {
  private underWay = 0;
  /** Told when nothing is under way any more. */
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly options: IntakeOptions) {}

  /** @param account which account's address it came to; null when the body says whose it is, or there is no need to */
  async take(channel: Channel, body: Uint8Array, account: string | null): Promise<void> {
    this.underWay += 1;
    try {
      await this.record(channel, body, account);
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) for (const tell of this.waiting.splice(0)) tell();
    }
  }

  /** Resolves when the bodies under way are stored, or could not be. */
  async settled(): Promise<void> {
    if (this.underWay > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private async record(channel: Channel, body: Uint8Array, account: string | null): Promise<void> {
    const { store, clock, newId, holdsUnknown } = this.options;
    const { updates, quarantined } = channel.parse(body, account);
    const now = clock.now();
    const batch = {
      channel: channel.name,
      updates,
      quarantined,
      body: utf8.decode(body),
      correlation: newId(),
      holdUnknown: holdsUnknown(),
    };
    const recorded = await store.record(batch, now);
    this.options.confirm(channel, updates);
    for (const { reason } of quarantined) {
      this.options.publish({
        type: "quarantined",
        at: now,
        platform: channel.name,
        reason,
        correlation_id: batch.correlation,
      });
    }
    for (const { update, outcome } of recorded) {
      if (outcome !== "duplicate") continue;
      const { account, content } = update;
      const event = {
        type: "duplicate_dropped",
        at: now,
        platform: channel.name,
        account,
        kind: content.kind,
      } as const;
      this.options.publish({ ...event, correlation_id: batch.correlation });
    }
    this.announce(recorded, now);
  }

  /** An account became known: what was held for it goes on its way. */
  async adopt(account: Account): Promise<void> {
    const { store, clock } = this.options;
    for (;;) {
      const now = clock.now();
      const recorded = await store.adopt(account, now);
      if (recorded.length === 0) return;
      this.announce(recorded, now);
    }
  }

  private announce(recorded: readonly Recorded[], now: number): void {
    for (const one of recorded) this.announceOne(one, now);
  }

  private announceOne({ update, outcome, whose, heard, changed, takeover }: Recorded, now: number): void {
    const { publish, hashPerson } = this.options;
    if (outcome === "unknown_account") {
      publish({ type: "unknown_account", at: now, platform: update.channel, account: update.account });
    }
    if (whose === null) return;
    const who = about(whose, now, hashPerson);
    const { content } = update;
    const attachments = content.kind === "message" ? content.attachments.map((attachment) => attachment.kind) : [];
    publish({ type: "message_received", ...who, kind: content.kind, attachments });
    if (content.kind === "echo" && content.deliveryId !== null) this.options.onEcho(content.deliveryId);
    if (takeover !== null) publish({ type: "takeover", ...who, ...takeover });
    if (content.kind === "reachability" || content.kind === "moved") this.options.onReach();
    for (const one of changed) this.announceChanged(one, who);
    if (heard === null) return;

    // Started now, so that they are there when the wait is over.
    if (content.kind === "message") this.options.prefetch(content.attachments, whose);
    const { id, turn } = heard.at;
    if (heard.closed !== null) this.announceClosed(heard.closed, "tap", who);
    const { expectation, premature } = heard;
    const wait_ms = turn.state === "gathering" ? Math.max(0, turn.dueAt - now) : 0;
    publish({ type: "intent_classified", ...who, turn: id, expectation, wait_ms, premature, reason: turn.reason });
    if (heard.kind === "extended")
      publish({ type: "turn_extended", ...who, turn: id, parts: turn.parts, wait_ms, reason: turn.reason });
    // It took all the parts that a turn takes, and waits for nothing more.
    if (heard.kind === "extended" && turn.state === "ready" && turn.hold === null)
      this.announceClosed(heard.at, "full", who);
    if (heard.aborts) {
      publish({ type: "turn_rerun", ...who, turn: id, reason: "a part came while the answer was being written" });
      this.options.onRerun(id);
    }
    if (turn.state === "gathering") this.options.onGathering(turn.dueAt);
    else this.options.onReady();
  }

  /** A turn was corrected, or is no longer the bot's to answer. */
  private announceChanged({ at: { id, turn }, aborts }: ChangedTurn, who: ReturnType<typeof about>): void {
    const { publish, onRerun, onGathering } = this.options;
    if (turn.state === "cancelled") publish({ type: "turn_cancelled", ...who, turn: id, reason: turn.reason });
    else if (aborts) publish({ type: "turn_rerun", ...who, turn: id, reason: "what it says was changed" });
    if (aborts) onRerun(id);
    if (turn.state === "gathering") onGathering(turn.dueAt);
  }

  private announceClosed(
    { id, turn }: NonNullable<NonNullable<Recorded["heard"]>["closed"]>,
    why: Closing,
    who: ReturnType<typeof about>,
  ): void {
    const waited_ms = Math.max(0, who.at - turn.firstAt);
    this.options.publish({
      type: "turn_closed",
      ...who,
      turn: id,
      parts: turn.parts,
      waited_ms,
      merged: turn.parts > 1,
      why,
      timed_out: false,
      wasted: false,
      reason: turn.reason,
    });
    this.options.onReady();
  }
}
