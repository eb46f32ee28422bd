/** How one setting is declared: its kind, and beside it what people are told about it. */
import type { Kind, Reading } from "./kinds.ts";

/** What is known about a setting besides its kind. */
export interface About {
  /** For the README. */
  readonly meaning: string;
  /** What a good value looks like, for complaints. */
  readonly example: string;
  /** The text that stands in when nothing is given; absent for settings that may be absent. */
  readonly initial?: string;
  /** What the README says about the default, where `initial` does not tell. */
  readonly shownDefault?: string;
  /** Never shown, and `NAME_FILE` may name a file that holds it. */
  readonly secret?: true;
  /** No secret, but long enough to live in a file of its own, named by `NAME_FILE`. */
  readonly mayBeFile?: true;
  /** An id or address that only the owner can know: what an example file left there counts as missing. */
  readonly ownersOwn?: true;
}

/** What is known about a setting, and how its text becomes a value. */
export interface Setting<T> extends About {
  /** @param given trimmed, non-empty text; undefined when there is none */
  readonly read: (given: string | undefined) => Reading<T>;
}

type Further = Omit<About, "meaning" | "initial">;

/** A setting that always has a value; `initial` is read like any other text. */
export function having<T>(kind: Kind<T>, initial: string, meaning: string, further: Partial<Further> = {}): Setting<T> {
  return { example: initial, ...further, meaning, initial, read: (given = initial) => kind(given) };
}

/** A setting that may be absent: null. */
export function maybe<T>(kind: Kind<T>, meaning: string, further: Further): Setting<T | null> {
  return { ...further, meaning, read: (given) => (given === undefined ? { value: null } : kind(given)) };
}
