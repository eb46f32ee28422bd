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
  /** Where each `Fact` keeps what it has found. */
  readonly facts: number[];
}

/** Words that count as one class, under every spelling that may stand for them. Made by `Lexicon.words`. */
export type Vocabulary = ReadonlySet<string>;

/**
 * Something about a word that does not depend on its neighbours, nor on whether it opens a clause. It is found once for each
 * word that is met, because words are few and texts many. Numbers that no list has are all one to it.
 */
export class Fact {
  private static made = 0;
  private readonly place = Fact.made++;

  constructor(private readonly find: (word: Word) => number) {}

  of(word: Word): number {
    return word.facts[this.place] ?? (word.facts[this.place] = this.find(word));
  }
}

/** Whether a word is of any of some classes: what rules that try each word of a sentence ask first. */
export class OfAny extends Fact {
  constructor(...classes: readonly Vocabulary[]) {
    super(({ key }) => (classes.some((vocabulary) => vocabulary.has(key)) ? 1 : 0));
  }

  has(word: Word): boolean {
    return this.of(word) === 1;
  }
}

/**
 * A word as it stands inside a clause, and at its start. All words have their fields in this order: to the compiler they are of
 * one shape then, and quicker to look into.
 */
export function bothWays({ key, fold, shown, plain, count, facts }: Omit<Word, "opensClause">): BothWays {
  return {
    inside: { key, fold, shown, plain, count, facts, opensClause: false },
    opening: { key, fold, shown, plain, count, facts, opensClause: true },
  };
}

interface BothWays {
  readonly inside: Word;
  readonly opening: Word;
}
