/** Which server a command speaks to, and how it is let in. */
import { resolve } from "node:path";
import { Fault } from "../src/core/fault.ts";
import { ServerFile } from "./answers.ts";
import { parsed } from "./call.ts";
import { dataDirOf, settingsOf, type CommandContext, type GlobalFlags } from "./context.ts";

/** Where a server is and how to be let in. */
export interface Target {
  /** Without a path, e.g. "http://127.0.0.1:8000". */
  readonly url: string;
  readonly token: string;
}

/**
 * `server.json` of a data folder; null when there is none, so no server runs with it.
 *
 * @throws Fault `storage` when it is there and cannot be read or understood
 */
export async function readServerFile(dataDir: string): Promise<ServerFile | null> {
  const file = Bun.file(resolve(dataDir, "server.json"));
  if (!(await file.exists())) return null;
  const text = await file.text().catch((cause: unknown) => {
    throw unreadable(file.name ?? "server.json", cause);
  });
  const read = ServerFile.safeParse(parsed(text));
  if (!read.success) throw unreadable(file.name ?? "server.json", read.error);
  return read.data;
}

function unreadable(path: string, cause: unknown): Fault {
  return new Fault(
    "storage",
    `${path} cannot be read.`,
    "Use the account the server runs as, or restart the server to have it written anew.",
    { cause },
  );
}

/** The address of `--url`, without what follows the host. @throws Fault `usage` */
export function originOf(typed: string): string {
  const url = URL.parse(typed);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:") && url.username === "") return url.origin;
  throw new Fault(
    "usage",
    "The address given to --url cannot be used.",
    "Write it like https://bot.example.com or http://127.0.0.1:8000.",
  );
}

/**
 * Which server is meant: `--url`, else the one that runs with the data folder.
 *
 * The token is the file of `--token-file`, BOTCTL_ADMIN_TOKEN (or its _FILE), or `admin-token` in the data folder. The last one
 * is never sent to another machine: an address typed wrong must not learn it.
 *
 * @throws Fault `unreachable` when no server runs, `usage` when a token is missing, `credentials` when one cannot be read
 */
export async function findTarget(context: CommandContext, flags: GlobalFlags): Promise<Target> {
  const dataDir = dataDirOf(context, flags);
  const url = flags.url === undefined ? await localUrl(dataDir) : originOf(flags.url);
  const settings = settingsOf(context, flags);
  const named =
    flags.tokenFile ?? (settings("BOTCTL_ADMIN_TOKEN") === undefined ? settings("BOTCTL_ADMIN_TOKEN_FILE") : undefined);
  if (named !== undefined) return { url, token: await tokenIn(resolve(context.cwd, named)) };
  const token = settings("BOTCTL_ADMIN_TOKEN");
  if (token !== undefined) return { url, token: usable(token, "BOTCTL_ADMIN_TOKEN") };
  if (flags.url !== undefined && !isLoopback(url)) {
    throw new Fault(
      "usage",
      `The server at ${url} asks for its admin token.`,
      "Add --token-file FILE, or set BOTCTL_ADMIN_TOKEN.",
    );
  }
  return { url, token: await tokenIn(resolve(dataDir, "admin-token")) };
}

async function localUrl(dataDir: string): Promise<string> {
  const server = await readServerFile(dataDir);
  if (server !== null) return server.url;
  throw new Fault(
    "unreachable",
    `No server is running for the data folder ${dataDir}.`,
    "Start one with `botctl serve`, or name another with --data-dir or --url.",
  );
}

function isLoopback(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}

async function tokenIn(path: string): Promise<string> {
  const text = await Bun.file(path)
    .text()
    .then(
      (read) => read.trim(),
      () => "",
    );
  return usable(text, path);
}

/** What is no visible ASCII cannot stand in a header: better said here than as a failed call. */
function usable(token: string, place: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new Fault(
    "credentials",
    `There is no usable admin token in ${place}.`,
    "Use the account the server runs as, or name the file with --token-file.",
  );
}
