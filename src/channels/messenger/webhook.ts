/** Bytes of a genuine webhook → updates. One bad event does not spoil its neighbours. */
import { createHash } from "node:crypto";
import type * as z from "zod/mini";
import type { Parsed } from "../../core/channel.ts";
import type { Quarantined, Update } from "../../core/update.ts";
import { isShallow, problem } from "../json.ts";
import { KINDS, type Reading } from "./kinds.ts";
import { Change, Entry, Envelope, Frame, toMs } from "./schema.ts";

/** Deeper JSON is an attack on the parser, not a message (guarantees S4). */
const DEEPEST = 64;
/** Meta puts at most 1,000 events into a body. Far more would hold up everybody else while they are read (H2). */
const MOST_EVENTS = 10_000;

/** Content that wants an answer. */
const SAID: ReadonlySet<string> = new Set(["message", "tap"]);
const FRAME_KEYS = new Set(["sender", "recipient", "timestamp"]);
const utf8 = new TextDecoder();

/** Where an event stood. */
interface Place {
  /** The page; null when the entry does not name one. */
  readonly account: string | null;
  /** The entry's time, for events without one of their own; 0 when it has none either. */
  readonly time: number;
  readonly standby: boolean;
  readonly appId: string | null;
}

/**
 * Reads a body. Never throws: what cannot be read is quarantined with a reason that holds none of the customer's words.
 *
 * @param appId our own app, to know who took a thread over; null while it is not known
 */
export function parse(body: Uint8Array, appId: string | null): Parsed {
  if (!isShallow(body, DEEPEST)) return refused(`nested deeper than ${DEEPEST}`);
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(body));
  } catch {
    return refused("not JSON");
  }
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return refused(problem(envelope.error));
  if (countOf(envelope.data.entry) > MOST_EVENTS) return refused(`more than ${MOST_EVENTS} events`);
  const updates: Update[] = [];
  const quarantined: Quarantined[] = [];
  const sort = (result: Update | Quarantined): void => {
    if ("reason" in result) quarantined.push(result);
    else updates.push(result);
  };
  for (const raw of envelope.data.entry) {
    const entry = Entry.safeParse(raw);
    if (!entry.success) {
      quarantined.push({ account: null, reason: `entry: ${problem(entry.error)}` });
      continue;
    }
    const { id, time, messaging, standby, changes } = entry.data;
    const place: Place = { account: id == null ? null : String(id), time: toMs(time) ?? 0, standby: false, appId };
    for (const event of messaging ?? []) sort(eventOf(event, place));
    for (const event of standby ?? []) sort(eventOf(event, { ...place, standby: true }));
    for (const change of changes ?? []) sort(changeOf(change, place));
    if (!(messaging ?? standby ?? changes)) sort({ account: place.account, reason: "entry: without events" });
  }
  return { updates, quarantined };
}

function eventOf(raw: unknown, place: Place): Update | Quarantined {
  const frame = Frame.safeParse(raw);
  if (!frame.success || !isObject(raw)) {
    return { account: place.account, reason: `event: ${frame.error ? problem(frame.error) : "not an object"}` };
  }
  const name = kindOf(raw);
  const sender = idOf(frame.data.sender);
  const recipient = idOf(frame.data.recipient);
  const echo = isEcho(raw);
  const account = place.account ?? (echo ? sender : recipient);
  if (account === null) return { account, reason: `${name}: names no page` };
  const fromPage = echo || sender === account;
  const at = toMs(frame.data.timestamp) ?? place.time;
  const reading = KINDS.get(name)?.(raw[name], { sender, fromPage, at, appId: place.appId }) ?? otherwise(name);
  if (!("content" in reading)) return { account, reason: `${name}: ${problem(reading)}` };
  return {
    channel: "messenger",
    account,
    contact: fromPage ? recipient : sender,
    contactName: null,
    eventKey: reading.key ?? `${name}:${sender ?? ""}:${at}:${digest(raw)}`,
    messageId: reading.messageId,
    at,
    standby: place.standby,
    // A sender who is only a reference (checkbox plugin) cannot be answered yet.
    content: sender === null && SAID.has(reading.content.kind) ? { kind: "other", name } : reading.content,
  };
}

/** Entries and events, whatever they are. */
function countOf(entries: readonly unknown[]): number {
  let count = entries.length;
  for (const entry of entries) {
    if (!isObject(entry)) continue;
    for (const events of [entry["messaging"], entry["standby"], entry["changes"]]) {
      if (Array.isArray(events)) count += events.length;
    }
  }
  return count;
}

/** Changes of page content are recorded. Samples from Meta's console tell messaging events in this form; those have a recipient. */
function changeOf(raw: unknown, place: Place): Update | Quarantined {
  const change = Change.safeParse(raw);
  if (!change.success) return { account: place.account, reason: `change: ${problem(change.error)}` };
  const { field, value } = change.data;
  if (isObject(value) && isObject(value["recipient"])) return eventOf(value, place);
  if (place.account === null) return { account: null, reason: "change: names no page" };
  return {
    channel: "messenger",
    account: place.account,
    contact: null,
    contactName: null,
    eventKey: `change:${place.time}:${digest(raw)}`,
    messageId: null,
    at: place.time,
    standby: false,
    content: { kind: "other", name: named(field) },
  };
}

/** The first key that names a kind we know, else the first that is no part of the frame. */
function kindOf(event: Readonly<Record<string, unknown>>): string {
  let unknown: string | undefined;
  for (const key in event) {
    if (KINDS.has(key)) return key;
    if (!FRAME_KEYS.has(key)) unknown ??= key;
  }
  return named(unknown ?? "");
}

/** A name from outside, fit for logs and metrics. */
function named(name: string): string {
  return /^\w{1,64}$/.test(name) ? name : "unknown";
}

function otherwise(name: string): Reading {
  return { content: { kind: "other", name }, messageId: null, key: null };
}

function isEcho({ message }: Readonly<Record<string, unknown>>): boolean {
  return isObject(message) && message["is_echo"] === true;
}

function idOf(party: z.infer<typeof Frame>["sender"]): string | null {
  return party?.id == null ? null : String(party.id);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 24);
}

function refused(reason: string): Parsed {
  return { updates: [], quarantined: [{ account: null, reason }] };
}
