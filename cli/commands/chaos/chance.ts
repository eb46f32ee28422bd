import type { Chance } from "../../../src/core/clock.ts";

/**
 * A stream of numbers in [0, 1) that is the same for the same seed. Each purpose has a stream of its own, so that the moments
 * of the kills do not depend on how many messages a machine had time for.
 */
export function chanceFrom(seed: number, purpose: string): Chance {
  let state = Bun.hash.crc32(`${seed}:${purpose}`);
  // Mulberry32: short, and even enough for moments and choices.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from `least` to `most`, both possible. */
export function between(chance: Chance, least: number, most: number): number {
  return least + Math.floor(chance() * (most - least + 1));
}

/** One of a list. */
export function oneOf<T>(chance: Chance, list: readonly [T, ...T[]]): T {
  return list[Math.floor(chance() * list.length)] ?? list[0];
}

/** One of a list in which each has a weight, in any unit. */
export function weighted<T>(chance: Chance, list: readonly (readonly [weight: number, choice: T])[], otherwise: T): T {
  let left = chance() * list.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, choice] of list) {
    left -= weight;
    if (left < 0) return choice;
  }
  return otherwise;
}
