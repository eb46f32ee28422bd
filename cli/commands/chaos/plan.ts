/** How each life of the server ends. Drawn before anything starts, so the same seed means the same plan everywhere. */
import type { Chance } from "../../../src/core/clock.ts";
import { between, weighted } from "./chance.ts";

/** Times are ms: for `starting` from the start of the process, otherwise from its first healthy answer. */
export type Ending =
  /** SIGKILL while it works. */
  | { readonly kind: "working"; readonly afterMs: number }
  /** SIGKILL while it starts, or has just done so. */
  | { readonly kind: "starting"; readonly afterMs: number }
  /** SIGTERM, and SIGKILL before it may be done. */
  | { readonly kind: "stopping"; readonly afterMs: number; readonly thenMs: number }
  /** SIGTERM, and time to finish. */
  | { readonly kind: "stopped"; readonly afterMs: number };

const WEIGHTS: readonly (readonly [number, Ending["kind"]])[] = [
  [60, "working"],
  [20, "starting"],
  [10, "stopping"],
  [10, "stopped"],
];
/**
 * A turn whose third attempt is cut short is given up, by design. A life that answers nothing is therefore followed by one
 * that lasts long enough to answer what was under way.
 */
const SHORTEST_LIFE_MS = 500;
const LONGEST_LIFE_MS = 2_000;
/** From before the first line of code to some time after the first answer. */
const STARTING_MS = 500;
const STOPPING_MS = 100;

export function planOf(cycles: number, chance: Chance): Ending[] {
  const plan: Ending[] = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    const drawn = weighted(chance, WEIGHTS, "working");
    const kind = drawn === "starting" && plan.at(-1)?.kind === "starting" ? "working" : drawn;
    const afterMs = between(chance, SHORTEST_LIFE_MS, LONGEST_LIFE_MS);
    const shortMs = chance();
    if (kind === "starting") plan.push({ kind, afterMs: Math.round(shortMs * STARTING_MS) });
    else if (kind === "stopping") plan.push({ kind, afterMs, thenMs: Math.round(shortMs * STOPPING_MS) });
    else plan.push({ kind, afterMs });
  }
  return plan;
}
