import { failed, passage, probing, succeeded, type Breaker } from "../../core/breaker.ts";
import type { SendOutcome } from "../../core/delivery.ts";
import type { Accounts, SpeakingAccount } from "./accounts.ts";

/** Outcomes after which the next call will probably fail as well (guarantees §3). */
const SYSTEM_TROUBLE: ReadonlySet<SendOutcome["kind"]> = new Set(["unsent", "unlikely", "ambiguous"]);

/** How soon to look again when an account has used up what a platform allows in a second. */
export const PACE_MS = 50;

export type Room =
  | { readonly kind: "none"; readonly untilAt: number }
  | { readonly kind: "some"; readonly calls: number; readonly probes: boolean; readonly isLast: boolean };

/** An account that had a backlog is paced for this long after it is gone: its last rows are part of it. */
const PACED_AFTER_MS = 2_000;

/**
 * How fast an account may send. What customers write at one time never reaches a platform's limit; what has piled up
 * behind an outage does, and is let go no faster than the platform takes it. All methods run inside a transaction.
 */
export class Pace {
  /** When each account's calls of the last second began. */
  private readonly sentAt = new Map<number, number[]>();

  /** Until when each account that had a backlog is paced. */
  private readonly pacedUntil = new Map<number, number>();

  constructor(private readonly accounts: Accounts) {}

  /**
   * How many calls an account may begin now: its breaker, the platform's patience and its limit a second decide.
   *
   * @param isPiledUp whether more is due than one second takes
   */
  room(account: SpeakingAccount, now: number, perSecond: number, most: number, isPiledUp: () => boolean): Room {
    if (account.paused_until_at > now) return { kind: "none", untilAt: account.paused_until_at };
    const open = passage(account.breaker, now);
    if (open.kind === "none") return { kind: "none", untilAt: open.untilAt };
    if (open.kind === "probe") return { kind: "some", calls: Math.min(1, most), probes: true, isLast: false };
    if (isPiledUp()) this.pacedUntil.set(account.id, now + PACED_AFTER_MS);
    if ((this.pacedUntil.get(account.id) ?? 0) <= now)
      return { kind: "some", calls: most, probes: false, isLast: false };
    const left = perSecond - this.lastSecond(account.id, now).length;
    if (left <= 0) return { kind: "none", untilAt: now + PACE_MS };
    return { kind: "some", calls: Math.min(left, most), probes: false, isLast: left <= most };
  }

  private lastSecond(accountId: number, now: number): number[] {
    return (this.sentAt.get(accountId) ?? []).filter((at) => at > now - 1_000 && at <= now);
  }

  spend(account: SpeakingAccount, calls: number, probes: boolean, now: number): void {
    if (calls === 0) return;
    if (probes) this.accounts.setBreaker(account.id, probing(account.breaker, now));
    const times = this.lastSecond(account.id, now);
    for (let call = 0; call < calls; call++) times.push(now);
    this.sentAt.set(account.id, times);
  }

  /** Whether an account can send at the moment. */
  speaks(accountId: number, now: number): boolean {
    const account = this.accounts.speaking().find(({ id }) => id === accountId);
    return account !== undefined && account.paused_until_at <= now && passage(account.breaker, now).kind !== "none";
  }

  /** What an outcome says about whether the next call can work. @returns the breaker when it opened or closed */
  judge(accountId: number, outcome: SendOutcome, now: number): Breaker | null {
    const before = this.accounts.breaker(accountId);
    const after = SYSTEM_TROUBLE.has(outcome.kind) ? failed(before, now) : succeeded(before);
    if (after === before) return null;
    this.accounts.setBreaker(accountId, after);
    return reported(before, after);
  }
}

/** Only going to open and back to closed is news. */
function reported(before: Breaker, after: Breaker): Breaker | null {
  if (after.state === "open") return after;
  return after.state === "closed" && before.state !== "closed" ? after : null;
}
