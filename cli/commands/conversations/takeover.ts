/** A person steps in: takes a conversation from the bot, answers in it, gives it back. */
import type { ConversationRow } from "../../client.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { outputOf, visible } from "../../output.ts";
import { textFrom } from "../text.ts";

export type TakeOverOptions = GlobalFlags & { readonly id: number; readonly hours?: number | undefined };
export type ReleaseOptions = GlobalFlags & { readonly id: number };
/** @property text "-" for what stdin holds */
export type ReplyOptions = GlobalFlags & { readonly id: number; readonly text: string };

/** @throws Fault `not_found` */
export async function takeOver(options: TakeOverOptions, context: CommandContext): Promise<void> {
  const { connect } = await import("../../client.ts");
  const row = await (await connect(context, options)).takeOver(options.id, options.hours);
  const out = outputOf(context, options);
  out.result(row, () => `${whose(row)} is yours until ${out.time(row.human_until_at)}\n`);
  out.say(`The bot keeps silent there; \`botctl conversations release ${row.id}\` gives it back.`);
}

/** @throws Fault `not_found` */
export async function release(options: ReleaseOptions, context: CommandContext): Promise<void> {
  const { connect } = await import("../../client.ts");
  const row = await (await connect(context, options)).release(options.id);
  const out = outputOf(context, options);
  out.result(row, () => `${whose(row)} is the bot's again\n`);
  if (row.state === "bot") out.say("It answers from the next message on.");
  else out.say("The person cannot be written to until they write again.");
}

/** @throws Fault `not_found`, `window_closed`, `refused`, `usage` for an empty text */
export async function reply(options: ReplyOptions, context: CommandContext): Promise<void> {
  const text = await textFrom(options.text, context);
  const { connect } = await import("../../client.ts");
  const sent = await (await connect(context, options)).reply(options.id, text);
  const out = outputOf(context, options);
  if (sent.kind === "sent") {
    out.result({ state: "sent", message_id: sent.messageId }, () => `sent ${visible(sent.messageId)}\n`);
  } else {
    out.result({ state: "waiting", delivery_id: sent.deliveryId }, () => `waiting ${visible(sent.deliveryId)}\n`);
    out.say("It could not be sent at once. The server tries again by itself; see `botctl retry list`.");
  }
  out.say(`The conversation is yours now; \`botctl conversations release ${options.id}\` gives it back to the bot.`);
}

function whose({ id, name, contact }: ConversationRow): string {
  return `conversation ${id} with ${visible(name ?? contact)}`;
}
