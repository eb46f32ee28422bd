/**
 * What Telegram sends, as far as we use it (Bot API 10.3). Unknown fields pass, so that the platform may grow; a detail
 * that only decorates is dropped when it is malformed, the message itself is not.
 */
import * as z from "zod/mini";
import { decoration, Filled, hint, jsonText } from "../json.ts";

const loose = decoration(z.string());
const count = decoration(z.number());
/** Chats of groups are below zero; at most 52 bits, so a number holds them exactly. */
const Id = z.int();
/** Seconds since 1970. */
const Time = z.number().check(z.nonnegative(), z.maximum(1e11));

const Chat = z.object({ id: Id, type: z.string(), title: loose, first_name: loose, last_name: loose });
export type Chat = z.infer<typeof Chat>;

const User = z.object({ id: Id, first_name: loose, last_name: loose, username: loose, language_code: loose });
export type User = z.infer<typeof User>;

/** What nearly all files have. */
const FileParts = z.object({
  file_id: Filled,
  file_name: loose,
  mime_type: loose,
  file_size: count,
});
export type FileParts = z.infer<typeof FileParts>;
const file = z.nullish(FileParts);

const PhotoSize = z.extend(FileParts, { width: count, height: count });
export type PhotoSize = z.infer<typeof PhotoSize>;

const Place = z.object({ latitude: z.number(), longitude: z.number() });
/** Present, whatever it holds. */
const Anything = decoration(z.custom<object>((value) => typeof value === "object" && value !== null));

/** A message or its later edition. */
export const Message = z.object({
  message_id: Id,
  date: Time,
  edit_date: z.nullish(Time),
  chat: Chat,
  from: z.nullish(User),
  sender_chat: decoration(Chat),
  text: z.nullish(z.string()),
  caption: z.nullish(z.string()),
  entities: decoration(z.array(z.object({ type: z.string(), user: z.nullish(User) }))),
  media_group_id: loose,
  reply_to_message: decoration(z.object({ message_id: Id, from: decoration(User) })),
  photo: z.nullish(z.array(PhotoSize)),
  animation: file,
  document: file,
  video: file,
  video_note: file,
  voice: file,
  audio: z.nullish(z.extend(FileParts, { title: loose, performer: loose })),
  sticker: z.nullish(z.extend(FileParts, { emoji: loose })),
  location: z.nullish(Place),
  venue: decoration(z.object({ title: loose, address: loose })),
  contact: z.nullish(z.object({ phone_number: loose, first_name: loose, last_name: loose })),
  poll: decoration(z.object({ question: loose })),
  dice: decoration(z.object({ emoji: loose })),
  story: Anything,
  paid_media: Anything,
  migrate_to_chat_id: decoration(Id),
  migrate_from_chat_id: decoration(Id),
  game: decoration(z.object({ title: loose })),
});
export type Message = z.infer<typeof Message>;

export const CallbackQuery = z.object({
  id: loose,
  from: User,
  data: z.nullish(z.string()),
  message: decoration(
    z.object({
      chat: Chat,
      reply_markup: decoration(
        z.object({ inline_keyboard: z.array(z.array(z.object({ text: z.string(), callback_data: loose }))) }),
      ),
    }),
  ),
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
    result: z.optional(z.unknown()),
    error_code: hint(z.int()),
    description: hint(z.string()),
    parameters: hint(
      z.object({
        retry_after: hint(z.number()),
        migrate_to_chat_id: hint(z.int()),
      }),
    ),
  }),
);
export type Answer = z.infer<typeof Answer>;

/** What getWebhookInfo tells; it never tells the secret. */
export const WebhookInfo = z.object({
  url: z._default(z.string(), ""),
  pending_update_count: count,
  last_error_date: decoration(Time),
  last_error_message: loose,
  allowed_updates: decoration(z.array(z.string())),
});
export type WebhookInfo = z.infer<typeof WebhookInfo>;

/** What getUpdates tells: what else is in them is read as a webhook's body. */
export const PolledUpdates = z.array(z.looseObject({ update_id: Id }));

export const File = z.object({ file_path: loose });
export const SentMessage = z.object({ message_id: Id });
export const Me = z.object({ id: Id, first_name: loose, username: loose });

/** A message that has been through the database as text. */
export const StoredMessage = jsonText(z.looseObject({ text: z.string(), parse_mode: z.optional(z.literal("HTML")) }));
