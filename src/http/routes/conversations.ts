import { z } from "zod";
import { CONVERSATION_STATES } from "../../core/conversation.ts";
import { PAGE_ORDERS } from "../../core/page.ts";
import { conversationOf } from "../asked.ts";
import { ok, route, type Route } from "../route.ts";
import { showConversation, showMessage } from "../rows.ts";
import { channel, Conversation, Message, PageQuery, pageOf } from "../shapes.ts";

const tag = "Conversations";
const params = { id: "The conversation's number." };
const refuses = { 404: "there is no such conversation" };

const OrderedQuery = PageQuery.extend({
  order: z.enum(PAGE_ORDERS).default("latest").describe("`oldest` is steady: what happens meanwhile comes at its end."),
});
const ConversationQuery = OrderedQuery.extend({
  q: z
    .string()
    .max(200)
    .optional()
    .describe(
      "Words of the name or of anything said, or the person's id. Marks count only when typed. " +
        "Where much has to be read, a page may hold fewer rows than asked for while there is a next one.",
    ),
  channel: channel.optional(),
  account: z.string().max(100).optional().describe("The platform's id of the page or bot."),
  state: z.enum(CONVERSATION_STATES).optional(),
});

export const conversationRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/conversations",
    tag,
    summary: "List who wrote, the latest first",
    query: ConversationQuery,
    answers: { 200: pageOf(Conversation) },
    async handle({ store, now }, { query: { limit, cursor, order, ...filter } }) {
      const { data, next } = await store.conversations(filter, { order, limit, cursor: cursor ?? null }, now());
      return ok({ data: data.map(showConversation), next });
    },
  }),
  route({
    method: "GET",
    path: "/api/conversations/{id}",
    tag,
    summary: "Look at one conversation",
    params,
    refuses,
    answers: { 200: Conversation },
    handle: async ({ store, now }, { params: { id } }) => ok(showConversation(await conversationOf(store, id, now()))),
  }),
  route({
    method: "GET",
    path: "/api/conversations/{id}/messages",
    tag,
    summary: "Read what was said",
    description:
      "The first page is the latest, unless `order` says otherwise; within a page the oldest message comes first.",
    params,
    refuses,
    query: OrderedQuery,
    answers: { 200: pageOf(Message) },
    async handle({ store, now }, { params: { id }, query: { limit, cursor, order } }) {
      const conversation = await conversationOf(store, id, now());
      const { data, next } = await store.messages(conversation.id, { order, limit, cursor: cursor ?? null });
      return ok({ data: data.map(showMessage), next });
    },
  }),
];
