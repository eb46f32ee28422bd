import type { Access } from "../../core/account.ts";
import type { Mark, OutgoingMessage } from "../../core/channel.ts";
import type { SendOutcome } from "../../core/delivery.ts";
import { meaningOf } from "../call.ts";
import { botCall, chatIdOf, type ApiSettings } from "./api.ts";
import { textOf } from "./html.ts";
import { isUnreadable, outcomeOf } from "./outcome.ts";
import { StoredMessage } from "./schema.ts";

/**
 * Makes one attempt. A message whose marks Telegram cannot read was surely not sent, so it is sent as plain text within the
 * same attempt. There is no field for the delivery id: Telegram shows nothing back.
 */
export async function send(settings: ApiSettings, message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
  const stored = StoredMessage.safeParse(message.body);
  if (!stored.success) return { kind: "request", reason: "the stored message is no message object" };
  const { parse_mode: mode, ...plain } = stored.data;
  const { access, contact } = message;
  const chat = { chat_id: chatIdOf(contact) };
  const first = await botCall(
    settings,
    "sendMessage",
    access.token,
    { ...plain, ...(mode === undefined ? {} : { parse_mode: mode }), ...chat },
    signal,
  );
  if (mode === undefined || first.kind !== "answered" || !isUnreadable(first.status, first.body))
    return meaningOf(first, outcomeOf);
  const text = textOf(plain.text);
  const second = await botCall(settings, "sendMessage", access.token, { ...plain, ...chat, text }, signal);
  return meaningOf(second, outcomeOf);
}

/** Stops the clock on a button that was pressed. Telegram takes it for some minutes; whatever goes wrong is let go. */
export async function confirm(
  settings: ApiSettings,
  access: Access,
  queryId: string,
  signal: AbortSignal,
): Promise<void> {
  await botCall(settings, "answerCallbackQuery", access.token, { callback_query_id: queryId }, signal);
}

/** Shows typing, which ends by itself after 5 s or with the next message. Bots cannot mark messages as seen. */
export async function mark(
  settings: ApiSettings,
  access: Access,
  contact: string,
  what: Mark,
  signal: AbortSignal,
): Promise<void> {
  if (what !== "typing_on") return;
  await botCall(settings, "sendChatAction", access.token, { chat_id: chatIdOf(contact), action: "typing" }, signal);
}
