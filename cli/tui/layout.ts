/** Who gets which cells. Two columns from 76 cells on; below that one pane at a time. */
import type { State } from "./state.ts";

export const LEAST_COLUMNS = 60;
export const LEAST_ROWS = 12;
const WIDE_FROM = 76;
/** Two lines at the top, two at the bottom. */
const AROUND = 4;

export interface Layout {
  readonly fits: boolean;
  readonly wide: boolean;
  /** Rows between top and bottom. */
  readonly body: number;
  /** Cells of the conversations and of what stands right of them; both are all there is when only one pane shows. */
  readonly left: number;
  readonly right: number;
  /** Rows with their title; 0 when the pane is not shown. */
  readonly conversations: number;
  readonly transcript: number;
  readonly events: number;
}

export function layoutOf({
  columns,
  rows,
  pane,
  errorsOnly,
}: Pick<State, "columns" | "rows" | "pane" | "errorsOnly">): Layout {
  const fits = columns >= LEAST_COLUMNS && rows >= LEAST_ROWS;
  const wide = columns >= WIDE_FROM;
  const body = Math.max(1, rows - AROUND);
  if (!wide) {
    const shown = (which: State["pane"]): number => (pane === which ? body : 0);
    return {
      fits,
      wide,
      body,
      left: columns,
      right: columns,
      conversations: shown("conversations"),
      transcript: shown("transcript"),
      events: shown("events"),
    };
  }
  const left = Math.min(60, Math.max(38, Math.round(columns * 0.42)));
  const share = pane === "events" || errorsOnly ? 0.6 : 0.27;
  // The feed runs below both: its lines are long.
  const events = Math.max(3, Math.min(pane === "events" ? body : 14, Math.round(body * share)));
  const above = body - events;
  // One column for the line between.
  return { fits, wide, body, left, right: columns - left - 1, conversations: above, transcript: above, events };
}
