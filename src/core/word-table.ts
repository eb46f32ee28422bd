/** Lists of words made ready for looking up: every spelling that may stand for a word, and phrases by their first word. */
import { fold, forgetSpellings, keyOf, lighterSpellings } from "./letters.ts";

/** Words as they are written down, with spaces between them (see `Lexicon.words` and `Lexicon.respell`). */
export interface WordLists {
  readonly classes: readonly string[];
  readonly slips: readonly string[];
}

/** Texts rather than sets: they cost nothing until they are taken apart, and can be made when the program is built. */
export interface WordTable {
  /** By `nameOf` its list: what belongs to a class, with spaces between. */
  readonly classes: Readonly<Record<string, string>>;
  /** Every spelling of every word, alone or in a phrase. */
  readonly known: string;
  /** Spellings that stand in a phrase after its first word. */
  readonly continuing: string;
  /** Of all spellings, also misspelt ones, those that begin with a digit. */
  readonly numbers: string;
  /** `wrong=right`. */
  readonly slips: string;
  /** By the first word without marks, longest first and each on a line: the key, then the spellings of each of its words with `|` between. */
  readonly phrases: Readonly<Record<string, string>>;
}

/** What stands with spaces between. */
export function listed(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/** Tells one list of a lexicon from all others of it. */
export function nameOf(list: string): string {
  return `${list.length} ${list.slice(0, 40)}`;
}

interface Phrase {
  readonly length: number;
  readonly line: string;
}

/** @throws when two lists have one name */
export function tableOf({ classes, slips }: WordLists): WordTable {
  const named = new Map<string, { readonly list: string; readonly members: ReadonlySet<string> }>();
  const known = new Set<string>();
  const continuing = new Set<string>();
  const phrases = new Map<string, Phrase[]>();
  for (const list of classes) {
    const members = new Set<string>();
    for (const entry of listed(list)) {
      const exact = entry.startsWith("!");
      const parts = (exact ? entry.slice(1) : entry).normalize("NFC").split("_").map(keyOf);
      const spellings = parts.map((part) => (exact ? [part] : [...lighterSpellings(part)]));
      for (const spelling of spellings.flat()) known.add(spelling);
      if (parts.length === 1) for (const spelling of spellings.flat()) members.add(spelling);
      else {
        members.add(parts.join("_"));
        for (const spelling of spellings.slice(1).flat()) continuing.add(spelling);
        const first = fold(parts[0] ?? "");
        const line = [parts.join("_"), ...spellings.map((ways) => ways.join("|"))].join(" ");
        phrases.set(first, [...(phrases.get(first) ?? []), { length: parts.length, line }]);
      }
    }
    const same = named.get(nameOf(list));
    if (same !== undefined && same.list !== list) throw new Error(`two lists are "${nameOf(list)}"`);
    named.set(nameOf(list), { list, members });
  }
  const mended = slips.flatMap(listed).map((entry) => entry.normalize("NFC").split("=").map(keyOf));
  const numbers = [...known, ...mended.map(([wrong = ""]) => wrong)].filter((key) => /^\d/.test(key));
  forgetSpellings();
  return {
    classes: Object.fromEntries([...named].map(([name, { members }]) => [name, [...members].join(" ")])),
    known: [...known].join(" "),
    continuing: [...continuing].join(" "),
    numbers: numbers.join(" "),
    slips: mended.map((pair) => pair.join("=")).join(" "),
    phrases: Object.fromEntries([...phrases].map(([first, those]) => [first, longestFirst(those)])),
  };
}

/** So that "chụp màn hình" is not read as "chụp" and "màn hình". */
function longestFirst(phrases: readonly Phrase[]): string {
  return phrases
    .toSorted((a, b) => b.length - a.length)
    .map(({ line }) => line)
    .join("\n");
}
