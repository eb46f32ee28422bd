/**
 * What Messenger sends, as far as we use it. Unknown fields pass, so that the platform may grow; a detail that only
 * decorates (a title, a place) is dropped when it is malformed, the message itself is not.
 */
import { z } from "zod";
import { jsonText } from "../json.ts";

/** Ids are text; some samples print them as numbers, which are taken when they can still be exact. */
const Id = z.union([z.string().min(1), z.int()]);
/** Milliseconds, sometimes seconds, sometimes as text. */
const Time = z.union([z.number(), z.string()]);
const Party = z.object({ id: Id.nullish() });
const loose = z.string().nullish().catch(null);

/** A time as epoch ms; null when it is none. Lead-ad events tell seconds, some samples tell text. */
export function toMs(time: string | number | null | undefined): number | null {
  const number = typeof time === "string" ? Number(time) : (time ?? 0);
  if (!(number > 0 && number < 1e14)) return null;
  return Math.trunc(number < 1e12 ? number * 1_000 : number);
}

export const Envelope = z.object({ object: z.literal("page"), entry: z.array(z.unknown()) });

export const Entry = z.object({
  id: Id.nullish(),
  time: Time.nullish(),
  messaging: z.array(z.unknown()).nullish(),
  standby: z.array(z.unknown()).nullish(),
  changes: z.array(z.unknown()).nullish(),
});

/** What all events have beside the key that names their kind. `sender` is absent for events about nobody. */
export const Frame = z.object({ sender: Party.nullish(), recipient: Party.nullish(), timestamp: Time.nullish() });

/** A change of page content; its `value` may be anything. */
export const Change = z.object({ field: z.string(), value: z.unknown() });

const Titled = z.object({ title: loose });

export const IncomingAttachment = z.object({
  type: loose,
  title: loose,
  url: loose,
  payload: z
    .object({
      url: loose,
      title: loose,
      sticker_id: Id.nullish(),
      coordinates: z.object({ lat: z.number(), long: z.number() }).nullish().catch(null),
      elements: z.array(Titled).nullish().catch(null),
      product: z
        .object({ elements: z.array(Titled).nullish() })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});
export type IncomingAttachment = z.infer<typeof IncomingAttachment>;

export const Message = z.object({
  mid: z.string().min(1).nullish(),
  text: z.string().nullish(),
  quick_reply: z.object({ payload: z.string() }).nullish(),
  reply_to: z.object({ mid: loose }).nullish(),
  attachments: z.array(IncomingAttachment).nullish(),
  commands: z.array(z.object({ name: z.string() })).nullish(),
  is_echo: z.boolean().nullish(),
  is_deleted: z.boolean().nullish(),
  app_id: Id.nullish(),
  metadata: loose,
});

export const MessageEdit = z.object({ mid: z.string().min(1), text: z.string().nullish(), num_edit: Time.nullish() });
export const Postback = z.object({ mid: z.string().min(1).nullish(), title: loose, payload: z.string().nullish() });
export const Referral = z.object({ ref: loose });
export const Optin = z.object({ ref: loose, payload: loose });
export const Delivery = z.object({ mids: z.array(z.string()).nullish(), watermark: Time });
export const Read = z.object({ watermark: Time });
export const Reaction = z.object({ mid: z.string().min(1), action: z.string(), emoji: z.string().nullish() });
export const ThreadControl = z.object({ new_owner_app_id: Id.nullish() });

const GraphFailure = z.object({
  code: z.int(),
  error_subcode: z.int().optional().catch(undefined),
  is_transient: z.boolean().optional().catch(undefined),
  fbtrace_id: z.string().optional().catch(undefined),
});
export type GraphFailure = z.infer<typeof GraphFailure>;

/** What the Send API answers: an error, or the id of what was sent. */
export const GraphAnswer = jsonText(z.object({ error: GraphFailure.optional(), message_id: z.string().optional() }));

/** `X-Business-Use-Case-Usage`: uses by business id, with the minutes until one is free again. */
export const UsageHeader = jsonText(
  z.record(z.string(), z.array(z.object({ estimated_time_to_regain_access: z.number().optional().catch(undefined) }))),
);

export const NamedObject = jsonText(z.object({ id: z.string().min(1), name: loose }));
/** Which apps a page reports to, and what. */
export const SubscribedApps = jsonText(
  z.object({
    data: z.array(z.object({ id: z.string(), subscribed_fields: z.array(z.string()).nullish().catch(null) })),
  }),
);
/** Meta's documentation shows both the word and the truth value. */
export const Done = jsonText(z.object({ success: z.literal([true, "true"]) }));
export const PersonProfile = jsonText(
  z.object({ first_name: loose, last_name: loose, name: loose, profile_pic: loose }),
);

/** A message object that has been through the database as text. */
export const StoredMessage = jsonText(z.record(z.string(), z.unknown()));
