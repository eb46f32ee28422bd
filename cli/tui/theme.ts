/** Colours by meaning. With NO_COLOR the same differences are made with weight and reversal alone. */
import type { Line } from "./line.ts";

export type Tone =
  | "title"
  | "quiet"
  | "good"
  | "waiting"
  | "bad"
  | "client"
  | "bot"
  | "human"
  /** The row under the cursor, in the pane that has the keys and in one that has not. */
  | "cursor"
  | "resting"
  | "alert";

type Theme = Readonly<Record<Tone, readonly [on: string, off: string]>>;

const COLOURS: Theme = {
  title: ["1", "22"],
  quiet: ["2", "22"],
  good: ["32", "39"],
  waiting: ["33", "39"],
  bad: ["31", "39"],
  client: ["36", "39"],
  bot: ["32", "39"],
  human: ["35", "39"],
  cursor: ["7", "27"],
  resting: ["4", "24"],
  alert: ["1;37;41", "22;39;49"],
};

const PLAIN: Theme = {
  title: ["1", "22"],
  quiet: ["2", "22"],
  good: ["", ""],
  waiting: ["1", "22"],
  bad: ["1", "22"],
  client: ["1", "22"],
  bot: ["", ""],
  human: ["4", "24"],
  cursor: ["7", "27"],
  resting: ["4", "24"],
  alert: ["1;7", "22;27"],
};

/** NO_COLOR set to anything but nothing means no colours (https://no-color.org). */
export function themeFor(env: Readonly<Record<string, string | undefined>>): Theme {
  return env["NO_COLOR"] ? PLAIN : COLOURS;
}

/**
 * The line with the terminal's own marks around its pieces, without the blanks at its end: each cell costs time in every
 * picture. Never empty, because the terminal library gives an empty line no row.
 */
export function painted(line: Line, theme: Theme): string {
  let last = line.length - 1;
  while (last > 0 && line[last]?.tone === undefined && line[last]?.text.trim() === "") last--;
  let text = "";
  for (const [at, { text: whole, tone }] of line.slice(0, last + 1).entries()) {
    const piece = at === last && tone === undefined ? whole.trimEnd() : whole;
    const [on, off] = tone === undefined ? ["", ""] : theme[tone];
    text += on === "" ? piece : `\u001b[${on}m${piece}\u001b[${off}m`;
  }
  return text === "" ? " " : text;
}
