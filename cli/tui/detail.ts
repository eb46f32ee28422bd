/** All that is known of what stands under the cursor: for the overlay, for `y` and for `x`. */
import { gapInWords, inWords } from "./describe.ts";
import { hidden } from "./mask.ts";
import {
  listedRows,
  pageName,
  personName,
  placed,
  selectedBlocks,
  selectedConversation,
  selectedRow,
  type ListedRow,
} from "./select.ts";
import type { State } from "./state.ts";
import { clockTime, day } from "./time.ts";

export interface Detail {
  readonly title: string;
  /** Names and values; an empty name makes the value stand alone. Not yet steady. */
  readonly rows: readonly (readonly [name: string, value: string])[];
}

/** What the keys are about: an event in its pane, else the conversation. */
export function detailOf(state: State): Detail {
  const subject = subjectOf(state);
  if (subject === null) return { title: "Nothing is selected", rows: [] };
  if (state.raw) return { title: "As JSON", rows: [["", JSON.stringify(subject.value, null, 2)]] };
  return { title: subject.title, rows: subject.rows };
}

interface Subject extends Detail {
  readonly value: object;
}

function subjectOf(state: State): Subject | null {
  if (state.pane === "events") {
    const row = selectedRow(state);
    return row === null ? null : rowSubject(state, row);
  }
  return conversationSubject(state);
}

function rowSubject(state: State, row: ListedRow): Subject {
  if (row.kind === "gap")
    return { title: "A gap", rows: [["", gapInWords(row.missed)]], value: { type: "gap", missed: row.missed } };
  if (row.kind === "owed") return { title: "Owed: in the retry journal", rows: fieldsOf(row.retry), value: row.retry };
  const { id, event } = row;
  const conversation = state.conversations.get(event.conversation ?? -1);
  const context: (readonly [string, string])[] = [["in words", inWords(event)]];
  if (event.account !== undefined) context.push(["page", pageName(state, event.account)]);
  if (conversation !== undefined) context.push(["person", personName(state, conversation)]);
  return { title: `Event ${id ?? ""}: ${event.type}`, rows: [...context, ...fieldsOf(event)], value: { id, ...event } };
}

function conversationSubject(state: State): Subject | null {
  const conversation = selectedConversation(state);
  if (conversation === null) return null;
  const masked = state.masked ? { ...conversation, name: null, contact: null } : conversation;
  const turn = conversation.doing?.turn ?? null;
  const facts = turn === null ? undefined : state.turns.get(turn);
  return {
    title: `Conversation ${conversation.id}: ${personName(state, conversation)}`,
    rows: [
      ["page", pageName(state, conversation.account)],
      ...fieldsOf(masked),
      ...(facts === undefined ? [] : fieldsOf({ "current turn": facts })),
    ],
    value: masked,
  };
}

/** Fields by name; times are shown as people read them too. */
function fieldsOf(value: object): [string, string][] {
  return Object.entries(value).map(([name, field]: [string, unknown]) => {
    const shown = typeof field === "string" ? field : JSON.stringify(field);
    const isTime =
      typeof field === "number" && (name === "at" || name === "until" || /_at$|At$/.test(name)) && field > 0;
    return [name, isTime ? `${shown}  (${day(field)} ${clockTime(field)})` : (shown ?? "-")];
  });
}

/** What `y` puts on the clipboard. Null: there is nothing. */
export function copied(state: State): { text: string; what: string } | null {
  if (state.pane === "transcript" && state.overlay === null) {
    const blocks = selectedBlocks(state);
    const { lines, at } = placed(blocks, state.place);
    const block = blocks[lines[at]?.block ?? -1];
    if (block === undefined) return null;
    return { text: state.masked ? hidden(block.text) : block.text, what: "the message" };
  }
  const subject = subjectOf(state);
  if (subject === null) return null;
  return {
    text: JSON.stringify(subject.value),
    what: state.pane === "events" ? "the event as JSON" : "the conversation as JSON",
  };
}

/** What `x` writes, one value a line: the messages when the transcript has the keys, else the events that are listed. */
export function exportable(state: State): { what: string; values: readonly object[] } {
  const conversation = selectedConversation(state);
  if (state.pane === "transcript" && conversation !== null) {
    const messages = state.messages.get(conversation.id) ?? [];
    const values = messages.map((message) =>
      state.masked
        ? { ...message, text: hidden(message.text), attachments: message.attachments.map(({ kind }) => ({ kind })) }
        : message,
    );
    return { what: "messages", values };
  }
  const values = listedRows(state).map((row): object => {
    if (row.kind === "event") return { id: row.id, ...row.event };
    return row.kind === "gap" ? { type: "gap", at: row.at, missed: row.missed } : { type: "owed", ...row.retry };
  });
  return { what: "events", values };
}
