/** The admin API (DESIGN §7): everything here needs the bearer token, which the server checks before. */
import { Elysia } from "elysia";
import { z } from "zod";
import { CHANNEL_NAMES, type ChannelName } from "../core/channel.ts";
import { Fault } from "../core/fault.ts";
import type { RetryFilter } from "../core/journal.ts";
import { accountRoutes, type AccountDesk } from "./accounts.ts";
import { conversationOf, read } from "./asked.ts";
import { showConversation, showMessage, showRetry, showRetryDetail } from "./rows.ts";
import type { Status } from "./status.ts";
import { eventStream, type Follow } from "./stream.ts";
import { takeoverRoutes, type SendAnswer, type TakeoverOptions } from "./takeovers.ts";

export interface AdminOptions extends TakeoverOptions {
  readonly follow: Follow;
  /** Ends the event streams when the server stops. */
  readonly closing: AbortSignal;
  /** Gives up what waits in the retry journal. False: there is no such thing. */
  readonly drop: (id: string) => Promise<boolean>;
  readonly flush: (which: RetryFilter & { readonly force: boolean }) => Promise<number>;
  /** Sends a text by hand. Faults: not_found, account_ambiguous, window_closed, refused. */
  readonly send: (channel: ChannelName, request: z.infer<typeof SendRequest>) => Promise<SendAnswer>;
  readonly processing: () => Promise<object>;
  readonly status: () => Promise<Status>;
  readonly accounts: AccountDesk;
}

const RETRY_KINDS = ["message", "notice", "interaction", "turn"] as const;
const RETRY_STATES = ["pending", "ambiguous", "parked", "dead", "expired"] as const;

const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(100).optional(),
});
const Choice = {
  kind: z.enum(RETRY_KINDS).optional(),
  state: z.enum(RETRY_STATES).optional(),
  account: z.string().optional(),
};
const Ids = z.array(z.string()).max(1_000);
const QueryAge = z.coerce.number().nonnegative().optional();
const BodyAge = z.number().nonnegative().optional();
const RetryQuery = PageQuery.extend({ ...Choice, older_than_ms: QueryAge, newer_than_ms: QueryAge });
const FlushRequest = z.object({
  ...Choice,
  ids: Ids.optional(),
  older_than_ms: BodyAge,
  newer_than_ms: BodyAge,
  force: z.boolean().default(false),
});
const ProgressRequest = z.object({ ids: Ids });
const SendRequest = z.object({
  recipient_id: z.string().trim().min(1).max(100),
  text: z.string().trim().min(1).max(20_000),
  account: z.string().optional(),
});
/** What `id:` of an event looks like; a reader that has none may still send the header, empty. */
const EVENT_ID = /^\d{1,16}$/;

export function adminRoutes(options: AdminOptions) {
  const { store } = options;
  return new Elysia()
    .use(takeoverRoutes(options))
    .get("/api/conversations", async ({ query }) => {
      const { limit, cursor } = read(PageQuery, query);
      const { data, next } = await store.conversations({ limit, cursor: cursor ?? null }, options.now());
      return { data: data.map(showConversation), next };
    })
    .get("/api/conversations/:id", async ({ params }) =>
      showConversation(await conversationOf(store, params.id, options.now())),
    )
    .get("/api/conversations/:id/messages", async ({ params, query }) => {
      const { id } = await conversationOf(store, params.id, options.now());
      const { limit, cursor } = read(PageQuery, query);
      const { data, next } = await store.messages(id, { limit, cursor: cursor ?? null });
      return { data: data.map(showMessage), next };
    })
    .use(accountRoutes(store, options.accounts))
    .get("/api/status", () => options.status())
    .get("/api/retries", async ({ query }) => {
      const { limit, cursor, ...choice } = read(RetryQuery, query);
      const { data, next } = await store.retries(filterOf(choice, options.now()), { limit, cursor: cursor ?? null });
      return { data: data.map(showRetry), next };
    })
    .get("/api/retries/:id", async ({ params }) => {
      const { data } = await store.retries({ ids: [params.id] }, { limit: 1, cursor: null });
      const row = data[0];
      if (row === undefined) throw noRetry(params.id);
      return showRetryDetail(row);
    })
    .delete("/api/retries/:id", async ({ params }) => {
      if (!(await options.drop(params.id))) throw noRetry(params.id);
      return { dropped: true };
    })
    .post("/api/retries/flush", async ({ body }) => {
      const { force, ...choice } = read(FlushRequest, body ?? {});
      return { flushed: await options.flush({ ...filterOf(choice, options.now()), force }) };
    })
    .post("/api/retries/progress", async ({ body }) => ({
      data: await store.retryProgress(read(ProgressRequest, body).ids),
      next: null,
    }))
    .post("/admin/flush-retries", async () => ({ flushed: await options.flush({ force: false }) }))
    .post("/api/integrations/:channel/send", async ({ params, body, set }) => {
      const channel = CHANNEL_NAMES.find((name) => name === params.channel);
      if (channel === undefined)
        throw new Fault(
          "not_found",
          `there is no channel "${params.channel}"`,
          `Channels: ${CHANNEL_NAMES.join(", ")}.`,
        );
      const request = read(SendRequest, body);
      const answer = await options.send(channel, request);
      if (answer.kind === "sent") return { recipient_id: request.recipient_id, message_id: answer.messageId };
      set.status = 202;
      return { delivery_id: answer.deliveryId };
    })
    .get("/api/events", ({ request, server }) => {
      server?.timeout(request, 0);
      const last = request.headers.get("last-event-id") ?? "";
      const signal = AbortSignal.any([request.signal, options.closing]);
      return eventStream(options.follow, EVENT_ID.test(last) ? Number(last) : null, signal);
    })
    .get("/metrics/processing", () => options.processing());
}

/** Ages become times, which stay what they are while the store works. */
function filterOf(
  { older_than_ms, newer_than_ms, ...choice }: Omit<z.infer<typeof FlushRequest>, "force">,
  now: number,
): RetryFilter {
  return {
    ...choice,
    ...(older_than_ms === undefined ? {} : { createdBefore: now - older_than_ms }),
    ...(newer_than_ms === undefined ? {} : { createdAfter: now - newer_than_ms }),
  };
}

function noRetry(id: string): Fault {
  return new Fault(
    "not_found",
    `there is nothing to retry with the id ${id}`,
    "List what waits with GET /api/retries.",
  );
}
