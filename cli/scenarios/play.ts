/** The engine: does what a script says, looks at what comes of it, and judges. */
import type { Clock } from "../../src/core/clock.ts";
import { Fault } from "../../src/core/fault.ts";
import { dialectOf } from "./dialect.ts";
import { repliesOf } from "./history.ts";
import { judge, type Finding } from "./judge.ts";
import { Performance } from "./perform.ts";
import { pagesOf, type Check, type Script } from "./scenario.ts";
import type { Edit } from "./body.ts";
import type { Stage } from "./stage.ts";
import { Witness, type Observation } from "./witness.ts";

export interface PlayOptions {
  /** Begins with `sim-`, so that nothing is sent to a platform, or is an id of that kind. */
  readonly contact: string;
  /** How long to wait for the replies that are due, from the last step on, and for each that a step waits for. */
  readonly timeoutMs: number;
  /** How long it must stay quiet before "no second reply" is believed. */
  readonly quietMs: number;
  readonly clock: Clock;
  /** When the platform says that it began, epoch ms, so that the same bytes are posted each time; null for when it does. */
  readonly startAt: number | null;
  /** What is changed in each body before it is signed. */
  readonly edits: readonly Edit[];
  /** Called with each line as it happens. */
  readonly tell: (observation: Observation) => void;
}

/** A scenario, played. */
export interface Played {
  readonly steps: readonly Observation[];
  readonly replies: readonly { readonly text: string; readonly at_ms: number }[];
  readonly verdict: "passed" | "failed";
  readonly expectations: readonly Finding[];
  /** Messages and taps that were posted, copies not counted. */
  readonly messagesIn: number;
  /** SHA-256, in hex, of all bytes that were posted, in order. */
  readonly digest: string;
  /** Looks once more and judges again: the truth some time later. */
  readonly again: () => Promise<{ readonly expectations: readonly Finding[]; readonly replies: number }>;
}

/** What can only be foretold where the model answers by rule. */
const BY_RULE: ReadonlySet<Check["kind"]> = new Set(["mentions", "omits"]);

/**
 * Plays a script and judges it.
 *
 * @throws Fault `unreachable` when the server cannot be spoken to, `usage` when the script kills a server that is not ours
 */
export async function play(script: Script, stage: Stage, options: PlayOptions): Promise<Played> {
  const pages = stage.pages.slice(0, pagesOf(script));
  if (pages.length < pagesOf(script)) {
    throw new Fault(
      "usage",
      `This writes to ${pagesOf(script)} pages, and the server has ${pages.length} that can be written to.`,
      "Add a page to the server, or --sandbox, which has two.",
    );
  }
  const told: Observation[] = [];
  const group = script.place === "group";
  const contact = dialectOf(stage.channel).contactOf(options.contact, group);
  const witness = new Witness(stage, { contact, pages }, options.clock, (observation) => {
    told.push(observation);
    options.tell(observation);
  });
  const playing = new Performance(stage, witness, { ...options, contact, group });
  const checks = script.checks.filter(({ kind }) => stage.rehearsed || !BY_RULE.has(kind));
  const judged = (): Finding[] => judge(script.steps, checks, playing.seen());
  try {
    await witness.begin();
    playing.begin();
    for (const step of script.steps) await playing.perform(step);
    await settled(repliesDue(script.checks), witness, options);
    await playing.end();
    const expectations = judged();
    return {
      steps: told.toSorted((a, b) => a.at_ms - b.at_ms),
      replies: told.flatMap((line) => (line.direction === "out" ? [{ text: line.text, at_ms: line.at_ms }] : [])),
      verdict: expectations.every((finding) => finding.passed) ? "passed" : "failed",
      expectations,
      messagesIn: playing.posted.length,
      digest: playing.digest(),
      again: async () => {
        await witness.look();
        return { expectations: judged(), replies: repliesOf(witness.messages).length };
      },
    };
  } finally {
    witness.end();
  }
}

/** Until every reply that is due has been sent and it has been quiet for a while, or the time is up. */
export async function settled(
  due: number,
  witness: Witness,
  options: Pick<PlayOptions, "timeoutMs" | "quietMs" | "clock">,
): Promise<void> {
  const done = (): boolean => witness.sentReplies() >= due && !witness.isBusy();
  const deadline = options.clock.now() + options.timeoutMs;
  while (options.clock.now() < deadline) {
    if (!(await witness.until(done, deadline - options.clock.now()))) return;
    const seen = witness.sentReplies();
    // Something stirs: not quiet yet.
    if (!(await witness.until(() => !done() || witness.sentReplies() > seen, options.quietMs))) return;
  }
}

function repliesDue(checks: readonly Check[]): number {
  const counts = checks.map((check) => {
    switch (check.kind) {
      case "answers":
        return check.groups.length;
      case "replies":
        return check.count;
      case "each-answered-once":
        return 1;
      case "speaks":
        return check.absent ? 0 : 1;
      default:
        return 0;
    }
  });
  return Math.max(0, ...counts);
}
