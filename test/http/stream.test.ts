import { afterAll, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import type { BotEvent } from "../../src/core/event.ts";
import { Bus } from "../../src/events/bus.ts";
import { eventStream } from "../../src/http/stream.ts";
import { until } from "../helpers/until.ts";

const closing = new AbortController();
let bus = new Bus(0);
/** Events taken out of the bus for a reader. */
let taken = 0;
/** Readers that the bus serves no more. */
let left = 0;

const server = Bun.serve({
  port: 0,
  idleTimeout: 0,
  fetch(request) {
    const follow = async function* (afterSeq: number | null, signal: AbortSignal) {
      try {
        for await (const item of bus.follow(afterSeq, signal)) {
          taken += 1;
          yield item;
        }
      } finally {
        left += 1;
      }
    };
    return eventStream(follow, null, AbortSignal.any([request.signal, closing.signal]));
  },
});

afterAll(() => server.stop(true));

function anEvent(n: number): BotEvent {
  return { type: "alarm", at: n, cause: "test", message: "m".repeat(300), count: n };
}

async function reader(): Promise<{ socket: Socket; read: () => string }> {
  let text = "";
  const socket = connect(server.port ?? 0, "127.0.0.1");
  socket.on("data", (data) => (text += data.toString()));
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await until("it is connected", () => text.includes(": connected"));
  return { socket, read: () => text };
}

test("a reader that stops reading costs no memory, and is told how many events it missed", async () => {
  bus = new Bus(0);
  taken = 0;
  const { socket, read } = await reader();
  socket.pause();
  const published = 60_000;
  for (let n = 1; n <= published; n++) {
    bus.publish(anEvent(n));
    if (n % 500 === 0) await Bun.sleep(0);
  }
  // What the kernel and the socket hold, not all of it.
  expect(taken).toBeLessThan(published / 2);
  socket.resume();
  const gap = await until("it is told", () => /event: gap\ndata: \{"type":"gap","missed":(\d+)\}\n/.exec(read()));
  bus.publish(anEvent(published + 1));
  await until("it goes on", () => read().includes(`id: ${published + 1}\n`));
  const ids = [...read().matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(ids.length + Number(gap[1])).toBe(published + 1);
  socket.destroy();
}, 20_000);

test("whoever goes away is no longer followed, also in the middle of events", async () => {
  bus = new Bus(0);
  left = 0;
  const { socket } = await reader();
  socket.pause();
  for (let n = 1; n <= 30_000; n++) bus.publish(anEvent(n));
  await Bun.sleep(50);
  socket.destroy();
  await until("it is forgotten", () => left > 0);
  expect(left).toBe(1);
});

test("the end of the server ends the stream", async () => {
  bus = new Bus(0);
  const { socket, read } = await reader();
  expect(read()).not.toEndWith("0\r\n\r\n");
  closing.abort();
  await until("the last chunk has come", () => read().endsWith("0\r\n\r\n"));
  socket.destroy();
});
