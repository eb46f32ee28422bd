import { Fault } from "../../../src/core/fault.ts";
import type { AdminClient, RetryProgress } from "../../client.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import { outputOf } from "../../output.ts";
import { filterOf, type FilterFlags } from "./filters.ts";
import { chosen, rowsTable } from "./list.ts";
import { Progress } from "../progress.ts";

export type FlushOptions = GlobalFlags &
  FilterFlags & {
    /** Empty: all that match the filter. */
    readonly ids: readonly string[];
    /** Expired ones too. */
    readonly force?: boolean | undefined;
    readonly dryRun?: boolean | undefined;
    /** Entries a second. */
    readonly rate?: number | undefined;
    /** Seconds until what was flushed is settled. */
    readonly wait?: number | undefined;
    /** Without a server: send from here. */
    readonly now?: boolean | undefined;
  };

/** What became of what was flushed. */
interface Outcome {
  readonly sent: number;
  readonly failed: number;
  readonly waiting: number;
}

/** How long sending from here may take, where --wait does not say. */
const DRAIN_SECONDS = 60;
/** Paced entries go in batches, four times a second at most. */
const BATCH_MS = 250;
const MOST_AT_ONCE = 500;
const FIRST_LOOK_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const FAILED_FIX = "`botctl retry list` says why.";

/**
 * Makes entries due. The running server sends them; with `now` and no server, this process does.
 *
 * @throws Fault `some_failed` when one failed again, `timed_out` when one was not settled in time
 */
export async function flushRetries(options: FlushOptions, context: CommandContext): Promise<void> {
  if (options.dryRun === true) return await rehearse(options, context);
  try {
    await throughServer(options, context);
  } catch (error) {
    const isAway = error instanceof Fault && error.code === "unreachable";
    if (options.url !== undefined || !isAway) throw error;
    if (options.now !== true)
      throw new Fault(error.code, error.message, `${error.fix} Or add --now, which sends without one.`);
    await fromHere(options, context);
  }
}

async function rehearse(options: FlushOptions, context: CommandContext): Promise<void> {
  const { reading } = await import("../../local/reader.ts");
  const rows = await reading(context, options, (from) => from.retries(filterOf(options)));
  const due = chosen(rows, options.ids, options.force === true);
  const out = outputOf(context, options);
  out.result({ dry_run: true, count: due.length, rows: due }, () => rowsTable(due, out));
  out.say(`${due.length} would be made due; nothing was changed.`);
}

async function throughServer(options: FlushOptions, context: CommandContext): Promise<void> {
  const { connect } = await import("../../client.ts");
  const client = await connect(context, options);
  const force = options.force === true;
  const out = outputOf(context, options);
  if (options.rate === undefined && options.wait === undefined) {
    const ids = options.ids.length > 0 ? { ids: options.ids } : {};
    const flushed = await client.flush({ ...filterOf(options), ...ids, force });
    out.result({ flushed }, () => `${flushed} made due\n`);
    if (flushed === 0 && !force) out.say("Nothing matched. Expired ones need --force.");
    return;
  }
  const ids = chosen(await client.retries(filterOf(options)), options.ids, force).map(({ id }) => id);
  const progress = new Progress(context.stderr, out.json);
  let flushed: number;
  let outcome: Outcome | null = null;
  try {
    flushed = await paced(client, ids, force, options.rate ?? null, progress);
    if (options.wait !== undefined) outcome = await settled(client, ids, options.wait * 1_000, progress);
  } finally {
    progress.end();
  }
  out.result({ flushed, ...outcome }, () => `${flushed} made due${outcome === null ? "" : `: ${told(outcome)}`}\n`);
  if (flushed === 0 && !force) out.say("Nothing matched. Expired ones need --force.");
  if (outcome !== null) judge(outcome, options.wait ?? 0);
}

/** @param rate entries a second; null for as fast as it goes. @returns how many were made due */
async function paced(
  client: AdminClient,
  ids: readonly string[],
  force: boolean,
  rate: number | null,
  progress: Progress,
): Promise<number> {
  const batch = rate === null ? MOST_AT_ONCE : Math.max(1, Math.floor((rate * BATCH_MS) / 1_000));
  const everyMs = rate === null ? 0 : (batch / rate) * 1_000;
  const beganAt = performance.now();
  let flushed = 0;
  for (let from = 0; from < ids.length; from += batch) {
    // Counted from the beginning, so that slow answers do not lower the rate.
    const restMs = beganAt + (from / batch) * everyMs - performance.now();
    if (restMs > 0) await Bun.sleep(restMs);
    const upTo = Math.min(from + batch, ids.length);
    flushed += await client.flush({ ids: ids.slice(from, upTo), force });
    progress.tell(`${upTo} of ${ids.length} made due`);
  }
  return flushed;
}

/** Looks until all are settled, or the time is over. */
async function settled(
  client: AdminClient,
  ids: readonly string[],
  timeoutMs: number,
  progress: Progress,
): Promise<Outcome> {
  const endsAt = performance.now() + timeoutMs;
  let open: readonly string[] = ids;
  let [sent, failed] = [0, 0];
  for (let pauseMs = FIRST_LOOK_MS; open.length > 0; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const found = await client.retryProgress(open);
    sent += found.filter(({ state }) => state === "sent").length;
    // What was dropped meanwhile is not sent either.
    failed += found.filter(({ state }) => hasFailed(state)).length;
    open = found.filter(({ state }) => state !== "sent" && !hasFailed(state)).map(({ id }) => id);
    progress.tell(told({ sent, failed, waiting: open.length }));
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0) break;
    if (open.length > 0) await Bun.sleep(Math.min(pauseMs, leftMs));
  }
  return { sent, failed, waiting: open.length };
}

function hasFailed(state: RetryProgress["state"]): boolean {
  return state === "dead" || state === "expired" || state === "gone";
}

async function fromHere(options: FlushOptions, context: CommandContext): Promise<void> {
  if (options.rate !== undefined) {
    throw new Fault(
      "usage",
      "Without a server there is nobody to pace: --rate works with a running one.",
      "Leave --rate out; each account keeps its platform's limit in any case.",
    );
  }
  const { drainHere } = await import("../../local/drain.ts");
  const out = outputOf(context, options);
  const progress = new Progress(context.stderr, out.json);
  const seconds = options.wait ?? DRAIN_SECONDS;
  let sentSoFar = 0;
  const drained = await drainHere(context, options, {
    filter: filterOf(options),
    ids: options.ids.length > 0 ? options.ids : null,
    force: options.force === true,
    timeoutMs: seconds * 1_000,
    onSent: () => progress.tell(`${++sentSoFar} sent`),
  }).finally(() => progress.end());
  const { flushed, turns, sent, failed, waiting, notes, interrupted } = drained;
  out.result({ flushed, turns, sent, failed, waiting }, () => `${flushed} made due: ${told(drained)}\n`);
  for (const note of notes) out.say(note);
  if (turns > 0) out.say(`Unanswered turns made ready: ${turns}. \`botctl serve\` answers them.`);
  if (interrupted) throw new Fault("forced", "Stopped before the end; what was begun has ended.");
  if (failed + waiting > 0) throw new Fault("some_failed", `Not all were sent: ${told(drained)}.`, FAILED_FIX);
}

function told({ sent, failed, waiting }: Outcome): string {
  return `${sent} sent, ${failed} failed again, ${waiting} waiting`;
}

function judge(outcome: Outcome, seconds: number): void {
  if (outcome.waiting > 0) {
    throw new Fault(
      "timed_out",
      `Not all were settled within ${seconds} s: ${told(outcome)}.`,
      "The server goes on trying; `botctl retry list` shows what is left.",
    );
  }
  if (outcome.failed > 0) throw new Fault("some_failed", `Not all were sent: ${told(outcome)}.`, FAILED_FIX);
}
