import type { Access, Account } from "../core/account.ts";
import type { Channel, ChannelName } from "../core/channel.ts";
import type { Chance, Clock } from "../core/clock.ts";
import type { OnError, Publish } from "../core/event.ts";
import { pollPauseMs, type PollOutcome, type Polling } from "../core/polling.ts";
import type { Store } from "../core/store.ts";
import { Loop } from "./loop.ts";

export interface PollerOptions {
  readonly store: Pick<Store, "setAccountState">;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly publish: Publish;
  /** Null: switched off. */
  readonly channels: Readonly<Record<ChannelName, Channel | null>>;
  readonly access: (accountId: number) => Promise<Access | null>;
  /** Stores a body; resolves once it is on disk. */
  readonly take: (channel: Channel, body: Uint8Array, account: string) => Promise<void>;
  /** Raises an alarm; the same cause is told once a minute. */
  readonly alarm: (cause: string, message: string) => void;
  readonly onError: OnError;
}

/** One account that is asked for. */
interface Line {
  readonly account: Account;
  readonly channel: Channel;
  readonly polling: Polling;
  /** Ends the poll that waits, and everything after it. */
  readonly hangUp: AbortController;
  /** Confirms what is on disk; null when that is nothing. */
  cursor: string | null;
  /** When something last came, epoch ms. */
  heardAt: number;
  /** In a row. */
  failures: number;
  /** When to ask again, epoch ms; Infinity for not before the account has another token. */
  nextAt: number;
  underWay: boolean;
}

/** A network that blinks is nobody's concern. */
const FAILURES_WORTH_TELLING = 3;
/** After a silence of a week a platform may count anew, from anywhere; what was confirmed a day ago is forgotten there. */
const CURSOR_LIFE_MS = 24 * 3_600_000;

/**
 * Asks platforms for the updates of those accounts whose channel wants to be asked. What comes is stored before the next
 * poll confirms it, so that nothing is lost if we die in between; it comes again then, and is known.
 */
export class Poller {
  readonly loop: Loop;
  private readonly lines = new Map<number, Line>();
  private readonly polls = new Set<Promise<void>>();

  constructor(private readonly options: PollerOptions) {
    this.loop = new Loop({ clock: options.clock, onError: options.onError, step: async () => this.step() });
  }

  /** An account is in service, or has a new token: from now on it is asked for, if it is one to be asked for. */
  follow(account: Account): void {
    this.leave(account);
    const channel = this.options.channels[account.channel];
    const polling = channel?.polling ?? null;
    if (channel === null || polling === null || account.state === "auth_failed") return;
    const now = this.options.clock.now();
    const fresh = { cursor: null, heardAt: now, failures: 0, nextAt: now, underWay: false };
    this.lines.set(account.id, { account, channel, polling, hangUp: new AbortController(), ...fresh });
    this.loop.wake();
  }

  /** Nobody asks for it any more. */
  leave({ id }: Account): void {
    this.lines.get(id)?.hangUp.abort();
    this.lines.delete(id);
  }

  /** Hangs up at once; what has come is stored first. */
  async stop(): Promise<void> {
    for (const { hangUp } of this.lines.values()) hangUp.abort();
    this.lines.clear();
    await this.loop.stop();
    await Promise.all(this.polls);
  }

  private step(): number | null {
    const now = this.options.clock.now();
    let nextAt = Infinity;
    for (const line of this.lines.values()) {
      if (line.underWay) continue;
      if (line.nextAt > now) nextAt = Math.min(nextAt, line.nextAt);
      else this.ask(line);
    }
    return nextAt === Infinity ? null : nextAt;
  }

  private ask(line: Line): void {
    line.underWay = true;
    const poll = this.poll(line).finally(() => {
      line.underWay = false;
      this.polls.delete(poll);
      this.loop.wake();
    });
    this.polls.add(poll);
  }

  /** Never rejects. */
  private async poll(line: Line): Promise<void> {
    const { clock, chance, onError } = this.options;
    const beganAt = clock.now();
    if (beganAt - line.heardAt > CURSOR_LIFE_MS) line.cursor = null;
    let outcome: PollOutcome;
    try {
      outcome = await this.outcomeOf(line);
      if (line.hangUp.signal.aborted) return;
      if (outcome.kind === "updates") await this.store(line, outcome);
      else await this.tell(line, outcome);
    } catch (error) {
      onError(error);
      outcome = { kind: "unreachable", reason: "what came could not be stored" };
    }
    line.failures = outcome.kind === "updates" ? 0 : line.failures + 1;
    const now = clock.now();
    line.nextAt = now + (pollPauseMs(outcome, now - beganAt, line.failures, chance()) ?? Infinity);
  }

  private async outcomeOf({ account, polling, cursor, hangUp }: Line): Promise<PollOutcome> {
    const access = await this.options.access(account.id);
    if (access === null) return { kind: "refused", reason: "the account has no token" };
    return await polling.poll(access, cursor, hangUp.signal);
  }

  /** All of it, in the order it came: one commit takes what waits together. */
  private async store(line: Line, { bodies, next }: PollOutcome & { kind: "updates" }): Promise<void> {
    const { take, clock } = this.options;
    await Promise.all(bodies.map((body) => take(line.channel, body, line.account.externalId)));
    line.cursor = next;
    if (bodies.length > 0) line.heardAt = clock.now();
  }

  private async tell(
    { account: { id, channel: platform, externalId: account }, failures }: Line,
    { kind, reason }: Exclude<PollOutcome, { kind: "updates" }>,
  ): Promise<void> {
    const { store, clock, publish, alarm } = this.options;
    if (kind === "refused") {
      await store.setAccountState(id, "auth_failed", reason);
      publish({ type: "account_state", at: clock.now(), platform, account, state: "auth_failed", reason });
    } else if (kind === "conflict" || failures + 1 >= FAILURES_WORTH_TELLING) {
      alarm(`poll:${platform}:${account}`, `no messages of ${platform} account ${account} can be fetched: ${reason}`);
    }
  }
}
