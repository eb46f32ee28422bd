import { expect, test } from "bun:test";
import { pollPauseMs, type PollOutcome } from "../../src/core/polling.ts";

const some: PollOutcome = { kind: "updates", bodies: [new Uint8Array()], next: "1" };
const none: PollOutcome = { kind: "updates", bodies: [], next: null };
const unreachable: PollOutcome = { kind: "unreachable", reason: "" };
const conflict: PollOutcome = { kind: "conflict", reason: "" };

test.each<[string, PollOutcome, number, number, number | null]>([
  ["something came", some, 5, 0, 0],
  ["nothing came in all the time there was", none, 50_000, 0, 0],
  ["nothing came, and the platform did not wait for it", none, 20, 0, 980],
  ["the first failure", unreachable, 10, 1, 1_000],
  ["the fourth", unreachable, 10, 4, 8_000],
  ["the seventh and all after it", unreachable, 10, 7, 60_000],
  ["the thousandth", unreachable, 10, 1_000, 60_000],
  ["somebody else is served", conflict, 10, 1, 5_000],
  ["and still is", conflict, 10, 3, 20_000],
  ["and for long", conflict, 10, 9, 60_000],
  ["the platform asks for a minute and a half", { kind: "throttled", afterMs: 90_000, reason: "" }, 10, 1, 90_000],
  ["the platform asks for patience", { kind: "throttled", afterMs: null, reason: "" }, 10, 2, 2_000],
  ["the token is refused", { kind: "refused", reason: "" }, 10, 1, null],
])("%s: a pause that is never shorter than it should be", (_, outcome, tookMs, failures, pauseMs) => {
  expect(pollPauseMs(outcome, tookMs, failures, 0)).toBe(pauseMs);
  const longest = pollPauseMs(outcome, tookMs, failures, 0.999);
  if (pauseMs === null) expect(longest).toBeNull();
  else expect(longest).toBeGreaterThanOrEqual(pauseMs);
  expect(longest ?? 0).toBeLessThanOrEqual(1.25 * (pauseMs ?? 0));
});
