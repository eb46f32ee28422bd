/** The pane on the left. */
import type { Conversation, Doing } from "../conversations.ts";
import { filled, span, type Line, type Span } from "../line.ts";
import { layoutOf } from "../layout.ts";
import { listedConversations, pageName, personName } from "../select.ts";
import { shownNow, type State } from "../state.ts";
import { fit, steady } from "../text.ts";
import type { Tone } from "../theme.ts";
import { age, shortly } from "../time.ts";
import { paneTitle, underCursor, windowFrom } from "./pane.ts";

/** Cells for what goes on ("◷ 7.9 s"), for the age and for the unread messages. */
const DOING = 7;
const AGE = 4;
const UNREAD = 3;

export function conversationsPane(state: State): Line[] {
  const { left: width, conversations: height } = layoutOf(state);
  if (height === 0) return [];
  const rows = listedConversations(state);
  const focused = state.pane === "conversations";
  const at = rows.findIndex(({ id }) => id === state.selected);
  const from = Math.max(0, windowFrom(rows.length, Math.max(0, at), height - 1));
  const shown = rows.slice(from, from + height - 1);
  const lines = shown.map((row) => {
    const line = conversationRow(state, row, width);
    return row.id === state.selected ? underCursor(line, focused, width) : line;
  });
  const { filter } = state;
  const count =
    filter === null ? `Conversations ${rows.length}` : `Conversations ${rows.length} of ${state.conversations.size}`;
  const hint = rows.length === 0 ? [[], [span(` ${emptiness(state)}`, "quiet")]] : [];
  return [paneTitle(count, unreadIn(state), focused, width), ...filled([...lines, ...hint], width, height - 1)];
}

function emptiness({ filter, listedOnce, link }: State): string {
  if (filter !== null) return "None passes the filter (esc drops it).";
  if (!listedOnce) return link.kind === "lost" ? "The server is not there." : "Asking the server …";
  return "Nobody has written yet.";
}

function unreadIn({ conversations }: State): string {
  const count = [...conversations.values()].reduce((sum, { unread }) => sum + unread, 0);
  return count === 0 ? "" : `${count} unread`;
}

function conversationRow(state: State, row: Conversation, width: number): Line {
  const rest = width - 3 - DOING - AGE - UNREAD - 4;
  const page = Math.floor(rest * 0.4);
  const who = rest - page;
  const now = shownNow(state);
  const [doing, tone] = doingShown(row, now);
  const name: Span = span(fit(steady(personName(state, row)), who), row.unread > 0 ? "title" : undefined);
  return [
    span(row.id === state.selected ? "▸" : " "),
    span(`${channelLetter(row.channel)} `, "quiet"),
    span(fit(steady(pageName(state, row.account)), page), "quiet"),
    span(" "),
    name,
    span(" "),
    span(fit(doing, DOING), tone),
    span(" "),
    span(fit(row.lastAt === 0 ? "" : age(now - row.lastAt), AGE, "right"), "quiet"),
    span(
      row.unread === 0
        ? " ".repeat(UNREAD + 1)
        : ` ${fit(row.unread > 99 ? "99+" : String(row.unread), UNREAD, "right")}`,
      "title",
    ),
  ];
}

/** M, T, … : the platforms begin with different letters. */
function channelLetter(channel: string): string {
  return (/^[a-z]/i.exec(channel)?.[0] ?? "?").toUpperCase();
}

/** The longest sort of state first: what goes on, else who answers. */
function doingShown({ doing, state }: Conversation, now: number): [text: string, tone: Tone | undefined] {
  if (doing !== null) return ongoing(doing, now);
  if (state === "human") return ["human", "human"];
  return state === "blocked" ? ["blocked", "bad"] : ["", undefined];
}

function ongoing(doing: Doing, now: number): [text: string, tone: Tone] {
  switch (doing.kind) {
    case "waiting":
      return [`◷ ${shortly(doing.dueAt - now)}`, "waiting"];
    case "answering":
      return ["answers", "bot"];
    case "sending":
      return doing.nextAt === null ? ["sends", "bot"] : [`↻ ${shortly(doing.nextAt - now)}`, "waiting"];
    case "failed":
      return ["failed", "bad"];
  }
}
