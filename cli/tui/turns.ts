/** What the events tell about each turn: why it waited, what merged, what agent and platform took. */
import type { EventData } from "../client.ts";
import { numberIn, textIn } from "./feed.ts";

export interface TurnFacts {
  readonly turn: number;
  /** When its newest part was heard, and until when it waits; 0 when it does not wait. Server's clock. */
  readonly heardAt: number;
  readonly dueAt: number;
  /** Why it waits, in the server's words; null when that was before our time. */
  readonly waitReason: string | null;
  readonly parts: number;
  /** Once closed. */
  readonly closed: {
    readonly at: number;
    readonly waitedMs: number;
    readonly merged: boolean;
    readonly timedOut: boolean;
    readonly wasted: boolean;
    readonly reason: string;
  } | null;
  readonly reruns: number;
  readonly answered: {
    readonly at: number;
    readonly model: string;
    readonly tokens: number | null;
    readonly agentMs: number;
  } | null;
  /** The first delivery that went out. `totalMs` counts from the turn's first part. */
  readonly sent: { readonly at: number; readonly totalMs: number; readonly attempts: number } | null;
  /** The latest failure, of the agent or of a delivery; null once it is mended. */
  readonly failure: { readonly at: number; readonly reason: string; readonly nextAt: number | null } | null;
  readonly cancelled: string | null;
}

export type Turns = ReadonlyMap<number, TurnFacts>;

/** Turns remembered; beyond it the oldest is forgotten. */
const KEPT_TURNS = 2_000;

function unknown(turn: number): TurnFacts {
  return {
    turn,
    heardAt: 0,
    dueAt: 0,
    waitReason: null,
    parts: 0,
    closed: null,
    reruns: 0,
    answered: null,
    sent: null,
    failure: null,
    cancelled: null,
  };
}

/** The facts with more events, oldest first. The same map when none of them is about a turn. */
export function learned(turns: Turns, events: readonly EventData[]): Turns {
  let grown: Map<number, TurnFacts> | null = null;
  for (const event of events) {
    if (typeof event.turn !== "number") continue;
    const before = (grown ?? turns).get(event.turn);
    const after = told(before ?? unknown(event.turn), event);
    if (after === null) continue;
    grown ??= new Map(turns);
    grown.set(event.turn, after);
  }
  if (grown === null) return turns;
  for (const turn of grown.keys()) {
    if (grown.size <= KEPT_TURNS) break;
    grown.delete(turn);
  }
  return grown;
}

/** Null: the event says nothing about a turn's course. */
function told(facts: TurnFacts, event: EventData): TurnFacts | null {
  const { at, reason = "" } = event;
  const ms = numberIn(event, "latency_ms") ?? 0;
  switch (event.type) {
    case "intent_classified":
    case "turn_extended": {
      const waitMs = numberIn(event, "wait_ms") ?? 0;
      const parts = numberIn(event, "parts") ?? Math.max(1, facts.parts);
      // A part that comes while the answer is written takes the turn back.
      const back = { closed: null, answered: null, cancelled: null };
      return { ...facts, ...back, heardAt: at, dueAt: waitMs > 0 ? at + waitMs : 0, waitReason: reason || null, parts };
    }
    case "turn_closed": {
      const waitedMs = numberIn(event, "waited_ms") ?? 0;
      const is = (field: string): boolean => event[field] === true;
      const closed = { at, waitedMs, merged: is("merged"), timedOut: is("timed_out"), wasted: is("wasted"), reason };
      return { ...facts, dueAt: 0, parts: numberIn(event, "parts") ?? facts.parts, closed };
    }
    case "turn_rerun":
      return { ...facts, reruns: facts.reruns + 1, answered: null };
    case "response_generated":
      return {
        ...facts,
        dueAt: 0,
        failure: null,
        answered: { at, model: textIn(event, "model") ?? "?", tokens: numberIn(event, "tokens"), agentMs: ms },
      };
    case "response_sent":
      return {
        ...facts,
        dueAt: 0,
        failure: null,
        sent: facts.sent ?? { at, totalMs: ms, attempts: numberIn(event, "attempts") ?? 1 },
      };
    case "turn_failed":
    case "send_failed":
    case "delivery_waiting":
    case "delivery_dead":
    case "delivery_expired":
      return { ...facts, dueAt: 0, failure: { at, reason, nextAt: numberIn(event, "next_at") } };
    case "turn_cancelled":
      return { ...facts, dueAt: 0, cancelled: reason };
    default:
      return null;
  }
}
