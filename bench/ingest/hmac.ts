/** Verifies the signature and stores nothing. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { APP_SECRET, WEBHOOK_PATH } from "./load.ts";

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(Bun.env["PORT"]),
  routes: {
    [WEBHOOK_PATH]: {
      async POST(request) {
        const body = new Uint8Array(await request.arrayBuffer());
        const claimed = Buffer.from(request.headers.get("x-hub-signature-256")?.slice(7) ?? "", "hex");
        const digest = createHmac("sha256", APP_SECRET).update(body).digest();
        const genuine = claimed.length === digest.length && timingSafeEqual(digest, claimed);
        return genuine ? new Response("EVENT_RECEIVED") : new Response("forged", { status: 401 });
      },
    },
  },
});
