/**
 * The composition root: builds every part from the settings, connects them, starts and stops them. It decides nothing.
 *
 *   http ─▶ intake ─▶ store ─▶ gatherer ─▶ replier ─▶ store ─▶ deliverer ─▶ channel
 */
import { randomUUIDv7 } from "bun";
import { patienceFor } from "./agent/apology.ts";
import { leaveAddress, removeAddress } from "./app/address.ts";
import { accountDesk } from "./app/accounts.ts";
import { answeringOf } from "./app/agent.ts";
import { channelsOf, checkKey, liveWith, longestSendMs, policyOf, SEND_CONCURRENCY } from "./app/opening.ts";
import { openNumbering } from "./app/numbering.ts";
import { reporterOf } from "./app/reporting.ts";
import { observe } from "./app/observing.ts";
import { Openings, shutDown } from "./app/shutdown.ts";
import { picturesOf } from "./app/pictures.ts";
import { Bots, telegramHint, telegramSettings } from "./app/telegram.ts";
import { Tidying } from "./app/tidying.ts";
import { accessTo, strangersOf } from "./app/tokens.ts";
import { explained, troubleTo } from "./app/trouble.ts";
import { watchful } from "./app/watchful.ts";
import { secretsOf, type Config } from "./config.ts";
import type { Account } from "./core/account.ts";
import type { Channel } from "./core/channel.ts";
import { systemClock, type Clock } from "./core/clock.ts";
import { expectationOf } from "./core/expectation.ts";
import { readyLexicon } from "./core/lexicon-ready.ts";
import { Alarms } from "./events/alarms.ts";
import { createLog, type RootLog } from "./events/log.ts";
import { bufferedWriter } from "./events/writer.ts";
import { privacyPage } from "./http/pages.ts";
import { remembered } from "./http/ready.ts";
import { startServer } from "./http/server.ts";
import { databaseExists, lockFolder } from "./store/sqlite/database.ts";
import { openSqliteStore } from "./store/sqlite/index.ts";
import { adminToken, openVault } from "./vault/open.ts";
import { remembering } from "./workers/about.ts";
import { Confirmer } from "./workers/confirmer.ts";
import { Broadcaster } from "./workers/broadcaster.ts";
import { Courier } from "./workers/courier.ts";
import { Desk } from "./workers/desk.ts";
import { Deliverer } from "./workers/deliverer.ts";
import { Gatherer } from "./workers/gatherer.ts";
import { Intake } from "./workers/intake.ts";
import { Janitor } from "./workers/janitor.ts";
import { Poller } from "./workers/poller.ts";
import { Registrar } from "./workers/registrar.ts";
import { Replier } from "./workers/replier.ts";

export { drainOnce, type Drained } from "./app/drain.ts";
export { atTheDesk } from "./app/folder-desk.ts";
export { openFolder, type OpenFolder } from "./app/reader.ts";

export interface App {
  /** Where it listens, as reached from this machine. */
  readonly url: string;
  /** The accounts it found when it started. */
  readonly accounts: readonly Account[];
  /** Finishes what runs within the settings' time, leaves the rest on disk, and frees everything. */
  stop(): Promise<void>;
}

/** How long `send` waits to hear from the platform beyond one attempt's own time. */
const SEND_PATIENCE_MS = 1_000;
const READ_AFTER_MS = 20;
const DAY_MS = 24 * 3_600_000;

/** What a sandbox may be given instead of its own. */
export interface SandboxTime {
  /** The time it lives by; timeouts of HTTP calls stay real. */
  readonly clock?: Clock;
  /** Where it keeps files, if that port is free. */
  readonly mediaPort?: number | null;
}

/** Starts the server. Faults: settings, busy (port, folder), storage. */
export async function startApp(config: Config, time: SandboxTime = {}): Promise<App> {
  const opened = new Openings();
  try {
    return await build(config, time, opened);
  } catch (error) {
    // Why it could not start is what matters, not what else broke on the way out.
    await opened.close().catch(() => {});
    throw explained(error, config.dataDir);
  }
}

async function build(config: Config, time: SandboxTime, opened: Openings): Promise<App> {
  const clock = time.clock ?? systemClock();
  const startedAt = clock.now();
  const unlock = lockFolder(config.dataDir);
  opened.push(unlock);
  const vault = openVault(config.dataDir, config.secretKey, databaseExists(config.dataDir));
  const token = adminToken(config.dataDir, config.adminToken);
  const secrets = [...secretsOf(config), token];
  const lines = bufferedWriter(1, (lost) => log.warn("log_lines_lost", { lines: lost }));
  opened.push(() => lines.flush());
  const log: RootLog = createLog({
    level: config.log.level,
    format: config.log.format,
    secrets: () => secrets,
    write: lines.write,
  });

  const policy = policyOf(config);
  const monotonic = (): number => performance.now();
  const store = openSqliteStore({ dataDir: config.dataDir, policy, newId: randomUUIDv7, monotonic });
  opened.push(() => store.close());
  await checkKey(store, vault);

  // What only some servers need is loaded by those alone.
  const { openSandbox } = config.sandbox ? await import("./app/sandboxed.ts") : { openSandbox: null };
  const sandbox = (await openSandbox?.(store, clock, time.mediaPort ?? null)) ?? null;
  if (sandbox !== null) opened.push(() => sandbox.stop());
  const accounts = await store.accounts();
  const live = liveWith(config, accounts);
  for (const warning of live.warnings) log.warn("warning", { message: warning });

  const settings = sandbox?.messenger ?? live.messenger;
  const onSecret = (secret: string): void => void (secrets.includes(secret) || secrets.push(secret));
  const botSettings = { ...config.telegram, ...sandbox?.telegram };
  // Open without a bot as well: one may be added while the server runs.
  const bots = new Bots({ settings: botSettings, store, vault, onSecret }, accounts);
  const channels = channelsOf(
    config,
    settings,
    telegramSettings(botSettings, bots, () => clock.now()),
  );
  const { messenger, telegram } = channels;
  const answering = await answeringOf(config, sandbox, log, (conversation) => replier.correlationIn(conversation));

  const access = accessTo(store, vault);
  const sandboxTokens = sandbox?.tokens ?? null;
  const strangers = [
    ...(messenger === null ? [] : await strangersOf(config, sandboxTokens, messenger, store, vault, clock)),
    ...(telegram === null ? [] : await strangersOf(config, sandboxTokens, telegram, store, vault, clock)),
  ];

  const numbering = await openNumbering(store, clock.now());
  opened.push(() => numbering.close());
  const { bus } = numbering;
  const publish = bus.publish.bind(bus);
  const alarms = new Alarms(clock, publish);
  opened.push(() => alarms.stop());
  const watch = watchful(alarms);
  bus.subscribe(({ event }) => watch(event));
  const onError = troubleTo(log, alarms);
  const observed = observe({ store, clock, bus, log, startedAt }, opened);
  const hashPerson = remembering(({ channel, account, contact }) => vault.hash("person", channel, account, contact));
  const shared = { store, clock, publish, hashPerson, onError };
  const pictures = picturesOf({
    clock,
    onError,
    channels,
    access,
    vouchedFor: [settings?.graphBase, telegram === null ? null : botSettings.apiBase, sandbox?.facts.media_url],
  });
  opened.push(() => pictures.stop());
  const reporter = await reporterOf(config, shared);
  if (reporter !== null) bus.subscribe(({ event }) => reporter.read(event));
  const courier = new Courier({
    store,
    clock,
    newId: randomUUIDv7,
    channels,
    patienceMs: longestSendMs(config) + SEND_PATIENCE_MS,
    onQueued: () => deliverer.loop.wake(),
    onHandedOver: (handedOver) => desk.announce(handedOver),
  });
  const desk = new Desk({ ...shared, newId: randomUUIDv7, onRerun: (turnId) => replier.rerun(turnId) });
  const deliverer: Deliverer = new Deliverer({
    ...shared,
    chance: Math.random,
    channels,
    access,
    concurrency: SEND_CONCURRENCY,
    onSettled: (id) => courier.settled(id),
  });
  const replier: Replier = new Replier({
    ...shared,
    agent: answering.agent,
    channels,
    access,
    pictures: async (attachments, whose, signal) =>
      answering.looksAtPictures ? await pictures.of(attachments, whose, signal) : { pictures: [], notes: [] },
    apology: answering.apology,
    patience: patienceFor,
    history: { lines: config.history.limit, ttlMs: config.history.ttlMs },
    concurrency: config.turnConcurrency,
    agentTimeoutMs: answering.timeoutMs,
    onCommitted: () => deliverer.loop.wake(),
  });
  const confirmer = new Confirmer({ accounts: () => store.accounts(), access, onError });
  opened.push(() => confirmer.stop());
  const gatherer = new Gatherer({ ...shared, onReady: () => replier.loop.wake() });
  /** An account is known and active: what came for it and what it owes goes on its way. */
  const welcome = async (account: Account): Promise<void> => {
    // First its name: what comes meanwhile may call it by that.
    await bots.admit(account);
    await intake.adopt(account);
    poller.follow(account);
    deliverer.loop.wake();
  };
  const registrar = new Registrar({
    clock,
    publish,
    strangers,
    onError,
    onKnown: welcome,
    onAllKnown: () => store.dismissHeld(),
  });
  const intake: Intake = new Intake({
    store,
    clock,
    publish,
    hashPerson,
    newId: randomUUIDv7,
    holdsUnknown: () => registrar.waiting(),
    onGathering: (dueAt) => gatherer.gathering(dueAt),
    onReady: () => replier.loop.wake(),
    confirm: (channel, updates) => confirmer.confirm(channel, updates),
    onReach: () => deliverer.loop.wake(),
    prefetch: (attachments, whose) => {
      if (answering.looksAtPictures) pictures.prefetch(attachments, whose);
    },
    onRerun: (turnId) => replier.rerun(turnId),
    onEcho: (deliveryId) => {
      courier.settled(deliveryId);
      deliverer.loop.wake();
    },
  });

  const take = (channel: Channel, body: Uint8Array, account: string | null): Promise<void> =>
    intake.take(channel, body, account);
  const alarm = (cause: string, message: string): void => void alarms.raise(cause, message);
  const poller = new Poller({ store, clock, chance: Math.random, publish, channels, access, take, alarm, onError });

  const recovery = await store.recover(clock.now());
  await numbering.begin();
  if (recovery.turns + recovery.deliveries > 0) log.info("recovered", recovery);
  // The last run may have ended between knowing an account and binding what was held for it.
  for (const account of accounts) await welcome(account);
  if (strangers.some(({ channel }) => channel === telegram)) await bots.expect();

  const broadcaster = new Broadcaster({ store, clock, channels, onQueued: () => deliverer.loop.wake(), onError });
  const closing = new AbortController();
  let stopping = false;
  const database = remembered(
    () =>
      store.probe().then(
        () => null,
        () => "the database cannot be written",
      ),
    monotonic,
  );
  const server = startServer({
    host: config.http.host,
    port: config.http.port,
    trustedProxyHops: config.http.trustedProxyHops,
    adminToken: token,
    publicUrl: config.http.publicUrl,
    clock,
    publish,
    channels,
    take,
    ...observed,
    notReady: async () => (stopping ? "shutting down" : await database()),
    privacyPage: privacyPage(config.contactEmail, {
      payloadDays: config.retention.payloadMs / DAY_MS,
      textDays: config.retention.textMs / DAY_MS,
    }),
    onError,
    alarm,
    store,
    follow: (afterSeq, signal) => bus.follow(afterSeq, signal),
    closing: closing.signal,
    now: () => clock.now(),
    drop: async (id) => {
      const dropped = await store.drop(id, clock.now());
      // What stood behind it in its conversation is due now.
      deliverer.loop.wake();
      reporter?.loop.wake();
      return dropped;
    },
    flush: async ({ force, ...filter }) => {
      const flushed = await store.flush(filter, force, clock.now());
      deliverer.loop.wake();
      replier.loop.wake();
      reporter?.flushed();
      return flushed;
    },
    send: (channel, errand) => courier.send(channel, errand),
    broadcast: (channel, errand) => broadcaster.begin(channel, errand),
    reply: (conversation, text) => courier.reply(conversation, text),
    takeOver: (conversation, forMs) => desk.takeOver(conversation, forMs),
    release: (conversation) => desk.release(conversation),
    accounts: accountDesk({
      store,
      vault,
      clock,
      publish,
      channels,
      access,
      onSecret,
      onKnown: welcome,
      ours: (account) => bots.ours(account, config.http.publicUrl),
      // Whoever was told to wait, because somebody else got them, need not wait any longer.
      onSubscribed: (account) => poller.follow(account),
      onGone(account, cancelled) {
        bots.dismiss(account);
        poller.leave(account);
        for (const { at, aborts } of cancelled) if (aborts) replier.rerun(at.id);
      },
    }),
  });
  opened.push(() => server.stop(AbortSignal.abort()));
  const { url } = server;
  sandbox?.listen(url);
  opened.push(() => removeAddress(config.dataDir));
  leaveAddress(config.dataDir, url, clock.now(), sandbox?.facts ?? null);
  if (live.telegram !== null)
    log.info("telegram", { message: telegramHint(live.telegram.mode, config.http.publicUrl) });
  log.info("started", { url, sandbox: config.sandbox, agent: answering.agent.name, accounts: accounts.length });

  const janitor = new Janitor({ store, clock, retention: config.retention, onError });
  for (const { loop } of [janitor, broadcaster]) opened.push(() => loop.stop());
  for (const worker of [poller, registrar, gatherer, replier, deliverer, janitor, broadcaster]) worker.loop.start();
  reporter?.loop.start();
  readyLexicon();
  // The word lists are taken in now, in nobody's way, and not while the first customer waits for a 200 (H2).
  opened.push(clock.after(READ_AFTER_MS, () => void expectationOf("xin chào")));
  // More than the garbage: also the code that ran once, which is most of it.
  const tidying = new Tidying(clock, () => {
    unheard();
    Bun.shrink();
  });
  opened.push(() => tidying.stop());
  const unheard = bus.subscribe(() => tidying.stir());

  return {
    url,
    accounts,
    async stop() {
      stopping = true;
      log.info("stopping");
      try {
        const workers = { intake, poller, registrar, gatherer, replier, deliverer, broadcaster, reporter };
        await shutDown({ server, ...workers, bus, closing }, config.delivery.shutdownTimeoutMs);
        log.info("stopped");
      } finally {
        await opened.close();
      }
    },
  };
}
