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
import { hopeless } from "./claiming.ts";
import { expectationOf, type Expectation } from "./expectation.ts";
import type { Content } from "./update.ts";
import { seconds, waitMsFor, waitReason, type WaitPolicy } from "./waits.ts";

export const TURN_STATES = ["gathering", "ready", "running", "parked", "committed", "cancelled", "dead"] as const;
export type TurnState = (typeof TURN_STATES)[number];

/** Why a turn stopped gathering. */
export type Closing = "due" | "settled" | "full" | "tap" | "crowded";

/** Parts that one turn takes before it closes (DESIGN §5.3). */
export const MOST_PARTS = 20;
/** Parts a turn takes while a rate limit holds it back; later ones open the next turn (guarantees §2, H5). */
const MOST_HELD_PARTS = 50;
/** How often a newer part may take a turn back from a running agent (DESIGN §5.8). */
export const MOST_RERUNS = 2;
/** An announced attachment that comes later than this after the answer is a matter of its own (DESIGN §5.9). */
const AMENDMENT_MS = 10 * 60_000;
/** A part within this time after its turn closed makes the closing premature (DESIGN §5.6). */
const PREMATURE_MS = 5_000;

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
  /** The attachment that its texts announce; "nothing" when none. */
  readonly announces: "image" | "file" | "nothing";
  /** When the text that announced it arrived; 0 when none did. */
  readonly announcedAt: number;
  /** When it last stopped gathering; 0 while it never did. */
  readonly closedAt: number;
  /** Whether it brings what an earlier, answered turn had announced (DESIGN §5.9). */
  readonly amends: boolean;
  /** In words, for people: why it waits, or why it closed. */
  readonly reason: string;
  /** Raised by whatever makes an earlier worker's result worthless. */
  readonly fence: number;
  readonly claims: number;
  readonly reruns: number;
  /** Agent failures so far. */
  readonly failures: number;
  /** The person was told that the answer is late; told once (A8). */
  readonly apologised: boolean;
}

/** What happened in the conversation shortly before a part came. Times are epoch ms. */
export interface Lately {
  /** An answered turn whose announced attachment has not come yet; null when there is none to wait for. */
  readonly awaits: {
    readonly announces: "image" | "file";
    readonly announcedAt: number;
    readonly answeredAt: number;
  } | null;
  /** When its newest answered turn had closed; 0 when there is none. */
  readonly closedAt: number;
}

const QUIET: Lately = { awaits: null, closedAt: 0 };

/** How long an announced attachment really took (DESIGN §5.6). */
export interface WaitSample {
  readonly announced: "image" | "file";
  readonly tookMs: number;
  /** It came after its turn had closed. */
  readonly late: boolean;
}

interface Lessons {
  /** Null when the part was not an announced attachment. */
  readonly sample: WaitSample | null;
  /** The part came so soon after its turn closed that waiting a little longer would have joined them. */
  readonly premature: boolean;
}

/** What hearing a part did. */
export type Heard = Lessons &
  (
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
      }
  );

const NOTHING_MORE: Expectation = { kind: "nothing", reason: "nothing more is expected" };

/** By content, because a text is judged when it is stored and again when it is told; reading it is the costliest step. */
const parts = new WeakMap<Content, Part>();

/** What a message or a tap means for waiting. */
export function partOf(content: Content & { kind: "message" | "tap" }): Part {
  const known = parts.get(content);
  if (known !== undefined) return known;
  const part = judge(content);
  parts.set(content, part);
  return part;
}

function judge(content: Content & { kind: "message" | "tap" }): Part {
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
 * @param lately what was answered shortly before
 */
export function hear(newest: Turn | null, part: Part, now: number, policy: WaitPolicy, lately: Lately = QUIET): Heard {
  if (part.tap) {
    const closes = newest?.state === "gathering" ? close(newest, now, "tap") : null;
    const turn: Turn = {
      ...fresh(part, now, policy),
      kind: "tap",
      state: "ready",
      dueAt: now,
      reason: "answered at once: a button was pressed",
    };
    return { kind: "opened", closes, turn, sample: null, premature: false };
  }
  if (newest !== null && takesParts(newest, now)) return extend(newest, part, now, policy);
  const closes = newest?.state === "gathering" ? close(newest, now, "due") : null;
  return { ...open(part, now, policy, lately), closes };
}

type Opened = Heard & { kind: "opened" };

function open(part: Part, now: number, policy: WaitPolicy, { awaits, closedAt }: Lately): Opened {
  const premature = closedAt > 0 && now - closedAt <= PREMATURE_MS;
  const turn = fresh(part, now, policy);
  const isAwaited = awaits !== null && part.attachment && now - awaits.answeredAt <= AMENDMENT_MS;
  if (!isAwaited) return { kind: "opened", closes: null, turn, sample: null, premature };
  const sample = { announced: awaits.announces, tookMs: now - awaits.announcedAt, late: true };
  if (part.text) return { kind: "opened", closes: null, turn: { ...turn, amends: true }, sample, premature };
  // Its text was said and answered long ago, so there is only the rest of an album to wait for.
  const settled = {
    dueAt: policy.enabled ? now + policy.settleMs : now,
    reason: `settling ${seconds(policy.settleMs)}: this was announced earlier`,
  };
  return { kind: "opened", closes: null, turn: { ...turn, ...settled, amends: true }, sample, premature };
}

function takesParts(turn: Turn, now: number): boolean {
  if (turn.kind === "tap") return false;
  // A fresh question must not die with a turn that is about to be given up.
  if (turn.state !== "running" && hopeless(turn, now) !== null) return false;
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
    ...announced(null, part, now),
    closedAt: 0,
    amends: false,
    fence: 0,
    claims: 0,
    reruns: 0,
    failures: 0,
    apologised: false,
  };
}

function extend(turn: Turn, part: Part, now: number, policy: WaitPolicy): Heard {
  const fuller = {
    ...turn,
    parts: turn.parts + 1,
    hasText: turn.hasText || part.text,
    hasAttachment: turn.hasAttachment || part.attachment,
    ...announced(turn, part, now),
  };
  const lessons: Lessons = {
    sample: sampleOf(turn, part, now),
    premature: turn.state !== "gathering" && turn.closedAt > 0 && now - turn.closedAt <= PREMATURE_MS,
  };
  // A turn held back by a rate limit waits for the limit, not for words, so it stays ready.
  if (isHeldByRate(turn))
    return { kind: "extended", aborts: false, turn: { ...fuller, fence: turn.fence + 1 }, ...lessons };

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
  return { kind: "extended", aborts, turn: full ? close(gathering, now, "full") : gathering, ...lessons };
}

/** The newest text that announces an attachment says which, and since when. */
function announced(before: Turn | null, part: Part, now: number): Pick<Turn, "announces" | "announcedAt"> {
  const { kind } = part.expectation;
  if (kind === "image" || kind === "file") return { announces: kind, announcedAt: now };
  return { announces: before?.announces ?? "nothing", announcedAt: before?.announcedAt ?? 0 };
}

/** The first attachment after an announcement is a sample; what was there before it was not waited for. */
function sampleOf(turn: Turn, part: Part, now: number): WaitSample | null {
  if (!part.attachment || turn.hasAttachment || turn.announces === "nothing") return null;
  return { announced: turn.announces, tookMs: now - turn.announcedAt, late: turn.state !== "gathering" };
}

/**
 * One of a turn's parts was changed or taken back before the answer (DESIGN §5.10).
 *
 * @param parts what is left, in any order
 * @param edited the part with its new words; null when one was taken back
 * @returns null when the turn is past changing: what it says then only changes the history
 */
export function revise(
  turn: Turn,
  parts: readonly Part[],
  edited: Part | null,
  now: number,
  policy: WaitPolicy,
): { readonly turn: Turn; readonly aborts: boolean } | null {
  const aborts = turn.state === "running";
  if (aborts && edited !== null && turn.reruns >= MOST_RERUNS) return null;
  const left: Turn = {
    ...turn,
    parts: parts.length,
    hasText: parts.some((part) => part.text),
    hasAttachment: parts.some((part) => part.attachment),
    fence: turn.state === "gathering" ? turn.fence : turn.fence + 1,
    claims: aborts ? turn.claims - 1 : turn.claims,
    reruns: aborts ? turn.reruns + 1 : turn.reruns,
  };
  if (parts.length === 0) {
    return {
      turn: { ...left, parts: turn.parts, state: "cancelled", reason: "everything it said was taken back" },
      aborts,
    };
  }
  if (isHeldByRate(turn)) return { turn: left, aborts };
  const gathering = { ...left, state: "gathering", notBeforeAt: 0, hold: null } as const;
  if (edited === null) {
    const dueAt = turn.state === "gathering" ? turn.dueAt : now;
    return { turn: { ...gathering, dueAt }, aborts };
  }
  return { turn: { ...gathering, ...announced(left, edited, now), ...due(turn, edited, now, policy) }, aborts };
}

/** A human answers, or the thread is somebody else's now: nobody answers this turn any more. */
export function cancel(turn: Turn, why: string): Turn {
  return { ...turn, state: "cancelled", fence: turn.fence + 1, reason: why };
}

/** Whether a turn waited for something that never came (DESIGN §5.6). */
export function isWasted(turn: Turn, policy: WaitPolicy): boolean {
  const isWhole = turn.amends || (turn.hasText && turn.hasAttachment);
  // Until it was due, not until the machine came to close it: that is a moment later, also after the shortest wait.
  return turn.parts === 1 && !isWhole && turn.dueAt - turn.firstAt > policy.plainMs;
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
    return {
      dueAt: now + policy.settleMs,
      reason: `settling ${seconds(policy.settleMs)}: text and attachment are here`,
    };
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
  return {
    ...turn,
    state: "ready",
    dueAt: Math.min(turn.dueAt, now),
    closedAt: now,
    reason: closingReason(turn, now, why),
  };
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
