/** What a key means, depending on what has the keys: the line being typed, an overlay, or the panes. */
import type { Intent } from "./actions.ts";
import type { State } from "./state.ts";

/** A key as the terminal library tells it; only what we look at. */
export interface Key {
  readonly upArrow?: boolean;
  readonly downArrow?: boolean;
  readonly leftArrow?: boolean;
  readonly rightArrow?: boolean;
  readonly pageUp?: boolean;
  readonly pageDown?: boolean;
  readonly home?: boolean;
  readonly end?: boolean;
  readonly return?: boolean;
  readonly escape?: boolean;
  readonly tab?: boolean;
  readonly shift?: boolean;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  readonly backspace?: boolean;
  readonly delete?: boolean;
}

/** @param input what was typed, without the marks of control keys */
export function intentOf(state: Pick<State, "prompt" | "overlay">, input: string, key: Key): Intent | null {
  if (key.ctrl === true && input === "c") return { type: "quit" };
  if (state.prompt !== null) return whileTyping(input, key);
  return moving(input, key) ?? command(input, key);
}

function whileTyping(input: string, key: Key): Intent | null {
  if (key.return === true) return { type: "submit" };
  if (key.escape === true) return { type: "cancel" };
  if (key.backspace === true) return { type: key.meta === true ? "erase-word" : "erase" };
  if (key.delete === true) return { type: "delete" };
  if (key.leftArrow === true) return { type: "cursor", by: -1 };
  if (key.rightArrow === true) return { type: "cursor", by: 1 };
  if (key.home === true) return { type: "cursor-first" };
  if (key.end === true) return { type: "cursor-last" };
  if (key.upArrow === true) return { type: "recall", by: -1 };
  if (key.downArrow === true) return { type: "recall", by: 1 };
  if (key.ctrl === true) return CONTROLS[input] ?? null;
  if (key.tab === true || key.meta === true || input === "") return null;
  return { type: "insert", text: input };
}

const CONTROLS: Readonly<Record<string, Intent>> = {
  a: { type: "cursor-first" },
  e: { type: "cursor-last" },
  u: { type: "erase-all" },
  w: { type: "erase-word" },
  h: { type: "erase" },
};

function moving(input: string, key: Key): Intent | null {
  if (key.upArrow === true || input === "k") return { type: "move", by: -1 };
  if (key.downArrow === true || input === "j") return { type: "move", by: 1 };
  if (key.pageUp === true || (key.ctrl === true && input === "u")) return { type: "page", by: -1 };
  if (key.pageDown === true || (key.ctrl === true && input === "d")) return { type: "page", by: 1 };
  if (key.home === true || input === "g") return { type: "first" };
  if (key.end === true || input === "G") return { type: "last" };
  return null;
}

function command(input: string, key: Key): Intent | null {
  if (key.tab === true) return { type: key.shift === true ? "previous-pane" : "next-pane" };
  if (key.return === true) return { type: "open" };
  if (key.escape === true) return { type: "back" };
  if (key.ctrl === true || key.meta === true) return null;
  return COMMANDS[input] ?? null;
}

const COMMANDS: Readonly<Record<string, Intent>> = {
  "/": { type: "filter" },
  " ": { type: "pause" },
  d: { type: "detail" },
  J: { type: "raw" },
  e: { type: "errors" },
  r: { type: "retry" },
  t: { type: "take-over" },
  R: { type: "release" },
  y: { type: "copy" },
  x: { type: "export" },
  m: { type: "mask" },
  "?": { type: "help" },
  q: { type: "quit" },
};

/** The keys for the help page and the bottom line: what is typed, what it does, and the short word for the bottom line. */
export const KEYS: readonly (readonly [keys: string, does: string, short?: string])[] = [
  ["j k ↑ ↓", "one line down, up; PgDn PgUp by a page"],
  ["g G", "to the first, to the last (and follow what comes)"],
  ["tab", "next pane: conversations, transcript, events", "pane"],
  ["enter esc", "open the selected one; go back, close, drop the filter", "open"],
  ["/", 'filter: page: platform: kind: status: >2s text:"…"; ! inverts; Up recalls', "filter"],
  ["space", "hold the screen still; again to go on", "hold"],
  ["d", "what an event says", "detail"],
  ["J", "the same as JSON"],
  ["e", "only errors, and what is owed in the retry journal", "errors"],
  ["r", "send again now what could not be delivered", "retry"],
  ["t", "take the conversation over and type a reply", "take"],
  ["R", "give it back to the bot", "release"],
  ["y", "copy to the clipboard of your terminal"],
  ["x", "write what is listed to a file, one JSON line each"],
  ["m", "hide names and texts", "mask"],
  ["?", "this page", "help"],
  ["q", "leave", "quit"],
];

/**
 * Keys typed faster than they are read come in one piece. Each is one of its own, except into a line, which takes its text
 * as a whole.
 *
 * @param typing asked again before each, because a key may have opened or closed the line
 */
export function* strokesOf(input: string, key: Key, typing: () => boolean): Generator<[input: string, key: Key]> {
  if (input.length <= 1) return yield [input, key];
  for (let rest = input; rest !== "";) {
    const control = CONTROL.exec(rest)?.index ?? rest.length;
    const stroke = rest.slice(0, Math.max(1, typing() ? control : 1));
    rest = rest.slice(stroke.length);
    yield control === 0 ? controlStroke(stroke) : [stroke, key];
  }
}

const CONTROL = /[\u0000-\u001f\u007f]/;

function controlStroke(character: string): [input: string, key: Key] {
  if (character === "\r" || character === "\n") return ["", { return: true }];
  if (character === "\t") return ["", { tab: true }];
  if (character === "\u007f" || character === "\b") return ["", { backspace: true }];
  if (character === "\u001b") return ["", { escape: true }];
  // Ctrl+A is 1, and so on.
  return [String.fromCharCode(character.charCodeAt(0) + 96), { ctrl: true }];
}
