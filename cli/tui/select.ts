/** What of the state is listed at the moment, and what stands under the cursors. */
import type { RetryRow } from "../client.ts";
import { byLatest, type Conversation } from "./conversations.ts";
import { isTrouble, type EventRow, type FeedRow } from "./feed.ts";
import { conversationPasses, eventPasses, type Known } from "./filter.ts";
import { layoutOf } from "./layout.ts";
import { shownNow, type State } from "./state.ts";
import { blocksOf, type Block } from "./transcript.ts";

/** A row of the pane of events. In the view of errors what is owed stands above them. */
export type ListedRow = FeedRow | { readonly kind: "owed"; readonly n: number; readonly retry: RetryRow };

/** Remembers the last answer, as long as it is asked about the same things. */
function once<Args extends readonly unknown[], T>(make: (...args: Args) => T): (...args: Args) => T {
  let last: { readonly args: Args; readonly made: T } | null = null;
  return (...args) => {
    if (last !== null && last.args.every((arg, at) => Object.is(arg, args[at]))) return last.made;
    last = { args, made: make(...args) };
    return last.made;
  };
}

/** What the page or bot is called; its id when nobody told. */
export function pageName({ accounts }: Pick<State, "accounts">, account: string): string {
  return accounts.find((each) => each.external_id === account)?.name || account;
}

/** What the person is called here. */
export function personName(state: Pick<State, "masked">, { id, name, contact }: Conversation): string {
  if (state.masked) return `person ${id}`;
  if (name !== null && name !== "") return name;
  return contact === null ? `#${id}` : contact;
}

function knownOf({ accounts, messages }: Pick<State, "accounts" | "messages">): Known {
  return {
    pageName: (account) => pageName({ accounts }, account),
    messages: (conversation) => messages.get(conversation) ?? [],
  };
}

const conversationsOf = once(
  (
    conversations: State["conversations"],
    filter: State["filter"],
    feed: State["feed"] | null,
    messages: State["messages"],
    accounts: State["accounts"],
  ): readonly Conversation[] => {
    const all = [...conversations.values()].sort(byLatest);
    if (filter === null) return all;
    const byConversation = Map.groupBy(
      (feed ?? []).filter((row): row is EventRow => row.kind === "event"),
      ({ event }) => event.conversation,
    );
    const known = knownOf({ accounts, messages });
    return all.filter((each) => conversationPasses(filter, each, () => byConversation.get(each.id) ?? [], known));
  },
);

/** Those that pass the filter, the latest first. */
export function listedConversations({
  conversations,
  filter,
  feed,
  messages,
  accounts,
}: State): readonly Conversation[] {
  return conversationsOf(conversations, filter, filter === null ? null : feed, messages, accounts);
}

const rowsOf = once(
  (
    feed: State["feed"],
    filter: State["filter"],
    errorsOnly: boolean,
    conversations: State["conversations"] | null,
    messages: State["messages"],
    accounts: State["accounts"],
    retries: State["retries"],
  ): readonly ListedRow[] => {
    if (filter === null && !errorsOnly) return feed;
    const known = knownOf({ accounts, messages });
    const rows = feed.filter((row) => {
      if (row.kind === "gap") return true;
      if (errorsOnly && !isTrouble(row.event)) return false;
      return eventPasses(filter, row, conversations?.get(row.event.conversation ?? -1), known);
    });
    if (!errorsOnly) return rows;
    return [...retries.map((retry, at): ListedRow => ({ kind: "owed", n: -1 - at, retry })), ...rows];
  },
);

/** Rows of the pane of events, the newest last. */
export function listedRows(state: State): readonly ListedRow[] {
  const { feed, filter, errorsOnly, conversations, messages, accounts, retries } = state;
  return rowsOf(feed, filter, errorsOnly, filter === null ? null : conversations, messages, accounts, retries);
}

/** Where the row under the cursor is; the last one when none is chosen or it is gone. -1: there are no rows. */
export function rowIndex(rows: readonly ListedRow[], n: number | null): number {
  if (n === null) return rows.length - 1;
  const at = rows.findIndex((row) => row.n === n);
  return at === -1 ? (n > 0 && rows.length > 0 ? 0 : rows.length - 1) : at;
}

export function selectedRow(state: State): ListedRow | null {
  const rows = listedRows(state);
  return rows[rowIndex(rows, state.row)] ?? null;
}

export function selectedConversation({ selected, conversations }: State): Conversation | null {
  return selected === null ? null : (conversations.get(selected) ?? null);
}

const blocks = once(
  (
    messages: NonNullable<ReturnType<State["messages"]["get"]>>,
    turns: State["turns"],
    width: number,
    name: string,
    masked: boolean,
    until: number,
  ): readonly Block[] => {
    const shown = until === Number.POSITIVE_INFINITY ? messages : messages.filter(({ at }) => at <= until);
    return blocksOf({ messages: shown, turns, width, name, masked });
  },
);

const NONE: NonNullable<ReturnType<State["messages"]["get"]>> = [];

/** The transcript of the selected conversation. */
export function selectedBlocks(state: State): readonly Block[] {
  const conversation = selectedConversation(state);
  if (conversation === null) return [];
  const until = state.pause === null ? Number.POSITIVE_INFINITY : shownNow(state);
  const messages = state.messages.get(conversation.id) ?? NONE;
  return blocks(messages, state.turns, layoutOf(state).right - 1, personName(state, conversation), state.masked, until);
}

/** One line of the transcript and where it belongs. */
export interface PlacedLine {
  readonly block: number;
  readonly line: number;
}

/** All lines of the blocks by position, and which of them is under the cursor; -1 when there are none. */
export function placed(blocksShown: readonly Block[], place: State["place"]): { lines: PlacedLine[]; at: number } {
  const lines = blocksShown.flatMap(({ lines: own }, block) => own.map((_, line) => ({ block, line })));
  if (place === null) return { lines, at: lines.length - 1 };
  const block = blocksShown.findIndex(({ key }) => key === place.block);
  if (block === -1) return { lines, at: lines.length - 1 };
  const last = (blocksShown[block]?.lines.length ?? 1) - 1;
  return { lines, at: lines.findIndex((each) => each.block === block && each.line === Math.min(place.line, last)) };
}
