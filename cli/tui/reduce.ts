/** The next state. Pure: the same state and action always give the same, and nothing outside changes. */
import type { Action, Intent, News } from "./actions.ts";
import { followed, listed } from "./conversations.ts";
import { grown, type Heard } from "./feed.ts";
import { lookedAt, moved, opened, wentBack } from "./moving.ts";
import { typed, withPrompt } from "./prompt.ts";
import { listedConversations } from "./select.ts";
import { PANES, shownNow, type State } from "./state.ts";
import { learned } from "./turns.ts";

/** Conversations whose messages are kept. */
const KEPT_TRANSCRIPTS = 40;
/** News held while paused; what is beyond becomes a gap that says how many. */
const MOST_HELD = 5_000;
/** A notice is read by then. */
const NOTICE_MS = 6_000;
/** The server's clock is told again and again; less than this is the way there and back. */
const SKEW_TOLERANCE_MS = 250;
/** After connecting, the server first tells what happened before: that says nothing about its clock. */
const REPLAY_MS = 2_000;

export function reduce(state: State, action: Action): State {
  return isNews(action) ? noted(state, action) : meant(state, action);
}

const NEWS: readonly string[] = [
  "tick",
  "resized",
  "link",
  "heard",
  "status",
  "listed",
  "messages",
  "accounts",
  "retries",
  "said",
  "taken",
  "released",
  "returned",
] satisfies readonly News["type"][];

/** Whether it comes from outside; else it is what a key means. */
export function isNews(action: Action): action is News {
  return NEWS.includes(action.type);
}

// ---- news ----------------------------------------------------------------------------------------------------------

function noted(state: State, news: News): State {
  switch (news.type) {
    case "tick":
      return ticked(state, news.now);
    case "resized":
      if (news.columns === state.columns && news.rows === state.rows) return state;
      return { ...state, columns: news.columns, rows: news.rows };
    case "link":
      return { ...state, link: news.link, now: news.now };
    case "heard":
      return heardMore(ticked(state, news.now), news.heard);
    case "status":
      return withStatus(state, news);
    case "listed":
      return state.pause === null
        ? withSelection({ ...state, conversations: listed(state.conversations, news.rows), listedOnce: true })
        : state;
    case "messages":
      return state.pause !== null && state.messages.has(news.conversation) ? state : withMessages(state, news);
    case "accounts":
      return { ...state, accounts: news.rows };
    case "retries":
      return state.pause === null ? { ...state, retries: news.rows } : state;
    case "said":
      return { ...state, now: news.now, notice: { text: news.text, tone: news.tone, at: news.now } };
    case "taken":
      return taken(state, news.conversation);
    case "released":
      return withState(state, news.conversation, "bot");
    case "returned":
      return { ...state, drafts: new Map(state.drafts).set(news.conversation, news.text) };
  }
}

function ticked(state: State, now: number): State {
  const faded = state.notice !== null && now - state.notice.at > NOTICE_MS;
  return { ...state, now, notice: faded ? null : state.notice };
}

function heardMore(state: State, heard: readonly Heard[]): State {
  if (heard.length === 0) return state;
  const lastId = heard.reduce((last, each) => ("event" in each ? (each.id ?? last) : last), state.lastId);
  if (state.pause === null) return takenIn({ ...state, lastId, skewMs: guessedSkew(state, heard) }, heard);
  const room = MOST_HELD - state.pause.held.length;
  // Once one is not held all are not, so that the gap stands where they would have stood.
  const fits = state.pause.overflow > 0 ? 0 : Math.min(room, heard.length);
  const held = fits === 0 ? state.pause.held : [...state.pause.held, ...heard.slice(0, fits)];
  return { ...state, lastId, pause: { ...state.pause, held, overflow: state.pause.overflow + heard.length - fits } };
}

/** For a server that does not tell its clock: an event is never younger than the way here. */
function guessedSkew({ skewTold, skewMs, link, now }: State, heard: readonly Heard[]): number {
  if (skewTold) return skewMs;
  const settled = link.kind === "live" && now - link.sinceAt > REPLAY_MS;
  return heard.reduce((skew, each) => {
    if (!("event" in each)) return skew;
    const ahead = each.event.at - now;
    return ahead > skew || (settled && skew === 0 && ahead < -REPLAY_MS) ? ahead : skew;
  }, skewMs);
}

function takenIn(state: State, heard: readonly Heard[]): State {
  const events = heard.flatMap((each) => ("event" in each ? [each.event] : []));
  const unreadFrom = state.startedAt + state.skewMs;
  return withSelection({
    ...state,
    feed: grown(state.feed, heard, state.nextN, shownNow(state)),
    nextN: state.nextN + heard.length,
    turns: learned(state.turns, events),
    conversations: followed(state.conversations, events, state.selected, unreadFrom),
  });
}

function withStatus(state: State, { status, askedAt, now }: Extract<News, { type: "status" }>): State {
  if (status === null) return { ...state, status, now };
  const skewMs = Math.round(status.server.now - (askedAt + now) / 2);
  const same = state.skewTold && Math.abs(skewMs - state.skewMs) < SKEW_TOLERANCE_MS;
  return { ...state, status, now, skewTold: true, skewMs: same ? state.skewMs : skewMs };
}

function withMessages(state: State, { conversation, rows }: Extract<News, { type: "messages" }>): State {
  const messages = new Map(state.messages);
  messages.delete(conversation);
  messages.set(conversation, rows);
  for (const id of messages.keys()) {
    if (messages.size <= KEPT_TRANSCRIPTS) break;
    if (id !== state.selected) messages.delete(id);
  }
  return { ...state, messages };
}

/**
 * Something is always selected when there is something to select. Not before the list: the past is told from its beginning,
 * and who stands first in its first piece is not the latest.
 */
function withSelection(state: State): State {
  if (!state.listedOnce) return state;
  if (state.selected !== null && state.conversations.has(state.selected)) return state;
  const first = listedConversations(state)[0];
  return first === undefined ? state : lookedAt(state, first.id);
}

function withState(state: State, id: number, to: "bot" | "human"): State {
  const before = state.conversations.get(id);
  if (before === undefined) return state;
  return { ...state, conversations: new Map(state.conversations).set(id, { ...before, state: to }) };
}

/** The reply is typed in the conversation that was taken, if it is still the one being looked at. */
function taken(state: State, id: number): State {
  const now = withState(state, id, "human");
  return now.selected === id && now.prompt === null && now.overlay === null ? withPrompt(now, "reply", id) : now;
}

// ---- what keys mean ------------------------------------------------------------------------------------------------

function meant(state: State, intent: Intent): State {
  switch (intent.type) {
    case "quit":
      return { ...state, ended: true };
    case "move":
    case "page":
    case "first":
    case "last":
      return moved(state, intent);
    case "open":
      return opened(state);
    case "back":
      return wentBack(state);
    case "next-pane":
      return turned(state, 1);
    case "previous-pane":
      return turned(state, -1);
    case "pause":
      return state.pause === null
        ? { ...state, pause: { at: shownNow(state), held: [], overflow: 0 } }
        : resumed(state);
    case "filter":
      return withPrompt({ ...state, overlay: null }, "filter", null);
    case "detail":
      return { ...state, overlay: state.overlay === "detail" ? null : "detail", raw: false, scrolled: 0 };
    case "raw":
      return { ...state, overlay: "detail", raw: state.overlay === "detail" ? !state.raw : true, scrolled: 0 };
    case "errors":
      return { ...state, errorsOnly: !state.errorsOnly, pane: "events", row: null, overlay: null };
    case "mask":
      return { ...state, masked: !state.masked };
    case "help":
      return { ...state, overlay: state.overlay === "help" ? null : "help", scrolled: 0 };
    case "retry":
    case "take-over":
    case "release":
    case "copy":
    case "export":
      return state;
    default:
      return typed(state, intent);
  }
}

function turned(state: State, by: 1 | -1): State {
  const at = PANES.indexOf(state.pane);
  const pane = PANES[(at + by + PANES.length) % PANES.length] ?? "conversations";
  return { ...state, pane, overlay: null };
}

/** Everything held is taken in at once, and what could not be held is told. */
function resumed(state: State): State {
  if (state.pause === null) return state;
  const { held, overflow } = state.pause;
  const gap: readonly Heard[] = overflow > 0 ? [{ missed: overflow }] : [];
  return takenIn({ ...state, pause: null }, [...held, ...gap]);
}
