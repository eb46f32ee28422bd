/** English: pointing at a picture without naming it, and handing over a paper without saying so. */
import * as en from "./lexicon-en.ts";
import { FILE, IMAGE, PAPER } from "./lexicon.ts";
import type { Sentence } from "./sentence.ts";
import { OfAny } from "./word.ts";

const MAY_POINT = new OfAny(en.THIS_IS, en.LOOK, en.THIS_EN);

/** Whether a word is the "this" (or the "look") of a sentence that only a picture completes. */
export function pointsInEnglish(s: Sentence, at: number): boolean {
  const word = s.words[at];
  if (word === undefined || !MAY_POINT.has(word)) return false;
  const from = s.clauseStart(at);
  if (s.is(at, en.THIS_IS)) return s.is(at + 1, en.AS_IT_IS) && s.is(at + 2, en.MINE) && !s.is(at + 3, en.ASKED_FOR);
  if (s.is(at, en.LOOK) && at === from && s.is(at + 1, en.AS_IT_IS)) return true;
  if (!s.is(at, en.THIS_EN)) return false;
  return isLookedAt(s, at, from) || isCompared(s, at, from) || isMetWith(s, at, from) || isAskedAbout(s, at, from);
}

/** "look at this", "which of these", "what do you think of this", "can you repair this crack". */
function isLookedAt(s: Sentence, at: number, from: number): boolean {
  if (s.is(at - 1, en.AT) && s.is(at - 2, en.LOOK)) return true;
  if (s.is(at - 1, en.OF_EN) || s.is(at - 1, en.ABOUT)) return s.some(from, at, en.WHICH) || s.some(from, at, en.THINK);
  if (!s.is(at - 1, en.WORKING_ON) || at + 1 >= s.clauseEnd(at)) return false;
  return !s.is(at + 1, en.TYPED_EN) && !s.is(at + 1, en.TROUBLE);
}

/** "a cake like this", "something similar to this". */
function isCompared(s: Sentence, at: number, from: number): boolean {
  if (s.some(from, at, en.NEVER)) return false;
  return s.is(at - 1, en.LIKE_EN) || s.is(at - 2, en.SIMILAR);
}

/** "I keep getting this error", "it shows this code", "this came in the box"; against "can I get this", and "I got this" for "leave it to me". */
function isMetWith(s: Sentence, at: number, from: number): boolean {
  const to = s.clauseEnd(at);
  if (s.some(from, to, en.ANOTHER_TIME_EN) || s.some(from, at, en.AUX_YOU) || s.some(from, at, en.DENIED)) return false;
  if (at === from && s.is(at + 1, en.CAME)) return s.is(at + 2, en.IN_EN) && !s.asks;
  if (s.is(at - 1, en.MET_WITH)) return at + 1 < to && (s.some(from, at, en.I) || at - 1 === from);
  return s.is(at - 1, en.SHOWS_EN) && s.is(at + 1, en.DISPLAYED);
}

/** "is this your gate", "does this look infected", "what does this sign mean", "what's wrong with this plant". */
function isAskedAbout(s: Sentence, at: number, from: number): boolean {
  if (at + 1 >= s.clauseEnd(at)) return false;
  if (s.is(at - 2, en.DAMAGE_EN)) return s.is(at - 1, en.IN_EN) && s.is(from, en.WHAT);
  if (!s.is(at - 1, en.IS_DOES)) return false;
  if (at - 1 === from) {
    if (s.is(at + 1, en.STATE) || (s.is(at + 1, en.LOOK) && s.is(at + 2, en.STATE))) return true;
    return s.is(at + 1, en.YOUR) && !s.is(at + 2, en.TYPED_EN) && !s.is(at + 2, en.ONLINE);
  }
  return s.is(at - 2, en.WHAT) && at - 2 === from && s.some(at + 2, s.clauseEnd(at), en.MEANT);
}

/** "12 pages, for your reference", "photo for proof", "quotation as requested". */
export function refers(s: Sentence): "image" | "file" | null {
  const last = s.find(1, s.words.length, en.REFERENCE);
  if (last === -1 || s.language !== "en") return null;
  const kind = s.some(0, last, IMAGE) ? "image" : "file";
  if (s.is(last - 1, en.YOUR) && s.is(last - 2, en.OF_EN)) return s.some(0, last, en.I) ? null : kind;
  const names = s.some(0, 3, PAPER) || s.some(0, 3, FILE) || kind === "image";
  return names && last + 1 === s.words.length && s.is(last - 1, en.PURPOSE) && !s.some(0, last, en.I) ? kind : null;
}
