/** What an account says: the message people read, and the deliveries it is owed as. */
import type { Database } from "bun:sqlite";
import type { Outgoing, QueueOutcome } from "../../core/outgoing.ts";
import { plainReply, type ComposedReply, type RenderedPart } from "../../core/reply.ts";
import type { Inbox } from "./inbox.ts";
import type { Kept } from "./kept.ts";
import type { Interactions } from "./interactions.ts";
import { windowOpen, type Outbox } from "./outbox.ts";
import type { Pace } from "./pace.ts";
import type { Takeovers } from "./takeovers.ts";

/** Whose answer it is, and what it can be followed by. */
interface Addressee {
  readonly conversation: number;
  readonly correlation: string;
}

/** All methods run inside a transaction. */
export class Replies {
  constructor(
    private readonly db: Database,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly pace: Pace,
    private readonly takeovers: Takeovers,
    private readonly kept: Kept,
    private readonly interactions: Interactions,
  ) {}

  /** The bot's answer to a turn. */
  answer(to: Addressee, turnId: number, reply: ComposedReply, now: number): void {
    const message = this.db
      .query("INSERT INTO message (conversation_id, turn_id, by, text, actions, at) VALUES (?, ?, 'bot', ?, ?, ?)")
      .run(to.conversation, turnId, reply.text, JSON.stringify(reply.actions), now);
    const outMessage = Number(message.lastInsertRowid);
    if (reply.startsAfresh === true) this.startAfresh(to.conversation, turnId, outMessage);
    this.deliver(to, turnId, outMessage, "message", reply.parts, now);
    this.interactions.said({ ...to, outMessage, by: "bot", reply }, now);
  }

  /** What lies up to this turn and its answer is told to no agent any more, nor waited for. */
  private startAfresh(conversation: number, turnId: number, messageId: number): void {
    this.db
      .query(
        `UPDATE conversation SET fresh_after_message_id = ?3, awaits_turn_id = NULL, awaits = NULL,
           fresh_after_update_id = (SELECT last_update_id FROM turn WHERE id = ?2)
         WHERE id = ?1`,
      )
      .run(conversation, turnId, messageId);
  }

  /** A word beside any answer: an apology, a limit. It is not part of what was said. Without parts it is none. */
  notice(to: Addressee, parts: readonly RenderedPart[], now: number): void {
    if (parts.length === 0) return;
    this.deliver(to, null, null, "notice", parts, now);
    const reply = plainReply(parts.map(({ text }) => text).join("\n"));
    this.interactions.said({ ...to, outMessage: null, by: "bot", reply }, now);
  }

  /** A text from outside any turn. */
  queue(outgoing: Outgoing, now: number): QueueOutcome {
    const { account, contact, windowMs, correlation } = outgoing;
    // A recipient not met before is tried: the platform knows better than we do who may be written to.
    const conversation = this.inbox.find(account.id, contact) ?? this.inbox.introduce(account.id, contact, null, now);
    const heardAt = this.outbox.lastHeardAt(conversation);
    if (windowMs !== null && heardAt !== null && !windowOpen(heardAt, now, windowMs)) return { kind: "window_closed" };
    const message = this.db
      .query("INSERT INTO message (conversation_id, by, text, at) VALUES (?, ?, ?, ?)")
      .run(conversation, outgoing.by, outgoing.text, now);
    const outMessage = Number(message.lastInsertRowid);
    const to = { conversation, correlation };
    const deliveries = this.deliver(to, null, outMessage, "message", outgoing.parts, now);
    this.interactions.said({ ...to, outMessage, by: outgoing.by, reply: plainReply(outgoing.text) }, now);
    const handedOver = outgoing.by === "human" ? this.takeovers.answered(conversation, correlation, now) : null;
    return { kind: "queued", deliveries, conversation, stalled: !this.pace.speaks(account.id, now), handedOver };
  }

  private deliver(
    { conversation, correlation }: Addressee,
    turnId: number | null,
    outMessage: number | null,
    kind: "message" | "notice",
    parts: readonly RenderedPart[],
    now: number,
  ): string[] {
    const row = this.db
      .query<{ account_id: number }, [number, number]>(
        "UPDATE conversation SET last_at = max(last_at, ?) WHERE id = ? RETURNING account_id",
      )
      .get(now, conversation);
    const delivery = { accountId: row?.account_id ?? 0, conversation, turnId, outMessage, kind, correlation };
    this.kept.keep(conversation, parts, now);
    return this.outbox.add(delivery, parts, now);
  }
}
