const WINDOW_MS = 60_000;
/** Failures of one address in a minute that are worth a line each. */
const MOST_TOLD = 10;
/** The same over all addresses. */
const MOST_TOLD_TOGETHER = 100;
/** Beyond it, further ones share what is left: they could be invented. */
const MOST_ADDRESSES = 1_000;

/**
 * Counts failed checks by address, so that somebody who tries again and again fills neither the log nor the event stream.
 * Counts only: nobody is refused because of it, since behind a proxy the platform and a stranger have one address (S4).
 */
export class Failures {
  private windowEndsAt = 0;
  /** Lines in this window. */
  private total = 0;
  private readonly byAddress = new Map<string, number>();

  /**
   * @param now milliseconds
   * @param tooMany told of each one that is not worth a line
   */
  constructor(
    private readonly now: () => number,
    private readonly tooMany: () => void,
  ) {}

  /** A check failed. @returns whether it is worth a line */
  count(address: string): boolean {
    const now = this.now();
    if (now >= this.windowEndsAt) {
      this.byAddress.clear();
      this.total = 0;
      this.windowEndsAt = now + WINDOW_MS;
    }
    const key = this.byAddress.size < MOST_ADDRESSES || this.byAddress.has(address) ? address : "";
    const failed = (this.byAddress.get(key) ?? 0) + 1;
    this.byAddress.set(key, failed);
    const told = failed <= MOST_TOLD && this.total < MOST_TOLD_TOGETHER;
    if (told) this.total += 1;
    else this.tooMany();
    return told;
  }
}
