/** Looking into a data folder without a server: what the admin API would tell, and nothing changes. */
import { systemClock } from "../core/clock.ts";
import type { RetryFilter } from "../core/journal.ts";
import type { OrderedPage, PageRequest } from "../core/page.ts";
import type { ConversationFilter } from "../core/transcript.ts";
import { showAccount, showConversation, showMessage, showRetry, showRetryDetail } from "../http/rows.ts";
import { Accounts } from "../store/sqlite/accounts.ts";
import { Conversations } from "../store/sqlite/conversations.ts";
import { openReader } from "../store/sqlite/database.ts";
import { History } from "../store/sqlite/history.ts";
import { Journal } from "../store/sqlite/journal.ts";
import { findConversations } from "../store/sqlite/search.ts";
import { explained } from "./trouble.ts";

/**
 * Opens the database of a data folder read-only; a server may run beside it.
 *
 * @returns the API's answers as values; null when there is no database
 * @throws Fault storage for a damaged or foreign file, and for the schema of another version
 */
export function openFolder(dataDir: string) {
  const db = openReader(dataDir);
  if (db === null) return null;
  const clock = systemClock();
  const [journal, conversations, history] = [new Journal(db), new Conversations(db), new History(db)];
  const accounts = new Accounts(db);
  const read = <T>(look: () => T): T => {
    try {
      return look();
    } catch (error) {
      throw explained(error, dataDir);
    }
  };
  return {
    retries(filter: RetryFilter, page: PageRequest) {
      const { data, next } = read(() => journal.list(filter, page));
      return { data: data.map(showRetry), next };
    },
    /** Null: there is no such entry. */
    retry(id: string) {
      const [row] = read(() => journal.list({ ids: [id] }, { limit: 1, cursor: null })).data;
      return row === undefined ? null : showRetryDetail(row);
    },
    async conversations(filter: ConversationFilter, page: OrderedPage) {
      const found = findConversations(conversations, history, filter, page, clock.now());
      const { data, next } = await found.catch((error: unknown) => {
        throw explained(error, dataDir);
      });
      return { data: data.map(showConversation), next };
    },
    /** Null: there is no such conversation. */
    conversation(id: number) {
      const row = read(() => conversations.one(id, clock.now()));
      return row === null ? null : showConversation(row);
    },
    messages(conversation: number, page: OrderedPage) {
      const { data, next } = read(() => history.page(conversation, page));
      return { data: data.map(showMessage), next };
    },
    accounts() {
      return read(() => accounts.all()).map(showAccount);
    },
    close(): void {
      db.close();
    },
  };
}

export type OpenFolder = NonNullable<ReturnType<typeof openFolder>>;
