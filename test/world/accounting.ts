import type { Database } from "bun:sqlite";
import type { ChannelName } from "../../src/core/channel.ts";
import type { RetryRow } from "../../src/core/journal.ts";
import type { Store } from "../../src/core/store.ts";
import { KEY } from "./people.ts";
import type { Ledger } from "./ledger.ts";
import type { Stage } from "./stage.ts";
import { reconcile } from "./telling.ts";
import type { UserBooks } from "./user-service.ts";
import type { Swarm } from "./faults.ts";

/** What became of everything, once all is quiet. */
export interface Totals {
  readonly answered: number;
  /** Messages whose turn was given up where an operator can see it. */
  readonly dead: number;
  /** Messages that a human answered, or that were taken back. */
  readonly excused: number;
  readonly sent: number;
  readonly undelivered: number;
  /** Copies beyond the first: allowed only where the outcome of a call stayed unknown. */
  readonly doubled: number;
  /** What the user service has stored. */
  readonly told: number;
  /** Unknown outcomes. */
  readonly doubts: number;
}

export interface Books {
  readonly stage: Stage;
  readonly db: Database;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly users: UserBooks;
  readonly swarm: Pick<Swarm, "echoes" | "ambiguous" | "dayPasses">;
  /** Keys of what people said and the bot acknowledged. */
  readonly said: ReadonlySet<string>;
  /** Keys of messages that were taken back. */
  readonly unsent: ReadonlySet<string>;
  /** Contacts to whom a human answered. */
  readonly humans: ReadonlySet<string>;
  /** Contacts who have blocked the bot, if only for a while. */
  readonly blockers: ReadonlySet<string>;
}

interface SaidRow {
  readonly event_key: string;
  readonly state: string;
  readonly contact: string;
  readonly turn_id: number | null;
  readonly turn_state: string | null;
}

interface DeliveryRow {
  readonly id: string;
  readonly channel: ChannelName;
  readonly state: string;
  readonly kind: string;
  readonly turn_id: number | null;
  readonly message_id: string | null;
}

const SAID = `
  SELECT i.event_key, i.state, k.external_id AS contact, i.turn_id, t.state AS turn_state
  FROM inbox i JOIN conversation c ON c.id = i.conversation_id JOIN contact k ON k.id = c.contact_id
    LEFT JOIN turn t ON t.id = i.turn_id
  WHERE i.kind IN ('message', 'tap') ORDER BY i.id`;
const ANSWERS = "SELECT turn_id, text FROM message WHERE by = 'bot' AND turn_id IS NOT NULL ORDER BY id";
const DELIVERIES = `
  SELECT d.id, a.channel, d.state, d.kind, d.turn_id, d.message_id
  FROM delivery d JOIN conversation c ON c.id = d.conversation_id JOIN contact k ON k.id = c.contact_id
    JOIN account a ON a.id = k.account_id
  WHERE d.kind <> 'interaction' ORDER BY d.seq`;

/** Everything that was said and sent, reconciled between the bot's database and the platform's ledger. */
export async function account(books: Books): Promise<Totals> {
  return new Accountant(books).close(await journal(books.store));
}

async function journal(store: Store): Promise<RetryRow[]> {
  const rows: RetryRow[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Store["retries"]>> = await store.retries({}, { limit: 200, cursor });
    rows.push(...page.data);
    cursor = page.next;
  } while (cursor !== null);
  return rows;
}

class Accountant {
  constructor(private readonly books: Books) {}

  close(journalled: readonly RetryRow[]): Totals {
    const { db } = this.books;
    const visible = new Set(journalled.map(({ id }) => id));
    const said = db.query<SaidRow, []>(SAID).all();
    const deliveries = db.query<DeliveryRow, []>(DELIVERIES).all();
    this.expectAllRecorded(said);
    const kinds = said.map((row) => this.fateOf(row, visible));
    this.expectAnswers(said, deliveries);
    for (const delivery of deliveries) this.expectEnded(delivery, visible);
    this.expectKnown(deliveries);
    reconcile(this.books.stage, db, this.books.users, visible);
    const copies = deliveries.map(({ id }) => this.books.ledger.copies(id).length);
    return {
      answered: kinds.filter((kind) => kind === "answered").length,
      dead: kinds.filter((kind) => kind === "dead").length,
      excused: kinds.filter((kind) => kind === "excused").length,
      sent: deliveries.filter(({ state }) => state === "sent").length,
      undelivered: deliveries.filter(({ state }) => state !== "sent").length,
      doubled: copies.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
      told: this.books.users.entries.length,
      doubts: [...this.books.ledger.unclear.values()].reduce((sum, count) => sum + count, 0),
    };
  }

  private expect(promise: string, holds: boolean, detail: string): void {
    if (!holds) this.books.stage.breach(promise, detail);
  }

  private expectAllRecorded(rows: readonly SaidRow[]): void {
    const recorded = new Set(rows.map(({ event_key }) => event_key));
    const lost = [...this.books.said].filter((key) => !recorded.has(key));
    this.expect("what was acknowledged is stored", lost.length === 0, lost.join(", "));
  }

  private fateOf(row: SaidRow, visible: ReadonlySet<string>): "answered" | "dead" | "excused" | "lost" {
    const { event_key: key, state, turn_state } = row;
    const { humans, blockers, unsent } = this.books;
    const excused = humans.has(row.contact) || blockers.has(row.contact) || unsent.has(key);
    if (state === "done" && turn_state === "committed") return "answered";
    if (state === "bound" && turn_state === "dead") {
      this.expect(
        "a turn that was given up can be seen",
        visible.has(`turn-${row.turn_id}`),
        `${key} in turn ${row.turn_id}`,
      );
      return "dead";
    }
    if (excused && (state === "noted" || state === "erased" || turn_state === "cancelled")) return "excused";
    this.expect(
      "every message is answered once, or visibly given up",
      false,
      `${key} is ${state}, its turn ${turn_state}`,
    );
    return "lost";
  }

  /** Each answer knows just the messages of its turn, and each committed turn has one, with all its parts. */
  private expectAnswers(said: readonly SaidRow[], deliveries: readonly DeliveryRow[]): void {
    const answers = this.books.db.query<{ turn_id: number; text: string }, []>(ANSWERS).all();
    const byTurn = new Map<number, Set<string>>();
    for (const { turn_id, text } of answers) {
      this.expect("a turn has one answer", !byTurn.has(turn_id), `turn ${turn_id}`);
      byTurn.set(turn_id, new Set(text.match(KEY) ?? []));
      const parts = deliveries.filter((delivery) => delivery.turn_id === turn_id && delivery.kind === "message").length;
      this.expect(
        "every part of an answer is owed",
        parts === text.split("\n").length,
        `turn ${turn_id}: ${parts} parts`,
      );
    }
    for (const { event_key: key, turn_id, state } of said) {
      const told = turn_id === null ? undefined : byTurn.get(turn_id);
      if (state === "done")
        this.expect("an answer knows all it answers", told?.has(key) === true, `${key} in turn ${turn_id}`);
      told?.delete(key);
    }
    const strange = [...byTurn].flatMap(([turn, keys]) => [...keys].map((key) => `${key} in turn ${turn}`));
    this.expect("an answer knows nothing of other turns", strange.length === 0, strange.join(", "));
  }

  private expectEnded({ id, channel, state, message_id }: DeliveryRow, visible: ReadonlySet<string>): void {
    const { ledger, swarm } = this.books;
    const copies = ledger.copies(id);
    const unclear = ledger.unclear.get(id) ?? 0;
    const ended = state === "sent" || state === "dead" || state === "expired";
    this.expect("every part ends", ended, `${id} is ${state}`);
    if (state !== "sent") this.expect("what was given up can be seen", visible.has(id), id);
    const known = copies.some(({ messageId }) => messageId === message_id);
    if (state === "sent") this.expect("what counts as sent has arrived", known, `${id} as ${message_id}`);
    const allowed = 1 + unclear;
    this.expect(
      "a part arrives once more at most than its outcome was unknown",
      copies.length <= allowed,
      `${id}: ${copies.length} copies`,
    );
    // An operator who has a held delivery tried again takes the risk of a copy.
    if (swarm.ambiguous === "hold" && !swarm.dayPasses) {
      const held = 1 + (ledger.unlikely.get(id) ?? 0);
      this.expect("what is held is not sent again", copies.length <= held, `${id}: ${copies.length} copies`);
    }
    if (channel !== "messenger" || swarm.echoes !== "prompt") return;
    this.expect(
      "where echoes come within the grace, a part arrives once",
      copies.length <= 1,
      `${id}: ${copies.length} copies`,
    );
    this.expect("what arrived counts as sent", copies.length === 0 || state === "sent", `${id} is ${state}`);
  }

  private expectKnown(deliveries: readonly DeliveryRow[]): void {
    const known = new Set(deliveries.map(({ id }) => id));
    const strange = this.books.ledger.accepted.filter(({ deliveryId }) => !known.has(deliveryId));
    this.expect(
      "the platform was sent nothing that we do not owe",
      strange.length === 0,
      strange.map(({ deliveryId }) => deliveryId).join(", "),
    );
  }
}
