/** Lets others wait until nothing is owed any more. */
export class Idle {
  private waiting: (() => void)[] = [];

  constructor(private readonly isIdle: () => boolean) {}

  /** Resolves when nothing is owed; at once when nothing is. */
  reached(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Something was done, and may have been the last. */
  look(): void {
    if (!this.isIdle()) return;
    for (const resolve of this.waiting) resolve();
    this.waiting = [];
  }
}
