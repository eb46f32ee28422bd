/**
 * Pointing without a name: "da em nổi mụn như này", "is this your gate?", "em chụp trước cửa tiệm". The sentence makes sense only beside a
 * picture, though no noun says so. Asked last, and never about a sentence with a noun that refuses.
 */
import { anotherTime, endsAfter, roleAt } from "./expectation-vi-signs.ts";
import { pointsInEnglish, refers } from "./expectation-en-pointing.ts";
import { FILE, IMAGE, PAPER } from "./lexicon.ts";
import * as vi from "./lexicon-vi.ts";
import type { Sentence } from "./sentence.ts";
import { OfAny } from "./word.ts";

/** What a sentence points at without naming it. */
export function pointsUnnamed(s: Sentence): "image" | "file" | null {
  for (let at = 0; at < s.words.length; at++) {
    if (s.is(at, vi.CIRCLED)) return "image";
    if (s.language === "en" ? pointsInEnglish(s, at) : pointsInVietnamese(s, at)) return "image";
  }
  if (s.language === "vi" && handsOverPaper(s)) return "file";
  return refers(s);
}

/** A word that one of the five below begins with. */
const MAY_POINT = new OfAny(vi.SUCH, vi.JUST_THIS, vi.SPOT, vi.LOOKING, vi.VIEW, vi.STYLE, vi.SNAP);

function pointsInVietnamese(s: Sentence, at: number): boolean {
  const word = s.words[at];
  if (word === undefined || !MAY_POINT.has(word)) return false;
  return showsState(s, at) || showsSpot(s, at) || bidsLook(s, at) || isTheModel(s, at) || hasPhotographed(s, at);
}

/** "tóc em như thế này", "vải bị ố thế kia"; against "như này nè" and "mưa to thế này". */
function showsState(s: Sentence, at: number): boolean {
  if (!s.is(at, vi.SUCH)) return false;
  const from = s.clauseStart(at);
  const to = s.clauseEnd(at);
  if (s.some(from, to, vi.DAMAGE) || s.some(from, at, vi.SUFFERS)) return true;
  // "như vầy" is "like this", "như vậy" is "so".
  if (!s.is(at, vi.SHOWN_AS) || isPlainlySo(s, at)) return false;
  if (s.some(from, at, vi.PRICE) || s.is(from, vi.QUESTION) || roleAt(s, from) === "other") return false;
  for (let thing = from; thing < to; thing++) if (isThing(s, thing)) return true;
  return false;
}

/** Typed without marks, "nhu vay" is either. */
function isPlainlySo(s: Sentence, at: number): boolean {
  const word = s.words[at];
  return word !== undefined && word.plain && word.fold.endsWith("vay");
}

/** Words that only hold a sentence together. */
const HOLDING = [vi.SUCH, vi.PARTICLES, vi.THIS, vi.NOT, vi.AUXILIARIES, vi.QUESTION, vi.HELP, vi.IS];

/** Whether a word may be what is shown. */
function isThing(s: Sentence, at: number): boolean {
  return roleAt(s, at) === null && !HOLDING.some((kind) => s.is(at, kind));
}

/** "xe em bị quẹt chỗ này", "gãy đúng chỗ này", "máy hiện lỗi này", "con sâu này là con gì". */
function showsSpot(s: Sentence, at: number): boolean {
  if (s.is(at, vi.JUST_THIS) && (s.is(at - 1, vi.VISIBLE) || (s.is(at - 2, vi.VISIBLE) && isThing(s, at - 1)))) {
    if (s.some(s.clauseStart(at), at, vi.SUFFERS)) return true;
    const asked = Math.min(s.clauseEnd(at), at + 5);
    if (s.is(at + 1, vi.NAMED) && (s.some(at + 2, asked, vi.QUESTION) || s.some(at + 2, asked, vi.WHAT))) return true;
  }
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
  return (
    (s.is(at - 1, vi.LIKE) || s.is(at - 1, vi.WISH) || s.is(at - 1, vi.MODELLED)) &&
    !s.some(s.clauseStart(at), at, vi.NOT)
  );
}

/** With one of these beside it, a picture is wished, asked for or put off. */
const NOT_YET_TAKEN = [vi.NOT, vi.CANNOT, vi.QUESTION, vi.PRICE, vi.HELP, vi.AFTERWARDS, vi.REMEMBER, vi.TOLD, vi.WISH];

/** "chị vừa chụp cái nhãn", "em chụp trước cửa tiệm", "thấy đẹp quá chụp lại"; against "em chụp ở studio nào". */
function hasPhotographed(s: Sentence, at: number): boolean {
  if (!s.is(at, vi.SNAP) || s.is(at + 1, vi.TRADE) || s.is(at + 1, IMAGE)) return false;
  const from = s.clauseStart(at);
  const to = s.clauseEnd(at);
  if (anotherTime(s, from, to) || s.some(from, at, vi.LATER) || s.some(from, at, vi.GIVE)) return false;
  if (NOT_YET_TAKEN.some((kind) => s.some(from, to, kind))) return false;
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
