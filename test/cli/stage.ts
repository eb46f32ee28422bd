/** A terminal, an environment and a server's API, played for commands under test. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandContext } from "../../cli/context.ts";
import { run } from "../../cli/main.ts";
import { Fault } from "../../src/core/fault.ts";

interface Props {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether all three streams are a terminal. */
  readonly terminal?: boolean;
  readonly columns?: number;
  /** What the person types, line by line; in a pipe, what it holds. */
  readonly typed?: readonly string[];
}

export interface Stage {
  readonly context: CommandContext;
  /** All of stdout, and of stderr, so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Sends SIGTERM, so to say. */
  readonly signal: () => void;
  /** Runs `botctl …` on this stage and gives the exit code. */
  readonly botctl: (...words: string[]) => Promise<number>;
}

export function stage({ env = {}, cwd = "/nowhere", terminal = false, columns = 80, typed = [] }: Props = {}): Stage {
  let out = "";
  let err = "";
  const lines = [...typed];
  const listeners = new Set<() => void>();
  const context: CommandContext = {
    env,
    cwd,
    home: "/home/lan",
    stdin: {
      isTTY: terminal,
      line: () => Promise.resolve(lines.shift() ?? null),
      text: () => Promise.resolve(lines.splice(0).join("\n")),
    },
    stdout: { write: (text) => void (out += text), ready: () => Promise.resolve(), isTTY: terminal, columns },
    stderr: { write: (text) => void (err += text), ready: () => Promise.resolve(), isTTY: terminal, columns },
    onSignal(callback) {
      listeners.add(callback);
      return () => void listeners.delete(callback);
    },
  };
  return {
    context,
    out: () => out,
    err: () => err,
    signal: () => listeners.forEach((listener) => listener()),
    botctl: (...words) => run(words, context),
  };
}

/** A folder that is gone when the scope that declared it with `using` ends. */
export function aFolder(files: Readonly<Record<string, string>> = {}): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "botctl-cli-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text, { mode: 0o600 });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** What the API was asked. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | null;
}

export const TOKEN = "test-admin-token";

/**
 * A small server in place of the real API, and the data folder it would leave behind.
 *
 * @param answers by method and path without query, e.g. "GET /api/retries"; anything else is 404
 */
export function playApi(answers: Readonly<Record<string, (asked: Asked) => Response>>) {
  const asked: Asked[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const text = await request.text();
      const call: Asked = {
        method: request.method,
        path: pathname + search,
        body: text === "" ? null : JSON.parse(text),
        authorization: request.headers.get("authorization"),
      };
      const answer = answers[`${request.method} ${pathname}`];
      // Readers ask first whether anybody is there; only who plays that wants to know.
      if (answer === undefined && pathname === "/api/health") return new Response(null, { status: 404 });
      asked.push(call);
      return answer?.(call) ?? problem(404, "not_found", "There is no such entry.", "List them.");
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  const folder = aFolder({
    "server.json": JSON.stringify({ url, pid: 1, started_at: 0, sandbox: null }),
    "admin-token": `${TOKEN}\n`,
  });
  return {
    url,
    asked,
    dataDir: folder.path,
    async [Symbol.asyncDispose]() {
      folder[Symbol.dispose]();
      await server.stop(true);
    },
  };
}

/** An error as the API tells it. */
export function problem(status: number, code: string, message: string, fix = ""): Response {
  return Response.json({ error: { code, message, fix } }, { status });
}

/** The Fault that a call ends with. Throws when it ends well, or with anything else. */
export async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const ending = await call.then(
    () => new Error("it ended well"),
    (error: unknown) => error,
  );
  if (ending instanceof Fault) return ending;
  throw ending;
}
