/**
 * The owner's user service (T6): whom it knows a person as is asked when something is told of them, and remembered for as long
 * as the process lives.
 *
 *   GET /api/users/by-telegram/{id} ──404──▶ POST /api/users/register
 *                 └──────────────┬──────────────────┘
 *   in doubt? GET /api/interactions/{user_id}?limit= ──found──▶ told
 *                                └──▶ POST /api/interactions
 */
import { retryAfterMs } from "../../core/call-phase.ts";
import type { LeasedInteraction, ReportOutcome, UserService } from "../../core/interaction.ts";
import { call, type ServiceAnswer, type ServiceCall, type ServiceSettings } from "./call.ts";
import { interactionBody, isSame, registrationBody } from "./bodies.ts";
import { ListAnswer, PostedAnswer, UserAnswer, type UserId } from "./schema.ts";

export type { ServiceSettings } from "./call.ts";

/** People whose ids are remembered at most; the one that was remembered first makes room. */
const MOST_KNOWN = 10_000;

/** How many of a person's latest interactions are looked through for one in doubt, which is the newest of ours. */
const LOOKED_THROUGH = 20;

const FOREIGN: ReportOutcome = {
  kind: "account",
  reason: "it has no /api/users/register, so USER_SERVICE_BASE may name something else",
};

/** About this person alone: a phone or a name that somebody else has there, say. */
const CONTRADICTED: ReportOutcome = {
  kind: "request",
  reason: "the user service answered 409 for registering a user, and does not know them",
};

type Step<T> = { readonly value: T } | { readonly outcome: ReportOutcome };

export function userService(settings: ServiceSettings): UserService {
  const known = new Map<string, UserId>();
  const ask = (request: ServiceCall, signal: AbortSignal): Promise<ServiceAnswer> => call(settings, request, signal);

  async function idOf(interaction: LeasedInteraction, signal: AbortSignal): Promise<Step<UserId>> {
    const { contact } = interaction.whose;
    const look = { method: "GET", path: `/api/users/by-telegram/${contact}`, json: null } as const;
    const looked = await ask(look, signal);
    if (!isAnswered(looked, 404)) return userIn(looked);
    const json = registrationBody(interaction);
    const registered = await ask({ method: "POST", path: "/api/users/register", json }, signal);
    if (!isAnswered(registered, 409)) return userIn(registered);
    // Somebody else may have registered them in between.
    const again = await ask(look, signal);
    return isAnswered(again, 404) ? { outcome: CONTRADICTED } : userIn(again);
  }

  function remember(contact: string, id: UserId): void {
    const [oldest] = known.keys();
    if (known.size >= MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    known.set(contact, id);
  }

  /** The service's id of the interaction if it has it already, empty where it tells none; null if it has not. */
  async function found(interaction: LeasedInteraction, id: UserId, signal: AbortSignal): Promise<Step<string | null>> {
    const path = `/api/interactions/${encodeURIComponent(id)}?limit=${LOOKED_THROUGH}`;
    const answer = await ask({ method: "GET", path, json: null }, signal);
    if (isAnswered(answer, 404)) return { value: null };
    const refused = troubleIn(answer, "the list of interactions");
    if (refused !== null) return { outcome: nothingSent(refused) };
    const list = ListAnswer.safeParse(answer.kind === "answered" ? answer.body : null);
    if (!list.success) return { outcome: unsent("the user service's list of interactions cannot be read") };
    const same = list.data.find((listed) => isSame(interaction, listed));
    return { value: same === undefined ? null : String(same.id ?? "") };
  }

  async function tell(
    interaction: LeasedInteraction,
    id: UserId,
    signal: AbortSignal,
  ): Promise<ReportOutcome | "unknown_user"> {
    if (interaction.inDoubt) {
      const there = await found(interaction, id, signal);
      if ("outcome" in there) return there.outcome;
      if (there.value !== null) return { kind: "sent", messageId: there.value };
    }
    const json = interactionBody(interaction, id);
    const answer = await ask({ method: "POST", path: "/api/interactions", json, key: interaction.id }, signal);
    if (isAnswered(answer, 404)) return "unknown_user";
    if (isAnswered(answer, 409)) {
      const there = await found(interaction, id, signal);
      if ("value" in there && there.value !== null) return { kind: "sent", messageId: there.value };
    }
    const trouble = troubleIn(answer, "the interaction");
    if (trouble !== null) return trouble;
    const posted = PostedAnswer.safeParse(answer.kind === "answered" ? answer.body : null);
    return { kind: "sent", messageId: posted.success ? String(posted.data.id) : "" };
  }

  return {
    async report(interaction, signal) {
      if (signal.aborted) return unsent("stopped before the call");
      const { contact } = interaction.whose;
      const remembered = known.get(contact);
      if (remembered !== undefined) {
        const outcome = await tell(interaction, remembered, signal);
        if (outcome !== "unknown_user") return outcome;
        // Deleted there, and perhaps made anew under another id.
        known.delete(contact);
      }
      const resolved = await idOf(interaction, signal);
      if ("outcome" in resolved) return resolved.outcome;
      remember(contact, resolved.value);
      const outcome = await tell(interaction, resolved.value, signal);
      if (outcome !== "unknown_user") return outcome;
      return { kind: "request", reason: "the user service answered 404 for the interaction of a user it has" };
    },
  };
}

function userIn(answer: ServiceAnswer): Step<UserId> {
  const trouble = troubleIn(answer, "the user");
  // Nobody registers here at all.
  if (isAnswered(answer, 404) || isAnswered(answer, 405)) return { outcome: FOREIGN };
  if (trouble !== null) return { outcome: nothingSent(trouble) };
  const user = UserAnswer.safeParse(answer.kind === "answered" ? answer.body : null);
  if (!user.success) return { outcome: unsent("the user service's answer about the user holds no id") };
  return { value: user.data.id };
}

function isAnswered(answer: ServiceAnswer, status: number): boolean {
  return answer.kind === "answered" && answer.status === status;
}

function unsent(reason: string): ReportOutcome {
  return { kind: "unsent", reason };
}

/** The interaction itself was not sent yet, so whatever became of the call before it leaves no doubt. */
function nothingSent(outcome: ReportOutcome): ReportOutcome {
  return outcome.kind === "unlikely" || outcome.kind === "ambiguous" ? unsent(outcome.reason) : outcome;
}

/** Statuses below 500 that may be others a moment later. */
const AGAIN = new Set([408, 425]);

/** What an answer means that is no success; null for one (guarantees §3). @param what the call was about */
function troubleIn(answer: ServiceAnswer, what: string): ReportOutcome | null {
  switch (answer.kind) {
    case "unsent":
      return unsent(`the user service: ${answer.reason}`);
    case "unknown":
      return { kind: "ambiguous", reason: `the user service: ${answer.reason}` };
    case "redirected":
      return unsent(
        `the user service answered ${answer.status}, a redirect; only one to the same path with a slash is followed, so USER_SERVICE_BASE must name the final address`,
      );
    case "answered":
      break;
  }
  const { status, headers } = answer;
  const reason = `the user service answered ${status} for ${what}`;
  if (status >= 200 && status < 300) return null;
  if (status === 429) return { kind: "throttled", afterMs: retryAfterMs(headers), reason };
  if (status === 401 || status === 403) return { kind: "account", reason };
  if (status >= 500 || AGAIN.has(status) || status < 200) return { kind: "unlikely", reason };
  return { kind: "request", reason };
}
