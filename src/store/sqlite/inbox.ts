/** Recording what came in: the one transaction that stands between a webhook and its 200. Kept short on purpose. */
import type { Database, Statement } from "bun:sqlite";
import type { Account } from "../../core/account.ts";
import type { ConversationState, Whose } from "../../core/conversation.ts";
import type { Batch, Recorded, RecordOutcome } from "../../core/batch.ts";
import { partOf } from "../../core/turn.ts";
import type { Content, Update } from "../../core/update.ts";
import type { Accounts } from "./accounts.ts";
import type { Corrections } from "./corrections.ts";
import type { Kept } from "./kept.ts";
import type { Reach } from "./reach.ts";
import type { Interactions } from "./interactions.ts";
import type { Seen } from "./seen.ts";
import type { Takeovers } from "./takeovers.ts";
import type { RecentTurn, Turns } from "./turns.ts";

interface ConversationHead {
  readonly id: number;
  readonly state: ConversationState;
  readonly human_until_at: number | null;
  readonly awaits_turn_id: number | null;
  readonly awaits: "image" | "file" | null;
  readonly awaits_since_at: number;
  readonly answered_at: number;
  readonly closed_at: number;
}

/** What an update did beyond its own row. */
type Effect = Pick<Recorded, "changed" | "takeover">;

const NO_EFFECT: Effect = { changed: [], takeover: null };

/** Held updates bound in one transaction, so that thousands do not hold the event loop (H2). */
const ADOPTED_AT_ONCE = 100;

const STRANGER: Omit<ConversationHead, "id"> = {
  state: "bot",
  human_until_at: null,
  awaits_turn_id: null,
  awaits: null,
  awaits_since_at: 0,
  answered_at: 0,
  closed_at: 0,
};

/** What a row says beside what its webhook says. `content` is null for a key alone. */
interface InboxRow {
  readonly account: string;
  readonly conversationId: number | null;
  readonly turnId: number | null;
  readonly kind: string;
  readonly state: string;
  readonly eventKey: string;
  readonly messageId: string | null;
  readonly at: number;
  readonly content: string | null;
}

/** What an update came in; the body is null where another update's row keeps it, or nobody does any more. */
interface Origin {
  readonly body: string | null;
  readonly correlation: string;
}

/** Where an update's row goes: a new one, or the one that held it. Answers the row's id. */
type Place = (state: string, conversationId: number | null, turnId: number | null, content: Content) => number;

/** Kinds that make a stranger a contact; receipts about somebody unknown do not. */
const INTRODUCES: ReadonlySet<Content["kind"]> = new Set(["message", "tap", "referral", "optin"]);

export class Inbox {
  private readonly insert: Statement<unknown, (string | number | null)[]>;
  private readonly head: Statement<ConversationHead, [number, string]>;

  constructor(
    private readonly db: Database,
    private readonly seen: Seen,
    private readonly accounts: Accounts,
    private readonly turns: Turns,
    private readonly takeovers: Takeovers,
    private readonly corrections: Corrections,
    private readonly reach: Reach,
    private readonly kept: Kept,
    private readonly interactions: Interactions,
  ) {
    this.insert = db.prepare(
      `INSERT INTO inbox (channel, account, conversation_id, turn_id, kind, state, event_key, message_id, at, received_at, content,
        body, body_of, correlation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.head = db.prepare(`
      SELECT id, state, human_until_at, awaits_turn_id, awaits, awaits_since_at, answered_at, closed_at FROM conversation
      WHERE contact_id = (SELECT id FROM contact WHERE account_id = ? AND external_id = ?)`);
  }

  /** Inside a transaction. */
  record(batch: Omit<Batch, "body"> & { readonly body: string | null }, now: number): Recorded[] {
    let bodyOf: number | null = null;
    const keep = (row: InboxRow): number => {
      const { account, conversationId, turnId, kind, state, eventKey, messageId, at, content } = row;
      // The body must not lie with a row that keeps its key alone.
      const body = bodyOf === null && content !== null ? batch.body : null;
      // Mostly the same, and long enough to be a seventh of the row.
      const otherId = messageId === eventKey ? null : messageId;
      const about = [batch.channel, account, conversationId, turnId, kind, state, eventKey, otherId] as const;
      const placed = this.insert.run(...about, at, now, content, body, bodyOf, batch.correlation);
      const id = Number(placed.lastInsertRowid);
      if (content !== null) bodyOf ??= id;
      return id;
    };

    const recorded = batch.updates.map((update) => this.recordOne(update, batch, now, keep));
    for (const [index, { account, reason }] of batch.quarantined.entries()) {
      // It has no key of its own that could be read, so its place in the body is its key.
      const eventKey = `unreadable:${Bun.hash(batch.body ?? "")}:${index}`;
      const { seen, slot } = this.seen.find(batch.channel, account ?? "", eventKey);
      if (seen) continue;
      const row = { account: account ?? "", conversationId: null, turnId: null, messageId: null, at: now };
      const content = JSON.stringify({ reason });
      this.seen.remember(slot, keep({ ...row, kind: "unreadable", state: "quarantined", eventKey, content }));
    }
    return recorded;
  }

  private recordOne(
    update: Update,
    batch: Pick<Batch, "correlation" | "holdUnknown"> & { readonly body: string | null },
    now: number,
    keep: (row: InboxRow) => number,
  ): Recorded {
    const { seen, slot } = this.seen.find(update.channel, update.account, update.eventKey);
    if (seen) return { update, outcome: "duplicate", whose: null, heard: null, ...NO_EFFECT };

    const account = this.accounts.find(update.channel, update.account);
    const row = {
      account: update.account,
      kind: update.content.kind,
      eventKey: update.eventKey,
      messageId: update.messageId,
      at: update.at,
    };
    const place: Place = (state, conversationId, turnId, content) => {
      const id = keep({ ...row, state, conversationId, turnId, content: JSON.stringify(content) });
      this.seen.remember(slot, id);
      return id;
    };
    if (account !== null) return this.take(update, account, batch, now, place);
    if (batch.holdUnknown) {
      // Held whole, because its contact is only made once the account is known.
      const id = keep({ ...row, state: "new", conversationId: null, turnId: null, content: JSON.stringify(update) });
      this.seen.remember(slot, id);
      return { update, outcome: "held", whose: null, heard: null, ...NO_EFFECT };
    }
    // Somebody else's page: its key alone, so that it is counted once (G2).
    const id = keep({ ...row, state: "ignored", conversationId: null, turnId: null, content: null });
    this.seen.remember(slot, id);
    return { update, outcome: "unknown_account", whose: null, heard: null, ...NO_EFFECT };
  }

  /** Inside a transaction. @returns how many were dismissed, at most `most` */
  dismissHeld(most: number): number {
    return this.db
      .query<unknown, [number]>(
        `UPDATE inbox SET state = 'ignored', content = NULL, body = NULL
         WHERE id IN (SELECT id FROM inbox WHERE state = 'new' LIMIT ? + 0)`,
      )
      .run(most).changes;
  }

  /** Inside a transaction: binds what was held for an account that is now known. */
  adopt(account: Account, now: number): Recorded[] {
    const held = this.db
      .query<{ id: number; content: string; body: string | null; correlation: string }, [string, string, number]>(
        "SELECT id, content, body, correlation FROM inbox WHERE channel = ? AND account = ? AND state = 'new' ORDER BY id LIMIT ?",
      )
      .all(account.channel, account.externalId, ADOPTED_AT_ONCE);
    const bind = this.db.query(
      "UPDATE inbox SET state = $state, conversation_id = $conversationId, turn_id = $turnId, content = $content WHERE id = $id",
    );
    return held.map(({ id, content, ...from }) => {
      const update: Update = JSON.parse(content);
      return this.take(update, account, from, now, (state, conversationId, turnId, content) => {
        bind.run({ id, state, conversationId, turnId, content: JSON.stringify(content) });
        return id;
      });
    });
  }

  private take(told: Update, account: Account, { body, correlation }: Origin, now: number, place: Place): Recorded {
    if (told.contact === null) return this.aside(told, null, "ignored", place);
    const conversation = this.conversationOf(account, told, now);
    if (conversation === null) return this.aside(told, null, "ignored", place);
    const content = this.kept.whole(conversation.id, told.content);
    const update = { ...told, content };
    const whose: Whose = {
      channel: account.channel,
      accountId: account.id,
      account: account.externalId,
      conversation: conversation.id,
      contact: told.contact,
      correlation,
    };
    if (content.kind !== "message" && content.kind !== "tap") {
      const recorded = this.aside(update, whose, "ignored", place);
      return { ...recorded, ...this.effectOf(update, account, conversation.id, now) };
    }
    this.interactions.heard(update, whose, body, now);
    if (update.standby || this.humanAnswers(conversation, now)) return this.aside(update, whose, "noted", place);

    const bound = this.turns.hear(partOf(content), whose, latelyOf(conversation), now, (turnId) =>
      place("bound", conversation.id, turnId, content),
    );
    return { update, outcome: "bound", ...bound, ...NO_EFFECT };
  }

  private effectOf(update: Update, account: Account, conversation: number, now: number): Effect {
    const { content } = update;
    switch (content.kind) {
      case "echo":
        return this.takeovers.echoed(update, content, account, conversation, now);
      case "handover":
        return this.takeovers.handedOver(content, account, conversation, now);
      case "edit":
        return { ...NO_EFFECT, changed: this.corrections.edit(conversation, content, now) };
      case "reachability":
        return this.reach.told(conversation, content.reachable, now);
      case "moved":
        this.reach.move(account.id, update.contact ?? "", content.to);
        return NO_EFFECT;
      case "unsend":
        return { ...NO_EFFECT, changed: this.corrections.unsend(conversation, content.messageId, now) };
      default:
        return NO_EFFECT;
    }
  }

  private aside(
    update: Update,
    whose: Whose | null,
    outcome: RecordOutcome & ("ignored" | "noted"),
    place: Place,
  ): Recorded {
    place(outcome, whose?.conversation ?? null, null, update.content);
    return { update, outcome, whose, heard: null, ...NO_EFFECT };
  }

  private humanAnswers(conversation: ConversationHead, now: number): boolean {
    if (conversation.state === "bot") return false;
    if (conversation.state === "human" && (conversation.human_until_at ?? Infinity) > now) return true;
    // Either the takeover is over, or a contact that could not be written to writes again.
    this.db.query("UPDATE conversation SET state = 'bot', human_until_at = NULL WHERE id = ?").run(conversation.id);
    return false;
  }

  /** Finds the conversation, or makes it with its contact and person; null for a stranger who has said nothing. */
  private conversationOf(account: Account, update: Update, now: number): ConversationHead | null {
    const contact = update.contact ?? "";
    const found = this.head.get(account.id, contact);
    if (found !== null || !INTRODUCES.has(update.content.kind)) return found;
    const id = this.introduce(account.id, contact, update.contactName, now);
    return { ...STRANGER, id };
  }

  /** Inside a transaction: a new contact with its person and conversation. @returns the conversation's id */
  introduce(accountId: number, contact: string, name: string | null, now: number): number {
    const person = this.db.query("INSERT INTO person (created_at) VALUES (?)").run(now);
    const made = this.db
      .query("INSERT INTO contact (account_id, person_id, external_id, name, created_at) VALUES (?, ?, ?, ?, ?)")
      .run(accountId, Number(person.lastInsertRowid), contact, name, now);
    const conversation = this.db
      .query("INSERT INTO conversation (contact_id, account_id, last_at, created_at) VALUES (?, ?, ?, ?)")
      .run(Number(made.lastInsertRowid), accountId, now, now);
    return Number(conversation.lastInsertRowid);
  }

  /** The conversation with a contact; null when they have never met. */
  find(accountId: number, contact: string): number | null {
    return this.head.get(accountId, contact)?.id ?? null;
  }
}

function latelyOf(head: ConversationHead): RecentTurn {
  const { awaits, awaits_since_at, answered_at, closed_at, awaits_turn_id } = head;
  return {
    awaits: awaits === null ? null : { announces: awaits, announcedAt: awaits_since_at, answeredAt: answered_at },
    closedAt: closed_at,
    awaitedTurnId: awaits_turn_id,
  };
}
