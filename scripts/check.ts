// Everything that judges the code without running it: `npm run check`, or a few by name: `npm run check -- types lint`.
//
// All of them run, whatever the first one says, so that one look shows everything there is to mend.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const installed = join(root, "node_modules");

/** Findings are indented and may end up in a log, so no tool colours them. */
const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };

interface Verdict {
  readonly passed: boolean;
  /** What to show when it did not pass: the tool's own words. */
  readonly findings: string;
}

/** Runs one tool in the project folder, with nothing on stdin. Exit code 0 is a pass. */
async function tool(command: readonly string[]): Promise<Verdict> {
  const run = Bun.spawn([...command], { cwd: root, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, complaints, code] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
    run.exited,
  ]);
  return { passed: code === 0, findings: `${out}${complaints}`.trim() };
}

/**
 * `bun install` writes the address of each package into bun.lock when another registry than the public one is
 * configured; a frozen install elsewhere would then ask that address.
 */
async function lockfileHoldsNoAddress(): Promise<Verdict> {
  const lines = (await readFile(join(root, "bun.lock"), "utf8")).split("\n");
  const bad = lines.flatMap((line, index) => (/"https?:\/\//.test(line) ? [`bun.lock:${index + 1}`] : []));
  return { passed: bad.length === 0, findings: `These lines hold an address: ${bad.join(", ")}` };
}

const bun = process.execPath;
const checks: Readonly<Record<string, () => Promise<Verdict>>> = {
  // --no-script: package.json's own `check` and `fmt` would otherwise be run instead of the built-in commands.
  types: () => tool([bun, "check", "--no-script", "--no-pretty", "--all"]),
  format: () => tool([bun, "fmt", "--no-script", "--check"]),
  lint: () => tool(["node", join(installed, "oxlint/bin/oxlint"), "--deny-warnings", "--format=unix"]),
  unused: () => tool(["node", join(installed, "knip/bin/knip.js"), "--no-progress", "--no-config-hints"]),
  lockfile: lockfileHoldsNoAddress,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in checks));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no check named ${unknown.join(", ")}. There are: ${Object.keys(checks).join(", ")}.\n`,
  );
  process.exit(2);
}

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const { passed, findings } = await check();
  process.stdout.write(`${passed ? "ok    " : "FAILED"} ${name}\n`);
  if (!passed) {
    failed += 1;
    process.stdout.write(`${findings.replace(/^/gm, "       ")}\n`);
  }
}
process.exit(failed === 0 ? 0 : 1);
