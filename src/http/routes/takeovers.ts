/** A person steps into a conversation: takes it, answers in it, gives it back (DESIGN §5.10). */
import { z } from "zod";
import type { Store } from "../../core/store.ts";
import type { ConversationRow } from "../../core/transcript.ts";
import { conversationOf } from "../asked.ts";
import { accepted, ok, route, type Route } from "../route.ts";
import { showConversation } from "../rows.ts";
import { Conversation } from "../shapes.ts";

export type SendAnswer =
  { readonly kind: "sent"; readonly messageId: string } | { readonly kind: "queued"; readonly deliveryId: string };

export interface TakeoverOptions {
  readonly store: Store;
  readonly now: () => number;
  /** @param forMs null for as long as the settings say */
  readonly takeOver: (conversation: number, forMs: number | null) => Promise<void>;
  readonly release: (conversation: number) => Promise<void>;
  /** Sends a human's words; they take the conversation over. Faults: not_found, window_closed, refused. */
  readonly reply: (conversation: ConversationRow, text: string) => Promise<SendAnswer>;
}

const HOUR_MS = 3_600_000;
/** A year: whoever wants the bot silent for longer switches it off. */
const MOST_HOURS = 24 * 366;

const tag = "Conversations";
const params = { id: "The conversation's number." };
const refuses = { 404: "there is no such conversation" };

export const takeoverRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/conversations/{id}/takeover",
    tag,
    summary: "Have the bot keep silent",
    params,
    refuses,
    body: z.object({
      hours: z.number().positive().max(MOST_HOURS).optional().describe("For so long; TAKEOVER_HOURS when absent."),
    }),
    answers: { 200: Conversation },
    async handle({ store, now, takeOver }, { params: { id = "" }, body: { hours } }) {
      const { id: conversation } = await conversationOf(store, id, now());
      await takeOver(conversation, hours === undefined ? null : hours * HOUR_MS);
      return ok(showConversation(await conversationOf(store, id, now())));
    },
  }),
  route({
    method: "POST",
    path: "/api/conversations/{id}/release",
    tag,
    summary: "Have the bot answer again",
    params,
    refuses,
    answers: { 200: Conversation },
    async handle({ store, now, release }, { params: { id = "" } }) {
      const { id: conversation } = await conversationOf(store, id, now());
      await release(conversation);
      return ok(showConversation(await conversationOf(store, id, now())));
    },
  }),
  route({
    method: "POST",
    path: "/api/conversations/{id}/reply",
    tag,
    summary: "Answer by hand",
    description: "The bot keeps silent from then on. 202 when it could not go out at once.",
    params,
    refuses: {
      ...refuses,
      409: "the platform's window for answers has closed",
      502: "the platform refused it for good",
    },
    body: z.object({ text: z.string().trim().min(1).max(20_000) }),
    answers: {
      200: z.strictObject({ message_id: z.string() }),
      202: z.strictObject({ delivery_id: z.string() }),
    },
    async handle({ store, now, reply }, { params: { id = "" }, body: { text } }) {
      const answer = await reply(await conversationOf(store, id, now()), text);
      if (answer.kind === "sent") return ok({ message_id: answer.messageId });
      return accepted({ delivery_id: answer.deliveryId });
    },
  }),
];
