import { isFlushable } from "../../../src/core/flush.ts";
import type { RetryDetail, RetryRow } from "../../client.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { outputOf, visible, type Column, type Output } from "../../output.ts";
import { filterOf, type FilterFlags } from "./filters.ts";

export type ListOptions = GlobalFlags & FilterFlags;
export type ShowOptions = GlobalFlags & { readonly id: string };

const LIST: readonly Column[] = [
  { title: "ID" },
  { title: "KIND" },
  { title: "STATE" },
  { title: "ACCOUNT", flexible: true },
  { title: "TRIES", right: true },
  { title: "NEXT" },
  { title: "LAST ERROR", flexible: true },
];

export function rowsTable(rows: readonly RetryRow[], out: Output): string {
  return out.table(
    LIST,
    rows.map((row) => [
      row.id,
      row.kind,
      row.state,
      row.account,
      String(row.attempts),
      out.time(row.next_at),
      row.last_error ?? "-",
    ]),
  );
}

export async function listRetries(options: ListOptions, context: CommandContext): Promise<void> {
  const { reading } = await import("../../local/reader.ts");
  const rows = await reading(context, options, (from) => from.retries(filterOf(options)));
  const out = outputOf(context, options);
  out.result(rows, () => rowsTable(rows, out));
  if (rows.length === 0) out.say("Nothing is waiting.");
}

/** @throws Fault `not_found` */
export async function showRetry(options: ShowOptions, context: CommandContext): Promise<void> {
  const { reading } = await import("../../local/reader.ts");
  const row = await reading(context, options, (from) => from.retry(options.id));
  const out = outputOf(context, options);
  out.result(row, () => detail(row, out.time));
}

function detail(row: RetryDetail, time: (at: number | null) => string): string {
  const facts: readonly (readonly [string, string])[] = [
    ["id", row.id],
    ["kind", row.kind],
    ["state", row.state],
    ["account", row.account],
    ["conversation", row.conversation === null ? "-" : String(row.conversation)],
    ["created", time(row.created_at)],
    ["tries", `${row.attempts}, ${row.rounds} with unknown outcome`],
    ["next", time(row.next_at)],
    ["last error", row.last_error ?? "-"],
    ["text", row.text ?? "-"],
  ];
  return facts.map(([name, value]) => `${name.padEnd(14)}${visible(value)}\n`).join("");
}

/** Which of the rows a flush would change. @param ids empty: all */
export function chosen(rows: readonly RetryRow[], ids: readonly string[], force: boolean): RetryRow[] {
  const named = new Set(ids);
  return rows.filter((row) => (named.size === 0 || named.has(row.id)) && isFlushable(row, force));
}
