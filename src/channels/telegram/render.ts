import type { Action, KeptAction, RenderedPart, Reply } from "../../core/reply.ts";
import { clip, cut } from "../../core/sentences.ts";
import { isKey, keptUnderKey } from "../key.ts";
import { htmlOf, plainOf } from "./html.ts";
import { readMarkdown, type Node } from "../markdown.ts";
import type { Params } from "./shapes.ts";

/** Telegram's limit, counted after its marks are read. Source: sendMessage. */
export const TEXT_LIMIT_UNITS = 4_096;
/**
 * Telegram counts what is left when the marks are read; servers that play it have been seen to count the marks as well. It
 * costs little to please both, with room for a last "…".
 */
const HTML_UNITS = TEXT_LIMIT_UNITS - 2;
/** A stretch that short has an endless address in it, and is not cut for that. */
const SHORTEST = 200;
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
  const pieces = piecesOf(nodes);
  const messages = pieces.slice(0, MOST_PARTS).map(({ from, text }, at) => {
    const isBroken = at === MOST_PARTS - 1 && pieces.length > MOST_PARTS;
    const { end, more } = isBroken ? brokenOff(text) : { end: text.length, more: "" };
    return { text: text.slice(0, end) + more, html: htmlOf(nodes, from, from + end) + more };
  });
  if (messages.length === 0) messages.push({ text: "…", html: "…" });
  return messages.map(({ text, html }, at) => {
    const isLast = at === messages.length - 1;
    const keyboard = isLast && buttons.length > 0 ? { inline_keyboard: rows(buttons) } : null;
    const message: Omit<Params<"sendMessage">, "chat_id"> = {
      text: html,
      parse_mode: "HTML",
      ...(keyboard === null ? {} : { reply_markup: keyboard }),
    };
    return { text, body: JSON.stringify(message), ...(isLast && kept.length > 0 ? { kept } : {}) };
  });
}

/** The text in pieces of one message each, and where they begin in it; one more at most than a reply may have. */
function piecesOf(nodes: readonly Node[]): { readonly from: number; readonly text: string }[] {
  const whole = plainOf(nodes);
  const pieces: { from: number; text: string }[] = [];
  let end = 0;
  while (pieces.length <= MOST_PARTS) {
    let [text] = cut(whole.slice(end), TEXT_LIMIT_UNITS);
    if (text === undefined) break;
    // Only white space lies between two.
    const from = whole.indexOf(text, end);
    const lengthOf = (piece: string): number => htmlOf(nodes, from, from + piece.length).length;
    for (let units = lengthOf(text); units > HTML_UNITS && text.length > SHORTEST; units = lengthOf(text)) {
      const room: number = Math.floor((text.length * HTML_UNITS) / units) - 1;
      text = cut(text, Math.max(room, SHORTEST))[0] ?? "";
    }
    pieces.push({ from, text });
    end = from + text.length;
  }
  return pieces;
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
