/**
 * A second opinion beside the rules: how strongly the kinds of words in a sentence, and their order, speak for an attachment.
 *
 * Rules are exact about sentences someone thought of and silent about the rest. The scorer is a linear model (logistic regression): every
 * trait of the sentence has a weight, and the sum is the logarithm of the odds. `scripts/train-expectation.ts` learns the weights from
 * `corpus/wait-intent.tsv`; they are a table one can read, and hold no word that fewer than three texts of the corpus share.
 */
import { eachTrait, isOfSomeKind, patternOf, traitsOf } from "./expectation-traits.ts";
import table from "./expectation-weights.tsv" with { type: "text" };
import type { Sentence } from "./sentence.ts";

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

let learned: Weights | null = null;

/** Scores one sentence. The table is read on first use, because most commands of the binary never read a text. */
export function scoresOf(s: Sentence, weights: Weights = (learned ??= readWeights(table))): Scores {
  let comes = 0;
  let image = 0;
  // Most traits weigh nothing, so only those that do are kept in mind to be counted once.
  const counted: Weight[] = [];
  eachTrait(s, (id) => {
    const weight = weights.get(id);
    if (weight === undefined || counted.includes(weight)) return;
    counted.push(weight);
    comes += weight.comes;
    image += weight.image;
  });
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
