/** As durable as botctl and no more: verifies, inserts the body under its mid, commits, answers. One request, one commit. */
import { Database } from "bun:sqlite";
import { createHmac, timingSafeEqual } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { APP_SECRET, WEBHOOK_PATH } from "./load.ts";

const folder = Bun.env["DATA_DIR"] ?? ".";
mkdirSync(folder, { recursive: true });
const db = new Database(join(folder, "commit-per-request.db"), { create: true, strict: true });
db.run("PRAGMA journal_mode = WAL");
db.run("PRAGMA synchronous = FULL");
db.run(
  "CREATE TABLE IF NOT EXISTS inbox (id integer primary key, mid text not null unique, body text not null) STRICT",
);
const insert = db.prepare("INSERT OR IGNORE INTO inbox (mid, body) VALUES (?, ?)");

interface Webhook {
  readonly entry: readonly { readonly messaging: readonly { readonly message: { readonly mid: string } }[] }[];
}

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(Bun.env["PORT"]),
  routes: {
    [WEBHOOK_PATH]: {
      async POST(request) {
        const body = Buffer.from(await request.arrayBuffer());
        const claimed = Buffer.from(request.headers.get("x-hub-signature-256")?.slice(7) ?? "", "hex");
        const digest = createHmac("sha256", APP_SECRET).update(body).digest();
        if (claimed.length !== digest.length || !timingSafeEqual(digest, claimed))
          return new Response("forged", { status: 401 });
        const text = body.toString();
        const webhook: Webhook = JSON.parse(text);
        for (const { messaging } of webhook.entry) for (const { message } of messaging) insert.run(message.mid, text);
        return new Response("EVENT_RECEIVED");
      },
    },
  },
});
