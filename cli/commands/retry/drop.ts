import { Fault } from "../../../src/core/fault.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { confirm, outputOf, visible } from "../../output.ts";
import { filterOf, narrows, type FilterFlags } from "./filters.ts";

export type DropOptions = GlobalFlags &
  FilterFlags & {
    /** Empty: all that match the filter, which then must leave something out. */
    readonly ids: readonly string[];
    readonly yes?: boolean | undefined;
  };

/**
 * Tries all of them.
 *
 * @throws Fault `usage` without ids and filter; of the only one, or `some_failed` when several were named
 */
export async function dropRetries(options: DropOptions, context: CommandContext): Promise<void> {
  const byFilter = options.ids.length === 0;
  if (byFilter !== narrows(options)) {
    throw new Fault(
      "usage",
      byFilter ? "It must be said what to drop." : "Ids and a filter cannot go together.",
      "Name ids from `botctl retry list`, or a filter such as --state dead.",
    );
  }
  const { connect } = await import("../../client.ts");
  const client = byFilter ? await connect(context, options) : null;
  const ids = client === null ? options.ids : (await client.retries(filterOf(options))).map(({ id }) => id);
  const out = outputOf(context, options);
  if (ids.length === 0) {
    out.result({ dropped: [] }, () => "");
    out.say("Nothing matched.");
    return;
  }
  const what = ids.length === 1 ? `entry ${ids[0]}` : `${ids.length} entries`;
  await confirm(context, `Remove ${what} for good? It will never be sent.`, options.yes);
  const server = client ?? (await connect(context, options));
  const dropped: string[] = [];
  const failures: Fault[] = [];
  for (const id of ids) {
    try {
      await server.drop(id);
      dropped.push(id);
    } catch (error) {
      // Without a server the next one fails the same way; only what is about this entry is collected.
      if (!(error instanceof Fault) || error.code !== "not_found") throw error;
      // What the filter found may have been sent meanwhile, or have gone with the part before it.
      if (byFilter) continue;
      if (ids.length === 1) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    const why = failures.map((failure) => failure.message).join("\n");
    throw new Fault(
      "some_failed",
      `${dropped.length} of ${ids.length} removed.\n${why}`,
      "See `botctl retry list` for the ids.",
    );
  }
  out.result({ dropped }, () => dropped.map((id) => `dropped ${visible(id)}\n`).join(""));
}
