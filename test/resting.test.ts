// A server that waits for customers keeps little memory. What it holds is measured by `npm run bench:ingest`; what must
// not come in by mistake is named here, because a single import brings it.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const root = join(import.meta.dir, "..");
const transpiler = new Bun.Transpiler({ loader: "ts" });

/** Loaded by every `serve`, before anybody has written. */
const ENTRIES = ["cli/main.ts", "cli/program.ts", "cli/commands/serve.ts", "src/config.ts", "src/app.ts"];

/** MiB of an idle server each, and what has to be there before they are needed. */
const HEAVY: Readonly<Record<string, string>> = {
  zod: "the full build (zod/mini will do): the admin API",
  elysia: "the admin API",
  "groq-sdk": "a model",
  "node:http": "a picture",
  "node:https": "a picture",
  "node:net": "a picture",
  "node:dns/promises": "a picture",
};

/** Files that the entries import at once, themselves or by others, with what each of them imports. */
function loadedAtOnce(): Map<string, string[]> {
  const loaded = new Map<string, string[]>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    const found = transpiler.scanImports(readFileSync(join(root, file), "utf8"));
    const imports = found.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
    loaded.set(file, imports);
    for (const path of imports) {
      if (path.startsWith(".") && path.endsWith(".ts")) load(normalize(join(dirname(file), path)));
    }
  };
  ENTRIES.forEach(load);
  return loaded;
}

test("what a server needs only later is not loaded with its start", () => {
  const loaded = loadedAtOnce();
  expect(loaded.size).toBeGreaterThan(100);
  const early = [...loaded].flatMap(([file, imports]) =>
    imports.filter((path) => HEAVY[path] !== undefined).map((path) => `${file} → ${path}: waits for ${HEAVY[path]}`),
  );
  expect(early).toEqual([]);
});

test("nothing that a server loads asks for ICU's word breaks before it cuts a text", () => {
  const atOnce = [...loadedAtOnce().keys()].filter((file) =>
    /^(?:export )?(?:const|let) [^=\n]*=\s*new Intl\./m.test(readFileSync(join(root, file), "utf8")),
  );
  expect(atOnce).toEqual([]);
});
