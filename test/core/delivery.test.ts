import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  AMBIGUOUS_ROUNDS,
  recover,
  resolveDoubt,
  settle,
  type DeliveryFacts,
  type DeliveryPolicy,
  type SendOutcome,
  type Settled,
} from "../../src/core/delivery.ts";
import { DELIVERY_LIFETIME_MS } from "../../src/core/retry.ts";

const T0 = 1_795_000_000_000;
const POLICY: DeliveryPolicy = { quickRetries: 3, echoGraceMs: 30_000, ambiguous: "resend-once" };
const FIRST: DeliveryFacts = { kind: "message", state: "sending", attempts: 1, rounds: 0, createdAt: T0, nextAt: T0 };

function after(outcome: SendOutcome, facts: Partial<DeliveryFacts> = {}, now = T0): Settled {
  return settle({ ...FIRST, ...facts }, outcome, now, 0, POLICY);
}

const reason = "because";
const outcomes: SendOutcome[] = [
  { kind: "sent", messageId: "mid.1" },
  { kind: "unsent", reason },
  { kind: "throttled", afterMs: null, reason },
  { kind: "unlikely", reason },
  { kind: "ambiguous", reason },
  { kind: "recipient", reason },
  { kind: "moved", to: "-100", reason },
  { kind: "window", reason },
  { kind: "account", reason },
  { kind: "policy", reason },
  { kind: "request", reason },
];

describe("guarantees §3 what an outcome makes of a delivery", () => {
  const quiet = {
    account: null,
    accountPauseUntil: null,
    blocksConversation: false,
    movesTo: null,
    messageId: null,
    attempts: 1,
    rounds: 0,
  };
  const table: [SendOutcome["kind"], Partial<Settled>][] = [
    ["sent", { ...quiet, state: "sent", messageId: "mid.1", error: null }],
    ["unsent", { ...quiet, state: "pending", nextAt: T0 + 1_000, error: "unsent: because" }],
    ["unlikely", { ...quiet, state: "pending", nextAt: T0 + 1_000 }],
    ["throttled", { ...quiet, state: "pending", nextAt: T0 + 1_000, attempts: 0, accountPauseUntil: T0 + 1_000 }],
    ["ambiguous", { ...quiet, state: "ambiguous", nextAt: T0 + 30_000, rounds: 1 }],
    ["recipient", { ...quiet, state: "dead", blocksConversation: true }],
    ["moved", { ...quiet, state: "pending", nextAt: T0, movesTo: "-100" }],
    ["window", { ...quiet, state: "expired" }],
    ["account", { ...quiet, state: "parked", account: "auth_failed" }],
    ["policy", { ...quiet, state: "parked", account: "paused" }],
    ["request", { ...quiet, state: "dead", error: "request: because" }],
  ];
  test.each(table)("%s", (kind, expected) => {
    const outcome = outcomes.find((each) => each.kind === kind);
    expect(outcome && after(outcome)).toMatchObject(expected);
  });

  test("every outcome is in the table", () => {
    expect(table.map(([kind]) => kind).toSorted()).toEqual(outcomes.map(({ kind }) => kind).toSorted());
  });

  test("only a send tells a message id, and only a send leaves no error", () => {
    for (const outcome of outcomes) {
      const settled = after(outcome);
      expect([settled.messageId !== null, settled.error === null]).toEqual([
        outcome.kind === "sent",
        outcome.kind === "sent",
      ]);
    }
  });
});

describe("R5 attempts", () => {
  test.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
    [8, 128_000],
    [12, 300_000],
  ])("after failed attempt %i the next one is %i ms later", (attempts, ms) => {
    expect(after({ kind: "unsent", reason }, { attempts }).nextAt).toBe(T0 + ms);
    expect(after({ kind: "unlikely", reason }, { attempts }).nextAt).toBe(T0 + ms);
  });

  test("T5 throttling waits as long as asked, for the whole account, and charges no attempt", () => {
    const settled = after({ kind: "throttled", afterMs: 42_000, reason }, { attempts: 3 });
    expect(settled).toMatchObject({ attempts: 2, nextAt: T0 + 42_000, accountPauseUntil: T0 + 42_000 });
  });

  test("throttling for hours ends at the deadline: age counts, attempts do not", () => {
    const settled = after({ kind: "throttled", afterMs: DELIVERY_LIFETIME_MS + 1, reason });
    expect(settled.state).toBe("expired");
  });
});

describe("G11 the deadline", () => {
  const late = T0 + DELIVERY_LIFETIME_MS - 500;

  test("a retry that would come more than 6 hours after the reply was made is not waited for", () => {
    expect(after({ kind: "unsent", reason }, {}, late).state).toBe("expired");
    expect(after({ kind: "unsent", reason }, {}, late - 500).state).toBe("pending");
  });

  test("interactions are bookkeeping and have none", () => {
    expect(after({ kind: "unsent", reason }, { kind: "interaction" }, late).state).toBe("pending");
  });
});

describe("G9 unknown outcomes", () => {
  test("each one is a round, charged when it arises, and waits for its echo", () => {
    let facts = FIRST;
    for (let round = 1; round <= AMBIGUOUS_ROUNDS; round++) {
      const settled = settle(facts, { kind: "ambiguous", reason }, T0, 0, POLICY);
      expect([settled.state, settled.rounds, settled.nextAt]).toEqual(["ambiguous", round, T0 + 30_000]);
      facts = { ...facts, ...settled };
      expect(resolveDoubt(facts, T0 + 29_999, POLICY)).toBe("wait");
      expect(resolveDoubt(facts, T0 + 30_000, POLICY)).toBe(round < AMBIGUOUS_ROUNDS ? "resend" : "dead");
    }
  });

  test("hold never sends again", () => {
    const facts = { ...FIRST, rounds: 1, nextAt: T0 + 30_000 };
    expect(resolveDoubt(facts, T0 + 29_999, { ...POLICY, ambiguous: "hold" })).toBe("wait");
    expect(resolveDoubt(facts, T0 + 30_000, { ...POLICY, ambiguous: "hold" })).toBe("dead");
  });

  test("a channel without echoes does not wait for one", () => {
    const settled = settle(FIRST, { kind: "ambiguous", reason }, T0, 0, { ...POLICY, echoGraceMs: 0 });
    expect(settled.nextAt).toBe(T0);
  });

  test("a call the process did not survive is unknown", () => {
    expect(recover(FIRST, T0, POLICY)).toMatchObject({ state: "ambiguous", rounds: 1, nextAt: T0 + 30_000 });
    expect(recover(FIRST, T0, POLICY).error).toContain("the server stopped");
  });
});

describe("any run of outcomes", () => {
  test("never more than three unknown rounds, never a negative attempt, never due before now", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...outcomes), { maxLength: 40 }), (run) => {
        let facts: DeliveryFacts = { ...FIRST, state: "pending", attempts: 0 };
        let [now, copies] = [T0, 0];
        for (const outcome of run) {
          if (facts.state === "ambiguous") {
            now = Math.max(now, facts.nextAt);
            const verdict = resolveDoubt(facts, now, POLICY);
            facts = { ...facts, state: verdict === "resend" ? "pending" : "dead" };
          }
          if (facts.state !== "pending") break;
          now = Math.max(now, facts.nextAt);
          facts = { ...facts, state: "sending", attempts: facts.attempts + 1 };
          if (outcome.kind === "sent" || outcome.kind === "ambiguous") copies += 1;
          const settled = settle(facts, outcome, now, 0.5, POLICY);
          expect(settled.attempts).toBeGreaterThanOrEqual(0);
          expect(settled.nextAt).toBeGreaterThanOrEqual(now);
          facts = { ...facts, ...settled };
        }
        expect(facts.rounds).toBeLessThanOrEqual(AMBIGUOUS_ROUNDS);
        expect(copies).toBeLessThanOrEqual(1 + facts.rounds);
      }),
      { numRuns: 300 },
    );
  });
});
