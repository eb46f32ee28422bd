/**
 * Most texts that shops get have nothing in them that could go with an attachment: no noun for one, no sending, no "this".
 * They are told apart here at a tenth of what judging them costs. Over the corpus the gate holds back 4 of 3,692 texts
 * that would be taken for an announcement, and a third of the others, which were written to be hard to tell from one.
 */
import * as en from "./lexicon-en.ts";
import * as vi from "./lexicon-vi.ts";
import { FILE, IMAGE, PAPER, PICTURED } from "./lexicon.ts";
import { nounAt } from "./photo-vi.ts";
import type { Sentence } from "./sentence.ts";
import type { Vocabulary } from "./words.ts";

const SIGNS = [
  vi.SUCH,
  vi.MAKE,
  vi.SEND,
  vi.ATTACHING,
  vi.ENCLOSED,
  vi.BELOW,
  vi.PICTURE_COUNTERS_ONLY,
  vi.THIS,
  vi.HERE_AT_END,
  vi.LOOKING,
  vi.CIRCLED,
  en.SENDING,
  en.SENT,
  en.ATTACHED,
  en.ATTACHING_EN,
  en.TAKEN,
  en.THIS_EN,
  en.HERE,
  en.LOOK,
];

/** Said in offices, and no word of any of the classes. */
const PLEASE_FIND_ATTACHED = "pfa";

/** One set of them all, made at the first text, when the lexicon has been read. */
let signs: ReadonlySet<string> | null = null;

/** Every class of which a sentence has a word when `mayAttach` says so. */
export function attachmentSigns(): readonly Vocabulary[] {
  // What `nounAt` looks for: nouns, counters of pictures, and "anh", which may be one.
  const nouns = [IMAGE, FILE, PICTURED, PAPER, vi.PIECE, vi.SHEET, new Set(["anh"])];
  return [...SIGNS, ...nouns, new Set([PLEASE_FIND_ATTACHED])];
}

/** Whether a sentence has anything in it that may go with an attachment. */
export function mayAttach(s: Sentence): boolean {
  signs ??= new Set([PLEASE_FIND_ATTACHED, ...SIGNS.flatMap((vocabulary) => [...vocabulary])]);
  for (let at = 0; at < s.words.length; at++) {
    if (signs.has(s.words[at]?.key ?? "") || nounAt(s, at) !== null) return true;
  }
  return false;
}
