import type { Command } from "commander";
import type { ChannelName } from "../../src/core/channel.ts";
import { newCommand, wholeNumber, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf } from "../output.ts";
import { channelOption, collected, milliseconds, playFlags, rate, type PlayFlags } from "./simulate/flags.ts";
import type { ChatOptions } from "./simulate/chat.ts";
import type { SimulateOptions } from "./simulate/plays.ts";
import type { SuiteOptions } from "./simulate/suite.ts";

/** What commander makes of the flags; their names are the words typed, their times are ms. */
interface Flags extends GlobalFlags, PlayFlags {
  readonly channel?: ChannelName;
  readonly gap?: number;
  readonly order?: "text-first" | "photo-first";
  readonly count?: number;
  readonly text?: string;
  readonly contact?: string;
  readonly set?: readonly string[];
  readonly data?: string;
  readonly repeat?: number;
  readonly rate?: number;
  readonly expect?: readonly string[];
  readonly print?: "curl";
}

/** The work behind each of the commands; replaced in tests. */
const WORK = { run: runScenarios, list: listScenarios, suite: runSuite, chat: runChat };

export function simulateCommand(context: CommandContext, work: Partial<typeof WORK> = {}): Command {
  const { run, list, suite, chat } = { ...WORK, ...work };
  const command = newCommand(context, "simulate", [
    ["botctl simulate list", "what there is to play"],
    ["botctl simulate split --sandbox", "with a server of its own"],
    ["botctl simulate split --gap 3", "against the server of this machine"],
    ["botctl simulate text --to https://bot.shop.vn", "against a server elsewhere"],
    ["botctl simulate telegram/album telegram/group --sandbox", "on Telegram"],
    ["botctl simulate duplicate burst --json", "several, for a program"],
    ["botctl simulate late-photo --sandbox --speed 20", "its ten seconds in one"],
    ["botctl simulate text --repeat 200 --rate 20/s", "two hundred customers"],
    ["botctl simulate text --print curl", "as a command to paste"],
    ["botctl simulate run scenarios/ --sandbox", "files of your own"],
    ["botctl simulate chat --sandbox", "be the customer yourself"],
  ]);
  playFlags(command)
    .description(
      "Post webhooks as Messenger or Telegram would, with their proof, and watch what comes of them: what is waited for and why, and the reply. " +
        "Replies to a simulated contact are kept and never sent. Exits 10 when an expectation is not met.",
    )
    .argument("[scenario...]", "names from `simulate list`; those of Telegram begin with telegram/")
    .addOption(channelOption(command))
    .option("--gap <seconds>", "time between the parts", milliseconds(0, 3_600))
    .addOption(command.createOption("--order <order>", "which part comes first").choices(["text-first", "photo-first"]))
    .option("--count <number>", "how many photos or texts", wholeNumber(1, 1_000))
    .option("--text <text>", "what is said, instead of the scenario's own words")
    .option("--contact <id>", "who writes; begins with sim-")
    .option(
      "--set <path=value>",
      "change the webhooks, e.g. entry.0.messaging.0.message.text=hi; photo:path=value changes one step's",
      collected,
    )
    .option("--data <file>", "post this body instead of a scenario; - for stdin")
    .option("--repeat <times>", "play it so often, each time as somebody else", wholeNumber(1, 10_000))
    .option("--rate <number>", "begin so many each second without waiting for replies, e.g. 10/s", rate)
    .option("--expect <what>", "instead of the scenario's own: replies=1, status=200, state=bot, reply~ảnh", collected)
    .addOption(command.createOption("--print <form>", "print commands instead of posting").choices(["curl"]))
    .action(async (scenarios: string[], { gap, timeout, ...flags }: Flags) =>
      run({ ...flags, scenarios, gapMs: gap, timeoutMs: timeout }, context),
    )
    .addCommand(
      newCommand(context, "list", [["botctl simulate list --json", "with the options of each"]])
        .description("Show every scenario.")
        .action((flags: GlobalFlags) => list(flags, context)),
    )
    .addCommand(suiteCommand(context, suite))
    .addCommand(chatCommand(context, chat));
  return command;
}

function suiteCommand(context: CommandContext, suite: typeof runSuite): Command {
  const command = newCommand(context, "run", [
    ["botctl simulate run scenarios/ --sandbox", "all of a folder, in fast time"],
    ["botctl simulate run split.yaml", "one, against the server of this machine"],
    ["botctl simulate run scenarios/ --sandbox --junit report.xml", "for a build server"],
  ]);
  return playFlags(command)
    .description(
      "Play scenario files (YAML or JSON, see docs/simulate.md) as a regression suite. All files are read before the first " +
        "is played. Exits 10 when an expectation is not met. In a sandbox, waits are played 20 times faster unless --speed says otherwise.",
    )
    .argument("<path...>", "files, or folders of them")
    .option("--junit <file>", "write a JUnit report there")
    .action((paths: string[], { timeout, ...flags }: GlobalFlags & PlayFlags & { junit?: string }) =>
      suite({ ...flags, paths, timeoutMs: timeout }, context),
    );
}

function chatCommand(context: CommandContext, chat: typeof runChat): Command {
  const command = newCommand(context, "chat", [
    ["botctl simulate chat --sandbox", "with a server of its own"],
    ["botctl simulate chat --sandbox --channel telegram", "as somebody on Telegram"],
    ["printf 'xem ảnh này\\n/photo\\n' | botctl simulate chat", "from a pipe"],
  ]);
  return command
    .description(
      "Be one customer: each line is a message, /photo sends a photo, /help shows what else there is. Shows what the bot " +
        "waits for, and its replies as they come. Ctrl+D ends it once everything is answered.",
    )
    .option("--sandbox", "start a sandbox server for it, and stop it afterwards")
    .option("--to <address>", "post there, e.g. to a tunnel; otherwise to the server itself")
    .addOption(channelOption(command))
    .option("--page <id>", "page or bot that is written to, by the platform's id; otherwise the first one")
    .option("--contact <id>", "who writes; begins with sim-")
    .action((flags: ChatOptions) => chat(flags, context));
}

async function runScenarios(options: SimulateOptions, context: CommandContext): Promise<void> {
  if (options.print === "curl") await (await import("./simulate/print.ts")).printCurl(options, context);
  else await (await import("./simulate/run.ts")).simulate(options, context);
}

async function runSuite(options: SuiteOptions, context: CommandContext): Promise<void> {
  await (await import("./simulate/suite.ts")).playSuite(options, context);
}

async function runChat(options: ChatOptions, context: CommandContext): Promise<void> {
  await (await import("./simulate/chat.ts")).chat(options, context);
}

async function listScenarios(flags: GlobalFlags, context: CommandContext): Promise<void> {
  const { CATALOGUE } = await import("../scenarios/catalogue.ts");
  const out = outputOf(context, flags);
  const data = CATALOGUE.map(({ name, summary, options }) => ({ name, summary, options }));
  const columns = [{ title: "SCENARIO" }, { title: "WHAT HAPPENS", flexible: true }, { title: "OPTIONS" }];
  const rows = data.map((each) => [each.name, each.summary, each.options.map((name) => `--${name}`).join(" ") || "-"]);
  out.result(data, () => out.table(columns, rows));
}
