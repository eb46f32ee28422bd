/**
 * Vietnamese: does the sentence around a noun announce it, point at it, or ask for it?
 *
 * Word order carries it. "em gửi ảnh" (I send) announces, "gửi em ảnh" (send me) asks; "trong hình" points, "trong hình bài đăng" points
 * at the shop's own post; "ảnh này" points, "có ảnh … không" asks. Each rule below is one such order.
 */
import * as vi from "./lexicon-vi.ts";
import { FILE, PAPER, TALKED_ABOUT } from "./lexicon.ts";
import type { Noun, Sentence } from "./sentence.ts";

/** What the words around a noun make of it; null when they say nothing. */
export type Verdict = "points" | "announces" | "refuses" | null;

export function vietnameseVerdict(s: Sentence, noun: Noun): Verdict {
  const from = s.clauseStart(noun.at);
  const to = s.clauseEnd(noun.at);
  let np = noun.at;
  while (np > from && s.is(np - 1, vi.COUNTERS)) np--;
  const here: Place = { noun, from, to, np };
  return (
    byPreposition(s, here) ??
    byAttaching(s, here) ??
    bySending(s, here) ??
    byAsking(s, here) ??
    byDemonstrative(s, here) ??
    byMaking(s, here) ??
    byHandling(s, here) ??
    byViewing(s, here) ??
    byNaming(s, here) ??
    byShowing(s, here)
  );
}

/** An attachment announced without naming it: "để em chụp cho shop xem". */
export function vietnameseWithoutNoun(s: Sentence): "image" | "file" | null {
  for (let at = 0; at < s.words.length; at++) {
    if (s.is(at, vi.ATTACHING) && !wantsAttached(s, at, s.clauseStart(at), s.clauseEnd(at))) return "file";
    if (s.is(at, vi.MAKE) && announcesMaking(s, at, at + 1)) return "image";
  }
  return null;
}

/** "nhớ gửi kèm thiệp nha", "gửi hàng kèm hoá đơn giúp em": the shop is to enclose something. */
function wantsAttached(s: Sentence, attaching: number, from: number, to: number): boolean {
  return s.some(from, to, vi.NOT) || s.some(from, to, vi.CANNOT) || s.some(from, attaching, vi.REMEMBER) || s.some(attaching, to, vi.HELP);
}

interface Place {
  readonly noun: Noun;
  /** Clause of the noun: first word, and one past its last. */
  readonly from: number;
  readonly to: number;
  /** First word of the noun phrase, counters included. */
  readonly np: number;
}

/** "trong hình", "như ảnh", "theo file". */
function byPreposition(s: Sentence, { noun, np, from, to }: Place): Verdict {
  if (np === from || !noun.strong) return null;
  const inside = s.is(np - 1, vi.IN);
  const like = s.is(np - 1, vi.LIKE);
  if (!inside && !like) return null;
  if (shopsOwn(s, noun.at, to) || anotherTime(s, from, to)) return "refuses";
  const asksIfTrue = like && s.is(np - 2, vi.TRUE_TO) && (s.some(noun.at, to, vi.NOT) || s.is(np - 2, vi.HAVE));
  const takesOn = s.is(np - 1, vi.BY) && s.some(from, np, vi.TAKES_ON);
  // "theo tài liệu hướng dẫn" is any manual; only "tài liệu này" is at hand.
  if (s.is(noun.at, vi.MATERIAL) && demonstrative(s, noun.at, to) === -1) return null;
  const promised = like && s.some(from, np, vi.DELIVERED) && !s.some(from, np, vi.SEARCHED);
  const compares = (like || s.some(from, np, vi.LIKE)) && s.is(noun.at + 1, vi.NOT) && !s.some(from, np, vi.SEARCHED);
  const complains = s.is(np - 2, vi.UNLIKE) || (inside && s.is(np - 2, vi.FAR));
  if ((asksIfTrue || promised || s.some(noun.at + 1, Math.min(to, noun.at + 4), vi.YET_UGLY) || compares || complains || takesOn) && demonstrative(s, noun.at, to) === -1) return "refuses";
  return "points";
}

/** "đính kèm ảnh", "kèm hình ảnh lỗi". */
function byAttaching(s: Sentence, { np, from, to }: Place): Verdict {
  if (np === from || !(s.is(np - 1, vi.ATTACHING) || s.is(np - 1, vi.ALONG))) return null;
  return wantsAttached(s, np - 1, from, to) ? "refuses" : "announces";
}

/** "em gửi ảnh", "gửi shop bill"; against "gửi em ảnh", "shop gửi file". */
function bySending(s: Sentence, here: Place): Verdict {
  const { noun, from, to, np } = here;
  let verb = np - 1;
  while (verb >= from && np - verb <= 7 && !s.is(verb, vi.SEND)) {
    if (s.is(verb, vi.OTHER_OBJECT)) return null;
    verb--;
  }
  if (verb < from || !s.is(verb, vi.SEND)) {
    return bySentNoun(s, here);
  }
  let subject = verb - 1;
  while (subject >= from && s.is(subject, vi.AUXILIARIES)) subject--;
  const showing = shows(s, noun.at, to);
  if (s.some(from, verb, vi.CANNOT) || s.some(from, verb, vi.HOW) || s.some(from, verb, vi.TOLD) || (notNow(s, here, verb) && !showing)) return "refuses";
  if (showing) return "announces";
  if (s.some(noun.at + 1, to, vi.ONTO) && shopsOwn(s, noun.at, to)) return "refuses";
  if (s.some(subject + 1, verb, vi.PAST) || s.some(from, verb, vi.LATER)) return "refuses";
  if (s.is(noun.at + 1, vi.OR) || s.some(from, verb, vi.OR) || s.is(noun.at + 1, vi.AFTERWARDS)) return "refuses";
  if (doneAfter(s, noun.at, to) || asksHow(s, noun.at, to)) return "refuses";
  const who = subject >= from ? roleAt(s, subject) : null;
  const whom = receiver(s, verb, noun.at, to);
  const pleading = s.some(noun.at + 1, to, vi.PLEASE);
  const closing = s.some(noun.at + 1, to, vi.SHALL);
  switch (who) {
    case "self":
      if (whom === "elder" && s.some(verb + 1, np, vi.VIEW) && s.some(noun.at + 1, to, vi.WITH)) return "refuses";
      return "announces";
    case "other":
      return "refuses";
    case "elder":
      if (whom === "self") return closing && !pleading ? "announces" : "refuses";
      return pleading ? "refuses" : "announces";
    default:
      if (whom === "self") return "refuses";
      if (whom === "other") return "announces";
      if (whom === "elder") return s.some(noun.at + 1, to, vi.WITH) ? "refuses" : "announces";
      return pleading || s.some(noun.at + 1, to, vi.NOT) || s.some(noun.at + 1, to, vi.QUESTION) ? "refuses" : "announces";
  }
}

/** "ảnh em gửi", "file mình đính kèm": the noun before its verb. */
function bySentNoun(s: Sentence, { noun, from, to }: Place): Verdict {
  for (let at = noun.at + 1; at < Math.min(to, noun.at + 4); at++) {
    const role = roleAt(s, at);
    if (role === "other") return null;
    if (role !== "self") continue;
    let verb = at + 1;
    while (verb < to && s.is(verb, vi.AUXILIARIES) && !s.is(verb, vi.MAKE)) verb++;
    if (!s.is(verb, vi.SEND) && !s.is(verb, vi.MAKE) && !s.is(verb, vi.BELOW)) return null;
    if (s.is(verb, vi.MAKE) && s.some(verb, to, vi.PRICE)) return "refuses";
    const over = anotherTime(s, from, to) || s.some(noun.at, to, vi.YET) || s.some(verb, to, vi.DONE) || s.some(noun.at, to, vi.RECEIVED);
    const settled = !noun.strong && verb + 1 < to && (s.some(verb, to, vi.QUESTION) || s.some(verb, to, vi.NOT));
    return over || settled ? "refuses" : "points";
  }
  return null;
}

/** "cho em xin ảnh", "có hình không", "muốn xem ảnh"; against "cho shop xem ảnh". */
function byAsking(s: Sentence, { noun, from, to, np }: Place): Verdict {
  for (let at = np - 1; at >= Math.max(from, np - 5); at--) {
    if (s.is(at, vi.GIVE)) {
      // "dịch cho em file này": the verb before "cho" says what is wanted.
      if (at > from && (s.is(at - 1, vi.VIEW) || s.is(at - 1, vi.HANDLE))) continue;
      const role = roleAt(s, at + 1);
      const giver = at > from ? roleAt(s, at - 1) : null;
      const asksQuestion = s.some(at, np, vi.ASKED_ABOUT);
      if (asksQuestion) return null;
      if (at + 1 >= np && demonstrative(s, noun.at, to) !== -1) return null;
      if (role === "self" || at + 1 >= np) return "refuses";
      if (role === "other") return "announces";
      if (role === "elder") return giver === "self" ? "announces" : "refuses";
      if (s.is(at + 1, vi.VIEW) || s.is(at + 1, vi.BEG)) return "refuses";
    }
    if (s.is(at, vi.BEG)) return "refuses";
    // "muốn bạn đọc file": the wish is for the reader to do it.
    if (s.is(at, vi.WISH) && roleAt(s, at + 1) === "other") return null;
    if (s.is(at, vi.WISH) && demonstrative(s, noun.at, to) === -1) return "refuses";
  }
  if (s.is(np - 1, vi.HAVE) && np > from) {
    const mine = roleAt(s, np - 2) === "self";
    return shows(s, noun.at, to) || (mine && demonstrative(s, noun.at, to) !== -1) ? "announces" : "refuses";
  }
  return null;
}

/** "ảnh này", "file đính kèm", "hình bên dưới", "ảnh trên". */
function byDemonstrative(s: Sentence, { noun, from, np, to }: Place): Verdict {
  const pointer = demonstrative(s, noun.at, to);
  if (pointer === -1) return null;
  if (hasRead(s, from, to)) return "refuses";
  if (noun.kind === "file" && s.is(pointer + 1, vi.SELL)) return "refuses";
  if (s.is(noun.at, TALKED_ABOUT) && s.is(pointer, vi.JUST_THIS)) return null;
  const examined = s.some(from, np, vi.VIEW) || s.some(from, np, vi.HANDLE) || s.some(from, to, vi.HELP) || s.some(pointer, to, vi.SOUND);
  if (!noun.strong && s.is(pointer, vi.JUST_THIS) && !examined && pointer + 1 < to && !s.some(pointer, to, vi.PARTICLES)) return null;
  return s.some(noun.at, to, vi.PLACES) && shopsOwn(s, noun.at, to) ? "refuses" : "points";
}

/** "em chụp hình gửi shop", "để em chụp ảnh". */
function byMaking(s: Sentence, { noun, np }: Place): Verdict {
  if (s.words[noun.at]?.fold.startsWith("chup") || s.words[noun.at]?.fold.startsWith("cap_")) {
    return announcesMaking(s, noun.at, noun.at + 1) ? "announces" : null;
  }
  if (!s.is(np - 1, vi.MAKE)) return null;
  return announcesMaking(s, np - 1, noun.at + 1) ? "announces" : "refuses";
}

function byHandling(s: Sentence, { noun, np, from, to }: Place): Verdict {
  if (sentNext(s, to)) return "announces";
  if (s.is(np - 1, vi.LOOKING) && (s.some(noun.at, to, vi.VIEW) || s.some(noun.at, to, vi.HELP))) return "points";
  return np > from && s.is(np - 1, vi.HANDLE) ? "refuses" : null;
}

/** "xem ảnh giúp em", "đọc file". */
function byViewing(s: Sentence, { noun, from, to, np }: Place): Verdict {
  let verb = np - 1;
  while (verb >= from && np - verb <= 3 && !s.is(verb, vi.VIEW) && (roleAt(s, verb) !== null || s.is(verb, vi.COUNTERS))) verb--;
  if (verb < from || !s.is(verb, vi.VIEW)) return null;
  const before = verb > from ? roleAt(s, verb - 1) : null;
  const helps = s.some(verb, to, vi.HELP);
  if (before === "self" || s.is(verb - 1, vi.CANNOT) || s.is(verb - 1, vi.PAST)) return "refuses";
  if (shopsOwn(s, noun.at, to) || anotherTime(s, from, to) || asksHow(s, noun.at, to) || s.some(noun.at + 1, to, vi.YET)) return "refuses";
  if (!helps && (s.is(noun.at + 1, vi.TRADE) || s.is(noun.at + 1, vi.REAL) || s.some(noun.at + 1, to, vi.MAY))) return "refuses";
  if (!helps && (s.some(noun.at + 1, to, vi.PRICE) || s.some(noun.at + 1, to, vi.IMPRESSED))) return "refuses";
  const asked = s.some(noun.at + 1, to, vi.NOT) && s.is(verb - 1, vi.HAVE);
  return (noun.strong && !asked) || helps ? "points" : null;
}

/** "đây là ảnh …", "nội dung file", "ảnh gì đây". */
function byNaming(s: Sentence, { noun, np, from, to }: Place): Verdict {
  if (s.some(noun.at + 1, to, vi.OR) || (s.is(noun.at + 1, vi.REAL) && s.some(noun.at, to, vi.NOT))) return "refuses";
  if (s.is(np - 1, vi.IS) && (s.is(np - 2, vi.THIS) || s.is(np - 1, vi.BE))) return "points";
  if (!noun.strong) return null;
  if (s.is(np - 1, vi.CONTENTS)) return "points";
  if (s.is(noun.at + 1, vi.WHAT) && noun.at + 1 < to && !s.is(noun.at + 2, vi.CALL)) {
    for (let at = from; at < np; at++) if (roleAt(s, at) === null && !s.is(at, vi.PARTICLES)) return null;
    return "points";
  }
  return null;
}

/** "bill đây ạ", "hợp đồng thuê nhà nè shop"; or the noun and nothing but courtesy. */
function byShowing(s: Sentence, { noun, np, from, to }: Place): Verdict {
  if (shows(s, noun.at, to)) return "announces";
  if (noun.strong && np === from && !s.asks && showsElsewhere(s, noun.at)) return "announces";
  if (onlyCourtesy(s, np, noun.at, to) && s.is(noun.at, FILE) && selfSends(s, from)) return "announces";
  if (s.asks || s.words.length > 6 || (!noun.strong && noun.kind === "file" && s.words[noun.at]?.key !== "cv")) return null;
  for (let at = 0; at < s.words.length; at++) {
    const known = s.is(at, vi.PARTICLES) || s.is(at, vi.COUNTERS) || (noun.kind === "image" && !noun.strong && (s.is(at, vi.PICTURED_THINGS) || /^\d/.test(s.words[at]?.key ?? "")));
    if (at !== noun.at && roleAt(s, at) === null && !known) return null;
  }
  return s.some(0, s.words.length, vi.DONE) ? null : "announces";
}


type Role = "self" | "other" | "elder";

/** Who a pronoun is: the speaker, the listener, or (anh, chị, …) whichever of them is older. */
function roleAt(s: Sentence, at: number): Role | null {
  const younger = s.is(at, vi.YOUNGER);
  if (younger && s.speaksToYounger) return "other";
  if (s.is(at, vi.SELF)) return "self";
  if (s.is(at, vi.OTHER)) return "other";
  if (s.is(at, vi.ELDER)) return s.speaksToYounger ? "self" : "elder";
  return null;
}

/** Who is to receive what is sent: right after the verb, or after "cho" behind the noun. */
function receiver(s: Sentence, verb: number, noun: number, to: number): Role | null {
  let at = verb + 1;
  while (at < noun && s.is(at, vi.TOWARDS)) at++;
  const direct = at < noun ? roleAt(s, at) : null;
  if (direct !== null) return direct;
  for (at = noun + 1; at < to; at++) {
    const role = s.is(at, vi.TO_WHOM) || at === noun + 1 ? roleAt(s, s.is(at, vi.TO_WHOM) ? at + 1 : at) : null;
    if (role !== null) return role;
  }
  return null;
}

/** Index of the word that points ("này", "dưới đây") at the noun phrase, or -1. At most two words may stand between. */
function demonstrative(s: Sentence, noun: number, to: number): number {
  const next = noun + 1;
  if (next >= to) return -1;
  if (s.is(next, vi.ENCLOSED) && next + 1 < to && !s.is(next + 1, vi.PARTICLES) && !s.is(next + 1, vi.BELOW) && !s.is(next + 1, vi.HELP) && roleAt(s, next + 1) === null) return -1;
  if (s.is(next, vi.BELOW) && !/^\d/.test(s.words[next + 1]?.fold ?? "") && !s.is(next + 1, vi.AS_FORM)) return next;
  if (s.is(next, vi.ABOVE)) return next + 1 >= to || s.is(next + 1, vi.AFTER_ABOVE) ? next : -1;
  if (s.is(next, vi.THIS)) return next;
  for (let at = next; at < Math.min(to, noun + 3); at++) {
    if (s.is(at, vi.PARTICLES) || s.is(at, vi.NOT) || s.is(at, vi.SEND) || s.is(at, vi.IN) || roleAt(s, at) !== null) return -1;
    if (s.is(at + 1, vi.JUST_THIS) || (s.is(at + 1, vi.BELOW) && !s.is(at + 2, vi.AS_FORM))) return at + 1 < to ? at + 1 : -1;
  }
  return -1;
}

/** Whether the clause ends by showing the thing: "… đây ạ", "… nè shop". */
function shows(s: Sentence, noun: number, to: number): boolean {
  for (let at = noun + 1; at < Math.min(to, noun + 7); at++) {
    if (s.is(at, vi.QUESTION) || s.is(at, vi.NOT)) return false;
    if (!s.is(at, vi.HERE_AT_END) || s.is(at - 1, vi.HERE_PLACE)) continue;
    let rest = at + 1;
    while (rest < to && (s.is(rest, vi.PARTICLES) || roleAt(s, rest) !== null)) rest++;
    return rest === to || s.is(rest, vi.VIEW) || s.is(rest, vi.HELP);
  }
  return false;
}

/** Whether making a picture is for the reader: someone is to see it, or it is handed over. */
function announcesMaking(s: Sentence, verb: number, after: number): boolean {
  const from = s.clauseStart(verb);
  const to = s.words.length;
  let subject = verb - 1;
  while (subject >= from && s.is(subject, vi.AUXILIARIES) && !s.is(subject, vi.GIVE)) subject--;
  const who = subject >= from ? roleAt(s, subject) : null;
  if (who === "other" || s.some(from, verb, vi.CANNOT) || s.some(from, verb, vi.TOLD) || anotherTime(s, from, s.clauseEnd(verb))) return false;
  if (who !== null && s.is(subject - 1, vi.GIVE)) return true;
  for (let at = after; at < Math.min(to, after + 8); at++) {
    if (s.is(at, vi.SEND) || s.is(at, vi.GIVE)) {
      const whom = roleAt(s, at + 1);
      if (whom === "self") return false;
      if (whom !== null) return who !== "elder" || s.is(at, vi.SEND);
      if (s.is(at, vi.SEND) && who === "self") return true;
    }
  }
  return (who === "self" || who === null) && (shows(s, after - 1, s.clauseEnd(after - 1)) || demonstrative(s, after - 1, s.clauseEnd(after - 1)) !== -1);
}

/** "hình trên web", "ảnh của shop", "hình quảng cáo": pictures the shop has published. */
function shopsOwn(s: Sentence, noun: number, to: number): boolean {
  for (let at = noun + 1; at < Math.min(to, noun + 4); at++) {
    if (at === noun + 1 && s.is(at, vi.PUBLISHED)) return true;
    if (at > noun + 1 && s.is(at, vi.PLACES) && (s.is(at - 1, vi.IN) || s.is(at - 1, vi.OF) || s.is(at - 1, vi.ONTO))) return true;
    if (s.is(at, vi.OF) && roleAt(s, at + 1) === "other") return true;
    if (s.is(at, vi.NOT) || s.is(at, vi.THIS)) return false;
  }
  return roleAt(s, noun + 1) === "other" && s.is(noun + 2, vi.PUBLISH);
}

/** "em xem file này rồi": the speaker has already read what the shop sent. */
function hasRead(s: Sentence, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) if (s.is(at, vi.VIEW) && roleAt(s, at - 1) === "self") return s.some(at, to, vi.DONE);
  return false;
}

function anotherTime(s: Sentence, from: number, to: number): boolean {
  return s.some(from, to, vi.ANOTHER_TIME);
}

/** "hôm qua em gửi ảnh", "em gửi ảnh hôm qua rồi"; but "em gửi ảnh cái áo hôm qua em mua" is now. */
function notNow(s: Sentence, { noun, from, to }: Place, verb: number): boolean {
  if (anotherTime(s, from, verb)) return true;
  const when = s.find(noun.at + 1, to, vi.ANOTHER_TIME);
  if (when === -1) return false;
  for (let at = when + 1; at < to; at++) if (!s.is(at, vi.PARTICLES) && !s.is(at, vi.DONE)) return false;
  return true;
}

/** "gửi ảnh rồi": over, unless the shop is asked to look in the same breath. */
function doneAfter(s: Sentence, noun: number, to: number): boolean {
  const done = s.find(noun + 1, Math.min(to, noun + 6), vi.DONE);
  return done !== -1 || s.some(noun + 1, to, vi.YET);
}

/** "gửi ảnh qua đâu", "gửi file được không": asks about sending. */
function asksHow(s: Sentence, noun: number, to: number): boolean {
  for (let at = noun + 1; at < to; at++) {
    if (s.is(at, vi.VIEW)) return false;
    if (s.is(at, vi.HOW)) return true;
    if (at >= noun + 5) continue;
    if (s.is(at, vi.QUESTION) && !s.is(at - 1, vi.WHAT)) return true;
    if (s.is(at, vi.MAY) && s.is(at + 1, vi.NOT)) return true;
  }
  return false;
}

/** "…, gửi bạn nè": the next clause sends what this one names. */
function sentNext(s: Sentence, from: number): boolean {
  if (from >= s.words.length) return false;
  const to = s.clauseEnd(from);
  const verb = s.is(from, vi.SEND) ? from : from + 1;
  if (!s.is(verb, vi.SEND) || (verb > from && roleAt(s, from) !== "self")) return false;
  const whom = roleAt(s, s.is(verb + 1, vi.TOWARDS) ? verb + 2 : verb + 1);
  if (whom !== "other" && whom !== "elder") return false;
  for (let at = verb + 1; at < to; at++) {
    if (roleAt(s, at) === null && !s.is(at, vi.PARTICLES) && !s.is(at, vi.VIEW) && !s.is(at, vi.HELP) && !s.is(at, vi.TOWARDS)) return false;
  }
  return true;
}

/** Whether an earlier clause says that the speaker is sending: "em gửi lại tờ khai, file word ạ". */
function selfSends(s: Sentence, before: number): boolean {
  for (let at = 1; at < before; at++) if (s.is(at, vi.SEND) && roleAt(s, at - 1) === "self") return true;
  return false;
}

function onlyCourtesy(s: Sentence, np: number, noun: number, to: number): boolean {
  if (!(s.words[np]?.opensClause ?? false)) return false;
  for (let at = noun + 1; at < to; at++) if (roleAt(s, at) === null && !s.is(at, vi.PARTICLES) && !s.is(at, FILE)) return false;
  return true;
}

/** Whether some other clause ends by showing: "đây nha shop, ảnh màu thật". */
function showsElsewhere(s: Sentence, noun: number): boolean {
  for (let at = 0; at < s.words.length; at++) {
    if (!s.is(at, vi.HERE_AT_END) || s.is(at - 1, vi.HERE_PLACE) || s.clauseStart(at) === s.clauseStart(noun)) continue;
    const start = s.clauseStart(at);
    let rest = at + 1;
    while (rest < s.clauseEnd(at) && (s.is(rest, vi.PARTICLES) || roleAt(s, rest) !== null)) rest++;
    if (rest === s.clauseEnd(at) && !s.some(start, rest, vi.QUESTION) && !s.some(start, rest, vi.NOT)) return true;
  }
  return false;
}

/** Whether plain "anh", which is mostly a pronoun, is "ảnh" here. */
export function isPhoto(s: Sentence, at: number): boolean {
  const word = s.words[at];
  // "bức này" needs no noun: only pictures are counted so.
  if (s.is(at, vi.PIECE) && s.is(at + 1, vi.THIS)) return true;
  if (s.is(at, vi.SHEET) && s.is(at + 1, vi.JUST_THIS) && (s.some(s.clauseStart(at), at, vi.HELP) || s.some(s.clauseStart(at), at, vi.VIEW))) return true;
  if (word?.key !== "anh") return false;
  const next = s.words[at + 1];
  const ends = next === undefined || next.opensClause;
  // "anh em gui": a brother would not be followed by the speaker's own sending.
  if (s.plain && roleAt(s, at + 1) === "self" && (s.is(at + 2, vi.SEND) || s.is(at + 2, vi.MAKE))) return true;
  if (at > 0 && !word.opensClause) {
    if (s.is(at - 1, vi.PICTURE_COUNTERS)) return true;

    if (s.is(at - 1, vi.SEND)) return s.plain ? ends || s.is(at + 1, vi.PARTICLES) || s.is(at + 1, vi.PICTURED_THINGS) || roleAt(s, at + 1) === "other" : s.is(at + 1, vi.PICTURED_THINGS);
    if (s.is(at - 2, vi.SEND) && roleAt(s, at - 1) !== null && roleAt(s, at - 1) !== "self") return true;
    if (s.plain && s.is(at - 1, vi.BEFORE_PHOTO)) return !s.is(at + 1, vi.DOING) && roleAt(s, at + 1) !== "elder";
    if (s.is(at - 1, vi.IN) && s.plain) return true;
  }
  if (s.is(at + 1, vi.ABOVE) && s.plain && s.is(at + 2, vi.AFTER_ABOVE)) return true;
  if (s.is(at + 1, vi.THIS) && s.plain && (s.is(at + 2, vi.PICTURED_THINGS) || (s.is(at + 2, vi.IS) && s.is(at + 3, vi.WHAT)))) return true;
  if (s.is(at + 1, vi.BELOW) && (s.plain || s.is(at + 1, vi.ATTACHING))) return true;
  if (!s.plain) return false;
  if (s.is(at + 1, vi.PICTURED_THINGS)) return true;
  if (s.is(at + 1, vi.WHAT) && !s.is(at + 2, vi.CALL)) return true;
  return s.is(at + 1, vi.HERE_AT_END) && at === 0 && roleAt(s, at + 2) === "other";
}

/** "photo giúp em tài liệu này": in Vietnamese "photo" is also the verb for copying paper. */
export function isPhotocopying(s: Sentence, at: number): boolean {
  return s.is(at + 1, vi.HELP) || s.is(at + 1, FILE) || s.is(at + 1, PAPER) || s.is(at + 1, vi.COUNTERS);
}

/** "em chụp hợp đồng gửi chị": what is photographed comes as a picture. */
export function isPhotographed(s: Sentence, at: number): boolean {
  return s.words[at]?.opensClause === false && s.is(at - 1, vi.PHOTOGRAPH);
}

/** "anh chụp giúp em": plain "anh" before a verb, which would otherwise be read as "ảnh chụp". */
export function isBrotherDoing(s: Sentence, at: number): boolean {
  return (s.words[at]?.shown.startsWith("anh ") ?? false) && (!s.plain || s.is(at + 1, vi.HELP));
}
