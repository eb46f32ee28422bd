/**
 * What is typed after `/`: words that must all hold.
 *
 *   page: platform: kind: status:   a part of the page's name or id, of the platform, of the event's type or kind, of a state
 *   >2s  >500ms  >1m                events that took or wait longer
 *   text:"…" or a bare word         a part of what is known: names, what was said, reasons
 *   !word                           the opposite of a word
 *
 * Case and Vietnamese marks do not count. A conversation is shown when it meets the words about itself and, if there are
 * words about events, one of its events meets those.
 */
import { Fault } from "../../src/core/fault.ts";
import type { MessageRow } from "../client.ts";
import type { Conversation } from "./conversations.ts";
import type { EventRow } from "./feed.ts";
import { numberIn, textIn } from "./feed.ts";
import { folded } from "./text.ts";

type About = "page" | "platform" | "kind" | "status" | "text";

export type Term =
  | { readonly about: About; readonly wanted: string; readonly not: boolean }
  | { readonly about: "longer"; readonly ms: number; readonly not: boolean };

export interface Filter {
  /** As typed. */
  readonly typed: string;
  readonly terms: readonly Term[];
}

/** What a term is held against, beside the conversation or event itself. */
export interface Known {
  readonly pageName: (account: string) => string;
  readonly messages: (conversation: number) => readonly MessageRow[];
}

const WORD = /(!?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi;
const ABOUT: readonly About[] = ["page", "platform", "kind", "status", "text"];

/** @returns what is wrong with it, as one sentence, when it cannot be understood */
export function parseFilter(typed: string): Filter | string {
  const terms: Term[] = [];
  for (const [whole, bang, name, quoted, bare] of typed.trim().matchAll(WORD)) {
    const not = bang === "!";
    const value = quoted ?? bare ?? "";
    if (value === "") continue;
    if (name === undefined && quoted === undefined && value.startsWith(">")) {
      const ms = lengthMs(value.slice(1));
      if (ms === null) return `"${value}" is no length of time: write >2s, >500ms or >1m`;
      terms.push({ about: "longer", ms, not });
      continue;
    }
    const about = name === undefined ? "text" : ABOUT.find((each) => each === name.toLowerCase());
    if (about === undefined)
      return `"${name}:" is not known; there are ${ABOUT.map((each) => `${each}:`).join(" ")} and >2s`;
    if (whole.trim() !== "") terms.push({ about, wanted: folded(value), not });
  }
  return { typed: typed.trim(), terms };
}

/** The filter of a flag. @throws Fault `usage` */
export function filterOf(typed: string | undefined): Filter | null {
  if (typed === undefined) return null;
  const filter = parseFilter(typed);
  if (typeof filter !== "string") return filter;
  throw new Fault("usage", `The filter cannot be understood: ${filter}.`, "See `botctl watch --help`.");
}

function lengthMs(typed: string): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/i.exec(typed) ?? [];
  if (number === undefined) return null;
  return (
    Number(number) *
    { ms: 1, s: 1_000, m: 60_000 }[unit?.toLowerCase() === "ms" ? "ms" : unit?.toLowerCase() === "m" ? "m" : "s"]
  );
}

/** Words that only events can meet. */
function isOfEvents(term: Term): boolean {
  return term.about === "kind" || term.about === "longer";
}

/** @param conversation the one the event is about; undefined when it is about none, or is not known */
export function eventPasses(
  filter: Filter | null,
  row: EventRow,
  conversation: Conversation | undefined,
  known: Known,
): boolean {
  return filter === null || filter.terms.every((term) => eventMeets(term, row, conversation, known) !== term.not);
}

function eventMeets(term: Term, { event }: EventRow, conversation: Conversation | undefined, known: Known): boolean {
  if (term.about === "longer") return longest(event) > term.ms;
  const has = (text: string | null | undefined): boolean => text != null && folded(text).includes(term.wanted);
  switch (term.about) {
    case "page":
      return has(event.account) || (event.account !== undefined && has(known.pageName(event.account)));
    case "platform":
      return has(event.platform);
    case "kind":
      return has(event.type) || has(textIn(event, "kind"));
    case "status":
      return has(textIn(event, "state")) || has(conversation?.state);
    case "text":
      return (
        has(event.reason) ||
        has(textIn(event, "message")) ||
        (conversation !== undefined && says(term.wanted, conversation, known))
      );
  }
}

function longest(event: EventRow["event"]): number {
  return Math.max(...["latency_ms", "wait_ms", "waited_ms"].map((field) => numberIn(event, field) ?? 0));
}

function says(wanted: string, conversation: Conversation, known: Known): boolean {
  const texts = [conversation.name, conversation.contact, conversation.doing?.reason];
  if (texts.some((text) => text != null && folded(text).includes(wanted))) return true;
  return known.messages(conversation.id).some(({ text }) => folded(text).includes(wanted));
}

/** @param events those kept of this conversation */
export function conversationPasses(
  filter: Filter | null,
  conversation: Conversation,
  events: () => readonly EventRow[],
  known: Known,
): boolean {
  if (filter === null) return true;
  const own = filter.terms.filter((term) => !isOfEvents(term));
  if (!own.every((term) => conversationMeets(term, conversation, known) !== term.not)) return false;
  const ofEvents = filter.terms.filter(isOfEvents);
  if (ofEvents.length === 0) return true;
  return events().some((row) => ofEvents.every((term) => eventMeets(term, row, conversation, known) !== term.not));
}

function conversationMeets(term: Term, conversation: Conversation, known: Known): boolean {
  if (term.about === "longer") return false;
  const has = (text: string | null): boolean => text !== null && folded(text).includes(term.wanted);
  switch (term.about) {
    case "page":
      return has(conversation.account) || has(known.pageName(conversation.account));
    case "platform":
      return has(conversation.channel);
    case "status":
      return (
        has(conversation.state) ||
        has(conversation.doing?.kind ?? null) ||
        known.messages(conversation.id).some(({ deliveries }) => deliveries.some(({ state }) => has(state)))
      );
    default:
      return says(term.wanted, conversation, known);
  }
}
