import type { Database } from "bun:sqlite";
import type { Account } from "../../core/account.ts";
import type { Recorded } from "../../core/batch.ts";
import type { Content, Update } from "../../core/update.ts";
import type { Doubts } from "./doubts.ts";
import type { Turns } from "./turns.ts";

type Effect = Pick<Recorded, "changed" | "takeover">;

const NOTHING: Effect = { changed: [], takeover: null };

/** Who speaks for the account: the bot, or a human (DESIGN §5.10). All methods run inside a transaction. */
export class Takeovers {
  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly doubts: Doubts,
    private readonly takeoverMs: number,
  ) {}

  /** The account said something. Our own words settle their delivery; anybody else's mean that a human answers. */
  echoed(
    update: Update,
    content: Content & { kind: "echo" },
    account: Account,
    conversation: number,
    now: number,
  ): Effect {
    const { deliveryId, appId } = content;
    if (
      deliveryId !== null &&
      update.messageId !== null &&
      this.doubts.echoed(deliveryId, conversation, update.messageId)
    ) {
      return NOTHING;
    }
    // Sent by this app, but not by this database: another installation, or one whose data was restored.
    if (appId !== null && appId === account.appId) return NOTHING;
    this.db
      .query(
        "INSERT INTO message (conversation_id, by, text, attachments, message_id, at) VALUES (?, 'human', ?, ?, ?, ?)",
      )
      .run(conversation, content.text, JSON.stringify(content.attachments), update.messageId, now);
    return this.take(conversation, "a human answered", now);
  }

  /** The platform says whose thread it is. */
  handedOver(
    { ours, newOwnerAppId }: Content & { kind: "handover" },
    account: Account,
    conversation: number,
    now: number,
  ): Effect {
    const isOurs = ours ?? (newOwnerAppId === null || account.appId === null ? null : newOwnerAppId === account.appId);
    if (isOurs === null) return NOTHING;
    if (!isOurs) return this.take(conversation, "the thread was handed over", now);
    this.release(conversation);
    return { changed: [], takeover: { until: null, reason: "the thread was handed back" } };
  }

  /** From now on a human answers; what the bot had not answered yet is theirs. */
  private take(conversation: number, reason: string, now: number): Effect {
    const until = now + this.takeoverMs;
    this.db.query("UPDATE conversation SET state = 'human', human_until_at = ? WHERE id = ?").run(until, conversation);
    return { changed: this.turns.cancelAll(conversation, reason), takeover: { until, reason } };
  }

  private release(conversation: number): void {
    this.db
      .query("UPDATE conversation SET state = 'bot', human_until_at = NULL WHERE id = ? AND state = 'human'")
      .run(conversation);
  }
}
