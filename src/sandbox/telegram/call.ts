/** A call to the Bot API, read: wherever its parameters were written, they are in one place afterwards. */
import { isObject, readJson, type JsonObject } from "../json.ts";
import { parametersIn, type HttpCall } from "../listen.ts";

/** What the sandbox knows; any other method is "method not found", as at Telegram. */
export const BOT_METHODS = [
  "getMe",
  "getUpdates",
  "setWebhook",
  "deleteWebhook",
  "getWebhookInfo",
  "sendMessage",
  "sendChatAction",
  "editMessageText",
  "answerCallbackQuery",
  "getFile",
  "setMyCommands",
  "getMyCommands",
] as const;

export type BotMethod = (typeof BOT_METHODS)[number];

/** Endpoints for ordered failures: a method by Telegram's own name, the download of a file, and whatever else was asked. */
export type BotEndpoint = BotMethod | "file" | "unknown_method";

/** How often each was called, before the first call. */
export function noBotCalls(): Record<BotEndpoint, number> {
  return {
    getMe: 0,
    getUpdates: 0,
    setWebhook: 0,
    deleteWebhook: 0,
    getWebhookInfo: 0,
    sendMessage: 0,
    sendChatAction: 0,
    editMessageText: 0,
    answerCallbackQuery: 0,
    getFile: 0,
    setMyCommands: 0,
    getMyCommands: 0,
    file: 0,
    unknown_method: 0,
  };
}

export interface BotCall {
  readonly endpoint: BotEndpoint;
  /** As it stands in the address; "" when there is none. */
  readonly token: string;
  /** For `file`: the path behind the token. */
  readonly filePath: string;
  readonly params: JsonObject;
}

/** Methods are known whatever their capitals. Parameters that are objects may be JSON texts inside a form. */
export async function readBotCall(http: HttpCall): Promise<BotCall> {
  const file = /^\/file\/bot([^/]*)\/(.+)$/.exec(http.path);
  if (file !== null) return { endpoint: "file", token: file[1] ?? "", filePath: file[2] ?? "", params: {} };
  const [, token = "", name = ""] = /^\/bot([^/]*)\/(?:test\/)?([^/]*)$/.exec(http.path) ?? [];
  const endpoint = BOT_METHODS.find((method) => method.toLowerCase() === name.toLowerCase()) ?? "unknown_method";
  const params: Record<string, unknown> = { ...Object.fromEntries(http.query), ...(await bodyOf(http)) };
  for (const [key, value] of Object.entries(params)) {
    const parsed = typeof value === "string" && /^\s*[[{]/.test(value) && key !== "text" ? readJson(value) : undefined;
    if (isObject(parsed) || Array.isArray(parsed)) params[key] = parsed;
  }
  return { endpoint, token: decodeURIComponent(token), filePath: "", params };
}

async function bodyOf(http: HttpCall): Promise<JsonObject> {
  const type = http.header("content-type") ?? "";
  if (http.body.length === 0 || !type.startsWith("multipart/form-data")) return parametersIn(http);
  const form = await new Response(http.body, { headers: { "content-type": type } }).formData();
  return Object.fromEntries(form.entries());
}

/** A whole number, also one that a form made a text of; null for anything else. */
export function asInteger(value: unknown): number | null {
  const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

/** A switch, also one that a form made a text of. */
export function asSwitch(value: unknown): boolean {
  return value === true || value === "true" || value === "True" || value === 1 || value === "1";
}
