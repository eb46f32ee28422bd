/** What was said: inbound lines live in the inbox, outbound ones in `message`. */
import type { Database } from "bun:sqlite";
import type { HistoryLine, QuestionPart } from "../../core/agent.ts";
import type { DeliveryState } from "../../core/delivery.ts";
import type { Action } from "../../core/reply.ts";
import type { HistoryLimits } from "../../core/claim.ts";
import type { OrderedPage, Page, PageRequest } from "../../core/page.ts";
import type { MessageRow } from "../../core/transcript.ts";
import type { Attachment, Content } from "../../core/update.ts";

const SAID = "kind IN ('message', 'tap') AND state IN ('bound', 'done', 'noted') AND content IS NOT NULL";

const PARTS_OF_TWO_TURNS = 40;

interface InboundRow {
  readonly id: number;
  readonly turn_id: number | null;
  readonly content: string;
  readonly at: number;
  readonly received_at: number;
}

interface OutboundRow {
  readonly id: number;
  readonly turn_id: number | null;
  readonly by: "bot" | "human";
  readonly text: string;
  readonly attachments: string;
  readonly actions: string;
  readonly at: number;
}

/** A line with where it stands in time. `groupAt` keeps the parts of one turn together. */
interface Placed<T> {
  readonly line: T;
  readonly groupAt: number;
  readonly at: number;
}

export class History {
  constructor(private readonly db: Database) {}

  /** A turn's parts, by the platform's time, then by arrival (G4). */
  parts(conversation: number, turnId: number, firstId: number, lastId: number): QuestionPart[] {
    return this.db
      .query<InboundRow, [number, number, number, number]>(
        `SELECT id, turn_id, content, at, received_at FROM inbox
         WHERE conversation_id = ? + 0 AND id BETWEEN ? + 0 AND ? + 0 AND turn_id = ? + 0 AND ${SAID} ORDER BY at, id`,
      )
      .all(conversation, firstId, lastId, turnId)
      .map((row) => ({ ...said(row.content), at: row.at }));
  }

  /** A turn's parts as they were received, in no particular order. */
  contents(
    conversation: number,
    turnId: number,
    firstId: number,
    lastId: number,
  ): (Content & { kind: "message" | "tap" })[] {
    return this.db
      .query<{ content: string }, [number, number, number, number]>(
        `SELECT content FROM inbox WHERE conversation_id = ? AND id BETWEEN ? AND ? AND turn_id = ? AND ${SAID}`,
      )
      .all(conversation, firstId, lastId, turnId)
      .map(({ content }) => JSON.parse(content));
  }

  /** The words of a turn, in one line. */
  words(conversation: number, turnId: number): string {
    const turn = this.db
      .query<{ first: number; last: number }, [number]>(
        "SELECT first_update_id AS first, last_update_id AS last FROM turn WHERE id = ?",
      )
      .get(turnId);
    if (turn === null) return "";
    const parts = this.parts(conversation, turnId, turn.first, turn.last);
    return parts
      .map((part) => part.text)
      .filter((text) => text !== "")
      .join(" / ");
  }

  /** The pictures of the last two turns before an update, oldest first. */
  recentPictures(conversation: number, beforeId: number, since: number): Attachment[] {
    const rows = this.db
      .query<InboundRow, [number, number, number, number]>(
        `SELECT id, turn_id, content, at, received_at FROM inbox
         WHERE conversation_id = ?1 AND id < ?2 AND received_at >= ?3 AND ${SAID}
           AND id > (SELECT fresh_after_update_id FROM conversation WHERE id = ?1) ORDER BY id DESC LIMIT ?4`,
      )
      .all(conversation, beforeId, since, PARTS_OF_TWO_TURNS);
    const lastTwo = new Set([...new Set(rows.map((row) => row.turn_id))].slice(0, 2));
    return rows
      .filter((row) => lastTwo.has(row.turn_id))
      .toReversed()
      .flatMap((row) => said(row.content).attachments.filter(({ kind }) => kind === "image"));
  }

  /** What was said before a turn, oldest first, back to the first silence longer than the TTL. */
  before(conversation: number, turnId: number, firstId: number, firstAt: number, limits: HistoryLimits): HistoryLine[] {
    const inbound = this.db
      .query<InboundRow, [number, number, number, number]>(
        `SELECT id, turn_id, content, at, received_at FROM inbox
         WHERE conversation_id = ?1 + 0 AND id < ?2 + 0 AND turn_id IS NOT ?3 + 0 AND ${SAID}
           AND id > (SELECT fresh_after_update_id FROM conversation WHERE id = ?1 + 0) ORDER BY id DESC LIMIT ?4 + 0`,
      )
      .all(conversation, firstId, turnId, limits.lines);
    const outbound = this.db
      .query<OutboundRow, [number, number]>(
        `SELECT * FROM message WHERE conversation_id = ?1 + 0
           AND id > (SELECT fresh_after_message_id FROM conversation WHERE id = ?1 + 0) ORDER BY id DESC LIMIT ?2 + 0`,
      )
      .all(conversation, limits.lines);
    const lines = inOrder([
      ...grouped(inbound, (row): HistoryLine => {
        const { text, attachments } = said(row.content);
        return { by: "client", text, attachments, at: row.received_at };
      }),
      ...outbound.map((row): Placed<HistoryLine> => {
        const line = { by: row.by, text: row.text, attachments: attachmentsOf(row.attachments), at: row.at };
        return { line, groupAt: row.at, at: row.at };
      }),
    ]);
    return sinceSilence(lines, firstAt, limits.ttlMs).slice(-limits.lines);
  }

  /** A page of the transcript, each page oldest first: the newest page first, or the oldest. */
  page(conversation: number, page: OrderedPage): Page<MessageRow> {
    const forwards = page.order === "oldest";
    const [inboundAt, outboundAt] = cursorOf(page.cursor, forwards);
    const onwards = forwards ? "id > ? ORDER BY id" : "id < ? ORDER BY id DESC";
    const inbound = this.db
      .query<InboundRow, [number, number, number]>(
        `SELECT id, turn_id, content, at, received_at FROM inbox
         WHERE conversation_id = ? AND ${SAID} AND ${onwards} LIMIT ?`,
      )
      .all(conversation, inboundAt, page.limit + 1);
    const outbound = this.db
      .query<OutboundRow, [number, number, number]>(
        `SELECT * FROM message WHERE conversation_id = ? AND ${onwards} LIMIT ?`,
      )
      .all(conversation, outboundAt, page.limit + 1);
    // The page is cut by arrival, so that the next one goes on where this one ends on both sides; shown in turns only then.
    const [inCount, outCount] = merged(inbound, outbound, page.limit, forwards);
    const received = inbound.slice(0, inCount);
    const data = inOrder([
      ...grouped(forwards ? received.toReversed() : received, (row): MessageRow => {
        const { text, attachments } = said(row.content);
        const shown = { direction: "in", by: "client", text, attachments, turn: row.turn_id } as const;
        return { id: `in-${row.id}`, ...shown, at: row.received_at, actions: [], deliveries: [] };
      }),
      ...outbound.slice(0, outCount).map((row): Placed<MessageRow> => {
        const shown = { direction: "out", by: row.by, text: row.text, turn: row.turn_id } as const;
        const sent = { attachments: attachmentsOf(row.attachments), actions: actionsOf(row.actions) };
        const line = { id: `out-${row.id}`, ...shown, ...sent, at: row.at, deliveries: this.deliveries(row.id) };
        return { line, groupAt: row.at, at: row.at };
      }),
    ]);
    const more = inbound.length > inCount || outbound.length > outCount;
    const next = `${inbound[inCount - 1]?.id ?? inboundAt}.${outbound[outCount - 1]?.id ?? outboundAt}`;
    return { data, next: more ? next : null };
  }

  /** What was said, without who and when: for looking something up. The newest first. */
  texts(conversation: number, page: PageRequest): Page<string> {
    const [inboundBefore, outboundBefore] = cursorOf(page.cursor, false);
    const inbound = this.db
      .query<Pick<InboundRow, "id" | "content">, [number, number, number]>(
        `SELECT id, content FROM inbox WHERE conversation_id = ? AND id < ? AND ${SAID} ORDER BY id DESC LIMIT ?`,
      )
      .all(conversation, inboundBefore, page.limit);
    const outbound = this.db
      .query<Pick<OutboundRow, "id" | "text">, [number, number, number]>(
        "SELECT id, text FROM message WHERE conversation_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
      )
      .all(conversation, outboundBefore, page.limit);
    const data = [...inbound.map(({ content }) => said(content).text), ...outbound.map(({ text }) => text)];
    const isFull = inbound.length === page.limit || outbound.length === page.limit;
    // A side that has ended stays at its end.
    const next = `${inbound.at(-1)?.id ?? 1}.${outbound.at(-1)?.id ?? 1}`;
    return { data, next: isFull ? next : null };
  }

  private deliveries(message: number): { id: string; state: DeliveryState; attempts: number }[] {
    return this.db
      .query<{ id: string; state: DeliveryState; attempts: number }, [number]>(
        "SELECT id, state, attempts FROM delivery WHERE out_message_id = ? AND kind <> 'interaction' ORDER BY part",
      )
      .all(message);
  }
}

function said(json: string): Omit<QuestionPart, "at"> {
  const content: Content = JSON.parse(json);
  if (content.kind === "message") {
    const text = content.speaker === null ? content.text : `${content.speaker}: ${content.text}`;
    return { text, attachments: content.attachments, payload: null };
  }
  if (content.kind === "tap") {
    const { title, payload, locale, speaker } = content;
    const text = speaker === undefined ? title : `${speaker}: ${title}`;
    return { text, attachments: [], payload, ...(locale === undefined ? {} : { locale }) };
  }
  return { text: "", attachments: [], payload: null };
}

function attachmentsOf(json: string): Attachment[] {
  return JSON.parse(json);
}

function actionsOf(json: string): Action[] {
  return JSON.parse(json);
}

/** The parts of one turn stand where its first part arrived, in the platform's order among themselves. */
function grouped<T>(rows: readonly InboundRow[], show: (row: InboundRow) => T): Placed<T>[] {
  const firstOf = new Map<number, number>();
  for (const row of rows) {
    if (row.turn_id !== null) firstOf.set(row.turn_id, Math.min(firstOf.get(row.turn_id) ?? Infinity, row.received_at));
  }
  return rows
    .toReversed()
    .map((row) => ({ line: show(row), groupAt: firstOf.get(row.turn_id ?? -1) ?? row.received_at, at: row.at }));
}

/** How many of both lists, each in the order they are read, are the first `limit` together. */
function merged(
  inbound: readonly InboundRow[],
  outbound: readonly OutboundRow[],
  limit: number,
  forwards: boolean,
): [number, number] {
  let [ins, outs] = [0, 0];
  while (ins + outs < limit && ins + outs < inbound.length + outbound.length) {
    const [theirs, ours] = [inbound[ins]?.received_at, outbound[outs]?.at];
    const theirsNext = forwards
      ? (theirs ?? Infinity) <= (ours ?? Infinity)
      : (theirs ?? -Infinity) > (ours ?? -Infinity);
    if (theirsNext && theirs !== undefined) ins += 1;
    else outs += 1;
  }
  return [ins, outs];
}

function inOrder<T>(placed: readonly Placed<T>[]): T[] {
  return placed.toSorted((a, b) => a.groupAt - b.groupAt || a.at - b.at).map(({ line }) => line);
}

function sinceSilence(lines: readonly HistoryLine[], until: number, ttlMs: number): HistoryLine[] {
  let later = until;
  for (let index = lines.length - 1; index >= 0; index--) {
    const at = lines[index]?.at ?? later;
    if (later - at > ttlMs) return lines.slice(index + 1);
    later = Math.min(later, at);
  }
  return [...lines];
}

/** "in.out": only rows beyond these two ids, on either side, are on the next page. */
function cursorOf(cursor: string | null, forwards: boolean): [number, number] {
  const [inbound, outbound] = (cursor ?? "").split(".").map(Number);
  const start = forwards ? 0 : Number.MAX_SAFE_INTEGER;
  return [inbound || start, outbound || start];
}
