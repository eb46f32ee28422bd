/** The conversations on the left: what the server listed, kept current by what the events tell. */
import type { ConversationRow, EventData } from "../client.ts";
import { numberIn, textIn } from "./feed.ts";

/** What goes on in a conversation at the moment. Times by the server's clock. */
export type Doing =
  | {
      readonly kind: "waiting";
      readonly turn: number;
      readonly sinceAt: number;
      readonly dueAt: number;
      readonly reason: string;
    }
  | { readonly kind: "answering"; readonly turn: number | null; readonly sinceAt: number; readonly reason: string }
  | {
      readonly kind: "sending";
      readonly turn: number | null;
      readonly sinceAt: number;
      readonly nextAt: number | null;
      readonly reason: string;
    }
  | { readonly kind: "failed"; readonly turn: number | null; readonly sinceAt: number; readonly reason: string };

export interface Conversation {
  readonly id: number;
  readonly channel: string;
  readonly account: string;
  /** The platform's id of the person; null until the server has told it. */
  readonly contact: string | null;
  readonly name: string | null;
  readonly state: "bot" | "human" | "blocked";
  /** When something last happened in it. */
  readonly lastAt: number;
  /** Messages of the person since it was last looked at. */
  readonly unread: number;
  readonly doing: Doing | null;
}

export type Conversations = ReadonlyMap<number, Conversation>;

/** Beyond this the ones that were silent longest are left out. */
const KEPT_CONVERSATIONS = 500;

/** What the server lists, over what is known: its word counts, but unread is ours. */
export function listed(known: Conversations, rows: readonly ConversationRow[]): Conversations {
  const grown = new Map(known);
  for (const row of rows) {
    const before = known.get(row.id);
    grown.set(row.id, {
      id: row.id,
      channel: row.channel,
      account: row.account,
      contact: row.contact,
      name: row.name,
      state: row.state,
      lastAt: Math.max(row.last_at ?? 0, before?.lastAt ?? 0),
      unread: before?.unread ?? 0,
      doing: doingOf(row.turn, before?.doing ?? null),
    });
  }
  return trimmed(grown);
}

function doingOf(turn: ConversationRow["turn"], before: Doing | null): Doing | null {
  // Sending and failing are told by events only: the list knows turns that are not answered yet.
  if (turn === null) return before?.kind === "waiting" || before?.kind === "answering" ? null : before;
  const { id, state, reason, due_at: dueAt } = turn;
  const sinceAt = before?.turn === id ? before.sinceAt : (dueAt ?? 0);
  if (state === "gathering") return { kind: "waiting", turn: id, sinceAt, dueAt: dueAt ?? 0, reason };
  if (state === "parked") return { kind: "failed", turn: id, sinceAt, reason };
  return { kind: "answering", turn: id, sinceAt, reason };
}

function trimmed(all: Map<number, Conversation>): Conversations {
  if (all.size <= KEPT_CONVERSATIONS) return all;
  const latest = [...all.values()].sort(byLatest).slice(0, KEPT_CONVERSATIONS);
  return new Map(latest.map((each) => [each.id, each]));
}

/** The latest first; equal ones by number, so that the order is certain. */
export function byLatest(a: Conversation, b: Conversation): number {
  return b.lastAt - a.lastAt || b.id - a.id;
}

/**
 * The conversations after more events, oldest first.
 *
 * @param seen the conversation that is being looked at: what comes in it counts as read
 * @param unreadFrom events before this time (server's clock) are history, and not unread
 */
export function followed(
  known: Conversations,
  events: readonly EventData[],
  seen: number | null,
  unreadFrom: number,
): Conversations {
  let grown: Map<number, Conversation> | null = null;
  for (const event of events) {
    const id = event.conversation;
    if (id === undefined) continue;
    const before = (grown ?? known).get(id) ?? newcomer(id, event);
    grown ??= new Map(known);
    grown.set(id, after(before, event, id !== seen && event.at >= unreadFrom));
  }
  return grown === null ? known : trimmed(grown);
}

/** Known from an event alone, until the list is asked. */
function newcomer(id: number, event: EventData): Conversation {
  const { platform = "", account = "" } = event;
  return { id, channel: platform, account, contact: null, name: null, state: "bot", lastAt: 0, unread: 0, doing: null };
}

const SAID = new Set(["message", "tap"]);

function after(before: Conversation, event: EventData, counts: boolean): Conversation {
  const said = event.type === "message_received" && SAID.has(textIn(event, "kind") ?? "message");
  const doing = doingAfter(before.doing, event);
  const told = event.type === "message_received" || event.type === "response_sent";
  return {
    ...before,
    lastAt: told ? Math.max(before.lastAt, event.at) : before.lastAt,
    unread: before.unread + (said && counts ? 1 : 0),
    // Without an end it is over: the bot answers again.
    state: event.type !== "takeover" ? before.state : event["until"] === null ? "bot" : "human",
    doing,
  };
}

function doingAfter(before: Doing | null, event: EventData): Doing | null {
  const { at, reason = "" } = event;
  const turn = typeof event.turn === "number" ? event.turn : null;
  switch (event.type) {
    case "intent_classified":
    case "turn_extended": {
      const waitMs = numberIn(event, "wait_ms") ?? 0;
      if (turn === null) return before;
      if (waitMs <= 0) return { kind: "answering", turn, sinceAt: at, reason };
      const sinceAt = before?.kind === "waiting" && before.turn === turn ? before.sinceAt : at;
      return { kind: "waiting", turn, sinceAt, dueAt: at + waitMs, reason };
    }
    case "turn_closed":
      return { kind: "answering", turn, sinceAt: at, reason };
    case "response_generated":
      return { kind: "sending", turn, sinceAt: at, nextAt: null, reason: "" };
    case "response_sent":
      return before !== null && turn !== null && before.turn !== turn ? before : null;
    case "send_failed":
    case "delivery_waiting": {
      const state = textIn(event, "state");
      if (state === "dead" || state === "expired") return { kind: "failed", turn, sinceAt: at, reason };
      return { kind: "sending", turn, sinceAt: at, nextAt: numberIn(event, "next_at"), reason };
    }
    case "turn_failed":
    case "delivery_dead":
    case "delivery_expired":
      return { kind: "failed", turn, sinceAt: at, reason };
    case "turn_cancelled":
      return null;
    default:
      return before;
  }
}
