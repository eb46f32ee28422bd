/** How one setting is declared: its kind, and beside it what people are told about it. */
import * as z from "zod/mini";
import type { Kind } from "./kinds.ts";

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

type Further = Omit<About, "meaning" | "initial">;

export const about = z.registry<About>();

/** A setting that always has a value; `initial` is read like any other text. */
export function having<T>(kind: Kind<T>, initial: string, meaning: string, further: Partial<Further> = {}) {
  return z.prefault(kind, initial).register(about, { example: initial, ...further, meaning, initial });
}

/** A setting that may be absent: null. */
export function maybe<T>(kind: Kind<T>, meaning: string, further: Further) {
  const orNull = z.transform<T | undefined, T | null>((value) => value ?? null);
  return z.pipe(z.optional(kind), orNull).register(about, { ...further, meaning });
}
