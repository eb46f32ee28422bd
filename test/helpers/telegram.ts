/** A bot on Telegram, run as its owner would, and people who write to it. */
import type { Sandbox } from "../../src/sandbox/index.ts";
import { aFolder, onlyTelegram, startBot, theInternet, type Bot } from "./bot.ts";
import { BOT, startBotApi, type BotApi } from "./bot-api.ts";
import { until } from "./until.ts";

const SECRET = "the-webhook-secret";

export type Fields = Record<string, unknown>;

export class TelegramStage implements AsyncDisposable {
  private made = 0;

  private constructor(
    readonly bot: Bot,
    readonly api: BotApi,
    private readonly internet: Sandbox,
    private readonly folder: ReturnType<typeof aFolder>,
  ) {}

  /** Telegram alone; nothing writes answers but an echo, unless the settings name something else. */
  static async open(settings: (internet: Sandbox) => Record<string, string> = () => ({})): Promise<TelegramStage> {
    const folder = aFolder();
    const internet = await theInternet();
    const api = startBotApi();
    const bot = await startBot(folder.path, internet, {
      ...onlyTelegram(api.url),
      BOT_TOKEN: BOT.token,
      WEBHOOK_SECRET_TOKEN: SECRET,
      ...settings(internet),
    });
    await until("the account is known", async () => (await bot.list("/api/accounts")).length === 1);
    return new TelegramStage(bot, api, internet, folder);
  }

  /** Somebody new, so that tests do not meet. */
  somebody(): number {
    this.made += 1;
    return 5_550_000 + this.made;
  }

  /** The message object of somebody, or of somebody in a group. */
  message(person: number, fields: Fields): Fields {
    this.made += 1;
    const chat = { id: person, type: "private", first_name: "Lan" };
    const from = { id: person, is_bot: false, first_name: "Lan" };
    return { message_id: this.made, date: Math.trunc(Date.now() / 1_000), chat, from, ...fields };
  }

  async says(person: number, fields: Fields): Promise<Response> {
    return await this.post({ message: this.message(person, fields) });
  }

  async post(kinds: Fields): Promise<Response> {
    this.made += 1;
    return await fetch(`${this.bot.url}/api/webhooks/telegram`, {
      method: "POST",
      headers: { "x-telegram-bot-api-secret-token": SECRET },
      body: JSON.stringify({ update_id: this.made, ...kinds }),
    });
  }

  shownTo(chat: number): string[] {
    return this.api.sent.filter((shown) => shown.chat === chat).map(({ text }) => text);
  }

  /** Waits until a chat was shown so many messages. */
  async shown(chat: number, count = 1): Promise<string[]> {
    return await until(`${count} messages to ${chat}`, () => {
      const texts = this.shownTo(chat);
      return texts.length >= count ? texts : null;
    });
  }

  asked(method: string): Fields[] {
    return this.api.asked.filter((call) => call.method === method).map(({ json }) => json);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bot[Symbol.asyncDispose]();
    await this.api.stop();
    await this.internet.stop();
    this.folder[Symbol.dispose]();
  }
}
