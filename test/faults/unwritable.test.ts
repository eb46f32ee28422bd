/** H3: storage that may be read and not written, which must also stop a server that runs as root. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aFolder } from "../helpers/bot.ts";
import { readOnlyMount } from "./disks.ts";
import { contentOf, startOn, usedFolders, type StartOptions } from "./start.ts";

let used: Awaited<ReturnType<typeof usedFolders>>;

beforeAll(async () => {
  used = await usedFolders();
});
afterAll(() => used[Symbol.dispose]());

interface Frozen {
  /** How the server is started so that it meets the obstacle. */
  readonly options: StartOptions;
  readonly thaw: () => void;
}

/** Root passes over permissions, unless it is started without the right to do so. */
function byPermissions(path: string): Frozen {
  chmodSync(path, 0o500);
  const isRoot = process.getuid?.() === 0;
  const plainRoot = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"];
  return { options: isRoot ? { through: plainRoot } : {}, thaw: () => chmodSync(path, 0o700) };
}

/** Where nothing may be mounted, permissions are the closest thing to it. */
function byMount(path: string): Frozen {
  const thaw = readOnlyMount(path);
  return thaw === null ? byPermissions(path) : { options: {}, thaw };
}

const WAYS: readonly [string, (path: string) => Frozen][] = [
  ["on a read-only file system", byMount],
  ["without the right to write", byPermissions],
];

describe.each(WAYS)("H3 %s", (_, freeze) => {
  test("a first start exits 11 and names the place", async () => {
    using folder = aFolder();
    const { options, thaw } = freeze(folder.path);
    try {
      for (const path of [folder.path, join(folder.path, "data")]) {
        const { code, said } = await startOn(path, options);
        expect([code, said]).toEqual([11, expect.stringContaining(path)]);
        expect(said).toMatch(/^fix: .*writable/m);
        expect(said).not.toMatch(/^\s+at /m);
      }
      expect(contentOf(folder.path)).toEqual({});
    } finally {
      thaw();
    }
  });

  test("a folder that was in use before exits 11 and stays as it is", async () => {
    using folder = used.copy();
    const before = contentOf(folder.path);
    const { options, thaw } = freeze(folder.path);
    try {
      const { code, said } = await startOn(folder.path, options);
      expect([code, said]).toEqual([11, expect.stringContaining(folder.path)]);
      expect(contentOf(folder.path)).toEqual(before);
      expect(existsSync(join(folder.path, "server.json"))).toBe(false);
    } finally {
      thaw();
    }
  });

  test("a database that alone may not be written exits 11 and stays as it is", async () => {
    using folder = used.copy();
    const before = contentOf(folder.path);
    const database = join(folder.path, "botctl.db");
    const { options, thaw } = freeze(database);
    try {
      const { code, said } = await startOn(folder.path, options);
      expect([code, said]).toEqual([11, expect.stringContaining(database)]);
      expect(contentOf(folder.path)).toEqual(before);
    } finally {
      thaw();
    }
  });
});

test.each([
  ["under a file", (root: string) => (writeFileSync(join(root, "file"), ""), join(root, "file", "data"))],
  ["at a file", (root: string) => (writeFileSync(join(root, "file"), ""), join(root, "file"))],
  ["where even root may make nothing", () => "/proc/botctl"],
  ["behind a lock that is a folder", (root: string) => (mkdirSync(join(root, "botctl.lock")), root)],
])("H3 a data folder %s exits 11 and names the place", async (_, placed) => {
  using folder = aFolder();
  const path = placed(folder.path);
  const { code, said } = await startOn(path);
  expect([code, said]).toEqual([11, expect.stringContaining(path)]);
  expect(said).not.toMatch(/^\s+at /m);
});
