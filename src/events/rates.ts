import type { BotEvent } from "../core/event.ts";

const MINUTE_MS = 60_000;
/** Replies that the percentile looks at: the newest ones of the last minutes. */
const LATENCY_WINDOW_MS = 10 * MINUTE_MS;
const MOST_LATENCIES = 500;
/** Accounts counted one by one: more than any server has, so that no stranger's ids fill the memory. */
const MOST_ACCOUNTS = 1_000;

/** How many things happened within the last minute; sixty counts, however many things. */
class Minute {
  private readonly counts = Array.from({ length: 60 }, () => 0);
  private newestS = 0;

  add(now: number): void {
    this.turn(now);
    const slot = this.newestS % 60;
    this.counts[slot] = (this.counts[slot] ?? 0) + 1;
  }

  count(now: number): number {
    this.turn(now);
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Forgets what is a minute old. A clock that was set back counts on where it was. */
  private turn(now: number): void {
    const second = Math.max(this.newestS, Math.floor(now / 1_000));
    if (second - this.newestS >= 60) this.counts.fill(0);
    else for (let passed = this.newestS + 1; passed <= second; passed++) this.counts[passed % 60] = 0;
    this.newestS = second;
  }
}

/** How much goes on, for people who look: by the minute, and how long customers wait. */
export class Rates {
  private readonly webhooks = new Minute();
  private readonly replies = new Minute();
  private readonly byAccount = new Map<string, { readonly minute: Minute; correlation: string }>();
  /** Oldest first. */
  private latencies: { readonly at: number; readonly ms: number }[] = [];
  private modelBreaker: Pick<Extract<BotEvent, { type: "breaker_state" }>, "state" | "until"> = {
    state: "closed",
    until: null,
  };

  constructor(private readonly now: () => number) {}

  /** A genuine webhook was stored. */
  webhook(): void {
    this.webhooks.add(this.now());
  }

  read(event: BotEvent): void {
    switch (event.type) {
      case "message_received":
      case "duplicate_dropped":
        this.heard(`${event.platform}:${event.account}`, event.correlation_id);
        break;
      case "response_sent":
        if (event.kind !== "message") break;
        this.replies.add(this.now());
        if (event.turn !== null) this.waited(event.latency_ms);
        break;
      case "breaker_state":
        if (event.scope === "model") this.modelBreaker = { state: event.state, until: event.until };
        break;
      default:
        break;
    }
  }

  perMinute(): { webhooks: number; replies: number } {
    const now = this.now();
    return { webhooks: this.webhooks.count(now), replies: this.replies.count(now) };
  }

  /** Webhooks of the last minute that had something for this account. */
  accountPerMinute(channel: string, account: string): number {
    return this.byAccount.get(`${channel}:${account}`)?.minute.count(this.now()) ?? 0;
  }

  /** How long 95 of 100 customers waited at most, from their first words to the last of the answer; null when none did. */
  replyP95Ms(): number | null {
    const since = this.now() - LATENCY_WINDOW_MS;
    const sorted = this.latencies
      .filter(({ at }) => at >= since)
      .map(({ ms }) => ms)
      .sort((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null;
  }

  /** The model's circuit breaker, which no row tells about. */
  model(): { state: "open" | "closed" | "half_open"; until: number | null } {
    return this.modelBreaker;
  }

  /** The updates of one webhook come one after the other, under one correlation id. */
  private heard(account: string, correlation: string): void {
    let known = this.byAccount.get(account);
    if (known === undefined) {
      if (this.byAccount.size >= MOST_ACCOUNTS) return;
      known = { minute: new Minute(), correlation: "" };
      this.byAccount.set(account, known);
    }
    if (known.correlation === correlation) return;
    known.correlation = correlation;
    known.minute.add(this.now());
  }

  private waited(ms: number): void {
    this.latencies.push({ at: this.now(), ms });
    if (this.latencies.length >= 2 * MOST_LATENCIES) this.latencies = this.latencies.slice(-MOST_LATENCIES);
  }
}
