/** The two lines at the bottom: what is being typed or was just said, and the keys. */
import { KEYS } from "../keys.ts";
import { fitLine, span, widthOf, type Line, type Span } from "../line.ts";
import { personName } from "../select.ts";
import type { Prompt, State } from "../state.ts";
import { cells, characters, steady } from "../text.ts";

export function footer(state: State): Line[] {
  return [fitLine(message(state), state.columns), fitLine(keys(state), state.columns)];
}

function message(state: State): Line {
  const { prompt, notice, filter } = state;
  if (prompt !== null) return typing(state, prompt);
  if (notice !== null) return [span(` ${notice.text}`, notice.tone)];
  if (filter !== null)
    return [span(" filter ", "quiet"), span(filter.typed, "title"), span("  (esc drops it)", "quiet")];
  return [];
}

/** The end of the text stays in sight, and the cursor with it. */
function typing(state: State, { kind, conversation, characters: own, cursor, complaint }: Prompt): Line {
  const to = conversation === null ? undefined : state.conversations.get(conversation);
  const label =
    kind === "filter"
      ? " / "
      : ` reply to ${to === undefined ? `#${conversation ?? ""}` : steady(personName(state, to))}: `;
  const wrong: Span[] = complaint === null ? [] : [span(`  ${complaint}`, "bad")];
  const room = Math.max(10, state.columns - cells(label) - Math.min(widthOf(wrong), state.columns >> 1) - 2);
  const before = lastCells(steady(own.slice(0, cursor).join("")), room - 1);
  const under = steady(own[cursor] ?? " ") || " ";
  const after = steady(own.slice(cursor + 1).join(""));
  return fitLine([span(label, "title"), span(before), span(under, "cursor"), span(after), ...wrong], state.columns);
}

/** The end of a text, in at most so many cells. */
function lastCells(text: string, width: number): string {
  if (cells(text) <= width) return text;
  const kept: string[] = [];
  let used = 1;
  for (const character of characters(text).reverse()) {
    used += cells(character);
    if (used > width) break;
    kept.unshift(character);
  }
  return `…${kept.join("")}`;
}

function keys({ prompt, pause, columns }: State): Line {
  if (prompt !== null) {
    const does = prompt.kind === "filter" ? "filters" : "sends";
    const recall = prompt.kind === "filter" ? "  ↑ earlier ones" : "";
    return [span(` enter ${does}  esc leaves${recall}  ctrl+u clears`, "quiet")];
  }
  const all = KEYS.flatMap(([key, , short]): Line[] => {
    if (short === undefined) return [];
    const word = key === "space" && pause !== null ? "go on" : short;
    return [[span(` ${key.split(" ")[0] ?? key}`, "title"), span(` ${word}`, "quiet")]];
  });
  // Whole words, and always the last two: how to learn the rest, and how to leave.
  const last = all.splice(-2).flat();
  const shown: Span[] = [];
  for (const one of all) {
    if (widthOf(shown) + widthOf(one) + widthOf(last) > columns) break;
    shown.push(...one);
  }
  return [...shown, ...last];
}
