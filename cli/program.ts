/**
 * Which commands there are. A command's file is loaded only when its name is among the words typed, so help stays fast
 * however many commands there are and whatever they need.
 */
import { Command } from "commander";
import { version } from "../package.json" with { type: "json" };
import { newCommand, type CommandContext, type GlobalFlags } from "./context.ts";

interface Entry {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly aliases?: readonly string[];
  load(context: CommandContext): Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  serve: {
    summary: "take webhooks and answer",
    load: async (context) => (await import("./commands/serve.ts")).serveCommand(context),
  },
  demo: {
    summary: "see it work, without any keys",
    load: async (context) => (await import("./commands/demo.ts")).demoCommand(context),
  },
  simulate: {
    summary: "play a conversation against a server",
    load: async (context) => (await import("./commands/simulate.ts")).simulateCommand(context),
  },
  watch: {
    summary: "conversations live on a screen",
    load: async (context) => (await import("./commands/watch.ts")).watchCommand(context),
  },
  accounts: {
    summary: "pages and bots: add, check, subscribe, remove",
    aliases: ["pages"],
    load: async (context) => (await import("./commands/accounts.ts")).accountsCommand(context),
  },
  conversations: {
    summary: "who wrote, and what was said",
    load: async (context) => (await import("./commands/conversations.ts")).conversationsCommand(context),
  },
  send: {
    summary: "write to somebody now",
    load: async (context) => (await import("./commands/send.ts")).sendCommand(context),
  },
  retry: {
    summary: "messages that could not be delivered yet",
    load: async (context) => (await import("./commands/retry.ts")).retryCommand(context),
  },
  chaos: {
    summary: "kill a server of its own again and again, and count",
    load: async (context) => (await import("./commands/chaos.ts")).chaosCommand(context),
  },
  completion: {
    summary: "teach your shell to complete what you type",
    load: async (context) => (await import("./commands/completion.ts")).completionCommand(context),
  },
  health: {
    summary: "whether a server answers",
    load: async (context) => (await import("./commands/health.ts")).healthCommand(context),
  },
  version: {
    summary: "which botctl this is",
    load: async (context) => (await import("./commands/version.ts")).versionCommand(context),
  },
};

/**
 * The program, ready for `parseAsync(words, { from: "user" })`.
 *
 * @param words what was typed after `botctl`
 */
export async function buildProgram(context: CommandContext, words: readonly string[]): Promise<Command> {
  const program = newCommand(context, "botctl", [
    ["botctl demo", "see a split message merged and answered"],
    ["botctl serve --sandbox", "try the server without real accounts"],
    ["botctl serve", "answer real customers"],
    ["botctl retry list", "what is still owed to somebody"],
  ])
    .description(
      "Answers your Messenger and Telegram customers: waits as long as the words suggest, answers once, loses nothing.",
    )
    .usage("<command> [options]")
    .version(version, "-V, --version", "print the version")
    .hook("preAction", (_, command) => inheritFlags(command));
  for (const [name, entry] of Object.entries(COMMANDS)) {
    const names = [name, ...(entry.aliases ?? [])];
    // Completion tells a shell about all of them. Of the others only the help tells, and only that they are there.
    const command = [...names, "completion"].some((known) => words.includes(known))
      ? await entry.load(context)
      : new Command(name);
    program.addCommand(command.summary(entry.summary).aliases(entry.aliases ?? []));
  }
  return program;
}

/** `botctl --json retry list` means `botctl retry list --json`; what stands nearest to the action wins. */
function inheritFlags(command: Command): void {
  for (let above = command.parent; above !== null; above = above.parent) {
    for (const [name, value] of Object.entries(above.opts<GlobalFlags>())) {
      if (command.getOptionValue(name) === undefined) command.setOptionValueWithSource(name, value, "cli");
    }
  }
}
