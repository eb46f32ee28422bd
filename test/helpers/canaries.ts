/** What must not be found where it does not belong, and the forms it could take. */
import { proofOf } from "../../src/sandbox/sign.ts";
import { PAGE as SHOP } from "./bot.ts";

export const PAGE = { ...SHOP, token: "EAAcanaryPageToken0123456789abcdef" };
export const APP_SECRET = "canary-app-secret-58c1d0";
export const SECRETS: Readonly<Record<string, string>> = {
  "the app secret": APP_SECRET,
  "the previous app secret": "canary-previous-secret-77aa",
  "the page's token": PAGE.token,
  "the proof made from both": proofOf(PAGE.token, APP_SECRET),
  "the verify token": "canary-verify-token-1f2e",
  "the admin token": "canary-admin-token-93b7c4d5e6",
  "the model's key": "gsk_canaryModelKey0123456789",
  "the bot's token": "7000000009:AAcanaryBotToken0123456789abcdefghi",
  "the webhook's secret": "canary-webhook-secret-4d1e",
  "the services' key": "canary-services-key-0b9a",
  "the master key": Buffer.from("canary-master-key-32-bytes-long!").toString("base64"),
};
export const secret = (name: keyof typeof SECRETS): string => SECRETS[name] ?? "";

export const PSID = "7711223344556677";
/** A person on Telegram. */
export const CHAT = 7_722_334_455;
export const SAID = "con mèo tam thể của chị Hai Lúa";
export const NAME = "Nguyễn Thị Chim Hoàng Yến";
export const PERSONAL: Readonly<Record<string, string>> = {
  "a customer's id": PSID,
  "a customer's id on Telegram": String(CHAT),
  "a customer's words": SAID,
  "a name": NAME,
};
export const personal = Object.values(PERSONAL).join(" ");

/** A text in the forms in which it could lie about: as it is, escaped, in an address, encoded, and as raw bytes. */
export function formsOf(text: string): string[] {
  const escaped = text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const base64 = Buffer.from(text).toString("base64").replace(/=+$/, "").slice(0, -1);
  return [
    text,
    escaped,
    encodeURIComponent(text),
    base64,
    Buffer.from(text).toString("hex"),
    Buffer.from(text).toString("latin1"),
  ];
}
