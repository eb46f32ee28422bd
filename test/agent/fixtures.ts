/** A fake model server, a clock that does not wait, and questions to ask. */
import type { AgentLogEntry } from "../../src/agent/failed-call.ts";
import { type GroqSettings, groqAgent } from "../../src/agent/groq.ts";
import type { Answer, Question, QuestionPart } from "../../src/core/agent.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Attachment, AttachmentKind } from "../../src/core/update.ts";

export interface SeenRequest {
  readonly path: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  /** Fires when the other side hung up before it was answered. */
  readonly hungUp: AbortSignal;
}

/** A model server on 127.0.0.1. The n-th request gets the n-th answer, the last one for ever. */
export function fakeModel(...answers: ((request: SeenRequest) => Response | Promise<Response>)[]) {
  const requests: SeenRequest[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const body: unknown = request.method === "POST" ? await request.json() : {};
      const seen = {
        path: new URL(request.url).pathname,
        headers: request.headers,
        body: recordOf(body),
        hungUp: request.signal,
      };
      requests.push(seen);
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      return answer === undefined ? new Response(null, { status: 500 }) : answer(seen);
    },
  });
  return { requests, origin: `http://127.0.0.1:${server.port}`, [Symbol.dispose]: () => void server.stop(true) };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** A 200 with these words. */
export function says(content: string | null, finish: string | null = "stop") {
  return () =>
    Response.json({
      id: "chatcmpl-1",
      object: "chat.completion",
      model: "answering-model",
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: finish }],
      usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
    });
}

/** A refusal as Groq words it. */
export function fails(status: number, error: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
  return () =>
    Response.json(
      { error: { message: "in words", ...error } },
      { status, headers: { "x-request-id": "req_01", ...headers } },
    );
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that stands still unless moved, and what was waited for beside the agent's own time limit, in ms. */
interface FakeClock extends Clock {
  advance(ms: number): void;
  readonly slept: number[];
}

/**
 * @param skips whether a wait begun while another one runs is over at once: the agent's time limit is always running, so
 *   every pause between two calls passes as if slept
 */
export function fakeClock(skips = true): FakeClock {
  let now = 1_700_000_000_000;
  const timers = new Set<Timer>();
  const slept: number[] = [];
  const advanceTo = (at: number): void => {
    now = Math.max(now, at);
    for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
      if (timer.at <= now && timers.delete(timer)) timer.callback();
    }
  };
  return {
    slept,
    now: () => now,
    advance: (ms) => advanceTo(now + ms),
    after(delayMs, callback) {
      const timer = { at: now + delayMs, callback };
      if (timers.size > 0) {
        slept.push(delayMs);
        if (skips) queueMicrotask(() => advanceTo(Math.min(...[...timers].map((other) => other.at))));
      }
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
}

export function anAttachment(kind: AttachmentKind, more: Partial<Attachment> = {}): Attachment {
  return { kind, url: null, title: null, ...more };
}

export function aPart(text: string, more: Partial<QuestionPart> = {}): QuestionPart {
  return { text, attachments: [], payload: null, at: 1_000, ...more };
}

export function aQuestion(more: Partial<Question> = {}): Question {
  return {
    channel: "messenger",
    conversationId: "7",
    personHash: "hash-of-lan",
    contactName: null,
    history: [],
    parts: [aPart("Áo này còn không?")],
    pictures: [],
    notes: [],
    language: "vi",
    ...more,
  };
}

export const KEY = "gsk_canary0123456789";

/** An agent at `baseUrl`, with its clock and everything it logs. */
export function anAgent(baseUrl: string, more: Partial<GroqSettings> = {}, clock = fakeClock()) {
  const entries: AgentLogEntry[] = [];
  const agent = groqAgent({
    apiKey: KEY,
    baseUrl,
    model: "openai/gpt-oss-120b",
    visionModel: "qwen/qwen3.8-27b",
    systemPrompt: "You sell shirts.",
    tokenBudget: 3_000,
    historyLimit: 50,
    timeLimitMs: 15_000,
    clock,
    chance: () => 0,
    log: (entry) => entries.push(entry),
    ...more,
  });
  const ask = (question: Partial<Question> = {}, signal = new AbortController().signal): Promise<Answer> =>
    agent.answer(aQuestion(question), signal);
  return { ask, clock, entries };
}

/** The messages of a request, as JSON text. */
export function messagesOf(request: SeenRequest | undefined): string {
  return JSON.stringify(request?.body["messages"]);
}
