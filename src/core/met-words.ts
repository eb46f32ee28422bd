import { type Glance, hashOf } from "./pieces.ts";

/** So many words are remembered; then all are let go. */
const MOST_MET = 4_000;
/** Nor may a word stand this far behind its slot. Chance brings it 25 slots at most; somebody who picks words by their hash, further. */
const FURTHEST = 60;

/**
 * Words that were met in texts, found by their letters where these stand: to look one up, no string is made and nothing else.
 * Open addressing, because a `Map` would want the string.
 */
export class MetWords<Met extends { readonly shown: string }> {
  private readonly met: Met[] = [];
  /** Which of `met` a slot holds, plus one; 0 where it is empty. At least half of the slots are. */
  private slots = new Uint16Array(256);

  /** A word of the text that is glanced at. */
  find(glance: Glance, index: number): Met | undefined {
    const mask = this.slots.length - 1;
    for (let slot = spread(glance.hashes[index] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const met = this.at(slot);
      if (met === undefined || glance.is(index, met.shown)) return met;
    }
  }

  findShown(shown: string): Met | undefined {
    return this.at(this.slotOf(shown));
  }

  /** Remembers a word that is not remembered yet. */
  add(met: Met): void {
    if (this.met.length >= MOST_MET || this.isCrowded(met.shown)) this.clear();
    this.met.push(met);
    if (2 * this.met.length <= this.slots.length) this.slots[this.slotOf(met.shown)] = this.met.length;
    else {
      this.slots = new Uint16Array(2 * this.slots.length);
      for (const [index, { shown }] of this.met.entries()) this.slots[this.slotOf(shown)] = index + 1;
    }
  }

  clear(): void {
    this.met.length = 0;
    this.slots.fill(0);
  }

  private isCrowded(shown: string): boolean {
    const mask = this.slots.length - 1;
    return ((this.slotOf(shown) - spread(hashOf(shown))) & mask) > FURTHEST;
  }

  /** Where a word is, or would be. */
  private slotOf(shown: string): number {
    const mask = this.slots.length - 1;
    let slot = spread(hashOf(shown)) & mask;
    for (let met = this.at(slot); met !== undefined && met.shown !== shown; met = this.at(slot))
      slot = (slot + 1) & mask;
    return slot;
  }

  private at(slot: number): Met | undefined {
    const number = this.slots[slot] ?? 0;
    return number === 0 ? undefined : this.met[number - 1];
  }
}

/** The low bits of a hash, stirred by the high ones. */
function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}
