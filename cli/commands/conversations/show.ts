import { DELIVERY_STATES } from "../../../src/core/delivery.ts";
import { progressOfTurn } from "../../../src/core/flush.ts";
import type { ConversationRow, MessageRow } from "../../client.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { outputOf, visible, type Output } from "../../output.ts";

export type ShowOptions = GlobalFlags & { readonly id: number };

/** What `conversations show --json` prints. */
export interface Shown extends Pick<ConversationRow, "id" | "account" | "contact" | "state"> {
  readonly channel: ConversationRow["channel"];
  readonly name: string | null;
  readonly human_until_at: number | null;
  readonly turn: ConversationRow["turn"];
  readonly messages: readonly Pick<MessageRow, "direction" | "by" | "text" | "attachments" | "at" | "deliveries">[];
}

/** @throws Fault `not_found` */
export async function showConversation(options: ShowOptions, context: CommandContext): Promise<void> {
  const { reading } = await import("../../local/reader.ts");
  const [conversation, all] = await reading(context, options, async (from) => [
    await from.conversation(options.id),
    await from.messages(options.id),
  ]);
  const { id, channel, account, contact, name, state, human_until_at, turn } = conversation;
  const messages = all.map(({ direction, by, text, attachments, at, deliveries }) => {
    return { direction, by, text, attachments, at, deliveries };
  });
  const shown: Shown = { id, channel, account, contact, name, state, human_until_at, turn, messages };
  const out = outputOf(context, options);
  out.result(shown, () => (out.terminal ? page(shown, out) : lines(shown, out)));
  if (messages.length === 0) out.say("No message is kept of this conversation.");
}

function page(shown: Shown, out: Output): string {
  const name = visible(shown.name ?? shown.contact);
  const head = `${out.bold(name)} with ${visible(shown.account)}, answered by ${answeredBy(shown, out)}\n`;
  const foot = shown.turn === null ? "" : `\n${out.dim(visible(`${shown.turn.state}: ${shown.turn.reason}`))}\n`;
  return head + shown.messages.map((message) => `\n${said(message, shown.name ?? "client", out)}`).join("") + foot;
}

function answeredBy({ state, human_until_at }: Shown, out: Output): string {
  if (state === "bot") return "the bot";
  if (state === "blocked") return "nobody: the person cannot be written to until they write again";
  return human_until_at === null ? "a human" : `a human until ${out.time(human_until_at)}`;
}

/** Who and when on one line, then the text as it was laid out, each line made harmless by itself. */
function said(message: Shown["messages"][number], name: string, out: Output): string {
  const who = message.by === "client" ? name : message.by;
  const texts = message.text === "" ? [] : message.text.split("\n");
  const body = [...texts, ...message.attachments.map(attached)].map((line) => `  ${visible(line)}\n`);
  const sent = stateOf(message);
  const mark = sent === "sent" || sent === "-" ? "" : ` ${out.bold(`[${sent}]`)}`;
  return `${out.bold(visible(who))} ${out.dim(out.time(message.at))}${mark}\n${body.join("")}`;
}

/** How far an answer has come, in the words of `retry list`; "-" for what was never ours to send. */
function stateOf({ deliveries }: Shown["messages"][number]): string {
  if (deliveries.length === 0) return "-";
  return progressOfTurn(
    "committed",
    DELIVERY_STATES.filter((each) => deliveries.some(({ state }) => state === each)),
  );
}

function attached({ kind, title, url }: MessageRow["attachments"][number]): string {
  return `[${[kind, title, url].filter((part) => part !== null && part !== "").join(" ")}]`;
}

function lines(shown: Shown, out: Output): string {
  const cells = shown.messages.map((message) => [
    out.time(message.at),
    message.by,
    [message.text, ...message.attachments.map(attached)].filter(Boolean).join(" "),
    stateOf(message),
  ]);
  return out.table([], cells);
}
