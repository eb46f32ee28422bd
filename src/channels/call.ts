/** One HTTP attempt at a platform, and how far it got (`core/call-phase.ts`). */
import { brokenCall, type BrokenCall } from "../core/call-phase.ts";
import type { SendOutcome } from "../core/delivery.ts";

export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  /** Sent as JSON; null for none. */
  readonly json: unknown;
  readonly timeoutMs: number;
}

export type CallOutcome =
  | { readonly kind: "answered"; readonly status: number; readonly headers: Headers; readonly body: string }
  /** Answered with a redirect, which is never followed: it would carry tokens to wherever it points (guarantees S8). */
  | { readonly kind: "redirected"; readonly reason: string }
  | BrokenCall;

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
    return brokenCall(error, signal.aborted);
  }
}

/** What a call means for the message in it. `read` is the channel's: what an answer of its platform says. */
export function meaningOf(
  outcome: CallOutcome,
  read: (status: number, headers: Headers, body: string) => SendOutcome,
): SendOutcome {
  switch (outcome.kind) {
    case "answered":
      return read(outcome.status, outcome.headers, outcome.body);
    case "redirected":
      return { kind: "unlikely", reason: outcome.reason };
    case "unsent":
      return { kind: "unsent", reason: outcome.reason };
    case "unknown":
      return { kind: "ambiguous", reason: outcome.reason };
  }
}
