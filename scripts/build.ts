// Compiles the one binary: `npm run build [-- --if-needed] [-- --target linux-arm64]`.
//
//   --if-needed      does nothing when the binary is newer than everything it is made of
//   --target <name>  for another machine (the names are below); the result is dist/botctl-<name>. The runtime that
//                    goes into it comes from the npm registry.
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dir, "..");

const machines = [
  "linux-x64",
  "linux-x64-baseline", // processors without AVX2, as cheap servers may have
  "linux-x64-musl",
  "linux-arm64",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "windows-x64",
] as const;
type Machine = (typeof machines)[number];

/** What the binary is made of, beside the installed packages, which bun.lock stands for. */
const ingredients = ["src", "cli", "corpus", "types", "package.json", "bun.lock", "tsconfig.json", "scripts/build.ts"];

/**
 * When `path` or anything below it changed last.
 *
 * Folders count too, because a deleted file leaves no other trace.
 *
 * @returns epoch ms; 0 when there is no such path
 */
async function changedAt(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (found === null) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const below = await Promise.all((await readdir(path)).map((name) => changedAt(join(path, name))));
  return Math.max(found.mtimeMs, ...below);
}

/** The commit this is built from: BUILD_SHA where there is no repository (a container build), else what git says. */
function buildSha(): string {
  if (Bun.env["BUILD_SHA"]) return Bun.env["BUILD_SHA"];
  try {
    const git = Bun.spawnSync(["git", "rev-parse", "--short=12", "HEAD"], { cwd: root, stderr: "ignore" });
    return git.success ? git.stdout.toString().trim() : "unknown";
  } catch {
    return "unknown"; // git is not installed
  }
}

/** Ink asks for React's developer tools only when DEV is set, but the bundler wants to resolve them all the same. */
const withoutDevtools: Bun.BunPlugin = {
  name: "without-react-devtools",
  setup(build) {
    build.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: "react-devtools-core", namespace: "absent" }));
    build.onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: "export default {};", loader: "js" }));
  },
};

/** Builds into a folder of its own and moves the result, so a running or half-built binary is never in the way. */
async function build(outfile: string, machine: Machine | undefined): Promise<void> {
  const startedAt = new Date();
  const workshop = join(root, "dist", `.build-${process.pid}`);
  // The program's name inside the binary is that of the file it is first written to.
  const draft = join(workshop, machine?.startsWith("windows") ? "botctl.exe" : "botctl");
  await mkdir(workshop, { recursive: true });
  try {
    const result = await Bun.build({
      entrypoints: [join(root, "cli/main.ts")],
      format: "esm",
      splitting: true,
      bytecode: true,
      sourcemap: "linked",
      // Class names stay readable in stack traces and logs; shorter ones would save less than 1 MB.
      minify: { syntax: true, whitespace: true, identifiers: false },
      define: { "process.env.NODE_ENV": '"production"', BUILD_SHA: JSON.stringify(buildSha()) },
      plugins: [withoutDevtools],
      compile: {
        outfile: draft,
        ...(machine === undefined ? {} : { target: `bun-${machine}` as const }),
        // Otherwise the binary would take settings, and even code, from whatever folder it is started in.
        autoloadDotenv: false,
        autoloadBunfig: false,
      },
      throw: false,
    });
    if (!result.success) {
      for (const log of result.logs) process.stderr.write(`${Bun.inspect(log)}\n`);
      process.stderr.write("The binary was not built.\n");
      process.exitCode = 1;
      return;
    }
    // Dated back to the start: a file changed while the build ran is newer than its result.
    await utimes(draft, startedAt, startedAt);
    await rename(draft, outfile);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  process.stderr.write(`Built ${outfile} in ${Date.now() - startedAt.getTime()} ms.\n`);
}

const { values: flags } = parseArgs({
  options: { "if-needed": { type: "boolean", default: false }, target: { type: "string" } },
});
const machine = machines.find((name) => name === flags.target?.replace(/^bun-/, ""));
if (flags.target !== undefined && machine === undefined) {
  process.stderr.write(`There is no target ${flags.target}. There are: ${machines.join(", ")}.\n`);
  process.exit(2);
}
const suffix = machine === undefined ? "" : `-${machine}${machine.startsWith("windows") ? ".exe" : ""}`;
const outfile = join(root, "dist", `botctl${suffix}`);

const sourcesChangedAt = Math.max(...(await Promise.all(ingredients.map((path) => changedAt(join(root, path))))));
if (!flags["if-needed"] || (await changedAt(outfile)) <= sourcesChangedAt) await build(outfile, machine);
