import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createRedactor } from "../../src/events/redact.ts";

const redactorOf = (...secrets: string[]) => createRedactor(() => secrets);

describe("a known secret", () => {
  const secret = 'k3y+/:with "odd" \\ löt$ters.*';
  const redact = redactorOf("admin-0123456789", secret);

  test.each<[string, string]>([
    ["as it stands", secret],
    ["in JSON", JSON.stringify({ a: secret })],
    ["in JSON inside JSON", JSON.stringify({ body: JSON.stringify({ a: secret }) })],
    ["in an address", `https://x/?q=${encodeURIComponent(secret)}`],
    ["in an address in small letters", encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ["in a form", new URLSearchParams({ q: secret.replace(/[ö"*\\]/g, "") }).toString()],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in base64 after one letter", Buffer.from(`a${secret}b`).toString("base64")],
    ["in base64 after a user name", Buffer.from(`an:${secret}`).toString("base64")],
    ["in base64 for addresses", Buffer.from(`user:${secret}!`).toString("base64url")],
  ])("S10: does not get through %s", (_where, line) => {
    const plainOnes = redactorOf(secret, secret.replace(/[ö"*\\]/g, ""));
    const clean = plainOnes(line);
    expect(clean).toContain("[redacted]");
    for (const piece of ["odd", Buffer.from(secret.slice(3, 15)).toString("base64").slice(0, 12)])
      expect(clean).not.toContain(piece);
  });

  test("is replaced wherever it stands, and the rest of the line stays", () => {
    expect(redact("before admin-0123456789 between admin-0123456789 after")).toBe(
      "before [redacted] between [redacted] after",
    );
  });

  test("that starts with another secret is replaced as a whole", () => {
    expect(redactorOf("abcdef", "abcdefghij")("abcdefghij abcdef")).toBe("[redacted] [redacted]");
  });

  test("is looked for from the moment it becomes known", () => {
    const secrets: string[] = [];
    const live = createRedactor(() => secrets);
    expect(live("canary-1 canary-2")).toBe("canary-1 canary-2");
    secrets.push("canary-1");
    expect(live("canary-1 canary-2")).toBe("[redacted] canary-2");
    secrets[0] = "canary-2";
    expect(live("canary-1 canary-2")).toBe("canary-1 [redacted]");
  });

  test("too short to protect anything does not blot out words", () => {
    expect(redactorOf("info", "")('{"level":"info"}')).toBe('{"level":"info"}');
  });

  test("of any letters leaves JSON that can be read and does not hold it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40 }), (canary) => {
        const told = { event: "x", fields: { message: `before ${canary} after`, list: [canary] } };
        fc.pre(
          !JSON.stringify({ event: "x", fields: { message: "before [redacted] after", list: [] } }).includes(canary),
        );
        const read: unknown = JSON.parse(redactorOf(canary)(JSON.stringify(told)));
        expect(read).toEqual({ event: "x", fields: { message: "before [redacted] after", list: ["[redacted]"] } });
      }),
      { numRuns: 200 },
    );
  });
});

describe("what looks like a token", () => {
  const redact = redactorOf();

  test.each<[string, string]>([
    ["GET /v24.0/me?access_token=EAAB1&fields=id", "GET /v24.0/me?access_token=[redacted]&fields=id"],
    ["url=https%3A%2F%2Fx%3Faccess_token%3DEAAB1", "url=https%3A%2F%2Fx%3Faccess_token%3D[redacted]"],
    ["appsecret_proof=0123456789abcdef", "appsecret_proof=[redacted]"],
    ["?hub.mode=subscribe&hub.verify_token=river", "?hub.mode=subscribe&hub.verify_token=[redacted]"],
    ['{"access_token":"short","a":1}', '{"access_token":"[redacted]","a":1}'],
    ['{"body":"{\\"access_token\\": \\"short\\"}"}', '{"body":"{\\"access_token\\": \\"[redacted]\\"}"}'],
    ["Authorization: Bearer abc.def-123_~+/=", "Authorization: Bearer [redacted]"],
    ["authorization: bearer ABCDEF", "authorization: bearer [redacted]"],
    ["https://api.telegram.org/bot123456:AAE-x_y/getMe", "https://api.telegram.org/bot123456:[redacted]/getMe"],
    ["file/bot123456%3AAAE-x_y/photos", "file/bot123456%3A[redacted]/photos"],
    ["token 123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc.", "token 123456789:[redacted]."],
    ['"EAABsbCS1iHgBAKqZCZC"', '"EAA[redacted]"'],
    ["key gsk_0123456789abcdefABCDEF", "key gsk_[redacted]"],
  ])("S10: %s", (line, clean) => {
    expect(redact(line)).toBe(clean);
  });

  test.each([
    '{"level":"info","time":"2025-11-25T18:31:02.123Z","event":"response_sent","latency_ms":1234}',
    "listening on http://127.0.0.1:8000",
    "Bearer of news",
    "robot12: ready",
    "0192f0c2-7b1c-7d3e-9f00-abcdefabcdef",
    "EAA",
  ])("and is none stays: %s", (line) => {
    expect(redact(line)).toBe(line);
  });
});
