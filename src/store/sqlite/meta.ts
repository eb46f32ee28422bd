import type { Database, Statement } from "bun:sqlite";

/** Single values by name. */
export class Meta {
  private readonly find: Statement<{ value: string }, [string]>;
  private readonly put: Statement<unknown, [string, string]>;

  constructor(db: Database) {
    this.find = db.prepare("SELECT value FROM meta WHERE key = ?");
    this.put = db.prepare(
      "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    );
  }

  get(key: string): string | null {
    return this.find.get(key)?.value ?? null;
  }

  /** Inside a transaction. */
  set(key: string, value: string): void {
    this.put.run(key, value);
  }
}
