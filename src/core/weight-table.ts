/** What the scorer has learned, packed: the program carries it, and most of its servers never look into most of it. */
import { patternOf } from "./expectation-traits.ts";

export interface WeightTable {
  /** Base64 of `PATTERN_BYTES` for each pattern: its number, what it says of an attachment coming and of it being a picture. */
  readonly patterns: string;
  /** Words and traits of whole texts, a line each: the name and the same two, with tabs between. */
  readonly names: string;
}

export const PATTERN_BYTES = 5;

/**
 * @param source a table: a trait, what it says of an attachment coming and of it being a picture; patterns in `[ ]`
 * @throws when a number does not fit
 */
export function packed(source: string): WeightTable {
  const lines = source.split("\n").filter((line) => line !== "" && !line.startsWith("# "));
  let bytes = "";
  for (const line of lines.filter((each) => each.startsWith("["))) {
    const [trait = "", comes, image] = line.split("\t");
    const id = patternOf(trait.slice(1, -1));
    const steps = [Number(comes), Number(image)];
    if (id >= 2 ** 24 || steps.some((step) => step !== (step << 24) >> 24)) throw new Error(`"${line}" does not fit`);
    bytes += String.fromCharCode(id & 255, (id >> 8) & 255, id >> 16, ...steps.map((step) => step & 255));
  }
  return { patterns: btoa(bytes), names: lines.filter((line) => !line.startsWith("[")).join("\n") };
}
