/** Everything the screen shows, as one value. `reduce.ts` makes the next one; nothing else changes it. */
import type { AccountRow, MessageRow, RetryRow, Status } from "../client.ts";
import type { Conversations } from "./conversations.ts";
import type { FeedRow, Heard } from "./feed.ts";
import type { Filter } from "./filter.ts";
import type { Turns } from "./turns.ts";

/** The panes, in the order of `tab`. */
export const PANES = ["conversations", "transcript", "events"] as const;
export type Pane = (typeof PANES)[number];

/** How the connection to the server is. Times by our clock. */
export type Link =
  | { readonly kind: "connecting"; readonly sinceAt: number }
  | { readonly kind: "live"; readonly sinceAt: number }
  /** Nothing was heard for longer than the heartbeat allows, or the connection broke. */
  | { readonly kind: "lost"; readonly sinceAt: number; readonly why: string; readonly nextAt: number };

export interface Notice {
  readonly text: string;
  readonly tone: "good" | "bad" | "quiet";
  /** When it was said, our clock; it fades after a while. */
  readonly at: number;
}

/** A line that is being typed. `cursor` counts characters as people do. */
export interface Prompt {
  readonly kind: "filter" | "reply";
  /** For a reply: to whom. */
  readonly conversation: number | null;
  readonly characters: readonly string[];
  readonly cursor: number;
  /** Which of the earlier filters is shown; null for what is being typed. */
  readonly recalled: number | null;
  readonly complaint: string | null;
}

/** Where the cursor of the transcript stands: a line of a block. */
export interface Place {
  readonly block: string;
  readonly line: number;
}

export interface Pause {
  /** Server's clock: the screen stays at this moment. */
  readonly at: number;
  readonly held: readonly Heard[];
  /** What could not be held for want of room: becomes a gap. */
  readonly overflow: number;
}

export interface State {
  readonly columns: number;
  readonly rows: number;
  /** Our clock, epoch ms. */
  readonly now: number;
  /** What the server's clock is ahead of ours, ms. */
  readonly skewMs: number;
  /** Whether `skewMs` was told by the server; otherwise it is guessed from the events. */
  readonly skewTold: boolean;
  readonly url: string;
  readonly link: Link;
  /** The sequence of the last event that was taken in. */
  readonly lastId: string | null;
  /** Events before this moment (server's clock) are history. */
  readonly startedAt: number;
  readonly status: Status | null;
  readonly accounts: readonly AccountRow[];
  readonly retries: readonly RetryRow[];
  readonly conversations: Conversations;
  /** False until the server has listed them once. */
  readonly listedOnce: boolean;
  /** Messages of the conversations that were opened, the latest opened last. */
  readonly messages: ReadonlyMap<number, readonly MessageRow[]>;
  readonly turns: Turns;
  readonly feed: readonly FeedRow[];
  readonly nextN: number;
  readonly pane: Pane;
  /** The conversation on the right. */
  readonly selected: number | null;
  /** Null: the newest line. */
  readonly place: Place | null;
  /** The row of the feed under the cursor; null: the newest. */
  readonly row: number | null;
  readonly filter: Filter | null;
  /** Filters used before, the latest last. */
  readonly filters: readonly string[];
  readonly prompt: Prompt | null;
  /** What was typed to somebody and not sent. */
  readonly drafts: ReadonlyMap<number, string>;
  readonly overlay: "help" | "detail" | null;
  readonly raw: boolean;
  /** Lines that the overlay is scrolled down. */
  readonly scrolled: number;
  readonly errorsOnly: boolean;
  readonly masked: boolean;
  readonly pause: Pause | null;
  readonly notice: Notice | null;
  readonly ended: boolean;
}

export interface Start {
  readonly url: string;
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
  readonly filter?: Filter | null;
  readonly masked?: boolean;
}

export function started({ url, now, columns, rows, filter = null, masked = false }: Start): State {
  return {
    columns,
    rows,
    now,
    skewMs: 0,
    skewTold: false,
    url,
    link: { kind: "connecting", sinceAt: now },
    lastId: null,
    startedAt: now,
    status: null,
    accounts: [],
    retries: [],
    conversations: new Map(),
    listedOnce: false,
    messages: new Map(),
    turns: new Map(),
    feed: [],
    nextN: 1,
    pane: "conversations",
    selected: null,
    place: null,
    row: null,
    filter,
    filters: filter === null ? [] : [filter.typed],
    prompt: null,
    drafts: new Map(),
    overlay: null,
    raw: false,
    scrolled: 0,
    errorsOnly: false,
    masked,
    pause: null,
    notice: null,
    ended: false,
  };
}

/** The time the screen shows, server's clock: it stands still while paused. */
export function shownNow(state: State): number {
  return state.pause?.at ?? state.now + state.skewMs;
}
