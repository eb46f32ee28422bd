/** A Graph API that knows one page and takes every message. `GET /sent` tells how many. */
import { APP_ID, PAGE_ID } from "./load.ts";

let sent = 0;

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(Bun.env["PORT"]),
  async fetch(request) {
    const path = request.url.slice(request.url.indexOf("/", "http://".length)).split("?")[0] ?? "";
    if (path === "/sent") return new Response(String(sent));
    if (path.endsWith("/me")) return Response.json({ id: PAGE_ID, name: "Bench" });
    if (path.endsWith("/app")) return Response.json({ id: APP_ID });
    if (!path.endsWith("/messages")) return Response.json({ success: true });
    // An action (seen, typing) is no message; to tell them apart the words are enough.
    const body = await request.text();
    if (body.includes('"sender_action"')) return new Response("{}");
    sent += 1;
    return new Response(`{"recipient_id":"1","message_id":"m_${sent}"}`);
  },
});
