import type { Action, KeptAction, RenderedPart, Reply } from "../../core/reply.ts";
import { clip, cut } from "../../core/sentences.ts";
import { isKey, keptUnderKey } from "../key.ts";
import { htmlOf, plainOf } from "./html.ts";
import { readMarkdown, type Node } from "./markdown.ts";

/** Telegram's limit, counted after its marks are read. Source: sendMessage. */
export const TEXT_LIMIT_UNITS = 4_096;
/** A reply longer than this many messages is clipped: nobody reads that in a chat. */
const MOST_PARTS = 20;
/** Source: InlineKeyboardButton. */
const CALLBACK_DATA_BYTES = 64;
/** Telegram takes up to 100 under one message. */
const BUTTONS = 100;
/** Longer titles are not readable on a phone. */
const TITLE_UNITS = 64;

type Button =
  { readonly text: string; readonly callback_data: string } | { readonly text: string; readonly url: string };

/**
 * A reply as Telegram messages, in order: HTML of at most 4096 units as people read it, cut at the ends of sentences, every
 * tag closed in its own message. Buttons hang under the last one, a row each.
 *
 * An action that makes no valid button becomes a line of the text; buttons beyond 100 are left out. A payload longer than
 * Telegram takes is kept under a key.
 */
export function render(reply: Reply): RenderedPart[] {
  const buttons: Button[] = [];
  const kept: KeptAction[] = [];
  const nodes: Node[] = readMarkdown(reply.text);
  for (const action of reply.actions) {
    const button = buttonOf(action, kept);
    if (button !== null) buttons.push(button);
    else if (asLine(action) !== "") nodes.push("\n", asLine(action));
  }
  const whole = plainOf(nodes);
  const pieces = cut(whole, TEXT_LIMIT_UNITS);
  let from = 0;
  const messages = pieces.slice(0, MOST_PARTS).map((piece, at) => {
    // Every piece is a stretch of the whole, and only white space lies between two.
    from = whole.indexOf(piece, from);
    const { end, more } =
      at === MOST_PARTS - 1 && pieces.length > MOST_PARTS ? brokenOff(piece) : { end: piece.length, more: "" };
    const html = htmlOf(nodes, from, from + end) + more;
    from += piece.length;
    return { text: piece.slice(0, end) + more, html };
  });
  if (messages.length === 0) messages.push({ text: "…", html: "…" });
  return messages.map(({ text, html }, at) => {
    const isLast = at === messages.length - 1;
    const keyboard = isLast && buttons.length > 0 ? { inline_keyboard: rows(buttons) } : null;
    const message = { text: html, parse_mode: "HTML", ...(keyboard === null ? {} : { reply_markup: keyboard }) };
    return { text, body: JSON.stringify(message), ...(isLast && kept.length > 0 ? { kept } : {}) };
  });
}

/** Where a last piece ends, and the "…" that says something is missing. */
function brokenOff(piece: string): { end: number; more: string } {
  if (piece.length + 2 <= TEXT_LIMIT_UNITS) return { end: piece.length, more: " …" };
  return { end: clip(piece, piece.length - 1).length - 1, more: "…" };
}

function rows(buttons: readonly Button[]): Button[][] {
  return buttons.slice(0, BUTTONS).map((button) => [button]);
}

/** Null for what Telegram would refuse, and with it the whole message; and for phone numbers, which have no button there. */
function buttonOf(action: Action, kept: KeptAction[]): Button | null {
  const text = clip(action.title.trim(), TITLE_UNITS);
  if (text === "" || action.type === "phone") return null;
  if (action.type === "url") {
    const url = action.url ?? action.payload ?? "";
    return /^https?:\/\//i.test(url) && URL.canParse(url) ? { text, url } : null;
  }
  const title = action.title.trim();
  const payload = action.payload === undefined || action.payload === "" ? title : action.payload;
  if (Buffer.byteLength(payload) <= CALLBACK_DATA_BYTES && !isKey(payload)) return { text, callback_data: payload };
  const whole = keptUnderKey(title, payload);
  kept.push(whole);
  return { text, callback_data: whole.key };
}

/** A button without a title says nothing, so there is no line for it either. */
function asLine(action: Action): string {
  if (action.type === "reply" || action.type === "postback") return "";
  const target = action.type === "phone" ? (action.payload ?? action.url ?? "") : (action.url ?? action.payload ?? "");
  return [action.title.trim(), target.replace(/^tel:/i, "").trim()].filter((word) => word !== "").join(": ");
}
