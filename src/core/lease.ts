/** Deliveries as the sender gets them: leased for an attempt, settled by it, moved without one. */
import type { Breaker } from "./breaker.ts";
import type { Rate } from "./channel.ts";
import type { Whose } from "./conversation.ts";
import type { DeliveryKind, DeliveryState, Settled } from "./delivery.ts";

/** What a platform allows. */
export interface SendLimits {
  /** How long after a person's last words we may write; null for ever. */
  readonly windowMs: number | null;
  /** Messages an account may send in any second. */
  readonly perSecond: number;
  /** The same for one chat; absent when a platform counts by account alone. */
  readonly inChat?: (contact: string) => readonly Rate[];
}

export interface LeasedDelivery {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly whose: Whose;
  readonly body: string;
  readonly attempts: number;
  /** Proof that the lease is still this worker's. */
  readonly fence: number;
  readonly turnId: number | null;
  /** When its turn began, or when it was queued. */
  readonly sinceAt: number;
}

/** A delivery that ended or changed without an attempt: too late, given up, or pending again. */
export interface MovedDelivery {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly whose: Whose;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAt: number;
  readonly turnId: number | null;
  readonly sinceAt: number;
  readonly error: string | null;
}

export interface SettledDelivery {
  readonly settled: Settled;
  /** True for the outcome that turned the account; later ones find it turned. */
  readonly accountTurned: boolean;
  /** The account's circuit breaker, when this outcome opened or closed it. */
  readonly breaker: Breaker | null;
}

export interface DeliveryStatus {
  readonly state: DeliveryState;
  readonly messageId: string | null;
  readonly error: string | null;
}
