/** One server under load. */
import { join } from "node:path";
import type { Load, Result } from "./generator.ts";
import { pssMib } from "./proc.ts";
import type { Running } from "./servers.ts";

export interface Figures extends Result {
  readonly name: string;
  readonly coldStartMs: number;
  readonly idleMib: number;
  readonly loadedMib: number;
  /** Replies that reached the platform while the load was on; null for servers that send none. */
  readonly repliesPerSecond: number | null;
}

export interface Strength {
  readonly seconds: number;
  readonly connections: number;
  readonly conversations: number;
}

/** Caches and most of the JIT compiler have settled after this; a turn that gathers from its start has not closed yet. */
const WARMUP_MS = 4_000;
/** A server that has just started is idle after this. */
const IDLE_AFTER_MS = 700;

/** @param replies counts the replies so far; null for a server that sends none */
export async function measure(
  name: string,
  server: Running,
  { seconds, connections, conversations }: Strength,
  replies: (() => Promise<number>) | null,
): Promise<Figures> {
  await Bun.sleep(IDLE_AFTER_MS);
  const idleMib = pssMib(server.pid);
  const measuredMs = seconds * 1_000;
  const warmupMs = Math.min(WARMUP_MS, measuredMs);
  const before = (await replies?.()) ?? 0;
  const result = await load({ port: server.port, pid: server.pid, connections, conversations, warmupMs, measuredMs });
  const loadedMib = pssMib(server.pid);
  const after = (await replies?.()) ?? 0;
  const repliesPerSecond = replies === null ? null : (after - before) / ((warmupMs + measuredMs) / 1_000);
  return { name, ...result, coldStartMs: server.coldStartMs, idleMib, loadedMib, repliesPerSecond };
}

/** Of servers measured several times: each figure's median. In the order they were first measured in. */
export function medians(measured: readonly Figures[]): Figures[] {
  const byName = Map.groupBy(measured, ({ name }) => name);
  return [...byName.values()].map((times) => {
    const of = (figure: (one: Figures) => number): number =>
      times.map(figure).sort((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? 0;
    return {
      name: times[0]?.name ?? "",
      acks: of(({ acks }) => acks),
      errors: Math.max(...times.map(({ errors }) => errors)),
      acksPerSecond: of(({ acksPerSecond }) => acksPerSecond),
      p50Ms: of(({ p50Ms }) => p50Ms),
      p99Ms: of(({ p99Ms }) => p99Ms),
      longestMs: of(({ longestMs }) => longestMs),
      cpuUsPerEvent: of(({ cpuUsPerEvent }) => cpuUsPerEvent),
      coldStartMs: of(({ coldStartMs }) => coldStartMs),
      idleMib: of(({ idleMib }) => idleMib),
      loadedMib: of(({ loadedMib }) => loadedMib),
      repliesPerSecond: times[0]?.repliesPerSecond == null ? null : of(({ repliesPerSecond }) => repliesPerSecond ?? 0),
    };
  });
}

async function load(plan: Load): Promise<Result> {
  const generator = Bun.spawn([process.execPath, join(import.meta.dir, "generator.ts"), JSON.stringify(plan)], {
    stderr: "inherit",
  });
  const text = await new Response(generator.stdout).text();
  if ((await generator.exited) !== 0) throw new Error("the load ended with an error");
  const result: Result = JSON.parse(text);
  return result;
}
