/** The server's events, as lines of a story. */
import type { EventType } from "../../src/core/event.ts";
import type { SeenEvent } from "./stage.ts";

export interface Story {
  readonly type: EventType;
  /** The line; null when other lines say it already. */
  readonly reason: string | null;
  /** The delivery that is now sent, when the event is about one. */
  readonly sentDelivery: string | null;
}

type Teller = (event: SeenEvent) => string | null;

const itsReason: Teller = (event) => event.reason ?? null;

const TELLERS: Readonly<Record<EventType, Teller>> = {
  // The arrow of the webhook says it.
  message_received: () => null,
  intent_classified: itsReason,
  turn_extended: itsReason,
  turn_closed: itsReason,
  turn_rerun: (event) => `asked again: ${event.reason ?? "a newer part came"}`,
  turn_failed: (event) => `no answer: ${event.reason ?? "the agent failed"}`,
  turn_cancelled: (event) => `not answered: ${event.reason ?? "cancelled"}`,
  response_generated: (event) =>
    typeof event["latency_ms"] === "number" ? `the model answered in ${event["latency_ms"]} ms` : null,
  // The arrow of the reply says it.
  response_sent: () => null,
  send_failed: (event) => `not sent: ${event.reason ?? "the platform refused"}`,
  // The line before says why it was not sent.
  delivery_waiting: () => null,
  delivery_dead: () => null,
  delivery_expired: () => null,
  duplicate_dropped: () => "dropped: this message is stored already",
  takeover: (event) => `a human has taken over: ${event.reason ?? "the bot keeps silent"}`,
  unknown_account: () => "counted, not read: the page is not one of ours",
  quarantined: (event) => `set aside: ${event.reason ?? "it cannot be read"}`,
  interaction_sent: () => null,
  interaction_failed: (event) => `the user service was not told: ${event.reason ?? "no reason given"}`,
  service_refused: (event) => `${wordOf(event["scope"])} refuses us: ${event.reason ?? "no reason given"}`,
  signature_refused: () => "refused: the signature does not fit",
  account_state: (event) => `the page is now ${wordOf(event["state"])}: ${event.reason ?? "no reason given"}`,
  breaker_state: (event) =>
    `calls are ${event["state"] === "open" ? "held back" : "tried again"}: ${event.reason ?? "no reason given"}`,
  subscription_lost: (event) => `the platform no longer tells us everything: ${event.reason ?? "not subscribed"}`,
  subscription_restored: (event) => `the platform tells us everything again: ${event.reason ?? "subscribed"}`,
  alarm: (event) => `alarm: ${wordOf(event["message"])}`,
};

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : "unknown";
}

/** Whether the server has events of this name. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(TELLERS, type);
}

/** @returns null for events of a newer server that this program does not know */
export function storyOf(event: SeenEvent): Story | null {
  const { type } = event;
  if (!isEventType(type)) return null;
  const delivery = event["delivery"];
  return {
    type,
    reason: TELLERS[type](event),
    sentDelivery: type === "response_sent" && typeof delivery === "string" ? delivery : null,
  };
}
