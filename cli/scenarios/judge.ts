/** Whether what was seen is what the script demands. Pure: everything it needs is handed in. */
import type { ConversationState } from "../../src/core/conversation.ts";
import type { EventType } from "../../src/core/event.ts";
import type { MessageRow } from "../../src/core/store.ts";
import type { AttachmentKind } from "../../src/core/update.ts";
import type { Check, Step } from "./scenario.ts";

/** What a message looks like from outside. The API's messages are such; so are the store's rows. */
export type SeenMessage = Pick<MessageRow, "id" | "direction" | "by" | "text" | "at" | "turn"> & {
  readonly attachments: readonly { readonly kind: string; readonly url: string | null }[];
  readonly deliveries: readonly { readonly id: string; readonly state: string }[];
};

/** A message that a step posted. */
export interface PostedMessage {
  /** The step's id; `step.1` for the second message of one body. */
  readonly label: string;
  /** What it said at first, and after each edit. */
  readonly texts: readonly string[];
  /** What was attached, in the words of core. */
  readonly attachments: readonly { readonly kind: AttachmentKind; readonly url: string | null }[];
}

/** Everything that was seen of one scenario. */
export interface Seen {
  readonly posted: readonly PostedMessage[];
  /** What the server answered; a step that could not be posted at all has none. */
  readonly statuses: ReadonlyMap<string, number>;
  /** What is new in the conversation since the scenario began. */
  readonly messages: readonly SeenMessage[];
  readonly events: ReadonlySet<EventType>;
  /** Null when there is no conversation with the contact. */
  readonly state: ConversationState | null;
  /** Replies that were there when the server was killed; null when it was not. */
  readonly repliesBeforeKill: number | null;
}

/** An expectation, held against what was seen. */
export interface Finding {
  readonly what: string;
  readonly passed: boolean;
  /** What was seen instead; null when it passed. */
  readonly instead: string | null;
}

/** The bot's replies: whatever it said, also an apology. */
export function repliesOf(messages: readonly SeenMessage[]): SeenMessage[] {
  return messages.filter((message) => message.direction === "out" && message.by === "bot");
}

/** Whether nothing of the reply is still on its way. */
export function isSent(reply: SeenMessage): boolean {
  return reply.deliveries.every((delivery) => delivery.state === "sent");
}

export function judge(steps: readonly Step[], checks: readonly Check[], seen: Seen): Finding[] {
  return [...steps.flatMap((step) => statusFinding(step, seen)), ...checks.map((check) => finding(check, seen))];
}

/** A status gets a line of its own when it is the point of the step, or when it is wrong. */
function statusFinding(step: Step, seen: Seen): Finding[] {
  if (step.status === null) return [];
  const got = seen.statuses.get(step.id);
  if (got === step.status) {
    return step.status === 200 ? [] : [{ what: `refused with ${step.status}`, passed: true, instead: null }];
  }
  const instead = got === undefined ? "no answer at all" : `status ${got}`;
  return [{ what: `${step.id} is answered ${step.status}`, passed: false, instead }];
}

function finding(check: Check, seen: Seen): Finding {
  const instead = complaint(check, seen);
  return { what: check.says, passed: instead === null, instead };
}

/** What is wrong, in words; null when nothing is. */
function complaint(check: Check, seen: Seen): string | null {
  switch (check.kind) {
    case "answers":
      return answersComplaint(check.groups, seen);
    case "each-answered-once":
      return eachComplaint(check.steps, seen);
    case "mentions":
      return mentionsComplaint(check.steps, check.words, seen);
    case "stored": {
      const stored = storedAs(check.step, seen).length;
      return stored === check.times ? null : `it is in the history ${times(stored)}`;
    }
    case "reads": {
      const texts = storedAs(check.step, seen).map((message) => message.text);
      return texts.includes(check.text)
        ? null
        : `it reads ${texts.map(quoted).join(", ") || "nothing: it was not stored"}`;
    }
    case "unheard":
      return seen.state === null && seen.messages.length === 0 ? null : "there is a conversation with the contact";
    case "event":
      return seen.events.has(check.type) ? null : `the event ${check.type} did not come`;
    case "killed-before-reply":
      return seen.repliesBeforeKill === 0 ? null : "the reply was faster than the kill";
    case "state":
      return seen.state === check.state ? null : `the conversation is ${seen.state ?? "missing"}`;
  }
}

function answersComplaint(groups: readonly (readonly string[])[], seen: Seen): string | null {
  const replies = repliesOf(seen.messages);
  const problems: string[] = [];
  const turns = new Set<number>();
  for (const group of groups) {
    const answered = groupTurns(group, seen);
    const missing = group.filter((label) => storedAs(label, seen).length === 0);
    const turn = answered[0];
    if (missing.length > 0) problems.push(`${missing.join(" and ")} was not stored`);
    else if (turn === undefined) problems.push(`${group.join(" and ")} got no turn`);
    else if (answered.length > 1) problems.push(`${group.join(" and ")} got ${answered.length} turns`);
    else if (turns.has(turn)) problems.push(`${group.join(" and ")} was put together with something else`);
    if (turn !== undefined) turns.add(turn);
  }
  if (replies.length !== groups.length) problems.push(`${count(replies.length)}${listed(replies)}`);
  else if (replies.some((reply) => reply.turn === null || !turns.has(reply.turn))) {
    problems.push(`a reply to something else${listed(replies)}`);
  }
  const unsent = replies.filter((reply) => !isSent(reply));
  if (unsent.length > 0) problems.push(`${count(unsent.length)} not sent`);
  return problems.length === 0 ? null : problems.join("; ");
}

function mentionsComplaint(
  labels: readonly string[],
  words: readonly (readonly string[])[],
  seen: Seen,
): string | null {
  const turns = groupTurns(labels, seen);
  const replies = repliesOf(seen.messages).filter((reply) => reply.turn !== null && turns.includes(reply.turn));
  const said = replies.map((reply) => reply.text.normalize("NFC").toLowerCase()).join("\n");
  const missing = words.filter((list) => !list.some((word) => said.includes(word.normalize("NFC").toLowerCase())));
  if (missing.length === 0) return null;
  return `nothing about ${missing.map((list) => list.map(quoted).join(" or ")).join(", ")}${listed(replies)}`;
}

function eachComplaint(labels: readonly string[], seen: Seen): string | null {
  const replies = repliesOf(seen.messages);
  const turns = groupTurns(labels, seen);
  const problems: string[] = [];
  const unanswered = labels.filter((label) =>
    groupTurns([label], seen).every((turn) => !replies.some((reply) => reply.turn === turn)),
  );
  if (unanswered.length > 0) problems.push(`no reply to ${unanswered.join(", ")}`);
  const doubled = turns.filter((turn) => replies.filter((reply) => reply.turn === turn).length > 1);
  if (doubled.length > 0) problems.push(`${count(doubled.length)} too many${listed(replies)}`);
  const strays = replies.filter((reply) => reply.turn === null || !turns.includes(reply.turn));
  if (strays.length > 0) problems.push(`a reply to something else${listed(strays)}`);
  return problems.length === 0 ? null : problems.join("; ");
}

/** The different turns that these steps' messages belong to. */
function groupTurns(labels: readonly string[], seen: Seen): number[] {
  const turns = labels.flatMap((label) => storedAs(label, seen)).flatMap((message) => message.turn ?? []);
  return [...new Set(turns)];
}

/** Where a step's message is in the history: by what it says, because the API does not tell the platform's ids. */
function storedAs(label: string, seen: Seen): SeenMessage[] {
  const posted = seen.posted.find((message) => message.label === label);
  if (posted === undefined) return [];
  return seen.messages.filter((message) => message.direction === "in" && isSame(posted, message));
}

function isSame(posted: PostedMessage, message: SeenMessage): boolean {
  return (
    posted.texts.includes(message.text) &&
    posted.attachments.length === message.attachments.length &&
    posted.attachments.every(({ kind, url }, index) => {
      const kept = message.attachments[index];
      return kept?.kind === kind && (url === null || kept.url === url);
    })
  );
}

function listed(replies: readonly SeenMessage[]): string {
  return replies.length === 0 ? "" : `: ${replies.map((reply) => quoted(reply.text)).join(", ")}`;
}

function quoted(text: string): string {
  return `"${text.length <= 60 ? text : `${text.slice(0, 59)}…`}"`;
}

function count(replies: number): string {
  if (replies === 0) return "no reply";
  return replies === 1 ? "1 reply" : `${replies} replies`;
}

function times(number: number): string {
  return number === 1 ? "once" : `${number} times`;
}
