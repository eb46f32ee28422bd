/** A small Bot API: takes what a bot sends, strict where Telegram is, and says no where a test wants it. */
import { z } from "zod";

const TEXT_UNITS = 4_096;
const Call = z.looseObject({
  chat_id: z.int().optional(),
  text: z.string().optional(),
  parse_mode: z.string().optional(),
});

/** What somebody is shown. */
export interface Shown {
  readonly chat: number;
  readonly text: string;
}

export interface BotApi {
  readonly url: string;
  /** Messages that were taken. */
  readonly sent: readonly Shown[];
  /** Every call, as "method chat". */
  readonly calls: readonly string[];
  /** Every call with what it carried, and when, epoch ms. */
  readonly asked: readonly { readonly method: string; readonly at: number; readonly json: z.infer<typeof Call> }[];
  /** Chats in which, after so many messages, Telegram asks for so many seconds of patience, once. */
  readonly busyAfter: Map<number, { readonly messages: number; readonly seconds: number }>;
  /** Groups that have become supergroups: the new id by the old one. */
  readonly movedTo: Map<number, number>;
  /** What people sent, by file id. */
  readonly files: Map<string, Uint8Array | "too big">;
  /** How often bytes were fetched. */
  fetched: number;
  /** Chats that have blocked the bot. */
  readonly blockedBy: Set<number>;
  /** Chats for which Telegram asks for so many seconds of patience, once. */
  readonly busyFor: Map<number, number>;
  stop(): Promise<void>;
}

export const BOT = {
  id: 7_000_000_001,
  username: "Tiem_Hoa_bot",
  token: "7000000001:AAEhBP0av28FH1xcmTv7WgW8Kq2sLd9Rz5o",
};

export function startBotApi(): BotApi {
  const sent: Shown[] = [];
  const calls: string[] = [];
  const files: BotApi["files"] = new Map();
  const asked: BotApi["asked"][number][] = [];
  const blockedBy = new Set<number>();
  const busyAfter: BotApi["busyAfter"] = new Map();
  const movedTo = new Map<number, number>();
  const busyFor = new Map<number, number>();
  const no = (code: number, description: string, parameters?: Record<string, number>): Response =>
    Response.json({ ok: false, error_code: code, description, parameters }, { status: code });
  const yes = (result: unknown): Response => Response.json({ ok: true, result });
  const take = (chat: number, text: string): Response => {
    const after = busyAfter.get(chat);
    const isAfter = after !== undefined && sent.filter((shown) => shown.chat === chat).length === after.messages;
    if (isAfter) busyAfter.delete(chat);
    const patience = busyFor.get(chat) ?? (isAfter ? after.seconds : undefined);
    busyFor.delete(chat);
    const to = movedTo.get(chat);
    if (to !== undefined)
      return no(400, "Bad Request: group chat was upgraded to a supergroup chat", { migrate_to_chat_id: to });
    if (patience !== undefined) {
      return no(429, `Too Many Requests: retry after ${patience}`, { retry_after: patience });
    }
    if (blockedBy.has(chat)) return no(403, "Forbidden: bot was blocked by the user");
    if (text === "") return no(400, "Bad Request: message text is empty");
    if (text.length > TEXT_UNITS) return no(400, "Bad Request: message is too long");
    sent.push({ chat, text });
    return yes({ message_id: 10_000 + sent.length, date: Math.trunc(Date.now() / 1_000), chat: { id: chat } });
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const [, bot, method = "", , name] = new URL(request.url).pathname.split("/");
      if (bot === "file") {
        const file = files.get(method === `bot${BOT.token}` ? (name ?? "").replace(".jpg", "") : "");
        api.fetched += 1;
        return file instanceof Uint8Array ? new Response(file) : new Response("gone", { status: 404 });
      }
      if (bot !== `bot${BOT.token}`) return no(401, "Unauthorized");
      const json = Call.parse(await request.json());
      const { chat_id: chat = 0, text = "" } = json;
      asked.push({ method, at: Date.now(), json });
      calls.push(`${method} ${chat}`);
      if (method === "getMe") {
        return yes({ id: BOT.id, is_bot: true, first_name: "Tiệm Hoa", username: BOT.username });
      }
      if (method === "getFile") {
        const id = String(json["file_id"]);
        const file = files.get(id);
        if (file === undefined) return no(400, "Bad Request: wrong file_id or the file is temporarily unavailable");
        if (file === "too big") return no(400, "Bad Request: file is too big");
        return yes({ file_id: id, file_unique_id: id, file_size: file.length, file_path: `photos/${id}.jpg` });
      }
      if (method === "answerCallbackQuery" && String(json["callback_query_id"]).startsWith("old")) {
        return no(400, "Bad Request: query is too old and response timeout expired or query ID is invalid");
      }
      if (method === "sendChatAction" || method === "answerCallbackQuery") return yes(true);
      return method === "sendMessage" ? take(chat, text) : no(404, "Not Found: method not found");
    },
  });
  const api: BotApi = {
    url: server.url.origin,
    sent,
    calls,
    asked,
    files,
    busyAfter,
    movedTo,
    fetched: 0,
    blockedBy,
    busyFor,
    stop: () => server.stop(true),
  };
  return api;
}
