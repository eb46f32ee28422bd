/** The whole server inside the test's own process: quicker to start than the binary, and stopped by a call. */
import { join } from "node:path";
import { startApp, type App } from "../../src/app.ts";
import { loadConfig } from "../../src/config.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { signedWebhook } from "../../src/sandbox/sign.ts";
import { asDescribed } from "./answers.ts";
import { APP, PAGE } from "./bot.ts";

interface AdminInit {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export interface InnerBot extends App, AsyncDisposable {
  post(body: unknown): Promise<Response>;
  admin(path: string, init?: AdminInit): Promise<Response>;
}

/** Starts a server, on a free port unless one is given. */
export async function startInner(
  dataDir: string,
  internet: Pick<Sandbox, "graphUrl" | "modelUrl">,
  env: Record<string, string> = {},
  port = "0",
): Promise<InnerBot> {
  const config = loadConfig({
    env: {
      HOST: "127.0.0.1",
      // Alarms are errors, and what a test provokes on purpose need not be read.
      LOG_LEVEL: "error",
      FACEBOOK_APP_SECRET: APP.secret,
      FACEBOOK_VERIFY_TOKEN: APP.verifyToken,
      FACEBOOK_PAGE_ACCESS_TOKEN: PAGE.token,
      GRAPH_API_BASE: internet.graphUrl,
      GROQ_API_KEY: "gsk_test-key",
      GROQ_BASE_URL: internet.modelUrl,
      ...env,
    },
    flags: { envFile: undefined, port, dataDir, sandbox: undefined },
    cwd: dataDir,
    home: dataDir,
    terminal: false,
  });
  const app = await startApp(config);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= app.stop());
  return {
    url: app.url,
    accounts: app.accounts,
    stop,
    post(body) {
      const { bytes, headers } = signedWebhook(body, APP.secret);
      return fetch(`${app.url}/api/webhooks/messenger`, { method: "POST", headers, body: bytes });
    },
    async admin(path, init = {}) {
      const token = (await Bun.file(join(dataDir, "admin-token")).text()).trim();
      const headers = { authorization: `Bearer ${token}`, ...init.headers };
      return asDescribed(init.method ?? "GET", path, await fetch(`${app.url}${path}`, { ...init, headers }));
    },
    [Symbol.asyncDispose]: stop,
  };
}
