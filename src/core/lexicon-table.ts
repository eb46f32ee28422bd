/**
 * The lexicon's table, made when the program is built: this is a macro of Bun, and what it returns stands in the program. To take the lists
 * apart costs 3 MiB and 60 ms, most of it for what is thrown away again.
 */
import "./expectation.ts";
import "./language.ts";
import { lexicon } from "./lexicon.ts";
import { tableOf, type WordTable } from "./word-table.ts";

export function lexiconTable(): WordTable {
  return tableOf(lexicon.lists());
}
