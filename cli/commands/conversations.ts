import type { Command } from "commander";
import type { ConversationRow, MessageRow } from "../client.ts";
import { newCommand, wholeNumber, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf, visible, type Column, type Output } from "../output.ts";

export type ListOptions = GlobalFlags & { readonly limit: number };
export type ShowOptions = GlobalFlags & { readonly id: number };

/** What `conversations show --json` prints. */
export interface Shown {
  readonly id: number;
  readonly account: string;
  readonly contact: string;
  readonly state: ConversationRow["state"];
  readonly messages: readonly Pick<MessageRow, "direction" | "by" | "text" | "attachments" | "at">[];
}

export function conversationsCommand(
  context: CommandContext,
  run = { list: listConversations, show: showConversation },
): Command {
  const list = newCommand(context, "list", [
    ["botctl conversations list", "the 50 latest"],
    ["botctl conversations list --limit 500 --json", "more, for a program"],
  ])
    .description("List conversations, the latest first.")
    .option("--limit <number>", "how many at most", wholeNumber(1, 100_000), 50)
    .action((flags: ListOptions) => run.list(flags, context));
  const show = newCommand(context, "show", [
    ["botctl conversations show 12", "what was said"],
    ["botctl conversations show 12 --json", "the same for a program"],
  ])
    .description("Show one conversation from its first message to its last.")
    .argument("<id>", "number from `botctl conversations list`", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .action((id: number, flags: GlobalFlags) => run.show({ ...flags, id }, context));
  return newCommand(context, "conversations", [
    ["botctl conversations list", "who wrote lately"],
    ["botctl conversations show 12", "what was said"],
  ])
    .description("Who wrote, what was said, and who answers: the bot or a human.")
    .addCommand(list)
    .addCommand(show);
}

const LIST: readonly Column[] = [
  { title: "ID", right: true },
  { title: "CHANNEL" },
  { title: "ACCOUNT", flexible: true },
  { title: "CONTACT", flexible: true },
  { title: "NAME", flexible: true },
  { title: "STATE" },
  { title: "LAST" },
  { title: "NOW", flexible: true },
];

export async function listConversations(options: ListOptions, context: CommandContext): Promise<void> {
  const { reading } = await import("../local/reader.ts");
  const { rows, more } = await reading(context, options, (from) => from.conversations(options.limit));
  const out = outputOf(context, options);
  const cells = (row: ConversationRow): string[] => [
    String(row.id),
    row.channel,
    row.account,
    row.contact,
    row.name ?? "-",
    row.state,
    out.time(row.last_at),
    row.turn === null ? "-" : `${row.turn.state}: ${row.turn.reason}`,
  ];
  out.result(rows, () => out.table(LIST, rows.map(cells)));
  if (rows.length === 0) out.say("Nobody has written yet.");
  if (more) out.say(`The latest ${rows.length} are shown; --limit shows more.`);
}

/** @throws Fault `not_found` */
export async function showConversation(options: ShowOptions, context: CommandContext): Promise<void> {
  const { reading } = await import("../local/reader.ts");
  const [conversation, all] = await reading(context, options, async (from) => [
    await from.conversation(options.id),
    await from.messages(options.id),
  ]);
  const { id, account, contact, state, ...rest } = conversation;
  const messages = all.map(({ direction, by, text, attachments, at }) => ({ direction, by, text, attachments, at }));
  const shown: Shown = { id, account, contact, state, messages };
  const out = outputOf(context, options);
  out.result(shown, () => (out.terminal ? page(shown, rest.name, out) : lines(shown, out)));
  if (messages.length === 0) out.say("No message is kept of this conversation.");
}

function page(shown: Shown, name: string | null, out: Output): string {
  const title = out.bold(visible(name ?? shown.contact));
  const head = `${title} with ${visible(shown.account)}, answered by ${ANSWERED_BY[shown.state]}\n`;
  return head + shown.messages.map((message) => `\n${said(message, name ?? "client", out)}`).join("");
}

const ANSWERED_BY: Readonly<Record<Shown["state"], string>> = {
  bot: "the bot",
  human: "a human",
  blocked: "nobody: the person cannot be written to until they write again",
};

/** Who and when on one line, then the text as it was laid out, each line made harmless by itself. */
function said(message: Shown["messages"][number], name: string, out: Output): string {
  const who = message.by === "client" ? name : message.by;
  const texts = message.text === "" ? [] : message.text.split("\n");
  const body = [...texts, ...message.attachments.map(attached)].map((line) => `  ${visible(line)}\n`);
  return `${out.bold(visible(who))} ${out.dim(out.time(message.at))}\n${body.join("")}`;
}

function attached({ kind, title, url }: MessageRow["attachments"][number]): string {
  return `[${[kind, title, url].filter((part) => part !== null && part !== "").join(" ")}]`;
}

function lines(shown: Shown, out: Output): string {
  const cells = shown.messages.map(({ at, by, text, attachments }) => [
    out.time(at),
    by,
    [text, ...attachments.map(attached)].filter(Boolean).join(" "),
  ]);
  return out.table([], cells);
}
