import type { Command } from "commander";
import { version } from "../../package.json" with { type: "json" };
import { newCommand, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf } from "../output.ts";

/** Put in by the build: the commit it was made from. Not there when run from source. */
declare const BUILD_SHA: string;

export function versionCommand(context: CommandContext, run = printVersion): Command {
  return newCommand(context, "version", [
    ["botctl version", "for people"],
    ["botctl version --json", "for bug reports and scripts"],
  ])
    .description("Print which botctl this is.")
    .action((flags: GlobalFlags) => run(flags, context));
}

export function printVersion(flags: GlobalFlags, context: CommandContext): void {
  const data = {
    version,
    build: typeof BUILD_SHA === "string" ? BUILD_SHA : "source",
    bun: Bun.version,
    platform: `${process.platform}-${process.arch}`,
  };
  outputOf(context, flags).result(
    data,
    () => `botctl ${data.version} (${data.build}, bun ${data.bun}, ${data.platform})\n`,
  );
}
