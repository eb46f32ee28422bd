import { describe, expect, test } from "bun:test";
import { CLOSED } from "../../src/core/breaker.ts";
import type { BotEvent } from "../../src/core/event.ts";
import { Metrics, type Snapshot } from "../../src/events/metrics.ts";

const NOW = 1_795_000_000_000;
const NOTHING = { gathering: 0, ready: 0, running: 0, pending: 0, ambiguous: 0, parked: 0, dead: 0 };
const IDLE: Snapshot = {
  now: NOW,
  depths: NOTHING,
  oldest: { update: null, delivery: null },
  accounts: [],
  breakers: [],
  model: { state: "closed" },
  lagMs: 0,
};
const ABOUT = { at: NOW, platform: "messenger", conversation: 1, user_hash: "5eed", correlation_id: "c" } as const;
const about = (account = "1") => ({ ...ABOUT, account });

function metrics(snapshot: Partial<Snapshot> = {}): Metrics {
  const version = "1.2.3";
  return new Metrics({ version, startedAt: NOW - 60_000, snapshot: async () => ({ ...IDLE, ...snapshot }) });
}

/** The samples, by name and labels as Prometheus reads them. @throws for a line that is no sample */
function samples(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split("\n").filter((each) => each !== "" && !each.startsWith("# "))) {
    const [, sample, value] = /^([a-zA-Z_][\w:]*(?:\{(?:\w+="(?:[^"\\]|\\.)*",?)*\})?) (\S+)$/.exec(line) ?? [];
    if (sample === undefined) throw new Error(`no sample: ${line}`);
    found.set(sample, Number(value));
  }
  return found;
}

async function told(events: readonly BotEvent[], snapshot: Partial<Snapshot> = {}): Promise<Map<string, number>> {
  const read = metrics(snapshot);
  for (const event of events) read.read(event);
  return samples(await read.text());
}

describe("metrics", () => {
  test("P7 count webhooks by page and outcome, and how long their answers took", async () => {
    const read = metrics();
    read.webhook("messenger", "stored", 3);
    read.webhook("messenger", "stored", 30);
    read.webhook("telegram", "forged", 1);
    for (const account of ["1", "1", "2"])
      read.read({ type: "message_received", ...about(account), kind: "message", attachments: [] });
    read.read({ type: "duplicate_dropped", ...about("1"), kind: "message", correlation_id: "d" });
    const seen = samples(await read.text());
    expect(seen.get('botctl_webhooks_total{channel="messenger",outcome="stored"}')).toBe(2);
    expect(seen.get('botctl_webhooks_total{channel="telegram",outcome="forged"}')).toBe(1);
    expect(seen.get('botctl_webhook_ack_seconds_bucket{le="0.005",channel="messenger"}')).toBe(1);
    expect(seen.get('botctl_webhook_ack_seconds_count{channel="messenger"}')).toBe(2);
    // Two updates of one webhook are one webhook.
    expect(seen.get('botctl_account_webhooks_total{channel="messenger",account="1",outcome="new"}')).toBe(1);
    expect(seen.get('botctl_account_webhooks_total{channel="messenger",account="1",outcome="duplicate"}')).toBe(1);
    expect(seen.get('botctl_updates_total{channel="messenger",kind="message",outcome="new"}')).toBe(3);
  });

  test("tell waits by what was expected: how long, for nothing, too short", async () => {
    const opened = { type: "intent_classified", ...about(), wait_ms: 8_000, reason: "" } as const;
    const closed = { type: "turn_closed", ...about(), timed_out: false, reason: "" } as const;
    const seen = await told([
      { ...opened, turn: 1, expectation: "image", premature: false },
      // The photo itself announces nothing further, and does not make the wait one for nothing.
      { ...opened, turn: 1, expectation: "nothing", premature: false },
      { ...opened, turn: 2, expectation: "nothing", premature: false },
      { ...opened, turn: 2, expectation: "image", premature: true },
      { ...closed, turn: 1, parts: 3, waited_ms: 1_500, merged: true, wasted: false, why: "settled" },
      { ...closed, turn: 2, parts: 1, waited_ms: 8_000, merged: false, wasted: true, why: "due" },
      { ...closed, turn: 3, parts: 1, waited_ms: 100, merged: false, wasted: false, why: "crowded" },
    ]);
    expect(seen.get('botctl_wait_seconds_sum{expectation="image",outcome="merged"}')).toBe(1.5);
    expect(seen.get('botctl_wait_seconds_count{expectation="image",outcome="wasted"}')).toBe(1);
    expect(seen.get('botctl_wait_seconds_count{expectation="unknown",outcome="alone"}')).toBe(1);
    expect(seen.get('botctl_waits_wasted_total{expectation="image"}')).toBe(1);
    expect(seen.get("botctl_waits_premature_total")).toBe(1);
    expect(seen.get('botctl_turns_merged_total{expectation="image"}')).toBe(1);
    expect(seen.get('botctl_merged_messages_total{expectation="image"}')).toBe(3);
    expect(seen.get('botctl_turns_closed_total{why="crowded"}')).toBe(1);
  });

  test("tell what the agent and the platform did", async () => {
    const delivery = { ...about(), turn: 1, delivery: "d", kind: "message", attempts: 1 } as const;
    const answer = { ...about(), type: "response_generated", turn: 1, model: "m", latency_ms: 2_000 } as const;
    const seen = await told([
      { ...answer, tokens: 40 },
      { ...answer, tokens: null },
      { ...delivery, type: "response_sent", latency_ms: 900 },
      { ...delivery, type: "send_failed", state: "pending", next_at: 1, reason: "503", latency_ms: 1 },
      { ...about(), type: "takeover", until: null, reason: "" },
      { type: "alarm", at: NOW, cause: "dead:1029384756", message: "", count: 1 },
    ]);
    expect(seen.get('botctl_agent_seconds_sum{model="m"}')).toBe(4);
    expect(seen.get('botctl_agent_tokens_total{model="m"}')).toBe(40);
    expect(seen.get('botctl_sends_total{channel="messenger",account="1",outcome="sent"}')).toBe(1);
    expect(seen.get('botctl_sends_total{channel="messenger",account="1",outcome="pending"}')).toBe(1);
    expect(seen.get('botctl_reply_seconds_count{channel="messenger"}')).toBe(1);
    expect(seen.get('botctl_takeovers_total{to="bot"}')).toBe(1);
    expect(seen.get('botctl_alarms_total{cause="dead"}')).toBe(1);
  });

  test("show what waits and since when, breakers, accounts and the process", async () => {
    const account = { id: 1, channel: "messenger", externalId: "1", name: "", appId: null } as const;
    const seen = await told([], {
      depths: { ...NOTHING, parked: 4 },
      oldest: { update: NOW - 90_000, delivery: null },
      accounts: [{ ...account, state: "auth_failed", stateReason: "190" }],
      breakers: [{ channel: "messenger", account: "1", breaker: { ...CLOSED, state: "open" } }],
      lagMs: 12,
    });
    expect(seen.get('botctl_queue_depth{state="parked"}')).toBe(4);
    expect(seen.get('botctl_oldest_seconds{queue="update"}')).toBe(90);
    expect(seen.get('botctl_oldest_seconds{queue="delivery"}')).toBe(0);
    expect(seen.get('botctl_breaker_state{scope="messenger:1"}')).toBe(2);
    expect(seen.get('botctl_breaker_state{scope="model"}')).toBe(0);
    expect(seen.get('botctl_account_state{channel="messenger",account="1",state="auth_failed"}')).toBe(1);
    expect(seen.get('botctl_account_state{channel="messenger",account="1",state="active"}')).toBe(0);
    expect(seen.get("botctl_event_loop_lag_seconds")).toBe(0.012);
    expect(seen.get('botctl_info{version="1.2.3"}')).toBe(1);
    expect(seen.get("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
    expect(seen.get("process_start_time_seconds")).toBe((NOW - 60_000) / 1_000);
  });

  test("have an end, whatever strangers and programs name themselves, and name no person", async () => {
    const events = Array.from({ length: 5_000 }, (_, n): BotEvent[] => [
      { type: "duplicate_dropped", ...about(`page-${n}`), kind: "message", correlation_id: `c-${n}` },
      { ...about(), type: "response_generated", turn: n, model: `model-${n}`, tokens: 1, latency_ms: 1 },
      { type: "alarm", at: NOW, cause: `cause-${n}`, message: "", count: 1 },
    ]).flat();
    const read = metrics();
    for (const event of events) read.read(event);
    const text = await read.text();
    expect(samples(text).size).toBeLessThan(3_000);
    expect(text).toContain('botctl_agent_tokens_total{model="other"} 4950');
    expect(text).not.toContain("5eed");
  });
});
