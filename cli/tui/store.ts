/** The one place where the state is kept. Everything that happens passes through `dispatch`. */
import type { Action } from "./actions.ts";
import { reduce } from "./reduce.ts";
import type { State } from "./state.ts";

export class Store {
  private readonly listeners = new Set<() => void>();

  constructor(private current: State) {}

  readonly state = (): State => this.current;

  dispatch(action: Action): void {
    const next = reduce(this.current, action);
    if (next === this.current) return;
    this.current = next;
    for (const listener of this.listeners) listener();
  }

  /** @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
}
