import { Option, type Command } from "commander";
import { Fault } from "../../src/core/fault.ts";
import type { RetryDetail, RetryFilter, RetryRow } from "../client.ts";
import { newCommand, type CommandContext, type GlobalFlags } from "../context.ts";
import { confirm, outputOf, visible, type Column } from "../output.ts";

const KINDS = ["message", "notice", "interaction", "turn"] as const satisfies readonly RetryRow["kind"][];
const STATES = ["pending", "ambiguous", "parked", "dead", "expired"] as const satisfies readonly RetryRow["state"][];

export type ListOptions = GlobalFlags & RetryFilter;
export type ShowOptions = GlobalFlags & { readonly id: string };
export type FlushOptions = ListOptions & {
  /** Empty: all that match the filter. */
  readonly ids: readonly string[];
  /** Expired ones too. */
  readonly force?: boolean | undefined;
};
export type DropOptions = GlobalFlags & { readonly ids: readonly string[]; readonly yes?: boolean | undefined };

export function retryCommand(
  context: CommandContext,
  run = { list: listRetries, show: showRetry, flush: flushRetries, drop: dropRetries },
): Command {
  const list = newCommand(context, "list", [
    ["botctl retry list", "everything not settled"],
    ["botctl retry list --state dead --json", "what was given up, for a program"],
  ])
    .description("List what is still owed: messages, notices, interactions and unanswered turns.")
    .action((flags: ListOptions) => run.list(flags, context));
  const show = newCommand(context, "show", [
    ["botctl retry show 0197f6a2-5c1e-7d30-9b5e-3f0c8f1d2a44", "one entry with its text"],
  ])
    .description("Show one entry: what it would send, and why it is not sent.")
    .argument("<id>", "id from `botctl retry list`")
    .action((id: string, flags: GlobalFlags) => run.show({ ...flags, id }, context));
  const flush = newCommand(context, "flush", [
    ["botctl retry flush", "try everything again now"],
    ["botctl retry flush --state parked --account 1029384756", "after giving a page a new token"],
    ["botctl retry flush 0197f6a2-5c1e-7d30-9b5e-3f0c8f1d2a44 --force", "one entry, though it expired"],
  ])
    .description("Make entries due now; given up ones get a new budget. The running server does the sending.")
    .argument("[id...]", "ids from `botctl retry list`; none means all that match")
    .option("--force", "expired ones too: the person gets a late answer")
    .action((ids: string[], flags: Omit<FlushOptions, "ids">) => run.flush({ ...flags, ids }, context));
  const drop = newCommand(context, "drop", [
    ["botctl retry drop 0197f6a2-5c1e-7d30-9b5e-3f0c8f1d2a44", "asks first"],
    ["botctl retry drop 0197f6a2-5c1e-7d30-9b5e-3f0c8f1d2a44 --yes", "in a script"],
  ])
    .description("Remove entries for good. What they held is never sent.")
    .argument("<id...>", "ids from `botctl retry list`")
    .option("-y, --yes", "do not ask")
    .action((ids: string[], flags: Omit<DropOptions, "ids">) => run.drop({ ...flags, ids }, context));
  return newCommand(context, "retry", [
    ["botctl retry list", "what is still owed to somebody"],
    ["botctl retry flush", "try it again now"],
  ])
    .description("The retry journal: what could not be delivered yet, or was given up.")
    .addCommand(filters(list))
    .addCommand(show)
    .addCommand(filters(flush))
    .addCommand(drop);
}

function filters(command: Command): Command {
  return command
    .addOption(new Option("--kind <kind>", "only this kind").choices(KINDS))
    .addOption(new Option("--state <state>", "only this state").choices(STATES))
    .option("--account <id>", "only this page or bot, by the platform's id");
}

const LIST: readonly Column[] = [
  { title: "ID" },
  { title: "KIND" },
  { title: "STATE" },
  { title: "ACCOUNT", flexible: true },
  { title: "TRIES", right: true },
  { title: "NEXT" },
  { title: "LAST ERROR", flexible: true },
];

export async function listRetries(options: ListOptions, context: CommandContext): Promise<void> {
  const { connect } = await import("../client.ts");
  const rows = await (await connect(context, options)).retries(filterOf(options));
  const out = outputOf(context, options);
  out.result(rows, () =>
    out.table(
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
    ),
  );
  if (rows.length === 0) out.say("Nothing is waiting.");
}

/** @throws Fault `not_found` */
export async function showRetry(options: ShowOptions, context: CommandContext): Promise<void> {
  const { connect } = await import("../client.ts");
  const row = await (await connect(context, options)).retry(options.id);
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

export async function flushRetries(options: FlushOptions, context: CommandContext): Promise<void> {
  const { connect } = await import("../client.ts");
  const client = await connect(context, options);
  const flushed = await client.flush({
    ...filterOf(options),
    ...(options.ids.length > 0 ? { ids: options.ids } : {}),
    force: options.force === true,
  });
  const out = outputOf(context, options);
  out.result({ flushed }, () => `${flushed} made due\n`);
  if (flushed === 0 && options.force !== true) out.say("Nothing matched. Expired ones need --force.");
}

/** Tries all of them. @throws Fault of the only one, or `some_failed` when there were several */
export async function dropRetries(options: DropOptions, context: CommandContext): Promise<void> {
  const what = options.ids.length === 1 ? `entry ${options.ids[0]}` : `${options.ids.length} entries`;
  await confirm(context, `Remove ${what} for good? It will never be sent.`, options.yes);
  const { connect } = await import("../client.ts");
  const client = await connect(context, options);
  const dropped: string[] = [];
  const failures: Fault[] = [];
  for (const id of options.ids) {
    try {
      await client.drop(id);
      dropped.push(id);
    } catch (error) {
      // Without a server the next one fails the same way; only what is about this entry is collected.
      if (!(error instanceof Fault) || options.ids.length === 1 || error.code !== "not_found") throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    const why = failures.map((failure) => failure.message).join("\n");
    throw new Fault(
      "some_failed",
      `${dropped.length} of ${options.ids.length} removed.\n${why}`,
      "See `botctl retry list` for the ids.",
    );
  }
  outputOf(context, options).result({ dropped }, () => dropped.map((id) => `dropped ${visible(id)}\n`).join(""));
}

function filterOf({ kind, state, account }: RetryFilter): RetryFilter {
  return { kind, state, account };
}
