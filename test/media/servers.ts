/** Servers that stand behind the addresses of the tests. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { pinnedGet, type Get, type Target } from "../../src/media/pinned.ts";

const fixtures = join(import.meta.dir, "../fixtures/tls");
const key = readFileSync(join(fixtures, "key.pem"), "utf8");
/** For fbcdn.net and everything below it and fbsbx.com; trusted by nobody else. */
export const certificate = readFileSync(join(fixtures, "cert.pem"), "utf8");

export interface TestServer {
  readonly port: number;
  /** Connections ever accepted. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export function secureServer(handler: Handler): Promise<TestServer> {
  return started(createSecureServer({ key, cert: certificate }, handler));
}

export function plainServer(handler: Handler): Promise<TestServer> {
  return started(createServer(handler));
}

/** Speaks as `answer` likes once it was asked something. `sink` without one: takes connections and says nothing. */
export function rawServer(answer: (socket: Socket, path: string) => void): Promise<TestServer> {
  return started(
    createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (data) => answer(socket, data.toString("latin1").split(" ")[1] ?? ""));
    }),
  );
}

async function started(server: Server): Promise<TestServer> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket) => {
    connections++;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connections: () => connections,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/**
 * Stands between the judgement and the connection: whatever was judged good is connected to the test server instead of to the
 * internet. `asked` remembers what would have been connected to.
 */
export function detour(port: number, ca: string = certificate): { readonly get: Get; readonly asked: Target[] } {
  const asked: Target[] = [];
  return {
    asked,
    get(target, limits, signal) {
      asked.push(target);
      return pinnedGet({ ...target, addresses: ["127.0.0.1"], port, ca }, limits, signal);
    },
  };
}
