/** The one place where the state is kept. Everything that happens passes through `dispatch`. */
import type { Action } from "./actions.ts";
import { isNews, reduce } from "./reduce.ts";
import type { State } from "./state.ts";

/** News that come within this time are shown in one picture. Keys are answered at once. */
const TOGETHER_MS = 40;

export class Store {
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private current: State) {}

  readonly state = (): State => this.current;

  dispatch(action: Action): void {
    const next = reduce(this.current, action);
    if (next === this.current) return;
    this.current = next;
    if (!isNews(action)) return this.show();
    this.timer ??= setTimeout(() => this.show(), TOGETHER_MS);
  }

  /** @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  private show(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const listener of this.listeners) listener();
  }
}
