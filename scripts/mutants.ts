// `npm run mutants [-- name …]`: makes deliberate mistakes in copies of the source, one at a time (test/world/mutants), and
// has the simulation look for each. A mistake that it does not find ends this with 1.
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { MUTANTS, type Mutant } from "../test/world/mutants/list.ts";

const root = join(import.meta.dir, "..");

/** What the simulation consists of. */
const COPIED = [
  "src",
  "corpus",
  "test/world",
  "test/helpers",
  "test/workers/stage.ts",
  "test/conformance",
  "scripts/simulate-world.ts",
  "package.json",
  "tsconfig.json",
];

/** A mistake that so many worlds do not show is not found. */
const MOST_SEEDS = 400;
/** A mistake may make a world hang, which counts as not found: nobody was told which promise it breaks. */
const PATIENCE_MS = 240_000;

/** How it was found; null when it was not. */
interface Kill {
  readonly seed: number;
  readonly promise: string;
  readonly detail: string;
}

/** @throws when the mistake cannot be made as described, because the source has changed */
async function applied(mutant: Mutant, folder: string): Promise<void> {
  for (const path of COPIED) await cp(join(root, path), join(folder, path), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const file = join(folder, mutant.file);
  const source = await readFile(file, "utf8");
  const found = source.split(mutant.find).length - 1;
  if (found !== 1) throw new Error(`${mutant.file} holds ${JSON.stringify(mutant.find)} ${found} times, not once`);
  // A function, because a string would have its dollar signs read.
  await writeFile(
    file,
    source.replace(mutant.find, () => mutant.replace),
  );
}

async function hunt(folder: string): Promise<Kill | null> {
  const args = [
    "scripts/simulate-world.ts",
    "--json",
    "--until-broken",
    "--workers",
    "1",
    "--seeds",
    String(MOST_SEEDS),
  ];
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: folder,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const patience = setTimeout(() => child.kill(), PATIENCE_MS);
  const [out, complaints] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  clearTimeout(patience);
  const last = out.trim().split("\n").at(-1) ?? "";
  if (last === "") throw new Error(`no world was run: ${complaints.slice(0, 600)}`);
  const result: { seed: number; breach: { promise: string; detail: string } | null } = JSON.parse(last);
  return result.breach === null ? null : { seed: result.seed, ...result.breach };
}

async function judge(mutant: Mutant): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "botctl-mutant-"));
  try {
    await mkdir(folder, { recursive: true });
    await applied(mutant, folder);
    const kill = await hunt(folder);
    if (kill === null) process.stdout.write(`SURVIVED ${mutant.name}: ${mutant.mistake}\n`);
    else process.stdout.write(`killed   ${mutant.name} by seed ${kill.seed}: ${kill.promise} (${kill.detail})\n`);
    return kill !== null;
  } catch (error) {
    process.stdout.write(`FAILED   ${mutant.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const asked = process.argv.slice(2);
const waiting = MUTANTS.filter(({ name }) => asked.length === 0 || asked.includes(name));
const total = waiting.length;
let killed = 0;
async function work(): Promise<void> {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift())
    if (await judge(mutant)) killed += 1;
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
process.stdout.write(`${killed} of ${total} mutants killed\n`);
process.exit(killed === total && total > 0 ? 0 : 1);
