/**
 * The platforms' side of the webhooks: proven, at least once, and without patience. What got no 200 comes again, as soon as a
 * server is there; some of what did comes again all the same, at once or later, also after a restart.
 */
import type { Chance } from "../../../src/core/clock.ts";
import type { Signed } from "../../scenarios/stage.ts";
import { between } from "./chance.ts";

/** Meta waits this long for a 200. */
const ANSWER_MS = 5_000;
/** Between two attempts; Meta's own are longer and would only make a run longer. */
const AGAIN_MS = [30, 200] as const;
const TWICE_AT_ONCE = 0.05;
const ONCE_MORE = 0.1;
const ONCE_MORE_MS = [50, 3_000] as const;

export interface PostCounts {
  /** Webhooks, each counted once. */
  webhooks: number;
  /** Posted again because no 200 came. */
  repeated: number;
  /** Posted again though it was answered with 200. */
  doubled: number;
}

/** A body with its proof, and where it goes on the server. */
export interface Webhook extends Signed {
  readonly path: string;
}

export class Platform {
  readonly counts: PostCounts = { webhooks: 0, repeated: 0, doubled: 0 };
  private url: string | null = null;
  private there = Promise.withResolvers<string>();
  private readonly underWay = new Set<Promise<void>>();
  private stopped = false;

  constructor(private readonly chance: Chance) {}

  /** Where the server is from now on; null while there is none. */
  serverAt(url: string | null): void {
    if (this.url !== null) this.there = Promise.withResolvers();
    if (url !== null) this.there.resolve(url);
    this.url = url;
  }

  /** Resolves when the webhook was answered with 200; never when the platform is stopped before. */
  deliver(webhook: Webhook): Promise<void> {
    this.counts.webhooks++;
    const { chance } = this;
    // Drawn at once: what is drawn later would depend on what else is under way.
    const together = chance() < TWICE_AT_ONCE ? 2 : 1;
    const onceMoreMs = chance() < ONCE_MORE ? between(chance, ...ONCE_MORE_MS) : null;
    const againMs = between(chance, ...AGAIN_MS);
    const acknowledged = this.untilTaken(webhook, together, againMs);
    if (onceMoreMs !== null) {
      this.follow(acknowledged.then(() => this.onceMore(webhook, onceMoreMs)));
    }
    this.follow(acknowledged);
    return acknowledged;
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  stop(): void {
    this.stopped = true;
  }

  private follow(work: Promise<void>): void {
    const followed = work.finally(() => this.underWay.delete(followed));
    this.underWay.add(followed);
  }

  private async untilTaken(webhook: Webhook, together: number, againMs: number) {
    for (let attempt = 0; ; attempt++) {
      const url = await this.there.promise;
      if (this.stopped) return await new Promise<never>(() => {});
      if (attempt > 0) this.counts.repeated++;
      this.counts.doubled += together - 1;
      const answers = await Promise.all(Array.from({ length: together }, () => this.post(url, webhook)));
      if (answers.includes(true)) return;
      await Bun.sleep(againMs);
    }
  }

  private async onceMore(webhook: Webhook, afterMs: number): Promise<void> {
    await Bun.sleep(afterMs);
    const url = await this.there.promise;
    if (this.stopped) return;
    this.counts.doubled++;
    await this.post(url, webhook);
  }

  private async post(url: string, { path, bytes, headers }: Webhook): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const response = await fetch(`${url}${path}`, { method: "POST", headers, body: bytes, signal });
      await response.arrayBuffer();
      return response.status === 200;
    } catch {
      // The server is gone, which is what this is about.
      return false;
    }
  }
}
