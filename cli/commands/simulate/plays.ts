/** What a `simulate` command line asks to be played: scenarios by name, or a body from a file, once or often. */
import { resolve } from "node:path";
import type { ChannelName } from "../../../src/core/channel.ts";
import { Fault } from "../../../src/core/fault.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { editOf, type Edit } from "../../scenarios/body.ts";
import { postsOdd } from "../../scenarios/build.ts";
import { refuseIdleOptions, scenarioOf } from "../../scenarios/catalogue.ts";
import { dialectOf } from "../../scenarios/dialect.ts";
import { checkOf } from "../../scenarios/expectations.ts";
import type { Scenario, ScenarioOptions, Script } from "../../scenarios/scenario.ts";
import type { StageFlags } from "./open.ts";
import { contactOf, refuseRealContact, type TimeFlags } from "./timing.ts";

export interface SimulateOptions extends StageFlags, TimeFlags {
  /** Names from the catalogue. */
  readonly scenarios: readonly string[];
  /** Whose scenarios and bodies are meant where nothing else says so; Messenger's when left out. */
  readonly channel?: ChannelName | undefined;
  readonly sandbox?: boolean | undefined;
  readonly gapMs?: number | undefined;
  readonly order?: "text-first" | "photo-first" | undefined;
  readonly count?: number | undefined;
  readonly text?: string | undefined;
  /** `path=value`, as typed. */
  readonly set?: readonly string[] | undefined;
  /** A file with a body, "-" for stdin, instead of scenarios. */
  readonly data?: string | undefined;
  readonly repeat?: number | undefined;
  /** Scenarios begun per second. */
  readonly rate?: number | undefined;
  /** As typed. */
  readonly expect?: readonly string[] | undefined;
  readonly print?: "curl" | undefined;
}

/** One scenario to be played once. */
export interface Play {
  readonly name: string;
  readonly script: Script;
  readonly contact: string;
  /** The page that the body names; null for the stage's own. */
  readonly page: string | null;
}

/** @throws Fault `usage` when names or options do not fit, or the body cannot be read */
export async function playsOf(options: SimulateOptions, context: CommandContext): Promise<Play[]> {
  const once = options.data === undefined ? scenariosOf(options) : [await givenBody(options.data, options, context)];
  const rounds = Array.from({ length: options.repeat ?? 1 }, () => once).flat();
  return rounds.map(({ name, script, contact, page }, index) => {
    return { name, script: expecting(script, options), page, contact: contact ?? contactOf(options, index) };
  });
}

type Asked = Omit<Play, "contact"> & { readonly contact: string | null };

function scenariosOf(options: SimulateOptions): Asked[] {
  const scenarios = options.scenarios.map((name) => scenarioOf(name, options.channel));
  if (scenarios.length === 0) {
    throw new Fault(
      "usage",
      "There is nothing to play.",
      "Name scenarios from `botctl simulate list`, or add --data FILE.",
    );
  }
  const wishes: ScenarioOptions = {
    gapMs: options.gapMs ?? null,
    order: options.order ?? null,
    count: options.count ?? null,
    text: options.text ?? null,
  };
  refuseIdleOptions(scenarios, wishes);
  refuseContradictions(options, scenarios);
  return scenarios.map((scenario) => ({
    name: scenario.name,
    script: scenario.script(wishes),
    contact: null,
    page: null,
  }));
}

async function givenBody(file: string, options: SimulateOptions, context: CommandContext): Promise<Asked> {
  if (options.scenarios.length > 0) {
    throw new Fault("usage", "--data is played instead of scenarios.", `Leave out ${options.scenarios.join(", ")}.`);
  }
  refuseContradictions(options, []);
  const bytes =
    file === "-" ? new TextEncoder().encode(await context.stdin.text()) : await bytesIn(resolve(context.cwd, file));
  const channel = options.channel ?? "messenger";
  const [event] = dialectOf(channel).eventsOf(jsonOf(bytes));
  const script = {
    channel,
    headline: `${bytes.length} bytes as given`,
    steps: [postsOdd("data", { kind: "given", bytes })],
    checks: [],
  };
  return { name: "data", script, contact: event?.contact ?? null, page: event?.page ?? null };
}

async function bytesIn(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await Bun.file(path).arrayBuffer());
  } catch (cause) {
    throw new Fault("usage", `${path} cannot be read.`, "Check the path given to --data.", { cause });
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/**
 * The changes of `--set`.
 *
 * @throws Fault `usage` when they cannot be read, or are for a step that nothing has
 */
export function editsOf({ set = [] }: SimulateOptions, plays: readonly Play[]): Edit[] {
  const edits = set.map(editOf);
  const steps = new Set(plays.flatMap(({ script }) => script.steps.map(({ id }) => id)));
  const astray = edits.find(({ step }) => step !== null && !steps.has(step));
  if (astray === undefined) return edits;
  throw new Fault("usage", `There is no step "${astray.step}" to change.`, `The steps are ${[...steps].join(", ")}.`);
}

/** What the user expects takes the place of what the scenario does. */
function expecting(script: Script, { expect = [] }: SimulateOptions): Script {
  if (expect.length === 0) return script;
  const checks = expect.map(checkOf);
  const ownStatus = checks.some((check) => check.kind === "status");
  const steps = ownStatus ? script.steps.map((step) => ({ ...step, status: null })) : script.steps;
  return { ...script, steps, checks };
}

/** @throws Fault `usage` */
export function refuseTwoServers(
  options: GlobalFlags & { readonly sandbox?: boolean | undefined; readonly to?: string | undefined },
): void {
  if (options.sandbox === true && (options.to ?? options.url ?? options.dataDir) !== undefined) {
    throw new Fault(
      "usage",
      "--sandbox starts a server of its own, so there is no other to name.",
      "Leave out --to, --url and --data-dir.",
    );
  }
}

/** @throws Fault `usage` */
export function refuseSpeedElsewhere({
  sandbox,
  speed,
}: {
  sandbox?: boolean | undefined;
  speed?: number | undefined;
}): void {
  if (speed === undefined || sandbox === true) return;
  throw new Fault(
    "usage",
    "Only a sandbox has a time that can be played fast.",
    "Add --sandbox, or leave out --speed.",
  );
}

function refuseContradictions(options: SimulateOptions, scenarios: readonly Scenario[]): void {
  refuseTwoServers(options);
  refuseSpeedElsewhere(options);
  refuseRealContact(options.contact);
  if (options.print !== undefined && options.sandbox === true) {
    throw new Fault(
      "usage",
      "A sandbox of its own would be gone before you could post to it.",
      "Leave out --sandbox or --print.",
    );
  }
  const killer = scenarios.find((scenario) => scenario.needsSandbox);
  if (killer !== undefined && options.sandbox !== true) {
    throw new Fault(
      "usage",
      `The scenario "${killer.name}" kills the server, so it needs one of its own.`,
      "Add --sandbox.",
    );
  }
}
