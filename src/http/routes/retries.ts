import { z } from "zod";
import { Fault } from "../../core/fault.ts";
import type { RetryFilter } from "../../core/journal.ts";
import { ok, route, type Route } from "../route.ts";
import { showRetry, showRetryDetail } from "../rows.ts";
import { PageQuery, pageOf, Retry, RetryDetail, retryKind, RetryProgress, retryState } from "../shapes.ts";

const tag = "Retry journal";
const params = { id: "The entry's id." };
const refuses = { 404: "there is no such entry" };

const Choice = {
  kind: retryKind.optional(),
  state: retryState.optional(),
  account: z.string().optional().describe("The platform's id of the page or bot."),
};
const Ids = z.array(z.string()).max(1_000);
const QueryAge = z.coerce.number().nonnegative().optional();
const BodyAge = z.number().nonnegative().optional();

const RetryQuery = PageQuery.extend({ ...Choice, older_than_ms: QueryAge, newer_than_ms: QueryAge });
const FlushRequest = z.object({
  ...Choice,
  ids: Ids.optional(),
  older_than_ms: BodyAge,
  newer_than_ms: BodyAge,
  force: z.boolean().default(false).describe("Revives expired ones too."),
});
const ProgressRequest = z.object({ ids: Ids });
const Flushed = z.strictObject({ flushed: z.number().int().nonnegative() });

export const retryRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/retries",
    tag,
    summary: "List what is still owed to somebody",
    description: "Deliveries that are not settled, and turns that were given up. All conditions given must hold.",
    query: RetryQuery,
    answers: { 200: pageOf(Retry) },
    async handle({ store, now }, { query: { limit, cursor, ...choice } }) {
      const { data, next } = await store.retries(filterOf(choice, now()), { limit, cursor: cursor ?? null });
      return ok({ data: data.map(showRetry), next });
    },
  }),
  route({
    method: "GET",
    path: "/api/retries/{id}",
    tag,
    summary: "Look at one entry",
    params,
    refuses,
    answers: { 200: RetryDetail },
    async handle({ store }, { params: { id = "" } }) {
      const { data } = await store.retries({ ids: [id] }, { limit: 1, cursor: null });
      const row = data[0];
      if (row === undefined) throw noRetry(id);
      return ok(showRetryDetail(row));
    },
  }),
  route({
    method: "DELETE",
    path: "/api/retries/{id}",
    tag,
    summary: "Give an entry up for good",
    params,
    refuses,
    answers: { 200: z.strictObject({ dropped: z.literal(true) }) },
    async handle({ drop }, { params: { id = "" } }) {
      if (!(await drop(id))) throw noRetry(id);
      return ok({ dropped: true as const });
    },
  }),
  route({
    method: "POST",
    path: "/api/retries/flush",
    tag,
    summary: "Make entries due now",
    description: "Pending ones are tried at once, dead ones get a new budget. Without conditions all of them.",
    body: FlushRequest,
    answers: { 200: Flushed },
    async handle({ flush, now }, { body: { force, ...choice } }) {
      return ok({ flushed: await flush({ ...filterOf(choice, now()), force }) });
    },
  }),
  route({
    method: "POST",
    path: "/admin/flush-retries",
    tag,
    summary: "Make all entries due now",
    answers: { 200: Flushed },
    handle: async ({ flush }) => ok({ flushed: await flush({ force: false }) }),
  }),
  route({
    method: "POST",
    path: "/api/retries/progress",
    tag,
    summary: "Ask what became of entries",
    description: "In the order asked, also of those that were sent or dropped since.",
    body: ProgressRequest,
    answers: { 200: pageOf(RetryProgress) },
    handle: async ({ store }, { body: { ids } }) => ok({ data: await store.retryProgress(ids), next: null }),
  }),
];

/** Ages become times, which stay what they are while the store works. */
function filterOf(
  { older_than_ms, newer_than_ms, ...choice }: Omit<z.infer<typeof FlushRequest>, "force">,
  now: number,
): RetryFilter {
  return {
    ...choice,
    ...(older_than_ms === undefined ? {} : { createdBefore: now - older_than_ms }),
    ...(newer_than_ms === undefined ? {} : { createdAfter: now - newer_than_ms }),
  };
}

function noRetry(id: string): Fault {
  return new Fault(
    "not_found",
    `there is nothing to retry with the id ${id}`,
    "List what waits with GET /api/retries.",
  );
}
