import type { LeasedInteraction, ReportOutcome, UserService } from "../../src/core/interaction.ts";
import { never, type Stage } from "./stage.ts";

/** One thing that the service has been told, each time it was. */
export interface Entry {
  readonly id: string;
  readonly direction: "in" | "out";
}

/** How one call goes. Times are ms from its begin; null: never. */
interface Fate {
  readonly storesMs: number | null;
  /** Null: the caller gives up waiting. */
  readonly answerMs: number | null;
  readonly outcome: ReportOutcome;
}

export interface UserBooksOptions {
  readonly stage: Stage;
  /** It has taken something. */
  readonly onStore: (entry: Entry) => void;
}

/** The caller's own limit for one call (REQUEST_TIMEOUT), and how long after it what was under way is looked for. */
export const CALL_TIMEOUT_MS = 10_000;

/** A user service. What it has stored stays across all deaths of the bot; `connect` is what one process calls. */
export class UserBooks {
  readonly entries: Entry[] = [];
  /** Copies that came after the service had been asked for them, and had said no: nobody could have known. */
  readonly belated = new Map<string, number>();
  /** It refuses us, until an operator mends it. */
  refuses = false;
  /** When the service was last asked for each, and had not got it. */
  private readonly missed = new Map<string, number>();

  constructor(private readonly options: UserBooksOptions) {}

  has(id: string): boolean {
    return this.entries.some((entry) => entry.id === id);
  }

  copies(id: string): number {
    return this.entries.filter((entry) => entry.id === id).length;
  }

  connect(isAlive: () => boolean): UserService {
    return {
      report: async (interaction, signal) => {
        if (!isAlive()) return await never();
        if (interaction.inDoubt) {
          const looked = await this.look(interaction, isAlive);
          if (looked !== null) return looked;
        }
        return await this.call(interaction, signal, isAlive);
      },
    };
  }

  /** @returns null when it has not got it */
  private async look({ id }: LeasedInteraction, isAlive: () => boolean): Promise<ReportOutcome | null> {
    const { stage } = this.options;
    await new Promise<void>((resolve) => {
      stage.scheduler.after(this, stage.rolls.between(2, 200), "look", resolve);
    });
    if (!isAlive()) return await never();
    if (stage.rolls.chance(stage.swarm.serviceTrouble / 3)) return { kind: "unsent", reason: "as planned" };
    if (this.has(id)) return { kind: "sent", messageId: id };
    this.missed.set(id, stage.scheduler.now);
    return null;
  }

  private call(interaction: LeasedInteraction, signal: AbortSignal, isAlive: () => boolean): Promise<ReportOutcome> {
    const { stage } = this.options;
    const { scheduler } = stage;
    const { id, direction } = interaction;
    const fate = this.fate(interaction);
    const beganAt = scheduler.now;
    stage.note(`tell ${id} (${direction}): ${fate.outcome.kind}`);
    // The service's own time: it goes on whatever becomes of the caller.
    if (fate.storesMs !== null)
      scheduler.after(this, fate.storesMs, "stored", () => this.store({ id, direction }, beganAt));
    return new Promise((resolve) => {
      const answer = (outcome: ReportOutcome): void => {
        cancel();
        if (isAlive()) resolve(outcome);
      };
      const cancel = scheduler.after(this, fate.answerMs ?? CALL_TIMEOUT_MS, "told", () => answer(fate.outcome));
      signal.addEventListener("abort", () => answer({ kind: "ambiguous", reason: "cut" }), { once: true });
    });
  }

  private store(entry: Entry, beganAt: number): void {
    const { stage, onStore } = this.options;
    const missedAt = this.missed.get(entry.id);
    if (missedAt !== undefined && beganAt < missedAt) this.belated.set(entry.id, (this.belated.get(entry.id) ?? 0) + 1);
    this.entries.push(entry);
    onStore(entry);
    if (stage.rolls.chance(stage.swarm.crashInCall)) stage.kill("while telling");
  }

  private fate({ inDoubt }: LeasedInteraction): Fate {
    const { rolls, swarm } = this.options.stage;
    const travelMs = rolls.between(2, 300);
    const answerMs = travelMs + rolls.between(2, 600);
    const reason = "as planned";
    const told: Fate = {
      storesMs: travelMs,
      answerMs,
      outcome: { kind: "sent", messageId: `u${this.entries.length}` },
    };
    if (this.refuses) return { storesMs: null, answerMs, outcome: { kind: "account", reason } };
    if (!rolls.chance(swarm.serviceTrouble)) return told;
    switch (rolls.pick(["away", "away", "error", "lost", "late", "busy", "refusal", "key"] as const)) {
      case "away":
        return { storesMs: null, answerMs: 5, outcome: { kind: "unsent", reason } };
      case "error":
        return { storesMs: rolls.chance(0.4) ? travelMs : null, answerMs, outcome: { kind: "unlikely", reason } };
      case "lost":
        return { storesMs: travelMs, answerMs: null, outcome: { kind: "ambiguous", reason } };
      case "late":
        return { storesMs: rolls.between(9_000, 18_000), answerMs: null, outcome: { kind: "ambiguous", reason } };
      case "busy":
        return {
          storesMs: null,
          answerMs,
          outcome: { kind: "throttled", afterMs: rolls.pick([null, 2_000, 30_000]), reason },
        };
      case "refusal":
        // What it has taken once it would take again.
        return inDoubt ? told : { storesMs: null, answerMs, outcome: { kind: "request", reason } };
      case "key":
        this.refuses = rolls.chance(0.3);
        return this.refuses ? { storesMs: null, answerMs, outcome: { kind: "account", reason } } : told;
    }
  }
}
