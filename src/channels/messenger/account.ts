import type { IdentifyOutcome } from "../../core/channel.ts";
import type { CallOutcome } from "../call.ts";
import { graphGet, type GraphSettings } from "./graph.ts";
import { outcomeOf } from "./outcome.ts";
import { NamedObject } from "./schema.ts";

/** Failures that may pass by themselves; the others need another token or another app. */
const PASSING = new Set(["unsent", "throttled", "unlikely", "ambiguous"]);

/**
 * Asks Graph which page a token speaks for, and which app issued it.
 *
 * @param appId the configured app, null to ask; an app that cannot be asked is null in the answer, not a failure
 */
export async function identify(
  settings: GraphSettings,
  appId: string | null,
  token: string,
  signal: AbortSignal,
): Promise<IdentifyOutcome> {
  const page = await graphGet(settings, "me", token, "id,name", signal);
  const found = objectIn(page);
  if (found === null) return failure(page);
  const app = appId === null ? objectIn(await graphGet(settings, "app", token, "id", signal)) : null;
  return {
    kind: "identified",
    identity: { externalId: found.id, name: found.name ?? "", appId: appId ?? app?.id ?? null },
  };
}

function objectIn(answer: CallOutcome): { id: string; name?: string | null | undefined } | null {
  if (answer.kind !== "answered" || answer.status !== 200) return null;
  return NamedObject.safeParse(answer.body).data ?? null;
}

function failure(answer: CallOutcome): IdentifyOutcome {
  if (answer.kind !== "answered") return { kind: "unreachable", reason: answer.reason };
  const outcome = outcomeOf(answer.status, answer.headers, answer.body);
  if (outcome.kind === "sent") return { kind: "unreachable", reason: "Graph answered something else" };
  if (answer.status === 200 && outcome.kind === "ambiguous") return { kind: "unreachable", reason: "Graph told no id" };
  return { kind: PASSING.has(outcome.kind) ? "unreachable" : "refused", reason: outcome.reason };
}
