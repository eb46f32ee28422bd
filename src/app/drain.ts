/** Sending what is owed while no server runs: the same parts as the server's, without its HTTP and without its agent. */
import { randomUUIDv7 } from "bun";
import type { Config } from "../config.ts";
import { systemClock } from "../core/clock.ts";
import type { BotEvent } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import { isFlushable } from "../core/flush.ts";
import type { RetryFilter, RetryRow } from "../core/journal.ts";
import type { Store, StorePolicy } from "../core/store.ts";
import { databaseExists, lockFolder } from "../store/sqlite/database.ts";
import { openSqliteStore } from "../store/sqlite/index.ts";
import { openVault } from "../vault/open.ts";
import { Deliverer } from "../workers/deliverer.ts";
import type { Reporter } from "../workers/reporter.ts";
import { Registrar, type Stranger } from "../workers/registrar.ts";
import { channelsOf, checkKey, liveWith, longestSendMs, policyOf, SEND_CONCURRENCY } from "./opening.ts";
import { reporterOf } from "./reporting.ts";
import { whileOpen, type Openings } from "./shutdown.ts";
import { Bots, telegramSettings } from "./telegram.ts";
import { accessTo, strangersOf } from "./tokens.ts";

export interface DrainOptions {
  /** What is made due; what is due already goes out in any case. */
  readonly filter: RetryFilter;
  /** Expired ones too. */
  readonly force: boolean;
  /** No call begins after so long. */
  readonly timeoutMs: number;
  /** Begins no more calls from now on. */
  readonly signal: AbortSignal;
  /** A message went out. */
  readonly onSent: () => void;
}

/** What became of all that was made due or tried. */
export interface Drained {
  /** Entries made due. */
  readonly flushed: number;
  /** How many of them are unanswered turns: they wait for a server, which has the agent. */
  readonly turns: number;
  readonly sent: number;
  /** Dead or expired. */
  readonly failed: number;
  /** Not settled: tried again later, of unknown outcome, or parked. */
  readonly waiting: number;
  /** What a person should know, such as a token that was refused. */
  readonly notes: readonly string[];
}

/** A call takes no longer than its own limit; this much more and it is cut. */
const CUT_AFTER_MS = 1_000;
const PAGE_ROWS = 500;

/**
 * Takes the place of the data folder's server, makes due what the filter names, and sends until nothing more will be due
 * within the time. Takes up what a dead server left half done, as a start does. Webhooks that come meanwhile find nobody;
 * the platform brings them again.
 *
 * @throws Fault not_found without a database, busy while a server runs, settings, storage
 */
export async function drainOnce(config: Config, options: DrainOptions): Promise<Drained> {
  if (!databaseExists(config.dataDir)) {
    throw new Fault(
      "not_found",
      `${config.dataDir} holds no database`,
      "Name the server's data folder with --data-dir.",
    );
  }
  return await whileOpen(config.dataDir, (opened) => drain(config, options, opened));
}

async function drain(config: Config, options: DrainOptions, opened: Openings): Promise<Drained> {
  const { filter, force, timeoutMs, signal, onSent } = options;
  const clock = systemClock();
  opened.push(lockFolder(config.dataDir));
  const vault = openVault(config.dataDir, config.secretKey, true);
  const policy = withoutEchoes(policyOf(config), timeoutMs);
  const monotonic = (): number => performance.now();
  const store = openSqliteStore({ dataDir: config.dataDir, policy, newId: randomUUIDv7, monotonic });
  opened.push(() => store.close());
  await checkKey(store, vault);
  const accounts = await store.accounts();
  const live = liveWith(config, accounts);
  // Nothing is taken here, so no bot need be known.
  const bots = new Bots({ settings: config.telegram, store, vault, onSecret: () => {} }, accounts);
  const telegram = live.telegram === null ? null : telegramSettings(live.telegram, bots, () => clock.now());
  const channels = channelsOf(config, live.messenger, telegram);

  const ended = Promise.withResolvers<void>();
  let trouble: { readonly error: unknown } | null = null;
  const onError = (error: unknown): void => {
    trouble ??= { error };
    ended.resolve();
  };
  const resting = new Set<"messages" | "interactions">();
  const rests = (who: "messages" | "interactions", nextAt: number | null): void => {
    if (nextAt !== null && nextAt <= deadline) return;
    resting.add(who);
    if (resting.has("messages") && (reporter === null || resting.has("interactions"))) ended.resolve();
  };
  let reporter: Reporter | null = null;
  let deadline = Infinity;
  const tried = new Set<string>();
  const notes: string[] = [];
  const publish = (event: BotEvent): void => {
    if (event.type === "alarm") notes.push(event.message);
    // Whoever reads it may find something to do.
    resting.delete("interactions");
    reporter?.read(event);
    switch (event.type) {
      case "response_sent":
      case "interaction_sent":
        onSent();
        tried.add(event.delivery);
        break;
      case "send_failed":
      case "interaction_failed":
        tried.add(event.delivery);
        break;
      default:
        break;
    }
  };
  await store.recover(clock.now());
  const on = [channels.messenger, channels.telegram].filter((channel) => channel !== null);
  const strangers: Stranger[] = [];
  for (const channel of on) strangers.push(...(await strangersOf(config, null, channel, store, vault, clock)));
  const registrar = new Registrar({
    clock,
    publish,
    strangers,
    onError,
    onKnown: async () => {},
    onAllKnown: async () => {},
  });
  await registrar.step();
  await registrar.stop();

  const rows = await flushable(store, filter, force);
  const flushed = await store.flush(filter, force, clock.now());
  deadline = clock.now() + timeoutMs;
  // Nobody else reads these events.
  const hashPerson = (): string => "";
  const shared = { store, clock, publish, hashPerson, onError };
  reporter = await reporterOf(config, { ...shared, onRest: (nextAt) => rests("interactions", nextAt) });
  const deliverer = new Deliverer({
    ...shared,
    chance: Math.random,
    channels,
    access: accessTo(store, vault),
    concurrency: SEND_CONCURRENCY,
    onSettled: () => {},
    onRest: (nextAt) => rests("messages", nextAt),
  });
  const cancel = clock.after(timeoutMs, ended.resolve);
  const stop = (): void => ended.resolve();
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  deliverer.loop.start();
  reporter?.loop.start();
  await ended.promise;
  cancel();
  signal.removeEventListener("abort", stop);
  await Promise.all([
    deliverer.drain(AbortSignal.timeout(longestSendMs(config) + CUT_AFTER_MS)),
    reporter?.drain(AbortSignal.timeout((config.services.users?.timeoutMs ?? 0) + CUT_AFTER_MS)),
  ]);
  rethrow(trouble);

  const turns = rows.filter(({ kind }) => kind === "turn").length;
  for (const { id, kind } of rows) if (kind !== "turn") tried.add(id);
  const states = (await store.retryProgress([...tried])).map(({ state }) => state);
  const sent = states.filter((state) => state === "sent").length;
  const failed = states.filter((state) => state === "dead" || state === "expired").length;
  return { flushed, turns, sent, failed, waiting: states.length - sent - failed, notes };
}

/**
 * No echo can reach a program that does not listen, so what is of unknown outcome is not sent again here: its grace lasts
 * beyond our time, and begins anew at the server's start (guarantees §3).
 */
function withoutEchoes(policy: StorePolicy, timeoutMs: number): StorePolicy {
  const { messenger, telegram } = policy.delivery;
  const patient = { ...messenger, echoGraceMs: messenger.echoGraceMs + timeoutMs };
  return { ...policy, delivery: { messenger: patient, telegram } };
}

async function flushable(store: Store, filter: RetryFilter, force: boolean): Promise<RetryRow[]> {
  const rows: RetryRow[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Store["retries"]>> = await store.retries(filter, { limit: PAGE_ROWS, cursor });
    rows.push(...page.data.filter((row) => isFlushable(row, force)));
    cursor = page.next;
  } while (cursor !== null);
  return rows;
}

function rethrow(trouble: { readonly error: unknown } | null): void {
  if (trouble !== null) throw trouble.error;
}
