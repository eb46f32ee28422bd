/** What may hang under a message. Source: InlineKeyboardButton and ReplyKeyboardMarkup of the Bot API. */
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { badRequest, type BotError } from "./answer.ts";

const DATA_BYTES = 64;
const BUTTONS = 100;
const ACTIONS = ["callback_data", "url", "web_app", "login_url", "switch_inline_query", "copy_text", "pay"];

/** @param markup undefined when the caller left it out, which alone is the way to have none */
export function checkMarkup(markup: unknown): BotError | null {
  if (markup === undefined) return null;
  const object = asObject(markup);
  if (object === null) return badRequest("object expected as reply markup");
  if (object["remove_keyboard"] === true || object["force_reply"] === true) return null;
  const rows = object["inline_keyboard"] ?? object["keyboard"];
  if (!Array.isArray(rows)) return badRequest("object expected as reply markup");
  const buttons = asList(rows).flatMap((row) => asList(row));
  if (buttons.length > BUTTONS) return badRequest("reply markup is too long");
  const check = object["inline_keyboard"] === undefined ? checkKey : checkButton;
  for (const button of buttons) {
    const complaint = check(asObject(button) ?? {});
    if (complaint !== null) return complaint;
  }
  return null;
}

function checkKey(key: JsonObject): BotError | null {
  return (asText(key["text"]) ?? "") === "" ? badRequest("keyboard button text must be non-empty") : null;
}

function checkButton(button: JsonObject): BotError | null {
  if ((asText(button["text"]) ?? "").trim() === "") return badRequest("inline keyboard button text must be non-empty");
  const actions = ACTIONS.filter((name) => button[name] !== undefined);
  if (actions.length === 0) {
    return badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
  if (actions.length > 1) return badRequest("can't parse inline keyboard button: exactly one action is allowed");
  const { callback_data: data, url } = button;
  if (data !== undefined) {
    const bytes = typeof data === "string" ? Buffer.byteLength(data) : 0;
    return bytes < 1 || bytes > DATA_BYTES ? badRequest("BUTTON_DATA_INVALID") : null;
  }
  if (url === undefined) return null;
  const isLink = typeof url === "string" && URL.canParse(url) && /^(https?|tg|mailto|tel):/i.test(url);
  return isLink ? null : badRequest("BUTTON_URL_INVALID");
}
