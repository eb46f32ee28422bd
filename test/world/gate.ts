import type { Store } from "../../src/core/store.ts";
import { never, type Stage } from "./stage.ts";
import type { Owner } from "./scheduler.ts";
import type { Seen } from "./verbs.ts";

/** Sees what a verb answered, as soon as it did. */
export type Witness = (seen: Seen) => void;

/** A fault of the world's own making, so that nobody takes it for a bug. */
export class Planned extends Error {}

/**
 * Stands between the workers and the store. Before and after a verb there may be a pause, in which other work, or the
 * end of the process, comes in between; a verb of a dead process never happens.
 */
export function gated(store: Store, owner: Owner, stage: Stage, isAlive: () => boolean, witness: Witness): Store {
  const pause = (name: string): Promise<void> => {
    if (!isAlive()) return never();
    if (!stage.rolls.chance(stage.swarm.gates)) return Promise.resolve();
    return new Promise((resolve) => stage.scheduler.soon(owner, name, resolve));
  };
  return new Proxy(store, {
    get(target, name) {
      const verb: unknown = Reflect.get(target, name);
      if (typeof verb !== "function") return verb;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        await pause(`before ${String(name)}`);
        if (stage.rolls.chance(stage.swarm.storage)) throw new Planned("the disk is full");
        const result: unknown = await Reflect.apply(verb, target, args);
        witness({ verb: String(name), args, result });
        await pause(`after ${String(name)}`);
        return result;
      };
    },
  });
}
