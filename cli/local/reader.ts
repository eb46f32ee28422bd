/** Reading what a data folder holds: from its server, or from the database itself while none runs. */
import type { OpenFolder } from "../../src/app.ts";
import { systemClock } from "../../src/core/clock.ts";
import { Fault } from "../../src/core/fault.ts";
import type { RetryFilter as StoreFilter } from "../../src/core/journal.ts";
import { connect, type AdminClient, type RetryFilter } from "../client.ts";
import { dataDirOf, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf } from "../output.ts";

/** What can be read without changing anything. */
export type Reading = Pick<AdminClient, "conversations" | "conversation" | "messages" | "retries" | "retry">;

/**
 * Reads from the server, and where none runs from the database, read-only.
 *
 * @throws Fault of the server; `unreachable` when there is neither; `storage` for a file of another version
 */
export async function reading<T>(
  context: CommandContext,
  flags: GlobalFlags,
  read: (from: Reading) => Promise<T>,
): Promise<T> {
  try {
    return await read(await connect(context, flags));
  } catch (error) {
    // Another server was meant, or this one runs and has its own opinion.
    if (flags.url !== undefined || !(error instanceof Fault) || error.code !== "unreachable") throw error;
    const dataDir = dataDirOf(context, flags);
    const { openFolder } = await import("../../src/app.ts");
    const folder = openFolder(dataDir);
    if (folder === null) throw error;
    try {
      const found = await read(without(folder));
      outputOf(context, flags).say(`No server runs; this is what the database in ${dataDir} says.`);
      return found;
    } finally {
      folder.close();
    }
  }
}

/** More than any conversation or journal holds: a file needs no pages. */
const ALL = 1_000_000_000;

function without(folder: OpenFolder): Reading {
  return {
    async conversations(limit) {
      const { data, next } = await folder.conversations({}, { limit, cursor: null });
      return { rows: data, more: next !== null };
    },
    async conversation(id) {
      const row = folder.conversation(id);
      if (row === null) throw missing(`there is no conversation ${id}`, "See `botctl conversations list`.");
      return row;
    },
    async messages(conversation) {
      const { data } = folder.messages(conversation, { limit: ALL, cursor: null });
      return data.map(({ id, direction, by, text, attachments, at, turn, deliveries }) => ({
        id,
        direction,
        by,
        text,
        attachments: attachments.map(({ kind, url, title }) => ({ kind, url, title })),
        at,
        turn,
        deliveries: [...deliveries],
      }));
    },
    async retries(filter = {}) {
      return folder.retries(storeFilter(filter), { limit: ALL, cursor: null }).data;
    },
    async retry(id) {
      const row = folder.retry(id);
      if (row === null) throw missing(`there is nothing to retry with the id ${id}`, "See `botctl retry list`.");
      return row;
    },
  };
}

function missing(message: string, fix: string): Fault {
  return new Fault("not_found", message, fix);
}

/** Ages become times, as the server does it. */
export function storeFilter({ older_than_ms, newer_than_ms, ...choice }: RetryFilter): StoreFilter {
  const now = systemClock().now();
  return {
    ...choice,
    createdBefore: older_than_ms === undefined ? undefined : now - older_than_ms,
    createdAfter: newer_than_ms === undefined ? undefined : now - newer_than_ms,
  };
}
