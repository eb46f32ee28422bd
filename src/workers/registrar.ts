import type { Account } from "../core/account.ts";
import type { Channel, Identity } from "../core/channel.ts";
import type { Clock } from "../core/clock.ts";
import type { Publish } from "../core/event.ts";
import { Loop } from "./loop.ts";

/** A token from the settings whose account is not known yet. */
export interface Stranger {
  readonly channel: Channel;
  readonly token: string;
  /** Makes it an account. */
  readonly save: (identity: Identity) => Promise<Account>;
  /** It is not asked about again, also after a restart. Comes last: until then a restart does all of it again. */
  readonly remember: () => Promise<void>;
}

export interface RegistrarOptions {
  readonly clock: Clock;
  readonly publish: Publish;
  readonly strangers: readonly Stranger[];
  /** An account became known. */
  readonly onKnown: (account: Account) => Promise<void>;
  /** Whoever is still unknown now is not ours. */
  readonly onAllKnown: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const ASK_TIMEOUT_MS = 10_000;

/** Finds out whom the tokens in the settings speak for, for as long as it takes: until then their events are held. */
export class Registrar {
  readonly loop: Loop;
  private unknown: readonly Stranger[];
  private pauseMs = FIRST_PAUSE_MS;
  private readonly told = new Set<string>();
  private readonly shutdown = new AbortController();

  constructor(private readonly options: RegistrarOptions) {
    this.unknown = options.strangers;
    this.loop = new Loop({ clock: options.clock, onError: options.onError, step: () => this.step() });
  }

  /** Asks no more, and does not wait for an answer. */
  async stop(): Promise<void> {
    this.shutdown.abort(new DOMException("shutdown", "AbortError"));
    await this.loop.stop();
  }

  /** Whether an account that nobody knows may still turn out to be ours. */
  waiting(): boolean {
    return this.unknown.length > 0;
  }

  /** One round of asking. @returns when to ask again, epoch ms; null when all are known */
  async step(): Promise<number | null> {
    const left: Stranger[] = [];
    for (const stranger of this.unknown) if (!(await this.ask(stranger))) left.push(stranger);
    this.unknown = left;
    if (left.length === 0) {
      await this.options.onAllKnown();
      return null;
    }
    const nextAt = this.options.clock.now() + this.pauseMs;
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    return nextAt;
  }

  private async ask(stranger: Stranger): Promise<boolean> {
    const { clock } = this.options;
    const timeout = new AbortController();
    const cancel = clock.after(ASK_TIMEOUT_MS, () =>
      timeout.abort(new DOMException("no answer in time", "TimeoutError")),
    );
    const signal = AbortSignal.any([timeout.signal, this.shutdown.signal]);
    const outcome = await stranger.channel.identify(stranger.token, signal).finally(cancel);
    if (this.shutdown.signal.aborted) return false;
    if (outcome.kind !== "identified") {
      this.tell(stranger, outcome.kind, outcome.reason);
      return false;
    }
    const account = await stranger.save(outcome.identity);
    await this.options.onKnown(account);
    await stranger.remember();
    return true;
  }

  /** Once per cause, not once per try. */
  private tell(stranger: Stranger, kind: "refused" | "unreachable", reason: string): void {
    const cause = `${stranger.channel.name}:${kind}`;
    if (this.told.has(cause)) return;
    this.told.add(cause);
    const message =
      kind === "refused"
        ? `the ${stranger.channel.name} token in the settings was refused (${reason}): put a working one there and start again, or give it with \`botctl accounts add\``
        : `${stranger.channel.name} cannot be reached to learn whose token is in the settings: ${reason}; events are stored meanwhile`;
    this.options.publish({ type: "alarm", at: this.options.clock.now(), cause, message, count: 1 });
  }
}
