/** The retry journal as people see it. */
import type { DeliveryKind } from "./delivery.ts";

export type RetryKind = DeliveryKind | "turn";

export type RetryState = "pending" | "ambiguous" | "parked" | "dead" | "expired";

/** A line of the retry journal: a delivery not yet settled, or a turn that was given up. */
export interface RetryRow {
  readonly id: string;
  readonly kind: RetryKind;
  readonly state: RetryState;
  readonly account: string;
  readonly conversation: number;
  readonly attempts: number;
  readonly rounds: number;
  readonly createdAt: number;
  readonly nextAt: number;
  readonly lastError: string | null;
  readonly text: string;
}

export interface RetryFilter {
  readonly ids?: readonly string[] | undefined;
  readonly kind?: RetryKind | undefined;
  readonly state?: RetryState | undefined;
  readonly account?: string | undefined;
  /** Only what was made before this time, and only what was made after that one; epoch ms. */
  readonly createdBefore?: number | undefined;
  readonly createdAfter?: number | undefined;
}

/** What became of an entry, also of one that is no longer in the journal; `gone` was dropped, or never was. */
export interface RetryProgress {
  readonly id: string;
  readonly state: RetryState | "sent" | "gone";
}
