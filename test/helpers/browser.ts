/** A real browser without a window, told what to do by its DevTools protocol. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { until } from "./until.ts";

/** Null where there is none; .ci/run sees to it that there is one. */
export const CHROMIUM: string | null =
  process.env["CHROMIUM"] ??
  ["chromium", "chromium-browser", "google-chrome"].map((name) => Bun.which(name)).find(Boolean) ??
  null;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--remote-debugging-port=0",
];

const Message = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ message: z.string() }).optional(),
});
const Evaluated = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z.object({ text: z.string() }).optional(),
});
const Targets = z.array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() }));
const Requested = z.object({ request: z.object({ url: z.string() }) });

export interface Page extends AsyncDisposable {
  /** Addresses it asked for. */
  readonly requested: string[];
  /** What it complained about: scripts that failed, what its policy forbade. */
  readonly complaints: string[];
  open(address: string): Promise<void>;
  /** Evaluates an expression in the page; waits for a promise. */
  evaluate(expression: string): Promise<unknown>;
  resize(width: number, height: number): Promise<void>;
}

/** Starts a browser with a profile of its own that is gone afterwards. */
export async function openPage(chromium: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), "botctl-browser-"));
  const child = Bun.spawn([chromium, ...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    env: { ...process.env, HOME: profile },
  });
  const port = await until("the browser is there", async () => {
    const file = Bun.file(join(profile, "DevToolsActivePort"));
    return (await file.exists()) ? (await file.text()).split("\n")[0] || null : null;
  });
  const socket = new WebSocket(
    await until("it has a page", async () => {
      const targets = Targets.parse(await (await fetch(`http://127.0.0.1:${port}/json/list`)).json());
      return targets.find(({ type }) => type === "page")?.webSocketDebuggerUrl;
    }),
  );
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));

  const requested: string[] = [];
  const complaints: string[] = [];
  const waiting = new Map<number, (message: z.infer<typeof Message>) => void>();
  let loaded = 0;
  socket.addEventListener("message", ({ data }) => {
    const message = Message.parse(JSON.parse(String(data)));
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    if (message.method === "Page.loadEventFired") loaded += 1;
    if (message.method === "Network.requestWillBeSent") requested.push(Requested.parse(message.params).request.url);
    if (message.method === "Runtime.exceptionThrown" || message.method === "Log.entryAdded")
      complaints.push(JSON.stringify(message.params));
  });
  let sent = 0;
  const call = async (method: string, params: object = {}): Promise<Record<string, unknown>> => {
    const id = (sent += 1);
    const answered = new Promise<z.infer<typeof Message>>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  };
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await call(`${domain}.enable`);
  return {
    requested,
    complaints,
    async open(address) {
      const before = loaded;
      await call("Page.navigate", { url: address });
      await until("the page is loaded", () => loaded > before);
    },
    async evaluate(expression) {
      const asked = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = Evaluated.parse(await call("Runtime.evaluate", asked));
      if (exceptionDetails !== undefined) throw new Error(`${expression}: ${exceptionDetails.text}`);
      return result.value;
    },
    async resize(width, height) {
      await call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      child.kill("SIGKILL");
      await child.exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
