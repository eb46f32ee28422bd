/** Reading what a data folder holds: from its server, or from the database itself while none runs. */
import type { OpenFolder } from "../../src/app.ts";
import { systemClock } from "../../src/core/clock.ts";
import { Fault } from "../../src/core/fault.ts";
import type { RetryFilter as StoreFilter } from "../../src/core/journal.ts";
import type { AdminClient, RetryFilter } from "../client.ts";
import { dataDirOf, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf } from "../output.ts";
import { runningServer } from "./running.ts";

/** What can be read without changing anything. */
export type Reading = Pick<
  AdminClient,
  | "conversations"
  | "conversationPages"
  | "conversation"
  | "messages"
  | "messagePages"
  | "retries"
  | "retry"
  | "accounts"
>;

/**
 * Reads from the server, and where none runs from the database, read-only; says which of them. The server is asked
 * first whether it is there, so that nothing is read twice.
 *
 * @throws Fault of the server; `unreachable` when there is neither; `storage` for a file of another version
 */
export async function reading<T>(
  context: CommandContext,
  flags: GlobalFlags,
  read: (from: Reading) => Promise<T>,
): Promise<T> {
  const out = outputOf(context, flags);
  const found = await runningServer(context, flags);
  if (!(found instanceof Fault)) {
    out.say(`From the server at ${found.url}.`);
    return await read(found);
  }
  const dataDir = dataDirOf(context, flags);
  const { openFolder } = await import("../../src/app.ts");
  const folder = openFolder(dataDir);
  if (folder === null) throw found;
  out.say(`No server answers; this is what the database in ${dataDir} says.`);
  try {
    return await read(without(folder));
  } finally {
    folder.close();
  }
}

/** Rows read from the file at once. */
const PAGE_ROWS = 500;

function without(folder: OpenFolder): Reading {
  return {
    async conversations(limit, filter = {}) {
      const { data, next } = await folder.conversations(filter, { limit, cursor: null });
      return { rows: data, more: next !== null };
    },
    conversationPages: (filter) =>
      pages((cursor) => folder.conversations(filter ?? {}, { order: "oldest", limit: PAGE_ROWS, cursor })),
    async conversation(id) {
      const row = folder.conversation(id);
      if (row === null) throw missing(`there is no conversation ${id}`, "See `botctl conversations list`.");
      return row;
    },
    messages: (conversation) => collected(messagePages(folder, conversation)),
    messagePages: (conversation) => messagePages(folder, conversation),
    retries: (filter) => {
      const wanted = storeFilter(filter ?? {});
      return collected(pages(async (cursor) => folder.retries(wanted, { limit: PAGE_ROWS, cursor })));
    },
    async retry(id) {
      const row = folder.retry(id);
      if (row === null) throw missing(`there is nothing to retry with the id ${id}`, "See `botctl retry list`.");
      return row;
    },
    async accounts() {
      return folder.accounts();
    },
  };
}

type MessageRow = Awaited<ReturnType<Reading["messages"]>>[number];

async function* messagePages(folder: OpenFolder, conversation: number): AsyncGenerator<MessageRow[]> {
  const each = pages(async (cursor) => folder.messages(conversation, { order: "oldest", limit: PAGE_ROWS, cursor }));
  for await (const page of each) {
    yield page.map(({ id, direction, by, text, attachments, at, turn, deliveries }) => ({
      id,
      direction,
      by,
      text,
      attachments: attachments.map(({ kind, url, title }) => ({ kind, url, title })),
      at,
      turn,
      deliveries: [...deliveries],
    }));
  }
}

async function* pages<Row>(
  read: (cursor: string | null) => Promise<{ readonly data: Row[]; readonly next: string | null }>,
): AsyncGenerator<Row[]> {
  let cursor: string | null = null;
  do {
    const { data, next }: { readonly data: Row[]; readonly next: string | null } = await read(cursor);
    yield data;
    cursor = next;
  } while (cursor !== null);
}

async function collected<Row>(pages: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
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
