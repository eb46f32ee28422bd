/** Which conversations are meant: the flags that `list` and `export` share. */
import { Option, type Command } from "commander";
import { CHANNEL_NAMES, type ChannelName } from "../../../src/core/channel.ts";
import { CONVERSATION_STATES, type ConversationState } from "../../../src/core/conversation.ts";
import type { ConversationFilter } from "../../client.ts";

/** What commander makes of them. */
export interface FilterFlags {
  readonly search?: string | undefined;
  readonly channel?: ChannelName | undefined;
  readonly account?: string | undefined;
  readonly state?: ConversationState | undefined;
}

export function filters(command: Command): Command {
  return command
    .option("--search <words>", "only with these words in the name or in anything said; marks count only when typed")
    .addOption(new Option("--channel <channel>", "only this channel").choices(CHANNEL_NAMES))
    .option("--account <id>", "only this page or bot, by the platform's id")
    .addOption(
      new Option("--state <state>", "only where the bot or a human answers, or nobody can").choices(
        CONVERSATION_STATES,
      ),
    );
}

export function filterOf({ search, channel, account, state }: FilterFlags): ConversationFilter {
  return { q: search, channel, account, state };
}

/** Whether the flags leave anything out. */
export function narrows(flags: FilterFlags): boolean {
  return Object.values(filterOf(flags)).some((value) => value !== undefined);
}
