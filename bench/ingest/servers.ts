/** Starts what is measured: botctl's binary and its peers, each a process of its own. */
import { rm, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "./client.ts";
import { APP_ID, APP_SECRET, PAGE_TOKEN, VERIFY_TOKEN, Webhooks } from "./load.ts";

/** `graph` and `crowd` are what botctl talks to, not what is measured. */
export type PeerName = "bare" | "hmac" | "commit-per-request";

export interface Running {
  readonly port: number;
  readonly pid: number;
  /** From the start of the process to its first 200 for a signed webhook. */
  readonly coldStartMs: number;
  stop(): Promise<void>;
}

/** What makes a disk slower: the built `tools/slowsync.c`, and by how much. */
export interface SlowDisk {
  readonly library: string;
  readonly fsyncUs: number;
}

/** A server that has not answered by then never will. */
const START_LIMIT_MS = 15_000;
const STOP_LIMIT_MS = 12_000;

const here = import.meta.dir;
const root = join(here, "..", "..");
export const BINARY = Bun.env["BOTCTL_BINARY"] ?? join(root, "dist", "botctl");

/** A folder for one run, gone when it ends. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "botctl-bench-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function buildSlowDisk(folder: string, fsyncUs: number): Promise<SlowDisk> {
  const library = join(folder, "slowsync.so");
  const cc = Bun.spawn(["cc", "-O2", "-shared", "-fPIC", "-o", library, join(root, "tools", "slowsync.c"), "-ldl"], {
    stderr: "inherit",
  });
  if ((await cc.exited) !== 0) throw new Error("tools/slowsync.c could not be compiled");
  return { library, fsyncUs };
}

export function startPeer(name: PeerName, folder: string, disk: SlowDisk | null = null): Promise<Running> {
  return start([process.execPath, join(here, `${name}.ts`)], { DATA_DIR: folder }, disk);
}

export interface BotctlOptions {
  readonly folder: string;
  readonly graphPort: number;
  readonly disk?: SlowDisk | null;
  /** Further settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** `botctl serve` as in life, with a Graph API on this machine and no model: the echo agent answers. */
export function startBotctl({ folder, graphPort, disk = null, settings = {} }: BotctlOptions): Promise<Running> {
  const env = {
    HOST: "127.0.0.1",
    BOTCTL_DATA_DIR: folder,
    FACEBOOK_APP_ID: APP_ID,
    FACEBOOK_APP_SECRET: APP_SECRET,
    FACEBOOK_VERIFY_TOKEN: VERIFY_TOKEN,
    FACEBOOK_PAGE_ACCESS_TOKEN: PAGE_TOKEN,
    GRAPH_API_BASE: `http://127.0.0.1:${graphPort}`,
    ...settings,
  };
  return start([BINARY, "serve"], env, disk);
}

export interface Helper {
  readonly port: number;
  stop(): Promise<void>;
}

/** The Graph API that botctl sends to. */
export async function startGraph(): Promise<Helper> {
  const port = freePort();
  const child = spawn([process.execPath, join(here, "graph.ts")], { PORT: String(port) });
  while (
    !(await fetch(`http://127.0.0.1:${port}/sent`).then(
      () => true,
      () => false,
    ))
  )
    await Bun.sleep(5);
  return { port, stop: () => ended(child) };
}

export async function sentBy(graph: Helper): Promise<number> {
  return Number(await (await fetch(`http://127.0.0.1:${graph.port}/sent`)).text());
}

async function start(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  disk: SlowDisk | null,
): Promise<Running> {
  const port = freePort();
  const slow = disk === null ? {} : { LD_PRELOAD: disk.library, FSYNC_US: String(disk.fsyncUs) };
  const startedAt = performance.now();
  const child = spawn(command, { ...env, ...slow, PORT: String(port) });
  await firstAnswer(port, child);
  return { port, pid: child.pid, coldStartMs: performance.now() - startedAt, stop: () => ended(child) };
}

type Child = ReturnType<typeof spawn>;

function spawn(command: readonly string[], env: Readonly<Record<string, string>>) {
  // Logs go nowhere, as with a log collector that keeps up; errors are shown. The working folder holds no .env.
  const options = {
    env: { PATH: Bun.env["PATH"] ?? "", ...env },
    cwd: tmpdir(),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  } as const;
  return Bun.spawn([...command], options);
}

async function firstAnswer(port: number, child: Child): Promise<void> {
  const webhooks = new Webhooks(1);
  const until = performance.now() + START_LIMIT_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${await new Response(child.stderr).text()}`);
    if (await answers(port, webhooks)) return;
    await Bun.sleep(1);
  }
  await ended(child);
  throw new Error("the server did not answer");
}

async function answers(port: number, webhooks: Webhooks): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  try {
    const connection = await connect(port, {
      onAnswer: (status) => resolve(status === 200),
      onClosed: () => resolve(false),
    });
    connection.send(webhooks.next(Date.now()));
    const answered = await promise;
    connection.end();
    return answered;
  } catch {
    return false; // not listening yet
  }
}

async function ended(child: Child): Promise<void> {
  child.kill("SIGTERM");
  const killing = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await child.exited;
  clearTimeout(killing);
}

function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
