/**
 * A sandbox server of our own: this same program as a child process, with a data folder that is removed afterwards. It can be
 * killed and started again on the same data, which is what `demo` shows and `simulate crash` tests.
 */
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Fault } from "../../src/core/fault.ts";
import { readServerFile, type ServerFile, type Target } from "../client.ts";
import { LeadingClock, lockstepLine, LOCKSTEP_VARIABLE, type Lockstep } from "./lockstep.ts";

export { signedWebhook } from "../../src/sandbox/sign.ts";

/** The same proof as `signedWebhook` gives, for bytes that are no JSON. */
export function signedBytes(bytes: Uint8Array<ArrayBuffer>, appSecret: string): Record<string, string> {
  const signature = createHmac("sha256", appSecret).update(bytes).digest("hex");
  return { "Content-Type": "application/json", "X-Hub-Signature-256": `sha256=${signature}` };
}

/** A server that starts within this time on a slow machine is well. */
const START_MS = 15_000;
/** A drain ends within SHUTDOWN_TIMEOUT_MS; a sandbox has nothing to lose, so it gets less. */
const STOP_MS = 3_000;
const LOOK_AGAIN_MS = 20;

export interface SandboxOptions {
  /** The child's environment. Its own admin token and folder are added here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the child looks for `.env`; null for nowhere. */
  readonly cwd: string | null;
  /** `--env-file`, absolute; null for the default. */
  readonly envFile: string | null;
  /** A time of its own for the server, led from here; null for the machine's. */
  readonly time: { readonly speed: number; readonly startAt: number; readonly mediaPort: number | null } | null;
}

type Child = Bun.Subprocess<"pipe", Bun.BunFile, Bun.BunFile>;

export class LocalSandbox {
  private child: Child | null = null;
  private started: ServerFile | null = null;
  private starts = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), "botctl-sandbox-"));
  /** Ours rather than the one that the server makes, so that a token in the user's environment does not matter. */
  private readonly token = crypto.randomUUID();
  private readonly lastWill = (): void => this.vanish();
  /** What the server lives by; null when that is the machine's time. */
  readonly clock: LeadingClock | null;

  private constructor(private readonly options: SandboxOptions) {
    const { time } = options;
    this.clock =
      time === null ? null : new LeadingClock(time.speed, time.startAt, (from, until) => this.lead(from, until));
    // However this process ends (a broken pipe, a bug), neither the child nor its folder stays behind.
    process.once("exit", this.lastWill);
  }

  /** @throws Fault `failed` with the server's own last words, `timed_out` */
  static async start(options: SandboxOptions): Promise<LocalSandbox> {
    const sandbox = new LocalSandbox(options);
    try {
      await sandbox.launch();
      return sandbox;
    } catch (error) {
      sandbox.vanish();
      throw error;
    }
  }

  /** Where it listens; another port after each start. */
  get target(): Target {
    return { url: this.server.url, token: this.token };
  }

  get server(): ServerFile {
    if (this.started === null) throw new Error("the sandbox is not running");
    return this.started;
  }

  /** SIGKILL, then a start on the same data. Resolves when it is ready. */
  async killAndRestart(): Promise<void> {
    await this.end("SIGKILL");
    await this.launch();
  }

  /** Stops it in its own way if it is quick, and removes its data. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
    this.vanish();
  }

  /** At once and for good. */
  vanish(): void {
    process.off("exit", this.lastWill);
    this.child?.kill("SIGKILL");
    this.child = null;
    // The kernel may still be ending the child, which may still be making a file.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }

  private lead(from: number, until: number): void {
    const { child } = this;
    if (child === null || child.exitCode !== null) return;
    const written = async (): Promise<void> => {
      await child.stdin.write(lockstepLine(from, until));
      await child.stdin.flush();
    };
    // A server that is gone needs no time.
    void written().catch(() => {});
  }

  private lockstep(): Record<string, string> {
    const { time } = this.options;
    if (time === null || this.clock === null) return {};
    // A server that is started again goes on where time is by now.
    const told: Lockstep = { speed: time.speed, start_at: this.clock.now(), media_port: time.mediaPort };
    return { [LOCKSTEP_VARIABLE]: JSON.stringify(told) };
  }

  private get dataDir(): string {
    return join(this.folder, "data");
  }

  private async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const { child } = this;
    if (child === null) return;
    // What it waits for while it stops must come to an end.
    if (this.clock !== null) this.lead(this.clock.now(), Infinity);
    child.kill(signal);
    const slow = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await child.exited;
    clearTimeout(slow);
    this.child = null;
    this.started = null;
  }

  private async launch(): Promise<void> {
    this.starts++;
    // Nobody but this machine speaks to it, with no token but ours.
    const { BOTCTL_ADMIN_TOKEN_FILE: _, ...inherited } = this.options.env;
    const env = { ...inherited, ...this.lockstep(), HOST: "127.0.0.1", BOTCTL_ADMIN_TOKEN: this.token };
    const complaints = Bun.file(join(this.folder, `stderr-${this.starts}`));
    const envFile = this.options.envFile === null ? [] : ["--env-file", this.options.envFile];
    const child = Bun.spawn(
      [...itself(), "serve", "--sandbox", "--port", "0", "--data-dir", this.dataDir, ...envFile],
      {
        cwd: this.options.cwd ?? this.folder,
        env,
        stdin: "pipe",
        stdout: Bun.file(join(this.folder, `stdout-${this.starts}`)),
        stderr: complaints,
      },
    );
    this.child = child;
    const deadline = performance.now() + START_MS;
    while (performance.now() < deadline) {
      if (child.exitCode !== null || child.signalCode !== null) {
        const words = await complaints.text().catch(() => "");
        throw new Fault(
          "failed",
          `The sandbox server did not start. ${lastWords(words)}`,
          "Run `botctl serve --sandbox` to see all it says.",
        );
      }
      const server = await readServerFile(this.dataDir).catch(() => null);
      // After a kill the file of the dead server is still there.
      if (server?.pid === child.pid && (await isReady(server.url))) {
        this.started = server;
        return;
      }
      await Bun.sleep(LOOK_AGAIN_MS);
    }
    throw new Fault(
      "timed_out",
      `The sandbox server was not ready within ${START_MS / 1_000} s.`,
      "Is this machine very busy?",
    );
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

/** The words that start this program once more: the binary alone, or bun with the source. */
export function itself(): string[] {
  return Bun.isStandaloneExecutable
    ? [process.execPath]
    : [process.execPath, resolve(import.meta.dir, "..", "main.ts")];
}

export function lastWords(text: string): string {
  const lines = text.trim().split("\n").slice(-3).join(" ");
  return lines === "" ? "It said nothing." : `It said: ${lines}`;
}
