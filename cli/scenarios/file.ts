/** Scenario files: text → a script, or all that is wrong with it, each with its place. Pure. */
import type { z } from "zod";
import type { ChannelName } from "../../src/core/channel.ts";
import { dialectOf, type Dialect } from "./dialect.ts";
import { DEEDS, DEMANDS, ScenarioFile, type FileStep } from "./file-schema.ts";
import { checkFrom, stepFrom } from "./file-script.ts";
import { labelIn } from "./messenger.ts";
import { lineOf, pathText, type Path } from "./place.ts";
import type { Script, Step } from "./scenario.ts";

export interface ReadScenario {
  readonly name: string;
  readonly script: Script;
}

/** What is wrong, and where: "line 7, steps[1].txet: this word is not known". */
export interface FileComplaint {
  readonly line: number | null;
  /** "" for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

export type ReadFile =
  | { readonly kind: "read"; readonly scenario: ReadScenario }
  | { readonly kind: "refused"; readonly complaints: readonly FileComplaint[] };

/**
 * @param source the file's text: JSON when it begins with a brace, else YAML
 * @param name what the scenario is called when it does not say
 */
export function readScenario(source: string, name: string): ReadFile {
  let value: unknown;
  try {
    value = /^\s*\{/.test(source) ? JSON.parse(source) : Bun.YAML.parse(source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "refused", complaints: [{ line: null, path: "", message }] };
  }
  const complaints: FileComplaint[] = [];
  const complain = (path: Path, message: string): void => {
    complaints.push({ line: lineOf(source, path), path: pathText(path), message });
  };
  const version = newerVersion(value);
  if (version !== null) {
    complain(["version"], `version ${version} is for another botctl; this one reads version 1`);
    return { kind: "refused", complaints };
  }
  const file = ScenarioFile.safeParse(value);
  if (!file.success) {
    for (const issue of file.error.issues) report(issue, [], complain);
    return { kind: "refused", complaints };
  }
  const { steps: written, expect, summary, channel, place } = file.data;
  const names = written.map((step, index) => step.id ?? `step-${index + 1}`);
  checkSteps(written, names, complain);
  if (place === "group" && channel === "messenger") complain(["place"], "Messenger has no groups");
  const labels = new Set(
    written.flatMap((step, index) =>
      Array.from({ length: messagesIn(step, channel) }, (_, at) => labelIn(names[index] ?? "", at)),
    ),
  );
  for (const [index, check] of expect.entries()) {
    const path = ["expect", index];
    onlyOne(check, DEMANDS, path, complain);
    const named = [
      ...(check.answers?.flat() ?? []),
      ...(check.each_answered_once ?? []),
      ...(check.within?.steps ?? []),
      ...[check.stored?.step, check.reads?.step, check.let_go?.step].flatMap((step) => step ?? []),
    ];
    for (const step of named) if (!labels.has(step)) complain(path, `there is no step "${step}"`);
  }
  if (complaints.length > 0) return { kind: "refused", complaints };
  const steps = written.map((step, index) => stepFrom(step, names[index] ?? ""));
  for (const [index, step] of steps.entries()) checkDialect(step, dialectOf(channel), ["steps", index], complain);
  if (complaints.length > 0) return { kind: "refused", complaints };
  const headline = summary ?? `${steps.length} steps`;
  const script = { headline, channel, ...(place === undefined ? {} : { place }), steps, checks: expect.map(checkFrom) };
  return { kind: "read", scenario: { name: file.data.name ?? name, script } };
}

/** What the platform has no words for. */
function checkDialect({ deed }: Step, dialect: Dialect, path: Path, complain: Complain): void {
  if (deed.kind !== "post") return;
  for (const happening of deed.happenings) {
    const refusal = dialect.refuses(happening, deed.standby);
    if (refusal !== null) complain(path, refusal);
  }
}

/** How many messages a step makes: on Telegram each file is one of its own. */
function messagesIn({ together, attach }: FileStep, channel: ChannelName): number {
  const filesIn = (files: FileStep["attach"]): number =>
    channel === "telegram" && Array.isArray(files) ? files.length : 1;
  if (together === undefined) return filesIn(attach);
  return together.reduce((sum, each) => sum + ("attach" in each ? filesIn(each.attach) : 1), 0);
}

type Complain = (path: Path, message: string) => void;

/** Said before anything else, because a newer form may differ in everything. */
function newerVersion(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("version" in value) || value.version === 1) return null;
  return JSON.stringify(value.version) ?? "unknown";
}

function report(issue: z.core.$ZodIssue, before: Path, complain: Complain): void {
  const path = [...before, ...issue.path];
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys) complain([...path, key], "this word is not known");
      return;
    case "invalid_union": {
      // The alternative that comes nearest has least to complain about.
      const [nearest] = issue.errors.toSorted((one, other) => one.length - other.length);
      if (nearest === undefined) complain(path, "it has none of the forms it may have");
      for (const inner of nearest ?? []) report(inner, path, complain);
      return;
    }
    default:
      complain(path, issue.message);
  }
}

function checkSteps(steps: readonly FileStep[], names: readonly string[], complain: Complain): void {
  for (const [index, step] of steps.entries()) {
    const path = ["steps", index];
    onlyOne(step, DEEDS, path, complain);
    const before = new Set(names.slice(0, index));
    if (before.has(names[index] ?? "")) complain([...path, "id"], `there is another step "${names[index]}" before it`);
    const named = [
      step.reply_to,
      step.reaction?.to,
      step.edit?.of,
      step.unsend,
      step.again,
      ...(step.together ?? []).map((each) => ("reply_to" in each ? each.reply_to : undefined)),
    ];
    for (const name of named) {
      if (name !== undefined && !before.has(name)) complain(path, `there is no step "${name}" before it`);
    }
    for (const word of ["quick_reply", "reply_to", "aside"] as const) {
      if (step[word] !== undefined && step.text === undefined) complain([...path, word], "it belongs to a text");
    }
    if (step.caption !== undefined && step.attach === undefined) complain([...path, "caption"], "it belongs to attach");
    const plain = step.kill === true || step.stall !== undefined || step.again !== undefined;
    for (const word of ["status", "signature"] as const) {
      const idle = plain && !(word === "status" && step.again !== undefined);
      if (step[word] !== undefined && idle) complain([...path, word], "it changes nothing in this step");
    }
    const written = plain || step.body !== undefined || step.bytes !== undefined;
    for (const word of ["standby", "aged", "time", "page"] as const) {
      if (step[word] !== undefined && written) complain([...path, word], "it changes nothing in this step");
    }
  }
}

function onlyOne(object: object, words: readonly string[], path: Path, complain: Complain): void {
  const said = words.filter((word) => Object.hasOwn(object, word));
  if (said.length === 1) return;
  const all = words.join(", ");
  complain(path, said.length === 0 ? `it needs one of: ${all}` : `${said.join(" and ")} cannot stand together`);
}
