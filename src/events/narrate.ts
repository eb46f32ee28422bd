import type { BotEvent } from "../core/event.ts";

export type Level = "debug" | "info" | "warn" | "error";

/** Where narrated events go: a log. */
export interface Narration {
  /** Whether lines of a level are written at all. */
  readonly speaks: (level: Level) => boolean;
  /** @param fields as JSON, without the braces around them */
  readonly write: (level: Level, event: string, fields: string) => void;
}

/** Events as log lines: the log says what the stream says, with the same names. */
export function narrate({ speaks, write }: Narration): (event: BotEvent) => void {
  return (event) => {
    const level = levelOf(event);
    if (speaks(level)) write(level, event.type, fieldsOf(event));
  };
}

/** All but its type and time, which the line has in other places. */
function fieldsOf(event: BotEvent): string {
  const json = JSON.stringify(event);
  const head = `{"type":"${event.type}","at":${event.at},`;
  // Nearly every event begins so, and a copy without the two would cost more than all the rest.
  if (json.startsWith(head)) return json.slice(head.length, -1);
  const { type: _, at: __, ...fields } = event;
  return JSON.stringify(fields).slice(1, -1);
}

function levelOf(event: BotEvent): Level {
  switch (event.type) {
    case "send_failed":
      return event.state === "dead" || event.state === "expired" ? "error" : "warn";
    case "interaction_failed":
      return event.state === "dead" || event.state === "parked" ? "error" : "warn";
    case "turn_failed":
      return event.state === "dead" ? "error" : "warn";
    case "breaker_state":
      return event.state === "open" ? "error" : "info";
    case "alarm":
      return "error";
    case "account_state":
      return event.state === "active" || event.state === "removed" ? "info" : "error";
    case "subscription_lost":
    case "service_refused":
      return "error";
    case "interaction_sent":
      return "debug";
    // These say nothing that `intent_classified` and `send_failed` do not say as well.
    case "turn_extended":
    case "delivery_waiting":
    case "delivery_dead":
    case "delivery_expired":
      return "debug";
    case "signature_refused":
    case "unknown_account":
    case "quarantined":
      return "warn";
    default:
      return "info";
  }
}
