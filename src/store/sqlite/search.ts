import type { OrderedPage, Page } from "../../core/page.ts";
import { seeker } from "../../core/search.ts";
import type { ConversationFilter, ConversationRow } from "../../core/transcript.ts";
import type { Conversations } from "./conversations.ts";
import type { History } from "./history.ts";

/** Conversations and messages looked at between two breaths, so that a long search does not hold the event loop (H2). */
const BITE = 200;
/** Messages read for one page; what is not found by then is for the next one, so that nobody waits for long. */
const MOST_READ = 5_000;

/**
 * Conversations for people: by name, by the platform's id, or by what was said in them.
 *
 * There is no index of words: it reads along until the page is full or has read much. A page may then hold fewer rows than
 * asked for, even none, while there is a next one.
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
  let read = 0;
  const isFound = async ({ id, name, contact }: ConversationRow): Promise<boolean> => {
    if (contact === q.trim() || (name !== null && found(name))) return true;
    for await (const texts of textsOf(history, id)) {
      read += texts.length;
      if (texts.some(found)) return true;
    }
    return false;
  };

  const matches: ConversationRow[] = [];
  let last: ConversationRow | null = null;
  let { cursor } = page;
  do {
    const bite: Page<ConversationRow> = table.list(filter, { order: page.order, limit: BITE, cursor }, now);
    for (const row of bite.data) {
      const isFull = matches.length === page.limit || read >= MOST_READ;
      if (isFull && last !== null) return { data: matches, next: table.cursorAfter(last, page.order) };
      if (await isFound(row)) matches.push(row);
      last = row;
    }
    cursor = bite.next;
    await breath();
  } while (cursor !== null);
  return { data: matches, next: null };
}

async function* textsOf(history: History, conversation: number): AsyncGenerator<readonly string[]> {
  let cursor: string | null = null;
  do {
    const bite: Page<string> = history.texts(conversation, { limit: BITE, cursor });
    yield bite.data;
    cursor = bite.next;
    if (cursor !== null) await breath();
  } while (cursor !== null);
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
