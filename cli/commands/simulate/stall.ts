/** A client that sends the beginning of a webhook and then nothing: `fetch` cannot be made to stop in the middle. */
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Fault } from "../../../src/core/fault.ts";
import type { Signed, Stalled } from "../../scenarios/stage.ts";

/** What the head promises. */
const PROMISED_BYTES = 1_000;
/** A server that waits longer than this for a body waits for ever. */
const PATIENCE_MS = 15_000;

/**
 * Sends the head of a POST and the bytes given, and waits for the server to answer or to hang up.
 *
 * @param to origin of the server
 * @param path where it takes the platform's webhooks
 * @throws Fault `unreachable` when nobody listens there
 */
export function stall(to: string, path: string, { bytes, headers }: Signed): Promise<Stalled> {
  const { hostname, port, protocol, host } = new URL(to);
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    let connected = false;
    let heard = "";
    const end = (ended: boolean): void => {
      clearTimeout(patience);
      socket.destroy();
      const status = /^HTTP\/1\.[01] (\d{3}) /.exec(heard)?.[1];
      const tookMs = Math.round(performance.now() - startedAt);
      resolve({ status: status === undefined ? null : Number(status), ended, tookMs });
    };
    const begin = (): void => {
      connected = true;
      const lines = [
        `POST ${path} HTTP/1.1`,
        `Host: ${host}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        `Content-Length: ${PROMISED_BYTES}`,
      ];
      socket.write(`${lines.join("\r\n")}\r\n\r\n`);
      socket.write(bytes);
    };
    const patience = setTimeout(() => end(false), PATIENCE_MS);
    const socket = open(hostname, port, protocol, begin);
    socket.on("data", (piece: Uint8Array) => {
      heard += new TextDecoder("latin1").decode(piece);
      if (heard.includes("\r\n")) end(true);
    });
    socket.on("close", () => end(true));
    socket.on("error", (cause) => {
      if (connected) return end(true);
      clearTimeout(patience);
      reject(
        new Fault("unreachable", `No server takes webhooks at ${to}.`, "Check the address, and that the server runs.", {
          cause,
        }),
      );
    });
  });
}

function open(hostname: string, port: string, protocol: string, begin: () => void): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (protocol === "https:")
    return connectTls({ host, port: Number(port || 443), servername: isIP(host) === 0 ? host : "" }, begin);
  return connectPlain({ host, port: Number(port || 80) }, begin);
}
