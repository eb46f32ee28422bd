/** `botctl simulate`: plays scenarios, each with a contact of its own, and says how they went. */
import { systemClock, type Clock } from "../../../src/core/clock.ts";
import { Fault } from "../../../src/core/fault.ts";
import type { CommandContext } from "../../context.ts";
import { interruptible } from "../../local/interrupt.ts";
import { outputOf } from "../../output.ts";
import type { Edit } from "../../scenarios/body.ts";
import { play, type Played } from "../../scenarios/play.ts";
import { channelOf } from "../../scenarios/scenario.ts";
import { openStage, type OpenStage } from "./open.ts";
import { editsOf, playsOf, type Play, type SimulateOptions } from "./plays.ts";
import { Narrator } from "./show.ts";
import { startOf, timeoutOf } from "./timing.ts";

/** How long it must stay quiet before "no second reply" is believed: a few times what a bot needs when nothing holds it. */
export const QUIET_MS = 700;

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
  const plays = await playsOf(options, context);
  const edits = editsOf(options, plays);
  const narrator = new Narrator(context, options);
  const played = await interruptible(context, async () => {
    const opened = await open(options, context, clock);
    try {
      return await playAll(plays, edits, opened, options, narrator, clock);
    } finally {
      await opened.close();
    }
  });
  report(plays, played, options, context);
}

/** One after the other, or so many begun in each second. @returns in the order of `plays` */
async function playAll(
  plays: readonly Play[],
  edits: readonly Edit[],
  opened: OpenStage,
  options: SimulateOptions,
  narrator: Narrator,
  machine: Clock,
): Promise<Played[]> {
  const clock = opened.lead ?? machine;
  const crowded = (options.repeat ?? 1) > 1;
  const begin = async (each: Play, index: number): Promise<Played> => {
    const usual = await opened.stageFor(channelOf(each.script));
    const stage = each.page === null ? usual : { ...usual, pages: [each.page] };
    const result = await play(each.script, stage, {
      contact: each.contact,
      timeoutMs: timeoutOf(options),
      quietMs: QUIET_MS,
      clock,
      startAt: startOf(options),
      edits,
      tell: (observation) => {
        if (!crowded) narrator.line(observation);
      },
    });
    if (crowded) narrator.summary(index + 1, each.name, result);
    else narrator.findings(result.expectations);
    return result;
  };
  if (options.rate !== undefined) {
    const begun: Promise<Played>[] = [];
    const startedAt = clock.now();
    for (const [index, each] of plays.entries()) {
      const restMs = startedAt + (index * 1_000) / options.rate - clock.now();
      if (restMs > 0) await new Promise<void>((resolve) => void clock.after(restMs, resolve));
      const playing = begin(each, index);
      // All are waited for below; until then a failure must not look unheard.
      playing.catch(() => {});
      begun.push(playing);
    }
    return Promise.all(begun);
  }
  const all: Played[] = [];
  for (const [index, each] of plays.entries()) {
    if (index > 0 && !crowded) narrator.blank();
    if (!crowded) narrator.headline(each.name, each.script.headline);
    all.push(await begin(each, index));
  }
  return all;
}

/** The verdict: the document with `--json`, a count when there were several. @throws Fault `findings` */
function report(
  plays: readonly Play[],
  played: readonly Played[],
  options: SimulateOptions,
  context: CommandContext,
): void {
  const documents = played.map((result, index) => documentOf(plays[index]?.name ?? "", result));
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
      `Not as expected: ${[...new Set(failed)].join(", ")}.`,
      "What came instead stands beside each expectation that was not met.",
    );
  }
}

/** A scenario, played, as `--json` tells it. */
export function documentOf(scenario: string, { steps, replies, verdict, expectations, digest }: Played) {
  return { scenario, steps, replies, verdict, expectations, posted_sha256: digest };
}
