/** Ending: a server that was asked to, and one that could not start. */
import type { Bus } from "../events/bus.ts";
import type { RunningServer } from "../http/server.ts";
import type { Broadcaster } from "../workers/broadcaster.ts";
import type { Deliverer } from "../workers/deliverer.ts";
import type { Gatherer } from "../workers/gatherer.ts";
import type { Intake } from "../workers/intake.ts";
import type { Poller } from "../workers/poller.ts";
import type { Registrar } from "../workers/registrar.ts";
import type { Replier } from "../workers/replier.ts";
import type { Reporter } from "../workers/reporter.ts";
import { explained } from "./trouble.ts";

export interface Working {
  readonly server: RunningServer;
  readonly intake: Intake;
  readonly poller: Poller;
  readonly registrar: Registrar;
  readonly gatherer: Gatherer;
  readonly replier: Replier;
  readonly deliverer: Deliverer;
  readonly broadcaster: Broadcaster;
  /** Null: there is no user service. */
  readonly reporter: Reporter | null;
  readonly bus: Bus;
  /** Aborted here: nothing more is taken. */
  readonly closing: AbortController;
}

/** Time that requests under way get: a webhook is stored in milliseconds, a reader of events may have stopped reading. */
const REQUESTS_MS = 2_000;
/** The same when nothing is left of the time there is. */
const LEAST_REQUESTS_MS = 300;
/** Time at the end for sending what the last turns produced; at most a third of all there is. */
const SENDING_MS = 1_500;
/** Time that calls of the user service under way get. */
const REPORTING_MS = 1_500;
/** Time beyond the end for storing what became of calls that were cut. */
const STORING_MS = 500;

/**
 * Lets what runs end, all of it within one deadline (R8, G12): nothing new is begun from now on, turns that take longer
 * are given back, calls that take longer are cut. Measured in real time, also where a sandbox's own time stands still.
 *
 * Whoever follows the events gets all of this, and then the end of the stream: it is cut last.
 */
export async function shutDown(working: Working, timeoutMs: number): Promise<void> {
  const { server, intake, poller, registrar, gatherer, replier, deliverer, broadcaster, reporter, bus, closing } =
    working;
  const turnsMs = timeoutMs - Math.min(SENDING_MS, timeoutMs / 3);
  const sendsCut = AbortSignal.timeout(timeoutMs);
  const beganAt = performance.now();
  server.refuse();
  const ended = async (): Promise<void> => {
    await Promise.all([
      poller.stop(),
      registrar.stop(),
      gatherer.loop.stop(),
      broadcaster.loop.stop(),
      replier.drain(AbortSignal.timeout(turnsMs)),
      // A slow service keeps nobody waiting: what is cut here is looked for after the start.
      reporter?.drain(AbortSignal.timeout(Math.min(REPORTING_MS, turnsMs))),
    ]);
    await deliverer.drain(sendsCut);
  };
  // Whatever does not heed its signal is left behind: the next start finds it on disk.
  await atMost(timeoutMs + STORING_MS, ended());
  closing.abort();
  const leftMs = Math.max(LEAST_REQUESTS_MS, Math.min(REQUESTS_MS, timeoutMs - (performance.now() - beganAt)));
  const cut = AbortSignal.timeout(leftMs);
  await atMost(LEAST_REQUESTS_MS, intake.settled());
  bus.end();
  await server.stop(cut);
}

async function atMost(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  try {
    await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** What was opened and must be closed again. */
export class Openings {
  private readonly closers: (() => void | Promise<void>)[] = [];

  push(close: () => void | Promise<void>): void {
    this.closers.push(close);
  }

  /** Newest first. One that cannot be closed does not keep the others open. @throws what the first of those threw */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.closers.pop(); close !== undefined; close = this.closers.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/**
 * Works on a data folder, and closes in the end whatever was opened for it.
 *
 * @throws Fault storage for trouble with its database, and whatever `work` throws
 */
export async function whileOpen<T>(dataDir: string, work: (opened: Openings) => Promise<T>): Promise<T> {
  const opened = new Openings();
  try {
    const done = await work(opened);
    await opened.close();
    return done;
  } catch (error) {
    // Why it failed is what matters, not what else broke on the way out.
    await opened.close().catch(() => {});
    throw explained(error, dataDir);
  }
}
