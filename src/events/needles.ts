/** Sizes of `shifts`; two letters of a text choose one of its places. */
const PLACES = 4_096;

/**
 * Tells whether a text holds any of many others, quicker than asking for each: it looks at two letters at a time, and jumps
 * as far as no needle could have begun in between. Source: S. Wu and U. Manber, "A fast algorithm for multi-pattern
 * searching", 1994.
 */
export class Needles {
  /** Length of the shortest; only so much of the beginning of each is looked for at first. */
  private readonly width: number;
  /** How far to go on after two letters. */
  private readonly shifts: Uint8Array;
  /** Those whose beginning may end with two letters. */
  private readonly ending = new Map<number, string[]>();

  /** @param needles at least two letters each */
  constructor(needles: readonly string[]) {
    this.width = Math.min(255, ...needles.map((needle) => needle.length));
    this.shifts = new Uint8Array(PLACES).fill(this.width - 1);
    for (const needle of needles) {
      for (let at = 1; at < this.width; at++) {
        const place = placeOf(needle, at);
        this.shifts[place] = Math.min(this.shifts[place] ?? 0, this.width - 1 - at);
      }
      const last = placeOf(needle, this.width - 1);
      this.ending.set(last, [...(this.ending.get(last) ?? []), needle]);
    }
  }

  areIn(text: string): boolean {
    if (this.ending.size === 0) return false;
    for (let at = this.width - 1; at < text.length;) {
      const place = placeOf(text, at);
      const shift = this.shifts[place] ?? 0;
      if (shift === 0) {
        const begin = at - this.width + 1;
        for (const needle of this.ending.get(place) ?? []) if (text.startsWith(needle, begin)) return true;
      }
      at += shift === 0 ? 1 : shift;
    }
    return false;
  }
}

/** By a letter and the one before it. */
function placeOf(text: string, at: number): number {
  return (text.charCodeAt(at - 1) * 67 + text.charCodeAt(at)) & (PLACES - 1);
}
