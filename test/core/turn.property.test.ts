// Any schedule of parts, driven against the pure rules by a small scheduler in virtual time. The scheduler does what the
// store and the workers do: it keeps the turns of one conversation, closes what is due, and lets an agent work.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { claim, fail, giveBack, hopeless, recoverTurn } from "../../src/core/claiming.ts";
import { close, closingOf, hear, MOST_PARTS, MOST_RERUNS, type Part, type Turn } from "../../src/core/turn.ts";
import { DEFAULT_WAITS } from "../../src/core/waits.ts";
import { announces, shows, taps } from "../helpers/parts.ts";

const KINDS: readonly Part[] = [
  announces("image"),
  announces("file"),
  announces("question"),
  announces("unfinished"),
  announces("nothing"),
  shows("image"),
  shows("file"),
  shows("sticker"),
  { ...announces("image"), attachment: true },
  taps,
];

/** How an agent's call ends; a call that is cut short by a newer part ends before. */
type Ending = "reply" | "fail" | "restart" | "shutdown";

interface Arrival {
  readonly atMs: number;
  readonly part: Part;
  /** How often the webhook comes. */
  readonly copies: number;
}

interface Scenario {
  readonly arrivals: readonly Arrival[];
  readonly calls: readonly { readonly tookMs: number; readonly ending: Ending }[];
}

interface Held {
  turn: Turn;
  readonly heard: number[];
}

function isOpen({ turn }: Held): boolean {
  return turn.state === "gathering" || turn.state === "ready" || turn.state === "running";
}

/** One conversation from its first part until nothing is left to do. */
class Conversation {
  readonly turns: Held[] = [];
  /** The parts that each committed answer knew, by turn. */
  readonly answered: number[][] = [];
  private readonly seen = new Set<number>();
  private call: { held: Held; fence: number; knew: number[]; endsAt: number; ending: Ending } | null = null;
  private calls = 0;
  private now = 0;

  constructor(private readonly scenario: Scenario) {}

  run(): void {
    const webhooks = this.scenario.arrivals
      .flatMap((arrival, id) =>
        Array.from({ length: arrival.copies }, (_, copy) => ({ atMs: arrival.atMs + copy * 700, id })),
      )
      .toSorted((a, b) => a.atMs - b.atMs);
    for (let steps = 0; ; steps++) {
      if (steps > 5_000) throw new Error("the conversation does not come to rest");
      const webhook = webhooks[0];
      const at = Math.min(webhook?.atMs ?? Infinity, this.nextDueAt());
      if (at === Infinity) return;
      this.now = Math.max(this.now, at);
      if (webhook !== undefined && webhook.atMs <= this.now) {
        webhooks.shift();
        this.arrive(webhook.id);
      } else this.work();
      this.check();
    }
  }

  private nextDueAt(): number {
    if (this.call !== null) return Math.min(this.call.endsAt, this.gathering()?.turn.dueAt ?? Infinity);
    const head = this.turns.find(isOpen);
    const readyAt = head?.turn.state === "ready" ? Math.max(head.turn.notBeforeAt, this.now) : Infinity;
    return Math.min(readyAt, this.gathering()?.turn.dueAt ?? Infinity);
  }

  private gathering(): Held | undefined {
    return this.turns.find(({ turn }) => turn.state === "gathering");
  }

  private arrive(id: number): void {
    const arrival = this.scenario.arrivals[id];
    if (arrival === undefined || this.seen.has(id)) return;
    this.seen.add(id);
    const newest = this.turns.findLast(isOpen);
    const heard = hear(newest?.turn ?? null, arrival.part, this.now, DEFAULT_WAITS);
    if (heard.kind === "extended" && newest !== undefined) {
      newest.turn = heard.turn;
      newest.heard.push(id);
      if (heard.aborts) this.call = null;
    } else {
      if (heard.kind === "opened" && heard.closes !== null && newest !== undefined) newest.turn = heard.closes;
      this.turns.push({ turn: heard.turn, heard: [id] });
    }
    const { turn } = heard;
    if (turn.state === "gathering") {
      expect(turn.dueAt).toBeLessThanOrEqual(Math.max(turn.firstAt + DEFAULT_WAITS.longestMs, this.now));
      expect(turn.dueAt).toBeGreaterThanOrEqual(this.now);
    }
  }

  private work(): void {
    const due = this.gathering();
    if (due !== undefined && due.turn.dueAt <= this.now) due.turn = close(due.turn, this.now, closingOf(due.turn));
    if (this.call !== null) {
      if (this.call.endsAt <= this.now) this.end(this.call);
      return;
    }
    const head = this.turns.find(isOpen);
    if (head === undefined || head.turn.state !== "ready" || head.turn.notBeforeAt > this.now) return;
    if (hopeless(head.turn, this.now) !== null) {
      head.turn = { ...head.turn, state: "dead" };
      return;
    }
    head.turn = claim(head.turn);
    const { tookMs, ending } = this.scenario.calls[this.calls++] ?? { tookMs: 0, ending: "reply" };
    this.call = { held: head, fence: head.turn.fence, knew: [...head.heard], endsAt: this.now + tookMs, ending };
  }

  private end({ held, fence, knew, ending }: NonNullable<Conversation["call"]>): void {
    this.call = null;
    expect([held.turn.state, held.turn.fence]).toEqual(["running", fence]);
    if (ending === "reply") {
      held.turn = { ...held.turn, state: "committed" };
      this.answered.push(knew);
      expect(knew).toEqual(held.heard);
    }
    if (ending === "fail") held.turn = fail(held.turn, this.now, "busy");
    if (ending === "restart") held.turn = recoverTurn(held.turn);
    if (ending === "shutdown") held.turn = giveBack(held.turn);
  }

  private check(): void {
    const count = (state: Turn["state"]): number => this.turns.filter(({ turn }) => turn.state === state).length;
    expect(count("gathering")).toBeLessThanOrEqual(1);
    expect(count("running")).toBeLessThanOrEqual(1);
    const running = this.turns.findIndex(({ turn }) => turn.state === "running");
    expect(this.turns.slice(0, Math.max(0, running)).some(isOpen)).toBe(false);
    for (const { turn, heard } of this.turns) {
      expect(turn.claims).toBeGreaterThanOrEqual(0);
      expect(turn.reruns).toBeLessThanOrEqual(MOST_RERUNS);
      expect(turn.parts).toBe(heard.length);
      expect(turn.parts).toBeLessThanOrEqual(MOST_PARTS);
      expect(turn.reason).not.toBe("");
    }
  }
}

const arrivals = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 30_000 }),
    part: fc.constantFrom(...KINDS),
    copies: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 45 },
);
const calls = (...endings: Ending[]) =>
  fc.array(fc.record({ tookMs: fc.integer({ min: 0, max: 12_000 }), ending: fc.constantFrom(...endings) }), {
    maxLength: 20,
  });

/** A schedule as it came about in full. */
function played(scenario: Scenario): Conversation {
  const conversation = new Conversation(scenario);
  conversation.run();
  return conversation;
}

const numRuns = 300;

describe("any schedule of parts", () => {
  test("G4 G5 every part ends in exactly one answer, however parts and answers interleave", () => {
    fc.assert(
      fc.property(fc.record({ arrivals, calls: calls("reply", "shutdown") }), (scenario) => {
        const { turns, answered } = played(scenario);
        expect(turns.map(({ turn }) => turn.state)).toEqual(turns.map(() => "committed"));
        expect(answered.flat().toSorted((a, b) => a - b)).toEqual(scenario.arrivals.map((_, id) => id));
      }),
      { numRuns },
    );
  });

  test("G6 with agents that fail and restarts, every part is answered once or visibly given up", () => {
    fc.assert(
      fc.property(fc.record({ arrivals, calls: calls("reply", "fail", "restart", "shutdown") }), (scenario) => {
        const { turns, answered } = played(scenario);
        expect(turns.filter(({ turn }) => turn.state !== "committed" && turn.state !== "dead")).toEqual([]);
        const dead = turns.filter(({ turn }) => turn.state === "dead").flatMap(({ heard }) => heard);
        expect([...answered.flat(), ...dead].toSorted((a, b) => a - b)).toEqual(scenario.arrivals.map((_, id) => id));
      }),
      { numRuns },
    );
  });

  test("§5.3 a button is never answered together with anything else", () => {
    fc.assert(
      fc.property(fc.record({ arrivals, calls: calls("reply") }), (scenario) => {
        for (const { heard } of played(scenario).turns) {
          const buttons = heard.filter((id) => scenario.arrivals[id]?.part.tap).length;
          expect(buttons === 0 || heard.length === 1).toBe(true);
        }
      }),
      { numRuns },
    );
  });

  test("A1 when the second half comes within the wait that the first one asked for, both are one answer", () => {
    const half = fc.tuple(
      fc.constantFrom(announces("image"), announces("file"), announces("question")),
      fc.constantFrom(shows("image"), shows("file")),
    );
    fc.assert(
      fc.property(
        half,
        fc.boolean(),
        fc.integer({ min: 0, max: 1_999 }),
        fc.integer({ min: 0, max: 5_000 }),
        (pair, swapped, gapMs, tookMs) => {
          const [first, second] = swapped ? pair.toReversed() : pair;
          if (first === undefined || second === undefined) throw new Error("a pair has two halves");
          const both = [first, second].map((part, index) => ({ atMs: index * gapMs, part, copies: 2 }));
          expect(played({ arrivals: both, calls: [{ tookMs, ending: "reply" }] }).answered).toEqual([[0, 1]]);
        },
      ),
      { numRuns },
    );
  });
});
