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

  /**
   * Starts a new segment when the newest is a day old or full, and drops those past keeping. Called outside any
   * transaction of a verb, because it changes what is prepared here.
   */
  rotate(now: number): void {
    const newest = this.segments.at(-1);
    const fresh = newest !== undefined && now < newest.startedAt + SEGMENT_MS && this.rows < SEGMENT_ROWS;
    if (fresh) return;
    const n = (newest?.n ?? 0) + 1;
    const old = this.segments.filter((segment, index) => {
      const next = this.segments[index + 1];
      return next !== undefined && next.startedAt + KEPT_MS < now;
    });
    this.db.transaction(() => {
      this.db.run(`CREATE TABLE seen_${n} (hash INTEGER PRIMARY KEY, update_id INTEGER NOT NULL) STRICT`);
      this.db.query("INSERT INTO seen_segment (n, started_at) VALUES (?, ?)").run(n, now);
      for (const segment of old) {
        this.db.run(`DROP TABLE seen_${segment.n}`);
        this.db.query("DELETE FROM seen_segment WHERE n = ?").run(segment.n);
      }
    }).immediate();
    this.segments.push({ n, startedAt: now });
    this.segments.splice(0, old.length);
    this.rows = 0;
    this.prepare();
  }

  /** Inside a transaction: whether this key came before. `slot` is where to remember it if not. */
  find(channel: string, account: string, eventKey: string): { readonly seen: boolean; readonly slot: number } {
    let slot = Number(Bun.hash(`${channel}\n${account}\n${eventKey}`) & MASK);
    for (;;) {
      const hit = this.lookup?.get(slot) ?? null;
      if (hit === null) return { seen: false, slot };
      const known = this.keyOf.get(hit.update_id);
      if (known?.event_key === eventKey && known.account === account && known.channel === channel) return { seen: true, slot };
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
    this.lookup?.finalize();
    this.insert?.finalize();
    const arms = this.segments.map((segment) => `SELECT update_id, hash FROM seen_${segment.n} WHERE hash = ?1`);
    this.lookup = this.db.prepare(`${arms.reverse().join(" UNION ALL ")} LIMIT 1`);
    this.insert = this.db.prepare(`INSERT INTO seen_${this.segments.at(-1)?.n ?? 0} (hash, update_id) VALUES (?, ?)`);
  }
}
