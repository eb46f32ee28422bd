/**
 * Most texts that shops get could not announce anything: no word in them is part of a word that may go with an attachment,
 * and nothing is left open at their end. Seeing that takes a look at their letters, a tenth of what reading them costs, and
 * it stands between a webhook and its 200. Whatever is in doubt here is read in full.
 */
import { attachmentSigns } from "./expectation-gate.ts";
import { UNFINISHED_EN } from "./lexicon-en.ts";
import { lexicon } from "./lexicon.ts";
import { UNFINISHED_VI } from "./lexicon-vi.ts";
import { vietnameseLetters, type Glance, type Traces } from "./words.ts";

/** Of longer texts only the ends are read (words.ts), and links are left out; neither is looked into here. */
const LONGEST_UNITS = 400;
/** A question of so few words may be a short one (DESIGN §5.1). */
const SHORT_QUESTION_WORDS = 5;

const [STRANGE, LETTER, DIGIT, BETWEEN, APOSTROPHE] = [0, 1, 2, 3, 4];
const SPACE = 0x20;
const QUESTION_MARK = 0x3f;
const RIGHT_QUOTE = 0x2019;
/** Between words as well, beyond ASCII: “ ” … – */
const FURTHER_BETWEEN: ReadonlySet<number> = new Set([0x201c, 0x201d, 0x2026, 0x2013]);
/** After one of these, more comes. */
const OPEN_END = /[,:([{–—-]\s*$/;
/** Between letters it makes one word of them ("h/a") or a link. */
const SLASH = 0x2f;

/** Whoever begins a word so may go on to a link. */
const LINKS: ReadonlySet<string> = new Set(["http", "https"]);

/** What a character is, by its UTF-16 code. */
const KINDS = new Uint8Array(0x1f00);
for (let code = 0; code < 128; code++) KINDS[code] = BETWEEN;
for (const letter of "abcdefghijklmnopqrstuvwxyz") KINDS[letter.charCodeAt(0)] = LETTER;
for (const digit of "0123456789") KINDS[digit.charCodeAt(0)] = DIGIT;
for (const { code } of vietnameseLetters()) KINDS[code] = LETTER;
KINDS["'".charCodeAt(0)] = APOSTROPHE;
KINDS[SLASH] = STRANGE;

function kindOf(code: number): number {
  if (code < KINDS.length) return KINDS[code] ?? STRANGE;
  if (code === RIGHT_QUOTE) return APOSTROPHE;
  return FURTHER_BETWEEN.has(code) ? BETWEEN : STRANGE;
}

/** Made at the first text, when the lexicon has been read. */
let traces: { readonly signs: Traces; readonly endings: Traces } | null = null;

/** True only for a text that, read in full, expects nothing and stands alone. */
export function standsAlone(text: string): boolean {
  if (text.length > LONGEST_UNITS || OPEN_END.test(text)) return false;
  const { signs, endings } = (traces ??= {
    signs: lexicon.traces(attachmentSigns()),
    endings: lexicon.traces([UNFINISHED_VI, UNFINISHED_EN]),
  });
  const lower = text.toLowerCase();
  let words = 0;
  let asks = false;
  let piece = "";
  let last: Glance | null = null;
  let start = -1;
  let joined = false;
  for (let at = 0; at <= lower.length; at++) {
    const code = at < lower.length ? lower.charCodeAt(at) : SPACE;
    const kind = kindOf(code);
    if (kind === LETTER || kind === DIGIT) {
      // "it's" is one word, "5'3" are two: whoever writes like that is read in full.
      if (joined && kind === DIGIT) return false;
      if (start === -1) start = at;
      continue;
    }
    if (kind === STRANGE) return false;
    if (kind === APOSTROPHE && start !== -1 && kindOf(lower.charCodeAt(at + 1)) === LETTER) {
      joined = true;
      continue;
    }
    if (code === QUESTION_MARK) asks = true;
    if (start === -1) continue;
    const before: Glance | null = last;
    piece = lower.slice(start, at);
    last = signs.at(piece);
    if (last.tells || before?.seconds?.has(last.key) === true || LINKS.has(last.key)) return false;
    words += 1;
    start = -1;
    joined = false;
  }
  if (last === null || (asks && words <= SHORT_QUESTION_WORDS)) return false;
  const end = endings.at(piece);
  return !end.tells && !end.isPart;
}
