/** What is owed to the user service, as rows of the outbox: written with what it tells of, leased in order for each person. */
import type { Database } from "bun:sqlite";
import type { Whose } from "../../core/conversation.ts";
import type { Settled } from "../../core/delivery.ts";
import {
  heard,
  said,
  settleInteraction,
  type Interaction,
  type InteractionPolicy,
  type LeasedInteraction,
  type ReportOutcome,
} from "../../core/interaction.ts";
import type { Reply } from "../../core/reply.ts";
import type { Update } from "../../core/update.ts";
import { factsOf, SELECT_DELIVERY, type DeliveryRecord } from "./delivery-rows.ts";
import { toWhose, WHOSE_COLUMNS, WHOSE_JOINS, whoseOf, type WhoseRecord } from "./rows.ts";

/** So long an answer's row waits for the platform's id of what it tells of, which comes with the sending. */
const ID_PATIENCE_MS = 3_000;

/** As many as are looked through at the service, and a few more. */
const TOLD_BEFORE = 30;

const INSERT = `
  INSERT INTO delivery (id, account_id, conversation_id, out_message_id, kind, part, state, body, next_at, created_at, correlation)
  VALUES ($id, $account, $conversation, $outMessage, 'interaction', 0, 'pending', $body, $nextAt, $now, $correlation)`;

/** Due heads: nothing earlier of the same person is unsettled, and a flushed one waits for what is under way. */
const HEADS = `
  SELECT r.*, k.name AS contact_name, ${WHOSE_COLUMNS},
    (SELECT m.message_id FROM delivery m
     WHERE m.out_message_id = r.out_message_id AND m.kind = 'message' AND m.state = 'sent'
     ORDER BY m.part LIMIT 1) AS sent_message_id
  FROM delivery r ${WHOSE_JOINS}
  WHERE r.kind = 'interaction' AND r.state = 'pending' AND r.next_at <= $now + 0
    AND NOT EXISTS (
      SELECT 1 FROM delivery e
      WHERE e.conversation_id = r.conversation_id AND e.kind = 'interaction'
        AND e.state IN ('pending', 'sending', 'parked') AND (e.seq < r.seq OR e.state = 'sending'))
  ORDER BY r.next_at, r.seq LIMIT $limit + 0`;

interface HeadRecord extends DeliveryRecord, WhoseRecord {
  readonly contact_name: string | null;
  readonly sent_message_id: string | null;
}

/** What somebody was told, and by what. */
export interface Told {
  readonly conversation: number;
  readonly correlation: string;
  /** Null for notices, which are no part of the history. */
  readonly outMessage: number | null;
  readonly by: "bot" | "human";
  readonly reply: Reply;
}

/** All methods but `earliestAt` run inside a transaction. */
export class Interactions {
  /** @param policy null: there is no user service, so nothing is added; what is there already stays as it is */
  constructor(
    private readonly db: Database,
    private readonly policy: InteractionPolicy | null,
    private readonly newId: () => string,
  ) {}

  /** Somebody said something. @param body the update as it came; null when it is no longer there */
  heard(update: Update, whose: Whose, body: string | null, now: number): void {
    if (this.policy?.isReported(whose) !== true) return;
    this.add(whose, this.newId(), null, heard(update, body), now, now);
  }

  /** Somebody is owed a message. */
  said({ conversation, correlation, outMessage, by, reply }: Told, now: number): void {
    if (this.policy === null) return;
    const whose = whoseOf(this.db, conversation, correlation);
    if (whose === null || !this.policy.isReported(whose)) return;
    const id = this.newId();
    const interaction = said(id, by, outMessage === null ? "notice" : "message", reply);
    this.add(whose, id, outMessage, interaction, outMessage === null ? now : now + ID_PATIENCE_MS, now);
  }

  private add(
    { accountId: account, conversation, correlation }: Whose,
    id: string,
    outMessage: number | null,
    interaction: Interaction,
    nextAt: number,
    now: number,
  ): void {
    const body = JSON.stringify(interaction);
    this.db.query(INSERT).run({ id, account, conversation, outMessage, body, nextAt, now, correlation });
  }

  /** A message went out, or never will: what tells of it need not wait for its id. */
  released(outMessage: number | null, now: number): void {
    if (this.policy === null || outMessage === null) return;
    this.db
      .query(
        `UPDATE delivery SET next_at = $now
         WHERE out_message_id = $outMessage AND kind = 'interaction' AND state = 'pending' AND attempts = 0 AND next_at > $now`,
      )
      .run({ outMessage, now });
  }

  /** When something is due, epoch ms, perhaps behind something else; null when nothing waits. */
  earliestAt(): number | null {
    const row = this.db
      .query<{ at: number | null }, []>(
        "SELECT min(next_at) AS at FROM delivery WHERE state = 'pending' AND kind = 'interaction'",
      )
      .get();
    return row?.at ?? null;
  }

  lease(now: number, limit: number): { leased: LeasedInteraction[]; nextAt: number | null } {
    const leased: LeasedInteraction[] = [];
    for (const row of this.db.query<HeadRecord, { now: number; limit: number }>(HEADS).all({ now, limit })) {
      const fence = row.fence + 1;
      this.db
        .query(
          "UPDATE delivery SET state = 'sending', attempts = attempts + 1, fence = ?, started_at = ? WHERE seq = ?",
        )
        .run(fence, now, row.seq);
      leased.push(leasedFrom(row, fence, row.rounds === 0 ? [] : this.toldTo(row.conversation_id)));
    }
    const next = this.db
      .query<{ at: number | null }, [number]>(
        "SELECT min(next_at) AS at FROM delivery WHERE state = 'pending' AND kind = 'interaction' AND next_at > ? + 0",
      )
      .get(now);
    return { leased, nextAt: next?.at ?? null };
  }

  /** The service's ids of the latest that it took about a person. */
  private toldTo(conversation: number): string[] {
    return this.db
      .query<{ id: string }, [number, number]>(
        `SELECT message_id AS id FROM delivery
         WHERE conversation_id = ? + 0 AND kind = 'interaction' AND state = 'sent' AND message_id <> ''
         ORDER BY seq DESC LIMIT ? + 0`,
      )
      .all(conversation, TOLD_BEFORE)
      .map(({ id }) => id);
  }

  settle(
    lease: Pick<LeasedInteraction, "id" | "fence">,
    outcome: ReportOutcome,
    now: number,
    chance: number,
  ): Settled | "stale" {
    const row = this.db
      .query<DeliveryRecord, [string, number]>(
        `${SELECT_DELIVERY} WHERE r.id = (SELECT ?) AND r.state = 'sending' AND r.fence = ? + 0`,
      )
      .get(lease.id, lease.fence);
    if (row === null) return "stale";
    const settled = settleInteraction(
      factsOf(row),
      outcome,
      now,
      chance,
      this.policy ?? { quickRetries: 0, graceMs: 0 },
    );
    // Once it is told nobody needs its words here.
    this.db
      .query(
        `UPDATE delivery SET state = $state, attempts = $attempts, rounds = $rounds, next_at = $nextAt, last_error = $error,
           message_id = $messageId, body = CASE $state WHEN 'sent' THEN '' ELSE body END
         WHERE seq = $seq`,
      )
      .run({
        state: settled.state,
        attempts: settled.attempts,
        rounds: settled.rounds,
        nextAt: settled.nextAt,
        error: settled.error,
        messageId: settled.messageId,
        seq: row.seq,
      });
    return settled;
  }

  /** Everything that waits is due. What may still be under way gets its time, counted from now at most (H4). */
  hasten(now: number): void {
    this.db
      .query(
        `UPDATE delivery SET next_at = CASE rounds WHEN 0 THEN $now ELSE min(next_at, $later) END
         WHERE kind = 'interaction' AND state = 'pending' AND next_at > $now`,
      )
      .run({ now, later: now + this.graceMs });
  }

  /** At start: a call that the last process did not see the end of may have arrived, and a refusal is tried anew. */
  recover(now: number): number {
    const cut = this.db
      .query(
        `UPDATE delivery SET state = 'pending', rounds = rounds + 1, next_at = max($now, min(started_at, $now) + $grace),
           last_error = 'ambiguous: the server stopped during the call'
         WHERE kind = 'interaction' AND state IN ('sending', 'ambiguous') AND state = 'sending'`,
      )
      .run({ now, grace: this.graceMs });
    this.db.query("UPDATE delivery SET state = 'pending' WHERE kind = 'interaction' AND state = 'parked'").run();
    this.hasten(now);
    return cut.changes;
  }

  private get graceMs(): number {
    return this.policy?.graceMs ?? 0;
  }
}

function leasedFrom(row: HeadRecord, fence: number, told: readonly string[]): LeasedInteraction {
  const interaction: Interaction = JSON.parse(row.body);
  return {
    ...interaction,
    messageId: interaction.messageId ?? row.sent_message_id,
    id: row.id,
    whose: toWhose(row, row.correlation),
    name: row.contact_name,
    inDoubt: row.rounds > 0,
    told,
    attempts: row.attempts + 1,
    fence,
    createdAt: row.created_at,
  };
}
