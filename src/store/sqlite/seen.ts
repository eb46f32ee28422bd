/**
 * Which updates were seen before. One index over random keys costs more with every row, and each key that goes into it
 * dirties a page of its own, which is most of what a commit writes. So new keys are only held in memory: the inbox has
 * them anyway, and a start reads them from there. A few thousand at a time are then sorted and merged into a segment, many
 * to a page. Segments are small tables, begun anew each day or when full, and dropped whole when old.
 *
 * A key is kept as 53 bits of its hash; the inbox row it points to settles whether a match is real.
 */
import type { Database, Statement } from "bun:sqlite";
import type { Meta } from "./meta.ts";

/** Keys are kept this long (G3). */
const KEPT_MS = 14 * 24 * 3_600_000;
const SEGMENT_MS = 24 * 3_600_000;
/** About 5 MB: its pages stay in the cache. */
const SEGMENT_ROWS = 200_000;
const MANY_SEGMENTS = 40;
/** So many keys are merged together: about ten to each page of a full segment. In memory they take half a megabyte. */
const MERGED_TOGETHER = 8_192;
/** So many in one transaction, which must not hold up webhooks (H2). */
const MERGED_AT_ONCE = 256;
/** All inbox rows up to this id have their keys in segments. */
const THROUGH = "seen_through";

const MASK = (1n << 53n) - 1n;

interface Segment {
  readonly n: number;
  readonly startedAt: number;
}

interface KeyRow {
  readonly id: number;
  readonly channel: string;
  readonly account: string;
  readonly event_key: string;
}

/** Runs a verb inside a transaction. */
type Write = (verb: () => void) => Promise<void>;

export class Seen {
  private readonly segments: Segment[];
  private lookup: Statement<{ update_id: number }, [number]> | null = null;
  private insert: Statement<unknown, [number, number]> | null = null;
  private readonly keyOf: Statement<KeyRow, [number]>;
  /** Keys that are in no segment yet: the update of each slot. */
  private recent = new Map<number, number>();
  /** Those that are on their way into one. */
  private merging: Map<number, number> | null = null;
  private mergeAt = MERGED_TOGETHER;
  /** Slots taken by the transaction that is under way. */
  private readonly taken: number[] = [];
  /** Rows of the newest segment, as far as this process knows; an over-count only starts the next one early. */
  private rows = 0;

  constructor(
    private readonly db: Database,
    private readonly meta: Meta,
  ) {
    this.segments = db
      .query<{ n: number; started_at: number }, []>("SELECT n, started_at FROM seen_segment ORDER BY n")
      .all()
      .map((row) => ({ n: row.n, startedAt: row.started_at }));
    const newest = this.segments.at(-1);
    if (newest !== undefined) {
      this.rows = db.query<{ n: number }, []>(`SELECT count(*) AS n FROM seen_${newest.n}`).get()?.n ?? 0;
      this.prepare();
    }
    this.keyOf = db.prepare("SELECT id, channel, account, event_key FROM inbox WHERE id = ?");
    this.recall();
  }

  /** Reads the keys that no segment has from the inbox. */
  private recall(): void {
    const rows = this.db.query<KeyRow, [number]>("SELECT id, channel, account, event_key FROM inbox WHERE id > ?");
    for (const { id, channel, account, event_key } of rows.iterate(Number(this.meta.get(THROUGH) ?? 0))) {
      const { update, slot } = this.look(channel, account, event_key);
      // A merge that was cut short had put it into a segment already.
      if (update === null) this.recent.set(slot, id);
    }
  }

  /** Whether the newest segment is a day old or full, or there is none yet. */
  isDue(now: number): boolean {
    const newest = this.segments.at(-1);
    if (newest === undefined || now >= newest.startedAt + SEGMENT_MS) return true;
    // One look-up asks every segment, so where there are many they grow: never near SQLite's limit of 500 to a query.
    return this.rows >= SEGMENT_ROWS * 2 ** Math.floor(this.segments.length / MANY_SEGMENTS);
  }

  /**
   * Starts a new segment and drops those past keeping, if it is time.
   *
   * @param write what is prepared here changes only once it is through, and a table is dropped only when nothing prepared
   *   names it any more
   */
  async rotate(now: number, write: Write): Promise<void> {
    if (!this.isDue(now)) return;
    const n = (this.segments.at(-1)?.n ?? 0) + 1;
    await write(() => {
      this.db.run(`CREATE TABLE seen_${n} (hash INTEGER PRIMARY KEY, update_id INTEGER NOT NULL) STRICT`);
      this.db.query("INSERT INTO seen_segment (n, started_at) VALUES (?, ?)").run(n, now);
    });
    this.segments.push({ n, startedAt: now });
    const old = this.segments.filter((_, index) => (this.segments[index + 1]?.startedAt ?? now) + KEPT_MS < now);
    const kept = this.segments.filter((segment) => !old.includes(segment));
    this.segments.splice(0, this.segments.length, ...kept);
    this.rows = 0;
    // What is in memory goes with this segment, so that no key lives a segment longer than it must.
    if (this.recent.size > 0) this.mergeAt = 1;
    this.prepare();
    if (old.length === 0) return;
    await write(() => {
      for (const segment of old) {
        this.db.run(`DROP TABLE seen_${segment.n}`);
        this.db.query("DELETE FROM seen_segment WHERE n = ?").run(segment.n);
      }
    });
  }

  /** Inside a transaction: whether this key came before. `slot` is where to remember it if not. */
  find(channel: string, account: string, eventKey: string): { readonly seen: boolean; readonly slot: number } {
    const { update, slot } = this.look(channel, account, eventKey);
    return { seen: update !== null, slot };
  }

  /** Inside the same transaction: remembers the key of an inbox row. */
  remember(slot: number, updateId: number): void {
    this.recent.set(slot, updateId);
    this.taken.push(slot);
  }

  /** The transaction is on disk. */
  committed(): void {
    this.taken.length = 0;
  }

  /** The transaction was undone, and with it the rows whose keys were remembered. */
  undone(): void {
    for (const slot of this.taken.splice(0)) this.recent.delete(slot);
  }

  /** Whether the keys in memory should go into a segment. */
  isMergeDue(): boolean {
    return this.recent.size >= this.mergeAt && this.merging === null;
  }

  /** Merges what is in memory now into the newest segment. Between transactions, one merge at a time. */
  async merge(write: Write): Promise<void> {
    if (this.segments.length === 0 || this.recent.size === 0 || this.merging !== null) return;
    const merging = (this.merging = this.recent);
    this.recent = new Map();
    const sorted = [...merging].sort(([a], [b]) => a - b);
    const through = sorted.reduce((most, [, updateId]) => Math.max(most, updateId), 0);
    try {
      for (let from = 0; from < sorted.length; from += MERGED_AT_ONCE) {
        const some = sorted.slice(from, from + MERGED_AT_ONCE);
        const isLast = from + MERGED_AT_ONCE >= sorted.length;
        await write(() => {
          for (const [slot, updateId] of some) this.insert?.run(slot, updateId);
          if (isLast) this.meta.set(THROUGH, String(through));
        });
        this.rows += some.length;
        for (const [slot] of some) merging.delete(slot);
      }
      this.mergeAt = MERGED_TOGETHER;
    } catch (error) {
      for (const [slot, updateId] of merging) this.recent.set(slot, updateId);
      // A disk that takes nothing is not asked again for each message.
      this.mergeAt = this.recent.size + MERGED_TOGETHER / 8;
      throw error;
    } finally {
      this.merging = null;
    }
  }

  /** The update that has a key; null when none has, and the slot where it would be. */
  private look(channel: string, account: string, eventKey: string): { update: number | null; slot: number } {
    let slot = Number(Bun.hash(`${channel}\n${account}\n${eventKey}`) & MASK);
    for (;;) {
      const update = this.recent.get(slot) ?? this.merging?.get(slot) ?? this.lookup?.get(slot)?.update_id;
      if (update === undefined) return { update: null, slot };
      const known = this.keyOf.get(update);
      if (known?.event_key === eventKey && known.account === account && known.channel === channel)
        return { update, slot };
      // Another key with the same 53 bits: about once in ten thousand databases of a million rows. Try the next slot.
      slot = slot === Number(MASK) ? 0 : slot + 1;
    }
  }

  private prepare(): void {
    const outdated = [this.lookup, this.insert];
    const arms = this.segments.map((segment) => `SELECT update_id FROM seen_${segment.n} WHERE hash = ?1`);
    this.lookup = this.db.prepare(`${arms.reverse().join(" UNION ALL ")} LIMIT 1`);
    this.insert = this.db.prepare(`INSERT INTO seen_${this.segments.at(-1)?.n ?? 0} (hash, update_id) VALUES (?, ?)`);
    for (const statement of outdated) statement?.finalize();
  }
}
