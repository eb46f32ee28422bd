/** What the Send API lets through as a template: the two kinds that a bot can do without review. */
import { checkList, checkText, checkUrl, type Complaint } from "./fields.ts";
import { invalidParameter } from "./graph-error.ts";
import { isObject, type JsonObject } from "./json.ts";

const PAYLOAD = "message[attachment][payload]";
const BUTTON_TEXT_LIMIT = 640;
const ELEMENT_TEXT_LIMIT = 80;
const ELEMENT_LIMIT = 10;
const BUTTON_LIMIT = 3;
const BUTTON_TITLE_LIMIT = 20;
const BUTTON_PAYLOAD_LIMIT = 1_000;

export function checkTemplate(payload: JsonObject): Complaint {
  switch (payload["template_type"]) {
    case "button":
      return (
        checkText(`${PAYLOAD}[text]`, payload["text"], BUTTON_TEXT_LIMIT) ??
        checkButtons(`${PAYLOAD}[buttons]`, payload["buttons"])
      );
    case "generic":
      return checkList(`${PAYLOAD}[elements]`, payload["elements"], 1, ELEMENT_LIMIT, checkElement);
    default:
      // Better refused than let through unchecked: a bot that needs another kind has to teach it to the sandbox first.
      return invalidParameter(`Param ${PAYLOAD}[template_type] must be one of {button, generic}`);
  }
}

function checkElement(element: JsonObject, name: string): Complaint {
  const { title, subtitle, image_url, default_action, buttons } = element;
  if ([subtitle, image_url, default_action, buttons].every((value) => value === undefined)) {
    return invalidParameter(`Param ${name} must have at least one property besides title`);
  }
  return (
    checkText(`${name}[title]`, title, ELEMENT_TEXT_LIMIT) ??
    (subtitle === undefined ? null : checkText(`${name}[subtitle]`, subtitle, ELEMENT_TEXT_LIMIT)) ??
    (image_url === undefined ? null : checkUrl(`${name}[image_url]`, image_url)) ??
    (default_action === undefined ? null : checkDefaultAction(`${name}[default_action]`, default_action)) ??
    (buttons === undefined ? null : checkButtons(`${name}[buttons]`, buttons))
  );
}

/** What a tap on the card itself does: a link, which has no title of its own. */
function checkDefaultAction(name: string, value: unknown): Complaint {
  if (!isObject(value)) return invalidParameter(`Param ${name} must be an object`);
  if (value["type"] !== "web_url") return invalidParameter(`Param ${name}[type] must be one of {web_url}`);
  if (value["title"] !== undefined) return invalidParameter(`Param ${name}[title] is not allowed`);
  return checkUrl(`${name}[url]`, value["url"]);
}

/** Buttons of a template, at least one. */
function checkButtons(name: string, value: unknown): Complaint {
  return checkList(name, value, 1, BUTTON_LIMIT, (button, at) => {
    const title = (): Complaint => checkText(`${at}[title]`, button["title"], BUTTON_TITLE_LIMIT);
    const payload = (): Complaint => checkText(`${at}[payload]`, button["payload"], BUTTON_PAYLOAD_LIMIT);
    const url = (): Complaint => checkUrl(`${at}[url]`, button["url"]);
    switch (button["type"]) {
      case "web_url":
        return title() ?? url();
      case "postback":
        return title() ?? payload();
      case "phone_number":
        return title() ?? payload() ?? checkPhone(`${at}[payload]`, button["payload"]);
      case "account_link":
        return url();
      case "account_unlink":
        return null;
      default:
        return invalidParameter(`Param ${at}[type] must be a valid button type`);
    }
  });
}

function checkPhone(name: string, value: unknown): Complaint {
  return typeof value === "string" && /^\+\d{4,15}$/.test(value)
    ? null
    : invalidParameter(`Param ${name} must be a phone number`);
}
