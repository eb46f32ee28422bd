/**
 * A sentence as the scorer weighs it: the order in which kinds of words follow one another, and the words themselves.
 *
 * "em gửi chị hợp đồng nha" and "mình gửi shop bill ạ" have little in common as words, and are one sentence as kinds of words: the speaker, sending,
 * the listener, a thing. Patterns of kinds are what carries over to sentences nobody has seen.
 */
import { roleAt } from "./expectation-vi-signs.ts";
import * as en from "./lexicon-en.ts";
import * as vi from "./lexicon-vi.ts";
import { nounAt } from "./photo-vi.ts";
import type { Sentence } from "./sentence.ts";
import { Fact, type Vocabulary, type Word } from "./word.ts";

/** What a word may be. The first that fits counts, so the telling ones stand first. */
const VIETNAMESE: readonly (readonly [string, Vocabulary])[] = [
  ["not", vi.NOT],
  ["cannot", vi.CANNOT],
  ["question", vi.QUESTION],
  ["another-time", vi.ANOTHER_TIME],
  ["later", vi.LATER],
  ["afterwards", vi.AFTERWARDS],
  ["or", vi.OR],
  ["such", vi.SUCH],
  ["here", vi.HERE_AT_END],
  ["this", vi.THIS],
  ["below", vi.BELOW],
  ["send", vi.SEND],
  ["make", vi.MAKE],
  ["help", vi.HELP],
  ["view", vi.VIEW],
  ["piece", vi.PICTURE_COUNTERS_ONLY],
  ["published", vi.PUBLISHED],
  ["format", vi.FORMAT],
  ["damage", vi.DAMAGE],
  ["typed", vi.TYPED],
  ["shipped", vi.SHIPPED],
  ["in", vi.IN],
  ["like", vi.LIKE],
  ["give", vi.GIVE],
  ["beg", vi.BEG],
  ["wish", vi.WISH],
  ["price", vi.PRICE],
  ["done", vi.DONE],
  ["have", vi.HAVE],
  ["shall", vi.SHALL],
  ["particle", vi.PARTICLES],
  ["counter", vi.COUNTERS],
  ["handle", vi.HANDLE],
];
const ENGLISH: readonly (readonly [string, Vocabulary])[] = [
  ["i", en.I],
  ["sending", en.SENDING],
  ["sent", en.SENT],
  ["attached", en.ATTACHED],
  ["take", en.TAKE],
  ["taken", en.TAKEN],
  ["this-en", en.THIS_EN],
  ["here-en", en.HERE],
  ["me", en.ME],
  ["you", en.YOU],
  ["your", en.YOUR],
  ["cannot-en", en.CANNOT_EN],
  ["another-time-en", en.ANOTHER_TIME_EN],
  ["view-en", en.VIEW_EN],
  ["would-you", en.AUX_YOU],
  ["want", en.WANT],
  ["determiner", en.DETERMINERS],
  ["in-en", en.IN_EN],
  ["is", en.BE_EN],
  ["online", en.ONLINE],
  ["damage-en", en.DAMAGE_EN],
  ["typed-en", en.TYPED_EN],
];

/** `other` is any word of no kind, `pause` a mark between clauses; `start` and `end` stand outside the text. */
const KINDS = [
  "none", "other", "pause", "start", "end", "self", "listener", "elder", "image", "file", "pictured", "paper",
  ...[...VIETNAMESE, ...ENGLISH].map(([name]) => name),
]; // prettier-ignore
const CODES = new Map(KINDS.map((name, code) => [name, code]));
const code = (name: string): number => CODES.get(name) ?? 0;
const [OTHER, PAUSE, START, END] = [code("other"), code("pause"), code("start"), code("end")];
const [SELF, LISTENER, ELDER] = [code("self"), code("listener"), code("elder")];
const [IMAGE, FILE, PICTURED, PAPER] = [code("image"), code("file"), code("pictured"), code("paper")];
/** By kind: 1 for those that say little by themselves. */
const FILLING = Uint8Array.from(KINDS, (name) => (["other", "pause", "particle", "counter"].includes(name) ? 1 : 0));
/** Room for one kind in the number of a pattern. */
const BITS = 7;

/** How the kinds of a pattern stand: side by side, or one somewhere before the other. */
const NEXT = 0;
const BEFORE = 1;

/** How far "before" looks, in words that are not filling. */
const REACH = 4;

/** A pattern of one to three kinds, or a word, and where in the sentence it was met. */
export interface Trait {
  /** A pattern's number (see `patternName`), or a word without its marks. */
  readonly id: number | string;
  /** Indexes of its first and last word. */
  readonly first: number;
  readonly last: number;
}

function pattern(shape: number, a: number, b: number, c: number): number {
  return (((((a << BITS) | b) << BITS) | c) << 1) | shape;
}

/** A pattern as the table names it: "self send image" side by side, "send … image" with anything between. */
export function patternName(id: number): string {
  return [id >> (1 + 2 * BITS), id >> (1 + BITS), id >> 1]
    .map((kind) => kind & ((1 << BITS) - 1))
    .filter((kind) => kind > 0)
    .map((kind) => KINDS[kind] ?? "none")
    .join((id & 1) === BEFORE ? " … " : " ");
}

/** The number behind a name that `patternName` gave. */
export function patternOf(name: string): number {
  const [a = "", b = "", c = ""] = name.split(" ");
  return b === "…" ? pattern(BEFORE, code(a), code(c), 0) : pattern(NEXT, code(a), code(b), code(c));
}

/** Each trait of a sentence, once, whatever the number of times it occurs. */
export function traitsOf(s: Sentence): Trait[] {
  const found = new Map<number | string, Trait>();
  const add = (id: number | string, first: number, last: number): void => {
    if (!found.has(id)) found.set(id, { id, first, last });
  };
  tellTraits(s, {
    word: (word, isPhoto, at) => add(wordTrait(word, isPhoto), at, at),
    pattern: add,
    whole: (id) => add(id, 0, -1),
  });
  return [...found.values()];
}

/** Who is told the traits of a sentence. What weighs each text must not make an object of each trait. */
export interface TraitListener {
  /** @param isPhoto whether it is plain "anh" and means a picture */
  word(word: Word, isPhoto: boolean, at: number): void;
  pattern(id: number, first: number, last: number): void;
  whole(id: string): void;
}

/** The id of a word as a trait. */
export function wordTrait({ fold }: Word, isPhoto: boolean): string {
  return isNumber(fold) ? "NUMBER" : isPhoto ? "anh~" : fold;
}

/** The kinds of a sentence in order, pauses and ends among them; where each stands; and which tell something. Used again for the next. */
const kinds: number[] = [];
const places: number[] = [];
const telling: number[] = [];

/** Names every trait of a sentence, some more than once. */
export function tellTraits(s: Sentence, listener: TraitListener): void {
  tellWords(s, listener);
  for (let at = 1; at < kinds.length; at++) {
    const b = kinds[at - 1] ?? 0;
    const c = kinds[at] ?? 0;
    const last = places[at] ?? 0;
    listener.pattern(pattern(NEXT, c, 0, 0), last, last);
    listener.pattern(pattern(NEXT, b, c, 0), places[at - 1] ?? 0, last);
    if (at > 1) listener.pattern(pattern(NEXT, kinds[at - 2] ?? 0, b, c), places[at - 2] ?? 0, last);
  }
  for (let left = 0; left < telling.length; left++) {
    const from = telling[left] ?? 0;
    for (let right = left + 1; right <= left + REACH && right < telling.length; right++) {
      const to = telling[right] ?? 0;
      listener.pattern(pattern(BEFORE, kinds[from] ?? 0, kinds[to] ?? 0, 0), places[from] ?? 0, places[to] ?? 0);
    }
  }
  tellWhole(s, listener);
}

function tellWords(s: Sentence, listener: TraitListener): void {
  kinds.length = places.length = telling.length = 0;
  kinds.push(START);
  places.push(0);
  for (let at = 0; at < s.words.length; at++) {
    const word = s.words[at];
    if (word === undefined) continue;
    if (word.opensClause && at > 0) {
      kinds.push(PAUSE);
      places.push(at);
    }
    const kind = kindAt(s, at);
    if (FILLING[kind] !== 1) telling.push(kinds.length);
    kinds.push(kind);
    places.push(at);
    listener.word(word, kind === IMAGE && word.fold === "anh", at);
  }
  telling.push(kinds.length);
  kinds.push(END);
  places.push(s.words.length - 1);
}

function isNumber(word: string): boolean {
  const first = word.charCodeAt(0);
  return first >= 48 && first <= 57;
}

const SIZES = ["SIZE-0", "SIZE-1", "SIZE-2", "SIZE-3", "SIZE-4", "SIZE-5", "SIZE-6"];

/** What is true of the text and of none of its words. Capitals, so that none is taken for a word. */
function tellWhole(s: Sentence, listener: TraitListener): void {
  listener.whole("ALWAYS");
  listener.whole(SIZES[Math.min(6, Math.floor(Math.log2(s.words.length + 1) * 1.5))] ?? "");
  listener.whole(s.language === "vi" ? "VIETNAMESE" : "ENGLISH");
  if (s.asks) listener.whole("ASKS");
  if (s.asksLast) listener.whole("ASKS-LAST");
}

const KIND = { vi: new Fact((word) => kindAmong(VIETNAMESE, word)), en: new Fact((word) => kindAmong(ENGLISH, word)) };

function kindAmong(classes: readonly (readonly [string, Vocabulary])[], { key }: Word): number {
  const fitting = classes.find(([, vocabulary]) => vocabulary.has(key));
  return fitting === undefined ? OTHER : code(fitting[0]);
}

function kindAt(s: Sentence, at: number): number {
  const noun = nounAt(s, at);
  if (noun !== null) return noun.kind === "image" ? (noun.strong ? IMAGE : PICTURED) : noun.strong ? FILE : PAPER;
  const role = s.language === "vi" ? roleAt(s, at) : null;
  if (role !== null) return role === "self" ? SELF : role === "elder" ? ELDER : LISTENER;
  const word = s.words[at];
  return word === undefined ? OTHER : KIND[s.language].of(word);
}

/** Whether a word is of any kind, so a word of the lexicon that may be quoted. */
export function isOfSomeKind(s: Sentence, at: number): boolean {
  return kindAt(s, at) !== OTHER;
}
