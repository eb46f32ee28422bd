import { z } from "zod";
import { mediaRoute, ok, route, type Documented, type Route } from "../route.ts";

const tag = "Public";

/** What everybody may ask; webhooks come in by another way. */
export const publicRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/health",
    tag,
    summary: "Ask whether the process lives",
    answers: { 200: z.strictObject({ status: z.literal("ok") }) },
    handle: () => ok({ status: "ok" as const }),
  }),
  route({
    method: "GET",
    path: "/api/ready",
    tag,
    summary: "Ask whether it can store and work",
    answers: {
      200: z.strictObject({ status: z.literal("ready") }),
      503: z.strictObject({ status: z.literal("not_ready"), reason: z.string() }).describe("it cannot, and why"),
    },
    async handle({ notReady }) {
      const reason = await notReady();
      if (reason === null) return ok({ status: "ready" as const });
      return { status: 503 as const, body: { status: "not_ready" as const, reason } };
    },
  }),
  mediaRoute({
    method: "GET",
    path: "/privacy",
    tag,
    summary: "Read what is kept, for how long, and whom to ask",
    answers: { 200: { media: "text/html", means: "a page for people" } },
    handle: ({ privacyPage }) => new Response(privacyPage, { headers: { "content-type": "text/html; charset=utf-8" } }),
  }),
  mediaRoute({
    method: "GET",
    path: "/openapi.json",
    tag,
    summary: "Read this reference as OpenAPI 3.1",
    answers: { 200: { media: "application/json", means: "the description of every route" } },
    handle: async () => Response.json((await import("../openapi.ts")).openapi()),
  }),
  mediaRoute({
    method: "GET",
    path: "/docs",
    tag,
    summary: "Read this reference as a page",
    answers: { 200: { media: "text/html", means: "a page for people" } },
    handle: async () => (await import("../docs.ts")).docsPage(),
  }),
];

const signed = "Only for the platform: without its signature or secret the answer is ";

/** Answered by the listener itself, where the channel is on. */
export const webhookRoutes: readonly Documented[] = [
  {
    method: "GET",
    path: "/api/webhooks/messenger",
    tag: "Webhooks",
    summary: "Answer Meta's check of the address",
    query: z.object({ "hub.mode": z.string(), "hub.verify_token": z.string(), "hub.challenge": z.string() }),
    body: null,
    answers: { 200: { media: "text/plain", means: "the challenge" } },
    refuses: { 403: "the verify token does not match" },
  },
  {
    method: "POST",
    path: "/api/webhooks/messenger",
    tag: "Webhooks",
    summary: "Take Messenger's events",
    description: `${signed}401. 200 only once everything in it is stored.`,
    query: null,
    body: z.looseObject({ object: z.string(), entry: z.array(z.unknown()) }),
    answers: { 200: { media: "text/plain", means: "`EVENT_RECEIVED`" } },
    refuses: { 401: "not signed by Meta", 408: "too slow", 413: "too large", 503: "not stored, come again" },
  },
  ...telegram("/api/webhooks/telegram", "the bot of BOT_TOKEN"),
  ...telegram("/api/webhooks/telegram/{account}", "a further bot"),
];

function telegram(path: string, whose: string): Documented[] {
  const params = path.includes("{") ? { params: { account: "The bot's id." } } : {};
  const shared = { path, tag: "Webhooks", query: null, ...params };
  return [
    {
      ...shared,
      method: "GET",
      summary: "Say no: Telegram checks no address",
      body: null,
      answers: {},
      refuses: { 403: "always" },
    },
    {
      ...shared,
      method: "POST",
      summary: `Take the updates of ${whose}`,
      description: `${signed}403. 200 only once it is stored.`,
      body: z.looseObject({ update_id: z.number().int() }),
      answers: { 200: { media: "application/json", means: '`{"ok":true}`' } },
      refuses: { 403: "without the secret", 408: "too slow", 413: "too large", 503: "not stored, come again" },
    },
  ];
}
