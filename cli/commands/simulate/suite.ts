/** `botctl simulate run`: scenario files as a regression suite. */
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemClock, type Clock } from "../../../src/core/clock.ts";
import { Fault } from "../../../src/core/fault.ts";
import type { CommandContext } from "../../context.ts";
import { interruptible } from "../../local/interrupt.ts";
import { outputOf } from "../../output.ts";
import { readScenario, type FileComplaint, type ReadScenario } from "../../scenarios/file.ts";
import { play, type Played } from "../../scenarios/play.ts";
import { channelOf } from "../../scenarios/scenario.ts";
import { junitXml, type SuiteCase } from "./junit.ts";
import { openStage, type OpenStage, type StageFlags } from "./open.ts";
import { refuseSpeedElsewhere, refuseTwoServers } from "./plays.ts";
import { documentOf, QUIET_MS } from "./run.ts";
import { Narrator } from "./show.ts";
import { contactOf, startOf, timeoutOf, type TimeFlags } from "./timing.ts";

export interface SuiteOptions extends StageFlags, TimeFlags {
  /** Files and folders, as typed. */
  readonly paths: readonly string[];
  readonly sandbox?: boolean | undefined;
  /** Where the report goes, as typed. */
  readonly junit?: string | undefined;
}

/** Waits of many seconds should not keep a build server. */
const USUAL_SPEED = 20;
const ENDINGS = /\.(ya?ml|json)$/;

type Read =
  | { readonly file: string; readonly scenario: ReadScenario }
  | { readonly file: string; readonly complaints: readonly FileComplaint[] };

/**
 * @param open finds or starts the server; replaced in tests
 * @throws Fault `usage` when a file is wrong, before anything is played; `findings` when an expectation is not met
 */
export async function playSuite(
  typed: SuiteOptions,
  context: CommandContext,
  open = openStage,
  clock = systemClock(),
): Promise<void> {
  refuseTwoServers(typed);
  refuseSpeedElsewhere(typed);
  const options = typed.sandbox === true ? { ...typed, speed: typed.speed ?? USUAL_SPEED } : typed;
  const startedAt = clock.now();
  const files = filesOf(options.paths, context.cwd);
  const read = await Promise.all(files.map((file) => readFile(file, context.cwd)));
  const wrong = read.flatMap((each) => ("complaints" in each ? [each] : []));
  if (wrong.length > 0) {
    await writeJunit(options, context, read.map(unplayed), startedAt);
    const lines = wrong.flatMap(({ file, complaints }) => complaints.map((complaint) => lineFor(file, complaint)));
    throw new Fault("usage", lines.join("\n"), "The form of scenario files is described in docs/simulate.md.");
  }
  const good = read.flatMap((each) => ("scenario" in each ? [each] : []));
  refuseKills(good, options);
  const narrator = new Narrator(context, options);
  const results = await interruptible(context, async () => {
    const opened = await open(options, context, clock);
    try {
      return await playAll(good, opened, options, narrator, clock);
    } finally {
      await opened.close();
    }
  });
  const cases = results.map(({ played, tookMs }, index): SuiteCase => {
    const file = good[index]?.file ?? "";
    const failures = played.expectations.flatMap(({ what, passed, instead }) =>
      passed ? [] : [`${what}: ${instead}`],
    );
    return { file, name: good[index]?.scenario.name ?? "", tookMs, failures, error: null };
  });
  await writeJunit(options, context, cases, startedAt);
  report(good, results, options, context);
}

interface Result {
  readonly played: Played;
  /** Real time. */
  readonly tookMs: number;
}

async function playAll(
  files: readonly { readonly file: string; readonly scenario: ReadScenario }[],
  opened: OpenStage,
  options: SuiteOptions,
  narrator: Narrator,
  machine: Clock,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [index, { file, scenario }] of files.entries()) {
    const beganAt = machine.now();
    const played = await play(scenario.script, await opened.stageFor(channelOf(scenario.script)), {
      contact: contactOf(options, index),
      timeoutMs: timeoutOf(options),
      quietMs: QUIET_MS,
      clock: opened.lead ?? machine,
      startAt: startOf(options),
      edits: [],
      tell: () => {},
    });
    const tookMs = machine.now() - beganAt;
    narrator.verdict(played.verdict === "passed", file, scenario.script.headline, tookMs);
    narrator.findings(played.expectations.filter((finding) => !finding.passed));
    results.push({ played, tookMs });
  }
  return results;
}

/** @throws Fault `findings` */
function report(
  files: readonly { readonly file: string; readonly scenario: ReadScenario }[],
  results: readonly Result[],
  options: SuiteOptions,
  context: CommandContext,
): void {
  const documents = results.map(({ played }, index) => {
    return { file: files[index]?.file ?? "", ...documentOf(files[index]?.scenario.name ?? "", played) };
  });
  const failed = documents.filter(({ verdict }) => verdict === "failed").map(({ file }) => file);
  const out = outputOf(context, options);
  const verdict = failed.length === 0 ? "passed" : "failed";
  out.result({ verdict, files: documents }, () => "");
  out.say(`${documents.length - failed.length} of ${documents.length} files passed.`);
  if (failed.length === 0) return;
  throw new Fault(
    "findings",
    `Not as expected: ${failed.join(", ")}.`,
    "What came instead stands beside each expectation that was not met.",
  );
}

/** Folders are looked through to the bottom, in the order of names. @throws Fault `usage` */
function filesOf(paths: readonly string[], cwd: string): string[] {
  const found = paths.flatMap((path) => {
    const kind = statSync(resolve(cwd, path), { throwIfNoEntry: false });
    if (kind === undefined) throw new Fault("usage", `There is no ${path}.`, "Name files, or folders of them.");
    if (!kind.isDirectory()) return [path];
    const names = readdirSync(resolve(cwd, path), { recursive: true, encoding: "utf8" });
    return names
      .filter((name) => ENDINGS.test(name))
      .sort()
      .map((name) => join(path, name));
  });
  if (found.length > 0) return [...new Set(found)];
  throw new Fault("usage", `There are no scenario files in ${paths.join(", ")}.`, "They end in .yaml, .yml or .json.");
}

async function readFile(file: string, cwd: string): Promise<Read> {
  const source = await Bun.file(resolve(cwd, file))
    .text()
    .catch(() => null);
  if (source === null) return { file, complaints: [{ line: null, path: "", message: "it cannot be read" }] };
  const name = file.replace(/^.*[\\/]/, "").replace(ENDINGS, "");
  const read = readScenario(source, name);
  return read.kind === "read" ? { file, scenario: read.scenario } : { file, complaints: read.complaints };
}

function lineFor(file: string, { line, path, message }: FileComplaint): string {
  return `${file}${line === null ? "" : `:${line}`}: ${path === "" ? "" : `${path}: `}${message}`;
}

function unplayed(read: Read): SuiteCase {
  const complaints = "complaints" in read ? read.complaints.map((each) => lineFor(read.file, each)) : [];
  const error = complaints.length > 0 ? complaints.join("\n") : "not played, because another file is wrong";
  const name = "scenario" in read ? read.scenario.name : read.file;
  return { file: read.file, name, tookMs: 0, failures: [], error };
}

function refuseKills(
  files: readonly { readonly file: string; readonly scenario: ReadScenario }[],
  options: SuiteOptions,
): void {
  if (options.sandbox === true) return;
  const killer = files.find(({ scenario }) => scenario.script.steps.some(({ deed }) => deed.kind === "kill"));
  if (killer === undefined) return;
  throw new Fault("usage", `${killer.file} kills the server, so it needs one of its own.`, "Add --sandbox.");
}

async function writeJunit(
  { junit }: SuiteOptions,
  context: CommandContext,
  cases: readonly SuiteCase[],
  startedAt: number,
): Promise<void> {
  if (junit === undefined) return;
  const path = resolve(context.cwd, junit);
  try {
    await Bun.write(path, junitXml(cases, startedAt));
  } catch (cause) {
    throw new Fault("failed", `The report cannot be written to ${path}.`, "Check the path given to --junit.", {
      cause,
    });
  }
}
