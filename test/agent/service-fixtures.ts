/** A service of the owner's, as well or badly written as a test needs it. */
import type { AgentLogEntry } from "../../src/agent/failed-call.ts";
import { serviceAgent } from "../../src/agent/service.ts";
import type { Answer, Question } from "../../src/core/agent.ts";
import { aQuestion, fakeClock } from "./fixtures.ts";

export const SERVICE_KEY = "canary-service-key";

export interface ServiceCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A service on 127.0.0.1 that gives every question the same answer. */
export function fakeService(answer: (request: Request) => Response | Promise<Response>) {
  const calls: ServiceCall[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const body: unknown = await request.json().catch(() => null);
      calls.push({
        method: request.method,
        path: new URL(request.url).pathname,
        headers: request.headers,
        body,
      });
      return answer(request);
    },
  });
  return { calls, origin: `http://127.0.0.1:${server.port}`, [Symbol.dispose]: () => void server.stop(true) };
}

/** The agent that asks a service, and everything it logs. */
export function aServiceAgent(baseUrl: string, more: { readonly apiKey?: string | null } = {}) {
  const entries: AgentLogEntry[] = [];
  const clock = fakeClock();
  const agent = serviceAgent({
    baseUrl,
    apiKey: SERVICE_KEY,
    apiHeader: "X-API-Key",
    timeoutMs: 30_000,
    clock,
    log: (entry) => entries.push(entry),
    ...more,
  });
  const ask = (question: Partial<Question> = {}, signal = new AbortController().signal): Promise<Answer> =>
    agent.answer(aQuestion(question), signal);
  return { ask, clock, entries };
}
