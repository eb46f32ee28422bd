import { InvalidArgumentError, type Command } from "commander";
import { newCommand, wholeNumber, type CommandContext, type Examples, type GlobalFlags } from "../context.ts";
import { exportConversations, type ExportOptions } from "./conversations/export.ts";
import { filters, type FilterFlags } from "./conversations/filters.ts";
import { listConversations, type ListOptions } from "./conversations/list.ts";
import { showConversation } from "./conversations/show.ts";
import { release, reply, takeOver } from "./conversations/takeover.ts";

const ID = "number from `botctl conversations list`";
const anId = wholeNumber(1, Number.MAX_SAFE_INTEGER);

export function conversationsCommand(
  context: CommandContext,
  run = { list: listConversations, show: showConversation, takeOver, release, reply, export: exportConversations },
): Command {
  const made = (name: string, examples: Examples, description: string): Command =>
    newCommand(context, name, examples).description(description);

  const list = filters(
    made(
      "list",
      [
        ["botctl conversations list", "the 50 latest"],
        ["botctl conversations list --search hang", "with Chị Hằng, or about hàng"],
        ["botctl conversations list --state human", "those that people have taken over"],
        ["botctl conversations list --limit 500 --json", "more, for a program"],
      ],
      "List conversations, the latest first.",
    ),
  )
    .option("--limit <number>", "how many at most", wholeNumber(1, 100_000), 50)
    .action((flags: ListOptions) => run.list(flags, context));

  const show = made(
    "show",
    [
      ["botctl conversations show 12", "what was said"],
      ["botctl conversations show 12 --json", "the same for a program"],
    ],
    "Show one conversation from its first message to its last.",
  )
    .argument("<id>", ID, anId)
    .action((id: number, flags: GlobalFlags) => run.show({ ...flags, id }, context));

  const takeover = made(
    "takeover",
    [
      ["botctl conversations takeover 12", "the bot keeps silent, as long as TAKEOVER_HOURS says"],
      ["botctl conversations takeover 12 --hours 0.5", "for half an hour"],
    ],
    "Answer a conversation yourself: what the bot had not answered yet is yours.",
  )
    .argument("<id>", ID, anId)
    .option("--hours <number>", "for how long (default: TAKEOVER_HOURS)", hours)
    .action((id: number, flags: GlobalFlags & { hours?: number }) => run.takeOver({ ...flags, id }, context));

  const giveBack = made(
    "release",
    [["botctl conversations release 12", "the bot answers from the next message on"]],
    "Give a conversation back to the bot.",
  )
    .argument("<id>", ID, anId)
    .action((id: number, flags: GlobalFlags) => run.release({ ...flags, id }, context));

  const answer = made(
    "reply",
    [
      ['botctl conversations reply 12 "Dạ còn ạ, chị ghé shop nhé"', "in your words, and the bot keeps silent"],
      ["botctl conversations reply 12 - < note.txt", "the text from a file"],
    ],
    "Answer in a conversation. It is taken over by that, as if you had written from the page's inbox.",
  )
    .argument("<id>", ID, anId)
    .argument("<text>", "what to say; - reads it from stdin")
    .action((id: number, text: string, flags: GlobalFlags) => run.reply({ ...flags, id, text }, context));

  const pour = filters(
    made(
      "export",
      [
        ["botctl conversations export 12", "one, as lines of JSON"],
        ["botctl conversations export --all --out talks.ndjson", "everything that is kept, into a file for you alone"],
        ["botctl conversations export --search 'hoa hồng' | jq .text", "what matches, through another program"],
      ],
      "Write conversations as lines of JSON: one for the conversation, then one for each message, the oldest first.",
    ),
  )
    .argument("[id]", `${ID}; instead of it --all or a filter`, anId)
    .option("--all", "all conversations")
    .option("--out <file>", "write a file, readable by you alone, instead of stdout")
    .option("--yes", "replace the file if there is one")
    .action((id: number | undefined, flags: GlobalFlags & FilterFlags & Omit<ExportOptions, "id">) =>
      run.export({ ...flags, id }, context),
    );

  return made(
    "conversations",
    [
      ["botctl conversations list", "who wrote lately"],
      ["botctl conversations show 12", "what was said"],
      ['botctl conversations reply 12 "Em chào chị ạ"', "answer yourself"],
    ],
    "Who wrote, what was said, and who answers: the bot or a human.",
  )
    .addCommand(list)
    .addCommand(show)
    .addCommand(takeover)
    .addCommand(giveBack)
    .addCommand(answer)
    .addCommand(pour);
}

/** For `.argParser`: hours, with a fraction if need be. A year is the most the server takes. */
function hours(typed: string): number {
  const value = /^\d{1,4}(\.\d{1,3})?$/.test(typed) ? Number(typed) : 0;
  if (value > 0 && value <= 8_784) return value;
  throw new InvalidArgumentError("It must be a number of hours above 0 and at most 8784, like 2 or 0.5.");
}
