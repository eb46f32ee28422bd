/**
 * Words as people type them in a chat, made comparable with the words of a lexicon.
 *
 * Vietnamese is typed with all its marks ("đính kèm"), with some ("đinh kèm") or with none ("dinh kem"). A lexicon word is
 * therefore stored under every lighter spelling of itself, and a typed word must equal one of them. A mark that was
 * typed is never ignored: "có" (have) is not "cô" (aunt), while "co" may be either.
 */

/** One word, or one lexicon phrase ("màn hình"), of a text. */
export interface Word {
  /** Lower case, tone marks moved to the end so that "hoá" equals "hóa"; phrases joined by `_`. */
  readonly key: string;
  /** `key` without any mark: what the word looks like typed on a plain keyboard. */
  readonly fold: string;
  /** The word as typed, in NFC and lower case, for showing; phrases joined by a space. */
  readonly shown: string;
  /** True when it was typed without any mark. */
  readonly plain: boolean;
  /** True when punctuation or a line break stands before the word, and for the first word. */
  readonly opensClause: boolean;
  /** How many typed words this is: 1, or the length of the phrase. */
  readonly count: number;
}

/** Words that count as one class, under every spelling that may stand for them. Made by `Lexicon.words`. */
export type Vocabulary = ReadonlySet<string>;

const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;
const MARKS = /\p{M}+/gu;

/** Only this much of each end of a long text is read, so that reading costs the same for a page as for a line. */
const EDGE_CHARS = 240;

/** What a link, an abbreviation like "h/a", a word with its apostrophes, an emoji that says as much as a word and a mark that ends a clause look like. */
const PIECES =
  /https?:\S+|\p{L}\/\p{L}(?![\p{L}\p{M}\p{N}])|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*|[👇⬇📷📸🖼📄📑📎]|[.,;:!?()[\]*\n…–—"“”]|\s-+\s/gu;
const CLAUSE_MARKS = new Set('.,;:!?()[]*\n…–—"“”');

interface Letter {
  readonly folded: string;
  readonly toneless: string;
  readonly tone: string;
}

/**
 * Every Vietnamese letter taken apart once, by its UTF-16 code, because `normalize` for each word would be most of the cost of reading.
 * Other letters with marks take the slow way.
 */
const LETTERS: (Letter | undefined)[] = [];
for (let code = 0; code < 128; code++) {
  const letter = String.fromCharCode(code);
  LETTERS[code] = { folded: letter, toneless: letter, tone: "" };
}
for (const letter of vietnameseLetters()) LETTERS[letter.code] = letter;

/** The small letters of Vietnamese that Unicode has as one character each, with their UTF-16 code. */
export function vietnameseLetters(): (Letter & { readonly code: number })[] {
  return Array.from("aăâeêioôơuưyđ").flatMap((base) =>
    ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"].flatMap((tone) => {
      const letter = (base + tone).normalize("NFC");
      if (letter.length !== 1) return [];
      const folded = base === "đ" ? "d" : base.normalize("NFD").charAt(0);
      return [{ code: letter.charCodeAt(0), folded, toneless: base, tone }];
    }),
  );
}

/**
 * The spelling two typed words must share to be the same word, and the one they share on a plain keyboard.
 *
 * @param shown a word in small letters and NFC
 */
function takeApart(shown: string): { key: string; fold: string } {
  let at = 0;
  while (at < shown.length && shown.charCodeAt(at) < 128) at++;
  if (at === shown.length) return { key: shown, fold: shown };
  let toneless = shown.slice(0, at);
  let folded = toneless;
  let tone = "";
  for (; at < shown.length; at++) {
    const letter = LETTERS[shown.charCodeAt(at)];
    if (letter === undefined) return takeApartSlowly(shown);
    toneless += letter.toneless;
    tone += letter.tone;
    folded += letter.folded;
  }
  return { key: toneless + tone, fold: folded };
}

function takeApartSlowly(shown: string): { key: string; fold: string } {
  const parts = shown.normalize("NFD");
  const tones = parts.match(TONES) ?? [];
  return { key: parts.replace(TONES, "").normalize("NFC") + tones.join(""), fold: fold(shown) };
}

function keyOf(shown: string): string {
  return takeApart(shown).key;
}

/** Removes all marks: NFD, `\p{M}` stripped, đ→d, lower case. */
export function fold(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(MARKS, "").replaceAll("đ", "d");
}

/** By key, as long as lists are taken in: a few hundred syllables make up most phrases. */
const spellingsMade = new Map<string, ReadonlySet<string>>();

/** Every spelling that may stand for a key: as it is, without tones, with only its đ, and with nothing. */
function lighterSpellings(key: string): ReadonlySet<string> {
  const made = spellingsMade.get(key) ?? spell(key);
  spellingsMade.set(key, made);
  return made;
}

function spell(key: string): Set<string> {
  const toneless = key.normalize("NFD").replace(TONES, "").normalize("NFC");
  const onlyStroke = toneless.normalize("NFD").replace(MARKS, "");
  return new Set([key, toneless, onlyStroke, fold(key)]);
}

/** Words met lately are kept, up to so many, and then all are let go. */
const MOST_MET = 4_000;
const LONGEST_MET_UNITS = 24;
const STARTS_WITH_DIGIT = /^\d/;

/** A typed word as it stands inside a clause, and at its start. */
interface Single {
  readonly inside: Word;
  readonly opening: Word;
}

interface Phrase {
  readonly key: string;
  readonly fold: string;
  readonly spellings: readonly ReadonlySet<string>[];
}

/**
 * Collects word classes and afterwards reads texts with them, so that every phrase named in any class is read as one word.
 */
export class Lexicon {
  /** Lists not taken in yet. The first text that is read pays for it: a server that waits keeps its memory. */
  private readonly unread: (() => void)[] = [];
  private readonly known = new Set<string>();
  private readonly met = new Map<string, Single>();
  private readonly phrases = new Map<string, Phrase[]>();
  private readonly respelled = new Map<string, string>();
  /** By first letter. */
  private readonly corrected = new Map<string, string[]>();

  /**
   * A class of words, written with spaces between them. `đính_kèm` is a phrase, read as one word. `!cô` is taken only as it is
   * written, because its plain spelling is some other word.
   */
  words(...lines: string[]): Vocabulary {
    const vocabulary = new Set<string>();
    this.unread.push(() => this.fill(vocabulary, lines));
    return vocabulary;
  }

  private fill(vocabulary: Set<string>, lines: readonly string[]): void {
    for (const entry of lines.join(" ").split(/\s+/).filter(Boolean)) {
      const exact = entry.startsWith("!");
      const parts = (exact ? entry.slice(1) : entry).normalize("NFC").split("_").map(keyOf);
      const key = parts.join("_");
      if (parts.length > 1) {
        this.addPhrase(key, parts, exact);
        vocabulary.add(key);
        continue;
      }
      for (const spelling of exact ? [key] : lighterSpellings(key)) {
        vocabulary.add(spelling);
        this.known.add(spelling);
      }
    }
  }

  /** Chat spellings and slips, `wrong=right` with spaces between them. */
  respell(...lines: string[]): void {
    this.unread.push(() => this.learnSpellings(lines));
  }

  private learnSpellings(lines: readonly string[]): void {
    for (const entry of lines.join(" ").split(/\s+/).filter(Boolean)) {
      const [wrong = "", right = ""] = entry.normalize("NFC").split("=");
      this.respelled.set(keyOf(wrong), keyOf(right));
    }
  }

  /** Long words recognised with one slip in them (a letter wrong, missing, doubled or two swapped). */
  correct(...lines: string[]): void {
    for (const right of lines.join(" ").split(/\s+/).filter(Boolean)) {
      const first = right.slice(0, 1);
      this.corrected.set(first, [...(this.corrected.get(first) ?? []), right]);
    }
  }

  /** How the words of some classes may show in a text. */
  traces(classes: readonly Vocabulary[]): Traces {
    this.learn();
    const singles = new Set(classes.flatMap((vocabulary) => [...vocabulary]));
    const pairs = new Map<string, Set<string>>();
    const parts = new Set<string>();
    for (const { key, spellings } of [...this.phrases.values()].flat()) {
      if (!singles.has(key)) continue;
      for (const part of spellings.flatMap((ways) => [...ways])) parts.add(part);
      for (const first of spellings[0] ?? [])
        pairs.set(first, new Set([...(pairs.get(first) ?? []), ...(spellings[1] ?? [])]));
    }
    for (const [wrong, right] of this.respelled) if (singles.has(right) || parts.has(right)) singles.add(wrong);
    return new Traces(singles, pairs, parts, this.corrected);
  }

  /** The words of a text in order. Links are left out; of a long text only both ends are read. */
  read(text: string): Word[] {
    this.learn();
    return this.joinPhrases(this.singles(text));
  }

  private learn(): void {
    for (const learn of this.unread.splice(0)) learn();
    spellingsMade.clear();
  }

  private addPhrase(key: string, parts: readonly string[], exact: boolean): void {
    const phrase = {
      key,
      fold: fold(key),
      spellings: parts.map((part) => (exact ? new Set([part]) : lighterSpellings(part))),
    };
    for (const part of phrase.spellings.flatMap((spellings) => [...spellings])) this.known.add(part);
    const first = fold(parts[0] ?? "");
    const siblings = this.phrases.get(first) ?? [];
    siblings.push(phrase);
    // Longest first, so that "chụp màn hình" is not read as "chụp" and "màn hình".
    siblings.sort((a, b) => b.spellings.length - a.spellings.length);
    this.phrases.set(first, siblings);
  }

  private singles(text: string): Word[] {
    // Emoji may carry a variation selector, which is a mark and would pass for a word.
    const whole = text.normalize("NFC").replaceAll("\uFE0F", "");
    const ends = (
      whole.length <= 2 * EDGE_CHARS ? whole : `${whole.slice(0, EDGE_CHARS)}\n${whole.slice(-EDGE_CHARS)}`
    ).toLowerCase();
    const found: Word[] = [];
    let opensClause = true;
    PIECES.lastIndex = 0;
    for (let match = PIECES.exec(ends); match !== null; match = PIECES.exec(ends)) {
      const piece = match[0];
      if (CLAUSE_MARKS.has(piece) || piece.trimStart() !== piece) {
        opensClause = true;
      } else if (!piece.startsWith("http:") && !piece.startsWith("https:")) {
        const word = this.single(piece);
        found.push(opensClause ? word.opening : word.inside);
        opensClause = false;
      }
    }
    return found;
  }

  /** One typed word. Texts differ, but they are made of the same few thousand words. */
  private single(piece: string): Single {
    const before = this.met.get(piece);
    if (before !== undefined) return before;
    const typed = takeApart(piece.includes("’") ? piece.replaceAll("’", "'") : piece);
    const key = this.spell(typed.key);
    const spelled = key === typed.key ? typed.fold : fold(key);
    const inside = { key, fold: spelled, shown: piece, plain: typed.fold === piece, opensClause: false, count: 1 };
    const single = { inside, opening: { ...inside, opensClause: true } };
    if (this.met.size >= MOST_MET) this.met.clear();
    // Numbers and other long strings rarely come twice.
    if (piece.length <= LONGEST_MET_UNITS && !STARTS_WITH_DIGIT.test(piece)) this.met.set(piece, single);
    return single;
  }

  /** The key a typed word is looked up by: slips mended, stretched letters ("ảnhhh") let go. */
  private spell(key: string): string {
    const respelled = this.respelled.get(key);
    if (respelled !== undefined) return respelled;
    if (this.known.has(key)) return key;
    for (const short of stretchedForms(key)) {
      if (this.known.has(short)) return short;
      const mended = this.respelled.get(short);
      if (mended !== undefined) return mended;
    }
    for (const right of this.corrected.get(key[0] ?? "") ?? [])
      if (key.length >= 5 && isOneSlipFrom(key, right)) return right;
    return key;
  }

  private phraseAt(singles: readonly Word[], at: number, first: string): Phrase | undefined {
    const candidates = this.phrases.get(first);
    if (candidates === undefined) return undefined;
    for (const candidate of candidates) if (standsAt(candidate, singles, at)) return candidate;
    return undefined;
  }

  private joinPhrases(singles: readonly Word[]): Word[] {
    const joined: Word[] = [];
    for (let at = 0; at < singles.length;) {
      const word = singles[at];
      if (word === undefined) break;
      const phrase = this.phraseAt(singles, at, word.fold);
      const count = phrase?.spellings.length ?? 1;
      if (phrase === undefined) joined.push(word);
      else {
        const parts = singles.slice(at, at + count);
        const shown = parts.map((part) => part.shown).join(" ");
        joined.push({
          key: phrase.key,
          fold: phrase.fold,
          shown,
          plain: parts.every((part) => part.plain),
          opensClause: word.opensClause,
          count,
        });
      }
      at += count;
    }
    return joined;
  }
}

/** What a typed word may be to the words of some classes. */
export interface Glance {
  readonly key: string;
  /** It may be one of them. False only where it is not. */
  readonly tells: boolean;
  /** It may be a part of a phrase of theirs. */
  readonly isPart: boolean;
  /** The keys that would make a phrase of them with it; undefined when it begins none. */
  readonly seconds: ReadonlySet<string> | undefined;
}

/** Words of some classes, as they may show in a text: with fewer marks, stretched, misspelt. */
export class Traces {
  /** By the word as typed. */
  private readonly met = new Map<string, Glance>();

  constructor(
    private readonly singles: ReadonlySet<string>,
    /** Of phrases, the second word by the first. */
    private readonly pairs: ReadonlyMap<string, ReadonlySet<string>>,
    private readonly parts: ReadonlySet<string>,
    /** Long words that are recognised with one slip in them, by first letter. */
    private readonly corrected: ReadonlyMap<string, readonly string[]>,
  ) {}

  /** @param piece a typed word in small letters and NFC */
  at(piece: string): Glance {
    const before = this.met.get(piece);
    if (before !== undefined) return before;
    const { key } = takeApart(piece.includes("’") ? piece.replaceAll("’", "'") : piece);
    const glance = { key, tells: this.mayBe(key), isPart: this.parts.has(key), seconds: this.pairs.get(key) };
    if (this.met.size >= MOST_MET) this.met.clear();
    if (piece.length <= LONGEST_MET_UNITS && !STARTS_WITH_DIGIT.test(piece)) this.met.set(piece, glance);
    return glance;
  }

  private mayBe(key: string): boolean {
    if (this.singles.has(key)) return true;
    if (stretchedForms(key).some((short) => this.singles.has(short) || this.parts.has(short))) return true;
    return key.length >= 5 && (this.corrected.get(key.charAt(0))?.some((right) => isOneSlipFrom(key, right)) ?? false);
  }
}

/** What "ảnhhh" and "pictureee" may be short of their stretching; nothing when no letter is stretched. */
function stretchedForms(key: string): string[] {
  if (!/(.)\1/u.test(key)) return [];
  return [key.replace(/(.)\1{2,}/gu, "$1$1"), key.replace(/(.)\1+/gu, "$1")];
}

function standsAt({ spellings }: Phrase, words: readonly Word[], at: number): boolean {
  for (let offset = 0; offset < spellings.length; offset++) {
    const word = words[at + offset];
    if (word === undefined || !spellings[offset]?.has(word.key) || (offset > 0 && word.opensClause)) return false;
  }
  return true;
}

/** Whether one letter is wrong, missing or too many, or two neighbours are swapped. The first letter must be right. */
function isOneSlipFrom(typed: string, right: string): boolean {
  const longer = typed.length - right.length;
  if (longer < -1 || longer > 1 || typed[0] !== right[0]) return false;
  let at = 1;
  while (at < right.length && typed[at] === right[at]) at++;
  if (longer === 1) return typed.slice(at + 1) === right.slice(at);
  if (longer === -1) return typed.slice(at) === right.slice(at + 1);
  if (typed.slice(at + 1) === right.slice(at + 1)) return true;
  return typed[at] === right[at + 1] && typed[at + 1] === right[at] && typed.slice(at + 2) === right.slice(at + 2);
}
