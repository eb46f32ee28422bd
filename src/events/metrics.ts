/**
 * Prometheus' view of the events and the database: what `/metrics` answers. Labels are names of ours and of accounts,
 * never of people, and there is an end to each of them.
 */
import { readdirSync } from "node:fs";
import type { Account } from "../core/account.ts";
import type { ChannelName } from "../core/channel.ts";
import type { BotEvent } from "../core/event.ts";
import type { AccountBreaker, Depths, Oldest } from "../core/vitals.ts";
import { Labels } from "./labels.ts";
import { Counter, Gauge, Histogram } from "./prometheus.ts";

/** What a scrape looks up. */
export interface Snapshot {
  /** Epoch ms. */
  readonly now: number;
  readonly depths: Depths;
  readonly oldest: Oldest;
  readonly accounts: readonly Account[];
  readonly breakers: readonly AccountBreaker[];
  readonly model: { readonly state: AccountBreaker["breaker"]["state"] };
  readonly lagMs: number;
}

export interface MetricsOptions {
  readonly version: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly snapshot: () => Promise<Snapshot>;
}

/** Seconds. A webhook is answered in milliseconds; Meta gives up after several seconds. */
const ACK_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3];
/** Seconds; the settings' waits lie between. */
const WAIT_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 12, 20];
const AGENT_BUCKETS = [0.25, 0.5, 1, 2, 3, 5, 8, 15, 30];
const REPLY_BUCKETS = [0.5, 1, 2, 3, 5, 8, 12, 20, 60, 600, 3_600, 21_600];
const BREAKER_VALUES = { closed: 0, half_open: 1, open: 2 } as const;
const ACCOUNT_STATES = ["active", "paused", "auth_failed"] as const;
/** Turns whose expectation is remembered until they close. */
const MOST_TURNS = 10_000;

export class Metrics {
  /** In the order they are told in. */
  private readonly families: { text(): string }[] = [];
  private readonly accounts = new Labels(1_000);
  private readonly models = new Labels(50);
  private readonly causes = new Labels(50);
  /** By turn: what its text announced. */
  private readonly expected = new Map<number, string>();
  private readonly webhooks = this.counter("webhooks", "Webhooks by what became of them.", ["channel", "outcome"]);
  private readonly ack = this.histogram("webhook_ack", "Time until a webhook was answered.", ACK_BUCKETS, ["channel"]);
  private readonly pageWebhooks = this.counter(
    "account_webhooks",
    "Webhooks with something for this account, by what their first update was.",
    ["channel", "account", "outcome"],
  );
  private readonly updates = this.counter("updates", "Updates by kind.", ["channel", "kind", "outcome"]);
  private readonly strangers = this.counter("unknown_account_updates", "Updates for accounts not ours.", ["channel"]);
  private readonly quarantined = this.counter("quarantined_updates", "Updates that could not be read.", ["channel"]);
  private readonly waits = this.histogram("wait", "How long turns gathered.", WAIT_BUCKETS, ["expectation", "outcome"]);
  private readonly closed = this.counter("turns_closed", "Turns that stopped gathering, and why.", ["why"]);
  private readonly merged = this.counter("turns_merged", "Turns of several messages.", ["expectation"]);
  private readonly mergedParts = this.counter("merged_messages", "Messages answered with others.", ["expectation"]);
  private readonly premature = this.counter("waits_premature", "Parts that came right after the close.", []);
  private readonly wasted = this.counter("waits_wasted", "Waits for what never came.", ["expectation"]);
  private readonly reruns = this.counter("turn_reruns", "Answers begun again for a newer part.", []);
  private readonly failed = this.counter("turns_failed", "Turns the agent could not answer.", ["state"]);
  private readonly cancelled = this.counter("turns_cancelled", "Turns left to a human or taken back.", []);
  private readonly agent = this.histogram("agent", "Time the agent took for an answer.", AGENT_BUCKETS, ["model"]);
  private readonly tokens = this.counter("agent_tokens", "Tokens of answers, as the model told.", ["model"]);
  private readonly sends = this.counter("sends", "Attempts by what became of them.", ["channel", "account", "outcome"]);
  private readonly replies = this.histogram("reply", "From the first words to the sent answer.", REPLY_BUCKETS, [
    "channel",
  ]);
  private readonly takeovers = this.counter("takeovers", "Conversations taken over or given back.", ["to"]);
  private readonly alarms = this.counter("alarms", "Alarms by kind of cause.", ["cause"]);
  private readonly depth = this.gauge("queue_depth", "Turns and deliveries in each state.", ["state"]);
  private readonly age = this.gauge("oldest_seconds", "Age of the oldest one that waits; 0 when none does.", ["queue"]);
  private readonly breaker = this.gauge("breaker_state", "0 closed, 1 half open, 2 open.", ["scope"]);
  private readonly accountState = this.gauge("account_state", "1 for the state it is in.", [
    "channel",
    "account",
    "state",
  ]);
  private readonly lag = this.gauge("event_loop_lag_seconds", "Longest delay of the last seconds.", []);
  private readonly info = this.gauge("info", "Always 1; its label is the version.", ["version"]);
  private readonly memory = this.process("resident_memory_bytes", "Memory in use.");
  private readonly descriptors = this.process("open_fds", "Open files and sockets.");
  private readonly began = this.process("start_time_seconds", "When the process began, in seconds since 1970.");
  private readonly cpu = this.told(
    new Counter({ name: "process_cpu_seconds_total", help: "Time spent computing.", labels: [] }),
  );
  private cpuSeen = 0;
  /** By account: the webhook whose updates are coming. */
  private readonly heard = new Map<string, string>();

  constructor(private readonly options: MetricsOptions) {
    this.info.set({ version: options.version }, 1);
    this.began.set({}, options.startedAt / 1_000);
  }

  webhook(channel: ChannelName, outcome: string, tookMs: number): void {
    this.webhooks.inc({ channel, outcome });
    if (outcome === "stored") this.ack.observe({ channel }, tookMs / 1_000);
  }

  read(event: BotEvent): void {
    switch (event.type) {
      case "message_received":
        this.update(event, "new");
        break;
      case "duplicate_dropped":
        this.update(event, "duplicate");
        break;
      case "intent_classified":
        if (event.premature) this.premature.inc({});
        // A photo that comes announces nothing itself, and is what the text before it announced.
        if (event.expectation === "nothing" && this.expected.has(event.turn)) break;
        if (this.expected.size < MOST_TURNS || this.expected.has(event.turn))
          this.expected.set(event.turn, event.expectation);
        break;
      case "turn_closed":
        this.close(event);
        break;
      case "turn_rerun":
        this.reruns.inc({});
        break;
      case "turn_failed":
        this.failed.inc({ state: event.state });
        break;
      case "turn_cancelled":
        this.cancelled.inc({});
        this.expected.delete(event.turn);
        break;
      case "response_generated": {
        const model = this.models.of(event.model);
        this.agent.observe({ model }, event.latency_ms / 1_000);
        if (event.tokens !== null) this.tokens.inc({ model }, event.tokens);
        break;
      }
      case "response_sent":
        this.sends.inc(this.sent(event, "sent"));
        if (event.turn !== null) this.replies.observe({ channel: event.platform }, event.latency_ms / 1_000);
        break;
      case "send_failed":
        this.sends.inc(this.sent(event, event.state));
        break;
      case "takeover":
        this.takeovers.inc({ to: event.until === null ? "bot" : "human" });
        break;
      case "unknown_account":
        this.strangers.inc({ channel: event.platform });
        break;
      case "quarantined":
        this.quarantined.inc({ channel: event.platform });
        break;
      case "alarm":
        // "dead:1029384756" is one of many; what kind it is, is not.
        this.alarms.inc({ cause: this.causes.of(event.cause.split(":")[0] ?? "") });
        break;
      default:
        break;
    }
  }

  /** Prometheus' text format. */
  async text(): Promise<string> {
    this.show(await this.options.snapshot());
    return this.families.map((family) => family.text()).join("\n");
  }

  private update(
    event: Extract<BotEvent, { type: "message_received" | "duplicate_dropped" }>,
    outcome: "new" | "duplicate",
  ): void {
    const { platform: channel, kind, correlation_id } = event;
    this.updates.inc({ channel, kind, outcome });
    const account = this.accounts.of(event.account);
    const key = `${channel}:${account}`;
    if (this.heard.get(key) === correlation_id) return;
    this.heard.set(key, correlation_id);
    this.pageWebhooks.inc({ channel, account, outcome });
  }

  private close({ turn, parts, waited_ms, merged, wasted, why }: Extract<BotEvent, { type: "turn_closed" }>): void {
    const expectation = this.expected.get(turn) ?? "unknown";
    this.expected.delete(turn);
    this.closed.inc({ why });
    const outcome = merged ? "merged" : wasted ? "wasted" : "alone";
    this.waits.observe({ expectation, outcome }, waited_ms / 1_000);
    if (wasted) this.wasted.inc({ expectation });
    if (!merged) return;
    this.merged.inc({ expectation });
    this.mergedParts.inc({ expectation }, parts);
  }

  private sent(
    event: { platform: ChannelName; account: string },
    outcome: string,
  ): Record<"channel" | "account" | "outcome", string> {
    return { channel: event.platform, account: this.accounts.of(event.account), outcome };
  }

  private show({ now, depths, oldest, accounts, breakers, model, lagMs }: Snapshot): void {
    for (const [state, count] of Object.entries(depths)) this.depth.set({ state }, count);
    for (const [queue, since] of Object.entries(oldest)) {
      this.age.set({ queue }, since === null ? 0 : Math.max(0, now - since) / 1_000);
    }
    this.breaker.reset();
    this.breaker.set({ scope: "model" }, BREAKER_VALUES[model.state]);
    for (const { channel, account, breaker } of breakers) {
      this.breaker.set({ scope: `${channel}:${this.accounts.of(account)}` }, BREAKER_VALUES[breaker.state]);
    }
    this.accountState.reset();
    for (const { channel, externalId, state } of accounts) {
      const account = this.accounts.of(externalId);
      for (const each of ACCOUNT_STATES)
        this.accountState.set({ channel, account, state: each }, Number(each === state));
    }
    this.lag.set({}, lagMs / 1_000);
    this.memory.set({}, process.memoryUsage.rss());
    const { user, system } = process.cpuUsage();
    const seconds = (user + system) / 1_000_000;
    this.cpu.inc({}, Math.max(0, seconds - this.cpuSeen));
    this.cpuSeen = Math.max(seconds, this.cpuSeen);
    const open = openFiles();
    if (open !== null) this.descriptors.set({}, open);
  }

  private counter<Name extends string>(name: string, help: string, labels: readonly Name[]): Counter<Name> {
    return this.told(new Counter({ name: `botctl_${name}_total`, help, labels }));
  }

  private gauge<Name extends string>(name: string, help: string, labels: readonly Name[]): Gauge<Name> {
    return this.told(new Gauge({ name: `botctl_${name}`, help, labels }));
  }

  private process(name: string, help: string): Gauge<never> {
    return this.told(new Gauge({ name: `process_${name}`, help, labels: [] }));
  }

  private histogram<Name extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labels: readonly Name[],
  ): Histogram<Name> {
    return this.told(new Histogram({ name: `botctl_${name}_seconds`, help, labels }, buckets));
  }

  private told<F extends { text(): string }>(family: F): F {
    this.families.push(family);
    return family;
  }
}

/** Null where the system does not tell. */
function openFiles(): number | null {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return null;
  }
}
