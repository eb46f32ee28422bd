/** Taking updates by asking for them, for platforms that can be asked: nobody need reach us from outside. */
import type { Access } from "./account.ts";

/** What one long poll came to. All but the first have a `reason` for people, without tokens. */
export type PollOutcome =
  /**
   * Bodies as a webhook would have brought them, oldest first; none when nothing happened while the platform waited.
   * Asking again with `next` confirms them, and until then they come again; null when there is nothing to confirm.
   */
  | { readonly kind: "updates"; readonly bodies: readonly Uint8Array[]; readonly next: string | null }
  /** The platform gives this account's updates to somebody else. */
  | { readonly kind: "conflict"; readonly reason: string }
  /** Asked too often. `afterMs` is the platform's own wish; null: it had none. */
  | { readonly kind: "throttled"; readonly afterMs: number | null; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string }
  /** The token is no good, and waiting does not make it better. */
  | { readonly kind: "refused"; readonly reason: string };

export interface Polling {
  /**
   * Waits at the platform until something happens, about a minute at most. Never throws.
   *
   * @param cursor `next` of the poll before, so that what it brought is confirmed; null to confirm nothing
   * @param signal ends the wait at once
   */
  poll(access: Access, cursor: string | null, signal: AbortSignal): Promise<PollOutcome>;
}

/** A platform that waits for nothing would be asked without end. */
const EMPTY_PAUSE_MS = 1_000;
const FAILURE_PAUSE_MS = 1_000;
/** Two who poll for one bot throw each other out; whoever gives way longer does the least harm. */
const CONFLICT_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
/** Jitter is added, never taken off: what a platform asks for is a floor. */
const JITTER = 0.25;

/**
 * How long to wait before the next poll, in milliseconds: 1, 2, 4 … 60 s after failures, 5, 10, 20 … 60 s while somebody
 * else is served, what the platform asks for when it asks. Each is up to a quarter longer.
 *
 * @param tookMs how long the poll lasted
 * @param failures polls that failed in a row, this one included
 * @param chance in [0, 1)
 * @returns null for never: the token is refused
 */
export function pollPauseMs(outcome: PollOutcome, tookMs: number, failures: number, chance: number): number | null {
  const growing = (firstMs: number): number => Math.min(firstMs * 2 ** Math.min(failures - 1, 10), LONGEST_PAUSE_MS);
  const jittered = (ms: number): number => Math.round(ms * (1 + JITTER * chance));
  switch (outcome.kind) {
    case "updates":
      return outcome.bodies.length > 0 ? 0 : Math.max(0, EMPTY_PAUSE_MS - tookMs);
    case "conflict":
      return jittered(growing(CONFLICT_PAUSE_MS));
    case "throttled":
      return jittered(outcome.afterMs ?? growing(FAILURE_PAUSE_MS));
    case "unreachable":
      return jittered(growing(FAILURE_PAUSE_MS));
    case "refused":
      return null;
  }
}
