/** What the Bot API answers, in its own form. */
import type { PlatformError } from "../faults.ts";
import type { JsonObject } from "../json.ts";
import { json, type HttpAnswer } from "../listen.ts";

/** A refusal. Its status is its `code`. */
export interface BotError {
  readonly code: number;
  /** With the prefix that Telegram puts before it: "Bad Request: …". */
  readonly description: string;
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
  readonly headers?: Readonly<Record<string, string>>;
}

/** `description` goes beside the result, as setWebhook has one. */
export type BotResult = BotError | { readonly ok: unknown; readonly description?: string };

export const UNAUTHORIZED: BotError = { code: 401, description: "Unauthorized" };
/** Also for a token that is none. */
export const NOT_FOUND: BotError = { code: 404, description: "Not Found" };
export const METHOD_NOT_FOUND: BotError = { code: 404, description: "Not Found: method not found" };

const PREFIXES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
};

export function badRequest(what: string): BotError {
  return { code: 400, description: `Bad Request: ${what}` };
}

export function tooMany(seconds: number): BotError {
  return {
    code: 429,
    description: `Too Many Requests: retry after ${seconds}`,
    parameters: { retry_after: seconds },
  };
}

/** A group became a supergroup, and has another number since. */
export function migratedTo(chat: number): BotError {
  return {
    ...badRequest("group chat was upgraded to a supergroup chat"),
    parameters: { migrate_to_chat_id: chat },
  };
}

/** An ordered failure in Telegram's words. */
export function orderedBotError(error: PlatformError): BotError {
  const headers = error.headers === undefined ? {} : { headers: error.headers };
  if (error.migrateTo !== undefined) return { ...migratedTo(error.migrateTo), ...headers };
  const ordered = error.status ?? (typeof error.code === "number" ? error.code : null);
  const code = ordered ?? (error.retryAfterS === undefined ? 500 : 429);
  if (error.retryAfterS !== undefined) {
    const patience = tooMany(error.retryAfterS);
    return { ...patience, code, description: error.message ?? patience.description, ...headers };
  }
  const description = error.message ?? PREFIXES[code] ?? "Internal Server Error";
  return { code, description, ...headers };
}

export function botAnswer(result: BotResult): HttpAnswer {
  if ("ok" in result) {
    const { ok, description } = result;
    return json(200, { ok: true, result: ok, ...(description === undefined ? {} : { description }) });
  }
  const { code, description, parameters, headers } = result;
  const body: JsonObject = {
    ok: false,
    error_code: code,
    description,
    ...(parameters === undefined ? {} : { parameters }),
  };
  const patience = parameters?.retry_after;
  return json(code, body, { ...(patience === undefined ? {} : { "retry-after": String(patience) }), ...headers });
}
