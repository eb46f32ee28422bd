import type { DeliveryState } from "./delivery.ts";
import type { RetryProgress, RetryRow } from "./journal.ts";
import type { TurnState } from "./turn.ts";

/**
 * Whether flushing changes an entry of the retry journal.
 *
 * What waits is made due, what is dead gets a new budget. What expired is a late answer, so it takes a person who says so.
 * An unknown outcome waits for its echo and a parked delivery for its account: neither is helped by haste. Only a parked
 * interaction is: the user service that refused it may have been mended, and nothing but a try can tell.
 */
export function isFlushable({ kind, state }: Pick<RetryRow, "kind" | "state">, force: boolean): boolean {
  switch (state) {
    case "pending":
    case "dead":
      return true;
    case "expired":
      return force;
    case "ambiguous":
      return false;
    case "parked":
      return kind === "interaction";
  }
}

/** How far a delivery has come, as people see it: one under way is still waiting. */
export function progressOfDelivery(state: DeliveryState): RetryProgress["state"] {
  return state === "sending" ? "pending" : state;
}

/** How far a turn has come: it is through when all of its answer is, and failed when a part of it is. */
export function progressOfTurn(state: TurnState, deliveries: readonly DeliveryState[]): RetryProgress["state"] {
  if (state === "dead") return "dead";
  if (state === "cancelled") return "gone";
  if (state !== "committed") return "pending";
  const parts = deliveries.map(progressOfDelivery);
  const first = (["ambiguous", "parked", "pending", "dead", "expired"] as const).find((each) => parts.includes(each));
  return first ?? "sent";
}
