/**
 * How far a call got that failed, and how long to wait for the next.
 *
 * What follows from a failed call depends on one question: can the other side have seen it? `fetch` has no phases, only error
 * codes, so the codes that can only come before the first byte are listed here; everything else counts as perhaps seen.
 * A connection that never opens within the time limit is among those, because it cannot be told from a slow answer.
 * The texts of errors are never passed on: they may hold the address, and an address may hold a token.
 */

/** `unsent`: not one byte of the request can have left. `unknown`: it may have arrived; there is no whole answer. */
export interface BrokenCall {
  readonly kind: "unsent" | "unknown";
  readonly reason: string;
}

/** Codes of Bun's fetch for name, connection and address errors, by trial with Bun 1.4.5. */
const BEFORE_FIRST_BYTE = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EADDRNOTAVAIL",
  "FailedToOpenSocket",
  "ERR_INVALID_URL",
  "ERR_INVALID_ARG_VALUE",
]);

/** EPROTO is a failed handshake; the others name what is wrong with a certificate, e.g. DEPTH_ZERO_SELF_SIGNED_CERT. */
const TLS_CODE = /^EPROTO$|CERT|TLS|SSL|SIGNATURE|ISSUER|CRL/;

/** Longest wait anybody may ask for: after a day an answer's window is closed anyway. */
const LONGEST_PATIENCE_MS = 24 * 3_600_000;

/** What an error of `fetch` tells. @param stopped the caller ended the call itself */
export function brokenCall(error: unknown, stopped: boolean): BrokenCall {
  if (stopped) return { kind: "unknown", reason: "stopped before the answer" };
  if (error instanceof Error && error.name === "TimeoutError") return { kind: "unknown", reason: "no answer in time" };
  const code = codeOf(error);
  if (BEFORE_FIRST_BYTE.has(code)) return { kind: "unsent", reason: `could not connect (${code})` };
  if (TLS_CODE.test(code)) return { kind: "unsent", reason: `no secure connection (${code})` };
  return { kind: "unknown", reason: `connection lost (${code})` };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^\w{1,60}$/.test(code) ? code : "no code";
}

/**
 * The wait a `Retry-After` header asks for, in milliseconds: seconds, also with a fraction, or a date. A date is measured
 * against the answer's own `Date`, so that a wrong clock here does not matter. Null when absent or senseless.
 */
export function retryAfterMs(headers: Headers): number | null {
  const value = headers.get("retry-after")?.trim() ?? "";
  const ms = /^\d+(\.\d+)?$/.test(value) ? Math.ceil(Number(value) * 1_000) : untilDateMs(value, headers.get("date"));
  return ms === null || !(ms > 0) ? null : Math.min(ms, LONGEST_PATIENCE_MS);
}

function untilDateMs(then: string, now: string | null): number | null {
  // Without this, Date.parse makes dates of such words as "soon 1".
  if (!/^[A-Z][a-z]{2,8}, .*GMT$/.test(then) || now === null) return null;
  const ms = Date.parse(then) - Date.parse(now);
  return Number.isNaN(ms) ? null : ms;
}
