import { describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { Fault } from "../../src/core/fault.ts";
import { newKey, vaultOf, type SealPlace } from "../../src/vault/vault.ts";

const KEY = Buffer.alloc(32, 1).toString("base64");
const OTHER_KEY = Buffer.alloc(32, 2).toString("base64");
const vault = vaultOf(KEY, "the test");
const other = vaultOf(OTHER_KEY, "the test");
const place: SealPlace = { purpose: "access-token", channel: "messenger", account: "101" };

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
  return "nothing was thrown";
}

describe("a sealed token", () => {
  test("S6: opens to what it was, in its own place", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (plain, account) => {
        const there = { ...place, account };
        expect(vault.open(vault.seal(plain, there), there)).toBe(plain);
      }),
      { numRuns: 100 },
    );
  });

  test("never looks the same twice and never shows the token", () => {
    const seals = Array.from({ length: 50 }, () => vault.seal("EAAcanary", place));
    expect(new Set(seals).size).toBe(50);
    const nonces = seals.map((sealed) =>
      Buffer.from(sealed.split(".")[2] ?? "", "base64url")
        .subarray(0, 12)
        .toString("hex"),
    );
    expect(new Set(nonces).size).toBe(50);
    expect(seals.join()).not.toContain("EAAcanary");
  });

  test.each<[string, Partial<SealPlace>]>([
    ["another purpose", { purpose: "webhook-secret" }],
    ["another channel", { channel: "telegram" }],
    ["another account", { account: "102" }],
    ["the same letters cut elsewhere", { channel: "messenger1", account: "01" }],
  ])("S6: does not open for %s", (_what, change) => {
    const sealed = vault.seal("EAAcanary", place);
    expect(codeOf(() => vault.open(sealed, { ...place, ...change }))).toBe("storage");
  });

  test("S6: does not open once any byte of it was changed", () => {
    const sealed = vault.seal("EAAcanary", place);
    const [version, id, text] = sealed.split(".");
    const bytes = Buffer.from(text ?? "", "base64url");
    expect(bytes.length).toBe(12 + 9 + 16);
    for (let at = 0; at < bytes.length; at++) {
      const tampered = Buffer.from(bytes);
      tampered[at] = (tampered[at] ?? 0) ^ 1;
      expect(codeOf(() => vault.open(`${version}.${id}.${tampered.toString("base64url")}`, place))).toBe("storage");
    }
  });

  test.each(["", "v1", "v1..", "v1.00000000.AAAA", "v2.x.y", "plain token", "v1.a.b.c"])(
    "does not open when it reads %p",
    (sealed) => {
      expect(["storage", "settings"]).toContain(codeOf(() => vault.open(sealed, place)));
    },
  );

  test("cut short does not open, so a shorter tag proves nothing", () => {
    const sealed = vault.seal("", place);
    const [version, id, text] = sealed.split(".");
    for (const keep of [27, 20, 13, 12, 0]) {
      const cut = Buffer.from(text ?? "", "base64url")
        .subarray(0, keep)
        .toString("base64url");
      expect(codeOf(() => vault.open(`${version}.${id}.${cut}`, place))).toBe("storage");
    }
  });

  test("of another key is told apart from a damaged one", () => {
    expect(codeOf(() => other.open(vault.seal("EAAcanary", place), place))).toBe("settings");
  });

  test("that does not open tells nothing of its content", () => {
    try {
      vault.open(vault.seal("EAAcanary", place), { ...place, account: "102" });
      expect.unreachable();
    } catch (error) {
      expect(inspect(error, { depth: 9 })).not.toContain("EAAcanary");
    }
  });
});

describe("the key check", () => {
  test("is the same at every start and accepts its own key", () => {
    expect(vaultOf(KEY, "the test").keyCheck()).toBe(vault.keyCheck());
    expect(() => vault.verifyKeyCheck(vault.keyCheck())).not.toThrow();
  });

  test.each(["", "v1", "v1.00000000.AAAA"])("refuses %p", (stored) => {
    expect(codeOf(() => vault.verifyKeyCheck(stored))).toBe("settings");
  });

  test("refuses another key and says so", () => {
    expect(() => other.verifyKeyCheck(vault.keyCheck())).toThrow("wrong key");
    expect(codeOf(() => other.verifyKeyCheck(vault.keyCheck()))).toBe("settings");
  });
});

describe("a person's hash", () => {
  test("is 32 hex digits, always the same for one person", () => {
    expect(vault.hash("person", "messenger", "101", "u1")).toMatch(/^[0-9a-f]{32}$/);
    expect(vaultOf(KEY, "the test").hash("person", "u1")).toBe(vault.hash("person", "u1"));
  });

  test("differs by kind, by part, by how the parts are cut, and by key", () => {
    const hashes = [
      vault.hash("person", "10", "1u"),
      vault.hash("person", "101", "u"),
      vault.hash("person", "101u"),
      vault.hash("chat", "101", "u"),
      other.hash("person", "101", "u"),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe("a master key", () => {
  test("is 32 random bytes, in either base64 alphabet", () => {
    expect(Buffer.from(newKey(), "base64")).toHaveLength(32);
    expect(newKey()).not.toBe(newKey());
    const odd = Buffer.alloc(32, 0xfb);
    expect(vaultOf(odd.toString("base64url"), "a").keyCheck()).toBe(
      vaultOf(`${odd.toString("base64")}\n`, "b").keyCheck(),
    );
  });

  test.each(["", "c2hvcnQ=", "x".repeat(44), `${KEY}AAAA`])(
    "is not %p, which is refused without repeating it",
    (key) => {
      expect(() => vaultOf(key, "BOTCTL_SECRET_KEY")).toThrow("BOTCTL_SECRET_KEY does not hold 32 bytes in base64");
      expect(codeOf(() => vaultOf(key, "BOTCTL_SECRET_KEY"))).toBe("settings");
    },
  );

  test("does not show when a vault is printed", () => {
    expect(inspect(vault, { depth: 9, showHidden: true })).not.toContain(KEY.slice(0, 20));
  });
});
