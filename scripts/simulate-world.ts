// `npm run simulate:world -- [--seeds N] [--from S] [--seed S] [--trace]`: whole worlds of faults around the real core,
// workers and SQLite (test/world), one a seed. Ends with 1 and the command to see it again when a promise is broken.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { runWorld, type WorldResult } from "../test/world/world.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
    workers: { type: "string" },
    json: { type: "boolean", default: false },
    "until-broken": { type: "boolean", default: false },
  },
});

/** One line a world, so that a parent can add up what its children saw. */
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A progress line at most this often. */
const PROGRESS_MS = 10_000;

interface Sums {
  seeds: number;
  steps: number;
  crashes: number;
  stops: number;
  answered: number;
  dead: number;
  excused: number;
  sent: number;
  undelivered: number;
  doubts: number;
  doubled: number;
  told: number;
  broken: number;
}

const sums: Sums = {
  seeds: 0,
  steps: 0,
  crashes: 0,
  stops: 0,
  answered: 0,
  dead: 0,
  excused: 0,
  sent: 0,
  undelivered: 0,
  doubts: 0,
  doubled: 0,
  told: 0,
  broken: 0,
};

function add({ steps, crashes, stops, totals, breach }: WorldResult): void {
  sums.seeds += 1;
  sums.steps += steps;
  sums.crashes += crashes;
  sums.stops += stops;
  if (breach !== null) sums.broken += 1;
  if (totals === null) return;
  for (const name of ["answered", "dead", "excused", "sent", "undelivered", "doubts", "doubled", "told"] as const)
    sums[name] += totals[name];
}

function tell({ seed, breach }: WorldResult): void {
  if (breach === null) return;
  print(`BROKEN seed ${seed}: ${breach.promise} (${breach.detail})`);
  print(`       npm run simulate:world -- --seed ${seed} --trace`);
}

/** Runs `count` seeds from `from` on, each `stride`-th. */
async function run(from: number, count: number, stride: number, each: (result: WorldResult) => void): Promise<void> {
  for (let index = 0; index < count; index += stride) {
    const result = await runWorld(from + index);
    each(result);
    if (values["until-broken"] && result.breach !== null) return;
  }
}

/** The same, shared among processes. */
async function share(from: number, count: number, workers: number, each: (result: WorldResult) => void): Promise<void> {
  const children = Array.from({ length: workers }, async (_, nth) => {
    const args = ["--json", "--workers", String(workers), "--from", String(from + nth), "--seeds", String(count - nth)];
    const child = Bun.spawn([process.execPath, import.meta.path, ...args], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) each(JSON.parse(line));
    }
    if ((await child.exited) !== 0) throw new Error(`a process ended with ${child.exitCode}`);
  });
  await Promise.all(children);
}

const count = Number(values.seeds);
const from = Number(values.from);
const workers = Number(values.workers ?? Math.min(2, availableParallelism()));

if (values.seed !== undefined) {
  const result = await runWorld(Number(values.seed), values.trace ? { trace: print } : {});
  print(JSON.stringify(result));
  tell(result);
  process.exit(result.breach === null ? 0 : 1);
}
if (values.json) {
  await run(from, count, workers, (result) => print(JSON.stringify(result)));
  process.exit(0);
}

const beganAt = performance.now();
let toldAt = beganAt;
const each = (result: WorldResult): void => {
  add(result);
  tell(result);
  if (performance.now() - toldAt < PROGRESS_MS) return;
  toldAt = performance.now();
  print(`${sums.seeds} of ${count} seeds, ${sums.broken} broken`);
};
await (workers > 1 ? share(from, count, workers, each) : run(from, count, 1, each));
const tookS = ((performance.now() - beganAt) / 1_000).toFixed(1);
print(`${sums.seeds} seeds in ${tookS} s: ${sums.steps} steps, ${sums.crashes} crashes, ${sums.stops} orderly stops`);
print(
  `messages: ${sums.answered} answered, ${sums.excused} taken back or left to a human, ${sums.dead} given up visibly`,
);
print(
  `deliveries: ${sums.sent} sent, ${sums.undelivered} given up visibly, ${sums.doubts} unknown outcomes, ${sums.doubled} doubled for them`,
);
print(`the user service was told ${sums.told} times`);
print(`broken promises: ${sums.broken}`);
process.exit(sums.broken === 0 ? 0 : 1);
