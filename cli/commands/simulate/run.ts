/** `botctl simulate`: plays scenarios one after the other, each with a contact of its own, and says how they went. */
import { createHash, randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { systemClock } from "../../../src/core/clock.ts";
import { isSimulated } from "../../../src/core/conversation.ts";
import { Fault } from "../../../src/core/fault.ts";
import type { CommandContext } from "../../context.ts";
import { interruptible } from "../../local/interrupt.ts";
import { outputOf } from "../../output.ts";
import { refuseIdleOptions, scenarioOf } from "../../scenarios/catalogue.ts";
import { openSandbox, openServer, type OpenStage, type StageFlags } from "./open.ts";
import { play, type Played } from "../../scenarios/play.ts";
import type { Scenario, ScenarioOptions } from "../../scenarios/scenario.ts";
import { Narrator } from "./show.ts";

export interface SimulateOptions extends StageFlags {
  /** Names from the catalogue. */
  readonly scenarios: readonly string[];
  readonly sandbox?: boolean | undefined;
  readonly gapMs?: number | undefined;
  readonly order?: "text-first" | "photo-first" | undefined;
  readonly count?: number | undefined;
  readonly text?: string | undefined;
  readonly contact?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly seed?: number | undefined;
}

const TIMEOUT_MS = 30_000;
/** How long it must stay quiet before "no second reply" is believed: a few times what a bot needs when nothing holds it. */
const QUIET_MS = 700;

/**
 * @param open finds or starts the server; replaced in tests
 * @throws Fault `findings` when an expectation is not met, `usage` when names or options do not fit, and as `openServer`
 */
export async function simulate(
  options: SimulateOptions,
  context: CommandContext,
  open = openStage,
  clock = systemClock(),
): Promise<void> {
  const scenarios = options.scenarios.map(scenarioOf);
  const wishes: ScenarioOptions = {
    gapMs: options.gapMs ?? null,
    order: options.order ?? null,
    count: options.count ?? null,
    text: options.text ?? null,
  };
  refuseIdleOptions(scenarios, wishes);
  refuseContradictions(options, scenarios);
  const narrator = new Narrator(context, options);
  const played = await interruptible(context, async () => {
    const opened = await open(options, context);
    try {
      const all: Played[] = [];
      for (const [index, scenario] of scenarios.entries()) {
        if (index > 0) narrator.blank();
        const script = scenario.script(wishes);
        narrator.headline(scenario.name, script.headline);
        const result = await play(script, opened.stage, {
          contact: contactOf(options, index),
          timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
          quietMs: QUIET_MS,
          clock,
          tell: (observation) => narrator.line(observation),
        });
        narrator.findings(result.expectations);
        all.push(result);
      }
      return all;
    } finally {
      await opened.close();
    }
  });
  report(scenarios, played, options, context);
}

/** The verdict: the document with `--json`, a count when there were several. @throws Fault `findings` */
function report(
  scenarios: readonly Scenario[],
  played: readonly Played[],
  options: SimulateOptions,
  context: CommandContext,
): void {
  const documents = played.map(({ steps, replies, verdict, expectations }, index) => {
    return { scenario: scenarios[index]?.name ?? "", steps, replies, verdict, expectations };
  });
  const failed = documents.filter((each) => each.verdict === "failed").map((each) => each.scenario);
  const verdict = failed.length === 0 ? "passed" : "failed";
  const out = outputOf(context, options);
  const [only] = documents;
  // One scenario is a document of its own, as programs that play one expect it.
  out.result(documents.length === 1 ? only : { verdict, scenarios: documents }, () => "");
  if (documents.length > 1) out.say(`${documents.length - failed.length} of ${documents.length} scenarios passed.`);
  if (failed.length > 0) {
    throw new Fault(
      "findings",
      `Not as expected: ${failed.join(", ")}.`,
      "What came instead stands beside each expectation that was not met.",
    );
  }
}

function refuseContradictions(options: SimulateOptions, scenarios: readonly Scenario[]): void {
  if (options.sandbox === true && (options.to ?? options.url ?? options.dataDir) !== undefined) {
    throw new Fault(
      "usage",
      "--sandbox starts a server of its own, so there is no other to name.",
      "Leave out --to, --url and --data-dir.",
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
  if (options.contact !== undefined && !isSimulated(options.contact)) {
    throw new Fault(
      "usage",
      "A simulated contact begins with sim-; to anybody else the replies would be sent.",
      "Write it like --contact sim-lan.",
    );
  }
}

async function openStage(options: SimulateOptions, context: CommandContext): Promise<OpenStage> {
  if (options.sandbox !== true) return openServer(options, context);
  // The environment goes along, so that settings for the waits can be tried.
  const envFile = options.envFile === undefined ? null : resolve(context.cwd, options.envFile);
  return openSandbox({ env: context.env, cwd: context.cwd, envFile });
}

/** A new contact for each scenario, so that one does not wait for another's turn; by a seed, always the same ones. */
function contactOf({ contact, seed }: SimulateOptions, index: number): string {
  if (contact !== undefined) return contact;
  const random = seed === undefined ? randomBytes(16) : createHash("sha256").update(`${seed}:${index}`).digest();
  return `sim-${random.toString("hex").slice(0, 12)}`;
}
