import { expect, test } from "bun:test";
import type { BotEvent } from "../../src/core/event.ts";
import { Rates } from "../../src/events/rates.ts";

let now = 1_795_000_000_000;
const rates = (): Rates => new Rates(() => now);

function heard(correlation_id: string, account = "1"): BotEvent {
  const about = { at: now, platform: "messenger", account, conversation: 1, user_hash: "h", correlation_id } as const;
  return { type: "message_received", ...about, kind: "message", attachments: [] };
}

function answered(latency_ms: number, turn: number | null = 1): BotEvent {
  const about = { at: now, platform: "messenger", account: "1", conversation: 1, user_hash: "h" } as const;
  const facts = { correlation_id: "c", turn, delivery: "d", kind: "message", attempts: 1, latency_ms } as const;
  return { type: "response_sent", ...about, ...facts };
}

test("counts webhooks and replies of the last minute, also when the clock stands, leaps or is set back", () => {
  const counted = rates();
  counted.webhook();
  now += 30_000;
  counted.webhook();
  counted.read(answered(100));
  expect(counted.perMinute()).toEqual({ webhooks: 2, replies: 1 });
  now += 30_000;
  expect(counted.perMinute()).toEqual({ webhooks: 1, replies: 1 });
  now -= 3_600_000;
  counted.webhook();
  expect(counted.perMinute().webhooks).toBe(2);
  now += 7_200_000;
  expect(counted.perMinute()).toEqual({ webhooks: 0, replies: 0 });
});

test("P7 counts a webhook once for each page it has something for", () => {
  const counted = rates();
  for (const event of [heard("a"), heard("a"), heard("a", "2"), heard("b")]) counted.read(event);
  expect([counted.accountPerMinute("messenger", "1"), counted.accountPerMinute("messenger", "2")]).toEqual([2, 1]);
  expect(counted.accountPerMinute("messenger", "3")).toBe(0);
});

test("tells how long 95 of 100 customers waited lately, and nothing when nobody was answered", () => {
  const counted = rates();
  expect(counted.replyP95Ms()).toBeNull();
  for (let ms = 1; ms <= 100; ms++) counted.read(answered(ms));
  counted.read(answered(1_000_000, null));
  expect(counted.replyP95Ms()).toBe(95);
  now += 11 * 60_000;
  expect(counted.replyP95Ms()).toBeNull();
});

test("remembers what the model's breaker said last", () => {
  const counted = rates();
  expect(counted.model()).toEqual({ state: "closed", until: null });
  const opened = { type: "breaker_state", at: now, state: "open", until: now + 1, reason: "503" } as const;
  counted.read({ ...opened, scope: "messenger:1" });
  counted.read({ ...opened, scope: "model" });
  expect(counted.model()).toEqual({ state: "open", until: now + 1 });
});
