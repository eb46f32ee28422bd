import type { Database } from "bun:sqlite";
import type { Recorded } from "../../src/core/batch.ts";
import type { ClaimedTurn } from "../../src/core/claim.ts";
import type { LeasedDelivery, SettledDelivery } from "../../src/core/lease.ts";
import type { DeliveryKind, SendOutcome } from "../../src/core/delivery.ts";
import type { TurnState } from "../../src/core/turn.ts";
import { DEFAULT_WAITS } from "../../src/core/waits.ts";
import type { Acceptance, Ledger } from "./ledger.ts";
import type { Stage } from "./stage.ts";
import { isClaim, isLease, isRecord, isReturn, isSettle, type Seen } from "./verbs.ts";

interface TurnRow {
  readonly id: number;
  readonly conversation_id: number;
  readonly state: TurnState;
  readonly fence: number;
  readonly claims: number;
}

interface DeliveryRow {
  readonly seq: number;
  readonly id: string;
  readonly conversation_id: number;
  readonly turn_state: TurnState | null;
  readonly kind: DeliveryKind;
  readonly state: string;
  readonly fence: number;
  readonly attempts: number;
  readonly rounds: number;
}

const TURNS = "SELECT id, conversation_id, state, fence, claims FROM turn ORDER BY id";
const DELIVERIES = `
  SELECT d.seq, d.id, d.conversation_id, t.state AS turn_state, d.kind, d.state, d.fence, d.attempts, d.rounds
  FROM delivery d LEFT JOIN turn t ON t.id = d.turn_id ORDER BY d.seq`;
const DOUBLED = "SELECT event_key FROM inbox GROUP BY channel, account, event_key HAVING count(*) > 1 LIMIT 1";
const BREAKERS = "SELECT external_id, breaker FROM account WHERE breaker IS NOT NULL";

const MOST_CLAIMS = 3;
const MOST_ROUNDS = 3;
/** 6 hours of a schedule that ends at 5 minutes are about 80 attempts. */
const MOST_ATTEMPTS = 120;
const DELIVERY_LIFETIME_MS = 6 * 3_600_000;
/** What the platform allows, less the margin that the bot keeps. */
const WINDOW_MS = 24 * 3_600_000 - 5 * 60_000;
/** The steadied clock may run slower than real time by a tenth. */
const CEILING_MS = DEFAULT_WAITS.longestMs / 0.9 + 500;
/** Closing a turn takes so many steps, each of which may be kept waiting. */
const CLOSING_STEPS = 8;
/** So many failures of the system open a breaker. */
const BREAKER_FAILURES = 5;

/** What must hold at every moment. It looks at the database after each commit, and at what the verbs answered. */
export class Invariants {
  private readonly fences = new Map<string, number>();
  /** Since when a turn gathers without a break in one process; ms since the world began. */
  private readonly gatheringSince = new Map<number, number>();
  private readonly states = new Map<string, string>();
  /** Claims that no rerun, no parking and no shutdown has returned. */
  private readonly claims = new Map<number, number>();
  /** When each contact was last heard, by the bot's clock. */
  private readonly heardAt = new Map<string, number>();
  /** Until when an account asked for patience, by the bot's clock. */
  private readonly patience = new Map<string, number>();
  /** Newest delivery that each conversation has received, by its place in the outbox. */
  private readonly reached = new Map<number, number>();
  /** The same for what the user service was told. */
  private readonly toldUpTo = new Map<number, number>();
  private readonly flushed = new Set<string>();
  private seen = -1;
  private newestUpdate = 0;

  constructor(
    private readonly stage: Stage,
    private readonly ledger: Ledger,
  ) {}

  /** After a commit. @param gathers whether turns are closed at the moment: a process that stops leaves them to the next */
  look(db: Database, gathers: boolean): void {
    const changes = db.query<{ n: number }, []>("SELECT total_changes() AS n").get()?.n ?? 0;
    if (changes === this.seen) return;
    this.seen = changes;
    if (!gathers) this.gatheringSince.clear();
    const turns = db.query<TurnRow, []>(TURNS).all();
    this.expectOne(
      "one turn of a conversation gathers",
      turns.filter(({ state }) => state === "gathering"),
    );
    this.expectOne(
      "one turn of a conversation runs",
      turns.filter(({ state }) => state === "running"),
    );
    for (const turn of turns) this.lookAtTurn(turn);
    const deliveries = db.query<DeliveryRow, []>(DELIVERIES).all();
    const busy = deliveries.filter(({ state }) => state === "sending" || state === "ambiguous");
    const isTold = ({ kind }: DeliveryRow): boolean => kind === "interaction";
    this.expectOne(
      "one delivery of a conversation is under way",
      busy.filter((row) => !isTold(row)),
    );
    this.expectOne("one interaction of a conversation is under way", busy.filter(isTold));
    for (const delivery of deliveries) this.lookAtDelivery(delivery);
    this.lookAtInbox(db);
    for (const { external_id: account } of db.query<{ external_id: string }, []>(BREAKERS).all())
      this.lookAtBreaker(db, account);
  }

  private lookAtTurn({ id, state, fence, claims }: TurnRow): void {
    this.expectGrowing(`turn ${id}`, fence);
    this.expect("a turn is claimed three times at most", claims <= MOST_CLAIMS, () => `turn ${id}: ${claims}`);
    this.expectFinal(`turn ${id}`, state, "committed");
    const since = this.gatheringSince.get(id);
    const { now } = this.stage.scheduler;
    const ceilingMs = CEILING_MS + CLOSING_STEPS * this.stage.swarm.lagMs;
    if (since !== undefined)
      this.expect("no turn gathers past its ceiling", now - since <= ceilingMs, () => `turn ${id}: ${now - since} ms`);
    if (state !== "gathering") this.gatheringSince.delete(id);
    else if (since === undefined) this.gatheringSince.set(id, now);
  }

  private lookAtDelivery(row: DeliveryRow): void {
    this.expectGrowing(`delivery ${row.id}`, row.fence);
    this.expectFinal(`delivery ${row.id}`, row.state, "sent");
    if (row.kind === "interaction") return;
    this.expect("attempts end", row.attempts <= MOST_ATTEMPTS, () => `${row.id}: ${row.attempts}`);
    this.expect("doubt arises three times at most", row.rounds <= MOST_ROUNDS, () => `${row.id}: ${row.rounds}`);
    const owed = row.turn_state === null || row.turn_state === "committed";
    this.expect("nothing is owed that is not committed", owed, () => `${row.id} of a turn that is ${row.turn_state}`);
  }

  private lookAtInbox(db: Database): void {
    const newest = db.query<{ id: number | null }, []>("SELECT max(id) AS id FROM inbox").get()?.id ?? 0;
    if (newest === this.newestUpdate) return;
    this.newestUpdate = newest;
    const doubled = db.query<{ event_key: string }, []>(DOUBLED).get();
    this.expect("an event is recorded once", doubled === null, () => String(doubled?.event_key));
  }

  private lookAtBreaker(db: Database, account: string): void {
    const row = db
      .query<{ breaker: string | null }, [string]>("SELECT breaker FROM account WHERE external_id = ?")
      .get(account);
    const { state }: { state: string } = JSON.parse(row?.breaker ?? '{"state":"closed"}');
    const troubles = this.ledger.troubles.get(account) ?? 0;
    const may = state === "closed" || troubles >= BREAKER_FAILURES;
    this.expect("only failures of the system open a breaker", may, () => `${account} after ${troubles}`);
  }

  /** A verb has answered. */
  witness(seen: Seen): void {
    if (isRecord(seen)) for (const recorded of seen.result) this.recorded(recorded, seen.args[1]);
    if (isClaim(seen)) for (const claimed of seen.result.claimed) this.claimed(claimed);
    if (isReturn(seen)) this.returned(seen.args[0].id);
    if (isLease(seen)) for (const leased of seen.result.leased) this.leased(leased, seen.args[0]);
    if (isSettle(seen)) this.settled(seen.args[0], seen.args[1], seen.args[2], seen.result);
  }

  private recorded({ outcome, whose, update, heard, changed }: Recorded, now: number): void {
    if (outcome === "bound" || outcome === "noted") {
      const { kind } = update.content;
      if (whose !== null && (kind === "message" || kind === "tap")) this.heardAt.set(whose.contact, now);
    }
    if (heard?.aborts === true) this.returned(heard.at.id);
    for (const { at, aborts } of changed) if (aborts) this.returned(at.id);
  }

  private claimed({ id }: ClaimedTurn): void {
    const claims = (this.claims.get(id) ?? 0) + 1;
    this.claims.set(id, claims);
    this.expect("a claim is charged before work starts", claims <= MOST_CLAIMS, () => `turn ${id}: ${claims} claims`);
  }

  private returned(turnId: number): void {
    this.claims.set(turnId, (this.claims.get(turnId) ?? 0) - 1);
  }

  private leased({ id, whose, attempts }: LeasedDelivery, now: number): void {
    const until = this.patience.get(whose.account) ?? 0;
    this.expect(
      "an account waits as long as it was asked to",
      now >= until,
      () => `${id}, ${until - now} ms too early`,
    );
    const heardAt = this.heardAt.get(whose.contact);
    const within = whose.channel !== "messenger" || heardAt === undefined || now < heardAt + WINDOW_MS;
    this.expect("nothing is sent outside of the window", within, () => `${id}, ${now - (heardAt ?? now)} ms after`);
    this.stage.note(`leased ${id}, attempt ${attempts}`);
  }

  private settled(lease: LeasedDelivery, outcome: SendOutcome, now: number, result: SettledDelivery | "stale"): void {
    if (result === "stale" || result.settled.accountPauseUntil === null) return;
    if (outcome.kind !== "throttled" || outcome.afterMs === null) return;
    const { account } = lease.whose;
    this.patience.set(account, Math.max(this.patience.get(account) ?? 0, now + outcome.afterMs));
  }

  /** A call begins. */
  called(db: Database, deliveryId: string, now: number): void {
    const row = db
      .query<{ state: string; turn_state: string | null; created_at: number }, [string]>(
        `SELECT d.state, t.state AS turn_state, d.created_at FROM delivery d LEFT JOIN turn t ON t.id = d.turn_id WHERE d.id = (SELECT ?)`,
      )
      .get(deliveryId);
    const owed = row !== null && (row.turn_state === null || row.turn_state === "committed");
    this.expect("nothing is sent that nothing committed owes", owed, () => deliveryId);
    const inTime = row === null || now <= row.created_at + DELIVERY_LIFETIME_MS + 3_000;
    this.expect("nothing is sent after its deadline", inTime, () => deliveryId);
  }

  /** The platform took a message. Only its first copy has a place in the order: later ones come whenever a doubt ends. */
  accepted(db: Database, { deliveryId, isEchoed }: Acceptance): void {
    if (this.ledger.copies(deliveryId).length > 1) return;
    // Telegram tells nothing of a message that it takes after the call was given up, so nobody can wait for it.
    if (!isEchoed && (this.ledger.unclear.get(deliveryId) ?? 0) > 0) return;
    const row = db
      .query<{ seq: number; conversation_id: number }, [string]>(
        "SELECT seq, conversation_id FROM delivery WHERE id = ?",
      )
      .get(deliveryId);
    if (row === null || this.flushed.has(deliveryId)) return;
    const reached = this.reached.get(row.conversation_id) ?? 0;
    this.expect("parts arrive in order", row.seq >= reached, () => `${deliveryId} after a later one`);
    this.reached.set(row.conversation_id, Math.max(reached, row.seq));
  }

  /** The user service took something; only its first copy has a place in the order. */
  told(db: Database, id: string, copies: number): void {
    if (copies > 1 || this.flushed.has(id)) return;
    const row = db
      .query<{ seq: number; conversation_id: number }, [string]>(
        "SELECT seq, conversation_id FROM delivery WHERE id = ?",
      )
      .get(id);
    if (row === null) return;
    const reached = this.toldUpTo.get(row.conversation_id) ?? 0;
    this.expect("interactions arrive in order", row.seq >= reached, () => `${id} after a later one`);
    this.toldUpTo.set(row.conversation_id, Math.max(reached, row.seq));
  }

  /** A new process begins. @param wentBack its clock shows an earlier time than that of the last one did */
  restarted(wentBack: boolean): void {
    this.seen = -1;
    this.gatheringSince.clear();
    // Stored times that lie too far ahead are cut, so what was promised for then no longer holds (H4).
    if (wentBack) this.patience.clear();
    if (wentBack) this.heardAt.clear();
  }

  /** An operator has what was given up tried again, with new budgets and behind what came later. */
  flush(db: Database): void {
    for (const { id } of db
      .query<{ id: string }, []>("SELECT id FROM delivery WHERE state IN ('dead', 'expired')")
      .all())
      this.flushed.add(id);
    for (const { id } of db.query<{ id: number }, []>("SELECT id FROM turn WHERE state = 'dead'").all())
      this.claims.delete(id);
  }

  private expect(promise: string, holds: boolean, detail: () => string): void {
    if (!holds) this.stage.breach(promise, detail());
  }

  private expectOne(promise: string, rows: readonly { readonly conversation_id: number }[]): void {
    const conversations = rows.map((row) => row.conversation_id);
    this.expect(
      promise,
      new Set(conversations).size === conversations.length,
      () => `conversations ${conversations.join(", ")}`,
    );
  }

  private expectGrowing(what: string, fence: number): void {
    const before = this.fences.get(what) ?? 0;
    this.expect("fences only grow", fence >= before, () => `${what}: ${before} → ${fence}`);
    this.fences.set(what, fence);
  }

  private expectFinal(what: string, state: string, final: string): void {
    const before = this.states.get(what);
    this.expect(`${final} is final`, before !== final || state === final, () => `${what} became ${state}`);
    this.states.set(what, state);
  }
}
