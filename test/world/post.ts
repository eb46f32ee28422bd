import type { ChannelName } from "../../src/core/channel.ts";
import type { Update } from "../../src/core/update.ts";
import type { Stage } from "./stage.ts";

/** Takes a body; resolves when it is acknowledged, rejects when it is not. Null: nobody listens. */
export type Door = ((channel: ChannelName, body: Uint8Array) => Promise<void>) | null;

/** One webhook on its way. `tries` tells a late answer of a dead process from the current one. */
interface Letter {
  readonly updates: readonly Update[];
  readonly body: Uint8Array;
  tries: number;
  isUnderWay: boolean;
}

/** The platform's side of webhooks: each is sent until it is acknowledged, perhaps again after that, and not always in order. */
export class Post {
  /** Keys of updates that were acknowledged. */
  readonly acknowledged = new Set<string>();
  private readonly letters = new Set<Letter>();

  constructor(
    private readonly stage: Stage,
    private readonly door: () => Door,
    private readonly onAcknowledged: (update: Update) => void,
  ) {}

  /** @param delayMs until it is sent first */
  send(updates: readonly Update[], delayMs: number): void {
    const { rolls } = this.stage;
    const swarm = this.stage.swarm;
    const body = new TextEncoder().encode(JSON.stringify(updates));
    const letter: Letter = { updates, body, tries: 0, isUnderWay: false };
    this.letters.add(letter);
    this.schedule(letter, delayMs + (rolls.chance(swarm.reorder) ? rolls.between(0, 2_000) : rolls.between(0, 30)));
    if (!rolls.chance(swarm.duplicate)) return;
    const again: Letter = { ...letter };
    this.letters.add(again);
    this.schedule(again, delayMs + rolls.pick([0, 5, 400, 8_000, 60_000]));
  }

  /** Whether all that was sent has been acknowledged. */
  get isEmpty(): boolean {
    return this.letters.size === 0;
  }

  /** The process died with these in its hands. */
  hangUp(): void {
    for (const letter of this.letters) if (letter.isUnderWay) this.retry(letter);
  }

  private retry(letter: Letter): void {
    letter.isUnderWay = false;
    this.schedule(letter, this.stage.rolls.between(300, 1_500));
  }

  private schedule(letter: Letter, delayMs: number): void {
    this.stage.scheduler.after(this, delayMs, "webhook", () => this.knock(letter));
  }

  private knock(letter: Letter): void {
    const door = this.door();
    if (door === null) return this.retry(letter);
    letter.isUnderWay = true;
    const tried = ++letter.tries;
    const isCurrent = (): boolean => letter.isUnderWay && letter.tries === tried;
    this.stage.note(
      `webhook ${letter.updates.map(({ eventKey, content }) => `${content.kind} ${eventKey}`).join(", ")}`,
    );
    door(letter.updates[0]?.channel ?? "messenger", letter.body).then(
      () => isCurrent() && this.acknowledge(letter),
      () => isCurrent() && this.retry(letter),
    );
  }

  private acknowledge(letter: Letter): void {
    letter.isUnderWay = false;
    this.letters.delete(letter);
    for (const update of letter.updates) {
      this.acknowledged.add(update.eventKey);
      this.onAcknowledged(update);
    }
  }
}
