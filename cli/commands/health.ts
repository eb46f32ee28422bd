import type { Command } from "commander";
import { dataDirOf, newCommand, settingsOf, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf } from "../output.ts";

export function healthCommand(context: CommandContext, run = printHealth): Command {
  return newCommand(context, "health", [
    ["botctl health", "the server of this machine"],
    ["botctl health --url https://bot.example.com", "a server elsewhere"],
    ['HEALTHCHECK CMD ["botctl", "health"]', "in a Dockerfile"],
  ])
    .description("Ask a server whether it answers. Needs no token. Exits 0 when it does, 5 when not.")
    .action((flags: GlobalFlags) => run(flags, context));
}

/** @throws Fault `unreachable` */
export async function printHealth(flags: GlobalFlags, context: CommandContext): Promise<void> {
  const { checkHealth } = await import("../client.ts");
  const url = await addressOf(flags, context);
  await checkHealth(url);
  outputOf(context, flags).result({ status: "ok", url }, () => `ok ${url}\n`);
}

/** `--url`, else where the server of the data folder says it listens, else where one would listen by the settings. */
async function addressOf(flags: GlobalFlags, context: CommandContext): Promise<string> {
  const { originOf, readServerFile } = await import("../client.ts");
  if (flags.url !== undefined) return originOf(flags.url);
  const server = await readServerFile(dataDirOf(context, flags));
  return server?.url ?? `http://127.0.0.1:${settingsOf(context, flags)("PORT") ?? "8000"}`;
}
