/** What the store answers, as the API tells it. A reader of the database without a server tells the same. */
import type { Account } from "../core/account.ts";
import type { RetryRow } from "../core/journal.ts";
import type { ConversationRow, MessageRow } from "../core/transcript.ts";
import type { Inspection } from "./routes/accounts.ts";

export function showAccount({ id, channel, externalId, name, state, stateReason }: Account) {
  return { id, channel, external_id: externalId, name, state, reason: stateReason };
}

export function showInspection({ account, expected, subscription }: Inspection) {
  const { leads, url, updates, pending, lastError, findings } = subscription;
  return { account: showAccount(account), expected, leads, url, updates, pending, last_error: lastError, findings };
}

export function showConversation(row: ConversationRow) {
  const { id, channel, account, contact, name, state, humanUntilAt, lastAt, turn } = row;
  const shown = turn === null ? null : { id: turn.id, state: turn.state, reason: turn.reason, due_at: turn.dueAt };
  return { id, channel, account, contact, name, state, human_until_at: humanUntilAt, last_at: lastAt, turn: shown };
}

export function showMessage({ id, direction, by, text, attachments, actions, at, turn, deliveries }: MessageRow) {
  // A platform's handle for a file is of no use to anybody without its token.
  const shown = attachments.map((attachment) => ({ ...attachment, fileId: undefined }));
  return { id, direction, by, text, attachments: shown, actions, at, turn, deliveries };
}

export function showRetry({ id, kind, state, account, attempts, nextAt, lastError }: RetryRow) {
  return { id, kind, state, account, attempts, next_at: nextAt, last_error: lastError };
}

/** One entry with all that is known of it. */
export function showRetryDetail(row: RetryRow) {
  const { conversation, createdAt, text, rounds } = row;
  return { ...showRetry(row), conversation, created_at: createdAt, text, rounds };
}
