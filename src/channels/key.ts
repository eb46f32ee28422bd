/**
 * Short names for payloads that a button has no room for. The same button has the same name, so a reply that is rendered
 * again, or said again, hangs on to what is kept.
 */
import { createHash } from "node:crypto";
import type { KeptAction } from "../core/reply.ts";
import type { Content } from "../core/update.ts";

const KEY = /^k:[\w-]{22}$/;

/** Whether what came back is a name of ours, and no payload. Payloads that only look like one are kept under one. */
export function isKey(data: string): boolean {
  return KEY.test(data);
}

/** @param title as the agent gave it, uncut */
export function keptUnderKey(title: string, payload: string): KeptAction {
  const hash = createHash("sha256")
    .update(JSON.stringify([title, payload]))
    .digest("base64url");
  return { key: `k:${hash.slice(0, 22)}`, title, payload };
}

/** A tap by what came back. Under a key, the title at least says what was meant, in case that nothing is kept any more. */
export function tapOf(by: "quick_reply" | "postback", title: string, data: string): Content & { kind: "tap" } {
  const tap = { kind: "tap", by, title } as const;
  return isKey(data) ? { ...tap, payload: title, key: data } : { ...tap, payload: data };
}
