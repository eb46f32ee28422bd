/** The cursors of the three panes, and of the overlay. */
import type { Intent } from "./actions.ts";
import { layoutOf } from "./layout.ts";
import { listedConversations, listedRows, placed, rowIndex, selectedBlocks, selectedConversation } from "./select.ts";
import type { State } from "./state.ts";

type Move = Extract<Intent, { type: "move" | "page" | "first" | "last" }>;

export function moved(state: State, move: Move): State {
  if (state.overlay !== null)
    return { ...state, scrolled: target(move, state.scrolled, MOST_SCROLLED, state.rows - 4) };
  switch (state.pane) {
    case "conversations":
      return movedConversation(state, move);
    case "transcript":
      return movedLine(state, move);
    case "events":
      return movedRow(state, move);
  }
}

/** An overlay is cut by its view; this only keeps the number sane. */
const MOST_SCROLLED = 10_000;

/** The new index, within 0 … last. */
function target(move: Move, at: number, last: number, page: number): number {
  const to = {
    move: () => at + (move.type === "move" ? move.by : 0),
    page: () => at + (move.type === "page" ? move.by : 0) * Math.max(1, page - 2),
    first: () => 0,
    last: () => last,
  }[move.type]();
  return Math.max(0, Math.min(last, to));
}

function movedConversation(state: State, move: Move): State {
  const all = listedConversations(state);
  const at = all.findIndex(({ id }) => id === state.selected);
  const next = all[target(move, at, all.length - 1, layoutOf(state).conversations)];
  return next === undefined ? state : lookedAt(state, next.id);
}

/** The conversation is on the right now, at its newest line, and counts as read. */
export function lookedAt(state: State, id: number): State {
  const conversation = state.conversations.get(id);
  const read = conversation === undefined || conversation.unread === 0;
  return {
    ...state,
    selected: id,
    place: id === state.selected ? state.place : null,
    conversations: read ? state.conversations : new Map(state.conversations).set(id, { ...conversation, unread: 0 }),
  };
}

function movedLine(state: State, move: Move): State {
  const blocks = selectedBlocks(state);
  const { lines, at } = placed(blocks, state.place);
  const to = target(move, at, lines.length - 1, layoutOf(state).transcript);
  const line = lines[to];
  const key = line === undefined ? undefined : blocks[line.block]?.key;
  // On the last line it follows what comes.
  if (line === undefined || key === undefined || to === lines.length - 1) return { ...state, place: null };
  return { ...state, place: { block: key, line: line.line } };
}

function movedRow(state: State, move: Move): State {
  const rows = listedRows(state);
  const to = target(move, rowIndex(rows, state.row), rows.length - 1, layoutOf(state).events);
  return { ...state, row: to >= rows.length - 1 ? null : (rows[to]?.n ?? null) };
}

/** Enter: into the transcript; from an event to the conversation it is about. */
export function opened(state: State): State {
  if (state.overlay !== null) return { ...state, overlay: null };
  if (state.pane === "conversations") {
    const conversation = selectedConversation(state);
    return conversation === null ? state : { ...lookedAt(state, conversation.id), pane: "transcript" };
  }
  if (state.pane === "transcript") return { ...state, overlay: "detail", raw: false, scrolled: 0 };
  const rows = listedRows(state);
  const row = rows[rowIndex(rows, state.row)];
  if (row === undefined || row.kind !== "event" || row.event.conversation === undefined) return state;
  // The row stays the one that was opened, whatever comes meanwhile.
  return { ...lookedAt(state, row.event.conversation), pane: "transcript", row: row.n };
}

/** Esc: what is on top goes first, and at last the filter. */
export function wentBack(state: State): State {
  if (state.overlay !== null) return { ...state, overlay: null };
  if (state.pane !== "conversations") return { ...state, pane: "conversations" };
  if (state.errorsOnly) return { ...state, errorsOnly: false };
  return { ...state, filter: null, notice: null };
}
