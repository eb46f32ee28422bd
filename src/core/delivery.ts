import type { AccountState } from "./account.ts";
import { DELIVERY_LIFETIME_MS, retryDelayMs, type RetryPolicy } from "./retry.ts";

/**
 * One outgoing call owed to the outside.
 *
 *   pending ──lease──▶ sending ──▶ sent
 *      ▲                  │  ├──▶ dead          (the platform said never)
 *      │                  │  ├──▶ expired       (too late to be an answer)
 *      ├── unsent, busy ──┘  └──▶ ambiguous     (it may have gone out)
 *      ├── parked                   │
 *      └── once more, after grace ──┘──▶ sent by its echo, or dead after 3 rounds
 */
export const DELIVERY_STATES = ["pending", "sending", "ambiguous", "parked", "sent", "dead", "expired"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** `message` is part of an answer, `notice` an apology or the like, `interaction` a row owed to the user service. */
export type DeliveryKind = "message" | "notice" | "interaction";

/** What became of one attempt (guarantees §3); decided by phase and numeric code, never by a message's words. */
export type SendOutcome =
  | { readonly kind: "sent"; readonly messageId: string }
  /** Nothing left this machine: no name, no connection, no TLS. */
  | { readonly kind: "unsent"; readonly reason: string }
  /** Too fast: the account waits. `afterMs` is what the platform asked for, null when it did not say. */
  | { readonly kind: "throttled"; readonly afterMs: number | null; readonly reason: string }
  /** The platform failed; most likely nothing was sent. */
  | { readonly kind: "unlikely"; readonly reason: string }
  /** It may or may not have been sent. */
  | { readonly kind: "ambiguous"; readonly reason: string }
  /** This person cannot be written to. */
  | { readonly kind: "recipient"; readonly reason: string }
  /** This contact has another id now, and the message was not sent: a group became a supergroup. */
  | { readonly kind: "moved"; readonly to: string; readonly reason: string }
  /** The platform's window for answers has closed. */
  | { readonly kind: "window"; readonly reason: string }
  /** The account's token is no good. */
  | { readonly kind: "account"; readonly reason: string }
  /** The platform told the account to stop. */
  | { readonly kind: "policy"; readonly reason: string }
  /** The call itself was wrong. */
  | { readonly kind: "request"; readonly reason: string };

/** The part of a delivery that decisions depend on. Times are epoch ms. */
export interface DeliveryFacts {
  readonly kind: DeliveryKind;
  readonly state: DeliveryState;
  /** Attempts that could have reached the platform or failed on the way. */
  readonly attempts: number;
  /** How often the outcome was unknown. */
  readonly rounds: number;
  readonly createdAt: number;
  readonly nextAt: number;
}

/** What an outcome does beyond its own row. */
export interface Settled {
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly rounds: number;
  readonly nextAt: number;
  readonly error: string | null;
  readonly messageId: string | null;
  /** The account's new state, when the outcome speaks about the account. */
  readonly account: AccountState | null;
  /** No delivery of the account before this time; null for no pause. */
  readonly accountPauseUntil: number | null;
  /** The conversation cannot be written to until the person writes again. */
  readonly blocksConversation: boolean;
  /** The contact's new id; null when it has not moved. */
  readonly movesTo: string | null;
}

export interface DeliveryPolicy extends RetryPolicy {
  /** How long an echo may take to prove an unknown outcome (ECHO_GRACE_MS). */
  readonly echoGraceMs: number;
  /** What follows an unknown outcome after the grace. */
  readonly ambiguous: "resend-once" | "hold";
}

/** Attempts up to which a contact that has moved is followed at once. */
const MOVES_FOLLOWED = 3;

/** After this many unknown outcomes a delivery is given up: it may already have been sent three times (G9). */
export const AMBIGUOUS_ROUNDS = 3;

/** The outcome of an attempt, applied. `chance` is a number in [0, 1) for the jitter. */
export function settle(
  facts: DeliveryFacts,
  outcome: SendOutcome,
  now: number,
  chance: number,
  policy: DeliveryPolicy,
): Settled {
  const base: Settled = {
    state: "pending",
    attempts: facts.attempts,
    rounds: facts.rounds,
    nextAt: now,
    error: outcome.kind === "sent" ? null : `${outcome.kind}: ${outcome.reason}`,
    messageId: null,
    account: null,
    accountPauseUntil: null,
    blocksConversation: false,
    movesTo: null,
  };
  switch (outcome.kind) {
    case "sent":
      return { ...base, state: "sent", messageId: outcome.messageId };
    case "unsent":
    case "unlikely":
      return again(base, facts, now + retryDelayMs(facts.attempts, chance, policy));
    case "throttled": {
      const waitMs = retryDelayMs(facts.attempts, chance, policy, outcome.afterMs ?? 0);
      // The platform asked for patience; that is no failure of this call, so it costs no attempt.
      return { ...again(base, facts, now + waitMs), attempts: facts.attempts - 1, accountPauseUntil: now + waitMs };
    }
    case "ambiguous":
      return doubt(base, facts, now, policy);
    case "recipient":
      return { ...base, state: "dead", blocksConversation: true };
    case "moved": {
      // At once at the new id; one that keeps moving goes by the schedule, like any that fails.
      const waitMs = facts.attempts > MOVES_FOLLOWED ? retryDelayMs(facts.attempts, chance, policy) : 0;
      return again({ ...base, movesTo: outcome.to }, facts, now + waitMs);
    }
    case "window":
      return { ...base, state: "expired" };
    case "account":
      return { ...base, state: "parked", account: "auth_failed" };
    case "policy":
      return { ...base, state: "parked", account: "paused" };
    case "request":
      return { ...base, state: "dead" };
  }
}

function again(base: Settled, facts: DeliveryFacts, nextAt: number): Settled {
  // Interactions are bookkeeping for another service: late is fine, so they have no end (guarantees §3).
  const tooLate = facts.kind !== "interaction" && nextAt > facts.createdAt + DELIVERY_LIFETIME_MS;
  return tooLate ? { ...base, state: "expired", nextAt } : { ...base, nextAt };
}

function doubt(base: Settled, facts: DeliveryFacts, now: number, policy: DeliveryPolicy): Settled {
  const rounds = facts.rounds + 1;
  return { ...base, state: "ambiguous", rounds, nextAt: now + policy.echoGraceMs };
}

/**
 * What an unknown outcome becomes when its grace is over and no echo came.
 *
 * The budget is charged when the doubt arises, so three unknown outcomes end it, whatever restarts lie between.
 */
export function resolveDoubt(facts: DeliveryFacts, now: number, policy: DeliveryPolicy): "wait" | "resend" | "dead" {
  if (now < facts.nextAt) return "wait";
  if (policy.ambiguous === "hold" || facts.rounds >= AMBIGUOUS_ROUNDS) return "dead";
  return "resend";
}

/** A delivery found `sending` at start: the process died between the call and its answer (guarantees §2). */
export function recover(facts: DeliveryFacts, now: number, policy: DeliveryPolicy): Settled {
  return settle(facts, { kind: "ambiguous", reason: "the server stopped during the call" }, now, 0, policy);
}
