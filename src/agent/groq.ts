/**
 * The agent that asks a model, at Groq or at any OpenAI-compatible server (M6).
 *
 * The SDK's own retries are off: it would sleep as long as a server says, minutes for a daily limit, with a conversation
 * waiting. Its timeout is not relied on either: it ends when the headers are there, and a body that never ends would hang.
 * So one signal covers a whole answer: waits, calls and bodies.
 */
import Groq from "groq-sdk";
import type { Agent, Answer, Picture, Question } from "../core/agent.ts";
import type { Chance, Clock } from "../core/clock.ts";
import { retryDelayMs } from "../core/retry.ts";
import { type AgentLogEntry, retold } from "./failed-call.ts";
import { type Failure, answerIn, failureOf, isLasting } from "./outcome.ts";
import { promptOf } from "./prompt.ts";
import { chatBody, modelServer, picturesThatFit } from "./server.ts";

export interface GroqSettings {
  /** Empty for a local server that asks for none. */
  readonly apiKey: string;
  /** GROQ_BASE_URL, see `modelServer`; null for Groq itself. */
  readonly baseUrl: string | null;
  readonly model: string;
  /** The model that is asked when there are pictures; null: pictures are not looked at. */
  readonly visionModel: string | null;
  readonly systemPrompt: string;
  readonly tokenBudget: number;
  readonly historyLimit: number;
  /** Longest answer, its thinking included; 1024 when absent. It counts in full against the per-minute limit. */
  readonly maxOutputTokens?: number;
  /** Further calls after one that may work a moment later; 3 when absent. */
  readonly quickRetries?: number;
  /** Time for one answer with all its calls (MESSENGER_PROCESSING_TIMEOUT_MS). The caller's signal may end it earlier. */
  readonly timeLimitMs: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: (entry: AgentLogEntry) => void;
}

const MAX_OUTPUT_TOKENS = 1_024;
const QUICK_RETRIES = 3;
const TIME_IS_UP = "no answer within the time allowed";

/** A request that was too large is made once more with a quarter of its history and room for half an answer. */
const SHRUNK_SHARE = 4;
const SHRUNK_QUERY_TOKENS = 3_000;

const NOT_SEEN = "The pictures could not be looked at. Say so, and ask for what you need to know.";

/** The time of one answer. */
interface Window {
  readonly signal: AbortSignal;
  /** Epoch ms by the settings' clock. */
  readonly endsAt: number;
}

/** What one call asks, and what was tried before it. */
interface Try {
  readonly model: string;
  readonly question: Question;
  readonly pictures: readonly Picture[];
  readonly shrunk: boolean;
  readonly repeated: boolean;
  /** Waits already made for a server that was busy. */
  readonly waits: number;
}

/** Asks a model. Planned failures are answers; it throws only for a bug or an address that is none. */
export function groqAgent(settings: GroqSettings): Agent {
  const { clock } = settings;
  const server = modelServer(settings.baseUrl);
  const client = new Groq({
    apiKey: settings.apiKey,
    baseURL: server.address,
    maxRetries: 0,
    // Only a net below our own limit.
    timeout: settings.timeLimitMs + 60_000,
    // At its debug level, which the environment can ask for, the SDK prints what customers write.
    logLevel: "off",
    // A redirect could carry the key elsewhere (S8): it is an answer like any other, and a wrong one.
    fetchOptions: { redirect: "manual" },
    ...(settings.apiKey === "" ? { defaultHeaders: { Authorization: null } } : {}),
  });

  async function answerWithin(question: Question, window: Window): Promise<Answer> {
    const fresh = { shrunk: false, repeated: false, waits: 0 };
    const pictures = picturesThatFit(question.pictures);
    if (settings.visionModel !== null && pictures.length > 0) {
      const all = question.pictures.length;
      const shown =
        pictures.length === all
          ? question
          : withNote(question, `Only ${pictures.length} of ${all} pictures are shown here.`);
      const answer = await ask({ model: settings.visionModel, question: shown, pictures, ...fresh }, window);
      // A vision model that is gone or chokes on a picture must not cost the customer the answer.
      if (answer.kind !== "refused" && answer.kind !== "unusable") return answer;
    }
    const told = question.pictures.length === 0 ? question : withNote(question, NOT_SEEN);
    return ask({ model: settings.model, question: told, pictures: [], ...fresh }, window);
  }

  async function ask(first: Try, window: Window): Promise<Answer> {
    let current = first;
    for (let attempt = 1; ; attempt++) {
      if (window.signal.aborted) return stopped(window.signal, null);
      const startedAt = clock.now();
      const result = await call(current, window.signal);
      if ("body" in result) return answerIn(result.body, current.model);

      const failedAt = clock.now();
      if (window.signal.aborted && !isLate(window.signal)) return { kind: "aborted" };
      const told = failureOf(result.error, failedAt);
      const failure = window.signal.aborted ? { ...told, next: "again" as const, reason: TIME_IS_UP } : told;
      const following = window.signal.aborted ? null : tryAfter(current, failure, window.endsAt - failedAt);
      settings.log({
        event: "agent_call_failed",
        conversation: current.question.conversationId,
        model: current.model,
        attempt,
        latency_ms: failedAt - startedAt,
        retry_in_ms: following?.inMs ?? null,
        ...(failure.status === null ? {} : { status: failure.status }),
        ...(failure.code === null ? {} : { code: failure.code }),
        ...(failure.requestId === null ? {} : { request_id: failure.requestId }),
        error: retold(failure.reason, result.error),
      });
      if (following === null) return givenUp(failure);
      await pause(clock, following.inMs, window.signal);
      if (window.signal.aborted) {
        return stopped(
          window.signal,
          failure.retryAfterMs === null ? null : Math.max(0, failedAt + failure.retryAfterMs - clock.now()),
        );
      }
      current = following.next;
    }
  }

  async function call(what: Try, signal: AbortSignal): Promise<{ body: unknown } | { error: unknown }> {
    const { model, pictures } = what;
    const question = what.shrunk
      ? { ...what.question, history: newestShare(what.question.history, settings.historyLimit) }
      : what.question;
    const prompt = promptOf(question, {
      systemPrompt: settings.systemPrompt,
      historyLimit: settings.historyLimit,
      tokenBudget: what.shrunk ? settings.tokenBudget / SHRUNK_SHARE : settings.tokenBudget,
      ...(what.shrunk ? { queryTokens: SHRUNK_QUERY_TOKENS } : {}),
    });
    const longest = settings.maxOutputTokens ?? MAX_OUTPUT_TOKENS;
    const maxOutputTokens = what.shrunk ? Math.ceil(longest / 2) : longest;
    const body = chatBody(server, { model, prompt, pictures, user: question.personHash, maxOutputTokens });
    try {
      // Without retries of its own the SDK throws at the first failure, and the same signal ends the reading of the body.
      return { body: await client.post<unknown>("/chat/completions", { body, signal }) };
    } catch (error) {
      return { error };
    }
  }

  /** What to try after a failure, null for nothing. A wait that would end after the time is not begun. */
  function tryAfter(current: Try, failure: Failure, leftMs: number): { next: Try; inMs: number } | null {
    switch (failure.next) {
      case "again": {
        if (current.waits >= (settings.quickRetries ?? QUICK_RETRIES)) return null;
        // Many conversations share one key, so already the first wait is spread by up to a fifth: none counts as quick.
        const inMs = retryDelayMs(current.waits + 1, settings.chance(), { quickRetries: 0 }, failure.retryAfterMs ?? 0);
        return inMs < leftMs ? { next: { ...current, waits: current.waits + 1 }, inMs } : null;
      }
      case "smaller":
        return current.shrunk ? null : { next: { ...current, shrunk: true }, inMs: 0 };
      case "once":
        return current.repeated ? null : { next: { ...current, repeated: true }, inMs: 0 };
      case "refused":
        return null;
    }
  }

  return {
    name: "groq",
    async answer(question, signal) {
      const stop = new AbortController();
      const pass = (): void => stop.abort(signal.reason);
      if (signal.aborted) pass();
      else signal.addEventListener("abort", pass, { once: true });
      const cancel = clock.after(settings.timeLimitMs, () => stop.abort(new DOMException(TIME_IS_UP, "TimeoutError")));
      try {
        return await answerWithin(question, { signal: stop.signal, endsAt: clock.now() + settings.timeLimitMs });
      } finally {
        cancel();
        signal.removeEventListener("abort", pass);
      }
    },
  };
}

function givenUp(failure: Failure): Answer {
  switch (failure.next) {
    case "again":
      return { kind: "busy", reason: failure.reason, afterMs: failure.retryAfterMs };
    case "once":
      return { kind: "unusable", reason: failure.reason };
    case "smaller":
    case "refused":
      return { kind: "refused", reason: failure.reason, lasting: isLasting(failure) };
  }
}

/** Whether time ran out; any other reason means that the caller no longer wants the answer. */
function isLate(signal: AbortSignal): boolean {
  return signal.reason instanceof Error && signal.reason.name === "TimeoutError";
}

function stopped(signal: AbortSignal, afterMs: number | null): Answer {
  return isLate(signal) ? { kind: "busy", reason: TIME_IS_UP, afterMs } : { kind: "aborted" };
}

function withNote(question: Question, note: string): Question {
  return { ...question, notes: [...question.notes, note] };
}

/** The newest quarter of the lines that would have been told. */
function newestShare(history: Question["history"], limit: number): Question["history"] {
  const lines = Math.floor(Math.min(history.length, limit) / SHRUNK_SHARE);
  return lines === 0 ? [] : history.slice(-lines);
}

/** Waits, or less when the signal ends the whole answer. */
function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal.addEventListener("abort", done, { once: true });
  });
}
