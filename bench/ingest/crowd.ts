/**
 * End to end: people who each write, wait for the reply, and write again. This process is the people, the Graph API that
 * their replies arrive at, and the model that takes its time.
 */
import { connect, type Connection } from "./client.ts";
import { APP_ID, PAGE_ID, senderOf, Webhooks } from "./load.ts";
import { cpuMs } from "./proc.ts";
import { startBotctl, temporaryFolder } from "./servers.ts";

export interface CrowdFigures {
  readonly repliesPerSecond: number;
  /** From the webhook's sending to the reply's arrival. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUsPerReply: number;
}

export interface CrowdPlan {
  readonly seconds: number;
  readonly people: number;
  /** How long the model takes; null: the echo agent answers instead. */
  readonly modelMs: number | null;
}

/** Somebody whose reply has not come by then writes again; it happens only when something is broken. */
const PATIENCE_MS = 10_000;

export async function crowd({ seconds, people, modelMs }: CrowdPlan): Promise<CrowdFigures> {
  const webhooks = new Webhooks(people);
  const indexOf = new Map(Array.from({ length: people }, (_, index) => [senderOf(index), index]));
  const sentAt = new Float64Array(people);
  const latencies: number[] = [];
  let measuring = false;
  let over = false;
  const connections: Connection[] = [];

  const write = (index: number): void => {
    sentAt[index] = performance.now();
    webhooks.advance();
    connections[index]?.send(webhooks.from(index, Date.now()));
  };
  const replied = (recipient: string): void => {
    const index = indexOf.get(recipient);
    if (index === undefined || over) return;
    if (measuring) latencies.push(performance.now() - (sentAt[index] ?? 0));
    // A connection carries one request at a time, and the webhook's own 200 may still be on its way.
    setImmediate(write, index);
  };

  const outside = outsideWorld(modelMs ?? 0, replied);
  const folder = await temporaryFolder();
  const base = `http://127.0.0.1:${outside.port}`;
  const settings = {
    // These people write faster than any do.
    FACEBOOK_RATE_LIMIT_MESSAGES_PER_MINUTE: "0",
    SMART_DELAY_ENABLED: "false",
    TURN_CONCURRENCY: "200",
    ...(modelMs === null ? {} : { GROQ_BASE_URL: `${base}/v1` }),
  };
  const server = await startBotctl({ folder: folder.path, graphPort: outside.port ?? 0, settings });
  try {
    for (let index = 0; index < people; index++) {
      connections.push(await connect(server.port, { onAnswer: () => {}, onClosed: () => {} }));
    }
    for (let index = 0; index < people; index++) write(index);
    const nudge = setInterval(() => {
      const now = performance.now();
      for (let index = 0; index < people; index++) if (now - (sentAt[index] ?? now) > PATIENCE_MS) write(index);
    }, 1_000);
    await Bun.sleep(Math.min(2_000, seconds * 1_000));
    const [cpuBefore, startedAt] = [cpuMs(server.pid), performance.now()];
    measuring = true;
    await Bun.sleep(seconds * 1_000);
    measuring = false;
    const elapsedS = (performance.now() - startedAt) / 1_000;
    const cpu = cpuMs(server.pid) - cpuBefore;
    over = true;
    clearInterval(nudge);
    for (const connection of connections) connection.end();
    const sorted = Float64Array.from(latencies).sort();
    return {
      repliesPerSecond: sorted.length / elapsedS,
      p50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
      p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      cpuUsPerReply: sorted.length === 0 ? 0 : (cpu * 1_000) / sorted.length,
    };
  } finally {
    await server.stop();
    await outside.stop(true);
    await folder.remove();
  }
}

/** Graph and, below /v1, a model that speaks like OpenAI's. */
function outsideWorld(modelMs: number, replied: (recipient: string) => void): Bun.Server<undefined> {
  let count = 0;
  const completion = JSON.stringify({
    id: "chatcmpl-bench",
    object: "chat.completion",
    created: 0,
    model: "bench",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Yes, we have it. Shall I put one aside for you?" },
        finish_reason: "stop",
      },
    ],
    usage: { prompt_tokens: 500, completion_tokens: 12, total_tokens: 512 },
  });
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const path = new URL(request.url).pathname;
      if (path.endsWith("/me")) return Response.json({ id: PAGE_ID, name: "Bench" });
      if (path.endsWith("/app")) return Response.json({ id: APP_ID });
      if (path.endsWith("/chat/completions")) {
        await request.arrayBuffer();
        await Bun.sleep(modelMs);
        return new Response(completion, { headers: { "content-type": "application/json" } });
      }
      const body = await request.text();
      if (body.includes('"sender_action"')) return new Response("{}");
      count += 1;
      replied(/"recipient":\{"id":"(\d+)"/.exec(body)?.[1] ?? "");
      return new Response(`{"recipient_id":"1","message_id":"m_${count}"}`);
    },
  });
}
