/** Starts of the compiled binary that are expected to be refused, and a data folder that was in use before. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { aFolder, BINARY } from "../helpers/bot.ts";
import { until } from "../helpers/until.ts";

/** A start that does not end by itself has not been refused. */
const PATIENCE_MS = 10_000;

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A program and its arguments that run the binary, such as one that takes rights away first. */
  readonly through?: readonly string[];
}

function launch(dataDir: string, { env = {}, through = [] }: StartOptions) {
  return Bun.spawn([...through, BINARY, "serve", "--sandbox", "--port", "0", "--data-dir", dataDir], {
    cwd: "/",
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: PATIENCE_MS,
    env: { PATH: process.env["PATH"] ?? "", HOST: "127.0.0.1", ...env },
  });
}

/** How a start ended, and all that it said on both streams. `code` is null when it had to be ended. */
export async function startOn(
  dataDir: string,
  options: StartOptions = {},
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = launch(dataDir, options);
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  return { code: child.exitCode, said: out + err };
}

/** Starts, lets it come up, and asks it to end. @returns its exit code */
export async function visitOf(dataDir: string): Promise<number> {
  const child = launch(dataDir, {});
  await until("the server is up", () => existsSync(join(dataDir, "server.json")));
  child.kill("SIGTERM");
  return await child.exited;
}

/** Copies of a data folder that a server made and has left again. */
export async function usedFolders(): Promise<{ copy(): { readonly path: string } & Disposable } & Disposable> {
  const original = aFolder();
  const path = join(original.path, "data");
  mkdirSync(path, { mode: 0o700 });
  await visitOf(path);
  return {
    copy() {
      const folder = aFolder();
      cpSync(path, folder.path, { recursive: true });
      return folder;
    },
    [Symbol.dispose]: () => original[Symbol.dispose](),
  };
}

/**
 * Every file of a folder with its bytes, as text that can be compared. Left out is what holds nobody's data: the lock, and
 * what SQLite puts beside a database that somebody looks into.
 */
export function contentOf(folder: string): Record<string, string> {
  const kept = readdirSync(folder).filter((name) => !/^botctl\.(lock|db-shm)/.test(name));
  const files = kept.map((name): [string, string] => {
    const path = join(folder, name);
    return [name, statSync(path).isDirectory() ? "a folder" : readFileSync(path).toString("base64")];
  });
  return Object.fromEntries(files.filter(([name, bytes]) => name !== "botctl.db-wal" || bytes !== ""));
}
