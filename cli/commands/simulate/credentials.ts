/** What `simulate` needs to pass for a platform before a server that is not a sandbox. */
import { resolve } from "node:path";
import type { ChannelName } from "../../../src/core/channel.ts";
import { Fault } from "../../../src/core/fault.ts";
import type { AdminClient } from "../../client.ts";
import { settingsOf, type CommandContext, type GlobalFlags } from "../../context.ts";

interface Credential {
  /** The setting that holds it; with `_FILE` behind it, the one that names its file. */
  readonly setting: string;
  readonly withoutIt: string;
  readonly fix: string;
  /** What the platform's accounts are called. */
  readonly account: string;
}

const CREDENTIALS: Readonly<Record<ChannelName, Credential>> = {
  messenger: {
    setting: "FACEBOOK_APP_SECRET",
    withoutIt: "FACEBOOK_APP_SECRET is not set, so no webhook can be signed.",
    fix: "Give it (or FACEBOOK_APP_SECRET_FILE) as the server has it, in the environment or with --env-file; or add --sandbox to try without.",
    account: "Messenger page",
  },
  telegram: {
    setting: "WEBHOOK_SECRET_TOKEN",
    withoutIt: "WEBHOOK_SECRET_TOKEN is not set, so no webhook can pass for Telegram's.",
    fix: "Give it (or WEBHOOK_SECRET_TOKEN_FILE) as the server has it, in the environment or with --env-file. A secret that the server made for itself stays there: set one, and give it to setWebhook. Or add --sandbox to try without.",
    account: "Telegram bot",
  },
};

/** What proves webhooks, as the server has it. @throws Fault `settings` */
export async function secretOf(channel: ChannelName, context: CommandContext, flags: GlobalFlags): Promise<string> {
  const { setting, withoutIt, fix } = CREDENTIALS[channel];
  const settings = settingsOf(context, flags);
  const secret = settings(setting);
  if (secret !== undefined) return secret;
  const file = settings(`${setting}_FILE`);
  const kept = file === undefined ? "" : await secretIn(Bun.file(resolve(context.cwd, file)), setting);
  if (kept !== "") return kept;
  throw new Fault("settings", withoutIt, fix);
}

async function secretIn(file: Bun.BunFile, setting: string): Promise<string> {
  try {
    return (await file.text()).trim();
  } catch (cause) {
    throw new Fault(
      "settings",
      `The file that ${setting}_FILE names cannot be read.`,
      "Check the path and its permissions.",
      { cause },
    );
  }
}

/** The platform's ids of accounts that can be written to. @throws Fault `settings` when there is none */
export async function activeAccounts(channel: ChannelName, client: AdminClient): Promise<string[]> {
  const { account: called } = CREDENTIALS[channel];
  const accounts = (await client.accounts()).filter((account) => account.channel === channel);
  const active = accounts.filter((account) => account.state === "active");
  if (active.length > 0) return active.map((account) => account.external_id);
  const why = accounts.length === 0 ? `has no ${called}` : `has no ${called} that is active`;
  throw new Fault("settings", `The server ${why}.`, "Add one, or name one with --page.");
}
