/** sendMessage, editMessageText, sendChatAction: what a bot shows people, checked as strictly as Telegram checks it. */
import type { Clock } from "../../core/clock.ts";
import { asText, type JsonObject } from "../json.ts";
import { badRequest, type BotError, type BotResult } from "./answer.ts";
import { asInteger } from "./call.ts";
import { chatShape, type Chats } from "./chats.ts";
import { readHtml, type Formatted } from "./html.ts";
import { checkMarkup } from "./keyboard.ts";

/** A message that was accepted, whether or not its answer reached the caller. */
export interface BotMessage {
  /** The bot's id, as text. */
  readonly bot: string;
  readonly chat: number;
  /** What people read: without marks. */
  readonly text: string;
  readonly entities: readonly JsonObject[];
  /** The parameters as they were sent. */
  readonly body: JsonObject;
  readonly messageId: number;
  /** Epoch ms. */
  readonly at: number;
}

/** A chat action that was accepted: typing. */
export interface BotAction {
  readonly bot: string;
  readonly chat: number;
  readonly action: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Who speaks. */
export interface BotIdentity {
  /** The digits of its token. */
  readonly id: string;
  /** Without "@". */
  readonly username: string;
  readonly name: string;
}

/** Counted after the marks are read. */
const TEXT_UNITS = 4_096;
const CHAT_ACTIONS = [
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
];
const NOT_MODIFIED =
  "message is not modified: specified new message content and reply markup are exactly the same as a current content " +
  "and reply markup of the message";

export class Messages {
  readonly sent: BotMessage[] = [];
  /** Accepted edits, each as the message reads afterwards. */
  readonly edits: BotMessage[] = [];
  readonly actions: BotAction[] = [];
  private readonly current = new Map<string, BotMessage>();
  private lastId: number;

  /** @param firstId where message ids begin: they go on from what people wrote */
  constructor(
    private readonly chats: Chats,
    private readonly clock: Clock,
    firstId: number,
  ) {
    this.lastId = firstId;
  }

  /** The next message id, for what people write too. */
  nextId(): number {
    return ++this.lastId;
  }

  send(bot: BotIdentity, params: JsonObject): BotResult {
    const readable = this.read(params);
    if ("code" in readable) return readable;
    const { chat, text, entities } = readable;
    const message = {
      bot: bot.id,
      chat,
      text,
      entities,
      body: params,
      messageId: this.nextId(),
      at: this.clock.now(),
    };
    this.sent.push(message);
    this.current.set(keyOf(message), message);
    return { ok: shapeOf(bot, message) };
  }

  edit(bot: BotIdentity, params: JsonObject): BotResult {
    const readable = this.read(params);
    if ("code" in readable) return readable;
    const { chat, text, entities } = readable;
    const messageId = asInteger(params["message_id"]) ?? 0;
    const before = this.current.get(keyOf({ bot: bot.id, chat, messageId }));
    if (before === undefined) return badRequest("message to edit not found");
    const looks = (message: Pick<BotMessage, "text" | "entities" | "body">): string =>
      JSON.stringify([message.text, message.entities, message.body["reply_markup"] ?? null]);
    const after = { ...before, text, entities, body: params };
    if (looks(before) === looks(after)) return badRequest(NOT_MODIFIED);
    this.current.set(keyOf(after), after);
    this.edits.push(after);
    return { ok: { ...shapeOf(bot, after), edit_date: Math.trunc(this.clock.now() / 1_000) } };
  }

  act(bot: BotIdentity, params: JsonObject): BotResult {
    const chat = this.chats.find(params["chat_id"]);
    if (typeof chat !== "number") return chat;
    const action = asText(params["action"]) ?? "";
    if (!CHAT_ACTIONS.includes(action)) return badRequest("wrong parameter action in request");
    this.actions.push({ bot: bot.id, chat, action, at: this.clock.now() });
    return { ok: true };
  }

  private read(params: JsonObject): BotError | (Formatted & { readonly chat: number }) {
    const chat = this.chats.find(params["chat_id"]);
    if (typeof chat !== "number" && chat.description.includes("chat_id")) return chat;
    const formatted = formattedOf(params);
    if ("code" in formatted) return formatted;
    const markup = checkMarkup(params["reply_markup"]);
    if (markup !== null) return markup;
    return typeof chat === "number" ? { ...formatted, chat } : chat;
  }
}

function formattedOf(params: JsonObject): Formatted | BotError {
  const written = asText(params["text"]) ?? "";
  if (!written.isWellFormed()) return badRequest("text must be encoded in UTF-8");
  const mode = params["parse_mode"];
  const isHtml = asText(mode)?.toLowerCase() === "html";
  if (mode !== undefined && mode !== "" && !isHtml) return badRequest("unsupported parse_mode: the sandbox reads HTML");
  const formatted = isHtml ? readHtml(written) : { text: written, entities: [] };
  if (typeof formatted === "string") return badRequest(`can't parse entities: ${formatted}`);
  if (formatted.text.trim() === "") return badRequest("message text is empty");
  return formatted.text.length > TEXT_UNITS ? badRequest("message is too long") : formatted;
}

function shapeOf(bot: BotIdentity, { chat, text, entities, body, messageId, at }: BotMessage): JsonObject {
  const markup = body["reply_markup"];
  return {
    message_id: messageId,
    from: { id: Number(bot.id), is_bot: true, first_name: bot.name, username: bot.username },
    chat: chatShape(chat),
    date: Math.trunc(at / 1_000),
    text,
    ...(entities.length === 0 ? {} : { entities }),
    ...(markup === undefined ? {} : { reply_markup: markup }),
  };
}

function keyOf({ bot, chat, messageId }: Pick<BotMessage, "bot" | "chat" | "messageId">): string {
  return `${bot} ${chat} ${messageId}`;
}
