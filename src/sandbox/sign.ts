/**
 * Webhook bodies as Meta sends them: signed over the exact bytes, in which everything beyond ASCII is a `\uXXXX` escape
 * with lower-case hex and every slash is `\/`. A server that signs a re-serialised object instead of the bytes agrees
 * with Meta on "hello" and fails on "xin chào", so whoever tests a server must send this form.
 */
import { createHmac } from "node:crypto";

export interface SignedWebhook {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Ready for `fetch`: content type, user agent and `X-Hub-Signature-256`. */
  readonly headers: Record<string, string>;
}

/**
 * A webhook POST, ready to be sent.
 *
 * @param body what JSON can hold; "chào/" becomes `"ch\u00e0o\/"`
 * @param appSecret the app's secret, which keys the signature
 */
export function signedWebhook(body: unknown, appSecret: string): SignedWebhook {
  const bytes = new TextEncoder().encode(metaJson(body));
  return {
    bytes,
    headers: {
      "Content-Type": "application/json",
      "User-Agent": "facebookexternalua",
      "X-Hub-Signature-256": `sha256=${hmac(appSecret, bytes)}`,
    },
  };
}

/** Proof that the caller of Graph knows the app's secret: the token's HMAC in lower-case hex. */
export function proofOf(token: string, appSecret: string): string {
  return hmac(appSecret, token);
}

function metaJson(body: unknown): string {
  return JSON.stringify(body)
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("/", "\\/");
}

function hmac(secret: string, message: string | Uint8Array): string {
  return createHmac("sha256", secret).update(message).digest("hex");
}
