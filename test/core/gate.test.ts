import { describe, expect, test } from "bun:test";
import { judged, newsOf, OPEN, passageOf, type Gate } from "../../src/core/gate.ts";
import type { ReportOutcome } from "../../src/core/interaction.ts";

const T0 = 1_795_000_000_000;
const AWAY: ReportOutcome = { kind: "unsent", reason: "no route" };
const TOLD: ReportOutcome = { kind: "sent", messageId: "1" };

const after = (gate: Gate, outcome: ReportOutcome, now = T0): Gate =>
  judged(gate, outcome, now, 0, { quickRetries: 3 });

/** A service that fails each time it is called, so often. */
function failing(times: number): { gate: Gate; waits: number[] } {
  let gate = OPEN;
  let now = T0;
  const waits: number[] = [];
  for (let call = 0; call < times; call++) {
    gate = after(gate, AWAY, now);
    waits.push(gate.restsUntilAt - now);
    now = gate.restsUntilAt;
  }
  return { gate, waits };
}

describe("T9 a service that fails", () => {
  test("rests for 1, 2, 4 s and so on up to 5 minutes, and is then asked once", () => {
    const { gate, waits } = failing(11);
    expect(waits.map((ms) => ms / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(passageOf(gate, gate.restsUntilAt - 1)).toEqual({ kind: "none", untilAt: gate.restsUntilAt });
    expect(passageOf(gate, gate.restsUntilAt)).toEqual({ kind: "one" });
  });

  test("is asked by everybody again once it has answered, also when it said no to one", () => {
    for (const outcome of [TOLD, { kind: "request", reason: "422" }] as const) {
      expect(passageOf(after(failing(4).gate, outcome), T0)).toEqual({ kind: "all" });
    }
  });

  test("rests no longer because many calls were under way when it fell", () => {
    let gate = OPEN;
    for (let call = 0; call < 8; call++) gate = after(gate, AWAY, T0 + call);
    expect(gate).toEqual({ failures: 1, restsUntilAt: T0 + 1_000, refused: false });
  });

  test("is news when it has failed five times in a row, and when it is back", () => {
    const news: unknown[] = [];
    for (let times = 1; times <= 7; times++) news.push(newsOf(failing(times - 1).gate, failing(times).gate));
    expect(news).toEqual([null, null, null, null, "down", null, null]);
    expect(newsOf(failing(7).gate, after(failing(7).gate, TOLD))).toBe("back");
    expect(newsOf(failing(2).gate, after(failing(2).gate, TOLD))).toBeNull();
  });
});

test("T9 a service that asks for patience gets it", () => {
  const gate = after(OPEN, { kind: "throttled", afterMs: 90_000, reason: "429" });
  expect(passageOf(gate, T0 + 89_999)).toEqual({ kind: "none", untilAt: T0 + 90_000 });
  expect(passageOf(gate, T0 + 90_000)).toEqual({ kind: "all" });
});

test("T9 a service that refuses us is not asked again before a person has looked", () => {
  const gate = after(OPEN, { kind: "account", reason: "401" });
  expect(newsOf(OPEN, gate)).toBe("refuses");
  expect(passageOf(gate, T0 + 10 ** 9)).toEqual({ kind: "none", untilAt: null });
  expect(passageOf(after(gate, TOLD), T0).kind).toBe("none");
  expect(newsOf(gate, after(gate, { kind: "account", reason: "401" }))).toBeNull();
});
