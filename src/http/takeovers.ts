/** A person steps into a conversation: takes it, answers in it, gives it back (DESIGN §5.10). */
import { Elysia } from "elysia";
import { z } from "zod";
import type { Store } from "../core/store.ts";
import type { ConversationRow } from "../core/transcript.ts";
import { conversationOf, read } from "./asked.ts";
import { showConversation } from "./rows.ts";

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

const TakeoverRequest = z.object({ hours: z.number().positive().max(MOST_HOURS).optional() });
const ReplyRequest = z.object({ text: z.string().trim().min(1).max(20_000) });

export function takeoverRoutes(options: TakeoverOptions) {
  const { store, now } = options;
  const found = (id: string) => conversationOf(store, id, now());
  return new Elysia()
    .post("/api/conversations/:id/takeover", async ({ params, body }) => {
      const { hours } = read(TakeoverRequest, body ?? {});
      const { id } = await found(params.id);
      await options.takeOver(id, hours === undefined ? null : hours * HOUR_MS);
      return showConversation(await found(params.id));
    })
    .post("/api/conversations/:id/release", async ({ params }) => {
      const { id } = await found(params.id);
      await options.release(id);
      return showConversation(await found(params.id));
    })
    .post("/api/conversations/:id/reply", async ({ params, body, set }) => {
      const { text } = read(ReplyRequest, body);
      const answer = await options.reply(await found(params.id), text);
      if (answer.kind === "sent") return { message_id: answer.messageId };
      set.status = 202;
      return { delivery_id: answer.deliveryId };
    });
}
