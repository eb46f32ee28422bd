/** What each kind of update says. */
import type * as z from "zod/mini";
import type { Content, Update } from "../../core/update.ts";
import { tapOf } from "../key.ts";
import { attachmentsOf } from "./attachment.ts";
import { CallbackQuery, Message, MyChatMember, type Chat, type User } from "./schema.ts";
import type { UpdateName } from "./shapes.ts";

/** Whose webhook it is. */
export interface Bot {
  readonly id: string;
  /** Without the "@"; null while it is not known, and then only replies and bare commands address it in a group. */
  readonly username: string | null;
}

/** An update, understood. */
export type Reading = Pick<Update, "contact" | "contactName" | "messageId" | "at" | "content" | "receipt">;

type KindReader = (value: unknown, bot: Bot, now: number) => Reading | z.core.$ZodError;

/** The kinds with a meaning for the bot. All others are `other` under their own name (P5). */
const READERS: readonly (readonly [UpdateName, KindReader])[] = [
  ["message", kind(Message, message)],
  ["edited_message", kind(Message, edit)],
  ["callback_query", kind(CallbackQuery, callback)],
  ["my_chat_member", kind(MyChatMember, membership)],
];
export const KINDS: ReadonlyMap<string, KindReader> = new Map(READERS);

/** The kinds we can read. Said at every poll and with every webhook: what is left out is what somebody chose before. */
export const WANTED_UPDATES = READERS.map(([name]) => name);

/** `/help`, `/help@shop_bot`, with or without words behind. Telegram marks the same as an entity. */
const COMMAND = /^(\/[A-Za-z0-9_]{1,32})(?:@(\w{1,64}))?(?=\s|$)/;
/** States of the bot in a chat in which it cannot write there. */
const OUT = new Set(["kicked", "left"]);

function kind<T>(schema: z.ZodMiniType<T>, understand: (value: T, bot: Bot, now: number) => Reading): KindReader {
  return (value, bot, now) => {
    const result = schema.safeParse(value);
    return result.success ? understand(result.data, bot, now) : result.error;
  };
}

function message(said: Message, bot: Bot): Reading {
  const reading = (content: Content): Reading => ({ ...around(said), at: said.date * 1_000, content });
  // Told in both chats, the old and the new one; whichever comes first is enough.
  if (said.migrate_to_chat_id != null) return reading({ kind: "moved", to: String(said.migrate_to_chat_id) });
  if (said.migrate_from_chat_id != null) {
    const from = String(said.migrate_from_chat_id);
    return { ...reading({ kind: "moved", to: String(said.chat.id) }), contact: from };
  }
  const text = said.text ?? said.caption ?? "";
  const command = commandIn(said.text ?? "", said, bot);
  if (command !== null) return reading(command);
  const attachments = attachmentsOf(said);
  // Somebody joined, a message was pinned, a group was renamed: nothing was said.
  if (text.trim() === "" && attachments.length === 0) return reading({ kind: "other", name: "message" });
  if (!isPrivate(said.chat) && !isAddressed(said, text, bot)) return reading({ kind: "other", name: "group_message" });
  return reading({
    kind: "message",
    text,
    attachments,
    replyTo: said.reply_to_message == null ? null : String(said.reply_to_message.message_id),
    album: said.media_group_id ?? null,
    speaker: isPrivate(said.chat) ? null : (nameOf(said.sender_chat ?? said.from) ?? null),
  });
}

/** Null when the text is no command for this bot. Its payload is the command without the bot's name. */
function commandIn(text: string, { chat, from }: Message, bot: Bot): Content | null {
  const match = COMMAND.exec(text);
  if (match === null) return null;
  const [whole, command = "", addressee] = match;
  if (!isPrivate(chat) && addressee !== undefined && addressee.toLowerCase() !== bot.username?.toLowerCase())
    return null;
  const payload = `${command}${text.slice(whole.length)}`.trim();
  return { kind: "tap", by: "command", title: text, payload, ...tapper(chat, from) };
}

/** Whether words in a group are meant for the bot: by its name, or as a reply to it. */
function isAddressed({ entities, reply_to_message: replied }: Message, text: string, { id, username }: Bot): boolean {
  if (String(replied?.from?.id) === id) return true;
  if (entities?.some(({ user }) => String(user?.id) === id) === true) return true;
  if (username === null) return false;
  const mentions = text.match(/(?<![\w@])@\w+/g) ?? [];
  return mentions.some((mention) => mention.slice(1).toLowerCase() === username.toLowerCase());
}

function edit(edited: Message): Reading {
  const changedAt = edited.edit_date ?? edited.date;
  const reading = (content: Content): Reading => ({ ...around(edited), at: changedAt * 1_000, content });
  // A live location is edited at every step of who sends it; that takes no words back.
  if (edited.location) return reading({ kind: "other", name: "edited_location" });
  const text = edited.text ?? edited.caption ?? "";
  return reading({ kind: "edit", messageId: String(edited.message_id), text, revision: changedAt });
}

/** A button was pressed. The press has no time of its own, and the message it hangs under may be long gone. */
function callback({ id, from, data, message: under }: z.infer<typeof CallbackQuery>, _: Bot, now: number): Reading {
  const chat = under?.chat;
  const isGroup = chat !== undefined && !isPrivate(chat);
  const reading = (content: Content): Reading => ({
    contact: String(chat?.id ?? from.id),
    contactName: (isGroup ? nameOf(chat) : nameOf(from)) ?? null,
    messageId: null,
    at: now,
    content,
    ...(id == null || id === "" ? {} : { receipt: id }),
  });
  // A game's button.
  if (data == null) return reading({ kind: "other", name: "callback_query" });
  const buttons = under?.reply_markup?.inline_keyboard.flat() ?? [];
  const title = buttons.find(({ callback_data }) => callback_data === data)?.text ?? data;
  return reading({ ...tapOf("postback", title, data), ...tapper(chat, from) });
}

/** Who tapped: the language of their app, which may change and so is taken from each tap, and in a group their name. */
function tapper(chat: Chat | undefined, from: User | null | undefined): { locale?: string; speaker?: string } {
  const locale = from?.language_code ?? "";
  const speaker = chat === undefined || isPrivate(chat) ? undefined : nameOf(from);
  return { ...(/^[\w-]{2,35}$/.test(locale) ? { locale } : {}), ...(speaker === undefined ? {} : { speaker }) };
}

function membership({ chat, date, new_chat_member: { status } }: z.infer<typeof MyChatMember>): Reading {
  return {
    contact: String(chat.id),
    contactName: nameOf(chat) ?? null,
    messageId: null,
    at: date * 1_000,
    content: { kind: "reachability", reachable: !OUT.has(status) },
  };
}

function around({ chat, message_id: id }: Message): Pick<Reading, "contact" | "contactName" | "messageId"> {
  return { contact: String(chat.id), contactName: nameOf(chat) ?? null, messageId: String(id) };
}

function isPrivate({ type }: Chat): boolean {
  return type === "private";
}

/** A group's title, or what a person is called. */
function nameOf(who: Chat | User | null | undefined): string | undefined {
  if (who == null) return undefined;
  const title = "title" in who ? who.title : null;
  const parts = [who.first_name, who.last_name].filter((part) => typeof part === "string" && part !== "");
  return title || parts.join(" ") || undefined;
}
