/** The committed weights. A macro of Bun: it runs when the program is built, and what it returns stands in the program. */
import table from "./expectation-weights.tsv" with { type: "text" };
import { packed, type WeightTable } from "./weight-table.ts";

export function committedWeights(): WeightTable {
  return packed(table);
}
