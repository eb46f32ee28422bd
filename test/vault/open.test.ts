import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "../../src/core/fault.ts";
import { adminToken, openVault } from "../../src/vault/open.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "botctl-vault-"));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const inside = (name: string): string => join(dataDir, name);
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

function faultOf(run: () => unknown): Fault {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Runs under another umask, as a careless or overly careful service manager would. */
function withUmask(mask: number, run: () => void): void {
  const before = process.umask(mask);
  try {
    run();
  } finally {
    process.umask(before);
  }
}

describe("the secret key", () => {
  test("is made at first start, for its owner alone, and kept", () => {
    const first = openVault(dataDir, null, false);
    expect(readdirSync(dataDir)).toEqual(["secret-key"]);
    expect(modeOf(inside("secret-key"))).toBe("600");
    expect(Buffer.from(readFileSync(inside("secret-key"), "utf8").trim(), "base64")).toHaveLength(32);
    expect(openVault(dataDir, null, true).keyCheck()).toBe(first.keyCheck());
  });

  test.each([0o000, 0o022, 0o077, 0o777])("S7: is readable by its owner alone under umask %o", (mask) => {
    withUmask(mask, () => {
      openVault(dataDir, null, false);
      adminToken(dataDir, null);
    });
    expect([modeOf(inside("secret-key")), modeOf(inside("admin-token"))]).toEqual(["600", "600"]);
  });

  test("S7: makes a data folder that nobody else can enter", () => {
    withUmask(0, () => openVault(inside("deep/er"), null, false));
    expect(modeOf(inside("deep/er"))).toBe("700");
  });

  test("S2: missing beside a database is refused, not made anew", () => {
    const fault = faultOf(() => openVault(dataDir, null, true));
    expect(fault.code).toBe("settings");
    expect(fault.message).toContain("holds a database but not its key");
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test("from the environment rules and is not written down", () => {
    const key = Buffer.alloc(32, 9).toString("base64");
    const first = openVault(dataDir, key, true);
    expect(readdirSync(dataDir)).toEqual([]);
    openVault(dataDir, null, false);
    expect(openVault(dataDir, key, true).keyCheck()).toBe(first.keyCheck());
  });

  test.each([0o644, 0o640, 0o604, 0o660])("S7: with mode %o is refused with the way to close it", (mode) => {
    openVault(dataDir, null, false);
    chmodSync(inside("secret-key"), mode);
    const fault = faultOf(() => openVault(dataDir, null, true));
    expect(fault.code).toBe("settings");
    expect(fault.fix).toContain("chmod 600");
  });

  test.each(["", "short", "EAAcanary-put-here-by-mistake"])(
    "that reads %p is refused without being shown",
    (content) => {
      writeFileSync(inside("secret-key"), content, { mode: 0o600 });
      const fault = faultOf(() => openVault(dataDir, null, true));
      expect(fault.code).toBe("settings");
      expect(fault.message).not.toContain("EAAcanary");
      expect(readFileSync(inside("secret-key"), "utf8")).toBe(content);
    },
  );

  test("that another start made in the same moment is the one both use", async () => {
    const script = `import { openVault } from ${JSON.stringify(join(import.meta.dir, "../../src/vault/open.ts"))};
      process.stdout.write(openVault(${JSON.stringify(dataDir)}, null, false).keyCheck());`;
    const starts = Array.from({ length: 3 }, () => Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" }));
    const checks = await Promise.all(starts.map((start) => new Response(start.stdout).text()));
    expect(new Set(checks)).toEqual(new Set([openVault(dataDir, null, true).keyCheck()]));
    expect(readdirSync(dataDir)).toEqual(["secret-key"]);
  });

  test("cannot be kept where a file stands in the way: storage, and nothing is left behind", () => {
    writeFileSync(inside("folder"), "");
    expect(faultOf(() => openVault(inside("folder"), null, false)).code).toBe("storage");
    mkdirSync(inside("data/secret-key"), { recursive: true, mode: 0o700 });
    expect(faultOf(() => openVault(inside("data"), null, false)).code).toBe("storage");
  });
});

describe("the admin token", () => {
  test("is made at first start, hard to guess, and kept", () => {
    const token = adminToken(dataDir, null);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(adminToken(dataDir, null)).toBe(token);
    expect(readFileSync(inside("admin-token"), "utf8")).toBe(`${token}\n`);
  });

  test("from the environment rules and is not written down", () => {
    expect(adminToken(dataDir, "from-the-environment")).toBe("from-the-environment");
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test("that is empty or open to others is refused", () => {
    writeFileSync(inside("admin-token"), "\n", { mode: 0o600 });
    expect(faultOf(() => adminToken(dataDir, null)).code).toBe("settings");
    writeFileSync(inside("admin-token"), "token\n");
    chmodSync(inside("admin-token"), 0o644);
    expect(faultOf(() => adminToken(dataDir, null)).message).toContain("can be read by other users");
  });
});
