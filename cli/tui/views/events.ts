/** The pane below the transcript: what happens, the newest at the bottom; or only what somebody should look at. */
import { gapInWords, inWords, toneOf } from "../describe.ts";
import { filled, span, type Line } from "../line.ts";
import { layoutOf } from "../layout.ts";
import { listedRows, pageName, personName, rowIndex, type ListedRow } from "../select.ts";
import { shownNow, type State } from "../state.ts";
import { fit, steady } from "../text.ts";
import { clockTime, shortly } from "../time.ts";
import { paneTitle, underCursor, windowFrom } from "./pane.ts";

export function eventsPane(state: State): Line[] {
  const { events: height } = layoutOf(state);
  const width = state.columns;
  if (height === 0) return [];
  const rows = listedRows(state);
  const focused = state.pane === "events";
  const at = rowIndex(rows, state.row);
  const from = windowFrom(rows.length, at, height - 1);
  const lines = rows.slice(from, from + height - 1).map((row, i) => {
    const line = eventRow(state, row, width);
    return focused && from + i === at ? underCursor(line, true, width) : line;
  });
  const title = state.errorsOnly ? `Errors ${rows.length}` : `Events ${rows.length}`;
  const hint = state.errorsOnly ? "e: all" : state.row === null ? "" : "G: newest";
  if (lines.length === 0)
    lines.push([span(state.errorsOnly ? " Nothing has failed." : " Nothing has happened yet.", "quiet")]);
  return [paneTitle(title, hint, focused, width), ...filled(lines, width, height - 1)];
}

/** "response_generated", which comes often, is 18 cells wide; "subscription_restored", which hardly ever comes, 21. */
const NARROW_TYPE = 18;
const WIDEST_TYPE = 21;

function eventRow(state: State, row: ListedRow, width: number): Line {
  if (row.kind === "gap") return [span(` ${clockTime(row.at)} ▲ ${gapInWords(row.missed)}`, "alert")];
  const typeWidth = width < 100 ? NARROW_TYPE : WIDEST_TYPE;
  if (row.kind === "owed") {
    const { kind, state: is, attempts, next_at: nextAt, last_error: error, account } = row.retry;
    const next = nextAt === null ? "" : `, next in ${shortly(nextAt - shownNow(state))}`;
    const words = `${pageName(state, account)}: ${attempts} attempts${next}${error === null ? "" : `; ${error}`}`;
    return [
      span(" owed     ", "quiet"),
      span(fit(`${kind} ${is}`, typeWidth), is === "dead" || is === "expired" ? "bad" : "waiting"),
      span(` ${words}`),
    ];
  }
  const { event } = row;
  const conversation = state.conversations.get(event.conversation ?? -1);
  const who =
    conversation === undefined
      ? event.conversation === undefined
        ? event.account === undefined
          ? ""
          : pageName(state, event.account)
        : `#${event.conversation}`
      : personName(state, conversation);
  const whoWidth = Math.min(24, Math.max(10, Math.floor(width / 7)));
  return [
    span(` ${clockTime(event.at)} `, "quiet"),
    span(fit(steady(event.type), typeWidth), toneOf(event)),
    span(" "),
    span(fit(steady(who), whoWidth), "quiet"),
    span(` ${inWords(event)}`),
  ];
}
