// `npm test [-- <arguments of bun test>]`: builds the binary when it is older than its sources, because tests drive it,
// runs the tests, and ends with one line of its own on stdout: `<N> passed, <N> failed`.
//
// The numbers come from the summary on stderr. A JUnit report would miss files that could not be loaded at all.
import { join } from "node:path";

const root = join(import.meta.dir, "..");

/** How much of the end of the output is kept; the summary is well under 1000 characters. */
const KEPT_CHARS = 4_000;

/** A busy machine is no failure: tests wait for what happens, give up after 20 s and then say what never came. */
const TEST_LIMIT_MS = 30_000;

/** Says how it went, on a line of its own whatever was printed before, and ends. */
async function conclude(passed: number, failed: number): Promise<never> {
  await Bun.write(Bun.stdout, `\n${passed} passed, ${failed} failed\n`);
  process.exit(failed === 0 ? 0 : 1);
}

const build = Bun.spawn([process.execPath, join(root, "scripts/build.ts"), "--if-needed"], {
  stdin: "ignore",
  stdout: "inherit",
  stderr: "inherit",
});
if ((await build.exited) !== 0) await conclude(0, 1);

const run = Bun.spawn([process.execPath, "test", `--timeout=${TEST_LIMIT_MS}`, ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, FORCE_COLOR: "0" },
  stdin: "ignore",
  stdout: "inherit",
  stderr: "pipe",
});
let tail = "";
const decoder = new TextDecoder();
for await (const chunk of run.stderr) {
  await Bun.write(Bun.stderr, chunk);
  tail = (tail + decoder.decode(chunk, { stream: true })).slice(-KEPT_CHARS);
}
const code = await run.exited;

/** The count before `word` in the summary, for instance 12 in " 12 pass"; 0 when the summary does not have it. */
function counted(word: string): number {
  return Number([...tail.matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))].at(-1)?.[1] ?? 0);
}
// A file that could not be loaded is among them: bun names it as an error and counts it as a failure.
const failed = counted("fail");
// A run that ended badly without counting anything (nothing matched, a crash) is a failure all the same.
await conclude(counted("pass"), code === 0 ? failed : Math.max(failed, 1));
