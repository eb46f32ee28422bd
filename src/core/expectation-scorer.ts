/**
 * A second opinion beside the rules: how strongly the kinds of words in a sentence, and their order, speak for an attachment.
 *
 * Rules are exact about sentences someone thought of and silent about the rest. The scorer is a linear model (logistic regression): every
 * trait of the sentence has a weight, and the sum is the logarithm of the odds. `scripts/train-expectation.ts` learns the weights from
 * `corpus/wait-intent.tsv`; they are a table one can read, and hold no word that fewer than three texts of the corpus share.
 */
import { isOfSomeKind, tellTraits, traitsOf, wordTrait, type TraitListener } from "./expectation-traits.ts";
import { committedWeights } from "./expectation-weights.ts" with { type: "macro" };
import type { Sentence } from "./sentence.ts";
import { PATTERN_BYTES, type WeightTable } from "./weight-table.ts";
import { Fact, type Word } from "./word.ts";

export interface Scores {
  /** For an attachment when above 0, against one when below. */
  readonly comes: number;
  /** For a picture when above 0, for a document when below. */
  readonly image: number;
}

/** Steps of the whole numbers in the table; a step of 1/32 changes no decision that was not a toss-up. */
export const STEPS = 32;

/**
 * What each weight has in `records`: the number of its pattern plus one, 0 where there is none; what it says, in steps; and the
 * last weighing that it was counted in. They stand side by side because a text asks for a hundred, and a miss of the
 * processor's cache costs more than all the sums.
 */
const [ID, COMES, IMAGE, COUNTED] = [0, 1, 2, 3];
const RECORD_BITS = 2;
const NOWHERE = -1;

/** What the scorer has learned. */
export class Weights implements TraitListener {
  /** Patterns first, by open addressing: most patterns of a text weigh nothing, and end at an empty record. Then words. */
  private readonly records: Int32Array;
  private readonly mask: number;
  /** Records of words and of traits of whole texts. */
  private readonly named = new Map<string, number>();
  private readonly recordOfWord = new Fact((word) => this.named.get(wordTrait(word, false)) ?? NOWHERE);
  private readonly photo: number;
  private weighing = 0;
  /** Of the sentence being weighed, in steps. */
  private comes = 0;
  private image = 0;

  constructor({ patterns, names }: WeightTable) {
    const bytes = atob(patterns);
    const count = bytes.length / PATTERN_BYTES;
    const lines = names.split("\n");
    const slots = 2 ** Math.ceil(Math.log2(2 * count + 2));
    this.mask = slots - 1;
    this.records = new Int32Array((slots + lines.length) << RECORD_BITS);
    for (let at = 0; at < bytes.length; at += PATTERN_BYTES) {
      const id = bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8) | (bytes.charCodeAt(at + 2) << 16);
      const record = this.recordOf(id);
      this.records[record + ID] = id + 1;
      this.records[record + COMES] = (bytes.charCodeAt(at + 3) << 24) >> 24;
      this.records[record + IMAGE] = (bytes.charCodeAt(at + 4) << 24) >> 24;
    }
    for (const line of lines) {
      const [name = "", comes, image] = line.split("\t");
      const record = (slots + this.named.size) << RECORD_BITS;
      this.named.set(name, record);
      this.records[record + COMES] = Number(comes);
      this.records[record + IMAGE] = Number(image);
    }
    this.photo = this.named.get("anh~") ?? NOWHERE;
  }

  /** Adds up what a sentence's traits weigh, each once. */
  scoresOf(s: Sentence): Scores {
    // As a number of 32 bits, like those it is compared with: it is back at its start after four billion texts.
    this.weighing = (this.weighing + 1) | 0;
    this.comes = this.image = 0;
    tellTraits(s, this);
    return { comes: this.comes / STEPS, image: this.image / STEPS };
  }

  word(word: Word, isPhoto: boolean): void {
    this.count(isPhoto ? this.photo : this.recordOfWord.of(word));
  }

  pattern(id: number): void {
    const record = this.recordOf(id);
    if (this.records[record + ID] !== 0) this.count(record);
  }

  whole(id: string): void {
    this.count(this.named.get(id) ?? NOWHERE);
  }

  private count(record: number): void {
    if (record === NOWHERE || this.records[record + COUNTED] === this.weighing) return;
    this.records[record + COUNTED] = this.weighing;
    this.comes += this.records[record + COMES] ?? 0;
    this.image += this.records[record + IMAGE] ?? 0;
  }

  /** Where a pattern is, or would be. */
  private recordOf(id: number): number {
    let slot = (Math.imul(id, 0x9e3779b1) >>> 12) & this.mask;
    for (;;) {
      const record = slot << RECORD_BITS;
      const there = this.records[record + ID];
      if (there === 0 || there === id + 1) return record;
      slot = (slot + 1) & this.mask;
    }
  }

  /** The lexicon words of a sentence that speak most for an attachment, as typed; at most two. */
  telling(s: Sentence): readonly string[] {
    const shares = s.words.map((_, at) => ({ at, share: 0 }));
    for (const { id, first, last } of traitsOf(s)) {
      const record = typeof id === "number" ? this.recordOf(id) : (this.named.get(id) ?? NOWHERE);
      if (record === NOWHERE) continue;
      const share = (this.records[record + COMES] ?? 0) / (last - first + 1);
      for (const word of shares.slice(first, last + 1)) word.share += share;
    }
    return shares
      .filter(({ at, share }) => share > 0 && isOfSomeKind(s, at))
      .sort((a, b) => b.share - a.share)
      .slice(0, 2)
      .sort((a, b) => a.at - b.at)
      .map(({ at }) => s.words[at]?.shown ?? "");
  }
}

let learned: Weights | null = null;

/** What was learned from the corpus. Unpacked on first use, because most commands of the binary never read a text. */
export function learnedWeights(): Weights {
  return (learned ??= new Weights(committedWeights()));
}
