import type { Action, KeptAction, RenderedPart, Reply } from "../../core/reply.ts";
import { clip, cut } from "../../core/sentences.ts";
import { isKey, keptUnderKey } from "../key.ts";
import { plainText } from "./plain.ts";

/** Meta allows 2000 characters without saying of which kind; emoji have been seen to shrink that, hence the margin. */
export const TEXT_LIMIT_UNITS = 1_900;
/** A reply longer than this many messages is clipped: nobody reads that in a chat. */
const MOST_PARTS = 20;

// Limits of Meta's Send API reference.
const TEMPLATE_TEXT_UNITS = 640;
const TEMPLATE_BUTTONS = 3;
const QUICK_REPLIES = 13;
const TITLE_UNITS = 20;
const PAYLOAD_UNITS = 1_000;

type Button =
  | { readonly type: "web_url"; readonly title: string; readonly url: string }
  | { readonly type: "phone_number"; readonly title: string; readonly payload: string };

interface QuickReply {
  readonly content_type: "text";
  readonly title: string;
  readonly payload: string;
}

/** The platform's message object; `metadata` is added when it is sent. */
type Message = (
  | { readonly text: string }
  | {
      readonly attachment: {
        readonly type: "template";
        readonly payload: {
          readonly template_type: "button";
          readonly text: string;
          readonly buttons: readonly Button[];
        };
      };
    }
) & { readonly quick_replies?: readonly QuickReply[] };

/**
 * A reply as Messenger messages, in order: texts of at most 1900 units, then button templates of 3 buttons for links and
 * phone numbers, the first of which takes over the end of the text so that nothing is said twice. Quick replies hang on the
 * last message, because they vanish when another one follows.
 *
 * An action that makes no valid button becomes a line of the text; quick replies beyond 13 are left out. A payload longer
 * than Meta takes is kept under a key.
 */
export function render(reply: Reply): RenderedPart[] {
  const buttons: Button[] = [];
  const quickReplies: QuickReply[] = [];
  const kept: KeptAction[] = [];
  const lines = [plainText(reply.text)];
  for (const action of reply.actions) {
    if (action.type === "reply" || action.type === "postback") {
      if (action.title.trim() !== "") quickReplies.push(quickReply(action, kept));
      continue;
    }
    const button = buttonOf(action);
    if (button === null) lines.push(asLine(action));
    else buttons.push(button);
  }
  const texts = withinReason(cut(lines.filter((line) => line !== "").join("\n"), TEXT_LIMIT_UNITS));
  const closing = buttons.length === 0 ? "" : splitEnd(texts);
  const messages: { text: string; message: Message }[] = texts.map((text) => ({ text, message: { text } }));
  for (let at = 0; at < buttons.length; at += TEMPLATE_BUTTONS) {
    const some = buttons.slice(at, at + TEMPLATE_BUTTONS);
    const text = at === 0 && closing !== "" ? closing : some.map((button) => button.title).join(" · ");
    messages.push({ text, message: template(text, some) });
  }
  if (messages.length === 0) messages.push({ text: "…", message: { text: "…" } });
  return messages.map(({ text, message }, at) => {
    const isLast = at === messages.length - 1;
    const whole =
      isLast && quickReplies.length > 0 ? { ...message, quick_replies: quickReplies.slice(0, QUICK_REPLIES) } : message;
    return { text, body: JSON.stringify(whole), ...(isLast && kept.length > 0 ? { kept } : {}) };
  });
}

/** At most 20 parts; the last one says by "…" that something is missing. */
function withinReason(texts: string[]): string[] {
  if (texts.length <= MOST_PARTS) return texts;
  const last = texts[MOST_PARTS - 1] ?? "";
  const ended = last.length + 2 <= TEXT_LIMIT_UNITS ? `${last} …` : clip(last, last.length - 1);
  return [...texts.slice(0, MOST_PARTS - 1), ended];
}

/** Takes the end of the last text that fits into a template away from it, and returns it. */
function splitEnd(texts: string[]): string {
  const last = texts.pop() ?? "";
  const end = cut(last, TEMPLATE_TEXT_UNITS).at(-1) ?? "";
  const before = last.slice(0, last.length - end.length).trimEnd();
  if (before !== "") texts.push(before);
  return end;
}

function template(text: string, buttons: readonly Button[]): Message {
  return { attachment: { type: "template", payload: { template_type: "button", text, buttons } } };
}

function quickReply(action: Action, kept: KeptAction[]): QuickReply {
  const payload = action.payload === undefined || action.payload === "" ? action.title : action.payload;
  const reply = { content_type: "text", title: clip(action.title, TITLE_UNITS) } as const;
  if (payload.length <= PAYLOAD_UNITS && !isKey(payload)) return { ...reply, payload };
  const whole = keptUnderKey(action.title, payload);
  kept.push(whole);
  return { ...reply, payload: whole.key };
}

/** Null for what Meta would refuse, and with it the whole message: an empty title, no web address, no international number. */
function buttonOf(action: Action): Button | null {
  const title = clip(action.title.trim(), TITLE_UNITS);
  if (title === "") return null;
  if (action.type === "url") {
    const url = action.url ?? action.payload ?? "";
    return /^https?:\/\//i.test(url) && URL.canParse(url) ? { type: "web_url", title, url } : null;
  }
  const number = phoneNumber(action).replace(/[\s().-]/g, "");
  return /^\+\d{6,15}$/.test(number) ? { type: "phone_number", title, payload: number } : null;
}

function asLine(action: Action): string {
  const target = action.type === "phone" ? phoneNumber(action) : (action.url ?? action.payload ?? "");
  return [action.title.trim(), target].filter((word) => word !== "").join(": ");
}

function phoneNumber(action: Action): string {
  return (action.payload ?? action.url ?? "").replace(/^tel:/i, "").trim();
}
