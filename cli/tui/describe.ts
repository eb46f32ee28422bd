/** Events in words: one line each, for the feed and for `--plain`. */
import type { EventData } from "../client.ts";
import { isTrouble, numberIn, textIn } from "./feed.ts";
import type { Tone } from "./theme.ts";
import { shortly } from "./time.ts";

/** What every event says and the line shows elsewhere. */
const COMMON = new Set(["type", "at", "platform", "account", "conversation", "user_hash", "correlation_id", "turn"]);

/** What happened, without when and where. Plain text of the server: not yet steady. */
export function inWords(event: EventData): string {
  const reason = event.reason ?? "";
  const ms = numberIn(event, "latency_ms");
  const took = ms === null ? "" : ` after ${shortly(ms)}`;
  switch (event.type) {
    case "message_received": {
      const attachments = event["attachments"];
      const with_ = Array.isArray(attachments) && attachments.length > 0 ? ` with ${attachments.join(", ")}` : "";
      return `${textIn(event, "kind") ?? "message"}${with_}`;
    }
    case "intent_classified":
    case "turn_extended":
      return joined(event["premature"] === true ? "came too late for its turn" : "", reason);
    case "turn_closed":
      return joined(
        reason,
        event["merged"] === true ? `${numberIn(event, "parts") ?? "?"} parts merged` : "",
        event["wasted"] === true ? "waited for nothing" : "",
      );
    case "response_generated": {
      const tokens = numberIn(event, "tokens");
      return joined(
        `${textIn(event, "model") ?? "the agent"} answered${took}`,
        tokens === null ? "" : `${tokens} tokens`,
      );
    }
    case "response_sent":
      return joined(`sent${took}`, attempts(event));
    case "send_failed":
      return joined(textIn(event, "state") ?? "failed", attempts(event), reason);
    case "breaker_state":
      return joined(`${textIn(event, "scope") ?? "?"} ${textIn(event, "state") ?? "?"}`, reason);
    case "account_state":
      return joined(textIn(event, "state") ?? "?", reason);
    case "alarm":
      return joined(textIn(event, "message") ?? textIn(event, "cause") ?? "", times(event));
    case "takeover":
      return joined(event["until"] === null ? "the bot answers again" : "a human answers", reason);
    default:
      return reason === "" ? otherFields(event) : reason;
  }
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("; ");
}

function attempts(event: EventData): string {
  const made = numberIn(event, "attempts") ?? 1;
  return made > 1 ? `attempt ${made}` : "";
}

function times(event: EventData): string {
  const count = numberIn(event, "count") ?? 1;
  return count > 1 ? `${count} times` : "";
}

/** For kinds that a newer server has: whatever they say. */
function otherFields(event: EventData): string {
  return Object.entries(event)
    .filter(([name, value]) => !COMMON.has(name) && value !== null && typeof value !== "object")
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
}

export function toneOf(event: EventData): Tone | undefined {
  if (isTrouble(event)) return "bad";
  if (event.type === "response_sent" || event.type === "subscription_restored") return "good";
  if (event.type === "intent_classified" || event.type === "turn_extended") return "waiting";
  if (event.type === "takeover") return "human";
  return event.type === "message_received" ? "client" : undefined;
}

/** How many are missing, in words. */
export function gapInWords(missed: number | null): string {
  if (missed === null)
    return "an unknown number of events is missing here: the server was restarted or we were away too long";
  return `${missed} ${missed === 1 ? "event is" : "events are"} missing here`;
}
