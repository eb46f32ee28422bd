/** What the admin API answers, as far as the command line uses it. Unknown fields pass, so a newer server still works. */
import { z } from "zod";
import { CHANNEL_NAMES } from "../src/core/channel.ts";
import { CONVERSATION_STATES } from "../src/core/conversation.ts";

/** Epoch ms. */
const time = z.number();

export const ConversationRow = z.object({
  id: z.number(),
  channel: z.enum(CHANNEL_NAMES),
  /** The platform's ids. */
  account: z.string(),
  contact: z.string(),
  name: z.string().nullable(),
  state: z.enum(CONVERSATION_STATES),
  /** While a human answers: until when. Servers up to 0.1.0 did not tell. */
  human_until_at: time.nullable().default(null),
  last_at: time.nullable(),
  turn: z.object({ id: z.number(), state: z.string(), reason: z.string(), due_at: time.nullable() }).nullable(),
});
export type ConversationRow = z.infer<typeof ConversationRow>;

/** Which conversations. All given must hold. */
export interface ConversationFilter {
  /** Words of the name or of anything said, or the person's id. */
  readonly q?: string | undefined;
  readonly channel?: ConversationRow["channel"] | undefined;
  /** The platform's id. */
  readonly account?: string | undefined;
  readonly state?: ConversationRow["state"] | undefined;
}

export const MessageRow = z.object({
  id: z.string(),
  direction: z.enum(["in", "out"]),
  by: z.enum(["client", "bot", "human"]),
  text: z.string(),
  attachments: z.array(z.object({ kind: z.string(), url: z.string().nullable(), title: z.string().nullable() })),
  at: time,
  turn: z.number().nullable(),
  deliveries: z.array(z.object({ id: z.string(), state: z.string(), attempts: z.number() })),
});
export type MessageRow = z.infer<typeof MessageRow>;

const RETRY_KINDS = ["message", "notice", "interaction", "turn"] as const;
const RETRY_STATES = ["pending", "ambiguous", "parked", "dead", "expired"] as const;

export const RetryRow = z.object({
  id: z.string(),
  kind: z.enum(RETRY_KINDS),
  state: z.enum(RETRY_STATES),
  account: z.string(),
  attempts: z.number(),
  next_at: time.nullable(),
  last_error: z.string().nullable(),
});
export type RetryRow = z.infer<typeof RetryRow>;

export const RetryDetail = RetryRow.extend({
  conversation: z.number().nullable(),
  created_at: time,
  text: z.string().nullable(),
  rounds: z.number(),
});
export type RetryDetail = z.infer<typeof RetryDetail>;

/** Which entries of the retry journal. All given must hold. */
export interface RetryFilter {
  readonly kind?: (typeof RETRY_KINDS)[number] | undefined;
  readonly state?: (typeof RETRY_STATES)[number] | undefined;
  readonly account?: string | undefined;
  /** Age in ms. */
  readonly older_than_ms?: number | undefined;
  readonly newer_than_ms?: number | undefined;
}

/** What became of an entry; `gone` was dropped. */
export const RetryProgress = z.object({ id: z.string(), state: z.enum([...RETRY_STATES, "sent", "gone"]) });
export type RetryProgress = z.infer<typeof RetryProgress>;

export const AccountRow = z.object({
  id: z.number(),
  channel: z.enum(CHANNEL_NAMES),
  external_id: z.string(),
  name: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
});
export type AccountRow = z.infer<typeof AccountRow>;

/** What an account's platform has noted down, and what is wrong with it. */
export const Inspection = z.object({
  account: AccountRow,
  /** The address of ours that it is to have. */
  expected: z.string().nullable(),
  leads: z.enum(["here", "elsewhere", "nowhere"]),
  url: z.string().nullable(),
  updates: z.array(z.string()).readonly().nullable(),
  pending: z.number().nullable(),
  last_error: z.object({ at: time, message: z.string() }).nullable(),
  findings: z.array(z.object({ code: z.string(), message: z.string(), fix: z.string() })).readonly(),
});
export type Inspection = z.infer<typeof Inspection>;

export const Subscribed = Inspection.extend({
  changes: z.array(z.object({ what: z.string(), from: z.string(), to: z.string() })).readonly(),
});
export type Subscribed = z.infer<typeof Subscribed>;

export const Removed = z.object({
  account: AccountRow,
  webhook: z.enum(["removed", "elsewhere", "none", "unknown"]),
  note: z.string().nullable(),
});
export type Removed = z.infer<typeof Removed>;

export const Flushed = z.object({ flushed: z.number() });
export const Dropped = z.object({ dropped: z.boolean() });
export const Health = z.object({ status: z.string() });

/** Sent with the platform's id, or waiting in the outbox. */
export const SendAnswer = z.union([
  z.object({ recipient_id: z.string(), message_id: z.string() }),
  z.object({ delivery_id: z.string() }),
]);

export const ReplyAnswer = z.union([z.object({ message_id: z.string() }), z.object({ delivery_id: z.string() })]);

/** `/metrics/processing`; the time in seconds. */
export const Counters = z.object({
  total_messages: z.number(),
  merged_messages: z.number(),
  timeout_processed: z.number(),
  processing_errors: z.number(),
  average_merge_time: z.number(),
  pending_contexts: z.number(),
});
export type Counters = z.infer<typeof Counters>;

/** `/api/status`: how the server is doing. */
export const Status = z.object({
  server: z.object({ version: z.string(), started_at: time, now: time }),
  /** How late the event loop was at worst in the last seconds. */
  lag_ms: z.number(),
  rates: z.object({ webhooks_per_minute: z.number(), replies_per_minute: z.number() }),
  /** Null when nobody was answered in the last minutes. */
  reply_p95_ms: z.number().nullable(),
  depths: z.object({
    gathering: z.number(),
    ready: z.number(),
    running: z.number(),
    pending: z.number(),
    ambiguous: z.number(),
    parked: z.number(),
    dead: z.number(),
  }),
  /** Scopes are `model` and `messenger:1029384756`. */
  breakers: z.array(
    z.object({ scope: z.string(), state: z.enum(["closed", "open", "half_open"]), until: time.nullable() }),
  ),
  accounts: z.array(
    z.object({
      channel: z.enum(CHANNEL_NAMES),
      account: z.string(),
      name: z.string(),
      state: z.string(),
      webhooks_per_minute: z.number().optional(),
    }),
  ),
});
export type Status = z.infer<typeof Status>;

export const ErrorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), fix: z.string().default("") }),
});

/** One BotEvent as the stream tells it: what all have is typed, the rest is there to be looked at. */
export const EventData = z.looseObject({
  type: z.string(),
  at: time,
  platform: z.string().optional(),
  account: z.string().optional(),
  conversation: z.number().optional(),
  correlation_id: z.string().optional(),
  turn: z.number().nullish(),
  reason: z.string().optional(),
});
export type EventData = z.infer<typeof EventData>;

/** What `serve` leaves in the data folder as `server.json`. */
export const ServerFile = z.object({
  url: z.string(),
  pid: z.number(),
  started_at: time,
  /** The secrets of a sandbox, so that `simulate` can sign; null for a server that speaks to real platforms. */
  sandbox: z
    .object({
      app_secret: z.string(),
      verify_token: z.string(),
      /** The first page. */
      page_id: z.string(),
      /** All of them. Servers up to 0.1.0 had one, and did not tell their app. */
      pages: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
      app_id: z.string().optional(),
      media_url: z.string(),
      /** Servers up to 0.1.0 had none. */
      bot: z.object({ id: z.string(), username: z.string(), secret: z.string(), api_url: z.string() }).optional(),
    })
    .nullable(),
});
export type ServerFile = z.infer<typeof ServerFile>;

export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({ data: z.array(row), next: z.string().nullable() });
}
