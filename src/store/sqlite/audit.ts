import { openReader } from "./database.ts";

/** What a data folder says about itself, as counted by somebody who only looks. */
export interface Audit {
  /** Turns that somebody still waits for: gathering, ready, running or parked. */
  readonly openTurns: number;
  /** Deliveries neither sent nor given up. */
  readonly openDeliveries: number;
  /** Turns and deliveries that were given up. */
  readonly givenUp: number;
  /** How often the outcome of a call was unknown, over all deliveries. */
  readonly ambiguousRounds: number;
  /** The same on Telegram alone, where each may have left a copy. */
  readonly telegramRounds: number;
  /** What SQLite finds wrong with the file and with references in it; empty when all is well. */
  readonly damage: readonly string[];
}

const COUNTS = `
  SELECT
    (SELECT count(*) FROM turn WHERE state IN ('gathering', 'ready', 'running', 'parked')) AS openTurns,
    (SELECT count(*) FROM delivery WHERE state IN ('pending', 'sending', 'ambiguous', 'parked')) AS openDeliveries,
    (SELECT count(*) FROM turn WHERE state = 'dead')
      + (SELECT count(*) FROM delivery WHERE state IN ('dead', 'expired')) AS givenUp,
    (SELECT coalesce(sum(rounds), 0) FROM delivery) AS ambiguousRounds,
    (SELECT coalesce(sum(d.rounds), 0) FROM delivery d JOIN conversation c ON c.id = d.conversation_id
      JOIN contact k ON k.id = c.contact_id JOIN account a ON a.id = k.account_id
      WHERE a.channel = 'telegram') AS telegramRounds`;

/**
 * Counts what is open in a data folder, and has SQLite check the whole file. For small databases: all of it is read.
 *
 * @returns null when there is no database yet
 * @throws Fault `storage`
 */
export function audit(dataDir: string): Audit | null {
  const db = openReader(dataDir);
  if (db === null) return null;
  try {
    const counts = db.query<Omit<Audit, "damage">, []>(COUNTS).get();
    if (counts === null) return null;
    const checked = db.query<{ integrity_check: string }, []>("PRAGMA integrity_check").all();
    const dangling = db.query<{ table: string }, []>("PRAGMA foreign_key_check").all();
    const damage = [
      ...checked.map(({ integrity_check: found }) => found).filter((found) => found !== "ok"),
      ...dangling.map(({ table }) => `a row of ${table} refers to one that is not there`),
    ];
    return { ...counts, damage };
  } finally {
    db.close();
  }
}
