/** What an answer of the Graph API means for a message: decided by code and subcode, never by words or HTTP status alone. */
import type { SendOutcome } from "../../core/delivery.ts";
import { retryAfterMs } from "../../core/call-phase.ts";
import { GraphAnswer, UsageHeader, type GraphFailure } from "./schema.ts";

type Failure = Exclude<SendOutcome["kind"], "sent" | "unsent" | "moved">;

/** `code` or `code/subcode`, the closer one first. Sources: Meta's error reference and the changelog of 25 Jun 2026. */
const MEANINGS: Readonly<Record<string, Failure>> = {
  "1": "unlikely",
  "1/99": "request", // a permission is missing
  "1/1357046": "ambiguous", // documented as "messages were sent"
  "1/2018382": "request",
  "2": "unlikely",
  "2/2018344": "request", // terms of service not accepted
  "3": "request",
  "4": "throttled",
  "9": "throttled",
  "10": "account", // a permission is missing
  "10/1893063": "account", // the page may not send for a while
  "10/2018065": "window",
  "10/2018108": "recipient",
  "10/2018278": "window",
  "10/2534022": "window",
  "17": "throttled",
  "32": "throttled",
  "100/2018001": "recipient",
  "102": "account",
  "190": "account",
  "200": "account",
  "200/1545041": "recipient",
  "200/2018021": "request", // phone numbers as recipients
  "200/2018027": "request",
  "200/2018028": "recipient", // no tester of an app in development
  "230": "account",
  "341": "throttled",
  "368": "policy",
  "506": "ambiguous", // a duplicate: the first one may have gone out, but without its id that is not known
  "551": "recipient",
  "613": "throttled",
  "1200": "unlikely",
  "80001": "throttled",
  "80002": "throttled",
  "80006": "throttled",
};

/** Reads one answer. `headers` may ask for patience; `body` need not be JSON. */
export function outcomeOf(status: number, headers: Headers, body: string): SendOutcome {
  const answer = GraphAnswer.safeParse(body).data;
  const error = answer?.error;
  if (error !== undefined) {
    const kind = meaningOf(status, error);
    return withPatience(kind, headers, describe(status, error));
  }
  if (status >= 200 && status < 300) {
    const messageId = answer?.message_id ?? "";
    return messageId === ""
      ? { kind: "ambiguous", reason: `accepted without a message id (HTTP ${status})` }
      : { kind: "sent", messageId };
  }
  return withPatience(byStatus(status), headers, `HTTP ${status} without a Graph error`);
}

function meaningOf(status: number, error: GraphFailure): Failure {
  const { code, error_subcode: subcode } = error;
  const exact = subcode === undefined ? undefined : MEANINGS[`${code}/${subcode}`];
  if (exact !== undefined) return exact;
  if (code === 2 && subcode !== undefined && error.is_transient === false) return "request";
  // Bare, 10 says that the page lacks a permission; with a subcode it may be about one person, so the page is not stopped.
  if (code === 10 && subcode !== undefined) return "request";
  const general = MEANINGS[String(code)];
  if (general !== undefined) return general;
  if (code > 200 && code < 300) return "account"; // a permission is missing
  return error.is_transient === true ? "unlikely" : byStatus(status);
}

function byStatus(status: number): Failure {
  if (status === 429) return "throttled";
  return status >= 500 || status === 408 || status < 400 ? "unlikely" : "request";
}

function withPatience(kind: Failure, headers: Headers, reason: string): SendOutcome {
  if (kind !== "throttled") return { kind, reason };
  const asked = [retryAfterMs(headers), regainMs(headers)].filter((ms) => ms !== null);
  return { kind, afterMs: asked.length === 0 ? null : Math.max(...asked), reason };
}

/** The longest time until a throttled use is free again, from the usage header, which tells minutes. Null when it does not. */
function regainMs(headers: Headers): number | null {
  const usage = UsageHeader.safeParse(headers.get("x-business-use-case-usage") ?? "").data ?? {};
  const minutes = Object.values(usage)
    .flat()
    .map((use) => use.estimated_time_to_regain_access ?? 0);
  const longest = Math.max(0, ...minutes);
  return longest > 0 ? longest * 60_000 : null;
}

/** Numbers and the trace id only: Meta's messages may quote what was sent. */
function describe(status: number, error: GraphFailure): string {
  const trace =
    error.fbtrace_id === undefined || !/^[\w-]{1,64}$/.test(error.fbtrace_id) ? "" : `, trace ${error.fbtrace_id}`;
  return `Graph error ${error.code}${error.error_subcode === undefined ? "" : `/${error.error_subcode}`} (HTTP ${status}${trace})`;
}
