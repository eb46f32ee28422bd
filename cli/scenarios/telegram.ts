/** Scenario steps in Telegram's words: the updates that it would post, one in each webhook. */
import { createHash } from "node:crypto";
import { FIRST_SIMULATED_CHAT } from "../../src/core/conversation.ts";
import { at, isContainer, textAt, type BodyEvent } from "./body.ts";
import type { Dialect } from "./dialect.ts";
import type { PostedMessage } from "./history.ts";
import type { Circumstances } from "./messenger.ts";
import { KINDS, type AttachmentType, type Happening } from "./scenario.ts";

/** Who speaks in a group is told beside the group. */
const NAME = "Lan";
/** Numbers up to here, from `FIRST_SIMULATED_CHAT` on, are exact in JSON. */
const ROOM = 2 ** 48;

export const DIALECT: Dialect = {
  pathOf: (bot) => `/api/webhooks/telegram/${bot}`,
  refuses,
  posts: (happenings) => happenings.flatMap(single).map((happening) => [happening]),
  webhookOf: (label, [happening], _standby, about) => {
    const kinds = happening === undefined ? {} : kindsOf(label, happening, about);
    return { update_id: updateId(about.midOf(label)), ...kinds };
  },
  messagesOf: (label, [happening], about) => (happening === undefined ? [] : messagesOf(label, happening, about)),
  eventsOf,
  wordsOf: (label, about) => ({
    $contact: Number(about.contact),
    $page: about.page,
    $mid: messageId(about.midOf(label)),
    $update: updateId(about.midOf(label)),
    $now: secondsOf(about.at),
  }),
  contactOf(name, group) {
    if (!name.startsWith("sim-")) return name;
    const chat = FIRST_SIMULATED_CHAT + numberFrom(`chat ${name}`, ROOM);
    return String(group ? -chat : chat);
  },
  files: {
    image: "photo.jpg",
    video: "video.mp4",
    audio: "voice.oga",
    file: "price-list.pdf",
    sticker: "sticker.png",
    location: "",
    contact: "",
    share: "",
  },
};

const NOT_TOLD: Readonly<Partial<Record<Happening["kind"], string>>> = {
  unsend: "Telegram does not tell bots what is deleted",
  "human-echo": "Telegram has no inbox of the page's own",
  "own-echo": "Telegram shows a bot nothing of what it sent",
  delivery: "Telegram does not tell bots what is delivered",
  read: "Telegram does not tell bots what is read",
  optin: "Telegram has no opt-ins",
  handover: "Telegram has no threads to hand over",
};

function refuses(happening: Happening, standby: boolean): string | null {
  if (standby) return "Telegram has no standby";
  if (happening.kind === "text" && happening.quickReply !== undefined)
    return "on Telegram a quick reply is a plain text";
  if (happening.kind === "attachment" && happening.types.includes("share")) return "on Telegram a link is a plain text";
  return NOT_TOLD[happening.kind] ?? null;
}

/** Telegram sends one thing in each message; several at once are an album, with the words under its first. */
function single(happening: Happening): Happening[] {
  if (happening.kind !== "attachment" || happening.types.length === 1) return [happening];
  return happening.types.map((type, index) => ({
    kind: "attachment",
    types: [type],
    album: index,
    ...(index === 0 && happening.caption !== undefined ? { caption: happening.caption } : {}),
  }));
}

function kindsOf(label: string, happening: Happening, about: Circumstances): Record<string, unknown> {
  const frame = frameOf(label, about);
  switch (happening.kind) {
    case "text":
      return { message: { ...frame, ...wordsSaid(happening.text), ...context(happening, about) } };
    case "referral":
      return { message: { ...frame, ...wordsSaid(`/start ${happening.ref}`) } };
    case "attachment": {
      const { types, caption, album } = happening;
      const [type = "image"] = types;
      return {
        message: {
          ...frame,
          ...fileOf(type, about.fileOf(type, album ?? 0)),
          ...(caption === undefined ? {} : { caption }),
          ...(album === undefined ? {} : { media_group_id: String(messageId(about.midOf(albumIn(label)))) }),
          ...context(happening, about),
        },
      };
    }
    case "postback":
      return { callback_query: pressOf(label, happening, about) };
    case "edit": {
      const { of, text } = happening;
      const before = frameOf(of, about);
      return { edited_message: { ...before, edit_date: secondsOf(about.at), ...wordsSaid(text) } };
    }
    case "reaction": {
      const { message_id, chat, from: user, date } = frameOf(happening.to, about);
      const new_reaction = [{ type: "emoji", emoji: happening.emoji }];
      return { message_reaction: { message_id, chat, user, date, old_reaction: [], new_reaction } };
    }
    case "reachability": {
      const { chat, from, date } = frame;
      const user = botOf(about);
      const member = (status: string): unknown => ({ status, user });
      const [before, after] = happening.reachable ? ["kicked", "member"] : ["member", "kicked"];
      return { my_chat_member: { chat, from, date, old_chat_member: member(before), new_chat_member: member(after) } };
    }
    default:
      throw new Error(refuses(happening, false) ?? `Telegram has no ${happening.kind}`);
  }
}

/** A message without its content. */
function frameOf(label: string, { contact, group, at, midOf }: Circumstances): Record<string, unknown> {
  const chat = Number(contact);
  const person = { id: Math.abs(chat), first_name: NAME };
  return {
    message_id: messageId(midOf(label)),
    date: secondsOf(at),
    chat: group ? { id: chat, type: "supergroup", title: "Hội yêu hoa" } : { ...person, id: chat, type: "private" },
    from: { ...person, is_bot: false, language_code: "vi" },
  };
}

function wordsSaid(text: string): Record<string, unknown> {
  const command = /^\/\w{1,32}(?:@\w+)?/.exec(text)?.[0];
  if (command === undefined) return { text };
  return { text, entities: [{ type: "bot_command", offset: 0, length: command.length }] };
}

/** In a group the bot is meant when it is answered. */
function context(happening: Happening, about: Circumstances): Record<string, unknown> {
  if (happening.kind === "text" && happening.replyTo !== undefined) {
    return { reply_to_message: frameOf(happening.replyTo, about) };
  }
  const aside = happening.kind === "text" && happening.aside === true;
  if (!about.group || aside) return {};
  return { reply_to_message: { ...frameOf("bot", about), from: botOf(about), text: about.reply?.text ?? "…" } };
}

function pressOf(
  label: string,
  { title, payload }: Happening & { kind: "postback" },
  about: Circumstances,
): Record<string, unknown> {
  const { from, ...frame } = frameOf("bot", about);
  const keyboard = { inline_keyboard: [[{ text: title, callback_data: payload }]] };
  const message = { ...frame, from: botOf(about), text: about.reply?.text ?? "…", reply_markup: keyboard };
  const id = String(updateId(about.midOf(label)));
  return { id, from, chat_instance: id, data: payload, message };
}

function fileOf(type: AttachmentType, file_id: string): Record<string, unknown> {
  const file = { file_id, file_unique_id: `u-${file_id}` };
  switch (type) {
    case "image":
      return {
        photo: [
          { ...file, file_id: `small-${file_id}`, width: 90, height: 60 },
          { ...file, width: 1280, height: 853 },
        ],
      };
    case "video":
      return { video: { ...file, width: 640, height: 360, duration: 3, mime_type: "video/mp4" } };
    case "audio":
      return { voice: { ...file, duration: 3, mime_type: "audio/ogg" } };
    case "file":
      return { document: { ...file, file_name: "bang-gia.pdf", mime_type: "application/pdf" } };
    case "sticker":
      return { sticker: { ...file, type: "regular", width: 512, height: 512, emoji: "👍" } };
    case "location":
      return { location: { latitude: 10.7725, longitude: 106.698 } };
    case "contact":
      return { contact: { phone_number: "+84900000000", first_name: "Minh" } };
    case "share":
      throw new Error("on Telegram a link is a plain text");
  }
}

function messagesOf(label: string, happening: Happening, { page, group }: Circumstances): PostedMessage[] {
  // In a group the history says who spoke.
  const said = (text: string): string[] => (group ? [text, `${NAME}: ${text}`] : [text]);
  switch (happening.kind) {
    case "text":
      return [{ label, page, texts: said(happening.text), attachments: [] }];
    case "referral":
      return [{ label, page, texts: said(`/start ${happening.ref}`), attachments: [] }];
    case "postback":
      return [{ label, page, texts: [happening.title], attachments: [] }];
    case "attachment": {
      // Files have an id and no address, so they cannot be told apart by one.
      const attachments = happening.types.map((type) => ({ kind: KINDS[type], url: null }));
      return [{ label, page, texts: said(happening.caption ?? ""), attachments }];
    }
    default:
      return [];
  }
}

function eventsOf(body: unknown): BodyEvent[] {
  if (!isContainer(body)) return [];
  return Object.entries(body)
    .filter(([kind, value]) => kind !== "update_id" && isContainer(value))
    .map(([kind, value]) => {
      const said = at(value, "message") ?? value;
      const contact =
        textAt(at(said, "chat"), "id") ?? textAt(at(value, "from"), "id") ?? textAt(at(value, "user"), "id");
      const text =
        kind === "callback_query" ? textAt(value, "data") : (textAt(value, "text") ?? textAt(value, "caption"));
      const isSaid = kind === "message" || kind === "callback_query";
      return { page: null, contact, text: isSaid ? (text ?? "") : null };
    });
}

function botOf({ page }: Circumstances): Record<string, unknown> {
  return { id: Number(page), is_bot: true, first_name: "Bot" };
}

function albumIn(label: string): string {
  return `${label.replace(/\.\d+$/, "")} album`;
}

function secondsOf(at: number): number {
  return Math.floor(at / 1_000);
}

/** Far above the real ones, so that a live bot never takes one of its own updates for a copy of ours. */
function updateId(mid: string): number {
  return FIRST_SIMULATED_CHAT + numberFrom(`update ${mid}`, ROOM);
}

function messageId(mid: string): number {
  return 1 + numberFrom(`message ${mid}`, 2 ** 31 - 2);
}

/** The same number for the same text, below `room`. */
function numberFrom(text: string, room: number): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6) % room;
}
