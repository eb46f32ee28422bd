import { InvalidArgumentError, type Command } from "commander";
import { newCommand, wholeNumber, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf } from "../output.ts";
import type { SimulateOptions } from "./simulate/run.ts";

/** What commander makes of the flags; their names are the words typed, their times are ms. */
interface Flags extends GlobalFlags {
  readonly to?: string;
  readonly sandbox?: boolean;
  readonly gap?: number;
  readonly order?: "text-first" | "photo-first";
  readonly count?: number;
  readonly text?: string;
  readonly contact?: string;
  readonly page?: string;
  readonly timeout?: number;
  readonly seed?: number;
}

export function simulateCommand(context: CommandContext, run = runScenarios, list = listScenarios): Command {
  const command = newCommand(context, "simulate", [
    ["botctl simulate list", "what there is to play"],
    ["botctl simulate split --sandbox", "with a server of its own"],
    ["botctl simulate split --gap 3", "against the server of this machine"],
    ["botctl simulate text --to https://bot.shop.vn", "against a server elsewhere"],
    ["botctl simulate duplicate burst --json", "several, for a program"],
  ]);
  command
    .description(
      "Sign and post webhooks as Messenger would, and watch what comes of them: what is waited for and why, and the reply.\n" +
        "Replies to a simulated contact are kept and never sent. Exits 10 when an expectation is not met.",
    )
    .argument("<scenario...>", "names from `simulate list`")
    .option("--sandbox", "start a sandbox server for it, and stop it afterwards")
    .option("--to <address>", "post there, e.g. to a tunnel; otherwise to the server itself")
    .option("--gap <seconds>", "time between the parts", milliseconds(0, 3_600))
    .addOption(command.createOption("--order <order>", "which part comes first").choices(["text-first", "photo-first"]))
    .option("--count <number>", "how many photos or texts", wholeNumber(1, 1_000))
    .option("--text <text>", "what is said, instead of the scenario's own words")
    .option("--contact <id>", "who writes; begins with sim-")
    .option("--page <id>", "page that is written to, by the platform's id; otherwise the first one")
    .option("--timeout <seconds>", "how long to wait for a reply (default: 30)", milliseconds(0.1, 86_400))
    .option("--seed <number>", "the same contacts each time", wholeNumber(0, 1_000_000_000))
    .action(async (scenarios: string[], { gap, timeout, ...flags }: Flags) =>
      run({ ...flags, scenarios, gapMs: gap, timeoutMs: timeout }, context),
    )
    .addCommand(
      newCommand(context, "list", [["botctl simulate list --json", "with the options of each"]])
        .description("Show every scenario.")
        .action((flags: GlobalFlags) => list(flags, context)),
    );
  return command;
}

/** For `.argParser`: seconds as typed, with a fraction if need be, become ms. */
function milliseconds(least: number, most: number): (typed: string) => number {
  return (typed) => {
    const value = /^\d{1,6}(\.\d{1,3})?$/.test(typed) ? Number(typed) : Number.NaN;
    if (value >= least && value <= most) return Math.round(value * 1_000);
    throw new InvalidArgumentError(`It must be seconds from ${least} to ${most}, like 1.2.`);
  };
}

async function runScenarios(options: SimulateOptions, context: CommandContext): Promise<void> {
  await (await import("./simulate/run.ts")).simulate(options, context);
}

export async function listScenarios(flags: GlobalFlags, context: CommandContext): Promise<void> {
  const { CATALOGUE } = await import("../scenarios/catalogue.ts");
  const out = outputOf(context, flags);
  const data = CATALOGUE.map(({ name, summary, options }) => ({ name, summary, options }));
  const columns = [{ title: "SCENARIO" }, { title: "WHAT HAPPENS", flexible: true }, { title: "OPTIONS" }];
  const rows = data.map((each) => [each.name, each.summary, each.options.map((name) => `--${name}`).join(" ") || "-"]);
  out.result(data, () => out.table(columns, rows));
}
