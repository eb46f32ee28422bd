/**
 * Stops calling what keeps failing. One for each account, because a platform's trouble with one page says nothing about
 * the others, and one for the model.
 *
 *   closed ──5 failures in a minute──▶ open ──its time is over──▶ half_open ──a probe succeeds──▶ closed
 *                                       ▲                            │
 *                                       └──── the probe fails ───────┘  (and stays open twice as long, up to 5 min)
 *
 * Only failures of the system count. A person who blocked the page, a closed window or a wrong text says nothing about
 * whether the next call can work.
 */
export interface Breaker {
  readonly state: "closed" | "open" | "half_open";
  /** When the failures that count happened, oldest first; epoch ms. */
  readonly failedAt: readonly number[];
  /** While open: when a probe may be made. While half open: when a probe that never ended no longer counts. */
  readonly untilAt: number;
  /** How long it was open the last time; 0 when it was not. */
  readonly openMs: number;
}

export const CLOSED: Breaker = { state: "closed", failedAt: [], untilAt: 0, openMs: 0 };

const FAILURES = 5;
const WINDOW_MS = 60_000;
const FIRST_OPEN_MS = 30_000;
const LONGEST_OPEN_MS = 5 * 60_000;
/** A probe that was lost (a crash, a stale worker) must not keep the breaker half open for ever. */
const PROBE_PATIENCE_MS = 60_000;

/** How many calls may be made now: all, one probe, or none until a time. */
export type Passage =
  { readonly kind: "all" } | { readonly kind: "probe" } | { readonly kind: "none"; readonly untilAt: number };

export function passage(breaker: Breaker, now: number): Passage {
  if (breaker.state === "closed") return { kind: "all" };
  return now >= breaker.untilAt ? { kind: "probe" } : { kind: "none", untilAt: breaker.untilAt };
}

/** The one call that is let through to see whether it works again. */
export function probing(breaker: Breaker, now: number): Breaker {
  return { ...breaker, state: "half_open", untilAt: now + PROBE_PATIENCE_MS };
}

/** A call came back with an answer of the other side's, whatever it was. */
export function succeeded(breaker: Breaker): Breaker {
  return breaker.state === "closed" && breaker.failedAt.length === 0 ? breaker : CLOSED;
}

/** A call failed in a way that the next one probably will, too. */
export function failed(breaker: Breaker, now: number): Breaker {
  if (breaker.state === "open") return breaker;
  if (breaker.state === "half_open") return opened(breaker, now);
  const recent = [...breaker.failedAt.filter((at) => at > now - WINDOW_MS && at <= now), now];
  const counted = { ...breaker, failedAt: recent };
  return recent.length >= FAILURES ? opened(counted, now) : counted;
}

/** Something that fails for everybody until a person mends it: no need to count to five. */
export function tripped(breaker: Breaker, now: number): Breaker {
  return breaker.state === "open" ? breaker : opened(breaker, now);
}

function opened(breaker: Breaker, now: number): Breaker {
  const openMs = breaker.openMs === 0 ? FIRST_OPEN_MS : Math.min(breaker.openMs * 2, LONGEST_OPEN_MS);
  return { state: "open", failedAt: [], untilAt: now + openMs, openMs };
}

/** A stored breaker, made safe against a clock that was set back while the server was down (guarantees H4). */
export function clampBreaker(breaker: Breaker, now: number): Breaker {
  return {
    ...breaker,
    untilAt: Math.min(breaker.untilAt, now + LONGEST_OPEN_MS),
    failedAt: breaker.failedAt.filter((at) => at <= now),
  };
}
