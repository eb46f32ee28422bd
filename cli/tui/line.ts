/** A line of the screen: pieces of steady text, each with a tone. */
import { cells, head, steady } from "./text.ts";
import type { Tone } from "./theme.ts";

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

export type Line = readonly Span[];

/** Whatever the text is, it becomes steady here: no view can forget it. */
export function span(text: string, tone?: Tone): Span {
  return tone === undefined ? { text: steady(text) } : { text: steady(text), tone };
}

export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + cells(text), 0);
}

/** The line in exactly `width` cells: cut with "…", or filled up with spaces. */
export function fitLine(line: Line, width: number): Line {
  const total = widthOf(line);
  if (total === width) return line;
  if (total < width) return [...line, span(" ".repeat(width - total))];
  const kept: Span[] = [];
  let left = width - 1;
  for (const piece of line) {
    const taken = cells(piece.text);
    if (taken <= left) {
      kept.push(piece);
      left -= taken;
      continue;
    }
    const start = head(piece.text, left);
    kept.push({ ...piece, text: `${start}…` });
    left -= cells(start);
    break;
  }
  return left > 0 ? [...kept, span(" ".repeat(left))] : kept;
}

/** `left` and `right` at the two ends of a line; the right end is kept when both do not fit. */
export function ends(left: Line, right: Line, width: number): Line {
  const kept = Math.min(widthOf(right), width);
  return [...fitLine(left, width - kept), ...fitLine(right, kept)];
}

/** Every piece of the line in one more tone of its own, for the row under the cursor. */
export function toned(line: Line, tone: Tone): Line {
  return [span(line.map(({ text }) => text).join(""), tone)];
}

/** Exactly `height` lines of exactly `width` cells. */
export function filled(lines: readonly Line[], width: number, height: number): Line[] {
  return Array.from({ length: Math.max(0, height) }, (_, row) => fitLine(lines[row] ?? [], width));
}
