/**
 * Which updates were seen before. One index over random keys costs more with every row (each insert dirties a page of
 * its own), so the keys lie in segments: small tables, begun anew each day or when full, and dropped whole when old.
 * A key is kept as 53 bits of its hash; the inbox row it points to settles whether a match is real.
 */
import type { Database, Statement } from "bun:sqlite";

/** Keys are kept this long (G3). */
const KEPT_MS = 14 * 24 * 3_600_000;
const SEGMENT_MS = 24 * 3_600_000;
/** About 5 MB: its pages stay in the cache. */
const SEGMENT_ROWS = 200_000;
const MANY_SEGMENTS = 40;

const MASK = (1n << 53n) - 1n;

interface Segment {
  readonly n: number;
  readonly startedAt: number;
}

export class Seen {
  private readonly segments: Segment[];
  private lookup: Statement<{ update_id: number; hash: number }, [number]> | null = null;
  private insert: Statement<unknown, [number, number]> | null = null;
  private readonly keyOf: Statement<{ event_key: string; channel: string; account: string }, [number]>;
  /** Rows of the newest segment, as far as this process knows; an over-count only starts the next one early. */
  private rows = 0;

  constructor(private readonly db: Database) {
    this.segments = db
      .query<{ n: number; started_at: number }, []>("SELECT n, started_at FROM seen_segment ORDER BY n")
      .all()
      .map((row) => ({ n: row.n, startedAt: row.started_at }));
    const newest = this.segments.at(-1);
    if (newest !== undefined) {
      this.rows = db.query<{ n: number }, []>(`SELECT count(*) AS n FROM seen_${newest.n}`).get()?.n ?? 0;
      this.prepare();
    }
    this.keyOf = db.prepare("SELECT event_key, channel, account FROM inbox WHERE id = ?");
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
   * @param write runs a verb inside a transaction. What is prepared here changes only once it is through, and a table
   *   is dropped only when nothing prepared names it any more.
   */
  async rotate(now: number, write: (verb: () => void) => Promise<void>): Promise<void> {
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
    let slot = Number(Bun.hash(`${channel}\n${account}\n${eventKey}`) & MASK);
    for (;;) {
      const hit = this.lookup?.get(slot) ?? null;
      if (hit === null) return { seen: false, slot };
      const known = this.keyOf.get(hit.update_id);
      if (known?.event_key === eventKey && known.account === account && known.channel === channel)
        return { seen: true, slot };
      // Another key with the same 53 bits: about once in ten thousand databases of a million rows. Try the next slot.
      slot = slot === Number(MASK) ? 0 : slot + 1;
    }
  }

  /** Inside the same transaction: remembers the key. */
  remember(slot: number, updateId: number): void {
    this.insert?.run(slot, updateId);
    this.rows += 1;
  }

  private prepare(): void {
    const outdated = [this.lookup, this.insert];
    const arms = this.segments.map((segment) => `SELECT update_id, hash FROM seen_${segment.n} WHERE hash = ?1`);
    this.lookup = this.db.prepare(`${arms.reverse().join(" UNION ALL ")} LIMIT 1`);
    this.insert = this.db.prepare(`INSERT INTO seen_${this.segments.at(-1)?.n ?? 0} (hash, update_id) VALUES (?, ?)`);
    for (const statement of outdated) statement?.finalize();
  }
}
