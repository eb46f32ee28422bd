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
import type { Vocabulary } from "./words.ts";

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
const FILLING = new Set([OTHER, PAUSE, code("particle"), code("counter")]);
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

function pattern(shape: number, a: number, b = 0, c = 0): number {
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
  const [a = 0, b = 0, c = 0] = name.split(/ (?:… )?/).map(code);
  return pattern(name.includes(" … ") ? BEFORE : NEXT, a, b, c);
}

/** Each trait of a sentence, once, whatever the number of times it occurs. */
export function traitsOf(s: Sentence): Trait[] {
  const found: Trait[] = [];
  const met = new Set<number | string>();
  eachTrait(s, (id, first, last) => {
    if (met.has(id)) return;
    met.add(id);
    found.push({ id, first, last });
  });
  return found;
}

/** Names every trait of a sentence, some more than once: what reads each text must not make an object of each trait. */
export function eachTrait(s: Sentence, add: (id: number | string, first: number, last: number) => void): void {
  const kinds: number[] = [START];
  const places: number[] = [0];
  const telling: number[] = [];
  for (let at = 0; at < s.words.length; at++) {
    const word = s.words[at];
    if (word === undefined) continue;
    if (word.opensClause && at > 0) {
      kinds.push(PAUSE);
      places.push(at);
    }
    const kind = kindAt(s, at);
    if (!FILLING.has(kind)) telling.push(kinds.length);
    kinds.push(kind);
    places.push(at);
    add(isNumber(word.fold) ? "NUMBER" : word.fold === "anh" && kind === IMAGE ? "anh~" : word.fold, at, at);
  }
  telling.push(kinds.length);
  kinds.push(END);
  places.push(s.words.length - 1);
  for (let at = 1; at < kinds.length; at++) {
    const a = kinds[at - 2] ?? 0;
    const b = kinds[at - 1] ?? 0;
    const c = kinds[at] ?? 0;
    const last = places[at] ?? 0;
    add(pattern(NEXT, c), last, last);
    add(pattern(NEXT, b, c), places[at - 1] ?? 0, last);
    if (at > 1) add(pattern(NEXT, a, b, c), places[at - 2] ?? 0, last);
  }
  for (let left = 0; left < telling.length; left++) {
    const from = telling[left] ?? 0;
    for (let right = left + 1; right <= Math.min(left + REACH, telling.length - 1); right++) {
      const to = telling[right] ?? 0;
      add(pattern(BEFORE, kinds[from] ?? 0, kinds[to] ?? 0), places[from] ?? 0, places[to] ?? 0);
    }
  }
  for (const id of wholeTraits(s)) add(id, 0, -1);
}

function isNumber(word: string): boolean {
  const first = word.charCodeAt(0);
  return first >= 48 && first <= 57;
}

/** What is true of the text and of none of its words. Capitals, so that none is taken for a word. */
function wholeTraits(s: Sentence): string[] {
  const size = Math.min(6, Math.floor(Math.log2(s.words.length + 1) * 1.5));
  return [
    "ALWAYS",
    `SIZE-${size}`,
    s.language === "vi" ? "VIETNAMESE" : "ENGLISH",
    ...(s.asks ? ["ASKS"] : []),
    ...(s.asksLast ? ["ASKS-LAST"] : []),
  ];
}

/** The kind of every spelling, so that finding it is one look-up. Made when the lexicon has been read, at the first text. */
let byKey: { readonly vi: ReadonlyMap<string, number>; readonly en: ReadonlyMap<string, number> } | null = null;

function kindOfKey(language: "vi" | "en", key: string): number {
  byKey ??= { vi: kindsByKey(VIETNAMESE), en: kindsByKey(ENGLISH) };
  return byKey[language].get(key) ?? OTHER;
}

function kindsByKey(classes: readonly (readonly [string, Vocabulary])[]): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const [name, vocabulary] of classes)
    for (const key of vocabulary) if (!kinds.has(key)) kinds.set(key, code(name));
  return kinds;
}

function kindAt(s: Sentence, at: number): number {
  const noun = nounAt(s, at);
  if (noun !== null) return noun.kind === "image" ? (noun.strong ? IMAGE : PICTURED) : noun.strong ? FILE : PAPER;
  const role = s.language === "vi" ? roleAt(s, at) : null;
  if (role !== null) return role === "self" ? SELF : role === "elder" ? ELDER : LISTENER;
  return kindOfKey(s.language, s.words[at]?.key ?? "");
}

/** Whether a word is of any kind, so a word of the lexicon that may be quoted. */
export function isOfSomeKind(s: Sentence, at: number): boolean {
  return kindAt(s, at) !== OTHER;
}
