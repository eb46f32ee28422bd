import type { Access } from "../../core/account.ts";
import type { ChangeOutcome, Finding, Subscription, SubscriptionOutcome } from "../../core/subscription.ts";
import type { CallOutcome } from "../call.ts";
import { graphDelete, graphGet, graphPost, type GraphSettings } from "./graph.ts";
import { outcomeOf } from "./outcome.ts";
import { Done, SubscribedApps } from "./schema.ts";

/** What a page is to report: the fields that the README has one tick in the app's dashboard as well. */
const WANTED_FIELDS: readonly string[] = [
  "messages",
  "messaging_postbacks",
  "message_deliveries",
  "message_reads",
  "message_reactions",
  "message_edits",
  "messaging_referrals",
  "messaging_optins",
  "messaging_handovers",
  "standby",
  "message_echoes",
];

/** Failures that may pass by themselves. */
const PASSING = new Set(["unsent", "throttled", "unlikely", "ambiguous"]);
const SUBSCRIBE = "Run `botctl accounts subscribe`.";

/**
 * Which fields the page reports to the app. Where the app has its updates sent is noted at the app, not at the page, and
 * a page's token does not tell: the address is null.
 *
 * @param appId null: whichever app the token is of
 */
export async function inspect(
  settings: GraphSettings,
  appId: string | null,
  { externalId, token }: Access,
  signal: AbortSignal,
): Promise<SubscriptionOutcome> {
  const answer = await graphGet(settings, edgeOf(externalId), token, "id,subscribed_fields", signal);
  const apps =
    answer.kind === "answered" && answer.status === 200 ? SubscribedApps.safeParse(answer.body).data : undefined;
  if (apps === undefined) return failure(answer);
  const app = apps.data.find(({ id }) => appId === null || id === appId);
  const updates = app?.subscribed_fields ?? [];
  const isSubscribed = app !== undefined && updates.length > 0;
  const leads: Subscription["leads"] = isSubscribed ? "here" : "nowhere";
  const findings = isSubscribed ? lacking(updates) : [NOT_SUBSCRIBED];
  return { kind: "known", subscription: { leads, url: null, updates, pending: null, lastError: null, findings } };
}

/** Asks for all fields at once: whether Graph adds to the list or replaces it is not documented. */
export async function subscribe(
  settings: GraphSettings,
  { externalId, token }: Access,
  signal: AbortSignal,
): Promise<ChangeOutcome> {
  const fields = { subscribed_fields: WANTED_FIELDS.join(",") };
  return changed(await graphPost(settings, edgeOf(externalId), token, fields, signal));
}

export async function unsubscribe(
  settings: GraphSettings,
  { externalId, token }: Access,
  signal: AbortSignal,
): Promise<ChangeOutcome> {
  return changed(await graphDelete(settings, edgeOf(externalId), token, signal));
}

const NOT_SUBSCRIBED: Finding = {
  code: "nowhere",
  message: "the page reports nothing to the app, so no message comes",
  fix: SUBSCRIBE,
};

function lacking(fields: readonly string[]): Finding[] {
  const missing = WANTED_FIELDS.filter((field) => !fields.includes(field));
  if (missing.length === 0) return [];
  return [{ code: "updates_missing", message: `the page does not report: ${missing.join(", ")}`, fix: SUBSCRIBE }];
}

function edgeOf(page: string): string {
  return `${encodeURIComponent(page)}/subscribed_apps`;
}

function changed(answer: CallOutcome): ChangeOutcome {
  if (answer.kind === "answered" && answer.status === 200 && Done.safeParse(answer.body).success)
    return { kind: "done" };
  return failure(answer);
}

function failure(answer: CallOutcome): { readonly kind: "refused" | "unreachable"; readonly reason: string } {
  if (answer.kind !== "answered") return { kind: "unreachable", reason: answer.reason };
  const outcome = outcomeOf(answer.status, answer.headers, answer.body);
  if (outcome.kind === "sent") return { kind: "unreachable", reason: "Graph answered something else" };
  return { kind: PASSING.has(outcome.kind) ? "unreachable" : "refused", reason: outcome.reason };
}
