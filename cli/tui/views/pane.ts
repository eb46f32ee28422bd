/** What all panes have: a title that shows who has the keys, and a window over more lines than fit. */
import { ends, fitLine, span, toned, type Line } from "../line.ts";

/** The first row of a pane. `right` is a short word at its end. */
export function paneTitle(text: string, right: string, focused: boolean, width: number): Line {
  const tone = focused ? "cursor" : "title";
  const line = ends([span(` ${text} `, tone)], [span(right === "" ? "" : ` ${right} `, "quiet")], width);
  return line;
}

/**
 * Where the window over `count` lines begins so that line `at` is in it: as far down as possible while `at` is the last
 * one, else with it in the middle.
 */
export function windowFrom(count: number, at: number, height: number): number {
  const furthest = Math.max(0, count - height);
  if (at >= count - 1) return furthest;
  return Math.max(0, Math.min(furthest, at - Math.floor(height / 2)));
}

/** A row under the cursor: over its whole width, by who has the keys. */
export function underCursor(line: Line, focused: boolean, width: number): Line {
  return toned(fitLine(line, width), focused ? "cursor" : "resting");
}
