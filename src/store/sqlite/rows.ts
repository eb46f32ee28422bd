/** How rows and the nouns of core turn into each other. Rows are ours, checked by the tables, so they are not parsed again. */
import type { Database } from "bun:sqlite";
import type { Account, AccountState } from "../../core/account.ts";
import type { ChannelName } from "../../core/channel.ts";
import type { Whose } from "../../core/conversation.ts";
import type { Turn, TurnState } from "../../core/turn.ts";

export interface AccountRecord {
  readonly id: number;
  readonly channel: ChannelName;
  readonly external_id: string;
  readonly name: string;
  readonly state: AccountState;
  readonly state_reason: string | null;
  readonly app_id: string | null;
}

export function toAccount(row: AccountRecord): Account {
  return {
    id: row.id,
    channel: row.channel,
    externalId: row.external_id,
    name: row.name,
    state: row.state,
    stateReason: row.state_reason,
    appId: row.app_id,
  };
}

/** The columns of `Turn`, and what else a turn's row says. */
export interface TurnRecord {
  readonly id: number;
  readonly conversation_id: number;
  readonly state: TurnState;
  readonly kind: "talk" | "tap";
  readonly first_at: number;
  readonly due_at: number;
  readonly not_before_at: number;
  readonly hold: "rate" | "agent" | null;
  readonly parts: number;
  readonly has_text: 0 | 1;
  readonly has_attachment: 0 | 1;
  readonly announces: "image" | "file" | "nothing";
  readonly announced_at: number;
  readonly closed_at: number;
  readonly amends_turn_id: number | null;
  readonly reason: string;
  readonly fence: number;
  readonly claims: number;
  readonly reruns: number;
  readonly failures: number;
  readonly apologised: 0 | 1;
  readonly first_update_id: number;
  readonly last_update_id: number;
  readonly correlation: string;
}

export function toTurn(row: TurnRecord): Turn {
  return {
    state: row.state,
    kind: row.kind,
    firstAt: row.first_at,
    dueAt: row.due_at,
    notBeforeAt: row.not_before_at,
    hold: row.hold,
    parts: row.parts,
    hasText: row.has_text === 1,
    hasAttachment: row.has_attachment === 1,
    announces: row.announces,
    announcedAt: row.announced_at,
    closedAt: row.closed_at,
    amends: row.amends_turn_id !== null,
    reason: row.reason,
    fence: row.fence,
    claims: row.claims,
    reruns: row.reruns,
    failures: row.failures,
    apologised: row.apologised === 1,
  };
}

/** The columns of `Turn`, in the order of `turnValues`. */
export const TURN_COLUMNS = [
  "state",
  "kind",
  "first_at",
  "due_at",
  "not_before_at",
  "hold",
  "parts",
  "has_text",
  "has_attachment",
  "announces",
  "announced_at",
  "closed_at",
  "reason",
  "fence",
  "claims",
  "reruns",
  "failures",
  "apologised",
] as const;

/** A turn for `TURN_COLUMNS`. By place, because binding by name is a third of what a small statement costs. */
export function turnValues(turn: Turn): (string | number | null)[] {
  return [
    turn.state,
    turn.kind,
    turn.firstAt,
    turn.dueAt,
    turn.notBeforeAt,
    turn.hold,
    turn.parts,
    turn.hasText ? 1 : 0,
    turn.hasAttachment ? 1 : 0,
    turn.announces,
    turn.announcedAt,
    turn.closedAt,
    turn.reason,
    turn.fence,
    turn.claims,
    turn.reruns,
    turn.failures,
    turn.apologised ? 1 : 0,
  ];
}

/** Columns that name whom a row is about; `whose` reads them. */
export const WHOSE_COLUMNS = `
  c.id AS whose_conversation, k.external_id AS whose_contact, a.id AS whose_account_id,
  a.channel AS whose_channel, a.external_id AS whose_account`;

/** Joins for `WHOSE_COLUMNS`, from a row aliased `r` that has a conversation_id. */
export const WHOSE_JOINS = `
  JOIN conversation c ON c.id = r.conversation_id
  JOIN contact k ON k.id = c.contact_id
  JOIN account a ON a.id = c.account_id`;

export interface WhoseRecord {
  readonly whose_conversation: number;
  readonly whose_contact: string;
  readonly whose_account_id: number;
  readonly whose_channel: ChannelName;
  readonly whose_account: string;
}

export function toWhose(row: WhoseRecord, correlation: string): Whose {
  return {
    channel: row.whose_channel,
    accountId: row.whose_account_id,
    account: row.whose_account,
    conversation: row.whose_conversation,
    contact: row.whose_contact,
    correlation,
  };
}

/** Whom a conversation is with. Null when there is none. */
export function whoseOf(db: Database, conversation: number, correlation: string): Whose | null {
  const row = db
    .query<WhoseRecord, [number]>(`SELECT ${WHOSE_COLUMNS} FROM (SELECT ? AS conversation_id) r ${WHOSE_JOINS}`)
    .get(conversation);
  return row === null ? null : toWhose(row, correlation);
}
