import type { Database } from "bun:sqlite";
import type { RenderedPart } from "../../core/reply.ts";
import type { Content } from "../../core/update.ts";

/** Payloads of buttons that their platform has no room for. All methods run inside a transaction. */
export class Kept {
  constructor(private readonly db: Database) {}

  /** Said again, an action is as young as its newest message. */
  keep(conversation: number, parts: readonly RenderedPart[], now: number): void {
    for (const { key, title, payload } of parts.flatMap(({ kept }) => kept ?? [])) {
      this.db
        .query("INSERT OR REPLACE INTO kept_action (conversation_id, key, title, payload, at) VALUES (?, ?, ?, ?, ?)")
        .run(conversation, key, title, payload, now);
    }
  }

  /** A tap as it was meant, when only its key came back; any other content as it is. */
  whole<T extends Content>(conversation: number, content: T): T {
    if (content.kind !== "tap" || content.key === undefined) return content;
    const found = this.db
      .query<{ title: string; payload: string }, [number, string]>(
        "SELECT title, payload FROM kept_action WHERE conversation_id = ? AND key = ?",
      )
      .get(conversation, content.key);
    return found === null ? content : { ...content, ...found };
  }
}
