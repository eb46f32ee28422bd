/** What the API takes and answers, as schemas. Answers are strict, so that a test sees what is not described. */
import { z } from "zod";
import { CHANNEL_NAMES } from "../core/channel.ts";
import { DELIVERY_STATES } from "../core/delivery.ts";

/** Epoch milliseconds. */
export const time = z.number().int().describe("Milliseconds since 1970.");

export const channel = z.enum(CHANNEL_NAMES);

/** What any list gives as `next`: places of rows, or an id. Anything else would begin a list anew, or look like its end. */
const CURSOR = /^(?:\d{1,16}(?:\.\d{1,16})?|turn-\d{1,16}|[\da-f-]{36})$/;

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50).describe("Rows of one page."),
  cursor: z.string().regex(CURSOR, "not the `next` of a page").optional().describe("`next` of the page before."),
});

/** A list: `next` is null on the last page. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.strictObject({ data: z.array(row).readonly(), next: z.string().nullable() });
}

export const ErrorBody = z.strictObject({
  error: z.strictObject({
    code: z.string().describe("What kind of problem, for programs."),
    message: z.string().describe("What happened."),
    fix: z.string().describe("What to do about it; empty when there is nothing to do."),
  }),
});

const TURN_STATES = ["gathering", "ready", "running", "parked", "committed", "cancelled", "dead"] as const;

export const Conversation = z.strictObject({
  id: z.number().int(),
  channel,
  account: z.string().describe("The platform's id of the page or bot."),
  contact: z.string().describe("The platform's id of the person."),
  name: z.string().nullable(),
  state: z.enum(["bot", "human", "blocked"]).describe("Who answers: the bot, a human, or nobody until they write."),
  human_until_at: time.nullable().describe("While a human answers: when the bot may speak again."),
  last_at: time,
  turn: z
    .strictObject({ id: z.number().int(), state: z.enum(TURN_STATES), reason: z.string(), due_at: time })
    .nullable()
    .describe("What is being waited for or answered; null when nothing is."),
});

const Attachment = z.strictObject({
  kind: z.enum(["image", "video", "audio", "file", "sticker", "location", "contact", "link", "template", "other"]),
  url: z.string().nullable().describe("Null when there is nothing to fetch."),
  title: z.string().nullable(),
  mime: z.string().optional(),
  bytes: z.number().optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
});

export const Message = z.strictObject({
  id: z.string().describe("Unique in its conversation."),
  direction: z.enum(["in", "out"]),
  by: z.enum(["client", "bot", "human"]),
  text: z.string(),
  attachments: z.array(Attachment),
  actions: z
    .array(
      z.strictObject({
        type: z.enum(["reply", "postback", "url", "phone"]),
        title: z.string(),
        payload: z.string().optional(),
        url: z.string().optional(),
      }),
    )
    .readonly()
    .describe("What stood under it to be tapped."),
  at: time,
  turn: z.number().int().nullable(),
  deliveries: z
    .array(z.strictObject({ id: z.string(), state: z.enum(DELIVERY_STATES), attempts: z.number().int() }))
    .readonly(),
});

export const Account = z.strictObject({
  id: z.number().int(),
  channel,
  external_id: z.string().describe("The platform's id."),
  name: z.string(),
  state: z.enum(["active", "paused", "auth_failed"]),
  reason: z.string().nullable().describe("Why it is not active."),
});

export const retryKind = z.enum(["message", "notice", "interaction", "turn"]);
export const retryState = z.enum(["pending", "ambiguous", "parked", "dead", "expired"]);

export const Retry = z.strictObject({
  id: z.string(),
  kind: retryKind,
  state: retryState,
  account: z.string(),
  attempts: z.number().int(),
  next_at: time,
  last_error: z.string().nullable(),
});

export const RetryDetail = Retry.extend({
  conversation: z.number().int(),
  created_at: time,
  text: z.string(),
  rounds: z.number().int().describe("How often the outcome was unknown."),
});

export const RetryProgress = z.strictObject({
  id: z.string(),
  state: z.enum([...retryState.options, "sent", "gone"]).describe("`gone` was dropped, or never was."),
});
