import { resolve } from "node:path";
import type { Command } from "commander";
import { Fault } from "../../../src/core/fault.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";

/**
 * Makes `--token-file` of a command the file with a page's or bot's token. Elsewhere it is that of the server's admin
 * token, which is to be given before the command's name here, or by BOTCTL_ADMIN_TOKEN.
 */
export function takesToken(command: Command): Command {
  const option = command.options.find(({ long }) => long === "--token-file");
  if (option !== undefined) {
    option.description = "file with the token of the page or bot; - for stdin";
    option.helpGroup("Options:");
  }
  return command;
}

/** The flags of such a command, with the two files apart. */
export interface TokenFlags extends GlobalFlags {
  /** With the token of the page or bot; null for none. */
  readonly accountTokenFile: string | null;
}

/** @param command the one whose action runs; flags given before its name have come down to it */
export function tokenFlags(flags: GlobalFlags, command: Command): TokenFlags {
  let admin: string | undefined;
  for (let above = command.parent; above !== null; above = above.parent) {
    admin ??= above.opts<GlobalFlags>().tokenFile;
  }
  // What has come down from above was meant for the server, and must not be shown to a platform.
  const own = flags.tokenFile === admin ? undefined : flags.tokenFile;
  return { ...flags, tokenFile: admin, accountTokenFile: own ?? null };
}

/** @throws Fault `usage` when no file is named, or what it holds is no token */
export async function tokenOf({ accountTokenFile: named }: TokenFlags, context: CommandContext): Promise<string> {
  if (named === null) {
    throw new Fault(
      "usage",
      "The token is to be in a file, where no list of processes shows it.",
      "Add --token-file FILE, or --token-file - and the token on stdin.",
    );
  }
  const path = resolve(context.cwd, named);
  const text = named === "-" ? await context.stdin.text() : await Bun.file(path).text().catch(unreadable(path));
  const token = text.trim();
  if (/^[\x21-\x7e]{1,1000}$/.test(token)) return token;
  throw new Fault(
    "usage",
    `There is no token in ${named === "-" ? "what came on stdin" : path}: it is one word.`,
    "Copy the token alone into the file.",
  );
}

function unreadable(path: string): (cause: unknown) => never {
  return (cause) => {
    throw new Fault("usage", `${path} cannot be read.`, "Check the path given to --token-file.", { cause });
  };
}
