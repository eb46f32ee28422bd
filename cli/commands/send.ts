import { Argument, type Command } from "commander";
import { CHANNEL_NAMES, type ChannelName } from "../../src/core/channel.ts";
import { Fault } from "../../src/core/fault.ts";
import { newCommand, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf, visible } from "../output.ts";

export interface SendOptions extends GlobalFlags {
  readonly channel: ChannelName;
  /** The platform's id of the person. */
  readonly recipient: string;
  /** "-" for what stdin holds. */
  readonly text: string;
  /** The platform's id of the page or bot. */
  readonly account?: string | undefined;
}

export function sendCommand(context: CommandContext, run = sendText): Command {
  return newCommand(context, "send", [
    ['botctl send messenger 6789012345678901 "Your parcel has left."', "answer within the 24 hour window"],
    ["botctl send telegram 123456789 - < note.txt", "the text from a file"],
    ['botctl send messenger 6789012345678901 "Hi" --account 1029384756', "when several pages are connected"],
  ])
    .description("Send a text to one person. What cannot be sent at once waits at the server and is tried again.")
    .addArgument(new Argument("<channel>", "where the person is").choices(CHANNEL_NAMES))
    .argument("<recipient>", "the platform's id of the person")
    .argument("<text>", "what to say; - reads it from stdin")
    .option("--account <id>", "page or bot to send from, by the platform's id")
    .action((channel: ChannelName, recipient: string, text: string, flags: GlobalFlags & { account?: string }) =>
      run({ ...flags, channel, recipient, text }, context),
    );
}

/** @throws Fault `window_closed`, `account_ambiguous`, `usage` for an empty text */
export async function sendText(options: SendOptions, context: CommandContext): Promise<void> {
  const text = options.text === "-" ? (await context.stdin.text()).trimEnd() : options.text;
  if (text.trim() === "")
    throw new Fault("usage", "There is no text to send.", "Give it as the last argument, or pipe it in with -.");
  const { connect } = await import("../client.ts");
  const client = await connect(context, options);
  const sent = await client.send(options.channel, { recipient_id: options.recipient, text, account: options.account });
  const out = outputOf(context, options);
  if (sent.kind === "sent") {
    out.result(
      { state: "sent", recipient_id: sent.recipientId, message_id: sent.messageId },
      () => `sent ${visible(sent.messageId)}\n`,
    );
    return;
  }
  out.result({ state: "waiting", delivery_id: sent.deliveryId }, () => `waiting ${visible(sent.deliveryId)}\n`);
  out.say("It could not be sent at once. The server tries again by itself; see `botctl retry list`.");
}
