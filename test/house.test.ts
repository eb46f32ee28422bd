// The house rules that no type checker sees: which part may know which, and what must not be left behind.
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const root = join(import.meta.dir, "..");

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** Files below the project folder, as paths relative to it with forward slashes, sorted. */
function files(...patterns: string[]): string[] {
  return patterns.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: root, dot: true })]).sort();
}

/** Every file that is or would be in the repository. Without git (an unpacked archive): the folders it consists of. */
function ownFiles(): string[] {
  const git = Bun.which("git");
  const listed = git
    ? Bun.spawnSync([git, "ls-files", "-co", "--exclude-standard"], { cwd: root, stderr: "ignore" })
    : null;
  if (listed?.success) return listed.stdout.toString().split("\n").filter(Boolean);
  return files("*", "{.ci,src,cli,test,bench,scripts,tools,deploy,types,corpus}/**/*");
}

/** Text of the files among `listed` that hold text, by path. Listed files that are gone already are left out. */
function texts(listed: string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of listed) {
    if (!existsSync(join(root, file))) continue;
    const text = read(file);
    if (!text.includes("\0")) found.set(file, text);
  }
  return found;
}

const sources = files("src/**/*.{ts,tsx}", "cli/**/*.{ts,tsx}");
const testFiles = files("test/**/*.{ts,tsx}");

// ---- arrows --------------------------------------------------------------------------------------------------------

const transpilers = { ts: new Bun.Transpiler({ loader: "ts" }), tsx: new Bun.Transpiler({ loader: "tsx" }) };

/**
 * Everything a file imports or re-exports, types too, as written.
 *
 * Bun's scanner sees what is left at run time; imports that are types only are gone by then, so a pattern finds those.
 */
function importsOf(text: string, loader: keyof typeof transpilers = "ts"): string[] {
  const found = new Set(transpilers[loader].scanImports(text).map((each) => each.path));
  for (const [, path] of text.matchAll(/^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm))
    found.add(path ?? "");
  for (const [, path] of text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)) found.add(path ?? "");
  return [...found];
}

function importsIn(file: string): string[] {
  return importsOf(read(file), file.endsWith(".tsx") ? "tsx" : "ts");
}

/** The project file a relative import names, from the project folder; null for a package or a built-in module. */
function resolved(file: string, specifier: string): string | null {
  return specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : null;
}

/** Commands that build or read a server themselves, not through `cli/local`, and what else they may know. */
const commandsThatKnowMore: Readonly<Record<string, readonly string[]>> = {
  serve: ["src/app.ts", "src/config.ts"],
  doctor: ["src/app.ts", "src/config.ts"],
  setup: ["src/app.ts", "src/config.ts"],
  tunnel: ["src/tunnel/"],
};

/**
 * Where the imports of one file may lead.
 *
 * @param file path from the project folder
 * @returns prefixes of paths from the project folder; a prefix that ends in `.ts` is that one file
 */
function mayKnow(file: string): readonly string[] {
  const core = "src/core/";
  const [top = "", folder = "", name = ""] = file.split("/");
  if (top === "src") {
    // A part is a folder, a file, or both: config.ts is the door to config/.
    const part = folder.replace(/\.ts$/, "");
    if (part === "core") return [core];
    if (part === "app") return ["src/"];
    if (part !== "channels") return [core, `src/${part}/`, `src/${part}.ts`];
    if (name === "registry.ts") return [core, "src/channels/"];
    if (name.endsWith(".ts")) return [core];
    const shared = ["call", "json", "key", "markdown", "proof"].map((file) => `src/channels/${file}.ts`);
    return [core, ...shared, `src/channels/${name}/`];
  }
  if (folder === "commands") {
    const command = name.replace(/\.tsx?$/, "");
    const edges = ["cli/context.ts", "cli/output.ts", "cli/client.ts", "cli/local.ts", "cli/local/"];
    return [core, ...edges, "cli/commands/", "cli/scenarios/", "cli/tui/", ...(commandsThatKnowMore[command] ?? [])];
  }
  if (folder === "tui") return [core, "cli/client.ts", "cli/tui/"];
  if (folder === "scenarios") return [core, "cli/scenarios/"];
  if (folder === "local" || folder === "local.ts")
    return [
      core,
      "src/app.ts",
      "src/config.ts",
      "src/sandbox/",
      "src/store/sqlite/audit.ts",
      "cli/local/",
      "cli/context.ts",
      "cli/output.ts",
      "cli/client.ts",
    ];
  // Commands look their settings up as the server does, so they read them by the same rules.
  const settings = ["src/config/datadir.ts", "src/config/envfile.ts"];
  return [core, "cli/", ...(file === "cli/context.ts" ? settings : [])]; // main, program, context, output, client
}

/** Whether `file` may import the project file `target`. */
function allowed(file: string, target: string): boolean {
  return mayKnow(file).some((prefix) => (prefix.endsWith("/") ? target.startsWith(prefix) : target === prefix));
}

describe("arrows", () => {
  test("every import leads where its folder may look", () => {
    const wrong = sources.flatMap((file) =>
      importsIn(file).flatMap((specifier) => {
        const target = resolved(file, specifier);
        if (target === null || target === "package.json" || target.startsWith("corpus/")) return [];
        return allowed(file, target) ? [] : [`${file} → ${target}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("core imports nothing from outside, no package and no built-in module either", () => {
    const wrong = files("src/core/**/*.ts").flatMap((file) =>
      importsIn(file).flatMap((specifier) => (specifier.startsWith(".") ? [] : [`${file} → ${specifier}`])),
    );
    expect(wrong).toEqual([]);
  });

  test("a package that could spread stays in the part it was brought in for", () => {
    const homes: Readonly<Record<string, readonly string[]>> = {
      "bun:sqlite": ["src/store/"],
      elysia: ["src/http/", "src/tunnel/"],
      "groq-sdk": ["src/agent/", "src/media/"],
      pino: ["src/events/"],
      commander: ["cli/"],
      ink: ["cli/tui/"],
      react: ["cli/tui/"],
    };
    const astray = sources.flatMap((file) =>
      importsIn(file)
        .filter((name) => homes[name]?.some((home) => file.startsWith(home)) === false)
        .map((name) => `${file} → ${name}`),
    );
    expect(astray).toEqual([]);
  });

  test("relative imports name the file with its extension", () => {
    const wrong = [...sources, ...testFiles].flatMap((file) =>
      importsIn(file).flatMap((specifier) =>
        specifier.startsWith(".") && !/\.(ts|tsx|sql|json|tsv|html|css|txt|gz)$/.test(specifier)
          ? [`${file} → ${specifier}`]
          : [],
      ),
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ["src/core/turn.ts", "src/core/waits.ts", true],
    ["src/core/turn.ts", "src/store/sqlite/inbox.ts", false],
    ["src/store/sqlite/inbox.ts", "src/core/update.ts", true],
    ["src/store/sqlite/inbox.ts", "src/channels/registry.ts", false],
    ["src/channels/messenger/send.ts", "src/channels/call.ts", true],
    ["src/channels/messenger/send.ts", "src/channels/telegram/send.ts", false],
    ["src/channels/call.ts", "src/channels/telegram/send.ts", false],
    ["src/app.ts", "src/store/sqlite/index.ts", true],
    ["src/config.ts", "src/app.ts", false],
    ["cli/commands/retry.ts", "cli/client.ts", true],
    ["cli/commands/retry.ts", "src/app.ts", false],
    ["cli/commands/serve.ts", "src/app.ts", true],
    ["cli/tui/app.tsx", "cli/output.ts", false],
    ["cli/client.ts", "src/store/sqlite/index.ts", false],
  ])("%s importing %s is allowed: %p", (file, target, expected) => {
    expect(allowed(file, target)).toBe(expected);
  });

  test("imports of types alone, re-exports and lazy imports are seen", () => {
    const text = `import type { A } from "./a.ts";\nexport type { B } from "./b.ts";\nexport * from "./c.ts";
      import { type D } from "./d.ts";\nconst e = await import("./e.ts");\nimport {\n  type F,\n} from "./f.ts";\nuse(e);`;
    expect(importsOf(text).sort()).toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts"]);
  });
});

// ---- core is pure --------------------------------------------------------------------------------------------------

/** Text without comments. Good enough for our own code; a `//` inside a string hides the rest of that line. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:])\/\/.*$/gm, "$1");
}

/** What decides differently each time it is asked, or reaches outside. */
const AMBIENT =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bMath\.random\b|\bfetch\s*\(|\bset(?:Timeout|Interval|Immediate)\s*\(|\b(?:performance|process|console|crypto|Bun)\.\w+/g;

describe("core", () => {
  test("takes time, chance and the outside as arguments; only systemClock reads the machine's", () => {
    const wrong = files("src/core/**/*.ts").flatMap((file) => {
      const text = withoutComments(read(file));
      const scanned = file === "src/core/clock.ts" ? text.slice(0, text.indexOf("export function systemClock")) : text;
      return [...scanned.matchAll(AMBIENT)].map(([found]) => `${file}: ${found}`);
    });
    expect(wrong).toEqual([]);
  });

  test("the scan finds what it looks for", () => {
    const text =
      "a = Date.now(); b = new Date(); c = new Date(a); d = Math.random(); e = setTimeout(f, 1); // fetch(g)";
    expect([...withoutComments(text).matchAll(AMBIENT)].length).toBe(4);
  });
});

// ---- tidiness ------------------------------------------------------------------------------------------------------

/** Past this a file is no longer one thing; about 250 is already a reason to look. */
const LONGEST_FILE_LINES = 400;

describe("tidiness", () => {
  test("no file or folder of src is named utils, helpers or common", () => {
    const vague = sources.filter((file) => /\/(utils?|helpers?|common|misc|shared)(\/|\.tsx?$)/.test(file));
    expect(vague).toEqual([]);
  });

  test(`no file of src or cli is longer than ${LONGEST_FILE_LINES} lines`, () => {
    const long = sources
      .map((file) => ({ file, lines: read(file).split("\n").length - 1 }))
      .filter(({ lines }) => lines > LONGEST_FILE_LINES);
    expect(long).toEqual([]);
  });

  test("only cli/output.ts uses the console", () => {
    const loud = sources.filter(
      (file) =>
        file !== "cli/output.ts" &&
        /\bconsole\.(?:log|info|warn|error|debug|trace|table|dir)\b/.test(withoutComments(read(file))),
    );
    expect(loud).toEqual([]);
  });

  test("nothing is left to be done later", () => {
    const marks = new RegExp(["TO" + "DO", "FIX" + "ME", "XX" + "X:"].map((mark) => `\\b${mark}\\b`).join("|"));
    const left = [...texts(ownFiles())].filter(([, text]) => marks.test(text)).map(([file]) => file);
    expect(left).toEqual([]);
  });

  test("no test is switched off or runs alone", () => {
    const switches = /\b(?:test|it|describe)\.(?:only|skip|todo)\b/;
    expect(testFiles.filter((file) => switches.test(read(file)))).toEqual([]);
  });

  test("no test sleeps for a second or longer", () => {
    const naps = /\bsleep(?:Sync)?\(\s*([\d_]+)\s*\)|\bsetTimeout\(\s*(?:\w+|\(\)\s*=>\s*\w+\(\))\s*,\s*([\d_]+)\s*\)/g;
    const slow = testFiles.flatMap((file) =>
      [...read(file).matchAll(naps)]
        .filter(([, slept, timed]) => Number((slept ?? timed ?? "0").replaceAll("_", "")) >= 1_000)
        .map(([nap]) => `${file}: ${nap}`),
    );
    expect(slow).toEqual([]);
  });

  test("every test file holds a test that asserts", () => {
    const idle = files("test/**/*.test.{ts,tsx}").filter((file) => {
      const text = read(file);
      return !/\b(test|it|exercise[A-Z]\w*)\b/.test(text) || !/\bexpect|\bassert|\bexercise[A-Z]/.test(text);
    });
    expect(idle).toEqual([]);
  });
});

// ---- what a clone on another machine needs -------------------------------------------------------------------------

describe("a clone elsewhere", () => {
  test("bun.lock holds no address, so every registry can serve it", () => {
    expect(read("bun.lock").match(/"https?:\/\/[^"]*"/g)).toBeNull();
  });

  test("package.json pins exact versions", () => {
    const manifest: { [group: string]: unknown } = JSON.parse(read("package.json"));
    const loose = ["dependencies", "devDependencies"].flatMap((group) =>
      Object.entries(manifest[group] ?? {}).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version))),
    );
    expect(loose).toEqual([]);
  });

  test("no tracked file names a package registry, or a folder of one machine", () => {
    // Put together here, so that this file does not name them itself.
    const registries = [
      "registry.npm" + "js.org",
      "npm.pkg." + "github.com",
      "registry.yarn" + "pkg.com",
      "npm" + "mirror",
    ];
    const folders = [`${root}/`, "/" + "Users/", "../" + "shared"];
    const wrong = [...texts(ownFiles())].flatMap(([file, text]) =>
      [...registries, ...folders].filter((word) => text.includes(word)).map((word) => `${file}: ${word}`),
    );
    expect(wrong).toEqual([]);
  });

  test("one lockfile, bun's, is kept", () => {
    const others = readdirSync(root).filter((name) =>
      /^(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb)$/.test(name),
    );
    expect(others).toEqual([]);
  });
});
