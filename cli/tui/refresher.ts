/** Something that is fetched again and again, but never twice at once and never more often than it may. */
export class Refresher {
  private running = false;
  private wanted = false;
  private ranAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  /**
   * @param fetch must not throw
   * @param gapMs from the start of one fetch to the start of the next
   */
  constructor(
    private readonly fetch: () => Promise<void>,
    private readonly gapMs: number,
    private readonly now: () => number,
  ) {}

  /** Soon: at once if it has not run lately, else when it may again. Wishes until then are one. */
  want(): void {
    if (this.stopped) return;
    this.wanted = true;
    if (this.running || this.timer !== undefined) return;
    const waitMs = this.ranAt + this.gapMs - this.now();
    if (waitMs <= 0) return void this.run();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.run();
    }, waitMs);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async run(): Promise<void> {
    this.running = true;
    this.wanted = false;
    this.ranAt = this.now();
    await this.fetch();
    this.running = false;
    if (this.wanted) this.want();
  }
}
