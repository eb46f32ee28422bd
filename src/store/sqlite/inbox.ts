/** Recording what came in: the one transaction that stands between a webhook and its 200. Kept short on purpose. */
import type { Database, Statement } from "bun:sqlite";
import type { Account } from "../../core/account.ts";
import type { ConversationState, Whose } from "../../core/conversation.ts";
import type { Batch, Recorded, RecordOutcome } from "../../core/store.ts";
import { partOf } from "../../core/turn.ts";
import type { Content, Update } from "../../core/update.ts";
import type { Accounts } from "./accounts.ts";
import type { Outbox } from "./outbox.ts";
import type { Seen } from "./seen.ts";
import type { Turns } from "./turns.ts";

interface ConversationHead {
  readonly id: number;
  readonly state: ConversationState;
  readonly human_until_at: number | null;
}

/** Where an update's row goes: a new one, or the one that held it. Answers the row's id. */
type Place = (state: string, conversationId: number | null, turnId: number | null) => number;

/** Kinds that make a stranger a contact; receipts about somebody unknown do not. */
const INTRODUCES: ReadonlySet<Content["kind"]> = new Set(["message", "tap", "referral", "optin"]);

export class Inbox {
  private readonly insert: Statement;
  private readonly head: Statement<ConversationHead, [number, string]>;

  constructor(
    private readonly db: Database,
    private readonly seen: Seen,
    private readonly accounts: Accounts,
    private readonly turns: Turns,
    private readonly outbox: Outbox,
  ) {
    this.insert = db.prepare(`
      INSERT INTO inbox (channel, account, conversation_id, turn_id, kind, state, event_key, message_id, at, received_at,
        content, body, body_of, correlation)
      VALUES ($channel, $account, $conversationId, $turnId, $kind, $state, $eventKey, $messageId, $at, $receivedAt,
        $content, $body, $bodyOf, $correlation)`);
    this.head = db.prepare(`
      SELECT c.id, c.state, c.human_until_at
      FROM contact k JOIN conversation c ON c.contact_id = k.id
      WHERE k.account_id = ? AND k.external_id = ?`);
  }

  /** Inside a transaction. */
  record(batch: Batch, now: number): Recorded[] {
    let bodyOf: number | null = null;
    const keep = (row: Record<string, string | number | null>): number => {
      const placed = this.insert.run({
        channel: batch.channel,
        correlation: batch.correlation,
        receivedAt: now,
        body: bodyOf === null ? batch.body : null,
        bodyOf,
        ...row,
      });
      const id = Number(placed.lastInsertRowid);
      bodyOf ??= id;
      return id;
    };

    const recorded = batch.updates.map((update) => this.recordOne(update, batch, now, keep));
    for (const { account, reason } of batch.quarantined) {
      keep({
        account: account ?? "",
        conversationId: null,
        turnId: null,
        kind: "unreadable",
        state: "quarantined",
        eventKey: `unreadable:${batch.correlation}`,
        messageId: null,
        at: now,
        content: JSON.stringify({ reason }),
      });
    }
    return recorded;
  }

  private recordOne(update: Update, batch: Batch, now: number, keep: (row: Record<string, string | number | null>) => number): Recorded {
    const { seen, slot } = this.seen.find(update.channel, update.account, update.eventKey);
    if (seen) return { update, outcome: "duplicate", whose: null, heard: null };

    const account = this.accounts.find(update.channel, update.account);
    const row = {
      account: update.account,
      kind: update.content.kind,
      eventKey: update.eventKey,
      messageId: update.messageId,
      at: update.at,
    };
    const place: Place = (state, conversationId, turnId) => {
      const id = keep({ ...row, state, conversationId, turnId, content: JSON.stringify(update.content) });
      this.seen.remember(slot, id);
      return id;
    };
    if (account !== null) return this.take(update, account, batch.correlation, now, place);
    if (batch.holdUnknown) {
      // Held whole, because its contact is only made once the account is known.
      const id = keep({ ...row, state: "new", conversationId: null, turnId: null, content: JSON.stringify(update) });
      this.seen.remember(slot, id);
      return { update, outcome: "held", whose: null, heard: null };
    }
    // Somebody else's page: its key alone, so that it is counted once (G2).
    const id = keep({ ...row, state: "ignored", conversationId: null, turnId: null, content: null, body: null });
    this.seen.remember(slot, id);
    return { update, outcome: "unknown_account", whose: null, heard: null };
  }

  /** Inside a transaction: binds what was held for an account that is now known. */
  adopt(account: Account, now: number): Recorded[] {
    const held = this.db
      .query<{ id: number; content: string; correlation: string }, [string, string]>(
        "SELECT id, content, correlation FROM inbox WHERE channel = ? AND account = ? AND state = 'new' ORDER BY id",
      )
      .all(account.channel, account.externalId);
    const bind = this.db.query("UPDATE inbox SET state = $state, conversation_id = $conversationId, turn_id = $turnId, content = $content WHERE id = $id");
    return held.map(({ id, content, correlation }) => {
      const update: Update = JSON.parse(content);
      return this.take(update, account, correlation, now, (state, conversationId, turnId) => {
        bind.run({ id, state, conversationId, turnId, content: JSON.stringify(update.content) });
        return id;
      });
    });
  }

  private take(update: Update, account: Account, correlation: string, now: number, place: Place): Recorded {
    if (update.contact === null) return this.aside(update, null, "ignored", place);
    const conversation = this.conversationOf(account, update, now);
    if (conversation === null) return this.aside(update, null, "ignored", place);
    const whose: Whose = {
      channel: account.channel,
      accountId: account.id,
      account: account.externalId,
      conversation: conversation.id,
      contact: update.contact,
      correlation,
    };
    const { content } = update;
    if (content.kind === "echo") {
      if (content.deliveryId !== null && update.messageId !== null) {
        this.outbox.echoed(content.deliveryId, conversation.id, update.messageId);
      }
      return this.aside(update, whose, "ignored", place);
    }
    if (content.kind !== "message" && content.kind !== "tap") return this.aside(update, whose, "ignored", place);
    if (update.standby || this.humanAnswers(conversation, now)) return this.aside(update, whose, "noted", place);

    const bound = this.turns.hear(partOf(content), whose, now, (turnId) => place("bound", conversation.id, turnId));
    return { update, outcome: "bound", ...bound };
  }

  private aside(update: Update, whose: Whose | null, outcome: RecordOutcome & ("ignored" | "noted"), place: Place): Recorded {
    place(outcome, whose?.conversation ?? null, null);
    return { update, outcome, whose, heard: null };
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
    return { id: this.introduce(account.id, contact, update.contactName, now), state: "bot", human_until_at: null };
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
