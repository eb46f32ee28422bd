/**
 * Turns: which updates get one answer, and when (DESIGN §5). Everything here is a plain function of what was, what came
 * and what time it is; the store saves the result, the workers act on it.
 *
 *   (none) ──hear──▶ gathering ──due, full, tap, crowded──▶ ready ──claim──▶ running ──commit──▶ committed
 *                        ▲                                    │                │  │
 *                        └──────── a newer part ──────────────┴────────────────┘  ├─ agent failed ─▶ ready, later
 *                                                                                 └─ too often ────▶ dead
 *
 * A human who answers, or a thread handed over, cancels whatever is not committed.
 */
import { expectationOf, type Expectation } from "./expectation.ts";
import type { Content } from "./update.ts";
import { seconds, waitMsFor, waitReason, type WaitPolicy } from "./waits.ts";

export const TURN_STATES = ["gathering", "ready", "running", "parked", "committed", "cancelled", "dead"] as const;
export type TurnState = (typeof TURN_STATES)[number];

/** Why a turn stopped gathering. */
export type Closing = "due" | "settled" | "full" | "tap" | "crowded";

/** Parts that one turn takes before it closes (DESIGN §5.3). */
export const MOST_PARTS = 20;
/** Parts a turn takes while a rate limit holds it back; later ones are counted, not told (guarantees §2, H5). */
export const MOST_HELD_PARTS = 50;
/** How often a newer part may take a turn back from a running agent (DESIGN §5.8). */
export const MOST_RERUNS = 2;
/** Claims after which a turn is given up: something in it kills or defeats the worker each time. */
export const MOST_CLAIMS = 3;
/** Waits after the first and the second failure of the agent (guarantees §2). */
const AGENT_RETRIES_MS = [30_000, 120_000] as const;
/** An answer that comes this long after an apology answers nobody (guarantees §2). */
const APOLOGY_LIFETIME_MS = 10 * 60_000;
/** Nothing is answered after this long (guarantees §2). */
export const TURN_LIFETIME_MS = 6 * 3_600_000;

/** One thing a person said, as far as waiting cares. */
export interface Part {
  /** False for attachments and stickers alone. */
  readonly text: boolean;
  /** Anything attached but stickers and link previews: the former are said, the latter come with the text itself. */
  readonly attachment: boolean;
  /** A button, quick reply or command. */
  readonly tap: boolean;
  readonly expectation: Expectation;
}

/** A turn, as far as decisions depend on it. Times are epoch ms. */
export interface Turn {
  readonly state: TurnState;
  /** A `tap` stands alone; a `talk` takes further parts. */
  readonly kind: "talk" | "tap";
  /** When its first part arrived here; the ceiling counts from it. */
  readonly firstAt: number;
  /** While gathering: when it closes. */
  readonly dueAt: number;
  /** While ready: not claimed before. 0 for at once. */
  readonly notBeforeAt: number;
  /** What holds it back until then. */
  readonly hold: "rate" | "agent" | null;
  readonly parts: number;
  readonly hasText: boolean;
  readonly hasAttachment: boolean;
  /** In words, for people: why it waits, or why it closed. */
  readonly reason: string;
  /** Raised by whatever makes an earlier worker's result worthless. */
  readonly fence: number;
  readonly claims: number;
  readonly reruns: number;
  /** Agent failures so far; the first one brings an apology. */
  readonly failures: number;
}

/** What hearing a part did. */
export type Heard =
  | {
      readonly kind: "opened";
      readonly turn: Turn;
      /** The earlier turn, closed by this part; null when there was none to close. */
      readonly closes: Turn | null;
    }
  | {
      readonly kind: "extended";
      readonly turn: Turn;
      /** An agent is at work on the turn without this part: stop it. */
      readonly aborts: boolean;
    };

const NOTHING_MORE: Expectation = { kind: "nothing", reason: "nothing more is expected" };

/** What a message or a tap means for waiting. */
export function partOf(content: Content & { kind: "message" | "tap" }): Part {
  if (content.kind === "tap") return { text: true, attachment: false, tap: true, expectation: NOTHING_MORE };
  const text = content.text.trim() !== "";
  return {
    text,
    attachment: content.attachments.some(({ kind }) => kind !== "sticker" && kind !== "link"),
    tap: false,
    expectation: text ? expectationOf(content.text) : NOTHING_MORE,
  };
}

/**
 * A part came. It joins the conversation's newest open turn if that still takes parts, else it opens one.
 *
 * @param newest the conversation's newest turn that is not committed, cancelled or dead; null when there is none
 * @param now epoch ms of arrival
 */
export function hear(newest: Turn | null, part: Part, now: number, policy: WaitPolicy): Heard {
  if (part.tap) {
    const closes = newest?.state === "gathering" ? close(newest, now, "tap") : null;
    const turn: Turn = { ...fresh(part, now, policy), kind: "tap", state: "ready", dueAt: now, reason: "answered at once: a button was pressed" };
    return { kind: "opened", closes, turn };
  }
  if (newest === null || !takesParts(newest)) {
    return { kind: "opened", closes: null, turn: fresh(part, now, policy) };
  }
  return extend(newest, part, now, policy);
}

function takesParts(turn: Turn): boolean {
  if (turn.kind === "tap") return false;
  if (isHeldByRate(turn)) return turn.parts < MOST_HELD_PARTS;
  if (turn.parts >= MOST_PARTS) return false;
  return turn.state !== "running" || turn.reruns < MOST_RERUNS;
}

function isHeldByRate(turn: Turn): boolean {
  return turn.state === "ready" && turn.hold === "rate";
}

function fresh(part: Part, now: number, policy: WaitPolicy): Turn {
  return {
    state: "gathering",
    kind: "talk",
    firstAt: now,
    ...due(null, part, now, policy),
    notBeforeAt: 0,
    hold: null,
    parts: 1,
    hasText: part.text,
    hasAttachment: part.attachment,
    fence: 0,
    claims: 0,
    reruns: 0,
    failures: 0,
  };
}

function extend(turn: Turn, part: Part, now: number, policy: WaitPolicy): Heard {
  const fuller = {
    ...turn,
    parts: turn.parts + 1,
    hasText: turn.hasText || part.text,
    hasAttachment: turn.hasAttachment || part.attachment,
  };
  // A turn held back by a rate limit waits for the limit, not for words, so it stays ready.
  if (isHeldByRate(turn)) return { kind: "extended", aborts: false, turn: { ...fuller, fence: turn.fence + 1 } };

  const aborts = turn.state === "running";
  const gathering: Turn = {
    ...fuller,
    state: "gathering",
    ...due(turn, part, now, policy),
    notBeforeAt: 0,
    hold: null,
    fence: turn.state === "gathering" ? turn.fence : turn.fence + 1,
    // The agent did nothing wrong: a rerun for a newer part costs no claim (DESIGN §5.8).
    claims: aborts ? turn.claims - 1 : turn.claims,
    reruns: aborts ? turn.reruns + 1 : turn.reruns,
  };
  const full = gathering.parts >= MOST_PARTS;
  return { kind: "extended", aborts, turn: full ? close(gathering, now, "full") : gathering };
}

/** When a turn closes once this part is in it, and why. `before` is the turn without the part. */
function due(before: Turn | null, part: Part, now: number, policy: WaitPolicy): { dueAt: number; reason: string } {
  if (!policy.enabled) return { dueAt: now, reason: "waiting is switched off" };
  const ceilingAt = (before?.firstAt ?? now) + policy.longestMs;
  const wished = wish(before, part, now, policy);
  if (wished.dueAt <= ceilingAt) return wished;
  return {
    dueAt: Math.max(ceilingAt, now),
    reason: `${wished.reason}; no turn waits longer than ${seconds(policy.longestMs)}`,
  };
}

function wish(before: Turn | null, part: Part, now: number, policy: WaitPolicy): { dueAt: number; reason: string } {
  const hasText = part.text || (before?.hasText ?? false);
  const hasAttachment = part.attachment || (before?.hasAttachment ?? false);
  if (hasText && hasAttachment) {
    return { dueAt: now + policy.settleMs, reason: `settling ${seconds(policy.settleMs)}: text and attachment are here` };
  }
  const earlierDueAt = before?.state === "gathering" ? before.dueAt : now;
  if (part.attachment) {
    const waitMs = policy.attachmentFirstMs;
    return {
      dueAt: Math.max(earlierDueAt, now + waitMs),
      reason: `waiting up to ${seconds(waitMs)}: an attachment came without a text`,
    };
  }
  const waitMs = waitMsFor(part.expectation.kind, policy);
  const dueAt = now + waitMs;
  // A later "ạ" must not cut short what an earlier text announced.
  if (before !== null && earlierDueAt > dueAt) return { dueAt: earlierDueAt, reason: before.reason };
  return { dueAt, reason: waitReason(waitMs, part.expectation) };
}

/** A gathering turn stops gathering. */
export function close(turn: Turn, now: number, why: Closing): Turn {
  return { ...turn, state: "ready", dueAt: Math.min(turn.dueAt, now), reason: closingReason(turn, now, why) };
}

function closingReason(turn: Turn, now: number, why: Closing): string {
  const waited = seconds(Math.max(0, now - turn.firstAt));
  switch (why) {
    case "settled":
      return `answered after ${waited}: text and attachment are here`;
    case "full":
      return `answered after ${waited}: ${turn.parts} parts are as many as one turn takes`;
    case "tap":
      return `answered after ${waited}: a button was pressed`;
    case "crowded":
      return `answered after ${waited}: too many turns were waiting`;
    case "due":
      return `answered after ${waited}: nothing more came`;
  }
}

/** Why a turn that is due closes: did what it waited for come? */
export function closingOf(turn: Turn): Closing {
  return turn.hasText && turn.hasAttachment ? "settled" : "due";
}

/** A stored due time, made safe against a clock that was set back while the server was down (guarantees H4). */
export function clampDue(dueAt: number, now: number, policy: WaitPolicy): number {
  return Math.min(dueAt, now + policy.longestMs);
}

/** A worker takes the turn. The claim is charged before any work, so that a turn which kills the worker ends (G6). */
export function claim(turn: Turn): Turn {
  return { ...turn, state: "running", fence: turn.fence + 1, claims: turn.claims + 1, notBeforeAt: 0, hold: null };
}

/** Whether a turn is still worth claiming; null when it is, else why not. */
export function hopeless(turn: Turn, now: number): string | null {
  if (turn.claims >= MOST_CLAIMS) return `given up after ${turn.claims} attempts`;
  if (now > turn.firstAt + TURN_LIFETIME_MS) return "given up: nobody could answer it for 6 hours";
  if (turn.failures > 0 && now > turn.firstAt + APOLOGY_LIFETIME_MS) return "given up 10 minutes after it was asked";
  return null;
}

/** The agent failed. Ready again in 30 s, then in 2 min, then dead. */
export function fail(turn: Turn, now: number, why: string): Turn {
  const failures = turn.failures + 1;
  const retryMs = AGENT_RETRIES_MS[failures - 1];
  const failed = { ...turn, failures };
  if (retryMs === undefined || turn.claims >= MOST_CLAIMS) {
    return { ...failed, state: "dead", reason: `given up after ${failures} attempts: ${why}` };
  }
  return { ...failed, state: "ready", notBeforeAt: now + retryMs, hold: "agent", reason: `again in ${seconds(retryMs)}: ${why}` };
}

/** The worker stops without a result and without blame (shutdown): the claim is given back. */
export function giveBack(turn: Turn): Turn {
  return { ...turn, state: "ready", claims: turn.claims - 1 };
}

/** The turn was running when the process died: ready again, the claim stays charged. */
export function recoverTurn(turn: Turn): Turn {
  return { ...turn, state: "ready", reason: "the server restarted while it was being answered" };
}
