/**
 * What the Send API lets through (Messenger Platform, Send API reference): sizes are UTF-16 units, because that is the
 * strictest of the units the reference leaves open. An error is what Graph answers; null is a call it takes.
 */
import { checkList, checkOneOf, checkText, checkUrl, type Complaint } from "./fields.ts";
import { invalidParameter } from "./graph-error.ts";
import { asObject, asText, type JsonObject } from "./json.ts";
import { checkTemplate } from "./templates.ts";

const TEXT_LIMIT = 2_000;
const METADATA_LIMIT = 1_000;
const QUICK_REPLY_LIMIT = 13;
const TITLE_LIMIT = 20;
const PAYLOAD_LIMIT = 1_000;

const SENDER_ACTIONS = ["typing_on", "typing_off", "mark_seen", "react", "unreact"];
const MESSAGING_TYPES = ["RESPONSE", "UPDATE", "MESSAGE_TAG"];
const NOTIFICATION_TYPES = ["REGULAR", "SILENT_PUSH", "NO_PUSH"];
/** The three other tags are refused since 27 April 2026. */
const TAGS = ["HUMAN_AGENT", "CUSTOMER_FEEDBACK"];
const MEDIA = ["image", "audio", "video", "file"];

/** Checks the body of a call to `/messages`. Who the recipient is, is asked afterwards. */
export function checkSend(body: JsonObject): Complaint {
  if (asText(asObject(body["recipient"])?.["id"]) === null)
    return invalidParameter("The parameter recipient[id] is required");
  if (body["sender_action"] !== undefined) return checkAction(body);
  const message = asObject(body["message"]);
  if (message === null) return invalidParameter("The parameter message is required");
  return (
    checkOneOf("messaging_type", body["messaging_type"], MESSAGING_TYPES) ??
    checkOneOf("notification_type", body["notification_type"], NOTIFICATION_TYPES) ??
    (body["messaging_type"] === "MESSAGE_TAG" ? checkTag(body["tag"]) : null) ??
    checkMessage(message)
  );
}

function checkAction(body: JsonObject): Complaint {
  if (body["message"] !== undefined)
    return invalidParameter("Param sender_action cannot be used together with message");
  const action = asText(body["sender_action"])?.toLowerCase();
  return checkOneOf("sender_action", action ?? "", SENDER_ACTIONS);
}

function checkTag(tag: unknown): Complaint {
  return tag === undefined ? invalidParameter("The parameter tag is required") : checkOneOf("tag", tag, TAGS);
}

function checkMessage(message: JsonObject): Complaint {
  const { text, attachment, metadata } = message;
  if (text !== undefined && attachment !== undefined) {
    return invalidParameter("Param message must have either text or attachment, not both");
  }
  if (text === undefined && attachment === undefined) {
    return invalidParameter("Message cannot be empty, must provide valid attachment or text");
  }
  return (
    (text === undefined ? checkAttachment(attachment) : checkText("message[text]", text, TEXT_LIMIT)) ??
    (metadata === undefined ? null : checkText("message[metadata]", metadata, METADATA_LIMIT)) ??
    checkQuickReplies(message["quick_replies"])
  );
}

function checkAttachment(value: unknown): Complaint {
  const type = asText(asObject(value)?.["type"]);
  const payload = asObject(asObject(value)?.["payload"]);
  if (type === null || payload === null)
    return invalidParameter("Param message[attachment] must have a type and a payload");
  if (type === "template") return checkTemplate(payload);
  if (!MEDIA.includes(type)) return checkOneOf("message[attachment][type]", type, [...MEDIA, "template"]);
  // Nothing can be uploaded here, so whatever id is named belongs to somebody else.
  if (payload["attachment_id"] !== undefined) return invalidParameter("Invalid attachment id", 2018074);
  return checkUrl("message[attachment][payload][url]", payload["url"]);
}

function checkQuickReplies(value: unknown): Complaint {
  if (value === undefined) return null;
  return checkList("message[quick_replies]", value, 1, QUICK_REPLY_LIMIT, (quickReply, name) => {
    const kind = quickReply["content_type"];
    return (
      checkOneOf(`${name}[content_type]`, kind ?? "", ["text", "user_phone_number", "user_email"]) ??
      (kind === "text"
        ? (checkText(`${name}[title]`, quickReply["title"], TITLE_LIMIT) ??
          checkText(`${name}[payload]`, quickReply["payload"], PAYLOAD_LIMIT))
        : null) ??
      (quickReply["image_url"] === undefined ? null : checkUrl(`${name}[image_url]`, quickReply["image_url"]))
    );
  });
}
