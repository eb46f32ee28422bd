import { Argument, type Command } from "commander";
import { CHANNEL_NAMES, type ChannelName } from "../../src/core/channel.ts";
import { Fault } from "../../src/core/fault.ts";
import { newCommand, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf, visible } from "../output.ts";
import { textFrom } from "./text.ts";

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
    ['botctl send messenger --to-file people.txt --key sale "Open again!"', "to many, little by little"],
  ])
    .description(
      "Send a text to one person, or to many. What cannot be sent at once waits at the server and is tried again.",
    )
    .addArgument(new Argument("<channel>", "where the person is").choices(CHANNEL_NAMES))
    .argument("[recipient]", "the platform's id of the person; none with --to-file")
    .argument("[text]", "what to say; - reads it from stdin")
    .option("--account <id>", "page or bot to send from, by the platform's id")
    .option("--to-file <file>", "send it to everybody in this file, one id a line")
    .option("--key <name>", "with --to-file: the same name again goes on with the same broadcast")
    .action(async (channel: ChannelName, first: string | undefined, second: string | undefined, flags: SendFlags) => {
      const { toFile, key, ...shared } = flags;
      if (toFile === undefined) {
        if (first === undefined || second === undefined) throw missing(first === undefined ? "recipient" : "text");
        return await run({ ...shared, channel, recipient: first, text: second }, context);
      }
      if (first === undefined || second !== undefined)
        throw new Fault("usage", "With --to-file there is a text and no recipient.", "See `botctl send --help`.");
      const { sendMany } = await import("./send/many.ts");
      return await sendMany({ ...shared, channel, toFile, key, text: await textFrom(first, context) }, context);
    });
}

function missing(name: string): Fault {
  return new Fault("usage", `missing required argument '${name}'`, "See `botctl send --help`.");
}

type SendFlags = GlobalFlags & { account?: string; toFile?: string; key?: string };

/** @throws Fault `window_closed`, `account_ambiguous`, `usage` for an empty text */
export async function sendText(options: SendOptions, context: CommandContext): Promise<void> {
  const text = await textFrom(options.text, context);
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
