// Learns the weights of `src/core/expectation-scorer.ts` from the labelled corpus: `node scripts/bun.mjs scripts/train-expectation.ts`.
//
//   (nothing)  learns from the tuned four fifths and writes src/core/expectation-weights.tsv
//   --scores   prints how well the reader does on lines it has not learned from, and writes nothing
//
// Logistic regression by AdaGrad, with a fixed order of lines, so the same corpus gives the same table.
import { join } from "node:path";

import { expectationOf, rulingOf } from "../src/core/expectation.ts";
import { STEPS, Weights } from "../src/core/expectation-scorer.ts";
import { patternName, traitsOf } from "../src/core/expectation-traits.ts";
import { lexicon } from "../src/core/lexicon.ts";
import { Sentence } from "../src/core/sentence.ts";
import { packed } from "../src/core/weight-table.ts";
import {
  fnv1a,
  hashOf,
  isHeldOut,
  type LabelledText,
  readCorpus,
  scoreOf,
  withoutMarks,
} from "../test/helpers/corpus.ts";

const TABLE = join(import.meta.dir, "../src/core/expectation-weights.tsv");

/** Step, pull towards zero, rounds, and the fewest texts a trait must occur in. Chosen on unseen authors, where little hangs on them. */
const RATE = 0.1;
const PULL = 0.0002;
const ROUNDS = 15;
const FEWEST_TEXTS = 3;
/** Weights nearer to zero than this are left out of the table. */
const SMALLEST = 1 / STEPS;

/**
 * What the rules' word counts for while learning, so that the weights become what the rules miss. Less than the reader gives it: on lines
 * they were tuned on, rules look better than they are.
 */
const RULES_WORTH = 2;

interface Example {
  readonly label: LabelledText["label"];
  readonly traits: readonly (number | string)[];
  /** Logarithm of odds before any weight. */
  readonly start: number;
  /** How much it counts. */
  readonly share: number;
}

function sentenceOf(text: string): Sentence {
  return new Sentence(lexicon.read(text), text);
}

/** So that one who wrote much does not drown the others: the author of a quarter of the most lines counts twice as much a line. */
function sharesOf(lines: readonly LabelledText[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { author } of lines) counts.set(author, (counts.get(author) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return new Map([...counts].map(([author, count]) => [author, Math.sqrt(most / count)]));
}

/** A line as it stands and as it is typed without marks. */
function examplesOf(lines: readonly LabelledText[]): Example[] {
  const shares = sharesOf(lines);
  return lines.flatMap(({ label, text, author }) =>
    [...new Set([text, withoutMarks(text)])].map((spelling) => {
      const sentence = sentenceOf(spelling);
      const start = rulingOf(sentence).comes ? RULES_WORTH : -RULES_WORTH;
      return { label, traits: traitsOf(sentence).map(({ id }) => id), start, share: shares.get(author) ?? 1 };
    }),
  );
}

/** Weights that tell `wanted` examples from the others. */
function regress(
  examples: readonly Example[],
  isWanted: (label: Example["label"]) => boolean,
): Map<number | string, number> {
  const ids = [...new Set(examples.flatMap(({ traits }) => traits))];
  const places = new Map(ids.map((id, place) => [id, place]));
  const rows = examples.map(({ label, traits, start, share }) => ({
    start,
    share,
    wanted: isWanted(label) ? 1 : 0,
    places: traits.map((id) => places.get(id) ?? 0),
  }));
  const weights = new Float64Array(ids.length);
  const squares = new Float64Array(ids.length).fill(0.01);
  let seed = 12_345;
  for (let round = 0; round < ROUNDS; round++) {
    for (let last = rows.length - 1; last > 0; last--) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      const other = Math.floor((seed / 2 ** 32) * (last + 1));
      const [a, b] = [rows[last], rows[other]];
      if (a !== undefined && b !== undefined) [rows[last], rows[other]] = [b, a];
    }
    for (const row of rows) {
      let sum = row.start;
      for (const place of row.places) sum += weights[place] ?? 0;
      const error = row.share * (1 / (1 + Math.exp(-sum)) - row.wanted);
      for (const place of row.places) {
        const weight = weights[place] ?? 0;
        const slope = error + PULL * weight;
        const square = (squares[place] ?? 0) + slope * slope;
        squares[place] = square;
        weights[place] = weight - (RATE * slope) / Math.sqrt(square);
      }
    }
  }
  return new Map(ids.map((id, place) => [id, weights[place] ?? 0]));
}

/** The table that lines give, as the file holds it. */
export function learn(lines: readonly LabelledText[]): string {
  const texts = new Map<number | string, Set<string>>();
  for (const { text } of lines)
    for (const { id } of traitsOf(sentenceOf(withoutMarks(text))))
      texts.set(id, (texts.get(id) ?? new Set()).add(text));
  const examples = examplesOf(lines).map((example) => ({
    ...example,
    traits: example.traits.filter((id) => (texts.get(id)?.size ?? 0) >= FEWEST_TEXTS),
  }));
  const comes = regress(examples, (label) => label !== "none");
  const pictures = examples.filter(({ label }) => label !== "none").map((example) => ({ ...example, start: 0 }));
  const image = regress(pictures, (label) => label === "image");
  const rows = [...comes]
    .map(([id, weight]) => ({ id, comes: weight, image: image.get(id) ?? 0 }))
    .filter((row) => Math.max(Math.abs(row.comes), Math.abs(row.image)) >= SMALLEST)
    .map(
      (row) =>
        `${typeof row.id === "number" ? `[${patternName(row.id)}]` : row.id}\t${Math.round(row.comes * STEPS)}\t${Math.round(row.image * STEPS)}`,
    )
    .sort();
  return `# learned from lines\t${hashOf(lines)}\n${rows.join("\n")}\n`;
}

/** Lines by what `of` makes of each. */
function grouped(lines: readonly LabelledText[], of: (line: LabelledText) => string): Map<string, LabelledText[]> {
  const groups = new Map<string, LabelledText[]>();
  for (const line of lines) groups.set(of(line), [...(groups.get(of(line)) ?? []), line]);
  return groups;
}

/** Each group read with weights learned from all the others. */
function scoreUnseen(name: string, groups: ReadonlyMap<string, LabelledText[]>): string[] {
  const read = new Map<string, string>();
  const summaries: string[] = [];
  for (const [group, unseen] of groups) {
    const others = [...groups].flatMap(([other, lines]) => (other === group ? [] : lines));
    const weights = new Weights(packed(learn(others)));
    for (const { text } of unseen) read.set(text, expectationOf(text, weights).kind);
    summaries.push(`  ${group}: ${scoreOf(unseen, (text) => read.get(text) ?? "nothing").summary}`);
  }
  const all = scoreOf([...groups.values()].flat(), (text) => read.get(text) ?? "nothing");
  return [`${name}: ${all.summary}`, ...summaries];
}

if (import.meta.main) {
  const lines = await readCorpus();
  if (process.argv.includes("--scores")) {
    const byAuthor = scoreUnseen(
      "each author, learned from the others",
      grouped(lines, ({ author }) => author),
    );
    const byFifth = scoreUnseen(
      "each fifth, learned from the others",
      grouped(lines, ({ text }) => `fifth ${fnv1a(withoutMarks(text.toLowerCase())) % 5}`),
    );
    process.stdout.write(`${[...byAuthor, ...byFifth].join("\n")}\n`);
  } else {
    await Bun.write(TABLE, learn(lines.filter((line) => !isHeldOut(line))));
    process.stdout.write(`wrote ${TABLE}\n`);
  }
}
