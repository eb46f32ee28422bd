import type { Access } from "../../core/account.ts";
import type { PollOutcome } from "../../core/polling.ts";
import { botCall, type ApiSettings } from "./api.ts";
import { elementsOf } from "./elements.ts";
import { WANTED_UPDATES } from "./kinds.ts";
import { outcomeOf } from "./outcome.ts";
import { Answer, PolledUpdates } from "./schema.ts";

/** Telegram waits at most this long for something to happen. */
const WAIT_S = 50;
/** The answer may hold 4 MB, and comes only after the wait. */
const CALL_TIMEOUT_MS = WAIT_S * 1_000 + 15_000;
const MOST_UPDATES = 100;
const utf8 = new TextEncoder();

const WEBHOOK_IS_SET =
  "Telegram sends this bot's messages to a webhook and gives nobody else any; `botctl accounts subscribe` takes the " +
  "webhook away after asking, or set TELEGRAM_MODE=webhook";
const SOMEBODY_ELSE =
  "another program asks Telegram for this bot's messages with the same token; stop it, or give one of the two a bot of " +
  "its own";

/** One long poll. An update is confirmed by the next one, whose cursor is beyond it. */
export async function poll(
  settings: ApiSettings,
  { token }: Access,
  cursor: string | null,
  signal: AbortSignal,
): Promise<PollOutcome> {
  const params = {
    timeout: WAIT_S,
    limit: MOST_UPDATES,
    allowed_updates: WANTED_UPDATES,
    ...(cursor === null ? {} : { offset: Number(cursor) }),
  };
  const patient = { ...settings, sendTimeoutMs: CALL_TIMEOUT_MS };
  const answer = await botCall(patient, "getUpdates", token, params, signal);
  if (answer.kind !== "answered") return { kind: "unreachable", reason: answer.reason };
  const { status, headers, body } = answer;
  const told = Answer.safeParse(body).data;
  if (told?.ok === true && status === 200) return received(told.result, body, cursor);
  if (told?.error_code === 409 || status === 409) {
    const reason = told?.description?.includes("other getUpdates") === true ? SOMEBODY_ELSE : WEBHOOK_IS_SET;
    return { kind: "conflict", reason };
  }
  const outcome = outcomeOf(status, headers, body);
  if (outcome.kind === "sent") return { kind: "unreachable", reason: "the Bot API told no updates" };
  const { reason } = outcome;
  if (outcome.kind === "throttled") return { kind: "throttled", afterMs: outcome.afterMs, reason };
  return { kind: outcome.kind === "account" ? "refused" : "unreachable", reason };
}

function received(result: unknown, body: string, cursor: string | null): PollOutcome {
  const updates = PolledUpdates.safeParse(result).data;
  const texts = elementsOf(body, "result");
  if (updates === undefined || texts.length !== updates.length) {
    return { kind: "unreachable", reason: "the Bot API told no updates" };
  }
  const last = Math.max(...updates.map(({ update_id: id }) => id));
  return {
    kind: "updates",
    bodies: texts.map((text) => utf8.encode(text)),
    next: updates.length === 0 ? cursor : String(last + 1),
  };
}
