/**
 * The composition root: builds every part from the settings, connects them, starts and stops them. It decides nothing.
 *
 *   http ─▶ intake ─▶ store ─▶ gatherer ─▶ replier ─▶ store ─▶ deliverer ─▶ channel
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomUUIDv7 } from "bun";
import { apologyFor } from "./agent/apology.ts";
import { echoAgent } from "./agent/echo.ts";
import { groqAgent } from "./agent/groq.ts";
import { openChannels } from "./channels/registry.ts";
import { liveChannels, secretsOf, type Config } from "./config.ts";
import type { Access, Account } from "./core/account.ts";
import type { Agent } from "./core/agent.ts";
import type { Channel, ChannelName } from "./core/channel.ts";
import { systemClock, type Clock } from "./core/clock.ts";
import { Fault } from "./core/fault.ts";
import type { Store, StorePolicy } from "./core/store.ts";
import { Bus } from "./events/bus.ts";
import { createLog, type Log } from "./events/log.ts";
import { narrate } from "./events/narrate.ts";
import { ProcessingCounters } from "./events/processing.ts";
import { bufferedWriter } from "./events/writer.ts";
import { privacyPage } from "./http/pages.ts";
import { startServer } from "./http/server.ts";
import { openSandbox, type OpenSandbox } from "./app/sandboxed.ts";
import { databaseExists, lockFolder } from "./store/sqlite/database.ts";
import { openSqliteStore } from "./store/sqlite/index.ts";

import { adminToken, openVault } from "./vault/open.ts";
import type { Vault } from "./vault/vault.ts";
import type { HashPerson } from "./workers/about.ts";
import { Courier } from "./workers/courier.ts";
import { Deliverer } from "./workers/deliverer.ts";
import { Gatherer } from "./workers/gatherer.ts";
import { Intake } from "./workers/intake.ts";
import { Registrar, type Stranger } from "./workers/registrar.ts";
import { Replier } from "./workers/replier.ts";

export interface App {
  /** Where it listens, as reached from this machine. */
  readonly url: string;
  /** Finishes what runs within the settings' time, leaves the rest on disk, and frees everything. */
  stop(): Promise<void>;
}

/** Deliveries under way at the same time, over all accounts. */
const SEND_CONCURRENCY = 64;
/** How long `send` waits to hear from the platform beyond one attempt's own time. */
const SEND_PATIENCE_MS = 1_000;
const DAY_MS = 24 * 3_600_000;

/** Starts the server. Faults: settings, busy (port, folder), storage. */
export async function startApp(config: Config): Promise<App> {
  const opened: (() => void | Promise<void>)[] = [];
  const undo = async (): Promise<void> => {
    for (const close of opened.toReversed()) await close();
  };
  try {
    return await build(config, opened, undo);
  } catch (error) {
    await undo();
    throw error;
  }
}

async function build(config: Config, opened: (() => void | Promise<void>)[], undo: () => Promise<void>): Promise<App> {
  const clock = systemClock();
  const unlock = lockFolder(config.dataDir);
  opened.push(unlock);
  const vault = openVault(config.dataDir, config.secretKey, databaseExists(config.dataDir));
  const token = adminToken(config.dataDir, config.adminToken);
  const secrets = [...secretsOf(config), token];
  const lines = bufferedWriter(1, (lost) => log.warn("log_lines_lost", { lines: lost }));
  opened.push(() => lines.flush());
  const log: Log = createLog({ level: config.log.level, format: config.log.format, secrets: () => secrets, write: lines.write });

  const policy = policyOf(config);
  const monotonic = (): number => performance.now();
  const store = openSqliteStore({ dataDir: config.dataDir, policy, newId: randomUUIDv7, monotonic });
  opened.push(() => store.close());
  await checkKey(store, vault);

  const sandbox = config.sandbox ? await openSandbox(store) : null;
  if (sandbox !== null) opened.push(() => sandbox.stop());
  const accounts = await store.accounts();
  const live = liveChannels(config, {
    messenger: accounts.some(({ channel, state }) => channel === "messenger" && state === "active"),
    telegram: accounts.some(({ channel, state }) => channel === "telegram" && state === "active"),
  });
  for (const warning of live.warnings) log.warn("warning", { message: warning });

  const { sendTimeoutMs } = config.delivery;
  const settings = sandbox?.messenger ?? live.messenger;
  const open = openChannels(settings === null ? {} : { messenger: { ...settings, sendTimeoutMs } });
  const messenger = open.get("messenger") ?? null;
  const channels: Record<ChannelName, Channel | null> = { messenger, telegram: open.get("telegram") ?? null };
  const agent = agentOf(config, sandbox, clock, log);

  const access = async (accountId: number): Promise<Access | null> => {
    const account = (await store.accounts()).find(({ id }) => id === accountId);
    const sealed = await store.sealedToken(accountId);
    if (account === undefined || sealed === null) return null;
    return { externalId: account.externalId, token: vault.open(sealed, aadOf(account)) };
  };
  const strangers = messenger === null ? [] : await strangersOf(config, sandbox, messenger, store, vault, clock);

  const bus = new Bus(clock.now() * 1_000);
  const publish = bus.publish.bind(bus);
  const counters = new ProcessingCounters();
  bus.subscribe(({ event }) => counters.read(event));
  const write = narrate((level, event, fields) => log[level](event, fields));
  bus.subscribe(({ event }) => write(event));

  const onError = (error: unknown): void => log.error("error", { error });
  const hashPerson: HashPerson = ({ channel, account, contact }) => vault.hash("person", channel, account, contact);
  const shared = { store, clock, publish, hashPerson, onError };
  const courier = new Courier({
    store,
    clock,
    newId: randomUUIDv7,
    channels,
    patienceMs: sendTimeoutMs + SEND_PATIENCE_MS,
    onQueued: () => deliverer.loop.wake(),
  });
  const deliverer: Deliverer = new Deliverer({
    ...shared,
    chance: Math.random,
    channels,
    access,
    concurrency: SEND_CONCURRENCY,
    onSettled: (id) => courier.settled(id),
  });
  const replier = new Replier({
    ...shared,
    agent,
    channels,
    access,
    apology: apologyFor,
    history: { lines: config.history.limit, ttlMs: config.history.ttlMs },
    concurrency: config.turnConcurrency,
    agentTimeoutMs: config.delivery.processingTimeoutMs,
    onCommitted: () => deliverer.loop.wake(),
  });
  const gatherer = new Gatherer({ ...shared, onReady: () => replier.loop.wake() });
  const registrar = new Registrar({ clock, publish, strangers, onError, onKnown: (account) => intake.adopt(account) });
  const intake: Intake = new Intake({
    store,
    clock,
    publish,
    hashPerson,
    newId: randomUUIDv7,
    holdsUnknown: () => registrar.waiting(),
    onGathering: (dueAt) => gatherer.gathering(dueAt),
    onReady: () => replier.loop.wake(),
    onRerun: (turnId) => replier.rerun(turnId),
  });

  const recovery = await store.recover(clock.now());
  if (recovery.turns + recovery.deliveries > 0) log.info("recovered", recovery);

  const closing = new AbortController();
  let stopping = false;
  const server = startServer({
    host: config.http.host,
    port: config.http.port,
    adminToken: token,
    clock,
    publish,
    messenger,
    take: (channel, body) => intake.take(channel, body),
    notReady: async () => (stopping ? "shutting down" : await store.probe().then(() => null, () => "the database cannot be written")),
    privacyPage: privacyPage(config.contactEmail, {
      payloadDays: config.retention.payloadMs / DAY_MS,
      textDays: config.retention.textMs / DAY_MS,
    }),
    onError,
    store,
    follow: (afterSeq, signal) => bus.follow(afterSeq, signal),
    closing: closing.signal,
    now: () => clock.now(),
    flush: async ({ force, ...filter }) => {
      const flushed = await store.flush(filter, force, clock.now());
      deliverer.loop.wake();
      replier.loop.wake();
      return flushed;
    },
    send: (channel, errand) => courier.send(channel, errand),
    processing: async () => ({ ...counters.now(), pending_contexts: (await store.depths()).gathering }),
  });
  const url = `http://127.0.0.1:${server.port}`;
  sandbox?.listen(`${url}/api/webhooks/messenger`);
  leaveAddress(config.dataDir, url, clock.now(), sandbox);
  log.info("started", { url, sandbox: config.sandbox, agent: agent.name, accounts: accounts.length });

  // The first round of asking is over before anybody is told that we are there, if the platform answers at once.
  for (const worker of [registrar, gatherer, replier, deliverer]) worker.loop.start();

  return {
    url,
    async stop() {
      stopping = true;
      log.info("stopping");
      const patienceMs = config.delivery.shutdownTimeoutMs;
      closing.abort();
      await Promise.all([server.stop(Math.min(patienceMs, 2_000)), registrar.loop.stop(), gatherer.loop.stop()]);
      await replier.drain(patienceMs / 2);
      // What the last turns produced still goes out, if it goes quickly.
      await deliverer.drain(patienceMs / 2);
      rmSync(join(config.dataDir, "server.json"), { force: true });
      log.info("stopped");
      await undo();
    },
  };
}

function policyOf(config: Config): StorePolicy {
  const { quickRetries, echoGraceMs, telegramAmbiguous } = config.delivery;
  return {
    waits: config.waits,
    delivery: {
      messenger: { quickRetries, echoGraceMs, ambiguous: "resend-once" },
      // Telegram shows nothing back, so there is nothing to wait for.
      telegram: { quickRetries, echoGraceMs: 0, ambiguous: telegramAmbiguous },
    },
  };
}

async function checkKey(store: Store, vault: Vault): Promise<void> {
  const stored = await store.meta("key-check");
  if (stored === null) await store.setMeta("key-check", vault.keyCheck());
  else vault.verifyKeyCheck(stored);
}

function agentOf(config: Config, sandbox: OpenSandbox | null, clock: Clock, log: Log): Agent {
  const model = sandbox?.model ?? config.model;
  if (model === null) return echoAgent({ hint: true });
  const { apiKey, baseUrl, model: name, visionModel, systemPrompt } = model;
  return groqAgent({
    apiKey: apiKey ?? "",
    baseUrl,
    model: name,
    visionModel: visionModel === "" ? null : visionModel,
    systemPrompt: systemPrompt ?? "",
    tokenBudget: config.history.tokenBudget,
    historyLimit: config.history.limit,
    timeLimitMs: config.delivery.processingTimeoutMs,
    clock,
    chance: Math.random,
    log: ({ event, ...fields }) => log.warn(event, fields),
  });
}

function aadOf(account: Pick<Account, "channel" | "externalId">): { purpose: string; channel: string; account: string } {
  return { purpose: "token", channel: account.channel, account: account.externalId };
}

/**
 * Tokens from the settings that are not accounts yet. One that was seen before is left alone, so that a restart never
 * undoes `accounts set-token` (DESIGN §6).
 */
async function strangersOf(
  config: Config,
  sandbox: OpenSandbox | null,
  channel: Channel,
  store: Store,
  vault: Vault,
  clock: Clock,
): Promise<Stranger[]> {
  const token = sandbox?.pageToken ?? config.messenger.pageAccessToken;
  if (token === null) return [];
  const metaKey = `settings-token:${channel.name}`;
  const mark = vault.hash("settings-token", channel.name, token);
  if ((await store.meta(metaKey)) === mark) return [];
  return [
    {
      channel,
      token,
      async save({ externalId, name, appId }) {
        const sealedToken = vault.seal(token, aadOf({ channel: channel.name, externalId }));
        const account = await store.saveAccount({ channel: channel.name, externalId, name, appId, sealedToken }, clock.now());
        await store.setMeta(metaKey, mark);
        return account;
      },
    },
  ];
}

/** Tells the other commands where the server is. */
function leaveAddress(dataDir: string, url: string, startedAt: number, sandbox: OpenSandbox | null): void {
  const address = { url, pid: process.pid, started_at: startedAt, sandbox: sandbox?.facts ?? null };
  try {
    writeFileSync(join(dataDir, "server.json"), `${JSON.stringify(address)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new Fault("storage", `cannot write to ${dataDir}`, "Check that the folder is writable.", { cause: error });
  }
}
