/**
 * The signs Vietnamese rules look for around a noun: who speaks to whom, what points, what shows, and what puts it into the past.
 */
import * as vi from "./lexicon-vi.ts";
import { FILE } from "./lexicon.ts";
import type { Noun, Sentence } from "./sentence.ts";
import { Fact } from "./word.ts";

/** A noun and the phrase and clause it stands in. */
export interface Place {
  readonly noun: Noun;
  /** Clause of the noun: first word, and one past its last. */
  readonly from: number;
  readonly to: number;
  /** First word of the noun phrase, counters included. */
  readonly np: number;
}

/** A person's part in the message. */
export type Role = "self" | "other" | "elder";

const [SELF, OTHER, ELDER, YOUNGER] = [1, 2, 4, 8];
/** Which of the parts a word may have: most words have none. */
const PARTS = new Fact(
  ({ key }) =>
    (vi.SELF.has(key) ? SELF : 0) |
    (vi.OTHER.has(key) ? OTHER : 0) |
    (vi.ELDER.has(key) ? ELDER : 0) |
    (vi.YOUNGER.has(key) ? YOUNGER : 0),
);

/** Who a pronoun is: the speaker, the listener, or (anh, chị, …) whichever of them is older. */
export function roleAt(s: Sentence, at: number): Role | null {
  const word = s.words[at];
  const parts = word === undefined ? 0 : PARTS.of(word);
  if (parts === 0) return null;
  if ((parts & YOUNGER) !== 0 && s.speaksToYounger) return "other";
  if ((parts & SELF) !== 0) return "self";
  if ((parts & OTHER) !== 0) return "other";
  if ((parts & ELDER) !== 0) return s.speaksToYounger ? "self" : "elder";
  return null;
}

/** Who is to receive what is sent: right after the verb, or after "cho" behind the noun. */
export function receiver(s: Sentence, verb: number, noun: number, to: number): Role | null {
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
export function demonstrative(s: Sentence, noun: number, to: number): number {
  const next = noun + 1;
  if (next >= to) return -1;
  if (
    s.is(next, vi.ENCLOSED) &&
    next + 1 < to &&
    !s.is(next + 1, vi.PARTICLES) &&
    !s.is(next + 1, vi.BELOW) &&
    !s.is(next + 1, vi.HELP) &&
    roleAt(s, next + 1) === null
  )
    return -1;
  if (s.is(next, vi.BELOW) && !/^\d/.test(s.words[next + 1]?.fold ?? "") && !s.is(next + 1, vi.AS_FORM)) return next;
  if (s.is(next, vi.ABOVE)) return next + 1 >= to || s.is(next + 1, vi.AFTER_ABOVE) ? next : -1;
  if (s.is(next, vi.THIS)) return next;
  for (let at = next; at < Math.min(to, noun + 3); at++) {
    if (s.is(at, vi.PARTICLES) || s.is(at, vi.NOT) || s.is(at, vi.SEND) || s.is(at, vi.IN) || roleAt(s, at) !== null)
      return -1;
    if (s.is(at + 1, vi.JUST_THIS) || (s.is(at + 1, vi.BELOW) && !s.is(at + 2, vi.AS_FORM)))
      return at + 1 < to ? at + 1 : -1;
  }
  return -1;
}

/** Whether the clause ends by showing the thing: "… đây ạ", "… nè shop". */
export function shows(s: Sentence, noun: number, to: number): boolean {
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
export function announcesMaking(s: Sentence, verb: number, after: number): boolean {
  const from = s.clauseStart(verb);
  const to = s.words.length;
  let subject = verb - 1;
  while (subject >= from && s.is(subject, vi.AUXILIARIES) && !s.is(subject, vi.GIVE)) subject--;
  const who = subject >= from ? roleAt(s, subject) : null;
  if (
    who === "other" ||
    s.some(from, verb, vi.CANNOT) ||
    s.some(from, verb, vi.TOLD) ||
    anotherTime(s, from, s.clauseEnd(verb)) ||
    s.some(from, verb, vi.LATER) ||
    s.some(after, Math.min(to, after + 8), vi.AFTERWARDS)
  )
    return false;
  if (who !== null && s.is(subject - 1, vi.GIVE)) return true;
  for (let at = after; at < Math.min(to, after + 8); at++) {
    if (s.is(at, vi.SEND) || s.is(at, vi.GIVE)) {
      const whom = roleAt(s, at + 1);
      if (whom === "self") return false;
      if (whom !== null) return who !== "elder" || s.is(at, vi.SEND);
      if (
        s.is(at, vi.SEND) &&
        (who === "self" ||
          (who === null && s.some(at, to, vi.SHALL) && !s.some(at, to, vi.HELP) && !s.some(at, to, vi.WITH)))
      )
        return true;
    }
  }
  // "em chụp rồi nha": nothing more is said because it follows.
  if (who === "self" && endsAfter(s, after - 1, s.clauseEnd(after - 1))) return true;
  return (
    (who === "self" || who === null) &&
    (shows(s, after - 1, s.clauseEnd(after - 1)) || demonstrative(s, after - 1, s.clauseEnd(after - 1)) !== -1)
  );
}

/** "hình trên web", "ảnh của shop", "hình quảng cáo": pictures the shop has published. */
export function shopsOwn(s: Sentence, noun: number, to: number): boolean {
  for (let at = noun + 1; at < Math.min(to, noun + 4); at++) {
    if (at === noun + 1 && s.is(at, vi.PUBLISHED)) return true;
    if (at > noun + 1 && s.is(at, vi.PLACES) && (s.is(at - 1, vi.IN) || s.is(at - 1, vi.OF) || s.is(at - 1, vi.ONTO)))
      return true;
    if (s.is(at, vi.OF) && roleAt(s, at + 1) === "other") return true;
    if (s.is(at, vi.NOT) || s.is(at, vi.THIS)) return false;
  }
  return roleAt(s, noun + 1) === "other" && s.is(noun + 2, vi.PUBLISH);
}

/** Whether the noun only describes what stands before it: "khung hình này", "máy chụp hình này". */
export function describesGoods(s: Sentence, noun: number, from: number): boolean {
  const before = s.is(noun - 1, vi.HANDLE) ? noun - 2 : noun - 1;
  return before >= from && s.is(before, vi.GOODS);
}

/** Index of the clause's last word that is not courtesy. */
function lastWord(s: Sentence, to: number): number {
  let last = to - 1;
  while (last > 0 && (s.is(last, vi.PARTICLES) || roleAt(s, last) !== null)) last--;
  return last;
}

/** Whether only courtesy follows in the clause. */
export function endsAfter(s: Sentence, at: number, to: number): boolean {
  for (let rest = at + 1; rest < to; rest++) if (!s.is(rest, vi.PARTICLES) && roleAt(s, rest) === null) return false;
  return true;
}

/** Whether what is pointed at is already somewhere: gone, under a post, sent by someone else, or cannot be opened. */
export function isElsewhere(s: Sentence, { noun, np, from, to }: Place, pointer: number): boolean {
  if (s.is(np - 1, vi.AWAY) || s.is(np - 2, vi.AWAY) || s.is(pointer + 1, vi.UNDER)) return true;
  if (np > from && s.is(np - 1, vi.STILL) && s.some(pointer, to, vi.NOT)) return true;
  if (s.some(from, to, vi.OPEN) && s.some(from, to, vi.NOT) && !s.some(from, to, vi.HELP)) return true;
  if (
    noun.kind === "file" &&
    !s.some(from, to, vi.HELP) &&
    s.is(lastWord(s, to), vi.YET) &&
    s.some(from, np, vi.READ_OR_SIGN)
  )
    return true;
  if (s.is(from, vi.WHO) && (s.some(from, np, vi.SEND) || s.some(from, np, vi.PUBLISH))) return true;
  const sender = roleAt(s, pointer + 1);
  return pointer + 2 < to && (sender === "other" || sender === "elder") && s.is(pointer + 2, vi.SEND);
}

/** "em xem file này rồi": the speaker has already read what the shop sent. */
export function hasRead(s: Sentence, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++)
    if (s.is(at, vi.VIEW) && roleAt(s, at - 1) === "self") return s.some(at, to, vi.DONE);
  return false;
}

export function anotherTime(s: Sentence, from: number, to: number): boolean {
  return s.some(from, to, vi.ANOTHER_TIME);
}

/** "hôm qua em gửi ảnh", "em gửi ảnh hôm qua rồi"; but "em gửi ảnh cái áo hôm qua em mua" is now. */
export function notNow(s: Sentence, { noun, from, to }: Place, verb: number): boolean {
  if (anotherTime(s, from, verb)) return true;
  const when = s.find(noun.at + 1, to, vi.ANOTHER_TIME);
  if (when === -1) return false;
  for (let at = when + 1; at < to; at++) if (!s.is(at, vi.PARTICLES) && !s.is(at, vi.DONE)) return false;
  return true;
}

/** "gửi ảnh rồi": over, unless the shop is asked to look in the same breath. */
export function doneAfter(s: Sentence, noun: number, to: number): boolean {
  const done = s.find(noun + 1, Math.min(to, noun + 6), vi.DONE);
  return done !== -1 || s.some(noun + 1, to, vi.YET);
}

/** "gửi ảnh qua đâu", "gửi file được không": asks about sending. */
export function asksHow(s: Sentence, noun: number, to: number): boolean {
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
export function sentNext(s: Sentence, from: number): boolean {
  if (from >= s.words.length) return false;
  const to = s.clauseEnd(from);
  const verb = s.is(from, vi.SEND) ? from : from + 1;
  if (!s.is(verb, vi.SEND) || (verb > from && roleAt(s, from) !== "self")) return false;
  const whom = roleAt(s, s.is(verb + 1, vi.TOWARDS) ? verb + 2 : verb + 1);
  if (whom !== "other" && whom !== "elder") return false;
  for (let at = verb + 1; at < to; at++) {
    if (
      roleAt(s, at) === null &&
      !s.is(at, vi.PARTICLES) &&
      !s.is(at, vi.VIEW) &&
      !s.is(at, vi.HELP) &&
      !s.is(at, vi.TOWARDS)
    )
      return false;
  }
  return true;
}

/** Whether an earlier clause says that the speaker is sending: "em gửi lại tờ khai, file word ạ". */
export function selfSends(s: Sentence, before: number): boolean {
  for (let at = 1; at < before; at++) if (s.is(at, vi.SEND) && roleAt(s, at - 1) === "self") return true;
  return false;
}

export function onlyCourtesy(s: Sentence, np: number, noun: number, to: number): boolean {
  if (!(s.words[np]?.opensClause ?? false)) return false;
  for (let at = noun + 1; at < to; at++)
    if (roleAt(s, at) === null && !s.is(at, vi.PARTICLES) && !s.is(at, FILE)) return false;
  return true;
}

/** "đơn xin nghỉ việc của em ạ": the whole clause is the speaker's own paper. */
export function belongsToSelf(s: Sentence, noun: number, to: number): boolean {
  return s.is(noun + 1, vi.OF) && roleAt(s, noun + 2) === "self" && endsAfter(s, noun + 2, to);
}

/** "tóc em đây chị, uốn được không": something of the speaker's, which is not a thing one types, is shown. */
export function showsOwn(s: Sentence, at: number): boolean {
  const from = s.clauseStart(at);
  const owner = roleAt(s, at - 1);
  if (!s.is(at, vi.HERE_AT_END) || at - 2 < from || owner === null || owner === "other") return false;
  if (!endsAfter(s, at, s.clauseEnd(at)) || roleAt(s, at - 2) !== null || s.some(from, at, vi.TYPED)) return false;
  // "QR ngân hàng của mình đây": whoever owns it, "của" has said that it is a thing.
  const owned = s.is(at - 2, vi.OF) && at - 3 >= from;
  const verb = [
    vi.HERE_PLACE,
    vi.SEND,
    vi.GIVE,
    vi.HELP,
    vi.VIEW,
    vi.CALLING,
    vi.IS,
    vi.DONE,
    vi.PARTICLES,
    vi.MAKE,
    vi.MONEY,
  ];
  if (owned && s.some(from, at, vi.MONEY)) return false;
  return (
    (owned || !verb.some((kind) => s.is(at - 2, kind))) && !s.some(from, at, vi.NOT) && !s.some(from, at, vi.QUESTION)
  );
}

/** Whether some other clause ends by showing: "đây nha shop, ảnh màu thật". */
export function showsElsewhere(s: Sentence, noun: number): boolean {
  for (let at = 0; at < s.words.length; at++) {
    if (!s.is(at, vi.HERE_AT_END) || s.is(at - 1, vi.HERE_PLACE) || s.clauseStart(at) === s.clauseStart(noun)) continue;
    const start = s.clauseStart(at);
    let rest = at + 1;
    while (rest < s.clauseEnd(at) && (s.is(rest, vi.PARTICLES) || roleAt(s, rest) !== null)) rest++;
    if (rest === s.clauseEnd(at) && !s.some(start, rest, vi.QUESTION) && !s.some(start, rest, vi.NOT)) return true;
  }
  return false;
}
