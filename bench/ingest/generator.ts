/**
 * The load, a process of its own: signed unique webhooks in a closed loop, each connection sending its next when the last
 * was answered. Started by `measure.ts` with a `Load` as JSON; prints a `Result` as JSON.
 */
import { connect, type Connection } from "./client.ts";
import { Webhooks } from "./load.ts";
import { cpuMs } from "./proc.ts";

export interface Load {
  readonly port: number;
  /** The measured process, for its CPU time. */
  readonly pid: number;
  readonly connections: number;
  readonly conversations: number;
  readonly warmupMs: number;
  readonly measuredMs: number;
}

export interface Result {
  readonly acks: number;
  /** Answers other than 200, and connections lost. */
  readonly errors: number;
  readonly acksPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** CPU time of the measured process, all its threads, for each ack. */
  readonly cpuUsPerEvent: number;
}

async function generate(load: Load): Promise<Result> {
  const webhooks = new Webhooks(load.conversations);
  const latencies: number[] = [];
  let errors = 0;
  let measuring = false;
  let over = false;

  const open = async (): Promise<Connection> => {
    let sentAt = 0;
    const connection = await connect(load.port, {
      onAnswer(status) {
        const now = performance.now();
        if (status !== 200) errors += 1;
        else if (measuring) latencies.push(now - sentAt);
        if (!over) send(now);
      },
      onClosed: () => void (over || (errors += 1)),
    });
    const send = (now: number): void => {
      sentAt = now;
      connection.send(webhooks.next(Date.now()));
    };
    send(performance.now());
    return connection;
  };
  const connections = await Promise.all(Array.from({ length: load.connections }, open));

  await Bun.sleep(load.warmupMs);
  const [cpuBefore, startedAt] = [cpuMs(load.pid), performance.now()];
  measuring = true;
  await Bun.sleep(load.measuredMs);
  measuring = false;
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = cpuMs(load.pid) - cpuBefore;
  over = true;
  for (const connection of connections) connection.end();

  const sorted = Float64Array.from(latencies).sort();
  const share = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return {
    acks: sorted.length,
    errors,
    acksPerSecond: sorted.length / seconds,
    p50Ms: share(0.5),
    p99Ms: share(0.99),
    longestMs: sorted.at(-1) ?? 0,
    cpuUsPerEvent: sorted.length === 0 ? 0 : (cpu * 1_000) / sorted.length,
  };
}

if (import.meta.main) {
  const result = await generate(JSON.parse(Bun.argv[2] ?? "{}"));
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(0);
}
