/** What an answer of the Bot API means for a message: by its code, and for 400, which says anything, by a few known phrases. */
import type { SendOutcome } from "../../core/delivery.ts";
import { retryAfterMs } from "../../core/call-phase.ts";
import { Answer, SentMessage } from "./schema.ts";

/** Longest wait taken from an answer: a day, as for `Retry-After`. */
const LONGEST_PATIENCE_S = 24 * 3_600;

/** Refusals of one chat that come as 400. Source: tdlib/telegram-bot-api, which makes 400 of Telegram's capital words. */
const CHAT_REFUSALS = [
  "chat not found",
  "user not found",
  "PEER_ID_INVALID",
  "USER_IS_BLOCKED",
  "INPUT_USER_DEACTIVATED",
  "CHAT_WRITE_FORBIDDEN",
  "not enough rights",
  "have no rights to send",
] as const;

/** All that a reason may repeat: other words of Telegram's may quote what was sent. */
const TELLING = [
  ...CHAT_REFUSALS,
  "bot was blocked by the user",
  "user is deactivated",
  "bot was kicked",
  "bot is not a member",
  "the group chat was deleted",
  "bot can't initiate conversation",
  "bot can't send messages to bots",
  "message text is empty",
  "message is too long",
  "message thread not found",
  "can't parse entities",
  "BUTTON_DATA_INVALID",
  "upgraded to a supergroup",
  "Unauthorized",
  "method not found",
  "unallowed token",
] as const;

/** Reads one answer. `body` need not be JSON: gateways answer in HTML. */
export function outcomeOf(status: number, headers: Headers, body: string): SendOutcome {
  const answer = Answer.safeParse(body).data;
  if (answer?.ok !== false && status >= 200 && status < 300) {
    const sent = SentMessage.safeParse(answer?.result).data;
    return sent === undefined
      ? { kind: "ambiguous", reason: `accepted without a message id (HTTP ${status})` }
      : { kind: "sent", messageId: String(sent.message_id) };
  }
  const code = answer?.ok === false ? (answer.error_code ?? status) : status;
  const reason = describe(code, status, answer);
  switch (code) {
    case 429:
      return { kind: "throttled", afterMs: patienceMs(answer) ?? retryAfterMs(headers), reason };
    case 400:
      return refusal(answer, reason);
    case 403:
      return { kind: "recipient", reason };
    // The token is part of the path, so a malformed one is not found; 421 is a server of one's own that does not serve it.
    case 401:
    case 404:
    case 421:
      return { kind: "account", reason };
    case 408:
      return { kind: "unlikely", reason };
  }
  return { kind: code >= 500 || code < 400 ? "unlikely" : "request", reason };
}

/** Whether Telegram could not read the marks of a message, which then goes as plain text. */
export function isUnreadable(status: number, body: string): boolean {
  return status === 400 && /can't parse entities/i.test(Answer.safeParse(body).data?.description ?? "");
}

function refusal(answer: Answer | undefined, reason: string): SendOutcome {
  const movedTo = answer?.parameters?.migrate_to_chat_id;
  if (movedTo !== undefined) return { kind: "moved", to: String(movedTo), reason };
  const description = answer?.description ?? "";
  return { kind: CHAT_REFUSALS.some((words) => description.includes(words)) ? "recipient" : "request", reason };
}

function patienceMs(answer: Answer | undefined): number | null {
  const seconds = answer?.parameters?.retry_after ?? 0;
  return seconds > 0 ? Math.ceil(Math.min(seconds, LONGEST_PATIENCE_S) * 1_000) : null;
}

function describe(code: number, status: number, answer: Answer | undefined): string {
  if (answer === undefined) return `HTTP ${status} without an answer of the Bot API`;
  const words = TELLING.find((phrase) => (answer.description ?? "").includes(phrase));
  return `Bot API error ${code}${words === undefined ? "" : `: ${words}`}`;
}
