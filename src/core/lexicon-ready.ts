import { lexicon } from "./lexicon.ts";
// What it imports imports no file that uses it: a macro that needs itself would never end.
import { lexiconTable } from "./lexicon-table.ts" with { type: "macro" };

/** Has the lexicon read by its table, from the first text on. Who never asks for it gets the same, more slowly. */
export function readyLexicon(): void {
  lexicon.ready(() => lexiconTable());
}
