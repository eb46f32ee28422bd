import type { ChannelName } from "../../../src/core/channel.ts";
import type { AccountRow, Removed } from "../../client.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { confirm, outputOf, visible, type Column } from "../../output.ts";
import { meant, titleOf } from "./each.ts";
import { tokenOf, type TokenFlags } from "./token.ts";

export type AddOptions = TokenFlags & { readonly channel: ChannelName };
export type SetTokenOptions = TokenFlags & { readonly id: string };
export type RemoveOptions = GlobalFlags & { readonly id: string; readonly yes?: boolean | undefined };

const LIST: readonly Column[] = [
  { title: "ID", right: true },
  { title: "CHANNEL" },
  { title: "ACCOUNT", flexible: true },
  { title: "NAME", flexible: true },
  { title: "STATE" },
  { title: "REASON", flexible: true },
];

export async function listAccounts(options: GlobalFlags, context: CommandContext): Promise<void> {
  const { reading } = await import("../../local/reader.ts");
  const rows = await reading(context, options, (from) => from.accounts());
  const out = outputOf(context, options);
  const cells = (row: AccountRow): string[] => [
    String(row.id),
    row.channel,
    row.external_id,
    row.name,
    row.state,
    row.reason ?? "-",
  ];
  out.result(rows, () => out.table(LIST, rows.map(cells)));
  if (rows.length === 0) out.say("There are no accounts yet. Add one: botctl accounts add telegram --token-file FILE");
}

/** @throws Fault `credentials` when the platform refuses the token, `unreachable`, `settings` */
export async function addAccount(options: AddOptions, context: CommandContext): Promise<void> {
  const token = await tokenOf(options, context);
  const { managing } = await import("../../local/accounts.ts");
  const [row, isNew] = await managing(context, options, async (desk) => {
    const known = await desk.accounts();
    const added = await desk.addAccount(options.channel, token);
    return [added, !known.some(({ id }) => id === added.id)];
  });
  const out = outputOf(context, options);
  out.result(row, () => `${isNew ? "added" : "new token for"} ${visible(titleOf(row))}, id ${row.id}\n`);
  out.say(`If its messages do not come yet: botctl accounts subscribe ${row.id}`);
}

/** @throws Fault `not_found`; `credentials` also when the token is another account's */
export async function setToken(options: SetTokenOptions, context: CommandContext): Promise<void> {
  const token = await tokenOf(options, context);
  const { managing } = await import("../../local/accounts.ts");
  const row = await managing(context, options, (desk) => desk.setToken(options.id, token));
  const out = outputOf(context, options);
  out.result(row, () => `new token for ${visible(titleOf(row))}\n`);
}

const WEBHOOKS: Readonly<Record<Removed["webhook"], string>> = {
  removed: "The platform was told to send nothing more.",
  elsewhere: "Its updates go to somebody else, and still do.",
  none: "",
  unknown: "The platform could not be told, and goes on sending; everything it sends is refused",
};

/** @throws Fault `not_found` */
export async function removeAccount(options: RemoveOptions, context: CommandContext): Promise<void> {
  const { managing } = await import("../../local/accounts.ts");
  const removed = await managing(context, options, async (desk) => {
    const [account] = await meant(desk, options.id);
    const title = account === undefined ? options.id : titleOf(account);
    const question = `Take ${title} out of service? It hears and says nothing more; what was said stays.`;
    await confirm(context, question, options.yes);
    return await desk.removeAccount(options.id);
  });
  const out = outputOf(context, options);
  out.result(removed, () => `removed ${visible(titleOf(removed.account))}\n`);
  const { webhook, note } = removed;
  if (webhook !== "none") out.say(`${WEBHOOKS[webhook]}${note === null ? "" : ` (${visible(note)}).`}`);
}
