/** What came over the event stream, the newest last: events, and the places where some are missing. */
import type { EventData } from "../client.ts";

/** What the stream brings. */
export type Heard =
  | { readonly id: string | null; readonly event: EventData }
  /** How many events this reader did not get; null when nobody knows. */
  | { readonly missed: number | null };

export interface EventRow {
  readonly kind: "event";
  /** Our own number: grows by one with each row, so a row can be found again. */
  readonly n: number;
  readonly id: string | null;
  readonly event: EventData;
}

export interface GapRow {
  readonly kind: "gap";
  readonly n: number;
  /** When we were told, server's clock. */
  readonly at: number;
  readonly missed: number | null;
}

export type FeedRow = EventRow | GapRow;

/** Rows kept for looking back. Older ones are forgotten, not a gap: `x` exports before that. */
const KEPT_ROWS = 2_000;

/** The feed with more rows; the oldest make room. */
export function grown(feed: readonly FeedRow[], heard: readonly Heard[], firstN: number, at: number): FeedRow[] {
  const rows = heard.map((each, i): FeedRow => {
    const n = firstN + i;
    return "missed" in each
      ? { kind: "gap", n, at, missed: each.missed }
      : { kind: "event", n, id: each.id, event: each.event };
  });
  return [...feed.slice(Math.max(0, feed.length + rows.length - KEPT_ROWS)), ...rows.slice(-KEPT_ROWS)];
}

/** A field of an event that is a number; null when it is absent or something else. */
export function numberIn(event: EventData, field: string): number | null {
  const value = event[field];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A field of an event that is a text; null when it is absent or something else. */
export function textIn(event: EventData, field: string): string | null {
  const value = event[field];
  return typeof value === "string" && value !== "" ? value : null;
}

const FAILED = /fail|dead|lost|refused|expired|quarantin|alarm|unknown_account/;

/** Whether somebody should look at it. */
export function isTrouble(event: EventData): boolean {
  if (FAILED.test(event.type)) return true;
  const state = event["state"];
  if (event.type === "account_state") return state !== "active";
  return event.type === "breaker_state" && state === "open";
}
