/**
 * A second opinion beside the rules: how strongly the kinds of words in a sentence, and their order, speak for an attachment.
 *
 * Rules are exact about sentences someone thought of and silent about the rest. The scorer is a linear model (logistic regression): every
 * trait of the sentence has a weight, and the sum is the logarithm of the odds. `scripts/train-expectation.ts` learns the weights from
 * `corpus/wait-intent.tsv`; they are a table one can read, and hold no word that fewer than three texts of the corpus share.
 */
import { isOfSomeKind, patternOf, tellTraits, traitsOf, wordTrait, type TraitListener } from "./expectation-traits.ts";
import table from "./expectation-weights.tsv" with { type: "text" };
import type { Sentence } from "./sentence.ts";
import { Fact, type Word } from "./word.ts";

export interface Weight {
  /** For an attachment when above 0, against one when below. */
  readonly comes: number;
  /** For a picture when above 0, for a document when below. */
  readonly image: number;
}
export type Weights = ReadonlyMap<number | string, Weight>;

export interface Scores extends Weight {
  /** The lexicon words that spoke most for an attachment, as typed; at most two. */
  telling(): readonly string[];
}

/** The place of what has no weight. */
const NOWHERE = -1;

/** Steps of the whole numbers in the table; a step of 1/32 changes no decision that was not a toss-up. */
export const STEPS = 32;

/** Reads a table: a trait, what it says of an attachment coming and of it being a picture; patterns in `[ ]`. */
export function readWeights(source: string): Weights {
  const weights = new Map<number | string, Weight>();
  for (const line of source.split("\n")) {
    const [trait = "", comes, image] = line.split("\t");
    if (trait === "" || trait.startsWith("# ")) continue;
    const id = trait.startsWith("[") ? patternOf(trait.slice(1, -1)) : trait;
    weights.set(id, { comes: Number(comes) / STEPS, image: Number(image) / STEPS });
  }
  return weights;
}

/**
 * Weights as a text is weighed by: a hundred patterns are looked up for each text, and most weigh nothing. Patterns are
 * found by open addressing in one array of numbers, words in a map.
 */
class Scales implements TraitListener {
  private readonly mask: number;
  /** A pattern's number plus one, so that 0 is an empty slot; and which weight it has. */
  private readonly patterns: Int32Array;
  private readonly places: Int32Array;
  private readonly names = new Map<string, number>();
  private readonly wordPlace = new Fact((word) => this.names.get(wordTrait(word, false)) ?? NOWHERE);
  private readonly photo: number;
  private readonly comes: number[] = [];
  private readonly image: number[] = [];
  /** The last weighing that a weight was counted in. */
  private readonly countedIn: number[] = [];
  private weighing = 0;
  /** Of the sentence being weighed, so far. */
  private sumComes = 0;
  private sumImage = 0;

  constructor(weights: Weights) {
    const size = 2 ** Math.ceil(Math.log2(2 * weights.size + 2));
    this.mask = size - 1;
    this.patterns = new Int32Array(size);
    this.places = new Int32Array(size);
    for (const [id, { comes, image }] of weights) {
      const place = this.comes.length;
      if (typeof id === "string") this.names.set(id, place);
      else {
        const slot = this.slotOf(id);
        this.patterns[slot] = id + 1;
        this.places[slot] = place;
      }
      this.comes.push(comes);
      this.image.push(image);
      this.countedIn.push(0);
    }
    this.photo = this.names.get("anh~") ?? NOWHERE;
  }

  /** Adds up what a sentence's traits weigh, each once. */
  weigh(s: Sentence): Weight {
    this.weighing += 1;
    this.sumComes = this.sumImage = 0;
    tellTraits(s, this);
    return { comes: this.sumComes, image: this.sumImage };
  }

  word(word: Word, isPhoto: boolean): void {
    this.count(isPhoto ? this.photo : this.wordPlace.of(word));
  }

  pattern(id: number): void {
    const slot = this.slotOf(id);
    if (this.patterns[slot] !== 0) this.count(this.places[slot] ?? NOWHERE);
  }

  whole(id: string): void {
    this.count(this.names.get(id) ?? NOWHERE);
  }

  private count(place: number): void {
    if (place === NOWHERE || this.countedIn[place] === this.weighing) return;
    this.countedIn[place] = this.weighing;
    this.sumComes += this.comes[place] ?? 0;
    this.sumImage += this.image[place] ?? 0;
  }

  /** Where a pattern is, or would be. */
  private slotOf(id: number): number {
    let slot = (Math.imul(id, 0x9e3779b1) >>> 12) & this.mask;
    while (this.patterns[slot] !== 0 && this.patterns[slot] !== id + 1) slot = (slot + 1) & this.mask;
    return slot;
  }
}

/** By table: there is one in the program, and another when somebody measures. */
const scales = new WeakMap<Weights, Scales>();
let learned: Weights | null = null;

function scalesFor(weights: Weights): Scales {
  const known = scales.get(weights);
  if (known !== undefined) return known;
  const made = new Scales(weights);
  scales.set(weights, made);
  return made;
}

/** Scores one sentence. The table is read on first use, because most commands of the binary never read a text. */
export function scoresOf(s: Sentence, weights: Weights = (learned ??= readWeights(table))): Scores {
  const { comes, image } = scalesFor(weights).weigh(s);
  const telling = (): string[] => {
    const shares = s.words.map((_, at) => ({ at, share: 0 }));
    for (const { id, first, last } of traitsOf(s)) {
      const share = (weights.get(id)?.comes ?? 0) / (last - first + 1);
      for (const word of shares.slice(first, last + 1)) word.share += share;
    }
    return shares
      .filter(({ at, share }) => share > 0 && isOfSomeKind(s, at))
      .sort((a, b) => b.share - a.share)
      .slice(0, 2)
      .sort((a, b) => a.at - b.at)
      .map(({ at }) => s.words[at]?.shown ?? "");
  };
  return { comes, image, telling };
}
