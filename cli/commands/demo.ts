import type { Command } from "commander";
import { newCommand, type CommandContext, type GlobalFlags } from "../context.ts";

export function demoCommand(context: CommandContext, run = runDemo): Command {
  return newCommand(context, "demo", [
    ["botctl demo", "six short acts, about ten seconds"],
    ["botctl demo --json", "the same, for a program"],
  ])
    .description(
      "See it work, without keys and without leaving this machine: split messages waited for, merged and answered once, " +
        "a webhook that comes twice, an album on Telegram, and a server that is killed before it can answer.",
    )
    .action((flags: GlobalFlags) => run(flags, context));
}

async function runDemo(flags: GlobalFlags, context: CommandContext): Promise<void> {
  await (await import("./demo/run.ts")).demo(flags, context);
}
