import type { IdentifyOutcome } from "../../core/channel.ts";
import { botCall, type ApiSettings } from "./api.ts";
import { outcomeOf } from "./outcome.ts";
import { Answer, Me } from "./schema.ts";

/** Failures that may pass by themselves; the others need another token. */
const PASSING = new Set(["throttled", "unlikely", "ambiguous"]);

/** Asks which bot a token speaks for. Its name is the username: that is what people write to address it in a group. */
export async function identify(settings: ApiSettings, token: string, signal: AbortSignal): Promise<IdentifyOutcome> {
  const answer = await botCall(settings, "getMe", token, {}, signal);
  if (answer.kind !== "answered") return { kind: "unreachable", reason: answer.reason };
  const told = Answer.safeParse(answer.body).data;
  const me = told?.ok === true && answer.status === 200 ? Me.safeParse(told.result).data : undefined;
  if (me !== undefined) {
    const name = me.username ?? me.first_name ?? "";
    return { kind: "identified", identity: { externalId: String(me.id), name, appId: null } };
  }
  const outcome = outcomeOf(answer.status, answer.headers, answer.body);
  if (outcome.kind === "sent" || answer.status === 200)
    return { kind: "unreachable", reason: "the Bot API told no bot" };
  return { kind: PASSING.has(outcome.kind) ? "unreachable" : "refused", reason: outcome.reason };
}
