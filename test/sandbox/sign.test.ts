import { createHmac } from "node:crypto";
import { expect, test } from "bun:test";
import { signedWebhook } from "../../src/sandbox/sign.ts";

const text = 'Xin chào 😀 https://a.b/ă \u2028 "\\/';

test("a webhook is pure ASCII with lower-case escapes and escaped slashes, as Meta sends it", () => {
  const { bytes } = signedWebhook({ text: "chào/😀" }, "secret");
  expect(new TextDecoder().decode(bytes)).toBe('{"text":"ch\\u00e0o\\/\\ud83d\\ude00"}');
});

test("what was escaped reads back as it was written", () => {
  const { bytes } = signedWebhook({ [text]: [text] }, "secret");
  expect(bytes.every((byte) => byte < 0x80)).toBe(true);
  expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({ [text]: [text] });
});

test("the signature is the HMAC of exactly these bytes", () => {
  const { bytes, headers } = signedWebhook({ text }, "secret");
  const expected = createHmac("sha256", "secret").update(bytes).digest("hex");
  expect(headers["X-Hub-Signature-256"]).toBe(`sha256=${expected}`);
  expect(headers["Content-Type"]).toBe("application/json");
});
