/**
 * Whether a service may be called. It has one schedule for all that it is owed, so that a dead one gets one call and not one
 * for each row that waits.
 *
 *   open ──trouble──▶ resting ──1 s, 2 s, 4 s … 5 min──▶ one call ──an answer──▶ open
 *                        ▲                                  │
 *                        └───────────── trouble ────────────┘
 *
 * A service that refuses us is not called again until a person has looked (a flush, a restart).
 */
import type { ReportOutcome } from "./interaction.ts";
import { retryDelayMs, type RetryPolicy } from "./retry.ts";

export interface Gate {
  /** Calls in a row that failed, of those made one after the other. */
  readonly failures: number;
  /** No call before this time, epoch ms; 0 for none. */
  readonly restsUntilAt: number;
  readonly refused: boolean;
}

export const OPEN: Gate = { failures: 0, restsUntilAt: 0, refused: false };

/** From here on somebody should be told. */
const FAILURES_THAT_COUNT = 5;

/** How many calls may be made: any number, one, or none until a time (null: until a person acts). */
export type GatePassage =
  { readonly kind: "all" } | { readonly kind: "one" } | { readonly kind: "none"; readonly untilAt: number | null };

export function passageOf(gate: Gate, now: number): GatePassage {
  if (gate.refused) return { kind: "none", untilAt: null };
  if (now < gate.restsUntilAt) return { kind: "none", untilAt: gate.restsUntilAt };
  return gate.failures > 0 ? { kind: "one" } : { kind: "all" };
}

/** A call has ended. @param chance a number in [0, 1), for jitter */
export function judged(gate: Gate, outcome: ReportOutcome, now: number, chance: number, policy: RetryPolicy): Gate {
  switch (outcome.kind) {
    case "sent":
    case "request":
      return gate.failures === 0 || gate.refused ? gate : OPEN;
    case "account":
      return { ...gate, refused: true };
    case "throttled": {
      const until = now + retryDelayMs(1, chance, policy, outcome.afterMs ?? 0);
      return { ...gate, restsUntilAt: Math.max(gate.restsUntilAt, until) };
    }
    case "unsent":
    case "unlikely":
    case "ambiguous": {
      // Calls that were under way when it began to rest say nothing new.
      if (now < gate.restsUntilAt) return gate;
      const failures = gate.failures + 1;
      return { ...gate, failures, restsUntilAt: now + retryDelayMs(failures, chance, policy) };
    }
  }
}

/** What people should hear of a change: the service is `down` for a while now, `back`, or `refuses` us; null for nothing. */
export function newsOf(before: Gate, after: Gate): "down" | "back" | "refuses" | null {
  if (after.refused && !before.refused) return "refuses";
  if (before.failures < FAILURES_THAT_COUNT && after.failures >= FAILURES_THAT_COUNT) return "down";
  return before.failures >= FAILURES_THAT_COUNT && after.failures === 0 ? "back" : null;
}
