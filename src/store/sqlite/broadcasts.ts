import type { Database } from "bun:sqlite";
import {
  RECIPIENT_STATES,
  type BroadcastRow,
  type Broadcasts,
  type NewBroadcast,
  type RecipientRow,
  type RecipientState,
} from "../../core/broadcast.ts";
import type { ChannelName } from "../../core/channel.ts";
import type { SendLimits } from "../../core/lease.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import type { Accounts, SpeakingAccount } from "./accounts.ts";
import type { Pace } from "./pace.ts";
import type { Replies } from "./replies.ts";
import type { Writer } from "./writer.ts";

/** How often the next copies are put into the outbox. */
const BEAT_MS = 1_000;

/** A recipient as it stands: its deliveries tell what became of a copy that was queued. */
const STANDING = `
  CASE r.state WHEN 'queued' THEN coalesce((
    SELECT CASE
      WHEN sum(d.state IN ('dead', 'expired')) > 0 THEN 'failed'
      WHEN sum(d.state <> 'sent') > 0 THEN 'pending'
      WHEN count(*) > 0 THEN 'sent' END
    FROM delivery d WHERE d.out_message_id = r.out_message_id AND d.kind = 'message'), 'gone')
  ELSE r.state END`;

const SELECT = `
  SELECT b.id, b.key, a.channel, a.external_id AS account, b.text, b.created_at
  FROM broadcast b JOIN account a ON a.id = b.account_id`;

const NEXT = `
  SELECT r.id, r.contact, b.text, b.parts FROM broadcast_recipient r JOIN broadcast b ON b.id = r.broadcast_id
  WHERE r.account_id = ? + 0 AND r.state = 'waiting' ORDER BY r.id LIMIT ? + 0`;

interface BroadcastRecord {
  readonly id: number;
  readonly key: string | null;
  readonly channel: ChannelName;
  readonly account: string;
  readonly text: string;
  readonly created_at: number;
}

interface Waiting {
  readonly id: number;
  readonly contact: string;
  readonly text: string;
  readonly parts: string;
}

export class SqliteBroadcasts implements Broadcasts {
  constructor(
    private readonly db: Database,
    private readonly writer: Writer,
    private readonly accounts: Accounts,
    private readonly pace: Pace,
    private readonly replies: Replies,
    private readonly newId: () => string,
  ) {}

  open(broadcast: NewBroadcast, now: number): ReturnType<Broadcasts["open"]> {
    return this.writer.write(() => {
      const { key, account, text, parts, recipients } = broadcast;
      const known = this.db
        .query<{ id: number; same: number }, [number, string, string | null]>(
          "SELECT id, account_id = ? AND text = ? AS same FROM broadcast WHERE key = ?",
        )
        .get(account.id, text, key);
      if (known?.same === 0) return "other";
      const id = known?.id ?? this.add(key, account.id, text, JSON.stringify(parts), now);
      this.db
        .query(
          `INSERT OR IGNORE INTO broadcast_recipient (broadcast_id, account_id, contact, state, created_at)
           SELECT ?1, ?2, value, 'waiting', ?3 FROM json_each(?4)`,
        )
        .run(id, account.id, now, JSON.stringify(recipients));
      return { id, isNew: known === null };
    });
  }

  private add(key: string | null, accountId: number, text: string, parts: string, now: number): number {
    const made = this.db
      .query("INSERT INTO broadcast (key, account_id, text, parts, created_at) VALUES (?, ?, ?, ?, ?)")
      .run(key, accountId, text, parts, now);
    return Number(made.lastInsertRowid);
  }

  advance(now: number, limits: Readonly<Record<ChannelName, SendLimits>>): ReturnType<Broadcasts["advance"]> {
    return this.writer.write(() => {
      let queued = 0;
      for (const account of this.accounts.speaking()) {
        if (this.pace.speaks(account.id, now)) queued += this.queueNext(account, limits[account.channel], now);
      }
      const left = this.db.query("SELECT 1 FROM broadcast_recipient WHERE state = 'waiting' LIMIT 1").get();
      return { queued, nextAt: left === null ? null : now + BEAT_MS };
    });
  }

  private queueNext(account: SpeakingAccount, { perSecond, windowMs }: SendLimits, now: number): number {
    const share = Math.max(1, Math.floor(perSecond / 2));
    const waiting = this.db.query<Waiting, [number, number]>(NEXT).all(account.id, share);
    if (waiting.length === 0 || this.owes(account.id, perSecond)) return 0;
    const known = this.accounts.all().find(({ id }) => id === account.id);
    if (known === undefined) return 0;
    for (const { id, contact, text, parts } of waiting) {
      if (this.isBlocked(account.id, contact)) {
        this.refuse(id, "the person cannot be written to until they write again");
        continue;
      }
      const outgoing = { account: known, contact, by: "bot", text, windowMs, correlation: this.newId() } as const;
      const outcome = this.replies.queue({ ...outgoing, parts: JSON.parse(parts) }, now);
      if (outcome.kind === "queued") this.queued(id, outcome.deliveries[0] ?? "");
      else this.refuse(id, "the platform's window for answers has closed");
    }
    return waiting.length;
  }

  /** Whether more is on its way to people than one second takes: whoever has waited goes first. */
  private owes(accountId: number, perSecond: number): boolean {
    const row = this.db
      .query<{ n: number }, [number, number]>(
        `SELECT count(*) AS n FROM (
           SELECT 1 FROM delivery WHERE account_id = ? + 0 AND state = 'pending' AND kind <> 'interaction' LIMIT ? + 0)`,
      )
      .get(accountId, perSecond);
    return (row?.n ?? 0) >= perSecond;
  }

  private isBlocked(accountId: number, contact: string): boolean {
    const found = this.db
      .query(
        `SELECT 1 FROM conversation WHERE state = 'blocked'
         AND contact_id = (SELECT id FROM contact WHERE account_id = ? AND external_id = ?)`,
      )
      .get(accountId, contact);
    return found !== null;
  }

  private queued(id: number, delivery: string): void {
    this.db
      .query(
        `UPDATE broadcast_recipient SET state = 'queued',
           out_message_id = (SELECT out_message_id FROM delivery WHERE id = ?) WHERE id = ?`,
      )
      .run(delivery, id);
  }

  private refuse(id: number, reason: string): void {
    this.db.query("UPDATE broadcast_recipient SET state = 'refused', reason = ? WHERE id = ?").run(reason, id);
  }

  async one(id: number): Promise<BroadcastRow | null> {
    const row = this.db.query<BroadcastRecord, [number]>(`${SELECT} WHERE b.id = ?`).get(id);
    return row === null ? null : this.toRow(row);
  }

  async list({ limit, cursor }: PageRequest): Promise<Page<BroadcastRow>> {
    const before = Number(cursor ?? "") || Number.MAX_SAFE_INTEGER;
    const rows = this.db
      .query<BroadcastRecord, [number, number]>(`${SELECT} WHERE b.id < ? ORDER BY b.id DESC LIMIT ?`)
      .all(before, limit + 1);
    const data = rows.slice(0, limit).map((row) => this.toRow(row));
    return { data, next: rows.length > limit ? String(data.at(-1)?.id) : null };
  }

  async recipients(
    id: number,
    state: RecipientState | null,
    { limit, cursor }: PageRequest,
  ): Promise<Page<RecipientRow>> {
    const rows = this.db
      .query<RecipientRow & { readonly id: number }, [number, number, string | null, number]>(
        `SELECT * FROM (
           SELECT r.id, r.contact, ${STANDING} AS state, d.id AS delivery, coalesce(r.reason, d.last_error) AS reason
           FROM broadcast_recipient r
           LEFT JOIN delivery d ON d.seq = (
             SELECT min(seq) FROM delivery WHERE out_message_id = r.out_message_id AND kind = 'message')
           WHERE r.broadcast_id = ? AND r.id > ?)
         WHERE ?3 IS NULL OR state = ?3 ORDER BY id LIMIT ?4`,
      )
      .all(id, Number(cursor ?? "") || 0, state, limit + 1);
    const page = rows.slice(0, limit);
    const data = page.map(({ contact, state: standing, delivery, reason }) => {
      return { contact, state: standing, delivery, reason };
    });
    return { data, next: rows.length > limit ? String(page.at(-1)?.id) : null };
  }

  stop(id: number): Promise<number | null> {
    return this.writer.write(() => {
      if (this.db.query("SELECT 1 FROM broadcast WHERE id = ?").get(id) === null) return null;
      return this.db
        .query("UPDATE broadcast_recipient SET state = 'stopped' WHERE broadcast_id = ? AND state = 'waiting'")
        .run(id).changes;
    });
  }

  private toRow({ id, key, channel, account, text, created_at: createdAt }: BroadcastRecord): BroadcastRow {
    const found = this.db
      .query<{ state: RecipientState; n: number }, [number]>(
        `SELECT ${STANDING} AS state, count(*) AS n FROM broadcast_recipient r WHERE r.broadcast_id = ? GROUP BY 1`,
      )
      .all(id);
    const counts = { waiting: 0, pending: 0, sent: 0, failed: 0, refused: 0, stopped: 0, gone: 0 };
    for (const state of RECIPIENT_STATES) counts[state] = found.find((each) => each.state === state)?.n ?? 0;
    return { id, key, channel, account, text, createdAt, counts };
  }
}
