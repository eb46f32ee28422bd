/** What came of a run: the document, the lines for people, and what is wrong with it. */
import type { ChannelName } from "../../../src/core/channel.ts";
import type { Audit } from "../../local/chaos.ts";
import type { Output } from "../../output.ts";
import type { Reckoning } from "./ledger.ts";
import type { Ending } from "./plan.ts";
import type { PostCounts } from "./platform.ts";

/** How long something took, each time; ms. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Everything that was counted. */
export interface Outcome {
  readonly seed: number;
  readonly tookMs: number;
  readonly plan: readonly Ending[];
  /** Exit codes after SIGTERM, where it was given time to finish; null: killed. */
  readonly stopCodes: readonly (number | null)[];
  readonly posts: PostCounts;
  /** Calls that the platform failed, on order. */
  readonly faults: number;
  readonly reckoning: Reckoning;
  readonly audit: Audit | null;
  /** Entries of the retry journal that had to be flushed, because the server had given them up. */
  readonly flushed: number;
  /** From the start of the process after a kill or stop to its first healthy answer, and to the first reply. */
  readonly healthMs: readonly number[];
  readonly firstReplyMs: readonly number[];
}

/** What a flush forgets of a delivery: three rounds, and the attempt that followed them. */
const PER_FLUSH = 4;

/** What must not be, in words; empty when all is well. */
export function findingsOf({ reckoning, audit, stopCodes, flushed }: Outcome): string[] {
  const { sent, acknowledged, lost, answeredTwice } = reckoning;
  const copies = reckoning.copies.filter(({ channel }) => channel === "messenger");
  const onTelegram = needlessOn("telegram", reckoning);
  const allowed = (audit?.telegramRounds ?? 0) + PER_FLUSH * flushed;
  const unclean = stopCodes.filter((code) => code !== 0);
  const findings: (string | null)[] = [
    sent > acknowledged ? `${messages(sent - acknowledged)} never answered with 200` : null,
    lost.length > 0 ? `${messages(lost.length)} lost: ${some(lost.map(({ id }) => id))}` : null,
    copies.length > 0
      ? `${counted(copies.length, "reply", "replies")} sent more than once: ${some(copies.map(({ delivery }) => delivery))}`
      : null,
    onTelegram > allowed
      ? `${counted(onTelegram, "needless copy", "needless copies")} on Telegram, where ${allowed} outcomes were unknown`
      : null,
    answeredTwice.length > 0
      ? `${messages(answeredTwice.length)} answered twice: ${some(answeredTwice.map(({ id }) => id))}`
      : null,
    audit === null ? "there is no database" : null,
    audit !== null && audit.openTurns + audit.openDeliveries > 0
      ? `still open at the end: ${counted(audit.openTurns, "turn", "turns")}, ${counted(audit.openDeliveries, "delivery", "deliveries")}`
      : null,
    audit !== null && audit.givenUp > 0
      ? `given up: ${counted(audit.givenUp, "turn or delivery", "turns or deliveries")}`
      : null,
    audit !== null && audit.damage.length > 0 ? `the database is damaged: ${some(audit.damage)}` : null,
    unclean.length > 0
      ? `SIGTERM ended with ${some(unclean.map((code) => String(code ?? "a kill")))} instead of 0`
      : null,
  ];
  return findings.filter((finding) => finding !== null);
}

/** The document of `--json`. */
export function documentOf(outcome: Outcome, folder: string | null) {
  const { seed, tookMs, plan, posts, faults, reckoning, audit, flushed } = outcome;
  const findings = findingsOf(outcome);
  return {
    verdict: findings.length === 0 ? "passed" : "failed",
    findings,
    cycles: plan.length,
    seed,
    took_ms: Math.round(tookMs),
    endings: countsOf(plan),
    webhooks: posts,
    messages: {
      sent: reckoning.sent,
      acknowledged: reckoning.acknowledged,
      answered: reckoning.answered,
      lost: reckoning.lost.length,
      answered_twice: reckoning.answeredTwice.length,
    },
    replies: {
      sent: reckoning.replies,
      duplicates: needlessOn("messenger", reckoning),
      telegram_duplicates: needlessOn("telegram", reckoning),
      unasked: reckoning.unasked.length,
    },
    ambiguous_rounds: audit?.ambiguousRounds ?? 0,
    telegram_ambiguous_rounds: audit?.telegramRounds ?? 0,
    platform_faults: faults,
    flushed,
    recovery_ms: { health: spreadOf(outcome.healthMs), first_reply: spreadOf(outcome.firstReplyMs) },
    folder,
  };
}

export function show(outcome: Outcome, folder: string | null, out: Output): string {
  const { posts, reckoning, audit, faults, flushed } = outcome;
  const told = documentOf(outcome, folder);
  const { endings } = told;
  const rows: (readonly [string, string] | null)[] = [
    [
      "endings",
      `${endings.working + endings.starting + endings.stopping} by SIGKILL (${endings.working} at work, ` +
        `${endings.starting} starting, ${endings.stopping} stopping), ${endings.stopped} by SIGTERM`,
    ],
    [
      "webhooks",
      `${posts.webhooks}, ${posts.repeated} sent again for want of a 200, ${posts.doubled} although it came`,
    ],
    [
      "messages",
      `${reckoning.acknowledged} taken = ${reckoning.answered} answered, ${reckoning.lost.length} lost, ` +
        `${reckoning.answeredTwice.length} answered twice`,
    ],
    [
      "replies",
      `${reckoning.replies}, ${counted(told.replies.duplicates, "needless copy", "needless copies")} on Messenger, ` +
        `${told.replies.telegram_duplicates} on Telegram for ${told.telegram_ambiguous_rounds} unknown outcomes there`,
    ],
    ["unclear", `${audit?.ambiguousRounds ?? 0} calls whose outcome was unknown; ${faults} failed by the platform`],
    flushed === 0 ? null : ["given up", `${flushed} after three attempts, and flushed by hand`],
    ["healthy after", spread(told.recovery_ms.health)],
    ["replies after", spread(told.recovery_ms.first_reply)],
    folder === null ? null : ["folder", folder],
  ];
  const lines = rows.flatMap((row) => (row === null ? [] : [`  ${row[0].padEnd(14)} ${row[1]}\n`]));
  const seconds = (outcome.tookMs / 1_000).toFixed(0);
  const summary =
    told.findings.length === 0
      ? `${told.cycles} cycles in ${seconds} s, seed ${told.seed}: nothing lost, nothing doubled but what Telegram left unclear.`
      : `${told.cycles} cycles in ${seconds} s, seed ${told.seed}: ${told.findings.join("; ")}.`;
  return `${lines.join("")}${out.bold(summary)}\n`;
}

function needlessOn(name: ChannelName, { copies }: Reckoning): number {
  return copies.reduce((sum, each) => (each.channel === name ? sum + each.copies - 1 : sum), 0);
}

/** Null when there is nothing to tell of. */
export function spreadOf(times: readonly number[]): Spread | null {
  const sorted = times.map(Math.round).toSorted((a, b) => a - b);
  const [min, median, max] = [sorted[0], sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)];
  return min === undefined || median === undefined || max === undefined ? null : { min, median, max };
}

function countsOf(plan: readonly Ending[]): Record<Ending["kind"], number> {
  const count = (kind: Ending["kind"]): number => plan.filter((ending) => ending.kind === kind).length;
  return {
    working: count("working"),
    starting: count("starting"),
    stopping: count("stopping"),
    stopped: count("stopped"),
  };
}

function spread(times: Spread | null): string {
  return times === null ? "-" : `${times.min} to ${times.max} ms, half of them within ${times.median} ms`;
}

function messages(count: number): string {
  return counted(count, "message", "messages");
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** The first few, because a thousand say no more. */
function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(", ")}, …` : names.join(", ");
}
