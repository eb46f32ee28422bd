/** Reading request bodies from strangers: bounded in size, in time, and in how much at once (S4). */
import type { Clock } from "../core/clock.ts";
import { Deadlines } from "./deadlines.ts";

export type BodyOutcome =
  | { readonly kind: "read"; readonly bytes: Uint8Array }
  | { readonly kind: "too_large" }
  | { readonly kind: "too_slow" }
  /** It made way, because too much was being read at once: come again. */
  | { readonly kind: "crowded" }
  | { readonly kind: "broken" };

/** All bodies being read at one time, together. */
const IN_FLIGHT_BYTES = 32 * 1024 * 1024;
const READ_TIMEOUT_MS = 5_000;
/** Up to this length a body is read in one go, which is quicker, and counted before it is there. */
const SMALL_BYTES = 64 * 1024;

interface Reading {
  /** What it holds of the common limit. */
  bytes: number;
  over: boolean;
  /** Ends it; what comes after that is nobody's. */
  readonly end: (outcome: BodyOutcome) => void;
}

/**
 * Reads bodies. What counts is what has come, not what a sender says will come: else a few sockets that announce much and
 * send nothing would shut everybody out. When it is too much, the oldest readings make way: a platform sends its body in
 * one go, so a body that has been coming for long is the least likely to be genuine.
 */
export class BodyReader {
  /** Oldest first. */
  private readonly underWay = new Set<Reading>();
  private readonly deadlines: Deadlines;
  private inFlight = 0;

  constructor(clock: Clock) {
    this.deadlines = new Deadlines(clock, READ_TIMEOUT_MS);
  }

  /** @param limitBytes the largest body worth reading */
  async read(request: Request, limitBytes: number): Promise<BodyOutcome> {
    const declared = Number(request.headers.get("content-length") ?? Number.NaN);
    if (declared > limitBytes) return { kind: "too_large" };
    const { promise, resolve } = Promise.withResolvers<BodyOutcome>();
    const deadline = this.deadlines.begin(() => reading.end({ kind: "too_slow" }));
    const reading: Reading = {
      bytes: 0,
      over: false,
      end: (outcome) => {
        if (reading.over) return;
        reading.over = true;
        deadline.end();
        this.underWay.delete(reading);
        this.inFlight -= reading.bytes;
        resolve(outcome);
      },
    };
    this.underWay.add(reading);
    if (declared <= SMALL_BYTES) this.whole(request, declared, reading);
    else void this.piecewise(request, limitBytes, reading).then(reading.end);
    return await promise;
  }

  private whole(request: Request, declared: number, reading: Reading): void {
    this.count(declared, reading);
    request.bytes().then(
      (bytes) => reading.end({ kind: "read", bytes }),
      () => reading.end({ kind: "broken" }),
    );
  }

  private async piecewise(request: Request, limitBytes: number, reading: Reading): Promise<BodyOutcome> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const piece of request.body ?? []) {
        // Nobody waits for the rest, and nobody counts it.
        if (reading.over) break;
        length += piece.byteLength;
        if (length > limitBytes) return { kind: "too_large" };
        pieces.push(piece);
        this.count(piece.byteLength, reading);
      }
    } catch {
      return { kind: "broken" };
    }
    return { kind: "read", bytes: Buffer.concat(pieces, length) };
  }

  private count(bytes: number, reading: Reading): void {
    reading.bytes += bytes;
    this.inFlight += bytes;
    if (this.inFlight <= IN_FLIGHT_BYTES) return;
    for (const oldest of this.underWay) {
      oldest.end({ kind: "crowded" });
      if (this.inFlight <= IN_FLIGHT_BYTES) return;
    }
  }
}
