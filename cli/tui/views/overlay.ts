/** What lies over the panes: an event in detail, or the keys. */
import { detailOf } from "../detail.ts";
import { KEYS } from "../keys.ts";
import { filled, span, type Line } from "../line.ts";
import { layoutOf } from "../layout.ts";
import type { State } from "../state.ts";
import { wrap } from "../text.ts";
import { paneTitle } from "./pane.ts";

export function overlay(state: State): Line[] {
  const { body } = layoutOf(state);
  const width = state.columns;
  const { title, lines } = state.overlay === "help" ? help(width) : detail(state, width);
  const room = body - 1;
  const from = Math.max(0, Math.min(state.scrolled, lines.length - room));
  const below = Math.max(0, lines.length - from - room);
  const right = below > 0 ? `${below} more lines (j)` : "esc closes";
  return [paneTitle(title, right, true, width), ...filled(lines.slice(from), width, room)];
}

function help(width: number): { title: string; lines: Line[] } {
  const column = 12;
  const lines = KEYS.flatMap(([keys, does]) =>
    wrap(does, width - column - 2).map((line, at): Line => [
      span(` ${(at === 0 ? keys : "").padEnd(column)}`, "title"),
      span(line),
    ]),
  );
  const colours = wrap(
    "In the list: ◷ waits for more, ↻ tries to deliver again, answers, sends, failed; human: a person answers and the bot is silent.",
    width - 2,
  ).map((line): Line => [span(` ${line}`, "quiet")]);
  return { title: "Keys", lines: [...lines, [], ...colours] };
}

function detail(state: State, width: number): { title: string; lines: Line[] } {
  const { title, rows } = detailOf(state);
  const lines = rows.flatMap(([name, value]): Line[] => {
    const indent = name === "" ? 1 : 20;
    return wrap(value, width - indent - 2).map((line, at): Line => {
      return name === ""
        ? [span(` ${line}`)]
        : [span(` ${(at === 0 ? name : "").padEnd(indent - 1)}`, "quiet"), span(line)];
    });
  });
  return { title, lines };
}
