/** When to try a call again. All times are milliseconds. */
export interface RetryPolicy {
  /** Quick retries of 1, 2, 4 … s before a call waits in the journal (MESSENGER_MAX_RETRIES). */
  readonly quickRetries: number;
}

/** The journal's waits double up to here (guarantees §3). */
export const LONGEST_WAIT_MS = 5 * 60_000;

/** A reply nobody could be given for this long is no longer an answer (guarantees §3). */
export const DELIVERY_LIFETIME_MS = 6 * 3_600_000;

/** Jitter adds at most this share, and never takes away, so that no wait falls below its floor. */
const JITTER = 0.2;

/** No wait of the schedule is longer, jitter included. */
export const LONGEST_RETRY_MS = LONGEST_WAIT_MS * (1 + JITTER);

/**
 * Wait before the next attempt of a call that failed.
 *
 * With 3 quick retries: 1 s, 2 s, 4 s, then the journal 8 s, 16 s, 32 s … up to 5 min. Jitter lengthens only the
 * journal's waits, by up to a fifth: the quick ones come from one call at a time and need no spreading.
 *
 * @param attempt attempts already made, 1 or more
 * @param chance a number in [0, 1), drawn by the caller
 * @param floorMs what the platform asked for (Retry-After), 0 for none; the wait is never shorter
 */
export function retryDelayMs(attempt: number, chance: number, policy: RetryPolicy, floorMs = 0): number {
  const doublings = Math.min(Math.max(0, attempt - 1), 20);
  const scheduleMs = Math.min(1_000 * 2 ** doublings, LONGEST_WAIT_MS);
  const jitterMs = attempt > policy.quickRetries ? Math.round(scheduleMs * JITTER * chance) : 0;
  return Math.max(scheduleMs + jitterMs, floorMs);
}
