import { z } from "zod";
import { mediaRoute, ok, route, type Route } from "../route.ts";
import { Status } from "../status.ts";
import { eventStream, STREAM_HEADERS } from "../stream.ts";

const tag = "Watching";

/** What `id:` of an event looks like; a reader that has none may still send the header, empty. */
const EVENT_ID = /^\d{1,16}$/;

const count = z.number().int().nonnegative();

const Processing = z.strictObject({
  total_messages: count,
  merged_messages: count.describe("Answered together with another one."),
  timeout_processed: count.describe(
    "Turns answered because their wait was over, not because all was there; also the shortest wait.",
  ),
  processing_errors: count,
  premature: count.describe("Parts that came right after their turn had closed."),
  wasted: count.describe("Turns that waited for something that never came."),
  average_merge_time: z.number().nonnegative().describe("Seconds."),
  pending_contexts: count.describe("Turns that wait now."),
});
export type Processing = z.infer<typeof Processing>;

export const watchingRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/status",
    tag,
    summary: "See how the server is doing",
    answers: { 200: Status },
    handle: async ({ status }) => ok(await status()),
  }),
  mediaRoute({
    method: "GET",
    path: "/api/events",
    tag,
    summary: "Follow everything that happens",
    description:
      "Server-sent events. Each has an `id`, a name and its data as JSON; people appear as keyed hashes only. Send the last `id` as `Last-Event-ID` to get what came since. `gap` stands where events are missing: `missed` says how many, null when nobody knows.",
    answers: { 200: { media: "text/event-stream", means: "events, until one side ends it" } },
    handle({ follow }, { request, unlimited }) {
      // Only a stream that ends can be read to find out how long it is.
      if (request.method === "HEAD") return new Response(null, { headers: STREAM_HEADERS });
      unlimited();
      const last = request.headers.get("last-event-id") ?? "";
      return eventStream(follow, EVENT_ID.test(last) ? Number(last) : null, request.signal);
    },
  }),
  mediaRoute({
    method: "GET",
    path: "/metrics",
    tag,
    summary: "Read all counters and gauges, for Prometheus",
    answers: { 200: { media: "text/plain", means: "Prometheus' text format" } },
    async handle({ metrics }) {
      return new Response(await metrics(), { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } });
    },
  }),
  route({
    method: "GET",
    path: "/metrics/processing",
    tag,
    summary: "Read the counters of waiting and merging since the start",
    answers: { 200: Processing },
    handle: async ({ processing }) => ok(await processing()),
  }),
];
