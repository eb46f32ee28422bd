// Starts the compiled binary as its user would, in an empty folder with an empty environment: help, version, a sandbox
// server from start to clean stop. `npm run smoke`, after `npm run build`.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const botctl = join(import.meta.dir, "..", "dist", "botctl");

/** A sandbox server is expected within this, also on a busy machine. */
const START_TIMEOUT_MS = 15_000;
/** The drain's own limit is 9 s (SHUTDOWN_TIMEOUT_MS); the rest is for closing files. */
const STOP_TIMEOUT_MS = 12_000;
const POLL_MS = 50;

if (!(await Bun.file(botctl).exists())) {
  process.stderr.write("dist/botctl is not there. Run `npm run build` first.\n");
  process.exit(1);
}

const home = await mkdtemp(join(tmpdir(), "botctl-smoke-"));
const dataDir = join(home, "data");
const options = {
  cwd: home,
  env: { PATH: Bun.env["PATH"] ?? "", HOME: home, NO_COLOR: "1" },
  stdin: "ignore",
  stdout: "pipe",
  stderr: "pipe",
} as const;

let failed = 0;

/** Runs one step under its name; what it throws is the reason shown. */
async function step(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
    process.stdout.write(`ok     ${name}\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

/** Runs one command to its end and returns its stdout. Any exit code but 0 fails the step. */
async function output(...command: string[]): Promise<string> {
  const run = Bun.spawn([botctl, ...command], options);
  const [out, talk, code] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
    run.exited,
  ]);
  must(code === 0, `exit code ${code}\n${talk}`);
  return out;
}

/** The address `serve` leaves in its data folder once it listens; null while it does not. */
async function servedAt(): Promise<string | null> {
  const text = await readFile(join(dataDir, "server.json"), "utf8").catch(() => null);
  if (text === null) return null;
  const left: unknown = JSON.parse(text);
  must(typeof left === "object" && left !== null && "url" in left, "server.json has no url");
  must(typeof left.url === "string", "the url in server.json is not text");
  return left.url;
}

await step("--help lists serve, demo, simulate and retry", async () => {
  const help = await output("--help");
  const missing = ["serve", "demo", "simulate", "retry"].filter((command) => !help.includes(command));
  must(missing.length === 0, `not in the help: ${missing.join(", ")}`);
});

await step("version is that of package.json", async () => {
  const manifest: unknown = JSON.parse(await readFile(join(import.meta.dir, "..", "package.json"), "utf8"));
  must(typeof manifest === "object" && manifest !== null && "version" in manifest, "package.json has no version");
  const said = await output("version");
  must(said.includes(String(manifest.version)), `it says ${said.trim()}`);
});

const server = Bun.spawn([botctl, "serve", "--sandbox", "--port", "0", "--data-dir", dataDir], options);
const serverOut = new Response(server.stdout).text();
const serverTalk = new Response(server.stderr).text();
let url: string | null = null;

await step("serve --sandbox starts and leaves its address", async () => {
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (url === null && server.exitCode === null && Date.now() < giveUpAt) {
    await Bun.sleep(POLL_MS);
    url = await servedAt();
  }
  must(url !== null, server.exitCode === null ? "no server.json" : `it ended with exit code ${server.exitCode}`);
});

await step("/api/health says ok", async () => {
  must(url !== null, "there is no server");
  const answer = await fetch(new URL("/api/health", url), { signal: AbortSignal.timeout(5_000) });
  const body = await answer.text();
  must(answer.status === 200 && Bun.deepEquals(JSON.parse(body), { status: "ok" }), `${answer.status} ${body}`);
});

await step("the health command finds the server", async () => {
  await output("health", "--data-dir", dataDir);
});

await step("SIGTERM ends it with exit code 0", async () => {
  server.kill("SIGTERM");
  const code = await Promise.race([server.exited, Bun.sleep(STOP_TIMEOUT_MS)]);
  if (code === undefined) server.kill("SIGKILL");
  must(code === 0, code === undefined ? `it still ran after ${STOP_TIMEOUT_MS} ms` : `exit code ${code}`);
});

if (failed > 0) process.stderr.write(`What the server wrote:\n${await serverOut}${await serverTalk}\n`);
await rm(home, { recursive: true, force: true });
process.exit(failed === 0 ? 0 : 1);
