/** Rate limits count turns in a sliding window: what a person gets answered, not how many messages it took to ask. */

export const RATE_WINDOW_MS = 60_000;

/** Whether another turn may be answered now, and if not, when. */
export type RateVerdict = { readonly kind: "free" } | { readonly kind: "held"; readonly untilAt: number };

/**
 * @param answeredAt when earlier turns were claimed, in any order; epoch ms
 * @param perMinute turns allowed in any minute; null for no limit
 */
export function rateVerdict(answeredAt: readonly number[], perMinute: number | null, now: number): RateVerdict {
  if (perMinute === null) return { kind: "free" };
  const recent = answeredAt.filter((at) => at > now - RATE_WINDOW_MS && at <= now).toSorted((a, b) => a - b);
  if (recent.length < perMinute) return { kind: "free" };
  // Free again once so many have left the window that one more fits.
  const leaver = recent[recent.length - perMinute] ?? now;
  return { kind: "held", untilAt: leaver + RATE_WINDOW_MS };
}
