/** A turn in a worker's hands: claimed, failed, given back, given up. Pure, like all of core. */
import type { Turn } from "./turn.ts";
import { seconds } from "./waits.ts";

/** Claims after which a turn is given up: something in it kills or defeats the worker each time. */
const MOST_CLAIMS = 3;
/** Waits after the first and the second failure of the agent (guarantees §2). */
const AGENT_RETRIES_MS = [30_000, 120_000] as const;
/** Nothing holds a turn back for longer: a failed agent, a rate limit of a minute, the model's open breaker. */
export const LONGEST_HOLD_MS = 300_000;
/** An answer that comes this long after an apology answers nobody (guarantees §2). */
const APOLOGY_LIFETIME_MS = 10 * 60_000;
/** Nothing is answered after this long (guarantees §2). */
const TURN_LIFETIME_MS = 6 * 3_600_000;

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
  return {
    ...failed,
    state: "ready",
    notBeforeAt: now + retryMs,
    hold: "agent",
    reason: `again in ${seconds(retryMs)}: ${why}`,
  };
}

/**
 * Nobody can be asked at the moment: the model's breaker is open, or its key is refused. The turn did nothing wrong, so it
 * costs no claim and no failure, and waits apart until then.
 */
export function park(turn: Turn, untilAt: number, why: string): Turn {
  return { ...turn, state: "parked", claims: turn.claims - 1, notBeforeAt: untilAt, hold: "agent", reason: why };
}

/** The person's rate limit holds the turn back; what comes meanwhile joins it (M4). */
export function holdBack(turn: Turn, untilAt: number): Turn {
  return {
    ...turn,
    notBeforeAt: untilAt,
    hold: "rate",
    reason: "held back: this person was answered as often as one minute allows",
  };
}

/** The worker stops without a result and without blame (shutdown): the claim is given back. */
export function giveBack(turn: Turn): Turn {
  return { ...turn, state: "ready", claims: turn.claims - 1 };
}

/** The turn was running when the process died: ready again, the claim stays charged. */
export function recoverTurn(turn: Turn): Turn {
  return { ...turn, state: "ready", reason: "the server restarted while it was being answered" };
}
