/**
 * What Messenger sends, as far as we use it. Unknown fields pass, so that the platform may grow; a detail that only
 * decorates (a title, a place) is dropped when it is malformed, the message itself is not.
 */
import * as z from "zod/mini";
import { decoration, Filled, hint, jsonText } from "../json.ts";

/** Ids are text; some samples print them as numbers, which are taken when they can still be exact. */
const Id = z.union([Filled, z.int()]);
/** Milliseconds, sometimes seconds, sometimes as text. */
const Time = z.union([z.number(), z.string()]);
const Party = z.object({ id: z.nullish(Id) });
const loose = decoration(z.string());

/** A time as epoch ms; null when it is none. Lead-ad events tell seconds, some samples tell text. */
export function toMs(time: string | number | null | undefined): number | null {
  const number = typeof time === "string" ? Number(time) : (time ?? 0);
  if (!(number > 0 && number < 1e14)) return null;
  return Math.trunc(number < 1e12 ? number * 1_000 : number);
}

export const Envelope = z.object({ object: z.literal("page"), entry: z.array(z.unknown()) });

export const Entry = z.object({
  id: z.nullish(Id),
  time: z.nullish(Time),
  messaging: z.nullish(z.array(z.unknown())),
  standby: z.nullish(z.array(z.unknown())),
  changes: z.nullish(z.array(z.unknown())),
});

/** What all events have beside the key that names their kind. `sender` is absent for events about nobody. */
export const Frame = z.object({ sender: z.nullish(Party), recipient: z.nullish(Party), timestamp: z.nullish(Time) });

/** A change of page content; its `value` may be anything. */
export const Change = z.object({ field: z.string(), value: z.unknown() });

const Titled = z.object({ title: loose });

export const IncomingAttachment = z.object({
  type: loose,
  title: loose,
  url: loose,
  payload: decoration(
    z.object({
      url: loose,
      title: loose,
      sticker_id: z.nullish(Id),
      coordinates: decoration(z.object({ lat: z.number(), long: z.number() })),
      elements: decoration(z.array(Titled)),
      product: decoration(z.object({ elements: z.nullish(z.array(Titled)) })),
    }),
  ),
});
export type IncomingAttachment = z.infer<typeof IncomingAttachment>;

export const Message = z.object({
  mid: z.nullish(Filled),
  text: z.nullish(z.string()),
  quick_reply: z.nullish(z.object({ payload: z.string() })),
  reply_to: z.nullish(z.object({ mid: loose })),
  attachments: z.nullish(z.array(IncomingAttachment)),
  commands: z.nullish(z.array(z.object({ name: z.string() }))),
  is_echo: z.nullish(z.boolean()),
  is_deleted: z.nullish(z.boolean()),
  app_id: z.nullish(Id),
  metadata: loose,
});

export const MessageEdit = z.object({
  mid: Filled,
  text: z.nullish(z.string()),
  num_edit: z.nullish(Time),
});
export const Postback = z.object({
  mid: z.nullish(Filled),
  title: loose,
  payload: z.nullish(z.string()),
});
export const Referral = z.object({ ref: loose });
export const Optin = z.object({ ref: loose, payload: loose });
export const Delivery = z.object({ mids: z.nullish(z.array(z.string())), watermark: Time });
export const Read = z.object({ watermark: Time });
export const Reaction = z.object({
  mid: Filled,
  action: z.string(),
  emoji: z.nullish(z.string()),
});
export const ThreadControl = z.object({ new_owner_app_id: z.nullish(Id) });

const GraphFailure = z.object({
  code: z.int(),
  error_subcode: hint(z.int()),
  is_transient: hint(z.boolean()),
  fbtrace_id: hint(z.string()),
});
export type GraphFailure = z.infer<typeof GraphFailure>;

/** What the Send API answers: an error, or the id of what was sent. */
export const GraphAnswer = jsonText(z.object({ error: z.optional(GraphFailure), message_id: z.optional(z.string()) }));

/** `X-Business-Use-Case-Usage`: uses by business id, with the minutes until one is free again. */
export const UsageHeader = jsonText(
  z.record(z.string(), z.array(z.object({ estimated_time_to_regain_access: hint(z.number()) }))),
);

export const NamedObject = jsonText(z.object({ id: Filled, name: loose }));
/** Which apps a page reports to, and what. */
export const SubscribedApps = jsonText(
  z.object({
    data: z.array(z.object({ id: z.string(), subscribed_fields: decoration(z.array(z.string())) })),
  }),
);
/** Meta's documentation shows both the word and the truth value. */
export const Done = jsonText(z.object({ success: z.literal([true, "true"]) }));
export const PersonProfile = jsonText(
  z.object({ first_name: loose, last_name: loose, name: loose, profile_pic: loose }),
);

/** A message object that has been through the database as text. */
export const StoredMessage = jsonText(z.record(z.string(), z.unknown()));
