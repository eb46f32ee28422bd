/**
 * What `chaos` does its harm to: this same program as `serve` in its real settings, with real files in a folder of its own.
 * Its internet (Graph, Telegram, model) runs in this process, so what it was sent is still known however the server dies.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChannelName } from "../../src/core/channel.ts";
import { Fault } from "../../src/core/fault.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { audit, type Audit } from "../../src/store/sqlite/audit.ts";
import { AdminClient, checkHealth, readServerFile } from "../client.ts";
import { itself, lastWords } from "./sandbox.ts";

export type { Audit };

const PAGE = { id: "100000000000001", name: "Tiệm Hoa Mùa Hè" };
const APP_ID = "200000000000002";
const BOT = { id: "7000000001", username: "tiem_hoa_bot", name: "Tiệm Hoa Mùa Hè" };

/** A server that starts within this time on a slow machine is well. */
const START_MS = 15_000;
const LOOK_AGAIN_MS = 5;
/** What the child inherits: enough to run, and no setting that would change what is tried. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "TZ", "LANG", "SYSTEMROOT"];

export interface VictimOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long the model thinks about each answer. */
  readonly thinkMs: number;
  /** ECHO_GRACE_MS of the server. */
  readonly echoGraceMs: number;
  /** SHUTDOWN_TIMEOUT_MS of the server. */
  readonly shutdownMs: number;
}

/** A server that is up. */
export interface Up {
  readonly url: string;
  readonly client: AdminClient;
  /** From the start of the process to the first healthy answer. */
  readonly tookMs: number;
}

/** One process of the server, from its start to its end. */
export class Life {
  /** Epoch ms. */
  readonly startedAt = Date.now();
  private readonly born = performance.now();
  private ending = false;

  constructor(
    private readonly child: Bun.Subprocess<"ignore", Bun.BunFile, Bun.BunFile>,
    private readonly folder: string,
    private readonly token: string,
    private readonly complaints: Bun.BunFile,
  ) {}

  /**
   * Resolves at the first healthy answer; with null when it is ended before.
   *
   * @throws Fault `failed` with its last words when it ended by itself, `timed_out`
   */
  async up(): Promise<Up | null> {
    while (performance.now() - this.born < START_MS) {
      if (this.ending) return null;
      await this.refuseDeath();
      const server = await readServerFile(dataIn(this.folder)).catch(() => null);
      // After a kill the file of the dead server is still there.
      if (server?.pid === this.child.pid && (await isHealthy(server.url))) {
        if (this.ending) return null;
        const { url } = server;
        const client = new AdminClient({ url, token: this.token });
        return { url, client, tookMs: performance.now() - this.born };
      }
      await Bun.sleep(LOOK_AGAIN_MS);
    }
    throw new Fault("timed_out", `The server was not up within ${START_MS / 1_000} s.`, "Is this machine very busy?");
  }

  /** @throws Fault `failed` when it has ended and nobody asked it to */
  async refuseDeath(): Promise<void> {
    const { exitCode, signalCode } = this.child;
    if (this.ending || (exitCode === null && signalCode === null)) return;
    const words = await this.complaints.text().catch(() => "");
    throw new Fault(
      "failed",
      `The server ended by itself (${signalCode ?? exitCode}). ${lastWords(words)}`,
      `Its logs and its database are in ${this.folder}.`,
    );
  }

  /** Sends a signal and waits for the end. @returns the exit code; null when it was killed */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    this.signal(signal);
    await this.child.exited;
    return this.child.signalCode === null ? this.child.exitCode : null;
  }

  signal(signal: "SIGKILL" | "SIGTERM"): void {
    this.ending = true;
    this.child.kill(signal);
  }
}

export class Victim {
  readonly pageId = PAGE.id;
  readonly botId = BOT.id;
  readonly appId = APP_ID;
  readonly folder = mkdtempSync(join(tmpdir(), "botctl-chaos-"));
  private readonly token = crypto.randomUUID();
  private life: Life | null = null;
  private starts = 0;
  private kept = false;
  private closed = false;
  private readonly lastWill = (): void => this.vanish();

  private constructor(
    private readonly options: VictimOptions,
    private readonly secrets: Secrets,
    /** Its internet. */
    readonly internet: Sandbox,
  ) {
    // However this process ends, neither the child nor its folder stays behind.
    process.once("exit", this.lastWill);
  }

  static async prepare(options: VictimOptions): Promise<Victim> {
    const secret = (): string => randomBytes(24).toString("hex");
    const secrets = {
      app: secret(),
      verify: secret(),
      page: `page-${secret()}`,
      model: `key-${secret()}`,
      bot: `${BOT.id}:${secret()}`,
      webhook: secret(),
    };
    const internet = await startSandbox({
      graph: {
        appSecret: secrets.app,
        appId: APP_ID,
        verifyToken: secrets.verify,
        pages: [{ ...PAGE, token: secrets.page }],
      },
      telegram: { bots: [{ ...BOT, token: secrets.bot }] },
      model: { key: secrets.model },
      thinkMs: options.thinkMs,
    });
    return new Victim(options, secrets, internet);
  }

  /** What proves webhooks: the key that Meta signs with, and the word that Telegram says. */
  get proofs(): Readonly<Record<ChannelName, string>> {
    return { messenger: this.secrets.app, telegram: this.secrets.webhook };
  }

  /** Starts the server on the data that is there. Does not wait until it is up. */
  start(): Life {
    if (this.closed) throw new Error("the run is over");
    this.starts++;
    const complaints = Bun.file(join(this.folder, `stderr-${this.starts}`));
    const child = Bun.spawn([...itself(), "serve", "--port", "0", "--data-dir", dataIn(this.folder)], {
      cwd: this.folder,
      env: this.settings(),
      stdin: "ignore",
      stdout: Bun.file(join(this.folder, `log-${this.starts}`)),
      stderr: complaints,
    });
    this.life = new Life(child, this.folder, this.token, complaints);
    return this.life;
  }

  /** What its database says; null when there is none yet. The server may be running. */
  audit(): Audit | null {
    return audit(dataIn(this.folder));
  }

  /** The folder stays when everything else goes. */
  keep(): void {
    this.kept = true;
  }

  async close(): Promise<void> {
    this.vanish();
    await this.internet.stop();
  }

  private vanish(): void {
    this.closed = true;
    process.off("exit", this.lastWill);
    this.life?.signal("SIGKILL");
    // The kernel may still be ending the child, which may still be making a file.
    if (!this.kept) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }

  private settings(): Record<string, string> {
    const { options, secrets, internet } = this;
    const inherited = INHERITED.flatMap((name) => {
      const value = options.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return {
      ...Object.fromEntries(inherited),
      HOST: "127.0.0.1",
      BOTCTL_ADMIN_TOKEN: this.token,
      FACEBOOK_APP_SECRET: secrets.app,
      FACEBOOK_VERIFY_TOKEN: secrets.verify,
      FACEBOOK_PAGE_ACCESS_TOKEN: secrets.page,
      GRAPH_API_BASE: internet.graphUrl,
      BOT_TOKEN: secrets.bot,
      WEBHOOK_SECRET_TOKEN: secrets.webhook,
      TELEGRAM_API_BASE: internet.telegramUrl,
      GROQ_API_KEY: secrets.model,
      GROQ_BASE_URL: internet.modelUrl,
      ECHO_GRACE_MS: String(options.echoGraceMs),
      SHUTDOWN_TIMEOUT_MS: String(options.shutdownMs),
      FACEBOOK_RATE_LIMIT_MESSAGES_PER_MINUTE: "0",
      LOG_FORMAT: "json",
    };
  }
}

function dataIn(folder: string): string {
  return join(folder, "data");
}

interface Secrets {
  readonly app: string;
  readonly verify: string;
  readonly page: string;
  readonly model: string;
  readonly bot: string;
  readonly webhook: string;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    await checkHealth(url);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}
