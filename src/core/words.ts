/** Words as people type them in a chat, made comparable with the words of a lexicon. */
import { fold, takeApart } from "./letters.ts";
import { MetWords } from "./met-words.ts";
import { Glance, piecesOf } from "./pieces.ts";
import { areOneUnstretched, isOneSlipFrom, stretchedForms } from "./slips.ts";
import { listed, nameOf, tableOf, type WordLists, type WordTable } from "./word-table.ts";
import { bothWays, type Vocabulary, type Word } from "./word.ts";

/** Words longer than this are rarely met twice, nor are numbers longer than that. */
const LONGEST_MET_UNITS = 24;
const LONGEST_MET_NUMBER_UNITS = 3;
const STARTS_WITH_DIGIT = /^\d/;
const ONLY_DIGITS = /^\d+$/;

/** One word as typed, met in some text. */
interface Met {
  readonly shown: string;
  /** As it stands inside a clause, and at its start. */
  readonly inside: Word;
  readonly opening: Word;
  /** Phrases that begin with it, longest first. */
  readonly begins: readonly Phrase[];
  /** Whether any phrase goes on with it. */
  readonly continues: boolean;
  /** Phrases it was the first word of, in the spellings met lately. */
  readonly joined: Joined[];
}

interface Phrase {
  readonly key: string;
  readonly fold: string;
  readonly spellings: readonly ReadonlySet<string>[];
}

/** A phrase as typed. */
interface Joined {
  readonly phrase: Phrase;
  readonly parts: readonly Met[];
  readonly inside: Word;
  readonly opening: Word;
}
const MOST_JOINED = 8;

/** What stands for any number that no list has. Its words are made anew each time. */
const NUMBER_FACTS: number[] = [];
const NUMBER: Met = {
  shown: "0",
  ...bothWays({ key: "0", fold: "0", shown: "0", plain: true, count: 1, facts: NUMBER_FACTS }),
  begins: [],
  continues: false,
  joined: [],
};

/**
 * Collects word classes and afterwards reads texts with them, so that every phrase named in any class is read as one word.
 */
export class Lexicon {
  private readonly classes: { readonly list: string; readonly vocabulary: Set<string> }[] = [];
  private readonly slips: string[] = [];
  private table: (() => WordTable) | null = null;
  /** The first text that is read pays for it: a server that waits keeps its memory. */
  private isRead = false;
  private known: ReadonlySet<string> = new Set();
  /** Spellings that stand in a phrase after its first word. */
  private continuing: ReadonlySet<string> = new Set();
  private respelled: ReadonlyMap<string, string> = new Map();
  /** Those of `known`, and misspelt ones, that begin with a digit. */
  private numbers: readonly string[] = [];
  /** By the first word without marks: as in the table, and as far as they were met. */
  private phraseLines: WordTable["phrases"] = {};
  private readonly phrases = new Map<string, readonly Phrase[]>();
  /** By first letter. */
  private readonly corrected = new Map<string, string[]>();

  private readonly met = new MetWords<Met>();
  private readonly glance = new Glance();
  /** The words of the text being read. Used again for the next text. */
  private readonly typed: Met[] = [];
  private readonly singles: Word[] = [];
  private readonly joined: Word[] = [];

  /**
   * A class of words, written with spaces between them. `đính_kèm` is a phrase, read as one word. `!cô` is taken only as it is
   * written, because its plain spelling is some other word.
   */
  words(...lines: string[]): Vocabulary {
    const vocabulary = new Set<string>();
    this.classes.push({ list: lines.join(" "), vocabulary });
    this.isRead = false;
    return vocabulary;
  }

  /** Chat spellings and slips, `wrong=right` with spaces between them. */
  respell(...lines: string[]): void {
    this.slips.push(...lines);
    this.isRead = false;
  }

  lists(): WordLists {
    return { classes: this.classes.map(({ list }) => list), slips: this.slips };
  }

  /** Gives it the table of its lists, so that it need not make one. One that lacks a list is not used. */
  ready(table: () => WordTable): void {
    this.table = table;
  }

  /** Long words recognised with one slip in them (a letter wrong, missing, doubled or two swapped). */
  correct(...lines: string[]): void {
    for (const right of lines.join(" ").split(/\s+/).filter(Boolean)) {
      const first = right.slice(0, 1);
      this.corrected.set(first, [...(this.corrected.get(first) ?? []), right]);
    }
  }

  private learn(): void {
    if (this.isRead) return;
    const given = this.table?.();
    const fits = given !== undefined && this.classes.every(({ list }) => given.classes[nameOf(list)] !== undefined);
    const table = fits ? given : tableOf(this.lists());
    for (const { list, vocabulary } of this.classes)
      for (const spelling of listed(table.classes[nameOf(list)] ?? "")) vocabulary.add(spelling);
    this.known = new Set(listed(table.known));
    this.continuing = new Set(listed(table.continuing));
    this.numbers = listed(table.numbers);
    this.respelled = new Map(listed(table.slips).map((slip) => pairOf(slip)));
    this.phraseLines = table.phrases;
    this.phrases.clear();
    this.met.clear();
    this.isRead = true;
  }

  /** Phrases by their first word without marks, longest first. Most are never met, so they are taken apart when they are. */
  private phrasesFrom(first: string): readonly Phrase[] {
    if (!Object.hasOwn(this.phraseLines, first)) return [];
    let phrases = this.phrases.get(first);
    if (phrases === undefined) {
      phrases = (this.phraseLines[first] ?? "").split("\n").map((line) => phraseOf(line));
      this.phrases.set(first, phrases);
    }
    return phrases;
  }

  /**
   * The words of a text in order, in an array that holds the next text's words afterwards. Links are left out; of a long text
   * only both ends are read.
   */
  read(text: string): readonly Word[] {
    this.learn();
    const { glance } = this;
    if (!glance.take(text)) return this.joinPhrases(this.takePieces(text));
    for (let index = 0; index < glance.count; index++) {
      const opensClause = glance.opens[index] === 1;
      const met = this.met.find(glance, index);
      if (met !== undefined) this.put(index, met, opensClause);
      else this.take(index, glance.shown(index, text), opensClause);
    }
    return this.joinPhrases(glance.count);
  }

  /** @returns the number of words */
  private takePieces(text: string): number {
    const pieces = piecesOf(text);
    for (const [index, { shown, opensClause }] of pieces.entries()) {
      const met = this.met.findShown(shown);
      if (met !== undefined) this.put(index, met, opensClause);
      else this.take(index, shown, opensClause);
    }
    return pieces.length;
  }

  private put(index: number, met: Met, opensClause: boolean): void {
    this.typed[index] = met;
    this.singles[index] = opensClause ? met.opening : met.inside;
  }

  /** Takes a word that was not met before, or is not worth remembering. */
  private take(index: number, shown: string, opensClause: boolean): void {
    if (shown.length > LONGEST_MET_NUMBER_UNITS && ONLY_DIGITS.test(shown) && !this.isListed(shown)) {
      this.typed[index] = NUMBER;
      this.singles[index] = { key: shown, fold: shown, shown, plain: true, count: 1, facts: NUMBER_FACTS, opensClause };
      return;
    }
    const met = this.single(shown);
    const longest = STARTS_WITH_DIGIT.test(shown) ? LONGEST_MET_NUMBER_UNITS : LONGEST_MET_UNITS;
    if (shown.length <= longest) this.met.add(met);
    this.put(index, met, opensClause);
  }

  /** Whether a list has this number, or one that "1000" may be a stretching of. */
  private isListed(number: string): boolean {
    for (const listed of this.numbers) if (areOneUnstretched(listed, number)) return true;
    return false;
  }

  private single(shown: string): Met {
    const typed = takeApart(shown.includes("’") ? shown.replaceAll("’", "'") : shown);
    const key = this.spell(typed.key);
    const spelled = key === typed.key ? typed.fold : fold(key);
    const phrases = this.phrasesFrom(spelled);
    return {
      shown,
      ...bothWays({ key, fold: spelled, shown, plain: typed.fold === shown, count: 1, facts: [] }),
      begins: phrases.filter(({ spellings }) => spellings[0]?.has(key) ?? false),
      continues: this.continuing.has(key),
      joined: [],
    };
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

  private joinPhrases(count: number): readonly Word[] {
    let at = 0;
    let joinedCount = 0;
    while (at < count) {
      const single = this.singles[at];
      if (single === undefined) break;
      const phrase = this.phraseAt(at, count);
      this.joined[joinedCount++] = phrase === undefined ? single : single.opensClause ? phrase.opening : phrase.inside;
      at += phrase === undefined ? 1 : phrase.parts.length;
    }
    this.joined.length = joinedCount;
    return this.joined;
  }

  private phraseAt(at: number, count: number): Joined | undefined {
    const first = this.typed[at];
    if (first === undefined || first.begins.length === 0) return undefined;
    if (at + 1 === count || this.typed[at + 1]?.continues !== true) return undefined;
    for (const phrase of first.begins) if (this.standsAt(phrase, at, count)) return this.join(phrase, first, at);
    return undefined;
  }

  private standsAt({ spellings }: Phrase, at: number, count: number): boolean {
    if (at + spellings.length > count) return false;
    for (let offset = 1; offset < spellings.length; offset++) {
      const word = this.singles[at + offset];
      if (word === undefined || word.opensClause || !spellings[offset]?.has(word.key)) return false;
    }
    return true;
  }

  private join(phrase: Phrase, first: Met, at: number): Joined {
    for (const joined of first.joined)
      if (joined.phrase === phrase && joined.parts.every((part, offset) => part === this.typed[at + offset]))
        return joined;
    const parts = this.typed.slice(at, at + phrase.spellings.length);
    const shown = parts.map((part) => part.shown).join(" ");
    const plain = parts.every(({ inside }) => inside.plain);
    const word = { key: phrase.key, fold: phrase.fold, shown, plain, count: parts.length, facts: [] };
    const joined = { phrase, parts, ...bothWays(word) };
    if (first.joined.length >= MOST_JOINED) first.joined.length = 0;
    first.joined.push(joined);
    return joined;
  }
}

function pairOf(slip: string): [wrong: string, right: string] {
  const [wrong = "", right = ""] = slip.split("=");
  return [wrong, right];
}

function phraseOf(line: string): Phrase {
  const [key = "", ...parts] = line.split(" ");
  return { key, fold: fold(key), spellings: parts.map((ways) => new Set(ways.split("|"))) };
}
