/** `botctl demo`: six acts on a sandbox of its own, and a count at the end that leaves nothing out. */
import { randomBytes } from "node:crypto";
import { systemClock, type Clock } from "../../../src/core/clock.ts";
import { Fault } from "../../../src/core/fault.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { interruptible } from "../../local/interrupt.ts";
import { outputOf } from "../../output.ts";
import { ACTS } from "../../scenarios/acts.ts";
import { play, type Played } from "../../scenarios/play.ts";
import { channelOf } from "../../scenarios/scenario.ts";
import { openSandbox, type OpenStage } from "../simulate/open.ts";
import { Narrator } from "../simulate/show.ts";

/** A reply that takes longer than this is missing. */
const TIMEOUT_MS = 10_000;
/** Short, because everything is counted once more when all acts are over. */
const QUIET_MS = 250;

/** What the child inherits: enough to run, and no setting that would change what is shown. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "TZ", "LANG", "SYSTEMROOT"];

/** One act, as it stands when all are over. */
type Act = Omit<Played, "again"> & { readonly headline: string; readonly repliesOut: number };

/**
 * @param open starts the server; replaced in tests
 * @throws Fault `findings` when something did not hold, and as `openSandbox`
 */
export async function demo(
  flags: GlobalFlags,
  context: CommandContext,
  open = openStage,
  clock = systemClock(),
): Promise<void> {
  const out = outputOf(context, flags);
  const narrator = new Narrator(context, flags);
  out.say("A server of its own is started for this: nothing leaves this machine, and nothing stays on it.\n");
  const acts = await interruptible(context, async () => {
    const opened = await open(context);
    try {
      return await playAll(opened, narrator, clock);
    } finally {
      await opened.close();
    }
  });
  const summary = summaryOf(acts);
  const verdict = acts.every((act) => act.verdict === "passed") ? "passed" : "failed";
  const documents = acts.map(({ headline, steps, replies, verdict: of, expectations }) => {
    return { act: headline, steps, replies, verdict: of, expectations };
  });
  out.result({ verdict, summary, acts: documents }, () => `${out.bold(summary)}\n`);
  if (verdict === "failed") {
    throw new Fault(
      "findings",
      "The demo did not go as it should.",
      "What came instead stands beside each expectation that was not met.",
    );
  }
}

/** Nothing of the user's own settings, and no `.env` of the folder it is run in. */
function openStage(context: CommandContext): Promise<OpenStage> {
  const inherited = INHERITED.map((name) => [name, context.env[name]] as const);
  const env = Object.fromEntries(inherited.filter(([, value]) => value !== undefined));
  return openSandbox({ env, cwd: null, envFile: null, time: null });
}

async function playAll(opened: OpenStage, narrator: Narrator, clock: Clock): Promise<Act[]> {
  const played: Played[] = [];
  for (const [index, script] of ACTS.entries()) {
    narrator.headline(String(index + 1), script.headline);
    const act = await play(script, await opened.stageFor(channelOf(script)), {
      contact: `sim-demo-${randomBytes(4).toString("hex")}`,
      timeoutMs: TIMEOUT_MS,
      quietMs: QUIET_MS,
      clock,
      startAt: null,
      edits: [],
      tell: (observation) => narrator.line(observation),
    });
    narrator.findings(act.expectations);
    narrator.blank();
    played.push(act);
  }
  return Promise.all(played.map((act, index) => lookedAtAgain(act, index, narrator)));
}

/** A second reply that came late, or after the restart, shows only now. */
async function lookedAtAgain({ again, ...act }: Played, index: number, narrator: Narrator): Promise<Act> {
  const { expectations, replies } = await again();
  const headline = ACTS[index]?.headline ?? "";
  const changed = act.verdict === "passed" && expectations.some((finding) => !finding.passed);
  if (changed) {
    narrator.headline(String(index + 1), "looked at again when all was over");
    narrator.findings(expectations);
    narrator.blank();
  }
  return { ...act, headline, repliesOut: replies, expectations, verdict: changed ? "failed" : act.verdict };
}

/** "6 of 6 acts passed: 9 messages in, 6 replies out, none lost, none doubled." */
function summaryOf(acts: readonly Act[]): string {
  const passed = acts.filter((act) => act.verdict === "passed").length;
  const messages = acts.reduce((sum, act) => sum + act.messagesIn, 0);
  const replies = acts.reduce((sum, act) => sum + act.repliesOut, 0);
  const flawless = passed === acts.length ? ", none lost, none doubled" : "";
  return `${passed} of ${acts.length} acts passed: ${messages} messages in, ${replies} replies out${flawless}.`;
}
