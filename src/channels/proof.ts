/** Proofs that a request is genuine: signatures over bytes and shared words, compared without telling by time how close a guess was. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** `sha256=` and the digest as 64 lower-case hex digits: the only form Meta sends. */
const SIGNATURE = /^sha256=([0-9a-f]{64})$/;

/** Both sides of a word comparison are hashed with this first, so that neither length nor content shows. */
const COMPARISON_KEY = randomBytes(32);

/** Whether a header could be a signature at all; cheap enough to ask before the body is read. */
export function looksSigned(header: string | null): boolean {
  return header !== null && SIGNATURE.test(header);
}

/**
 * Whether one of the secrets signed exactly these bytes (HMAC-SHA256).
 *
 * @param header the signature header's value, null when absent
 * @param secrets the current one first; null and empty ones prove nothing
 */
export function isSignedBy(header: string | null, body: Uint8Array, secrets: readonly (string | null)[]): boolean {
  const hex = header === null ? undefined : SIGNATURE.exec(header)?.[1];
  if (hex === undefined) return false;
  const claimed = Buffer.from(hex, "hex");
  return secrets.some((secret) => {
    if (secret === null || secret === "") return false;
    return timingSafeEqual(createHmac("sha256", secret).update(body).digest(), claimed);
  });
}

/** Whether a word somebody sent is the one we agreed on; an empty agreed word equals nothing. */
export function sameWord(claimed: string | null, agreed: string): boolean {
  if (claimed === null || agreed === "") return false;
  return timingSafeEqual(keyed(claimed), keyed(agreed));
}

/** HMAC-SHA256 of a text as 64 lower-case hex digits: what proves to a platform that we hold the secret. */
export function hexProof(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

function keyed(word: string): Buffer {
  return createHmac("sha256", COMPARISON_KEY).update(word).digest();
}
