import type { BotEvent } from "../core/event.ts";

/** An event with its place in the stream, or how many were missed; null when nobody knows how many. */
export type Followed = { readonly seq: number; readonly event: BotEvent } | { readonly missed: number | null };

export type Follow = (afterSeq: number | null, signal: AbortSignal) => AsyncIterable<Followed>;

/** Proxies cut a silent stream, so it says something at least this often. */
const HEARTBEAT_MS = 15_000;

export const STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

/**
 * Server-sent events: headers at once, `id:` on each event, a comment as heartbeat. `signal` ends it.
 *
 * Events are taken from `follow` only when the reader has room for them. One that stops reading costs what `follow` keeps
 * for it, and is told what it missed when it reads on.
 */
export function eventStream(follow: Follow, afterSeq: number | null, signal: AbortSignal): Response {
  const stopped = new AbortController();
  const both = AbortSignal.any([signal, stopped.signal]);
  const items = follow(afterSeq, both)[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let end = (): void => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(": connected\n\n"));
      const heartbeat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(": still here\n\n"));
      }, HEARTBEAT_MS);
      end = () => {
        end = () => {};
        clearInterval(heartbeat);
        // It may rest between two events, where it would not notice the signal.
        void items.return?.();
        if (!stopped.signal.aborted) controller.close();
      };
      if (both.aborted) end();
      else both.addEventListener("abort", () => end(), { once: true });
    },
    async pull(controller) {
      const { value, done } = await items.next();
      if (done === true) end();
      else if (!both.aborted) controller.enqueue(encoder.encode(frame(value)));
    },
    cancel() {
      stopped.abort();
    },
  });
  return new Response(body, { headers: STREAM_HEADERS });
}

function frame(item: Followed): string {
  if ("missed" in item) return `event: gap\ndata: ${JSON.stringify({ type: "gap", missed: item.missed })}\n\n`;
  return `id: ${item.seq}\nevent: ${item.event.type}\ndata: ${JSON.stringify(item.event)}\n\n`;
}
