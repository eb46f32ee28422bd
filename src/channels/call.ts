/**
 * One HTTP attempt at a platform, and how far it got.
 *
 * What follows from a failed call depends on one question: can the platform have seen it? `fetch` has no phases, only error
 * codes, so the codes that can only come before the first byte are listed here; everything else counts as perhaps seen.
 * A connection that never opens within the time limit is among those, because it cannot be told from a slow answer.
 * The texts of errors are never passed on: they may hold the address, and an address may hold a token.
 */

export interface Call {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Sent as JSON; null for none. */
  readonly json: unknown;
  readonly timeoutMs: number;
}

export type CallOutcome =
  | { readonly kind: "answered"; readonly status: number; readonly headers: Headers; readonly body: string }
  /** Answered with a redirect, which is never followed: it would carry tokens to wherever it points (guarantees S8). */
  | { readonly kind: "redirected"; readonly reason: string }
  /** Not one byte of the request can have left. */
  | { readonly kind: "unsent"; readonly reason: string }
  /** The request may have arrived; there is no whole answer. */
  | { readonly kind: "unknown"; readonly reason: string };

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

/** Longest wait a platform may ask for: after a day the answer's window is closed anyway. */
const LONGEST_PATIENCE_MS = 24 * 3_600_000;

/**
 * Makes one attempt. Never throws, never follows a redirect, never repeats.
 *
 * @param signal ends the attempt early; the time limit of the call holds as well
 */
export async function call(request: Call, signal: AbortSignal): Promise<CallOutcome> {
  if (signal.aborted) return { kind: "unsent", reason: "stopped before the call" };
  try {
    const response = await fetch(request.url, {
      method: request.method,
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs)]),
      ...(request.json === null
        ? {}
        : { body: JSON.stringify(request.json), headers: { "content-type": "application/json" } }),
    });
    const body = await response.text();
    if (response.status >= 300 && response.status < 400) {
      return { kind: "redirected", reason: `redirected (HTTP ${response.status}); redirects are not followed` };
    }
    return { kind: "answered", status: response.status, headers: response.headers, body };
  } catch (error) {
    return failure(error, signal);
  }
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

function failure(error: unknown, signal: AbortSignal): CallOutcome {
  if (signal.aborted) return { kind: "unknown", reason: "stopped before the answer" };
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
