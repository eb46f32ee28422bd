import type { SendOutcome } from "../../src/core/delivery.ts";
import type { Recorded } from "../../src/core/batch.ts";
import type { ClaimedTurn } from "../../src/core/claim.ts";
import type { LeasedDelivery, SettledDelivery } from "../../src/core/lease.ts";

/** A verb by name with its arguments and its answer, as the interface of the store has them. */
export interface Seen {
  readonly verb: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

type Args<T extends readonly unknown[], R> = Seen & { readonly args: T; readonly result: R };

export function isRecord(seen: Seen): seen is Args<[unknown, number], readonly Recorded[]> {
  return seen.verb === "record";
}

export function isClaim(seen: Seen): seen is Args<[number], { readonly claimed: readonly ClaimedTurn[] }> {
  return seen.verb === "claimTurns";
}

/** The claim is given back: the process stops, or nobody could be asked. */
export function isReturn(seen: Seen): seen is Args<[{ readonly id: number }], unknown> {
  return seen.verb === "giveBackTurn" || (seen.verb === "parkTurn" && seen.result !== "stale");
}

export function isLease(seen: Seen): seen is Args<[number], { readonly leased: readonly LeasedDelivery[] }> {
  return seen.verb === "leaseDeliveries";
}

export function isSettle(seen: Seen): seen is Args<[LeasedDelivery, SendOutcome, number], SettledDelivery | "stale"> {
  return seen.verb === "settleDelivery";
}
