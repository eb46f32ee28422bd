import { Argument, type Command } from "commander";
import { CHANNEL_NAMES, type ChannelName } from "../../src/core/channel.ts";
import { newCommand, type CommandContext, type GlobalFlags } from "../context.ts";
import { checkAccounts } from "./accounts/check.ts";
import { addAccount, listAccounts, removeAccount, setToken, type RemoveOptions } from "./accounts/manage.ts";
import { subscribeAccounts, type SubscribeOptions } from "./accounts/subscribe.ts";
import { takesToken, tokenFlags } from "./accounts/token.ts";

const ID = "number from `botctl accounts list`, or the platform's id";

export function accountsCommand(
  context: CommandContext,
  run = {
    list: listAccounts,
    add: addAccount,
    check: checkAccounts,
    subscribe: subscribeAccounts,
    remove: removeAccount,
    setToken,
  },
): Command {
  const list = newCommand(context, "list", [["botctl accounts list", "pages and bots, and whether their tokens work"]])
    .description("List pages and bots. Without a server the database is read.")
    .action((flags: GlobalFlags) => run.list(flags, context));
  const add = newCommand(context, "add", [
    ["botctl accounts add telegram --token-file bot.txt", "a bot, by the token from @BotFather"],
    ["pass bot | botctl accounts add telegram --token-file -", "the token from a password store"],
    ["botctl accounts add messenger --token-file page.txt", "a page of the same Meta app"],
  ])
    .description("Take a page or bot into service by its token, at once. A known one gets it as its new token.")
    .addArgument(new Argument("<channel>", "where it is").choices(CHANNEL_NAMES))
    .action((channel: ChannelName, flags: GlobalFlags, command: Command) =>
      run.add({ ...tokenFlags(flags, command), channel }, context),
    );
  const check = newCommand(context, "check", [
    ["botctl accounts check", "all of them"],
    ["botctl accounts check 2 --json", "one, for a program"],
  ])
    .description(
      "Ask the platforms whether tokens work and updates come here, and say what differs. Changes nothing; exits 10 when something is found.",
    )
    .argument("[id]", ID)
    .action((id: string | undefined, flags: GlobalFlags) => run.check({ ...flags, id: id ?? null }, context));
  const subscribe = newCommand(context, "subscribe", [
    ["botctl accounts subscribe", "all of them, to BOTCTL_PUBLIC_URL"],
    ["botctl accounts subscribe 2 --yes", "one, even if its updates go elsewhere now"],
  ])
    .description(
      "Have updates come to this server, and show what changed. Where they go elsewhere it asks first, or needs --yes. " +
        "With TELEGRAM_MODE=polling it takes webhooks away instead.",
    )
    .argument("[id]", ID)
    .option("-y, --yes", "do not ask")
    .action((id: string | undefined, flags: Omit<SubscribeOptions, "id">) =>
      run.subscribe({ ...flags, id: id ?? null }, context),
    );
  const remove = newCommand(context, "remove", [["botctl accounts remove 2", "asks first"]])
    .description("Take a page or bot out of service, and its webhook away if it is ours. What was said stays.")
    .argument("<id>", ID)
    .option("-y, --yes", "do not ask")
    .action((id: string, flags: Omit<RemoveOptions, "id">) => run.remove({ ...flags, id }, context));
  const token = newCommand(context, "set-token", [
    ["botctl accounts set-token 2 --token-file bot.txt", "what waited for it goes out"],
  ])
    .description("Give a page or bot a new token, effective at once.")
    .argument("<id>", ID)
    .action((id: string, flags: GlobalFlags, command: Command) =>
      run.setToken({ ...tokenFlags(flags, command), id }, context),
    );
  return newCommand(context, "accounts", [
    ["botctl accounts add telegram --token-file bot.txt", "a bot into service"],
    ["botctl accounts subscribe", "its messages come here"],
    ["botctl accounts check", "whether they do"],
  ])
    .description("The pages and bots that people write to; `botctl pages` is the same.")
    .addCommand(list)
    .addCommand(takesToken(add))
    .addCommand(check)
    .addCommand(subscribe)
    .addCommand(remove)
    .addCommand(takesToken(token));
}
