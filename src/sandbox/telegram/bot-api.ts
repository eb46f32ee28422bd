/**
 * A Bot API that knows some bots, as far as a bot that chats needs it. Source of its rules and words: Bot API 10.3 and
 * tdlib/telegram-bot-api.
 *
 * Stricter than many a fake: updates come again until they are taken, in order inside a chat, and what Telegram refuses is
 * refused. Milder than Telegram in three things: everybody may be written to first, nobody counts messages a second, and
 * webhooks may be on the loopback.
 */
import type { Clock } from "../../core/clock.ts";
import { underFault, type Endpoint, type Faults } from "../faults.ts";
import type { JsonObject } from "../json.ts";
import type { Handler, HttpAnswer, HttpCall } from "../listen.ts";
import {
  badRequest,
  botAnswer,
  METHOD_NOT_FOUND,
  NOT_FOUND,
  orderedBotError,
  UNAUTHORIZED,
  type BotResult,
} from "./answer.ts";
import { readBotCall, type BotCall } from "./call.ts";
import { chatShape, Chats } from "./chats.ts";
import { download, getFile } from "./files.ts";
import { Mailbox } from "./mailbox.ts";
import { Messages, type BotAction, type BotIdentity, type BotMessage } from "./messages.ts";
import { Presses, type PressAnswer } from "./presses.ts";
import { Webhook, type WebhookPost } from "./webhook.ts";

export interface SandboxBot {
  /** Begins with the bot's id: "7000000001:AA…". */
  readonly token: string;
  /** Without "@". */
  readonly username: string;
  readonly name: string;
}

export interface BotApiSettings {
  readonly bots: readonly SandboxBot[];
  /** Whether a webhook may be plain HTTP on any port, as at a Bot API server of one's own; true when left out. */
  readonly local?: boolean;
}

/** What a test sees of the Bot API, and may do in the place of people. */
export interface TelegramSandbox {
  /** Every message that was accepted, in order, also those whose answer never arrived. */
  readonly sent: readonly BotMessage[];
  readonly edits: readonly BotMessage[];
  readonly actions: readonly BotAction[];
  readonly pressAnswers: readonly PressAnswer[];
  /** Who cannot be written to, and which groups have moved. */
  readonly chats: Chats;
  /**
   * Something happened: `{ message: … }`, `{ my_chat_member: … }`. It goes to the bot's webhook, or waits for getUpdates.
   *
   * @returns its `update_id`; null when the bot has not asked for updates of this kind
   */
  tell(botId: string, kinds: JsonObject): number | null;
  /** Somebody writes: `fields` are those of a message (`text`, `photo`, …), and take the place of usual ones. */
  says(botId: string, chat: number, fields: JsonObject): number | null;
  /** Somebody presses a button; the press may be answered once. */
  presses(botId: string, chat: number, data: string, under?: JsonObject): number | null;
  /** As its owner would by setWebhook. */
  setWebhook(botId: string, url: string, secret: string): void;
  /** Every webhook POST so far. */
  posts(botId: string): readonly WebhookPost[];
  /** Resolves when no webhook is owed any more. */
  idle(): Promise<void>;
  /** Gives a bot another token; the one it had is dead from now on. */
  replaceToken(botId: string, token: string): void;
}

interface Bot extends BotIdentity {
  token: string;
  readonly mailbox: Mailbox;
  readonly webhook: Webhook;
  commands: unknown;
}

/** Two sandboxes of one database are to share no update or message id, so both begin at a place of their own. */
const ID_ROOM = 900_000_000;

export class BotApi implements TelegramSandbox {
  readonly chats = new Chats();
  private readonly messages: Messages;
  private readonly pressed: Presses;
  private readonly bots: readonly Bot[];

  constructor(
    settings: BotApiSettings,
    private readonly faults: Faults,
    private readonly count: (endpoint: Endpoint) => void,
    seed: number,
    private readonly clock: Clock,
  ) {
    const first = 1 + (Math.abs(Math.trunc(seed)) % ID_ROOM);
    this.messages = new Messages(this.chats, clock, first);
    this.pressed = new Presses(clock);
    this.bots = settings.bots.map(({ token, username, name }) => {
      const mailbox = new Mailbox(clock, first);
      const webhook = new Webhook(mailbox, clock, settings.local ?? true);
      return { id: token.split(":", 1)[0] ?? "", token, username, name, mailbox, webhook, commands: [] };
    });
  }

  get sent(): readonly BotMessage[] {
    return this.messages.sent;
  }

  get edits(): readonly BotMessage[] {
    return this.messages.edits;
  }

  get actions(): readonly BotAction[] {
    return this.messages.actions;
  }

  get pressAnswers(): readonly PressAnswer[] {
    return this.pressed.answers;
  }

  readonly handle: Handler = async (http) => {
    const call = await readBotCall(http);
    this.count(call.endpoint);
    const work = (): Promise<HttpAnswer> => this.answer(call, http);
    const fault = this.faults.take(call.endpoint, http);
    return underFault(fault, work, (error) => botAnswer(orderedBotError(error)), this.clock, http.gone);
  };

  tell(botId: string, kinds: JsonObject): number | null {
    return this.named(botId).mailbox.put(kinds);
  }

  says(botId: string, chat: number, fields: JsonObject): number | null {
    return this.tell(botId, { message: { ...this.frame(chat), ...fields } });
  }

  presses(botId: string, chat: number, data: string, under: JsonObject = {}): number | null {
    const frame = this.frame(chat);
    const { from } = frame;
    const id = `${this.messages.nextId()}`;
    this.pressed.opened(botId, id);
    const message = { ...frame, text: "?", ...under };
    return this.tell(botId, { callback_query: { id, from, chat_instance: `c${chat}`, data, message } });
  }

  setWebhook(botId: string, url: string, secret: string): void {
    this.named(botId).webhook.set({ url, secret_token: secret });
  }

  posts(botId: string): readonly WebhookPost[] {
    return this.named(botId).webhook.posts;
  }

  async idle(): Promise<void> {
    await Promise.all(this.bots.map(({ webhook }) => webhook.idle()));
  }

  replaceToken(botId: string, token: string): void {
    this.named(botId).token = token;
  }

  stop(): void {
    for (const { webhook } of this.bots) webhook.stop();
  }

  private async answer(call: BotCall, http: HttpCall): Promise<HttpAnswer> {
    if (!/^\d+:[\w-]+$/.test(call.token)) return botAnswer(NOT_FOUND);
    const bot = this.bots.find(({ token }) => token === call.token);
    if (bot === undefined) return botAnswer(UNAUTHORIZED);
    if (call.endpoint === "file") return download(call.filePath, http, this.clock);
    return botAnswer(await this.result(bot, call, http));
  }

  private async result(bot: Bot, { endpoint, params }: BotCall, http: HttpCall): Promise<BotResult> {
    switch (endpoint) {
      case "getMe":
        return { ok: meOf(bot) };
      case "getUpdates":
        return bot.webhook.url === "" ? await bot.mailbox.poll(params, http.gone) : WEBHOOK_IS_ACTIVE;
      case "setWebhook":
        return bot.webhook.set(params);
      case "deleteWebhook":
        return bot.webhook.remove(params);
      case "getWebhookInfo":
        return bot.webhook.info();
      case "sendMessage":
        return this.messages.send(bot, params);
      case "sendChatAction":
        return this.messages.act(bot, params);
      case "editMessageText":
        return this.messages.edit(bot, params);
      case "answerCallbackQuery":
        return this.pressed.answer(bot.id, params);
      case "getFile":
        return await getFile(params["file_id"], http, this.clock);
      case "setMyCommands":
        if (!Array.isArray(params["commands"])) return badRequest("commands must be an array");
        bot.commands = params["commands"];
        return { ok: true };
      case "getMyCommands":
        return { ok: bot.commands };
      default:
        return METHOD_NOT_FOUND;
    }
  }

  private named(botId: string): Bot {
    const bot = this.bots.find(({ id }) => id === botId);
    if (bot === undefined) throw new Error(`the sandbox has no bot ${botId}`);
    return bot;
  }

  /** A message of somebody's without its content. Who writes in a group is not the group. */
  private frame(chat: number): JsonObject {
    return {
      message_id: this.messages.nextId(),
      date: Math.trunc(this.clock.now() / 1_000),
      chat: chatShape(chat),
      from: { id: Math.abs(chat), is_bot: false, first_name: "Lan", language_code: "vi" },
    };
  }
}

const WEBHOOK_IS_ACTIVE: BotResult = {
  code: 409,
  description:
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
};

function meOf({ id, username, name }: BotIdentity): JsonObject {
  return {
    id: Number(id),
    is_bot: true,
    first_name: name,
    username,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
  };
}
