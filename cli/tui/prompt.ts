/** The line at the bottom in which a filter or a reply is typed. */
import type { Intent } from "./actions.ts";
import { parseFilter } from "./filter.ts";
import { listedConversations } from "./select.ts";
import { characters } from "./text.ts";
import type { Prompt, State } from "./state.ts";

type Typing = Extract<
  Intent,
  {
    type:
      | "insert"
      | "erase"
      | "erase-word"
      | "erase-all"
      | "delete"
      | "cursor"
      | "cursor-first"
      | "cursor-last"
      | "recall"
      | "cancel"
      | "submit";
  }
>;

const MOST_FILTERS = 50;

/** Opens the line, with what was left in it: the filter in force, or the draft to this person. */
export function withPrompt(state: State, kind: Prompt["kind"], conversation: number | null): State {
  const left = conversation === null ? (state.filter?.typed ?? "") : (state.drafts.get(conversation) ?? "");
  return { ...state, prompt: { kind, conversation, ...lineOf(left), recalled: null, complaint: null } };
}

function lineOf(text: string): Pick<Prompt, "characters" | "cursor"> {
  const own = characters(text);
  return { characters: own, cursor: own.length };
}

export function typed(state: State, typing: Typing): State {
  const { prompt } = state;
  if (prompt === null) return state;
  if (typing.type === "cancel") return { ...drafted(state, prompt), prompt: null };
  if (typing.type === "submit") return prompt.kind === "filter" ? filtered(state, prompt) : sent(state, prompt);
  if (typing.type === "recall") return prompt.kind === "filter" ? recalled(state, prompt, typing.by) : state;
  return { ...state, prompt: { ...prompt, ...edited(prompt, typing), complaint: null } };
}

function edited(
  { characters: own, cursor }: Prompt,
  typing: Exclude<Typing, { type: "cancel" | "submit" | "recall" }>,
): Pick<Prompt, "characters" | "cursor"> {
  const before = own.slice(0, cursor);
  const after = own.slice(cursor);
  switch (typing.type) {
    case "insert": {
      // Joined anew: a mark that is typed after its letter becomes part of it.
      const joined = characters(before.join("") + typing.text);
      return { characters: [...joined, ...after], cursor: joined.length };
    }
    case "erase":
      return { characters: [...before.slice(0, -1), ...after], cursor: Math.max(0, cursor - 1) };
    case "erase-word": {
      const kept = characters(before.join("").replace(/\S*\s*$/u, ""));
      return { characters: [...kept, ...after], cursor: kept.length };
    }
    case "erase-all":
      return { characters: after, cursor: 0 };
    case "delete":
      return { characters: [...before, ...after.slice(1)], cursor };
    case "cursor":
      return { characters: own, cursor: Math.max(0, Math.min(own.length, cursor + typing.by)) };
    case "cursor-first":
      return { characters: own, cursor: 0 };
    case "cursor-last":
      return { characters: own, cursor: own.length };
  }
}

/** Whoever leaves a reply half typed finds it again. */
function drafted(state: State, { conversation, characters: own }: Prompt): State {
  if (conversation === null) return state;
  const drafts = new Map(state.drafts);
  if (own.length === 0) drafts.delete(conversation);
  else drafts.set(conversation, own.join(""));
  return { ...state, drafts };
}

function filtered(state: State, prompt: Prompt): State {
  const text = prompt.characters.join("").trim();
  if (text === "") return { ...state, filter: null, prompt: null };
  const filter = parseFilter(text);
  if (typeof filter === "string") return { ...state, prompt: { ...prompt, complaint: filter } };
  const filters = [...state.filters.filter((each) => each !== text), text].slice(-MOST_FILTERS);
  const next: State = { ...state, filter, filters, prompt: null, row: null };
  // What is not listed any more is not what was looked for.
  const listed = listedConversations(next);
  const first = listed[0];
  if (first === undefined || listed.some(({ id }) => id === state.selected)) return next;
  return { ...next, selected: first.id, place: null };
}

/** The session sends it; an empty one is none, and the line stays. */
function sent(state: State, prompt: Prompt): State {
  if (prompt.characters.join("").trim() === "") return state;
  const drafts = new Map(state.drafts);
  if (prompt.conversation !== null) drafts.delete(prompt.conversation);
  return { ...state, drafts, prompt: null };
}

function recalled(state: State, prompt: Prompt, by: 1 | -1): State {
  const { filters } = state;
  const at = (prompt.recalled ?? filters.length) + by;
  if (at < 0) return state;
  const text = filters[at] ?? "";
  return {
    ...state,
    prompt: { ...prompt, ...lineOf(text), recalled: at >= filters.length ? null : at, complaint: null },
  };
}
