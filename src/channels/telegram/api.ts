import { call, type CallOutcome } from "../call.ts";
import type { Method, Params } from "./shapes.ts";

/** What every call to the Bot API needs. */
export interface ApiSettings {
  /** Without a slash at the end, e.g. https://api.telegram.org. */
  readonly apiBase: string;
  readonly sendTimeoutMs: number;
}

/**
 * Calls a method. Telegram takes the token in the address only, so no address is ever told: `call` keeps them out of its
 * reasons.
 */
export function botCall<M extends Method>(
  settings: ApiSettings,
  method: M,
  token: string,
  json: Params<M>,
  signal: AbortSignal,
): Promise<CallOutcome> {
  return call(
    { method: "POST", url: addressOf(settings, token, method), json, timeoutMs: settings.sendTimeoutMs },
    signal,
  );
}

/** The address of a method; with "file/" before the token, that of a file. */
export function addressOf({ apiBase }: ApiSettings, token: string, path: string, before: "" | "file/" = ""): string {
  // Put together as text: a base that is no address then fails in the call, as an outcome, and not here.
  return `${apiBase.replace(/\/+$/, "")}/${before}bot${encodeURIComponent(token).replaceAll("%3A", ":")}/${path}`;
}

/** Ids are text with us and numbers there; what is no number may be a channel's `@name`. */
export function chatIdOf(contact: string): number | string {
  const number = /^-?\d{1,16}$/.test(contact) ? Number(contact) : Number.NaN;
  return Number.isSafeInteger(number) ? number : contact;
}
