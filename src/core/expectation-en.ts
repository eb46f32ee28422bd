/** English: does the sentence around a noun announce it, point at it, or ask for it? */
import * as en from "./lexicon-en.ts";
import { FILE, IMAGE } from "./lexicon.ts";
import type { Noun, Sentence } from "./sentence.ts";
import type { Verdict } from "./expectation-vi.ts";
import { OfAny } from "./word.ts";

export function englishVerdict(s: Sentence, noun: Noun): Verdict {
  const from = s.clauseStart(noun.at);
  const to = s.clauseEnd(noun.at);
  let np = noun.at;
  for (let at = noun.at - 1; at >= Math.max(from, noun.at - 3); at--) {
    if (s.is(at, en.IN_EN) || s.is(at, en.ME) || s.is(at, en.SENDING) || s.is(at, en.TAKE) || s.is(at, en.BE_EN)) break;
    if (!s.is(at, en.DETERMINERS) && !s.is(at, en.ATTACHED)) continue;
    np = at;
    if (s.is(at, en.DETERMINERS) && !s.is(at, en.COUNT)) break;
  }
  const here: Place = { noun, from, to, np };
  return (
    byOwner(s, here) ??
    bySending(s, here) ??
    byShowing(s, here) ??
    byPointing(s, here) ??
    byRelative(s, here) ??
    byPreposition(s, here) ??
    byViewing(s, here) ??
    byItself(s, here)
  );
}

const MAY_HAND_OVER = new OfAny(en.PLEASE_FIND_ATTACHED, en.PRESENTING, en.ATTACHED, en.ATTACHING_EN);

/** "see attached", "my homework is attached", "pfa". */
export function englishWithoutNoun(s: Sentence): boolean {
  for (let at = 0; at < s.words.length; at++) {
    const word = s.words[at];
    if (word === undefined || !MAY_HAND_OVER.has(word)) continue;
    if (s.is(at, en.PLEASE_FIND_ATTACHED) || presents(s, at)) return true;
    if (!s.is(at, en.ATTACHED) && !s.is(at, en.ATTACHING_EN)) continue;
    const from = s.clauseStart(at);
    if (s.is(at, en.ATTACHED) && !s.is(at + 1, en.TO)) {
      const opens = at === from && (at + 1 === s.clauseEnd(at) || s.is(at + 1, en.AFTER_ATTACHED));
      if (opens || s.is(at - 1, en.FINDING) || s.is(at - 1, en.I) || s.is(at - 1, en.HAVE_EN)) return !s.asks || opens;
      if (s.is(at - 1, en.DEFINITE) && (s.is(at - 2, en.FINDING) || s.is(at - 2, en.VIEW_EN))) return true;
      if (at + 1 === s.clauseEnd(at) && s.some(from, at, en.FOUND) && !s.asks) return true;
      const closes = at + 1 === s.clauseEnd(at) || s.is(at + 1, en.AFTER_POINT);
      if (s.is(at - 1, en.BE_EN) && s.some(from, at, en.DEFINITE) && closes && !s.asks) return true;
      if (s.is(at + 1, en.IT) && s.some(from, at, en.I)) return true;
      if (closes && at - from <= 4 && !s.asks && !s.some(from, at, en.NOT_THING)) return true;
      if (s.is(at + 1, en.AFTER_POINT)) return true;
    }
    if (s.is(at, en.ATTACHING_EN) && (at === from || s.some(from, at, en.I))) return true;
  }
  return false;
}

/** "here's the stain on the sofa"; against "here's my address", "here's hoping". */
function presents(s: Sentence, at: number): boolean {
  if (!s.is(at, en.PRESENTING) || !startsWith(s, s.clauseStart(at), at) || !s.is(at + 1, en.KNOWN)) return false;
  return at + 2 < s.clauseEnd(at) && !s.some(at, s.words.length, en.TYPED_EN);
}

interface Place {
  readonly noun: Noun;
  readonly from: number;
  readonly to: number;
  /** First word of the noun phrase, its determiner included. */
  readonly np: number;
}

/** "your photos" are the shop's. */
function byOwner(s: Sentence, { noun, np }: Place): Verdict {
  if (!noun.strong && s.is(noun.at + 1, en.PART_OF)) return "refuses";
  return s.some(np, noun.at, en.YOUR) ? "refuses" : null;
}

/** "I'll send a photo", "sending you the pdf"; against "send me a photo", "can you send the file". */
function bySending(s: Sentence, here: Place): Verdict {
  const { noun, from, to, np } = here;
  for (let verb = np - 1; verb >= Math.max(from, np - 5); verb--) {
    if (s.is(verb, en.IN_EN)) return null;
    if (s.is(verb, en.TAKEN) && s.some(to, s.words.length, en.HANDING)) return "announces";
    if (tookJustNow(s, here, verb)) return "announces";
    if (s.is(verb, en.SENT)) return s.some(from, verb, en.I) ? "refuses" : null;
    if (s.is(verb, en.ATTACHED) && s.some(from, verb, en.I)) return "announces";
    if (s.some(np, noun.at, en.THIS_EN) && !s.some(verb, np, en.ME)) return null;
    const sends = s.is(verb, en.SENDING);
    const takes = noun.kind === "image" && s.is(verb, en.TAKE);
    if (!sends && !takes) continue;
    const gerund = s.words[verb]?.key.endsWith("ing") ?? false;
    const subject = s.find(from, verb, en.I);
    if (s.some(from, verb, en.CANNOT_EN) || s.some(from, to, en.ANOTHER_TIME_EN)) return "refuses";
    if (s.some(verb + 1, np, en.ME)) return "refuses";
    if (subject === -1 && !gerund && s.language === "vi") return null;
    if (subject === -1)
      return (gerund && startsWith(s, from, verb)) ||
        (s.is(verb - 1, en.WILL_SEND) && startsWith(s, from, verb - 1) && !s.asks)
        ? "announces"
        : "refuses";
    if (s.is(subject - 1, en.AUX_YOU) || s.is(subject - 1, en.DO_EN) || s.some(subject, verb, en.YOU)) return "refuses";
    if (takes && gerund && subject !== verb - 1) return null;
    if (takes && !gerund && !s.some(subject, verb, en.WILL)) return null;
    return "announces";
  }
  return null;
}

/** "I took a few photos"; against "I took a photo yesterday", "the photos I took" (`byRelative`). */
function tookJustNow(s: Sentence, { noun, from, to }: Place, verb: number): boolean {
  if (noun.kind !== "image" || !s.is(verb, en.TAKEN)) return false;
  return s.some(from, verb, en.I) && !s.some(from, verb, en.CANNOT_EN) && !s.some(from, to, en.ANOTHER_TIME_EN);
}

/** "can you open pdf files" is about any of them. */
function isPlural(s: Sentence, at: number): boolean {
  return (s.is(at, FILE) || s.is(at, IMAGE)) && (s.words[at]?.key.endsWith("s") ?? false);
}

/** Whether nothing but courtesy stands before a word in its clause. */
function startsWith(s: Sentence, from: number, at: number): boolean {
  while (from < at && s.is(from, en.FILLER_EN)) from++;
  return from === at;
}

/** "here's my resume", "this is the receipt". */
function byShowing(s: Sentence, { noun, np, to }: Place): Verdict {
  for (let at = Math.max(s.clauseStart(noun.at), np - (s.is(np - 1, en.OF_EN) ? 5 : 2)); at < noun.at; at++) {
    if (s.is(at, en.HERE) && !s.is(at - 1, en.WHERE)) return "announces";
  }
  if (s.is(noun.at + 1, en.BE_EN) && s.is(noun.at + 2, en.ATTACHED)) return "announces";
  return noun.at + 1 < to && s.is(noun.at + 1, en.COMING) ? "announces" : null;
}

/** "this pic", "the attached file", "the image below". */
function byPointing(s: Sentence, { noun, np, to }: Place): Verdict {
  if (
    s.some(np, noun.at, en.THIS_EN) ||
    s.some(Math.max(0, np - 1), noun.at, en.ATTACHED) ||
    s.some(np, noun.at, en.FOLLOWING)
  ) {
    return online(s, noun.at, to) ? "refuses" : "points";
  }
  if (np === noun.at && isPlural(s, noun.at) && s.is(noun.at + 1, en.PLACE_HERE)) return null;
  if (noun.at + 1 < to && s.is(noun.at + 1, en.AFTER_POINT))
    return s.some(s.clauseStart(noun.at), np, en.CANNOT_EN) || s.some(s.clauseStart(noun.at), np, en.WANT)
      ? null
      : "points";
  return null;
}

/** "the photo I attached", "pics I took". */
function byRelative(s: Sentence, { noun, to, from }: Place): Verdict {
  let at = noun.at + 1;
  if (s.is(at, en.THAT)) at++;
  if (at >= to || !s.is(at, en.I)) return at < to && s.is(at, en.YOU) ? "refuses" : null;
  at++;
  while (s.is(at, en.HAVE_EN)) at++;
  if (!s.is(at, en.SENT) && !s.is(at, en.ATTACHED) && !s.is(at, en.TAKEN) && !s.is(at, en.SENDING)) return null;
  return s.some(from, to, en.ANOTHER_TIME_EN) || s.some(from, noun.at, en.GOT) ? "refuses" : "points";
}

/** "in the picture", "like in pic". */
function byPreposition(s: Sentence, { noun, np, from, to }: Place): Verdict {
  if (!noun.strong || np === from || !s.is(np - 1, en.IN_PICTURE)) return null;
  const bare = np === noun.at;
  // "do you have it in pdf" names a format.
  if (bare && noun.kind === "file") return null;
  if (!bare && !s.some(np, noun.at, en.DEFINITE)) return null;
  // "in ảnh" is Vietnamese for printing photos.
  if (bare && s.language === "vi") return null;
  if (isPlural(s, noun.at) && (bare || s.is(np - 1, en.LIKE_EN))) return null;
  if (bare && !s.is(np - 1, en.IN_BARE)) return null;
  if (s.some(from, np, en.NEVER)) return "refuses";
  if (s.is(from, en.ASK_IF) && (s.is(from + 1, en.IT) || s.some(from, np, en.ALIKE))) return "refuses";
  if (online(s, noun.at, to) || (s.is(np - 1, en.LIKE_EN) && s.is(np - 2, en.LOOKS))) return "refuses";
  return "points";
}

/** "check the file", "translate my contract". */
function byViewing(s: Sentence, { noun, np, from, to }: Place): Verdict {
  let verb = np - 1;
  while (verb >= from && np - verb <= 3 && !s.is(verb, en.VIEW_EN) && s.is(verb, en.AFTER_VIEW)) verb--;
  if (verb < from || !s.is(verb, en.VIEW_EN)) return null;
  if (
    s.some(from, verb, en.CANNOT_EN) ||
    (s.some(from, verb, en.WANT) && !s.some(from, verb, en.READER) && !s.is(verb - 1, en.INDEFINITE)) ||
    (s.some(from, verb, en.I) && !s.some(from, verb, en.READER)) ||
    online(s, noun.at, to)
  )
    return "refuses";
  if (s.some(noun.at, to, en.IF)) return "refuses";
  const definite = s.some(np, noun.at, en.DEFINITE);
  if (np !== noun.at && !definite) return null;
  if (np === noun.at && (isPlural(s, noun.at) || isPlural(s, noun.at + 1)) && !startsWith(s, from, verb)) return null;
  if (!noun.strong && !definite) return null;
  return s.some(from, to, en.ANOTHER_TIME_EN) ? "refuses" : "points";
}

/** The noun and nothing but courtesy: "pic", "photo of the damage". */
function byItself(s: Sentence, { noun, np, from, to }: Place): Verdict {
  if (noun.strong && from > 0 && from === noun.at && to === noun.at + 1 && (to < s.words.length || !s.asksLast))
    return "announces";
  // "my boarding pass screenshot, can I still change the seat": the clause is the thing itself.
  if (noun.strong && np === from && from === 0 && to === noun.at + 1 && to < s.words.length && s.is(np, en.DEFINITE))
    return "announces";
  if (isMineOrHere(s, noun.at)) return "announces";
  // "signed contract", "blurry pic sorry": a whole message that is the thing and the state it is in.
  const ready = s.words.length <= 6 && !s.asks && s.find(0, noun.at, en.READY);
  if (ready !== false && ready !== -1 && startsWith(s, 0, s.is(ready - 1, en.DEFINITE) ? ready - 1 : ready))
    if (noun.at + 1 === to || s.is(noun.at + 1, en.FILLER_EN) || s.is(noun.at + 1, en.OF_EN)) return "announces";
  if (s.asks || !noun.strong || s.some(np, noun.at, en.MORE)) return null;
  if (
    np === from &&
    np === 0 &&
    s.is(noun.at + 1, en.OF_EN) &&
    !s.some(noun.at, to, en.BE_EN) &&
    !s.some(noun.at, to, en.WANT)
  )
    return "announces";
  for (let at = 0; at < s.words.length; at++) {
    if ((at < np || at > noun.at) && !s.is(at, en.FILLER_EN)) return null;
  }
  return "announces";
}

/** "my thesis", "cad drawing here": a short message that begins with the thing and says no more. */
function isMineOrHere(s: Sentence, noun: number): boolean {
  if (s.asks || noun > 3 || s.language !== "en") return false;
  const says = [en.I, en.WANT, en.AUX_YOU, en.SENDING, en.VIEW_EN, en.BE_EN, en.NEVER, en.CANNOT_EN, en.SENT];
  if (says.some((kind) => s.some(0, noun, kind))) return false;
  if (s.is(noun + 1, en.PLACE_HERE)) return noun + 2 === s.words.length;
  return s.is(0, en.MY) && noun + 1 === s.words.length;
}

/** "the pictures on your website", "the photo you posted". */
function online(s: Sentence, noun: number, to: number): boolean {
  return (
    s.some(noun + 1, Math.min(to, noun + 5), en.ONLINE) ||
    (s.some(noun + 1, Math.min(to, noun + 4), en.YOU) && s.some(noun + 1, to, en.POSTED))
  );
}
