/** The event stream, held open: reconnected when it breaks, resumed where it broke off. */
import { Fault } from "../../src/core/fault.ts";
import type { WatchApi } from "./api.ts";
import type { Heard } from "./feed.ts";
import type { Link } from "./state.ts";

export interface Listening {
  readonly api: Pick<WatchApi, "events">;
  /** The id to resume after; null: only what is new. */
  readonly lastEventId: string | null;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** A number in [0, 1). */
  readonly chance: () => number;
  readonly onHeard: (heard: Heard) => void;
  readonly onLink: (link: Link) => void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** The heartbeat comes every 15 s: after this the feed is stale, though the connection has not noticed. */
const SILENCE_MS = 25_000;

/**
 * Time before the next attempt: doubling from 0.25 s to 10 s, of which a random half is waited less, so that many screens do
 * not come back in one moment.
 *
 * @param failures attempts in a row that failed, 1 or more
 */
function pauseMs(failures: number, chance: number): number {
  const whole = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(20, failures - 1));
  return Math.round(whole * (1 - chance / 2));
}

/**
 * Listens until `signal` aborts.
 *
 * @throws Fault when the first connection fails: a wrong address or token does not become right by waiting. Later failures are
 * waited out.
 */
export async function listen(listening: Listening): Promise<void> {
  const { api, signal, now, chance, onHeard, onLink } = listening;
  let lastEventId = listening.lastEventId;
  let opened = false;
  let failures = 0;
  let heardAt = now();
  onLink({ kind: "connecting", sinceAt: heardAt });
  while (!signal.aborted) {
    const ear = new Ear(now, onLink);
    let why = "the server closed the stream";
    try {
      for await (const { id, event, data } of api.events(lastEventId, signal, () => ear.heard())) {
        lastEventId = id ?? lastEventId;
        if (event === "gap") onHeard({ missed: missedIn(data) });
        else onHeard({ id, event: data });
      }
    } catch (error) {
      if (!(error instanceof Fault) || (!opened && !ear.wasOpen)) throw error;
      why = error.message;
    } finally {
      ear.stop();
    }
    if (signal.aborted) return;
    opened ||= ear.wasOpen;
    heardAt = Math.max(heardAt, ear.heardAt);
    failures = ear.wasOpen ? 1 : failures + 1;
    const at = now();
    const waitMs = pauseMs(failures, chance());
    onLink({ kind: "lost", sinceAt: heardAt, why, nextAt: at + waitMs });
    await pause(waitMs, signal);
  }
}

function missedIn(data: { readonly [field: string]: unknown }): number | null {
  const { missed } = data;
  return typeof missed === "number" ? missed : null;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

/** When a connection was heard last. Says so when it becomes live, and when it has been silent for too long. */
class Ear {
  wasOpen = false;
  heardAt = 0;
  private live = false;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly now: () => number,
    private readonly onLink: (link: Link) => void,
  ) {
    this.timer = setInterval(() => this.listen(), 1_000);
  }

  heard(): void {
    this.heardAt = this.now();
    if (this.live) return;
    this.live = true;
    this.wasOpen = true;
    this.onLink({ kind: "live", sinceAt: this.heardAt });
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private listen(): void {
    if (!this.live || this.now() - this.heardAt < SILENCE_MS) return;
    this.live = false;
    this.onLink({ kind: "lost", sinceAt: this.heardAt, why: "nothing is heard from the server", nextAt: 0 });
  }
}
