/** What a conversation's history shows of what a script posted. Pure. */
import type { MessageRow } from "../../src/core/transcript.ts";
import type { AttachmentKind } from "../../src/core/update.ts";

/** What a message looks like from outside. The API's messages are such; so are the store's rows. */
export type StoredMessage = Pick<MessageRow, "id" | "direction" | "by" | "text" | "at" | "turn"> & {
  readonly attachments: readonly { readonly kind: string; readonly url: string | null }[];
  readonly deliveries: readonly { readonly id: string; readonly state: string }[];
};

/** A message, and the page in whose conversation it is. */
export type SeenMessage = StoredMessage & { readonly page: string };

/** A message that a step posted. */
export interface PostedMessage {
  /** The step's id; `step.1` for the second message of one body. */
  readonly label: string;
  /** The platform's id of the page it was posted to. */
  readonly page: string;
  /** What it said at first, and after each edit. */
  readonly texts: readonly string[];
  /** What was attached, in the words of core. */
  readonly attachments: readonly { readonly kind: AttachmentKind; readonly url: string | null }[];
}

/** What was posted, and what is in the history since the scenario began. */
export interface Chronicle {
  readonly posted: readonly PostedMessage[];
  readonly messages: readonly SeenMessage[];
}

/** The bot's replies: whatever it said, also an apology. */
export function repliesOf(messages: readonly SeenMessage[]): SeenMessage[] {
  return messages.filter((message) => message.direction === "out" && message.by === "bot");
}

/** Whether nothing of the reply is still on its way. */
export function isSent(reply: SeenMessage): boolean {
  return reply.deliveries.every((delivery) => delivery.state === "sent");
}

/** Where a step's message is in the history: by what it says, because the API does not tell the platform's ids. */
export function storedAs(label: string, { posted, messages }: Chronicle): SeenMessage[] {
  const own = posted.find((message) => message.label === label);
  if (own === undefined) return [];
  return messages.filter((message) => message.direction === "in" && isSame(own, message));
}

/** The different turns that these steps' messages belong to. */
export function turnsOf(labels: readonly string[], record: Chronicle): number[] {
  const turns = labels.flatMap((label) => storedAs(label, record)).flatMap((message) => message.turn ?? []);
  return [...new Set(turns)];
}

/** The replies to these steps. */
export function repliesTo(labels: readonly string[], record: Chronicle): SeenMessage[] {
  const turns = turnsOf(labels, record);
  return repliesOf(record.messages).filter((reply) => reply.turn !== null && turns.includes(reply.turn));
}

function isSame(posted: PostedMessage, message: SeenMessage): boolean {
  return (
    posted.page === message.page &&
    posted.texts.includes(message.text) &&
    posted.attachments.length === message.attachments.length &&
    posted.attachments.every(({ kind, url }, index) => {
      const kept = message.attachments[index];
      return kept?.kind === kind && (url === null || kept.url === url);
    })
  );
}
