/**
 * Most texts that shops get have nothing in them that could go with an attachment: no noun for one, no sending, no "this".
 * They are told apart here by their words alone, at a tenth of what judging them as sentences costs. Over the corpus the gate
 * holds back 4 of 3,692 texts that would be taken for an announcement, and a third of the others, which were written to be
 * hard to tell from one.
 */
import * as en from "./lexicon-en.ts";
import * as vi from "./lexicon-vi.ts";
import { mayBeNoun, nounAt } from "./photo-vi.ts";
import type { Sentence } from "./sentence.ts";
import { Fact, type Word } from "./word.ts";

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

const [NO_SIGN, NAME, SIGN] = [0, 1, 2];

/** What a word is to an attachment: nothing, perhaps its name (its neighbours say whether), or something that may go with it. */
const SIGNIFICANCE = new Fact((word) => {
  if (word.key === PLEASE_FIND_ATTACHED || SIGNS.some((vocabulary) => vocabulary.has(word.key))) return SIGN;
  return mayBeNoun(word) ? NAME : NO_SIGN;
});

/** Whether any of the words, each seen for itself, may go with an attachment. Where none does, none makes a sentence of them. */
export function anySign(words: readonly Word[]): boolean {
  for (const word of words) if (SIGNIFICANCE.of(word) !== NO_SIGN) return true;
  return false;
}

/** Whether a sentence has anything in it that may go with an attachment. */
export function mayAttach(s: Sentence): boolean {
  for (const word of s.words) if (SIGNIFICANCE.of(word) === SIGN) return true;
  for (let at = 0; at < s.words.length; at++) if (nounAt(s, at) !== null) return true;
  return false;
}
