/**
 * Vietnamese: does the sentence around a noun announce it, point at it, or ask for it?
 *
 * Word order carries it. "em gửi ảnh" (I send) announces, "gửi em ảnh" (send me) asks; "trong hình" points, "trong hình bài đăng" points
 * at the shop's own post; "ảnh này" points, "có ảnh … không" asks. Each rule below is one such order.
 */
import {
  roleAt,
  receiver,
  demonstrative,
  shows,
  announcesMaking,
  shopsOwn,
  describesGoods,
  endsAfter,
  isElsewhere,
  hasRead,
  anotherTime,
  notNow,
  doneAfter,
  asksHow,
  sentNext,
  selfSends,
  onlyCourtesy,
  showsElsewhere,
  belongsToSelf,
  type Place,
} from "./expectation-vi-signs.ts";
import { wantsAttached } from "./expectation-vi-unnamed.ts";
import { FILE, TALKED_ABOUT } from "./lexicon.ts";
import * as vi from "./lexicon-vi.ts";
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
  if (
    (asksIfTrue ||
      s.some(from, to, vi.MODEL) ||
      s.is(to - 1, vi.YET_UGLY) ||
      promised ||
      (inside && s.is(noun.at + 1, vi.TOPIC) && s.some(noun.at, to, vi.SEEMS)) ||
      s.some(noun.at + 1, Math.min(to, noun.at + 4), vi.YET_UGLY) ||
      compares ||
      complains ||
      takesOn) &&
    demonstrative(s, noun.at, to) === -1
  )
    return "refuses";
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
  if (
    s.some(from, verb, vi.CANNOT) ||
    s.some(from, verb, vi.HOW) ||
    s.some(from, verb, vi.TOLD) ||
    (notNow(s, here, verb) && !showing)
  )
    return "refuses";
  if (showing) return "announces";
  if (s.some(noun.at + 1, to, vi.ONTO) && shopsOwn(s, noun.at, to)) return "refuses";
  if (s.some(subject + 1, verb, vi.PAST) || s.some(from, verb, vi.LATER)) return "refuses";
  if (s.some(noun.at + 1, to, vi.IN_VAIN) || s.some(verb, np, vi.WRONGLY)) return "refuses";
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
      return pleading || s.some(noun.at + 1, to, vi.NOT) || s.some(noun.at + 1, to, vi.QUESTION)
        ? "refuses"
        : "announces";
  }
}

/** "ảnh em gửi", "file mình đính kèm": the noun before its verb. */
function bySentNoun(s: Sentence, { noun, from, to, np }: Place): Verdict {
  // A paper's name may be long: "danh sách nhân viên đóng bảo hiểm em gửi chị".
  const reach = np === from && !s.asks ? 8 : 4;
  for (let at = noun.at + 1; at < Math.min(to, noun.at + reach); at++) {
    const role = roleAt(s, at);
    if (role === "other") return null;
    if (role !== "self") continue;
    let verb = at + 1;
    while (verb < to && s.is(verb, vi.AUXILIARIES) && !s.is(verb, vi.MAKE)) verb++;
    if (!s.is(verb, vi.SEND) && !s.is(verb, vi.MAKE) && !s.is(verb, vi.BELOW)) return null;
    if (s.is(verb, vi.MAKE) && s.some(verb, to, vi.PRICE)) return "refuses";
    const over =
      anotherTime(s, from, to) ||
      s.some(noun.at, to, vi.YET) ||
      s.some(verb, to, vi.DONE) ||
      s.some(noun.at, to, vi.RECEIVED);
    const settled = !noun.strong && verb + 1 < to && (s.some(verb, to, vi.QUESTION) || s.some(verb, to, vi.NOT));
    return over || settled ? "refuses" : "points";
  }
  return null;
}

/** "cho em xin ảnh", "có hình không", "muốn xem ảnh"; against "cho shop xem ảnh". */
function byAsking(s: Sentence, { noun, from, to, np }: Place): Verdict {
  for (let at = np - 1; at >= Math.max(from, np - 5); at--) {
    if (s.is(at, vi.GIVE)) {
      if (s.is(at + 2, vi.MAKE)) return null;
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
function byDemonstrative(s: Sentence, here: Place): Verdict {
  const { noun, from, np, to } = here;
  const pointer = demonstrative(s, noun.at, to);
  if (pointer === -1) return null;
  if (hasRead(s, from, to) || isElsewhere(s, here, pointer)) return "refuses";
  if (noun.kind === "file" && (s.is(pointer + 1, vi.SELL) || s.some(pointer + 1, to, vi.HOW))) return "refuses";
  if (
    noun.kind === "file" &&
    (s.is(np - 1, vi.OBTAIN) ||
      (s.some(pointer, to, vi.PRICE) && !s.some(from, to, vi.WORKED_ON) && !s.some(pointer, to, vi.PAGES)))
  )
    return "refuses";
  if (
    pointer + 1 < to &&
    roleAt(s, pointer + 1) === "other" &&
    (s.is(pointer + 2, vi.PUBLISH) || s.is(pointer + 2, vi.OBTAIN))
  )
    return "refuses";
  if (s.is(pointer, vi.JUST_THIS) && describesGoods(s, noun.at, from)) return "refuses";
  if (s.is(pointer + 1, vi.OF) && s.is(pointer + 2, vi.WHO)) return "refuses";
  if (s.is(noun.at, TALKED_ABOUT) && s.is(pointer, vi.JUST_THIS)) return null;
  const examined =
    s.some(from, np, vi.VIEW) ||
    s.some(from, np, vi.HANDLE) ||
    s.some(from, to, vi.HELP) ||
    s.some(pointer, to, vi.SOUND);
  if (!noun.strong && s.is(pointer, vi.JUST_THIS) && !examined && !endsAfter(s, pointer, to)) return null;
  return s.some(noun.at, to, vi.PLACES) && shopsOwn(s, noun.at, to) ? "refuses" : "points";
}

/** "em chụp hình gửi shop", "để em chụp ảnh". */
function byMaking(s: Sentence, { noun, np }: Place): Verdict {
  if (s.words[noun.at]?.fold.startsWith("chup") || s.words[noun.at]?.fold.startsWith("cap_")) {
    return announcesMaking(s, noun.at, noun.at + 1) ? "announces" : null;
  }
  if (!s.is(np - 1, vi.MAKE)) return null;
  return announcesMaking(s, np - 1, noun.at + 1) || showsElsewhere(s, noun.at) ? "announces" : "refuses";
}

function byHandling(s: Sentence, { noun, np, from, to }: Place): Verdict {
  if (sentNext(s, to)) return "announces";
  if (s.is(np - 1, vi.LOOKING) && (s.some(noun.at, to, vi.VIEW) || s.some(noun.at, to, vi.HELP))) return "points";
  return np > from && s.is(np - 1, vi.HANDLE) ? "refuses" : null;
}

/** "xem ảnh giúp em", "đọc file". */
function byViewing(s: Sentence, { noun, from, to, np }: Place): Verdict {
  let verb = np - 1;
  while (
    verb >= from &&
    np - verb <= 3 &&
    !s.is(verb, vi.VIEW) &&
    (roleAt(s, verb) !== null || s.is(verb, vi.COUNTERS))
  )
    verb--;
  if (verb < from || !s.is(verb, vi.VIEW)) return null;
  const before = verb > from ? roleAt(s, verb - 1) : null;
  const helps = s.some(verb, to, vi.HELP);
  if (before === "self" || s.is(verb - 1, vi.CANNOT) || s.is(verb - 1, vi.PAST)) return "refuses";
  if (
    shopsOwn(s, noun.at, to) ||
    anotherTime(s, from, to) ||
    asksHow(s, noun.at, to) ||
    s.some(noun.at + 1, to, vi.YET)
  )
    return "refuses";
  if (!helps && (s.is(noun.at + 1, vi.TRADE) || s.is(noun.at + 1, vi.REAL) || s.some(noun.at + 1, to, vi.MAY)))
    return "refuses";
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
  if (np === 0 && !s.asks && belongsToSelf(s, noun.at, to)) return "announces";
  if (onlyCourtesy(s, np, noun.at, to) && s.is(noun.at, FILE) && selfSends(s, from)) return "announces";
  if (s.asks || s.words.length > 6 || (!noun.strong && noun.kind === "file" && s.words[noun.at]?.key !== "cv"))
    return null;
  for (let at = 0; at < s.words.length; at++) {
    const known =
      s.is(at, vi.PARTICLES) ||
      s.is(at, vi.COUNTERS) ||
      (noun.kind === "image" && !noun.strong && (s.is(at, vi.PICTURED_THINGS) || /^\d/.test(s.words[at]?.key ?? "")));
    if (at !== noun.at && roleAt(s, at) === null && !known) return null;
  }
  return s.some(0, s.words.length, vi.DONE) ? null : "announces";
}
