/** The compiled binary as its neighbours see it: started with an environment, spoken to over HTTP, killed like any process. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.ts";
import { signedWebhook } from "../../src/sandbox/sign.ts";
import { asDescribed } from "./answers.ts";
import { until } from "./until.ts";

export const BINARY = join(import.meta.dir, "../../dist/botctl");

export const PAGE = { id: "1000000000001", name: "Tiệm Hoa", token: "EAAtest-page-token" };
export const APP = { id: "2000000000002", secret: "an-app-secret-for-tests", verifyToken: "a-verify-token" };
const Rows = z.object({ data: z.array(z.record(z.string(), z.unknown())) });
const MODEL_KEY = "gsk_test-key";

/** The internet, as far as the bot is concerned. */
export function theInternet(
  options: Pick<SandboxOptions, "telegram"> & { pages?: (typeof PAGE)[]; thinkMs?: number } = {},
): Promise<Sandbox> {
  return startSandbox({
    ...(options.telegram === undefined ? {} : { telegram: options.telegram }),
    graph: { appSecret: APP.secret, appId: APP.id, verifyToken: APP.verifyToken, pages: options.pages ?? [PAGE] },
    model: { key: MODEL_KEY },
    thinkMs: options.thinkMs ?? 0,
    seed: 7,
  });
}

/** Settings for Telegram alone, and nothing that writes answers: bots repeat what they hear. */
export const onlyTelegram = (apiBase: string): Record<string, string> => ({
  FACEBOOK_APP_SECRET: "",
  FACEBOOK_VERIFY_TOKEN: "",
  FACEBOOK_PAGE_ACCESS_TOKEN: "",
  GROQ_API_KEY: "",
  GROQ_BASE_URL: "",
  TELEGRAM_API_BASE: apiBase,
});

/** A temporary folder that is gone when the test is over (`using`). */
export function aFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "botctl-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Bot extends AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  /** Everything it has written to stdout (its log) so far. */
  log(): string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end; answers its exit code. */
  terminate(): Promise<number>;
  /** Posts a body as Meta does: escaped, signed. */
  post(body: unknown): Promise<Response>;
  /** Calls the admin API. */
  admin(path: string, init?: { method?: string; body?: string; headers?: Record<string, string> }): Promise<Response>;
  /** The rows of an admin API list. */
  list(path: string): Promise<Record<string, unknown>[]>;
}

/** Starts `botctl serve` on a free port and waits until it takes requests. */
export async function startBot(dataDir: string, internet: Sandbox, env: Record<string, string> = {}): Promise<Bot> {
  const started = Date.now();
  const child = Bun.spawn([BINARY, "serve", "--port", "0", "--data-dir", dataDir], {
    cwd: dataDir,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: {
      PATH: process.env["PATH"] ?? "",
      HOST: "127.0.0.1",
      FACEBOOK_APP_SECRET: APP.secret,
      FACEBOOK_VERIFY_TOKEN: APP.verifyToken,
      FACEBOOK_PAGE_ACCESS_TOKEN: PAGE.token,
      GRAPH_API_BASE: internet.graphUrl,
      GROQ_API_KEY: MODEL_KEY,
      GROQ_BASE_URL: internet.modelUrl,
      ...env,
    },
  });
  let written = "";
  let complaints = "";
  const drained = Promise.all([
    collect(child.stdout, (text) => (written += text)),
    collect(child.stderr, (text) => (complaints += text)),
  ]);
  const address = await until("the server is up", async () => {
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}: ${complaints}`);
    const file = Bun.file(join(dataDir, "server.json"));
    if (!(await file.exists())) return null;
    const { url, pid, started_at } = await file.json();
    // A killed server leaves its address behind; only this child's own counts.
    return pid === child.pid && started_at >= started - 1_000 ? String(url) : null;
  });
  internet.echoes.url = `${address}/api/webhooks/messenger`;
  const ended = async (): Promise<number> => {
    const code = await child.exited;
    await drained;
    return code;
  };
  const bot: Bot = {
    url: address,
    dataDir,
    log: () => written,
    async kill() {
      child.kill("SIGKILL");
      await ended();
    },
    terminate() {
      child.kill("SIGTERM");
      return ended();
    },
    post(body) {
      const { bytes, headers } = signedWebhook(body, APP.secret);
      return fetch(`${address}/api/webhooks/messenger`, { method: "POST", headers, body: bytes });
    },
    async admin(path, init = {}) {
      const token = (await Bun.file(join(dataDir, "admin-token")).text()).trim();
      const headers = { authorization: `Bearer ${token}`, ...init.headers };
      return asDescribed(init.method ?? "GET", path, await fetch(`${address}${path}`, { ...init, headers }));
    },
    async list(path) {
      return Rows.parse(await (await bot.admin(path)).json()).data;
    },
    [Symbol.asyncDispose]: () => bot.kill(),
  };
  return bot;
}

async function collect(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
}
