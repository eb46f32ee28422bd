/**
 * Pointing without a name: "da em nổi mụn như này", "is this your gate?", "em chụp trước cửa tiệm". The sentence makes sense only beside a
 * picture, though no noun says so. Asked last, and never about a sentence with a noun that refuses.
 */
import { anotherTime, endsAfter, roleAt } from "./expectation-vi-signs.ts";
import * as en from "./lexicon-en.ts";
import { FILE, IMAGE, PAPER } from "./lexicon.ts";
import * as vi from "./lexicon-vi.ts";
import type { Sentence } from "./sentence.ts";

/** What a sentence points at without naming it. */
export function pointsUnnamed(s: Sentence): "image" | "file" | null {
  for (let at = 0; at < s.words.length; at++) {
    if (s.is(at, vi.CIRCLED)) return "image";
    if (s.language === "en" ? pointsInEnglish(s, at) : pointsInVietnamese(s, at)) return "image";
  }
  if (s.language === "vi" && handsOverPaper(s)) return "file";
  return refers(s);
}

function pointsInVietnamese(s: Sentence, at: number): boolean {
  return showsState(s, at) || showsSpot(s, at) || bidsLook(s, at) || isTheModel(s, at) || hasPhotographed(s, at);
}

/** "tóc em như thế này", "vải bị ố thế kia"; against "như này nè" and "mưa to thế này". */
function showsState(s: Sentence, at: number): boolean {
  if (!s.is(at, vi.SUCH)) return false;
  const from = s.clauseStart(at);
  const to = s.clauseEnd(at);
  if (s.some(from, to, vi.DAMAGE) || s.some(from, at, vi.SUFFERS)) return true;
  if (!s.is(at, vi.SHOWN_AS) || s.some(from, at, vi.PRICE) || s.some(from, at, vi.QUESTION)) return false;
  for (let thing = from; thing < to; thing++) if (isThing(s, thing)) return true;
  return false;
}

/** Whether a word may be what is shown: none of the words that only hold a sentence together. */
function isThing(s: Sentence, at: number): boolean {
  const holding = [vi.SUCH, vi.PARTICLES, vi.THIS, vi.NOT, vi.AUXILIARIES, vi.QUESTION, vi.HELP, vi.IS];
  return roleAt(s, at) === null && !holding.some((kind) => s.is(at, kind));
}

/** "xe em bị quẹt chỗ này", "gãy đúng chỗ này". */
function showsSpot(s: Sentence, at: number): boolean {
  if (!s.is(at, vi.SPOT) || !s.is(at + 1, vi.JUST_THIS)) return false;
  const from = s.clauseStart(at);
  return s.some(from, at, vi.SUFFERS) || s.some(from, at, vi.DAMAGE);
}

/** "nhìn nè", "nhìn đi shop", "coi nè". */
function bidsLook(s: Sentence, at: number): boolean {
  const looks = s.is(at, vi.LOOKING);
  if (!looks && !s.is(at, vi.VIEW)) return false;
  if (!s.is(at + 1, vi.HERE_AT_END) && !(looks && s.is(at + 1, vi.GO_ON))) return false;
  const from = s.clauseStart(at);
  return endsAfter(s, at + 1, s.clauseEnd(at)) && !s.some(from, at, vi.GIVE) && roleAt(s, at - 1) !== "self";
}

/** "giống mẫu này", "muốn màu này"; against "đặt mẫu này", which may be the one just talked about. */
function isTheModel(s: Sentence, at: number): boolean {
  if (!s.is(at, vi.STYLE) || !s.is(at + 1, vi.JUST_THIS)) return false;
  return (s.is(at - 1, vi.LIKE) || s.is(at - 1, vi.WISH)) && !s.some(s.clauseStart(at), at, vi.NOT);
}

/** "chị vừa chụp cái nhãn", "em chụp trước cửa tiệm", "thấy đẹp quá chụp lại"; against "em chụp ở studio nào". */
function hasPhotographed(s: Sentence, at: number): boolean {
  if (!s.is(at, vi.PHOTOGRAPH) || s.is(at + 1, vi.TRADE) || s.is(at + 1, IMAGE)) return false;
  const from = s.clauseStart(at);
  const to = s.clauseEnd(at);
  if (anotherTime(s, from, to) || s.some(from, at, vi.LATER) || s.some(from, at, vi.GIVE)) return false;
  for (const kind of [vi.NOT, vi.CANNOT, vi.QUESTION, vi.PRICE, vi.HELP, vi.AFTERWARDS, vi.REMEMBER, vi.TOLD, vi.WISH])
    if (s.some(from, to, kind)) return false;
  const justNow = s.is(at - 1, vi.JUST_NOW);
  const who = roleAt(s, justNow ? at - 2 : at - 1);
  if (justNow) return who === "self" || who === "elder";
  if (who === "self" && at - 1 === from) return true;
  if (!s.is(at + 1, vi.AGAIN) || who === "other" || who === "elder") return false;
  for (let subject = from; subject < at; subject++) if (roleAt(s, subject) === "self") return true;
  return false;
}

/** "hoá đơn tháng 9 gửi chị kế toán": a paper, and who it is for, make the whole text. */
function handsOverPaper(s: Sentence): boolean {
  if (s.asks || !(s.is(0, PAPER) || s.is(0, FILE))) return false;
  const verb = s.find(1, Math.min(s.words.length, 9), vi.SEND);
  if (verb === -1 || roleAt(s, verb - 1) !== null || s.some(0, s.words.length, vi.NOT)) return false;
  const whom = roleAt(s, verb + 1);
  if (whom !== "other" && whom !== "elder") return false;
  return !s.some(0, s.words.length, vi.CANNOT) && !s.some(0, s.words.length, vi.DONE) && !anotherTime(s, 0, verb);
}

function pointsInEnglish(s: Sentence, at: number): boolean {
  if (s.is(at, en.THIS_IS)) return s.is(at + 1, en.AS_IT_IS) && s.is(at + 2, en.MINE) && !s.is(at + 3, en.ASKED_FOR);
  if (!s.is(at, en.THIS_EN)) return false;
  const from = s.clauseStart(at);
  if (s.is(at - 1, en.AT) && s.is(at - 2, en.LOOK)) return true;
  if (s.is(at - 1, en.LIKE_EN)) return !s.some(from, at, en.NEVER);
  if (s.is(at - 1, en.OF_EN)) return s.some(from, at, en.WHICH);
  if (s.is(at - 1, en.MET_WITH))
    return s.some(from, at, en.I) && !s.some(from, at, en.AUX_YOU) && !s.some(from, at, en.CANNOT_EN);
  if (!s.is(at - 1, en.IS_DOES) || at + 1 >= s.clauseEnd(at)) return false;
  if (at - 1 === from) return s.is(at + 1, en.YOUR) && !s.is(at + 2, en.TYPED_EN) && !s.is(at + 2, en.ONLINE);
  return s.is(at - 2, en.WHAT) && s.some(at + 2, s.clauseEnd(at), en.MEANT) && at - 2 === from;
}

/** "12 pages, for your reference", "photo for proof". */
function refers(s: Sentence): "image" | "file" | null {
  const last = s.find(1, s.words.length, en.REFERENCE);
  if (last === -1 || s.language !== "en") return null;
  const yours = s.is(last - 1, en.YOUR) && s.is(last - 2, en.OF_EN);
  if (!yours && !(s.is(last - 1, en.OF_EN) && last + 1 === s.words.length)) return null;
  return s.some(0, last, IMAGE) ? "image" : "file";
}
