/** The engine: does what a script says, looks at what comes of it, and judges. */
import type { Clock } from "../../src/core/clock.ts";
import { judge, repliesOf, type Finding } from "./judge.ts";
import { Performance } from "./perform.ts";
import type { Check, Script } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { Witness, type Observation } from "./witness.ts";

export interface PlayOptions {
  /** Begins with `sim-`, so that nothing is sent to a platform. */
  readonly contact: string;
  /** How long to wait for the replies that are due, from the last step on, and for each that a step waits for. */
  readonly timeoutMs: number;
  /** How long it must stay quiet before "no second reply" is believed. */
  readonly quietMs: number;
  readonly clock: Clock;
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
  readonly webhooks: number;
  /** Looks once more and judges again: the truth some time later. */
  readonly again: () => Promise<{ readonly expectations: readonly Finding[]; readonly replies: number }>;
}

/**
 * Plays a script and judges it.
 *
 * @throws Fault `unreachable` when the server cannot be spoken to, `usage` when the script kills a server that is not ours
 */
export async function play(script: Script, stage: Stage, options: PlayOptions): Promise<Played> {
  const told: Observation[] = [];
  const witness = new Witness(stage, options.contact, options.clock, (observation) => {
    told.push(observation);
    options.tell(observation);
  });
  const performance = new Performance(stage, witness, options);
  const checks = script.checks.filter((check) => check.kind !== "mentions" || stage.rehearsed);
  const judged = (): Finding[] => judge(script.steps, checks, performance.seen());
  try {
    await witness.begin();
    for (const step of script.steps) await performance.perform(step);
    await settle(script, witness, options);
    const expectations = judged();
    return {
      steps: told.toSorted((a, b) => a.at_ms - b.at_ms),
      replies: told.flatMap((line) => (line.direction === "out" ? [{ text: line.text, at_ms: line.at_ms }] : [])),
      verdict: expectations.every((finding) => finding.passed) ? "passed" : "failed",
      expectations,
      messagesIn: performance.posted.length,
      webhooks: performance.statuses.size,
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
async function settle(script: Script, witness: Witness, options: PlayOptions): Promise<void> {
  const due = repliesDue(script.checks);
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
    if (check.kind === "answers") return check.groups.length;
    return check.kind === "each-answered-once" ? 1 : 0;
  });
  return Math.max(0, ...counts);
}
