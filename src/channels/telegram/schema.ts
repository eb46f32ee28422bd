/**
 * What Telegram sends, as far as we use it (Bot API 10.3). Unknown fields pass, so that the platform may grow; a detail
 * that only decorates is dropped when it is malformed, the message itself is not.
 */
import { z } from "zod";
import { jsonText } from "../json.ts";

const loose = z.string().nullish().catch(null);
const count = z.number().nullish().catch(null);
/** Chats of groups are below zero; at most 52 bits, so a number holds them exactly. */
const Id = z.int();
/** Seconds since 1970. */
const Time = z.number().nonnegative().max(1e11);

const Chat = z.object({ id: Id, type: z.string(), title: loose, first_name: loose, last_name: loose });
export type Chat = z.infer<typeof Chat>;

const User = z.object({ id: Id, first_name: loose, last_name: loose, username: loose, language_code: loose });
export type User = z.infer<typeof User>;

/** What nearly all files have. */
const FileParts = z.object({ file_id: z.string().min(1), file_name: loose, mime_type: loose, file_size: count });
export type FileParts = z.infer<typeof FileParts>;
const file = FileParts.nullish();

const PhotoSize = FileParts.extend({ width: count, height: count });
export type PhotoSize = z.infer<typeof PhotoSize>;

const Place = z.object({ latitude: z.number(), longitude: z.number() });
/** Present, whatever it holds. */
const Anything = z
  .custom<object>((value) => typeof value === "object" && value !== null)
  .nullish()
  .catch(null);

/** A message or its later edition. */
export const Message = z.object({
  message_id: Id,
  date: Time,
  edit_date: Time.nullish(),
  chat: Chat,
  from: User.nullish(),
  sender_chat: Chat.nullish().catch(null),
  text: z.string().nullish(),
  caption: z.string().nullish(),
  entities: z
    .array(z.object({ type: z.string(), user: User.nullish() }))
    .nullish()
    .catch(null),
  media_group_id: loose,
  reply_to_message: z
    .object({ message_id: Id, from: User.nullish().catch(null) })
    .nullish()
    .catch(null),
  photo: z.array(PhotoSize).nullish(),
  animation: file,
  document: file,
  video: file,
  video_note: file,
  voice: file,
  audio: FileParts.extend({ title: loose, performer: loose }).nullish(),
  sticker: FileParts.extend({ emoji: loose }).nullish(),
  location: Place.nullish(),
  venue: z.object({ title: loose, address: loose }).nullish().catch(null),
  contact: z.object({ phone_number: loose, first_name: loose, last_name: loose }).nullish(),
  poll: z.object({ question: loose }).nullish().catch(null),
  dice: z.object({ emoji: loose }).nullish().catch(null),
  story: Anything,
  paid_media: Anything,
  migrate_to_chat_id: Id.nullish().catch(null),
  migrate_from_chat_id: Id.nullish().catch(null),
  game: z.object({ title: loose }).nullish().catch(null),
});
export type Message = z.infer<typeof Message>;

export const CallbackQuery = z.object({
  id: loose,
  from: User,
  data: z.string().nullish(),
  message: z
    .object({
      chat: Chat,
      reply_markup: z
        .object({ inline_keyboard: z.array(z.array(z.object({ text: z.string(), callback_data: loose }))) })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});

export const MyChatMember = z.object({
  chat: Chat,
  date: Time,
  new_chat_member: z.object({ status: z.string() }),
});

/** What all updates have; the one other key names the kind. */
export const Frame = z.looseObject({ update_id: Id });

/** What the Bot API answers. */
export const Answer = jsonText(
  z.object({
    ok: z.boolean(),
    result: z.unknown().optional(),
    error_code: z.int().optional().catch(undefined),
    description: z.string().optional().catch(undefined),
    parameters: z
      .object({
        retry_after: z.number().optional().catch(undefined),
        migrate_to_chat_id: z.int().optional().catch(undefined),
      })
      .optional()
      .catch(undefined),
  }),
);
export type Answer = z.infer<typeof Answer>;

/** What getWebhookInfo tells; it never tells the secret. */
export const WebhookInfo = z.object({
  url: z.string().default(""),
  pending_update_count: count,
  last_error_date: Time.nullish().catch(null),
  last_error_message: loose,
  allowed_updates: z.array(z.string()).nullish().catch(null),
});
export type WebhookInfo = z.infer<typeof WebhookInfo>;

/** What getUpdates tells: what else is in them is read as a webhook's body. */
export const PolledUpdates = z.array(z.looseObject({ update_id: Id }));

export const File = z.object({ file_path: loose });
export const SentMessage = z.object({ message_id: Id });
export const Me = z.object({ id: Id, first_name: loose, username: loose });

/** A message that has been through the database as text. */
export const StoredMessage = jsonText(z.looseObject({ text: z.string(), parse_mode: z.literal("HTML").optional() }));
