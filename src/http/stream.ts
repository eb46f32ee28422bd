import type { BotEvent } from "../core/event.ts";

/** An event with its place in the stream, or how many were missed. */
export type Followed = { readonly seq: number; readonly event: BotEvent } | { readonly missed: number };

export type Follow = (afterSeq: number | null, signal: AbortSignal) => AsyncIterable<Followed>;

/** Proxies cut a silent stream, so it says something at least this often. */
const HEARTBEAT_MS = 15_000;

/** Server-sent events: headers at once, `id:` on each event, a comment as heartbeat. `signal` ends it. */
export function eventStream(follow: Follow, afterSeq: number | null, signal: AbortSignal): Response {
  const stopped = new AbortController();
  const both = AbortSignal.any([signal, stopped.signal]);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string): void => {
        if (!both.aborted) controller.enqueue(encoder.encode(text));
      };
      write(": connected\n\n");
      const heartbeat = setInterval(() => write(": still here\n\n"), HEARTBEAT_MS);
      const pump = async (): Promise<void> => {
        try {
          for await (const item of follow(afterSeq, both)) write(frame(item));
        } finally {
          clearInterval(heartbeat);
          if (!stopped.signal.aborted) controller.close();
        }
      };
      pump().catch(() => stopped.abort());
    },
    cancel() {
      stopped.abort();
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
  });
}

function frame(item: Followed): string {
  if ("missed" in item) return `event: gap\ndata: ${JSON.stringify({ type: "gap", missed: item.missed })}\n\n`;
  return `id: ${item.seq}\nevent: ${item.event.type}\ndata: ${JSON.stringify(item.event)}\n\n`;
}
