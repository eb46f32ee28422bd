import type { Command } from "commander";
import { newCommand, wholeNumber, type CommandContext } from "../context.ts";
import type { ChaosOptions } from "./chaos/run.ts";

/** Enough that each way to die comes about, in about a minute. */
const CYCLES = 25;
const MESSAGES_A_SECOND = 20;

export function chaosCommand(context: CommandContext, run = runChaos): Command {
  return newCommand(context, "chaos", [
    ["botctl chaos", "25 cycles, about a minute"],
    ["botctl chaos --cycles 200 --seed 7", "longer, with the same plan each time"],
    ["botctl chaos --keep", "its logs and its database stay"],
    ["botctl chaos --json", "for a program"],
  ])
    .description(
      "Kill a server of its own with SIGKILL at random moments, again and again, while people write to it, and count at the " +
        "end: was every message that was taken answered, and answered once? It is this program on real files, in a temporary " +
        "folder: nothing leaves this machine, and no data of yours is touched. Exits 10 when something was lost or doubled.",
    )
    .option("--cycles <number>", "how often it is killed or stopped", wholeNumber(1, 100_000), CYCLES)
    .option(
      "--seed <number>",
      "decides the moments and the messages (default: another one each time)",
      wholeNumber(0, 4_294_967_295),
    )
    .option("--rate <number>", "messages a second", wholeNumber(1, 500), MESSAGES_A_SECOND)
    .option("--no-faults", "let the platform take every reply at once, instead of failing some")
    .option("--keep", "leave the folder, and say where it is")
    .action((options: ChaosOptions) => run(options, context));
}

async function runChaos(options: ChaosOptions, context: CommandContext): Promise<void> {
  await (await import("./chaos/run.ts")).chaos(options, context);
}
