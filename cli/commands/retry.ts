import { Option, type Command } from "commander";
import { newCommand, wholeNumber, type CommandContext, type GlobalFlags } from "../context.ts";
import { dropRetries, type DropOptions } from "./retry/drop.ts";
import { filters } from "./retry/filters.ts";
import { flushRetries, type FlushOptions } from "./retry/flush.ts";
import { listRetries, showRetry, type ListOptions } from "./retry/list.ts";
import { rate } from "./simulate/flags.ts";

const ID = "0197f6a2-5c1e-7d30-9b5e-3f0c8f1d2a44";
/** Longest a person waits at a prompt: a day. */
const LONGEST_WAIT_S = 86_400;
const WAIT_S = 60;

export function retryCommand(
  context: CommandContext,
  run = { list: listRetries, show: showRetry, flush: flushRetries, drop: dropRetries },
): Command {
  const list = newCommand(context, "list", [
    ["botctl retry list", "everything not settled"],
    ["botctl retry list --older-than 2h", "what has waited for long"],
    ["botctl retry list --state dead --json", "what was given up, for a program"],
  ])
    .description(
      "List what is still owed: messages, notices, interactions and unanswered turns. Without a server the database is read.",
    )
    .action((flags: ListOptions) => run.list(flags, context));
  const show = newCommand(context, "show", [[`botctl retry show ${ID}`, "one entry with its text"]])
    .description("Show one entry: what it would send, and why it is not sent.")
    .argument("<id>", "id from `botctl retry list`")
    .action((id: string, flags: GlobalFlags) => run.show({ ...flags, id }, context));
  const flush = newCommand(context, "flush", [
    ["botctl retry flush", "try everything again now"],
    ["botctl retry flush --state dead --dry-run", "what that would try, and nothing else"],
    ["botctl retry flush --rate 5/s --wait 120", "gently, until it is known what became of it"],
    ["botctl retry flush --account 1029384756 --newer-than 1d", "one page, nothing older than a day"],
    [`botctl retry flush ${ID} --force`, "one entry, though it expired"],
    ["botctl retry flush --now", "send even if no server runs"],
  ])
    .description(
      "Make entries due now; given up ones get a new budget. The running server does the sending. " +
        "Nothing that was given up is ever tried again without this.",
    )
    .argument("[id...]", "ids from `botctl retry list`; none means all that match")
    .option("--force", "expired ones too: the person gets a late answer")
    .option("--dry-run", "show what would be made due, change nothing")
    .option("--rate <n/s>", "so many in a second or minute, like 5/s or 30/m", rate)
    .addOption(
      new Option(
        "--wait [seconds]",
        "wait until they are settled, for 60 s unless told: exit 7 if one failed again, 8 if it takes longer",
      ).argParser(wholeNumber(1, LONGEST_WAIT_S)),
    )
    .option("--now", "without a running server, send from here: what is due, for 60 s or as long as --wait says")
    .action((ids: string[], { wait, ...flags }: Omit<FlushOptions, "ids" | "wait"> & { wait?: number | true }) =>
      run.flush({ ...flags, ids, wait: wait === true ? WAIT_S : wait }, context),
    );
  const drop = newCommand(context, "drop", [
    [`botctl retry drop ${ID}`, "asks first"],
    [`botctl retry drop ${ID} --yes`, "in a script"],
    ["botctl retry drop --state dead --older-than 7d --yes", "what nobody will ask for again"],
  ])
    .description("Remove entries for good. What they held is never sent.")
    .argument("[id...]", "ids from `botctl retry list`; none means all that match the filter")
    .option("-y, --yes", "do not ask")
    .action((ids: string[], flags: Omit<DropOptions, "ids">) => run.drop({ ...flags, ids }, context));
  return newCommand(context, "retry", [
    ["botctl retry list", "what is still owed to somebody"],
    ["botctl retry flush", "try it again now"],
  ])
    .description("The retry journal: what could not be delivered yet, or was given up.")
    .addCommand(filters(list))
    .addCommand(show)
    .addCommand(filters(flush))
    .addCommand(filters(drop));
}
