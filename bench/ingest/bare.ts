/** The ceiling: answers 200 to whatever comes. */
import { WEBHOOK_PATH } from "./load.ts";

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(Bun.env["PORT"]),
  routes: { [WEBHOOK_PATH]: { POST: () => new Response("EVENT_RECEIVED") } },
});
