/** What the screen asks a server. A server that is older and lacks a route is a planned answer here, not a failure. */
import { Fault } from "../../src/core/fault.ts";
import type {
  AccountRow,
  AdminClient,
  ConversationRow,
  MessageRow,
  RetryRow,
  Status,
  WatchedEvent,
} from "../client.ts";

/** Messages of one conversation that are loaded: the latest. */
const LATEST_MESSAGES = 200;
/** Conversations that are listed: the latest. */
const LATEST_CONVERSATIONS = 200;

export interface WatchApi {
  /** The address last spoken to, for people. */
  readonly url: string;
  /** As `AdminClient.events`; looks the server up again first, because a restart may have moved it. */
  events(lastEventId: string | null, signal: AbortSignal, onBytes: () => void): AsyncGenerator<WatchedEvent>;
  /** Null from a server that has no such route. */
  status(): Promise<Status | null>;
  conversations(): Promise<ConversationRow[]>;
  /** The latest, oldest first. */
  messages(conversation: number): Promise<MessageRow[]>;
  retries(): Promise<RetryRow[]>;
  accounts(): Promise<AccountRow[]>;
  /** @returns how many were made due */
  flush(ids: readonly string[]): Promise<number>;
  takeover(conversation: number): Promise<void>;
  release(conversation: number): Promise<void>;
  /** @returns "waiting" when it could not be sent at once */
  reply(conversation: number, text: string): Promise<"sent" | "waiting">;
}

/** @param connect finds the server; called again each time the event stream is opened */
export function watchApi(first: AdminClient, connect: () => Promise<AdminClient>): WatchApi {
  let client = first;
  let fresh = true;
  return {
    get url() {
      return client.url;
    },
    async *events(lastEventId, signal, onBytes) {
      if (!fresh) client = await connect();
      fresh = false;
      yield* client.events({ lastEventId, signal, onBytes });
    },
    status: () => client.status().catch(withoutRoute),
    conversations: async () => (await client.conversations(LATEST_CONVERSATIONS)).rows,
    messages: (conversation) => client.latestMessages(conversation, LATEST_MESSAGES),
    retries: () => client.retries(),
    accounts: () => client.accounts(),
    flush: (ids) => client.flush({ ids }),
    takeover: async (id) => void (await client.takeOver(id)),
    release: async (id) => void (await client.release(id)),
    reply: async (id, text) => (await client.reply(id, text)).kind,
  };
}

function withoutRoute(error: unknown): null {
  if (error instanceof Fault && error.code === "not_found") return null;
  throw error;
}
