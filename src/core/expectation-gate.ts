/**
 * Most texts that shops get have nothing in them that could go with an attachment: no noun for one, no sending, no "this".
 * They are told apart here by their words alone, at a tenth of what judging them as sentences costs. Over the corpus the gate
 * holds back 4 of 3,692 texts that would be taken for an announcement, and a third of the others, which were written to be
 * hard to tell from one.
 */
import * as en from "./lexicon-en.ts";
import * as vi from "./lexicon-vi.ts";
import { NAMING, nounAt } from "./photo-vi.ts";
import { Sentence } from "./sentence.ts";
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
  en.PLEASE_FIND_ATTACHED,
];

const [NOTHING, PERHAPS_A_NAME, SIGN] = [0, 1, 2];
/** What a word, seen for itself, is to an attachment. */
const SIGNIFICANCE = new Fact((word) => {
  if (SIGNS.some((vocabulary) => vocabulary.has(word.key))) return SIGN;
  return NAMING.has(word) ? PERHAPS_A_NAME : NOTHING;
});

/** The sentence that words make, if there is anything in it that may go with an attachment. */
export function sentenceWithSign(words: readonly Word[], text: string): Sentence | null {
  let most = NOTHING;
  for (const word of words) most = Math.max(most, SIGNIFICANCE.of(word));
  if (most === NOTHING) return null;
  const s = new Sentence(words, text);
  return most === SIGN || words.some((_, at) => nounAt(s, at) !== null) ? s : null;
}
