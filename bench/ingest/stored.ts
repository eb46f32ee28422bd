/**
 * A database that looks as it does after a million messages, made by SQL in seconds instead of by traffic in hours. A
 * process of its own, so that nothing of it is left open: `stored.ts FOLDER MESSAGES CONVERSATIONS`.
 */
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { PAGE_ID, senderOf } from "./load.ts";

/** Messages in one segment of seen keys, as the store fills them (src/store/sqlite/seen.ts). */
const SEGMENT_ROWS = 200_000;
const DAY_MS = 24 * 3_600_000;

/**
 * Fills a stopped server's database with messages, each with its turn, its reply and its delivery.
 *
 * @param messages how many; spread over the last days and over the conversations
 */
function fill(folder: string, messages: number, conversations: number): void {
  const db = new Database(join(folder, "botctl.db"), { strict: true });
  db.run("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -400000;");
  const account = db.query<{ id: number }, []>("SELECT id FROM account").get();
  if (account === null) throw new Error("the server has not met its page yet");
  const many = Math.max(1, conversations);
  const now = Date.now();
  const content = JSON.stringify({
    kind: "message",
    text: "Two of the small ones, please",
    attachments: [],
    replyTo: null,
    album: null,
    speaker: null,
  });
  const body = `{"object":"page","entry":[{"id":"${PAGE_ID}","messaging":[${"x".repeat(380)}]}]}`;
  db.transaction(() => {
    const next = (table: string): number =>
      (db.query<{ n: number | null }, []>(`SELECT max(id) AS n FROM ${table}`).get()?.n ?? 0) + 1;
    const firstConversation = next("conversation");
    const [people, contacts] = [next("person"), next("contact")];
    const person = db.prepare("INSERT INTO person (id, created_at) VALUES (?, ?)");
    const contact = db.prepare(
      "INSERT OR IGNORE INTO contact (id, account_id, person_id, external_id, created_at) VALUES (?, ?, ?, ?, ?)",
    );
    const conversation = db.prepare(
      "INSERT INTO conversation (id, contact_id, account_id, last_at, created_at) VALUES (?, ?, ?, ?, ?)",
    );
    for (let index = 0; index < many; index++) {
      // The first sender may have met the server already; one of another name stands in.
      const external = index === 0 ? "stored-0" : senderOf(index);
      person.run(people + index, now);
      contact.run(contacts + index, account.id, people + index, external, now);
      conversation.run(firstConversation + index, contacts + index, account.id, now, now);
    }
    const [firstTurn, firstUpdate] = [next("turn"), next("inbox")];
    const numbers = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${messages})`;
    const at = `${now - DAY_MS} + i * ${DAY_MS - 60_000} / ${messages}`;
    db.run(`INSERT INTO turn (id, conversation_id, state, kind, first_at, due_at, parts, has_text, has_attachment, reason, fence, claims,
        first_update_id, last_update_id, correlation)
      ${numbers} SELECT ${firstTurn} + i, ${firstConversation} + i % ${many}, 'committed', 'talk', ${at}, ${at}, 1, 1, 0,
        'answered after 0.1 s: nothing more came', 1, 1, ${firstUpdate} + i, ${firstUpdate} + i, printf('stored-%036d', i) FROM n`);
    db.query(
      `INSERT INTO inbox (id, channel, account, conversation_id, turn_id, kind, state, event_key, message_id, at, received_at,
        content, body, correlation)
      ${numbers} SELECT ${firstUpdate} + i, 'messenger', '${PAGE_ID}', ${firstConversation} + i % ${many}, ${firstTurn} + i, 'message', 'done',
        printf('m_%0120d', i), printf('m_%0120d', i), ${at}, ${at}, ?, ?, printf('stored-%036d', i) FROM n`,
    ).run(content, body);
    db.run(`INSERT INTO message (conversation_id, turn_id, by, text, at)
      ${numbers} SELECT ${firstConversation} + i % ${many}, ${firstTurn} + i, 'bot', 'Two of the small ones, please', ${at} FROM n`);
    db.run(`INSERT INTO delivery (id, account_id, conversation_id, turn_id, kind, part, state, body, attempts, fence, next_at, created_at, correlation)
      ${numbers} SELECT printf('%032d', i), ${account.id}, ${firstConversation} + i % ${many}, ${firstTurn} + i, 'message', 0, 'sent',
        '{"text":"Two of the small ones, please"}', 1, 1, ${at}, ${at}, printf('stored-%036d', i) FROM n`);
    fillSeen(db, messages, firstUpdate, now);
  })();
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
}

function fillSeen(db: Database, messages: number, firstUpdate: number, now: number): void {
  const newest = db.query<{ n: number | null }, []>("SELECT max(n) AS n FROM seen_segment").get()?.n ?? 0;
  for (let done = 0, n = newest + 1; done < messages; done += SEGMENT_ROWS, n++) {
    const rows = Math.min(SEGMENT_ROWS, messages - done);
    db.run(`CREATE TABLE seen_${n} (hash INTEGER PRIMARY KEY, update_id INTEGER NOT NULL) STRICT`);
    db.query("INSERT INTO seen_segment (n, started_at) VALUES (?, ?)").run(n, now - 3_600_000);
    db.run(`INSERT OR IGNORE INTO seen_${n} (hash, update_id)
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${rows})
      SELECT abs(random() >> 11), ${firstUpdate + done} + i FROM n ORDER BY 1`);
  }
  db.query("UPDATE meta SET value = ? WHERE key = 'seen_through'").run(String(firstUpdate + messages - 1));
}

if (import.meta.main) {
  const [folder = "", messages, conversations] = Bun.argv.slice(2);
  fill(folder, Number(messages), Number(conversations));
}
