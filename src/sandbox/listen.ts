/**
 * One HTTP server of the sandbox, on the loopback only.
 *
 * `node:http` and not `Bun.serve`, because a fake that can fail must be able to close a connection without a single
 * byte of an answer, and `Bun.serve` gives no hand on the socket.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Clock } from "../core/clock.ts";
import { asObject, readJson, type JsonObject } from "./json.ts";

export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** A header's value, by lower-case name; null when absent. */
  header(name: string): string | null;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Aborts when the caller hangs up before the answer is complete, and when the sandbox stops. */
  readonly gone: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** `drop` closes the connection without an answer. */
export type HttpOutcome = HttpAnswer | "drop";

export type Handler = (call: HttpCall) => Promise<HttpOutcome>;

export interface Listener {
  /** "http://127.0.0.1:4711" */
  readonly url: string;
  /** Cuts every connection and frees the port. */
  stop(): Promise<void>;
}

/** @param port 0 for any free one */
export async function listen(handler: Handler, port: number): Promise<Listener> {
  const server = createServer((request, response) => {
    void serve(request, response, handler);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the sandbox got no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status,
    headers: { "content-type": "application/json; charset=UTF-8", ...headers },
    body: JSON.stringify(body),
  };
}

/** The parameters in a body, which is a form or JSON; none in any other. */
export function parametersIn(call: HttpCall): JsonObject {
  const text = new TextDecoder().decode(call.body);
  const isForm = (call.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
  return isForm ? Object.fromEntries(new URLSearchParams(text)) : (asObject(readJson(text)) ?? {});
}

/** Waits `ms`, or until `gone`. True when the whole time has passed. */
export function pause(clock: Clock, ms: number, gone: AbortSignal): Promise<boolean> {
  if (gone.aborted) return Promise.resolve(false);
  if (ms <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const leave = (): void => {
      cancel();
      resolve(false);
    };
    const cancel = clock.after(ms, () => {
      gone.removeEventListener("abort", leave);
      resolve(true);
    });
    gone.addEventListener("abort", leave, { once: true });
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, handler: Handler): Promise<void> {
  const hungUp = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) hungUp.abort();
  });
  response.on("error", () => hungUp.abort());
  const gone = hungUp.signal;
  let outcome: HttpOutcome;
  try {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? "/", "http://sandbox");
    outcome = await handler({
      method: request.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      header: (name) => headerOf(request, name),
      body,
      gone,
    });
  } catch (error) {
    // A caller that left needs no answer. Anything else is a mistake in the sandbox, and the caller should see it.
    outcome = gone.aborted ? "drop" : json(500, { sandbox: error instanceof Error ? error.message : String(error) });
  }
  if (outcome === "drop" || gone.aborted) {
    request.socket.destroy();
    return;
  }
  await answer(response, outcome, gone);
}

async function answer(
  response: ServerResponse,
  { status, headers, body }: HttpAnswer,
  gone: AbortSignal,
): Promise<void> {
  if (typeof body === "string" || body instanceof Uint8Array) {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    response.writeHead(status, { ...headers, "content-length": bytes.length });
    response.end(bytes);
    return;
  }
  response.writeHead(status, headers);
  for await (const piece of body) {
    if (gone.aborted) return;
    if (!response.write(piece)) await roomIn(response, gone);
  }
  response.end();
}

/** Waits until a slow reader has taken what was written, so that 64 MiB never lie in memory. */
function roomIn(response: ServerResponse, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      gone.removeEventListener("abort", done);
      resolve();
    };
    response.on("drain", done);
    gone.addEventListener("abort", done);
  });
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) {
    if (piece instanceof Uint8Array) pieces.push(piece);
  }
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : (value ?? null);
}
