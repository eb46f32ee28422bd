/**
 * Text in terminal cells. Terminals disagree about the width of joined emoji, of skin tones and of variation selectors,
 * and one cell of disagreement breaks every column to its right. So what is shown is reduced to characters that all of
 * them measure alike: a family becomes its first person, a coloured thumb a yellow one. Words are left as they are.
 */
import { visible } from "../../src/core/visible.ts";

/** Zero cells wide in some terminals and one or two in others: soft hyphen, keycaps, selectors, skin tones, tags. */
const UNSTEADY = /[\u00ad\u200b\u2060]|\u20e3|\p{Variation_Selector}|\p{Emoji_Modifier}|[\u{e0020}-\u{e007f}]/gu;
const JOINED_EMOJI = /\u200d\p{Extended_Pictographic}/gu;

/** One line of text as it may stand on the screen: nothing in it acts on the terminal, and its width is certain. */
export function steady(text: string): string {
  // Plain ASCII is most of what there is.
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return visible(text.normalize("NFC").replace(UNSTEADY, "").replace(JOINED_EMOJI, ""));
}

/** Cells that a steady text takes. */
export function cells(text: string): number {
  return Bun.stringWidth(text);
}

const graphemes = new Intl.Segmenter();

/** A text as people count its characters. */
export function characters(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** At most `width` cells of a steady text, "…" where something is missing. */
function cut(text: string, width: number): string {
  if (cells(text) <= width) return text;
  if (width <= 0) return "";
  return `${head(text, width - 1)}…`;
}

/** As many whole characters from the start as fit into `width` cells. */
export function head(text: string, width: number): string {
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += cells(segment);
    if (used > width) break;
    kept += segment;
  }
  return kept;
}

/** Exactly `width` cells: cut, or filled with spaces on the right (or on the left, for numbers). */
export function fit(text: string, width: number, side: "left" | "right" = "left"): string {
  const shown = cut(text, width);
  const pad = " ".repeat(Math.max(0, width - cells(shown)));
  return side === "left" ? shown + pad : pad + shown;
}

/**
 * Lines of at most `width` cells, broken between words where that is possible. Line breaks of the text are kept; each line
 * is made steady. Always at least one line.
 */
export function wrap(text: string, width: number): string[] {
  return text.split(/\r\n|\r|\n/).flatMap((line) => wrapLine(steady(line.replaceAll("\t", "  ")), Math.max(1, width)));
}

function wrapLine(text: string, width: number): string[] {
  if (cells(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )(?=[^ ])/)) {
    if (cells(line) + cells(word.trimEnd()) <= width) {
      line += word;
      continue;
    }
    if (line !== "") lines.push(line.trimEnd());
    line = word;
    while (cells(line.trimEnd()) > width) {
      // A character wider than the line would never fit.
      const start = head(line, width) || (characters(line)[0] ?? "");
      lines.push(start);
      line = line.slice(start.length);
    }
  }
  if (line !== "" || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** For comparing as people type it: case, Vietnamese marks and đ do not count. */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}
