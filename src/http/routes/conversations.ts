import { conversationOf } from "../asked.ts";
import { ok, route, type Route } from "../route.ts";
import { showConversation, showMessage } from "../rows.ts";
import { Conversation, Message, PageQuery, pageOf } from "../shapes.ts";

const tag = "Conversations";
const params = { id: "The conversation's number." };
const refuses = { 404: "there is no such conversation" };

export const conversationRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/conversations",
    tag,
    summary: "List who wrote, the latest first",
    query: PageQuery,
    answers: { 200: pageOf(Conversation) },
    async handle({ store, now }, { query: { limit, cursor } }) {
      const { data, next } = await store.conversations({ limit, cursor: cursor ?? null }, now());
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
    description: "The first page is the latest; within a page the oldest message comes first.",
    params,
    refuses,
    query: PageQuery,
    answers: { 200: pageOf(Message) },
    async handle({ store, now }, { params: { id }, query: { limit, cursor } }) {
      const conversation = await conversationOf(store, id, now());
      const { data, next } = await store.messages(conversation.id, { limit, cursor: cursor ?? null });
      return ok({ data: data.map(showMessage), next });
    },
  }),
];
