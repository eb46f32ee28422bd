import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { hexProof, isSignedBy, looksSigned, sameWord } from "../../src/channels/proof.ts";

const SECRET = "the-app-secret";
/** As Meta sends it: other letters than ASCII escaped. */
const wire = new TextEncoder().encode(String.raw`{"text":"xin ch\u00e0o \ud83d\ude00","url":"https:\/\/a.vn"}`);

function signed(secret: string, body: Uint8Array, algorithm = "sha256"): string {
  return `${algorithm}=${createHmac(algorithm, secret).update(body).digest("hex")}`;
}

const good = signed(SECRET, wire);
const reserialised = new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(wire))));

describe("a signature over a webhook body", () => {
  test("is genuine when the app secret made it over these bytes", () => {
    expect(isSignedBy(good, wire, [SECRET, null])).toBe(true);
  });

  test("is genuine when the secret before the current one made it", () => {
    expect(isSignedBy(signed("the-old-secret", wire), wire, [SECRET, "the-old-secret"])).toBe(true);
    expect(isSignedBy(signed("the-old-secret", wire), wire, [SECRET, null])).toBe(false);
  });

  test.each([
    ["no header", null],
    ["an empty header", ""],
    ["another secret", signed("a-guess", wire)],
    ["upper-case hex, which Meta never sends", `sha256=${good.slice(7).toUpperCase()}`],
    ["a digit too few", good.slice(0, -1)],
    ["a digit too many", `${good}0`],
    ["a line break behind it", `${good}\n`],
    ["no prefix", good.slice(7)],
    ["another prefix", good.replace("sha256=", "SHA256=")],
    ["SHA-1", signed(SECRET, wire, "sha1")],
    ["SHA-1 dressed as SHA-256", signed(SECRET, wire, "sha1").replace("sha1", "sha256")],
    ["no hex", `sha256=${"z".repeat(64)}`],
    ["two signatures", `${good}, ${good}`],
    ["the empty secret", signed("", wire)],
  ])("is forged with %s", (_, header) => {
    expect(isSignedBy(header, wire, [SECRET, "", null])).toBe(false);
  });

  test("covers bytes: the same JSON written anew, with the letters themselves, is forged", () => {
    expect(reserialised).not.toEqual(wire);
    expect(isSignedBy(good, reserialised, [SECRET])).toBe(false);
    expect(isSignedBy(good, new Uint8Array(), [SECRET])).toBe(false);
  });

  test("is asked for its looks before the body is read", () => {
    expect(looksSigned(signed("anybody", wire))).toBe(true);
    expect(
      [null, "", "sha256=", good.slice(0, -1), good.toUpperCase(), "sha1=".padEnd(45, "0")].map(looksSigned),
    ).not.toContain(true);
  });
});

describe("a shared word", () => {
  test("is the same or it is not, whatever its length", () => {
    expect(sameWord("agreed", "agreed")).toBe(true);
    expect(["Agreed", "agree", "agreed ", "", null].map((claimed) => sameWord(claimed, "agreed"))).not.toContain(true);
  });

  test("that was never agreed on opens nothing", () => {
    expect(sameWord("", "")).toBe(false);
  });
});

test("the proof for Graph calls is the token's HMAC under the app secret", () => {
  expect(hexProof("key", "The quick brown fox jumps over the lazy dog")).toBe(
    "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
  );
});
