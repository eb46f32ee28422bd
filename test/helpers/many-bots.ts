/** A Bot API with several bots: webhooks as notes, updates to be polled, and noes where a test wants them. */
import { z } from "zod";

const Call = z.looseObject({
  url: z.string().optional(),
  secret_token: z.string().optional(),
  allowed_updates: z.array(z.string()).optional(),
  offset: z.int().optional(),
  timeout: z.number().optional(),
  chat_id: z.int().optional(),
  text: z.string().optional(),
});

export interface FakeBot {
  readonly id: number;
  readonly username: string;
  token: string;
  url: string;
  secret: string;
  allowed: readonly string[] | null;
  /** What getWebhookInfo tells besides. */
  info: Record<string, unknown>;
  /** Updates that nobody has confirmed. */
  queue: Record<string, unknown>[];
  /** Offsets of getUpdates, as they came. */
  readonly offsets: (number | null)[];
  /** Texts of its messages. */
  readonly sent: string[];
  /** The next answers of a method, before it works again. */
  readonly noes: Map<string, Response[]>;
}

export interface ManyBots {
  readonly url: string;
  /** Every call, as "bot method". */
  readonly calls: string[];
  /** Bodies of the calls, in the same order. */
  readonly bodies: Record<string, unknown>[];
  bot(id: number, username?: string): FakeBot;
  /** Something is written to a bot that is polled. */
  write(bot: FakeBot, update: Record<string, unknown>): void;
  stop(): Promise<void>;
}

function no(code: number, description: string, parameters?: Record<string, number>): Response {
  return Response.json({ ok: false, error_code: code, description, parameters }, { status: code });
}

export function startManyBots(): ManyBots {
  const bots = new Map<number, FakeBot>();
  const calls: string[] = [];
  const bodies: Record<string, unknown>[] = [];
  const yes = (result: unknown, description?: string): Response => Response.json({ ok: true, result, description });
  let written = Promise.withResolvers<void>();

  async function updates(bot: FakeBot, call: z.infer<typeof Call>, signal: AbortSignal): Promise<Response> {
    bot.offsets.push(call.offset ?? null);
    if (bot.url !== "") {
      return no(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    bot.allowed = call.allowed_updates ?? bot.allowed;
    bot.queue = bot.queue.filter(({ update_id: id }) => Number(id) >= (call.offset ?? 0));
    const ended = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve());
      setTimeout(resolve, (call.timeout ?? 0) * 1_000).unref();
    });
    if (bot.queue.length === 0) await Promise.race([written.promise, ended]);
    return yes(bot.queue);
  }

  async function answer(bot: FakeBot, method: string, call: z.infer<typeof Call>, request: Request): Promise<Response> {
    const refusal = bot.noes.get(method)?.shift();
    if (refusal !== undefined) return refusal;
    switch (method) {
      case "getMe":
        return yes({ id: bot.id, is_bot: true, first_name: "Tiệm Hoa", username: bot.username });
      case "setWebhook":
        Object.assign(bot, { url: call.url ?? "", secret: call.secret_token ?? "", allowed: call.allowed_updates });
        return yes(true, "Webhook was set");
      case "deleteWebhook":
        Object.assign(bot, { url: "", secret: "" });
        return yes(true, "Webhook was deleted");
      case "getWebhookInfo":
        return yes({
          url: bot.url,
          has_custom_certificate: false,
          pending_update_count: bot.queue.length,
          ...(bot.allowed === null ? {} : { allowed_updates: bot.allowed }),
          ...bot.info,
        });
      case "getUpdates":
        return await updates(bot, call, request.signal);
      case "sendMessage":
        bot.sent.push(call.text ?? "");
        return yes({ message_id: 10_000 + bot.sent.length, date: 1_795_000_000, chat: { id: call.chat_id } });
      case "sendChatAction":
        return yes(true);
    }
    return no(404, "Not Found: method not found");
  }

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    async fetch(request) {
      const [, named = "", method = ""] = new URL(request.url).pathname.split("/");
      const bot = [...bots.values()].find(({ token }) => named === `bot${token}`);
      const body: Record<string, unknown> = JSON.parse((await request.text()) || "{}");
      calls.push(`${bot?.id ?? "?"} ${method}`);
      bodies.push(body);
      return bot === undefined ? no(401, "Unauthorized") : await answer(bot, method, Call.parse(body), request);
    },
  });

  return {
    url: server.url.origin,
    calls,
    bodies,
    bot(id, username = `bot_${id}`) {
      const bot: FakeBot = {
        id,
        username,
        token: `${id}:AAE-a-token-of-thirty-five-characters`,
        url: "",
        secret: "",
        allowed: null,
        info: {},
        queue: [],
        offsets: [],
        sent: [],
        noes: new Map(),
      };
      bots.set(id, bot);
      return bot;
    },
    write(bot, update) {
      bot.queue.push(update);
      written.resolve();
      written = Promise.withResolvers();
    },
    stop: () => server.stop(true),
  };
}

/** A text that somebody sends to a bot. */
export function aText(id: number, text: string, person = 5_550_001): Record<string, unknown> {
  const chat = { id: person, type: "private", first_name: "Lan" };
  const date = Math.trunc(Date.now() / 1_000);
  return { update_id: id, message: { message_id: id, date, chat, from: { ...chat, is_bot: false }, text } };
}
