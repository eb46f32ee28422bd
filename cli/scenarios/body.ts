/** Bodies, changed and looked into, before they are signed. Pure. */
import { Fault } from "../../src/core/fault.ts";

/** One change: what stands at the path becomes the value. */
export interface Edit {
  /** The step whose webhook is changed; null for every one. */
  readonly step: string | null;
  /** Keys and indexes from the outside in: ["entry", "0", "id"]. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Reads `entry.0.messaging.0.message.text=chào`, or with a step before it, `photo:entry.0.id=5`. A value that is JSON counts as that, anything else as text; for the text
 * "5" write `…=\"5\"`.
 *
 * @throws Fault `usage`
 */
export function editOf(typed: string): Edit {
  const [, step = null, path = "", value = ""] = /^(?:([A-Za-z][\w-]*):)?([^=:]+)=(.*)$/s.exec(typed) ?? [];
  const keys = path.trim().split(".");
  if (path === "" || keys.includes("")) {
    throw new Fault(
      "usage",
      `"${typed}" does not say what to set.`,
      "Write it like --set entry.0.messaging.0.message.text=chào.",
    );
  }
  try {
    return { step, path: keys, value: JSON.parse(value) };
  } catch {
    return { step, path: keys, value };
  }
}

/**
 * A copy of the body with the changes. The last key of a path may be new; everything before it must be there.
 *
 * @throws Fault `usage` that names the first part of a path that is not there
 */
export function edited(body: unknown, edits: readonly Edit[]): unknown {
  const copy: unknown = structuredClone(body);
  for (const { path, value } of edits) {
    let place: unknown = copy;
    for (const [depth, key] of path.slice(0, -1).entries()) {
      place = isContainer(place) && Object.hasOwn(place, key) ? place[key] : undefined;
      if (!isContainer(place)) throw nothingAt(path.slice(0, depth + 1));
    }
    const last = path.at(-1) ?? "";
    if (!isContainer(place) || (Array.isArray(place) && !/^\d+$/.test(last))) throw nothingAt(path);
    place[last] = value;
  }
  return copy;
}

function nothingAt(path: readonly string[]): Fault {
  return new Fault(
    "usage",
    `The webhook has nothing at ${path.join(".")}.`,
    "Look at it with --print curl, and count entries from 0.",
  );
}

export function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** A copy in which every text that is one of the words is what the word stands for. */
export function filledIn(value: unknown, words: Readonly<Record<string, string | number>>): unknown {
  if (typeof value === "string") return Object.hasOwn(words, value) ? words[value] : value;
  if (Array.isArray(value)) return value.map((each) => filledIn(each, words));
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filledIn(each, words)]));
}

/** One event of a body, as far as it can be recognised. */
export interface BodyEvent {
  readonly page: string | null;
  /** Who wrote, or is written about; null when it is the page or nobody. */
  readonly contact: string | null;
  /** What a message says; null when the event is none. */
  readonly text: string | null;
}

/** The events of a body, whatever it is; none for what is no webhook. */
export function eventsOf(body: unknown): BodyEvent[] {
  return listAt(body, "entry").flatMap((entry) => {
    const id = textAt(entry, "id");
    return [...listAt(entry, "messaging"), ...listAt(entry, "standby")].map((event) => {
      const sender = textAt(at(event, "sender"), "id");
      const recipient = textAt(at(event, "recipient"), "id");
      const message = at(event, "message");
      const isEcho = at(message, "is_echo") === true || (sender !== null && sender === id);
      const text = message === undefined ? textAt(at(event, "postback"), "title") : (textAt(message, "text") ?? "");
      return { page: id ?? (isEcho ? sender : recipient), contact: isEcho ? recipient : sender, text };
    });
  });
}

export function at(value: unknown, key: string): unknown {
  return isContainer(value) ? value[key] : undefined;
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
}

export function textAt(value: unknown, key: string): string | null {
  const found = at(value, key);
  return typeof found === "string" || typeof found === "number" ? String(found) : null;
}
