import type { Account } from "../core/account.ts";
import type { Channel } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import type { Publish } from "../core/event.ts";
import type { Recorded, Store } from "../core/store.ts";
import { expectationOf } from "../core/expectation.ts";
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
  /** A newer part took the turn back from its agent. */
  readonly onRerun: (turnId: number) => void;
}

/** Takes genuine webhook bodies: reads, stores, and tells the other workers. Resolves once all of it is on disk. */
export class Intake {
  constructor(private readonly options: IntakeOptions) {}

  async take(channel: Channel, body: Uint8Array): Promise<void> {
    const { store, clock, newId, holdsUnknown } = this.options;
    const { updates, quarantined } = channel.parse(body);
    const now = clock.now();
    const batch = {
      channel: channel.name,
      updates,
      quarantined,
      body: new TextDecoder().decode(body),
      correlation: newId(),
      holdUnknown: holdsUnknown(),
    };
    const recorded = await store.record(batch, now);
    for (const { reason } of quarantined) {
      this.options.publish({ type: "quarantined", at: now, platform: channel.name, reason, correlation_id: batch.correlation });
    }
    this.announce(recorded, now);
  }

  /** An account became known: what was held for it goes on its way. */
  async adopt(account: Account): Promise<void> {
    const now = this.options.clock.now();
    this.announce(await this.options.store.adopt(account, now), now);
  }

  private announce(recorded: readonly Recorded[], now: number): void {
    for (const one of recorded) this.announceOne(one, now);
  }

  private announceOne({ update, outcome, whose, heard }: Recorded, now: number): void {
    const { publish, hashPerson } = this.options;
    if (outcome === "unknown_account") {
      publish({ type: "unknown_account", at: now, platform: update.channel, account: update.account });
    }
    if (whose === null) return;
    const who = about(whose, now, hashPerson);
    const { content } = update;
    const attachments = content.kind === "message" ? content.attachments.map((attachment) => attachment.kind) : [];
    publish({ type: "message_received", ...who, kind: content.kind, attachments });
    if (heard === null) return;

    const { id, turn } = heard.at;
    if (heard.closed !== null) this.announceClosed(heard.closed, who);
    const expectation = content.kind === "message" ? expectationOf(content.text).kind : "nothing";
    const wait_ms = turn.state === "gathering" ? Math.max(0, turn.dueAt - now) : 0;
    publish({ type: "intent_classified", ...who, turn: id, expectation, wait_ms, reason: turn.reason });
    if (heard.kind === "extended") publish({ type: "turn_extended", ...who, turn: id, parts: turn.parts, wait_ms, reason: turn.reason });
    if (heard.aborts) {
      publish({ type: "turn_rerun", ...who, turn: id, reason: "a part came while the answer was being written" });
      this.options.onRerun(id);
    }
    if (turn.state === "gathering") this.options.onGathering(turn.dueAt);
    else this.options.onReady();
  }

  private announceClosed({ id, turn }: NonNullable<NonNullable<Recorded["heard"]>["closed"]>, who: ReturnType<typeof about>): void {
    const waited_ms = Math.max(0, who.at - turn.firstAt);
    this.options.publish({
      type: "turn_closed",
      ...who,
      turn: id,
      parts: turn.parts,
      waited_ms,
      merged: turn.parts > 1,
      timed_out: false,
      reason: turn.reason,
    });
    this.options.onReady();
  }
}
