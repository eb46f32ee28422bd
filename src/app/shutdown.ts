/** Ending: a server that was asked to, and one that could not start. */
import type { RunningServer } from "../http/server.ts";
import type { Deliverer } from "../workers/deliverer.ts";
import type { Gatherer } from "../workers/gatherer.ts";
import type { Poller } from "../workers/poller.ts";
import type { Registrar } from "../workers/registrar.ts";
import type { Replier } from "../workers/replier.ts";
import type { Reporter } from "../workers/reporter.ts";

export interface Working {
  readonly server: RunningServer;
  readonly poller: Poller;
  readonly registrar: Registrar;
  readonly gatherer: Gatherer;
  readonly replier: Replier;
  readonly deliverer: Deliverer;
  /** Null: there is no user service. */
  readonly reporter: Reporter | null;
}

/** Time that requests under way get: a webhook is stored in milliseconds, an event stream would never end. */
const REQUESTS_MS = 2_000;
/** Time at the end for sending what the last turns produced; at most a third of all there is. */
const SENDING_MS = 1_500;
/** Time that calls of the user service under way get. */
const REPORTING_MS = 1_500;
/** Time beyond the end for storing what became of calls that were cut. */
const STORING_MS = 500;

/**
 * Lets what runs end, all of it within one deadline (R8, G12): nothing new is begun from now on, turns that take longer
 * are given back, calls that take longer are cut. Measured in real time, also where a sandbox's own time stands still.
 */
export async function shutDown(working: Working, timeoutMs: number): Promise<void> {
  const { server, poller, registrar, gatherer, replier, deliverer, reporter } = working;
  const turnsMs = timeoutMs - Math.min(SENDING_MS, timeoutMs / 3);
  const sendsCut = AbortSignal.timeout(timeoutMs);
  const ended = async (): Promise<void> => {
    await Promise.all([
      server.stop(AbortSignal.timeout(Math.min(REQUESTS_MS, turnsMs))),
      poller.stop(),
      registrar.stop(),
      gatherer.loop.stop(),
      replier.drain(AbortSignal.timeout(turnsMs)),
      // A slow service keeps nobody waiting: what is cut here is looked for after the start.
      reporter?.drain(AbortSignal.timeout(Math.min(REPORTING_MS, turnsMs))),
    ]);
    await deliverer.drain(sendsCut);
  };
  // Whatever does not heed its signal is left behind: the next start finds it on disk.
  await atMost(timeoutMs + STORING_MS, ended());
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
