import type { ConversationRow } from "../../client.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { outputOf, type Column, type Output } from "../../output.ts";
import { filterOf, narrows, type FilterFlags } from "./filters.ts";

export type ListOptions = GlobalFlags & FilterFlags & { readonly limit: number };

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
  const { reading } = await import("../../local/reader.ts");
  const filter = filterOf(options);
  const { rows, more } = await reading(context, options, (from) => from.conversations(options.limit, filter));
  const out = outputOf(context, options);
  const cells = (row: ConversationRow): string[] => [
    String(row.id),
    row.channel,
    row.account,
    row.contact,
    row.name ?? "-",
    row.state,
    out.time(row.last_at),
    now(row, out),
  ];
  out.result(rows, () => (rows.length === 0 ? "" : out.table(LIST, rows.map(cells))));
  if (rows.length === 0) out.say(narrows(options) ? "Nothing matched." : "Nobody has written yet.");
  if (more) out.say(`The latest ${rows.length} are shown; --limit shows more.`);
}

/** What is being waited for, or how long a human answers. */
function now({ turn, human_until_at }: ConversationRow, out: Output): string {
  if (turn !== null) return `${turn.state}: ${turn.reason}`;
  return human_until_at === null ? "-" : `until ${out.time(human_until_at)}`;
}
