/** The numbers at the top: as the server tells them, or counted from the events for a server that does not. */
import { numberIn, textIn } from "./feed.ts";
import { shownNow, type State } from "./state.ts";

export interface Tally {
  readonly lagMs: number | null;
  readonly webhooksPerMinute: number | null;
  readonly repliesPerMinute: number | null;
  readonly p95Ms: number | null;
  /** Turns that wait or are being answered. */
  readonly turns: number;
  /** Deliveries that are owed. */
  readonly journal: number;
  /** Of those the ones that were given up. */
  readonly dead: number;
  /** Those that are not closed. */
  readonly breakers: readonly { readonly scope: string; readonly state: string; readonly until: number | null }[];
}

const MINUTE_MS = 60_000;

export function tallyOf(state: State): Tally {
  const { status } = state;
  if (status === null) return countedFrom(state);
  const { depths, rates } = status;
  return {
    lagMs: status.lag_ms,
    webhooksPerMinute: rates.webhooks_per_minute,
    repliesPerMinute: rates.replies_per_minute,
    // The server forgets after some minutes; whoever looked on has seen more.
    p95Ms: status.reply_p95_ms ?? countedFrom(state).p95Ms,
    turns: depths.gathering + depths.ready + depths.running,
    journal: depths.pending + depths.ambiguous + depths.parked + depths.dead,
    dead: depths.dead,
    breakers: status.breakers.filter((breaker) => breaker.state !== "closed"),
  };
}

/** Only what a screen that is kept open can know: the last minute of events, and the journal that was asked for. */
function countedFrom(state: State): Tally {
  const since = shownNow(state) - MINUTE_MS;
  let received = 0;
  let replied = 0;
  const latencies: number[] = [];
  const breakers = new Map<string, Tally["breakers"][number]>();
  for (const row of state.feed) {
    if (row.kind === "gap") continue;
    const { event } = row;
    const recent = event.at >= since;
    if (event.type === "message_received" && recent) received += 1;
    if (event.type === "response_sent" && recent) replied += 1;
    if (event.type === "response_sent") latencies.push(numberIn(event, "latency_ms") ?? 0);
    if (event.type === "breaker_state") {
      const scope = textIn(event, "scope") ?? "?";
      breakers.set(scope, { scope, state: textIn(event, "state") ?? "?", until: numberIn(event, "until") });
    }
  }
  latencies.sort((a, b) => a - b);
  const busy = [...state.conversations.values()].filter(
    ({ doing }) => doing?.kind === "waiting" || doing?.kind === "answering",
  );
  return {
    lagMs: null,
    webhooksPerMinute: received,
    repliesPerMinute: replied,
    p95Ms: latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * 0.95))] ?? null,
    turns: busy.length,
    journal: state.retries.filter((retry) => retry.state !== "expired").length,
    dead: state.retries.filter((retry) => retry.state === "dead").length,
    breakers: [...breakers.values()].filter((breaker) => breaker.state !== "closed"),
  };
}
