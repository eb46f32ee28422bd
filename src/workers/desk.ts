import type { Clock } from "../core/clock.ts";
import type { Publish } from "../core/event.ts";
import type { Store } from "../core/store.ts";
import type { HandedOver } from "../core/takeover.ts";
import { about, type HashPerson } from "./about.ts";

export interface DeskOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly publish: Publish;
  readonly hashPerson: HashPerson;
  readonly newId: () => string;
  /** A turn was taken from its agent. */
  readonly onRerun: (turnId: number) => void;
}

/** Where a person takes conversations from the bot and gives them back. */
export class Desk {
  constructor(private readonly options: DeskOptions) {}

  /** @param forMs how long; null for as long as the settings say */
  async takeOver(conversation: number, forMs: number | null): Promise<void> {
    const { store, clock, newId } = this.options;
    this.announce(await store.takeOver(conversation, forMs, newId(), clock.now()));
  }

  async release(conversation: number): Promise<void> {
    const { store, newId } = this.options;
    this.announce(await store.release(conversation, newId()));
  }

  /** Tells who answers now, and stops the agents whose answers nobody wants any more. Null: nothing happened. */
  announce(handedOver: HandedOver | null): void {
    if (handedOver === null) return;
    const { clock, publish, hashPerson, onRerun } = this.options;
    const { whose, takeover, changed } = handedOver;
    const who = about(whose, clock.now(), hashPerson);
    if (takeover !== null) publish({ type: "takeover", ...who, ...takeover });
    for (const { at, aborts } of changed) {
      publish({ type: "turn_cancelled", ...who, turn: at.id, reason: at.turn.reason });
      if (aborts) onRerun(at.id);
    }
  }
}
