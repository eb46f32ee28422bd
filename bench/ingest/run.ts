// What durable speed costs: `npm run bench:ingest`, with flags after `--`. See bench/README.md.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { crowd, type CrowdFigures } from "./crowd.ts";
import { measure, medians, type Figures, type Strength } from "./measure.ts";
import { loadAverage } from "./proc.ts";
import { tables, verdicts, type Report } from "./report.ts";
import {
  BINARY,
  buildSlowDisk,
  sentBy,
  startBotctl,
  startGraph,
  startPeer,
  temporaryFolder,
  type Helper,
  type PeerName,
  type Running,
  type SlowDisk,
} from "./servers.ts";

/** Starts are measured this often; the median counts, because a single one is mostly luck. */
const STARTS = 5;
const CROWD = 100;
/** So many times as many people write while turns only gather. */
const GATHERING = 4;
const MODEL_MS = 300;

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    connections: { type: "string", default: "64" },
    conversations: { type: "string", default: "1000" },
    stored: { type: "string", default: "0" },
    "fsync-us": { type: "string", default: "0" },
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

const strength: Strength = {
  seconds: Number(flags.seconds),
  connections: Number(flags.connections),
  conversations: Number(flags.conversations),
};
const [stored, fsyncUs, rounds] = [Number(flags.stored), Number(flags["fsync-us"]), Number(flags.rounds)];

/** Each run by its name for --only. Those that need a flag are left out without it. */
const runs: Readonly<Record<string, () => Promise<Figures | null>>> = {
  bare: () => peer("bare"),
  hmac: () => peer("hmac"),
  "commit-per-request": () => peer("commit-per-request"),
  "botctl, gathering": () => gathering("botctl, gathering"),
  botctl: () => botctl("botctl"),
  "botctl, full": async () => (stored > 0 ? await botctl("botctl, full", { messages: stored }) : null),
  "commit-per-request, slow fsync": async () =>
    fsyncUs > 0 ? await onSlowDisk((disk) => peer("commit-per-request", disk)) : null,
  "botctl, gathering, slow fsync": async () =>
    fsyncUs > 0 ? await onSlowDisk((disk) => gathering("botctl, gathering, slow fsync", { disk })) : null,
  "botctl, slow fsync": async () =>
    fsyncUs > 0 ? await onSlowDisk((disk) => botctl("botctl, slow fsync", { disk })) : null,
};
const crowds: Readonly<Record<string, number | null>> = { "instant agent": null, "300 ms model": MODEL_MS };

const unknown = flags.only?.filter((name) => !(name in runs) && !(name in crowds)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(
    `There is no run named ${unknown.join(", ")}. There are: ${[...Object.keys(runs), ...Object.keys(crowds)].join("; ")}.\n`,
  );
  process.exit(2);
}
const wanted = (name: string): boolean => flags.only?.includes(name) ?? true;

const usesBinary = [...Object.keys(runs), ...Object.keys(crowds)].some(
  (name) => wanted(name) && (name.startsWith("botctl") || name in crowds),
);
if (usesBinary && !existsSync(BINARY)) {
  process.stderr.write("dist/botctl is not there. Run `npm run build` first.\n");
  process.exit(2);
}

const loadBefore = loadAverage();
const measured: Figures[] = [];
for (let round = 1; round <= rounds; round++) {
  for (const [name, run] of Object.entries(runs)) {
    if (!wanted(name)) continue;
    process.stderr.write(`${name}${rounds > 1 ? `, round ${round} of ${rounds}` : ""} …\n`);
    const figures = await run();
    if (figures !== null) measured.push(figures);
  }
}
const servers = medians(measured);
const endToEnd: (CrowdFigures & { name: string })[] = [];
for (const [name, modelMs] of Object.entries(crowds)) {
  if (!wanted(name)) continue;
  process.stderr.write(`${name} …\n`);
  endToEnd.push({ name, ...(await crowd({ seconds: strength.seconds, people: CROWD, modelMs })) });
}
const report: Report = { cores: availableParallelism(), loadBefore, servers, endToEnd, targets: verdicts(servers) };
process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : tables(report));
if (report.targets.some(({ holds }) => !holds)) process.exitCode = 1;

async function peer(name: PeerName, disk: SlowDisk | null = null): Promise<Figures> {
  const shown = disk === null ? name : `${name}, slow fsync`;
  return await inFolder((folder) =>
    startsOf((attempt) => startPeer(name, join(folder, `${attempt}`), disk), shown, null),
  );
}

interface BotctlRun {
  readonly disk?: SlowDisk;
  /** Already in its database. */
  readonly messages?: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly conversations?: number;
}

/**
 * Taking messages in and nothing else: every text waits for more, as one that announces a picture does, so each message
 * opens or extends its turn and none is answered while it is measured. So many people write that no turn fills up.
 */
function gathering(name: string, run: BotctlRun = {}): Promise<Figures> {
  const settings = { PLAIN_WAIT: "12", MAX_CONTEXT_TTL: "12", MAX_PENDING_CONTEXTS: "100000" };
  return botctl(name, { ...run, settings, conversations: GATHERING * strength.conversations });
}

async function botctl(name: string, run: BotctlRun = {}): Promise<Figures> {
  const { messages = 0, disk = null, settings = {}, conversations = strength.conversations } = run;
  const graph = await startGraph();
  try {
    return await inFolder(async (folder) => {
      if (messages > 0) await prepare(folder, graph, messages);
      // A full database is opened again and again; else each start is a first start, in a folder of its own.
      const folderOf = (attempt: number): string => (messages > 0 ? folder : join(folder, `${attempt}`));
      return await startsOf(
        (attempt) => startBotctl({ folder: folderOf(attempt), graphPort: graph.port, disk, settings }),
        name,
        graph,
        conversations,
      );
    });
  } finally {
    await graph.stop();
  }
}

/** Starts a server several times and puts the load on the last. */
async function startsOf(
  start: (attempt: number) => Promise<Running>,
  name: string,
  graph: Helper | null,
  conversations = strength.conversations,
): Promise<Figures> {
  const coldStarts: number[] = [];
  for (let attempt = 1; ; attempt++) {
    const server = await start(attempt);
    try {
      coldStarts.push(server.coldStartMs);
      if (attempt < STARTS) continue;
      const replies = graph === null ? null : (): Promise<number> => sentBy(graph);
      const figures = await measure(name, server, { ...strength, conversations }, replies);
      return { ...figures, coldStartMs: coldStarts.sort((a, b) => a - b)[Math.floor(STARTS / 2)] ?? 0 };
    } finally {
      await server.stop();
    }
  }
}

async function prepare(folder: string, graph: Helper, messages: number): Promise<void> {
  const server = await startBotctl({ folder, graphPort: graph.port });
  // Until its page is known; it asks at once.
  await Bun.sleep(500);
  await server.stop();
  const script = join(import.meta.dir, "stored.ts");
  const filling = Bun.spawn([process.execPath, script, folder, String(messages), flags.conversations], {
    stderr: "inherit",
  });
  if ((await filling.exited) !== 0) throw new Error("the database could not be filled");
}

async function onSlowDisk(run: (disk: SlowDisk) => Promise<Figures>): Promise<Figures> {
  return await inFolder(async (folder) => await run(await buildSlowDisk(folder, fsyncUs)));
}

async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await temporaryFolder();
  try {
    return await run(folder.path);
  } finally {
    await folder.remove();
  }
}
