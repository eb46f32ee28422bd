/** The screen under a flood of events: what it costs, and how fast it answers. */
import { readFileSync } from "node:fs";
import { played } from "../../test/cli/tui/played.ts";
import { pty, type Pty } from "../../test/cli/tui/pty.ts";
import { cpuMs, pssMib } from "../ingest/proc.ts";
import { flood, furnish } from "./flood.ts";

export interface ScreenFigures {
  /** From the start of the process to its first picture, and to the list of conversations: medians. */
  readonly firstPictureMs: number;
  readonly listedMs: number;
  /** Of one core, while events flow. */
  readonly cpuPercent: number;
  readonly mostRssMib: number;
  readonly pssMib: number;
  readonly events: number;
  /** From a key to the picture that answers it, while events flow. */
  readonly keyMs: { readonly median: number; readonly p95: number; readonly longest: number; readonly count: number };
}

const SIZE = { columns: 120, rows: 40 };
const CONVERSATIONS = 200;
const STARTS = 5;
/** Until everything has been compiled and the feed is full. */
const WARM_UP_MS = 5_000;
const KEY_EVERY_MS = 1_000;

export async function measureScreen({
  seconds,
  perSecond,
}: {
  seconds: number;
  perSecond: number;
}): Promise<ScreenFigures> {
  await using server = played();
  furnish(server, CONVERSATIONS);
  const words = ["watch", "--data-dir", server.dataDir];
  const starts: { first: number; listed: number }[] = [];
  for (let n = 0; n < STARTS; n++) {
    const beganAt = performance.now();
    await using terminal = pty(words, SIZE);
    const first = await since(beganAt, () => terminal.bytes().includes("botctl watch"));
    const listed = await since(beganAt, () => terminal.screen().includes("Khách 1 "));
    starts.push({ first, listed });
  }

  await using terminal = pty(words, SIZE);
  await terminal.sees("Khách 1 ");
  const ending = new AbortController();
  const flooding = flood(server, perSecond, CONVERSATIONS, ending.signal);
  await Bun.sleep(WARM_UP_MS);
  const [cpuBefore, beganAt] = [cpuMs(terminal.pid), performance.now()];
  const keys: number[] = [];
  let mostRssMib = 0;
  while (performance.now() - beganAt < seconds * 1_000) {
    keys.push(await keyMs(terminal));
    mostRssMib = Math.max(mostRssMib, rssMib(terminal.pid));
    await Bun.sleep(KEY_EVERY_MS);
  }
  const cpuPercent = ((cpuMs(terminal.pid) - cpuBefore) / (performance.now() - beganAt)) * 100;
  const pss = pssMib(terminal.pid);
  ending.abort();
  return {
    firstPictureMs: quantile(
      starts.map(({ first }) => first),
      0.5,
    ),
    listedMs: quantile(
      starts.map(({ listed }) => listed),
      0.5,
    ),
    cpuPercent,
    mostRssMib,
    pssMib: pss,
    events: await flooding,
    keyMs: { median: quantile(keys, 0.5), p95: quantile(keys, 0.95), longest: Math.max(...keys), count: keys.length },
  };
}

/** Hides or shows the names: a key whose answer no event could give. */
async function keyMs(terminal: Pty): Promise<number> {
  const hidden = terminal.screen().includes("person ");
  const beganAt = performance.now();
  terminal.type("m");
  return await since(beganAt, () => terminal.screen().includes("person ") !== hidden);
}

async function since(beganAt: number, look: () => boolean): Promise<number> {
  while (!look()) await Bun.sleep(1);
  return performance.now() - beganAt;
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? 0;
}

/** Memory of a process in MiB; pages shared with others count whole. */
function rssMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024;
}
