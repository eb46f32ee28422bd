/** What the screen asks a server. A server that is older and lacks a route is a planned answer here, not a failure. */
import { z } from "zod";
import { Fault } from "../../src/core/fault.ts";
import type { AccountRow, AdminClient, ConversationRow, MessageRow, RetryRow, WatchedEvent } from "../client.ts";

const count = z.number().catch(0);

/** GET /api/status: the line at the top. Times are epoch ms by the server's clock. */
const StatusRow = z.object({
  server: z.object({ version: z.string(), started_at: z.number(), now: z.number() }),
  lag_ms: z.number().nullish(),
  rates: z.object({ webhooks_per_minute: z.number(), replies_per_minute: z.number() }).nullish(),
  reply_p95_ms: z.number().nullish(),
  depths: z
    .object({
      gathering: count,
      ready: count,
      running: count,
      pending: count,
      ambiguous: count,
      parked: count,
      dead: count,
    })
    .nullish(),
  breakers: z.array(z.object({ scope: z.string(), state: z.string(), until: z.number().nullish() })).catch([]),
  accounts: z
    .array(z.object({ channel: z.string(), account: z.string(), name: z.string().nullish(), state: z.string() }))
    .catch([]),
});
export type StatusRow = z.infer<typeof StatusRow>;

const Anything = z.unknown();
const ReplyAnswer = z.looseObject({ message_id: z.string().optional(), delivery_id: z.string().optional() });

/** Messages of one conversation that are loaded: the latest. */
const LATEST_MESSAGES = 200;
/** Conversations that are listed: the latest. */
const LATEST_CONVERSATIONS = 200;
/** A reply by hand waits for the platform. */
const REPLY_MS = 30_000;

export interface WatchApi {
  /** The address last spoken to, for people. */
  readonly url: string;
  /** As `AdminClient.events`; looks the server up again first, because a restart may have moved it. */
  events(lastEventId: string | null, signal: AbortSignal, onBytes: () => void): AsyncGenerator<WatchedEvent>;
  /** Null from a server that has no such route. */
  status(): Promise<StatusRow | null>;
  conversations(): Promise<ConversationRow[]>;
  conversation(id: number): Promise<ConversationRow>;
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
  const path = (id: number, verb: string): string => `/api/conversations/${id}/${verb}`;
  return {
    get url() {
      return client.url;
    },
    async *events(lastEventId, signal, onBytes) {
      if (!fresh) client = await connect();
      fresh = false;
      yield* client.events({ lastEventId, signal, onBytes });
    },
    status: () => client.get(StatusRow, "/api/status").catch(withoutRoute),
    conversations: async () => (await client.conversations(LATEST_CONVERSATIONS)).rows,
    conversation: (id) => client.conversation(id),
    messages: (conversation) => client.latestMessages(conversation, LATEST_MESSAGES),
    retries: () => client.retries(),
    accounts: () => client.accounts(),
    flush: (ids) => client.flush({ ids }),
    takeover: async (id) => void (await client.call(Anything, "POST", path(id, "takeover"), {})),
    release: async (id) => void (await client.call(Anything, "POST", path(id, "release"), {})),
    async reply(id, text) {
      const answer = await client.call(ReplyAnswer, "POST", path(id, "reply"), { text }, REPLY_MS);
      return answer.message_id === undefined ? "waiting" : "sent";
    },
  };
}

function withoutRoute(error: unknown): null {
  if (error instanceof Fault && error.code === "not_found") return null;
  throw error;
}
