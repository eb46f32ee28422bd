/**
 * A real server that is stopped and started again while people write: does the screen miss an event? What the server wrote to
 * its log is the truth that the screen's export is compared with.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { pty } from "../../test/cli/tui/pty.ts";
import { BINARY } from "../../test/helpers/bot.ts";
import { until } from "../../test/helpers/until.ts";

export interface RestartFigures {
  readonly restarts: number;
  /** Events about conversations that the server logged. */
  readonly events: number;
  /** Those that the screen did not export. */
  readonly missing: number;
  /** Rows that say that something is missing. */
  readonly gaps: number;
}

/** A row of the export, and a line of the log. */
const Row = z.looseObject({
  type: z.string().optional(),
  event: z.string().optional(),
  conversation: z.number().optional(),
});
const PORT_FILE = z.object({ url: z.string() });

export async function measureRestarts(restarts: number): Promise<RestartFigures> {
  const folder = mkdtempSync(join(tmpdir(), "botctl-bench-"));
  const dataDir = join(folder, "data");
  let server = await serve(dataDir, "0");
  const port = new URL(server.url).port;
  try {
    await using terminal = pty(["watch", "--data-dir", dataDir], { columns: 120, rows: 40, cwd: folder });
    await terminal.sees("● live");
    await play(dataDir);
    for (let n = 0; n < restarts; n++) {
      // Cut in the middle: turns wait, are answered and sent while the server ends.
      const playing = play(dataDir);
      await Bun.sleep(700);
      await stop(server.child);
      await playing;
      server = await serve(dataDir, port);
      await terminal.sees("● live");
      await play(dataDir);
    }
    await Bun.sleep(500);
    terminal.type("\t\tx");
    await terminal.sees(/Wrote \d+ events to/);
    const file = readdirSync(folder).find((name) => name.endsWith(".ndjson")) ?? "";
    return judged(restarts, readFileSync(`${dataDir}.log`, "utf8"), readFileSync(join(folder, file), "utf8"));
  } finally {
    await stop(server.child);
    rmSync(folder, { recursive: true, force: true });
  }
}

function judged(restarts: number, log: string, exported: string): RestartFigures {
  const told = countsOf(log);
  const seen = countsOf(exported);
  let [events, missing] = [0, 0];
  for (const [name, count] of told) {
    events += count;
    missing += Math.max(0, count - (seen.get(name) ?? 0));
  }
  return {
    restarts,
    events,
    missing,
    gaps: exported.split("\n").filter((line) => line.includes('"type":"gap"')).length,
  };
}

/** How often each event about each conversation is in a text of JSON lines. */
function countsOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split("\n").filter((each) => each.startsWith("{"))) {
    const { type, event, conversation } = Row.parse(JSON.parse(line));
    if (conversation === undefined) continue;
    const name = `${type ?? event ?? "?"} ${conversation}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

async function serve(dataDir: string, port: string): Promise<{ child: Bun.Subprocess; url: string }> {
  const log = openSync(`${dataDir}.log`, "a");
  const child = Bun.spawn([BINARY, "serve", "--sandbox", "--port", port, "--data-dir", dataDir], {
    env: { PATH: "/usr/bin:/bin", HOME: dataDir, HOST: "127.0.0.1", LOG_LEVEL: "debug", LOG_FORMAT: "json" },
    stdin: "ignore",
    stdout: log,
    stderr: "ignore",
  });
  closeSync(log);
  const url = await until("the server listens", async () => {
    const file = Bun.file(join(dataDir, "server.json"));
    if (!(await file.exists())) return null;
    const read = PORT_FILE.safeParse(await file.json().catch(() => null));
    const healthy =
      read.success &&
      (await fetch(`${read.data.url}/api/health`).then(
        (answer) => answer.ok,
        () => false,
      ));
    return healthy && read.data.url;
  });
  return { child, url };
}

async function stop(child: Bun.Subprocess): Promise<void> {
  child.kill("SIGTERM");
  await child.exited;
}

/** Customers who write, wait and write again. How it is judged does not matter: the server may be gone meanwhile. */
async function play(dataDir: string): Promise<void> {
  const playing = Bun.spawn([BINARY, "simulate", "burst", "split", "--data-dir", dataDir], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  await playing.exited;
}
