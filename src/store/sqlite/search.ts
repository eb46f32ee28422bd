import type { OrderedPage, Page } from "../../core/page.ts";
import { seeker } from "../../core/search.ts";
import type { ConversationFilter, ConversationRow } from "../../core/transcript.ts";
import type { Conversations } from "./conversations.ts";
import type { History } from "./history.ts";

/** Conversations and messages looked at between two breaths, so that a long search does not hold the event loop (H2). */
const BITE = 200;

/**
 * Conversations for people: by name, by the platform's id, or by what was said in them.
 *
 * There is no index of words: it reads along until the page is full.
 */
export async function findConversations(
  table: Conversations,
  history: History,
  { q, ...filter }: ConversationFilter,
  page: OrderedPage,
  now: number,
): Promise<Page<ConversationRow>> {
  if (q === undefined || q.trim() === "") return table.list(filter, page, now);
  const found = seeker(q);
  const isFound = async ({ id, name, contact }: ConversationRow): Promise<boolean> =>
    contact === q.trim() || (name !== null && found(name)) || (await saysSo(history, id, found));

  const matches: ConversationRow[] = [];
  let { cursor } = page;
  do {
    const bite: Page<ConversationRow> = table.list(filter, { order: page.order, limit: BITE, cursor }, now);
    for (const row of bite.data) {
      if (!(await isFound(row))) continue;
      const last = matches.at(-1);
      if (matches.length === page.limit && last !== undefined)
        return { data: matches, next: table.cursorAfter(last, page.order) };
      matches.push(row);
    }
    cursor = bite.next;
    await breath();
  } while (cursor !== null);
  return { data: matches, next: null };
}

async function saysSo(history: History, conversation: number, found: (text: string) => boolean): Promise<boolean> {
  let cursor: string | null = null;
  do {
    const bite: Page<string> = history.texts(conversation, { limit: BITE, cursor });
    if (bite.data.some(found)) return true;
    cursor = bite.next;
    if (cursor !== null) await breath();
  } while (cursor !== null);
  return false;
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
