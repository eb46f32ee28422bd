/** What is told of a call that failed, whoever was called: for the log, and for when to come again. */

/** One failed call, for the log. Holds no message, no prompt and no key: only code words come from the server. */
export interface AgentLogEntry {
  readonly event: "agent_call_failed";
  readonly conversation: string;
  /** The model, or "service". */
  readonly model: string;
  /** 1 for the first call of an answer. */
  readonly attempt: number;
  readonly latency_ms: number;
  /** When the call will be made again, null when it will not. */
  readonly retry_in_ms: number | null;
  readonly status?: number;
  readonly code?: string;
  readonly request_id?: string;
  /** Our own words for what happened, with the stack of the original. */
  readonly error: Error;
}

/** Longest wait a server is believed to mean: daily limits are the longest there are. */
const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;

/** `retry-after-ms`, or `retry-after` in seconds (also fractions) or as a date. Anything else is as good as nothing. */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const exact = headers.get("retry-after-ms")?.trim() ?? "";
  const given = headers.get("retry-after")?.trim() ?? "";
  const number = /^\d+(?:\.\d+)?$/;
  const waitMs = number.test(exact)
    ? Number(exact)
    : number.test(given)
      ? Number(given) * 1_000
      : /^[a-z]{3}/i.test(given)
        ? Date.parse(given) - now
        : Number.NaN;
  return Number.isFinite(waitMs) && waitMs >= 0 ? Math.min(Math.ceil(waitMs), LONGEST_RETRY_AFTER_MS) : null;
}

/** A short code word, or null for anything that could be a sentence, a key or somebody's words. */
export function wordOf(value: string | number | null | undefined): string | null {
  const word = String(value ?? "");
  return /^[\w.:-]{1,64}$/.test(word) ? word : null;
}

export function systemCodeOf(cause: unknown): string | null {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? wordOf(cause.code) : null;
}

/**
 * An error for the log: our own words over the original's stack. The original's message is left out, because servers put
 * into it what they were sent, and JSON parsers what they could not read.
 */
export function retold(reason: string, original: unknown): Error {
  const error = new Error(reason);
  if (!(original instanceof Error)) return error;
  const stack = original.stack ?? "";
  const start = stack.indexOf(original.message);
  const frames = start < 0 ? stack : stack.slice(start + original.message.length);
  error.stack = [
    `${original.constructor.name}: ${reason}`,
    ...frames.split("\n").filter((line) => /^\s+at /.test(line)),
  ].join("\n");
  return error;
}

export function withWords(what: string, words: readonly (string | null)[]): string {
  const known = words.filter((word) => word !== null);
  return known.length === 0 ? what : `${what} (${known.join(", ")})`;
}
