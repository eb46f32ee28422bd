/**
 * The agent that is the owner's own: one `POST {base}/api/respond` a question (T7).
 *
 * It is called once. Whether and when a question is asked again is the turn's own matter, whose waits a restart survives.
 */
import type { Agent, Answer, Question } from "../core/agent.ts";
import type { Clock } from "../core/clock.ts";
import { type AgentLogEntry, retold, retryAfterMs, systemCodeOf, withWords } from "./failed-call.ts";
import { requestOf } from "./service-request.ts";
import { replyIn } from "./service-reply.ts";

export interface ServiceAgentSettings {
  /** AGENT_SERVICE_BASE, without a slash at its end; `/api/respond` is added. */
  readonly baseUrl: string;
  /** Null: none is sent. */
  readonly apiKey: string | null;
  /** The header that carries the key. */
  readonly apiHeader: string;
  /** Time for the whole call, its body included (AGENT_TIMEOUT_MS). The caller's signal may end it earlier. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: (entry: AgentLogEntry) => void;
}

/** What the log and the events call whatever stands behind the address. */
const NAME = "service";

/** A longer body is read no further: twenty messages, the most a reply becomes, hold a sixth of it. */
const MOST_BODY_BYTES = 256 * 1024;

const TIME_IS_UP = "no answer within the time allowed";

type Unanswered = Extract<Answer, { readonly reason: string }>;

/** How a call went wrong: what follows from it, and what the log is told. */
interface Failed {
  readonly answer: Unanswered;
  readonly status: number | null;
  readonly code: string | null;
  readonly cause: unknown;
}

/** Asks the owner's service. Planned failures are answers; it throws only for a bug. */
export function serviceAgent(settings: ServiceAgentSettings): Agent {
  const { clock, log } = settings;

  async function call(question: Question, signal: AbortSignal): Promise<Answer | Failed> {
    let response: Response;
    let body: Uint8Array | null;
    try {
      response = await fetch(`${settings.baseUrl}/api/respond`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          ...(settings.apiKey === null ? {} : { [settings.apiHeader]: settings.apiKey }),
        },
        body: JSON.stringify(requestOf(question)),
        signal,
        // A redirect could carry the key and the customer's words elsewhere (S8).
        redirect: "manual",
        // A connection kept for the next question may be closed by the other side at the very moment it is used.
        keepalive: false,
      });
      if (!response.ok) {
        // Nothing in it is for us, and it may never end.
        void response.body?.cancel().catch(() => {});
        return judged(response, clock.now());
      }
      body = await readUpTo(response, MOST_BODY_BYTES);
    } catch (error) {
      if (signal.aborted && !isLate(signal)) return { kind: "aborted" };
      const code = signal.aborted ? null : systemCodeOf(error);
      const reason = signal.aborted ? TIME_IS_UP : withWords("the agent service cannot be reached", [code]);
      return { answer: { kind: "busy", reason, afterMs: null }, status: null, code, cause: error };
    }
    const read = body === null ? { wrong: "was longer than 256 KiB" } : replyIn(body);
    if ("reply" in read) return { kind: "reply", reply: read.reply, model: NAME, tokens: null };
    const reason = `the agent service's answer ${read.wrong}`;
    return { answer: { kind: "unusable", reason }, status: response.status, code: null, cause: null };
  }

  return {
    name: NAME,
    async answer(question, signal) {
      if (signal.aborted) return isLate(signal) ? busy(TIME_IS_UP) : { kind: "aborted" };
      const stop = new AbortController();
      const pass = (): void => stop.abort(signal.reason);
      signal.addEventListener("abort", pass, { once: true });
      const cancel = clock.after(settings.timeoutMs, () => stop.abort(new DOMException(TIME_IS_UP, "TimeoutError")));
      const startedAt = clock.now();
      try {
        const result = await call(question, stop.signal);
        if ("kind" in result) return result;
        const { answer, status, code, cause } = result;
        log({
          event: "agent_call_failed",
          conversation: question.conversationId,
          model: NAME,
          attempt: 1,
          latency_ms: clock.now() - startedAt,
          retry_in_ms: null,
          ...(status === null ? {} : { status }),
          ...(code === null ? {} : { code }),
          error: retold(answer.reason, cause),
        });
        return answer;
      } finally {
        cancel();
        signal.removeEventListener("abort", pass);
      }
    },
  };
}

function busy(reason: string): Unanswered {
  return { kind: "busy", reason, afterMs: null };
}

/** Whether time ran out; any other reason means that the caller no longer wants the answer. */
function isLate(signal: AbortSignal): boolean {
  return signal.reason instanceof Error && signal.reason.name === "TimeoutError";
}

/** Statuses below 500 that may be others a moment later. */
const AGAIN = new Set([408, 425, 429]);

/** An answer that is no 200, by its status alone. */
function judged({ status, headers }: Response, now: number): Failed {
  const reason = `the agent service answered ${status}`;
  const told = (answer: Unanswered): Failed => ({ answer, status, code: null, cause: null });
  if (status >= 500 || AGAIN.has(status)) return told({ kind: "busy", reason, afterMs: retryAfterMs(headers, now) });
  if (status < 400) {
    const why = `${reason}, a redirect; redirects are not followed, so AGENT_SERVICE_BASE must name the final address`;
    return told({ kind: "refused", reason: why, lasting: true });
  }
  // Who is not let in now is not let in with the next question either; anything else may lie in this one.
  return told({ kind: "refused", reason, lasting: status === 401 || status === 403 });
}

/** The body, or null when it is longer. What counts is what has come, not what was announced, and after decompression. */
async function readUpTo(response: Response, mostBytes: number): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.byteLength;
    // Leaving the loop cancels the rest.
    if (length > mostBytes) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length);
}
