/** What was said in a conversation, as lines: messages, and under them why the bot waited and what became of the answer. */
import type { MessageRow } from "../client.ts";
import type { Conversation } from "./conversations.ts";
import { span, type Line } from "./line.ts";
import { hidden } from "./mask.ts";
import { steady, wrap } from "./text.ts";
import type { Tone } from "./theme.ts";
import { clockTime, day, shortly } from "./time.ts";
import type { TurnFacts, Turns } from "./turns.ts";

/** A message with what belongs to it. */
export interface Block {
  readonly key: string;
  readonly lines: readonly Line[];
  /** What `y` copies. */
  readonly text: string;
}

interface Props {
  readonly messages: readonly MessageRow[];
  readonly turns: Turns;
  readonly width: number;
  /** As it is called here; masked already if names are hidden. */
  readonly name: string;
  readonly masked: boolean;
}

/** Cells of the time before each message, and of the indent below it. */
const INDENT = 9;

/** What the lines of a message depend on, beside the message itself. */
type Around = readonly [
  name: string,
  width: number,
  masked: boolean,
  newDay: string,
  parts: number,
  facts: TurnFacts | undefined,
];

/** Breaking lines costs more than all else on the screen, and hardly a message changes from one picture to the next. */
const drawn = new WeakMap<MessageRow, { readonly around: Around; readonly block: Block }>();

/** One block a message, oldest first; a line with the date where a new day begins. */
export function blocksOf({ messages, turns, width, name, masked }: Props): Block[] {
  const parts = new Map<number, number>();
  for (const { turn, direction } of messages)
    if (turn !== null && direction === "in") parts.set(turn, (parts.get(turn) ?? 0) + 1);
  let today = "";
  return messages.map((message, at) => {
    const date = day(message.at);
    const newDay = date === today ? "" : date;
    today = date;
    const next = messages[at + 1];
    const isLastPart = message.direction === "in" && (next?.direction !== "in" || next.turn !== message.turn);
    const { turn } = message;
    const around: Around = [
      name,
      width,
      masked,
      newDay,
      turn !== null && isLastPart ? (parts.get(turn) ?? 0) : 0,
      turn === null ? undefined : turns.get(turn),
    ];
    const before = drawn.get(message);
    if (before?.around.every((each, i) => Object.is(each, around[i])) === true) return before.block;
    const block = { key: message.id, lines: linesOf(message, around), text: contentOf(message) };
    drawn.set(message, { around, block });
    return block;
  });
}

/** @param around `parts` is 0 for all but the last part of a turn: the turn is explained under that one */
function linesOf(message: MessageRow, [name, width, masked, newDay, parts, facts]: Around): Line[] {
  const lines: Line[] = [];
  if (newDay !== "") lines.push([span(`── ${newDay} ${"─".repeat(Math.max(0, width - newDay.length - 4))}`, "quiet")]);
  lines.push(...saidLines(message, message.by === "client" ? name : message.by, width, masked));
  if (parts > 0) for (const note of turnNotes(facts, parts)) lines.push(...noted(note, "quiet", width));
  if (message.direction === "out")
    for (const [note, tone] of fates(message, facts)) lines.push(...noted(note, tone, width));
  return lines;
}

function contentOf({ text, attachments }: MessageRow): string {
  return [text, ...attachments.map(({ kind, url, title }) => `[${[kind, title, url].filter(Boolean).join(" ")}]`)]
    .filter((part) => part !== "")
    .join("\n");
}

function saidLines(message: MessageRow, who: string, width: number, masked: boolean): Line[] {
  const tone: Tone = message.by;
  const attachments = message.attachments.map(({ kind, title }) =>
    title === null || masked ? `[${kind}]` : `[${kind} ${title}]`,
  );
  const text = masked ? hidden(message.text) : message.text;
  const said = [text, ...attachments].filter((part) => part !== "").join("\n");
  const label = steady(`${who}:`);
  const [first = "", ...rest] = wrap(`${label} ${said}`, width - INDENT);
  const time = span(`${clockTime(message.at)} `, "quiet");
  // The name may itself be broken when the pane is very narrow.
  const opening: Line = first.startsWith(label)
    ? [time, span(label, tone), span(first.slice(label.length))]
    : [time, span(first, tone)];
  return [opening, ...rest.map((line): Line => [span(" ".repeat(INDENT)), span(line)])];
}

function noted(note: string, tone: Tone, width: number): Line[] {
  return wrap(note, width - INDENT - 2).map((line, at): Line => {
    return [span(" ".repeat(INDENT)), span(`${at === 0 ? "┊" : " "} ${line}`, tone)];
  });
}

/** Why it waited, what merged, how long the agent took. @param parts of the turn that are in the history */
function turnNotes(facts: TurnFacts | undefined, parts: number): string[] {
  const merged = Math.max(parts, facts?.parts ?? 0);
  const together = merged > 1 ? `${merged} parts merged` : "";
  if (facts === undefined) return together === "" ? [] : [together];
  const notes: string[] = [];
  const { closed, answered } = facts;
  if (facts.waitReason !== null && closed !== null && closed.waitedMs >= 1_000) notes.push(facts.waitReason);
  if (closed !== null) {
    const why = closed.reason === "" ? `answered after ${shortly(closed.waitedMs)}` : closed.reason;
    notes.push([why, together, closed.wasted ? "waited for nothing" : ""].filter(Boolean).join("; "));
  } else if (together !== "") notes.push(together);
  if (facts.reruns > 0)
    notes.push(
      `begun again ${facts.reruns === 1 ? "once" : `${facts.reruns} times`}: more came while it was being answered`,
    );
  if (answered !== null) {
    const tokens = answered.tokens === null ? "" : `, ${answered.tokens} tokens`;
    notes.push(`agent ${answered.model}: ${shortly(answered.agentMs)}${tokens}`);
  }
  if (facts.cancelled !== null) notes.push(`not answered: ${facts.cancelled}`);
  if (facts.failure !== null && answered === null) notes.push(`failed: ${facts.failure.reason}`);
  return notes;
}

/** What became of a reply's deliveries. */
function fates({ deliveries }: MessageRow, facts: TurnFacts | undefined): [note: string, tone: Tone][] {
  if (deliveries.length === 0) return [];
  const open = deliveries.filter(({ state }) => state !== "sent");
  if (open.length === 0) return [[`✓ sent${timesOf(facts)}`, "good"]];
  const failure = facts?.failure ?? null;
  return open.map(({ state, attempts }) => {
    const tried = attempts === 0 ? "" : `, ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
    const why = failure === null || failure.reason === "" ? "" : `: ${failure.reason}`;
    const lost = state === "dead" || state === "expired";
    return [`${lost ? "✗" : "…"} ${state}${tried}${why}`, lost ? "bad" : "waiting"];
  });
}

function timesOf(facts: TurnFacts | undefined): string {
  const sent = facts?.sent ?? null;
  if (sent === null) return "";
  const answered = facts?.answered ?? null;
  const sending = answered === null ? "" : ` in ${shortly(sent.at - answered.at)}`;
  const again = sent.attempts > 1 ? `, attempt ${sent.attempts}` : "";
  return `${sending}, ${shortly(sent.totalMs)} after the first part${again}`;
}

/** The line at the end while something is going on: a countdown, or how long it takes. @param now server's clock */
export function liveLines({ doing, state }: Conversation, now: number, width: number): Line[] {
  if (doing === null) return state === "human" ? live("a human answers; the bot is silent", "human", width) : [];
  const { reason } = doing;
  switch (doing.kind) {
    case "waiting": {
      const leftMs = doing.dueAt - now;
      if (leftMs <= 0) return live("the wait is over", "waiting", width);
      return live(`${shortly(leftMs)} left ${bar(leftMs, doing.dueAt - doing.sinceAt)} ${reason}`, "waiting", width);
    }
    case "answering":
      return live(`the agent is at it for ${shortly(now - doing.sinceAt)}`, "bot", width);
    case "sending": {
      if (doing.nextAt === null) return live(`sending for ${shortly(now - doing.sinceAt)}`, "bot", width);
      const next = doing.nextAt > now ? `again in ${shortly(doing.nextAt - now)}` : "again now";
      return live(`not delivered yet, ${next}${reason === "" ? "" : `: ${reason}`}`, "waiting", width);
    }
    case "failed":
      return live(`failed${reason === "" ? "" : `: ${reason}`} (r tries again)`, "bad", width);
  }
}

function live(text: string, tone: Tone, width: number): Line[] {
  return wrap(`▶ ${text}`, width).map((line) => [span(line, tone)]);
}

const BAR_CELLS = 10;

function bar(leftMs: number, wholeMs: number): string {
  const full = Math.max(0, Math.min(BAR_CELLS, Math.ceil((leftMs / Math.max(1, wholeMs)) * BAR_CELLS)));
  return "▰".repeat(full) + "▱".repeat(BAR_CELLS - full);
}
