/**
 * Cutting long texts into messages the way a person would: between paragraphs, else between sentences or lines, else
 * between words, and never inside what reads as one character.
 */

/** Made when the first long text is cut: what they know of languages is more than a MiB, and most answers are short. */
const segmenters = new Map<"sentence" | "grapheme", Intl.Segmenter>();

function segmenter(granularity: "sentence" | "grapheme"): Intl.Segmenter {
  const made = segmenters.get(granularity) ?? new Intl.Segmenter("vi", { granularity });
  segmenters.set(granularity, made);
  return made;
}

/**
 * What ends with a full stop without ending a sentence; ICU knows none of these for Vietnamese. Also one capital ("P. Bến
 * Nghé", "Nguyễn V. An") and the number of a list item ("2. Quần dài").
 */
const ABBREVIATION =
  /(?:^|[\s("“'])(?:TP|Tp|Tx|TX|TT|ThS|Ths|TS|Ts|PGS|GS|BS|Bs|KS|LS|CN|ĐT|Đt|SĐT|Đc|ĐC|Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|e\.g|i\.e|approx|tel|Tel|\p{Lu})\.$|(?:^|\n)[ \t]*\d{1,3}\.$/u;

/** A paragraph shorter than this share of the limit is not worth a message of its own when more would fit. */
const SMALLEST_PARAGRAPH = 0.25;

/** Looked at beyond the limit, so that a sentence which ends right at it is seen to end. */
const MARGIN_UNITS = 16;

/**
 * Cuts a text into pieces of at most `limitUnits` UTF-16 units, in order. Nothing is lost but white space at the cuts
 * and at both ends; every piece is a stretch of the text as it stands. A text that fits is one piece.
 *
 * A single character longer than the limit (a letter under a hundred accents) is cut between its code points.
 *
 * @param limitUnits 2 or more
 * @returns no pieces for a text of white space
 */
export function cut(text: string, limitUnits: number): string[] {
  const pieces: string[] = [];
  let rest = skipSpace(text).trimEnd();
  while (rest.length > limitUnits) {
    const at = cutPoint(rest, limitUnits);
    pieces.push(rest.slice(0, at).trimEnd());
    rest = skipSpace(rest.slice(at));
  }
  if (rest !== "") pieces.push(rest);
  return pieces;
}

/** The text itself if it fits, else its beginning with "…" for what is missing; at most `limitUnits` UTF-16 units. */
export function clip(text: string, limitUnits: number): string {
  if (text.length <= limitUnits) return text;
  return `${text.slice(0, characterEnd(text, limitUnits - 1)).trimEnd()}…`;
}

function cutPoint(rest: string, limit: number): number {
  const window = rest.slice(0, limit + MARGIN_UNITS);
  const fits = (at: number): boolean =>
    at > 0 && window.slice(0, at).trimEnd().length <= limit && isBetweenCharacters(window, at);
  return (
    lastThat(paragraphEnds(window), (at) => at >= limit * SMALLEST_PARAGRAPH && fits(at)) ??
    lastThat(sentenceEnds(window), fits) ??
    lastThat(wordEnds(window), fits) ??
    characterEnd(rest, limit)
  );
}

function lastThat(points: readonly number[], holds: (at: number) => boolean): number | undefined {
  return points.findLast(holds);
}

function paragraphEnds(window: string): number[] {
  return [...window.matchAll(/\n[ \t]*(?=\n)/g)].map((match) => match.index);
}

function sentenceEnds(window: string): number[] {
  const ends: number[] = [];
  for (const { index } of segmenter("sentence").segment(window)) {
    if (!ABBREVIATION.test(window.slice(Math.max(0, index - 20), index).trimEnd()) || window[index - 1] === "\n")
      ends.push(index);
  }
  return ends;
}

function wordEnds(window: string): number[] {
  return [...window.matchAll(/\s+/g)].map((match) => match.index);
}

/** Where the last whole character within the limit ends. */
function characterEnd(text: string, limit: number): number {
  const start =
    segmenter("grapheme")
      .segment(text.slice(0, limit + MARGIN_UNITS))
      .containing(limit)?.index ?? 0;
  if (start > 0) return start;
  const low = text.charCodeAt(limit);
  return low >= 0xdc00 && low < 0xe000 ? limit - 1 : limit;
}

function isBetweenCharacters(window: string, at: number): boolean {
  const found = segmenter("grapheme").segment(window).containing(at);
  return found === undefined || found.index === at;
}

/** Leading white space away, except where it carries an accent: then it is a character of its own. */
function skipSpace(text: string): string {
  const spaces = text.length - text.trimStart().length;
  if (spaces === 0 || spaces === text.length) return text.slice(spaces);
  return text.slice(
    segmenter("grapheme")
      .segment(text.slice(0, spaces + MARGIN_UNITS))
      .containing(spaces)?.index ?? spaces,
  );
}
