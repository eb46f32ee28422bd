/** The whole screen: exactly as many lines as the terminal has, each exactly as wide. */
import { filled, fitLine, span, type Line } from "../line.ts";
import { LEAST_COLUMNS, LEAST_ROWS, layoutOf } from "../layout.ts";
import type { State } from "../state.ts";
import { wrap } from "../text.ts";
import { conversationsPane } from "./conversations.ts";
import { eventsPane } from "./events.ts";
import { footer } from "./footer.ts";
import { header } from "./header.ts";
import { overlay } from "./overlay.ts";
import { transcriptPane } from "./transcript.ts";

export function screen(state: State): Line[] {
  const { columns, rows } = state;
  if (!layoutOf(state).fits) return tooSmall(state);
  const body = state.overlay === null ? panes(state) : overlay(state);
  return filled([...header(state), ...body, ...footer(state)], columns, rows);
}

function panes(state: State): Line[] {
  const { wide, left, right, conversations: height } = layoutOf(state);
  const list = conversationsPane(state);
  const said = transcriptPane(state);
  if (!wide) return [...list, ...said, ...eventsPane(state)];
  const beside = Array.from({ length: height }, (_, row): Line => {
    return [...fitLine(list[row] ?? [], left), span("│", "quiet"), ...fitLine(said[row] ?? [], right)];
  });
  return [...beside, ...eventsPane(state)];
}

function tooSmall({ columns, rows }: State): Line[] {
  const words = `This window has ${columns}×${rows} cells and botctl watch needs ${LEAST_COLUMNS}×${LEAST_ROWS}. Please make it larger, or leave with q and use botctl watch --plain.`;
  return filled(
    wrap(words, Math.max(1, columns)).map((line) => [span(line)]),
    columns,
    rows,
  );
}
