/**
 * Where the words of a text are, and where its clauses begin.
 *
 * `piecesOf` says what a word is, by one pattern. Nearly all texts are made of letters, digits and a few marks, though, and
 * for these `Glance` finds the same without a pattern and without making anything: every object that a text costs stands
 * between a webhook and its 200, and is collected later.
 */
import { vietnameseLetters } from "./letters.ts";

/** A word as typed, in NFC and small letters. */
export interface Piece {
  readonly shown: string;
  /** True when punctuation or a line break stands before the word, and for the first word. */
  readonly opensClause: boolean;
}

/** Only this much of each end of a long text is read, so that reading costs the same for a page as for a line. */
const EDGE_CHARS = 240;

/** What a link, an abbreviation like "h/a", a word with its apostrophes, an emoji that says as much as a word and a mark that ends a clause look like. */
const PIECES =
  /https?:\S+|\p{L}\/\p{L}(?![\p{L}\p{M}\p{N}])|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*|[👇⬇📷📸🖼📄📑📎]|[.,;:!?()[\]*\n…–—"“”]|\s-+\s/gu;
const CLAUSE_MARKS = '.,;:!?()[]*\n…–—"“”';

/** The words of any text in order. Links are left out; of a long text only both ends are read. */
export function piecesOf(text: string): Piece[] {
  // Emoji may carry a variation selector, which is a mark and would pass for a word.
  const whole = text.normalize("NFC").replaceAll("\uFE0F", "");
  const ends = (
    whole.length <= 2 * EDGE_CHARS ? whole : `${whole.slice(0, EDGE_CHARS)}\n${whole.slice(-EDGE_CHARS)}`
  ).toLowerCase();
  const found: Piece[] = [];
  let opensClause = true;
  for (const [shown] of ends.matchAll(PIECES)) {
    if (CLAUSE_MARKS.includes(shown) || shown.trimStart() !== shown) opensClause = true;
    else if (!shown.startsWith("http:") && !shown.startsWith("https:")) {
      found.push({ shown, opensClause });
      opensClause = false;
    }
  }
  return found;
}

/** What a character is. Letters and digits are given by the code of the small letter instead, which is higher than these. */
const [STRANGE, BETWEEN, CLAUSE, SPACE, APOSTROPHE, SLASH, COLON, EMOJI] = [0, 1, 2, 3, 4, 5, 6, 7];
const [ZERO, NINE] = [0x30, 0x39];
const DASH = 0x2d;

/** What every UTF-16 code up to the last letter of Vietnamese is. Whatever has no line here is strange. */
const SIGNS = new Uint16Array(0x1efa);
for (let code = 0; code < 128; code++) SIGNS[code] = BETWEEN;
for (const mark of CLAUSE_MARKS) if (mark.charCodeAt(0) < 128) SIGNS[mark.charCodeAt(0)] = CLAUSE;
for (const space of " \t\v\f\r\u00A0") SIGNS[space.charCodeAt(0)] = SPACE;
SIGNS["'".charCodeAt(0)] = APOSTROPHE;
SIGNS["/".charCodeAt(0)] = SLASH;
SIGNS[":".charCodeAt(0)] = COLON;
for (let digit = ZERO; digit <= NINE; digit++) SIGNS[digit] = digit;
for (const letter of [
  ...Array.from("abcdefghijklmnopqrstuvwxyz", (each) => each.charCodeAt(0)),
  ...vietnameseCodes(),
]) {
  SIGNS[letter] = letter;
  SIGNS[String.fromCharCode(letter).toUpperCase().charCodeAt(0)] = letter;
}

/** Marks further up that people's keyboards put in, and the first of the two units that an emoji of each of three blocks has. */
const FURTHER: ReadonlyMap<number, number> = new Map([
  ...Array.from("“”…–—", (mark) => [mark.charCodeAt(0), CLAUSE] as const),
  ...Array.from("🌹😀🤔", (emoji) => [emoji.charCodeAt(0), EMOJI] as const),
  ["’".charCodeAt(0), APOSTROPHE],
]);
/** From ☀ to the last sign before ❶, ❤ and ✨ among them. */
const [FIRST_SIGN, LAST_SIGN] = [0x2600, 0x2775];
/** Makes a picture of the sign before it. */
const VARIATION = 0xfe0f;

function vietnameseCodes(): number[] {
  return vietnameseLetters().map(({ code }) => code);
}

function signOf(code: number): number {
  if (code < SIGNS.length) return SIGNS[code] ?? STRANGE;
  if (code >= FIRST_SIGN && code <= LAST_SIGN) return BETWEEN;
  return FURTHER.get(code) ?? STRANGE;
}

/** The second units of 👇📷📸🖼📄📑📎, which are words. */
const SPEAKING: ReadonlySet<number> = new Set(Array.from("👇📷📸🖼📄📑📎", (emoji) => emoji.charCodeAt(1)));

/** Whether the second unit is of an emoji that says nothing. In the three blocks there are two rows of digits as well. */
function saysNothing(second: number): boolean {
  if (second < 0xdc00 || second >= 0xdff0 || (second >= 0xdd00 && second < 0xdd10)) return false;
  return !SPEAKING.has(second);
}

/** Words are told apart by their hash first: FNV-1a, of UTF-16 codes. */
const HASH_START = 0x811c9dc5 | 0;

function hashOn(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

export function hashOf(shown: string): number {
  let hash = HASH_START;
  for (let at = 0; at < shown.length; at++) hash = hashOn(hash, shown.charCodeAt(at));
  return hash;
}

/** Before a colon these begin a link. */
const LINKS: readonly number[] = [hashOf("http"), hashOf("https")];

/** The words of one text at a time, in arrays that are used again for the next. */
export class Glance {
  /** Longer texts have their middle left out, which is not done here. */
  private static readonly longestUnits = 2 * EDGE_CHARS;

  /** How many words there are. */
  count = 0;
  /** Of each word: where it begins in the text, where it has ended, its hash, and 1 where it opens a clause. */
  readonly from = new Uint16Array(Glance.longestUnits);
  readonly to = new Uint16Array(Glance.longestUnits);
  readonly hashes = new Int32Array(Glance.longestUnits);
  readonly opens = new Uint8Array(Glance.longestUnits);
  /** The text, its words in small letters. What stands between words is not written here. */
  private readonly letters = new Uint16Array(Glance.longestUnits);

  /**
   * Finds the words of a text.
   *
   * @returns false when the text has something in it that `piecesOf` must judge; then nothing here is of use
   */
  take(text: string): boolean {
    this.count = 0;
    if (text.length > Glance.longestUnits) return false;
    let opens = 1;
    let at = 0;
    while (at < text.length) {
      const sign = signOf(text.charCodeAt(at));
      if (sign >= ZERO) {
        at = this.takeWord(text, at, opens);
        if (at === -1) return false;
        opens = 0;
        continue;
      }
      if (sign === STRANGE || (sign === EMOJI && !saysNothing(unitAt(text, at + 1)))) return false;
      if (sign === CLAUSE || sign === COLON) opens = 1;
      at += sign === EMOJI ? 2 : 1;
      if ((sign === EMOJI || sign === BETWEEN) && unitAt(text, at) === VARIATION) at++;
      if (sign !== SPACE) continue;
      // " - " ends a clause, too.
      const dash = at;
      while (unitAt(text, at) === DASH) at++;
      if (at > dash && signOf(unitAt(text, at)) === SPACE) opens = 1;
    }
    return true;
  }

  /** @returns one past the word's end, or -1 when it may go on in a way that is not for a glance */
  private takeWord(text: string, from: number, opens: number): number {
    let at = from;
    let hash = HASH_START;
    let joined = false;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const sign = signOf(code);
      if (sign >= ZERO) {
        // "it's" is one word, "it's5" are two.
        if (joined && sign <= NINE) return -1;
        this.letters[at] = sign;
        hash = hashOn(hash, sign);
      } else if (sign === APOSTROPHE && isLetterAt(text, at + 1)) {
        joined = true;
        this.letters[at] = code;
        hash = hashOn(hash, code);
      } else if (
        sign === STRANGE ||
        (sign === SLASH && at === from + 1 && isLetterAt(text, from)) ||
        (sign === COLON && LINKS.includes(hash))
      ) {
        return -1;
      } else break;
    }
    this.from[this.count] = from;
    this.to[this.count] = at;
    this.hashes[this.count] = hash;
    this.opens[this.count] = opens;
    this.count++;
    return at;
  }

  /** Whether a word of the text is this one. */
  is(index: number, shown: string): boolean {
    const from = this.from[index] ?? 0;
    if (shown.length !== (this.to[index] ?? 0) - from) return false;
    for (let at = 0; at < shown.length; at++) if (shown.charCodeAt(at) !== this.letters[from + at]) return false;
    return true;
  }

  /** A word as typed, in small letters, of the text that was taken last. */
  shown(index: number, text: string): string {
    const typed = text.slice(this.from[index], this.to[index]);
    return this.is(index, typed) ? typed : typed.toLowerCase();
  }
}

function isLetterAt(text: string, at: number): boolean {
  return signOf(unitAt(text, at)) > NINE;
}

/** 0 past the end. */
function unitAt(text: string, at: number): number {
  return at < text.length ? text.charCodeAt(at) : 0;
}
