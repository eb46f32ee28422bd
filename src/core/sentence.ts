/** A text as its readers ask about it: which word stands where, in which clause, and what it may belong to. */
import { languageOfWords } from "./language.ts";
import { CALL, CALLING, YOUNGER } from "./lexicon-vi.ts";
import type { Vocabulary, Word } from "./word.ts";

/** A word that names something people attach. */
export interface Noun {
  /** Index in the sentence. */
  readonly at: number;
  readonly kind: "image" | "file";
  /** True for nouns that are a picture or document and hardly anything else; "bill" and "hợp đồng" are not. */
  readonly strong: boolean;
}

/** Unpunctuated text is one endless clause; words further away than this have nothing to do with each other. */
const CLAUSE_WORDS = 16;

export class Sentence {
  /** True when not one Vietnamese mark was typed, so that "anh" may be "ảnh". */
  readonly plain: boolean;
  readonly asks: boolean;
  /** True when the text ends with a question mark. */
  readonly asksLast: boolean;
  readonly language: "vi" | "en";
  /** What `nounAt` found, by word: rules and scorer ask for each word more than once. */
  readonly nouns: (Noun | null)[] = [];
  /** Undefined until somebody asks. */
  private younger: boolean | undefined;

  constructor(
    readonly words: readonly Word[],
    text: string,
  ) {
    this.plain = words.every((word) => word.plain);
    this.language = languageOfWords(words);
    this.asks = asks(text);
    this.asksLast = asks(lastCharacter(text));
  }

  /** "em ơi", "nhé em": the speaker is the elder, so "anh" is the speaker and "em" the shop. */
  get speaksToYounger(): boolean {
    return (this.younger ??= this.callsYounger());
  }

  /** Whether the word at an index belongs to a class; false outside the sentence. */
  is(at: number, vocabulary: Vocabulary): boolean {
    const word = this.words[at];
    return word !== undefined && vocabulary.has(word.key);
  }

  /** Index of the first word of a class in [from, to), or -1. */
  find(from: number, to: number, vocabulary: Vocabulary): number {
    for (let at = Math.max(from, 0); at < to; at++) if (this.is(at, vocabulary)) return at;
    return -1;
  }

  some(from: number, to: number, vocabulary: Vocabulary): boolean {
    return this.find(from, to, vocabulary) !== -1;
  }

  private callsYounger(): boolean {
    for (let at = 0; at < this.words.length; at++) {
      if (!this.is(at, YOUNGER)) continue;
      if (this.is(at + 1, CALL)) return true;
      const closes = this.words[at + 1]?.opensClause !== false;
      if (closes && this.is(at - 1, CALLING)) return true;
    }
    return false;
  }

  /** First word of the clause a word stands in. */
  clauseStart(at: number): number {
    const furthest = Math.max(0, at - CLAUSE_WORDS);
    while (at > furthest && this.words[at]?.opensClause === false) at--;
    return at;
  }

  /** One past the last word of the clause a word stands in. */
  clauseEnd(at: number): number {
    let end = at + 1;
    const furthest = at + CLAUSE_WORDS;
    while (end < furthest && this.words[end]?.opensClause === false) end++;
    return end;
  }
}

/** Whether a text has a question mark anywhere. */
export function asks(text: string): boolean {
  return text.includes("?") || text.includes("？");
}

/** What a text ends with, white space aside; empty when it has nothing else. One UTF-16 unit. */
export function lastCharacter(text: string): string {
  for (let at = text.length - 1; at >= 0; at--) {
    const code = text.charCodeAt(at);
    if ((code > 0x20 && code < 0x7f) || !/\s/.test(text.charAt(at))) return text.charAt(at);
  }
  return "";
}
