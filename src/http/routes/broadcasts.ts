/** One text for many people (M8). */
import { z } from "zod";
import { RECIPIENT_STATES, type BroadcastRow } from "../../core/broadcast.ts";
import type { ChannelName } from "../../core/channel.ts";
import { Fault } from "../../core/fault.ts";
import type { Store } from "../../core/store.ts";
import { channelOf, Recipient } from "../asked.ts";
import { accepted, ok, route, type Route } from "../route.ts";
import { channel, PageQuery, pageOf, time } from "../shapes.ts";

const BroadcastRequest = z.object({
  recipient_ids: z.array(Recipient).min(1).max(10_000).describe("Named twice, sent once."),
  text: z.string().trim().min(1).max(20_000),
  account: z.string().optional().describe("The page or bot to send from; needed when there are several."),
  key: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe("Your name for it: the same again is the same broadcast, and nobody gets it twice."),
});

export interface BroadcastOptions {
  readonly store: Store;
  /** Faults: not_found, account_ambiguous, busy when the key is that of another broadcast. */
  readonly broadcast: (
    channel: ChannelName,
    request: z.infer<typeof BroadcastRequest>,
  ) => Promise<{ readonly id: number; readonly isNew: boolean }>;
}

const tag = "Sending";
const params = { id: "The broadcast's number." };
const refuses = { 404: "there is no such broadcast" };
const count = z.number().int().nonnegative();
const BroadcastId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

const Counts = z.strictObject({
  waiting: count.describe("Not in the outbox yet."),
  pending: count.describe("In the outbox."),
  sent: count,
  failed: count.describe("Given up; see the retry journal."),
  refused: count.describe("Not tried: the window is closed, or the person blocked the account."),
  stopped: count,
  gone: count.describe("Dropped from the retry journal, or too old to be known."),
});

const Broadcast = z.strictObject({
  id: z.number().int(),
  key: z.string().nullable(),
  channel,
  account: z.string(),
  text: z.string(),
  created_at: time,
  recipients: Counts,
});

export const broadcastRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/integrations/{channel}/broadcast",
    tag,
    summary: "Send a text to many people",
    description:
      "Taken whole, then sent little by little, at most half as fast as the platform allows, so that replies to customers overtake it. A restart goes on where it was. 200 when the key is known.",
    params: { channel: "`messenger` or `telegram`." },
    finds: ({ channel: named }) => void channelOf(named),
    refuses: {
      404: "there is no such channel or account",
      409: "the key is that of another broadcast",
      422: "there are several accounts, and none is named",
    },
    body: BroadcastRequest,
    answers: { 200: Broadcast, 202: Broadcast },
    async handle({ store, broadcast }, { params: { channel: named }, body }) {
      const { id, isNew } = await broadcast(channelOf(named), body);
      const shown = showBroadcast(await broadcastOf(store, String(id)));
      return isNew ? accepted(shown) : ok(shown);
    },
  }),
  route({
    method: "GET",
    path: "/api/broadcasts",
    tag,
    summary: "List broadcasts, the newest first",
    query: PageQuery,
    answers: { 200: pageOf(Broadcast) },
    async handle({ store }, { query: { limit, cursor } }) {
      const { data, next } = await store.broadcasts.list({ limit, cursor: cursor ?? null });
      return ok({ data: data.map(showBroadcast), next });
    },
  }),
  route({
    method: "GET",
    path: "/api/broadcasts/{id}",
    tag,
    summary: "See how far a broadcast is",
    params,
    refuses,
    answers: { 200: Broadcast },
    handle: async ({ store }, { params: { id } }) => ok(showBroadcast(await broadcastOf(store, id))),
  }),
  route({
    method: "GET",
    path: "/api/broadcasts/{id}/recipients",
    tag,
    summary: "See what became of each recipient",
    params,
    refuses,
    query: PageQuery.extend({ state: z.enum(RECIPIENT_STATES).optional() }),
    answers: {
      200: pageOf(
        z.strictObject({
          recipient_id: z.string(),
          state: z.enum(RECIPIENT_STATES),
          delivery_id: z.string().nullable(),
          reason: z.string().nullable(),
        }),
      ),
    },
    async handle({ store }, { params: { id }, query: { limit, cursor, state } }) {
      const broadcast = await broadcastOf(store, id);
      const page = { limit, cursor: cursor ?? null };
      const { data, next } = await store.broadcasts.recipients(broadcast.id, state ?? null, page);
      const shown = data.map((row) => {
        return { recipient_id: row.contact, state: row.state, delivery_id: row.delivery, reason: row.reason };
      });
      return ok({ data: shown, next });
    },
  }),
  route({
    method: "DELETE",
    path: "/api/broadcasts/{id}",
    tag,
    summary: "Stop a broadcast",
    description: "Whoever still waits does not get it; what is in the outbox already goes out.",
    params,
    refuses,
    answers: { 200: z.strictObject({ stopped: count }) },
    async handle({ store }, { params: { id } }) {
      const broadcast = await broadcastOf(store, id);
      return ok({ stopped: (await store.broadcasts.stop(broadcast.id)) ?? 0 });
    },
  }),
];

function showBroadcast({ id, key, channel: by, account, text, createdAt, counts }: BroadcastRow) {
  return { id, key, channel: by, account, text, created_at: createdAt, recipients: counts };
}

async function broadcastOf(store: Store, id: string | undefined): Promise<BroadcastRow> {
  const parsed = BroadcastId.safeParse(id);
  const row = parsed.success ? await store.broadcasts.one(parsed.data) : null;
  if (row === null) throw new Fault("not_found", `there is no broadcast ${id}`, "List them with GET /api/broadcasts.");
  return row;
}
