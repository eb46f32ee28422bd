/** Reading request bodies from strangers: bounded in size, in time, and in how much at once (S4). */

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
  /** Ends it early. */
  readonly cut: (outcome: BodyOutcome) => void;
}

/**
 * Reads bodies. What counts is what has come, not what a sender says will come: else a few sockets that announce much and
 * send nothing would shut everybody out. When it is too much, the oldest readings make way: a platform sends its body in
 * one go, so a body that has been coming for long is the least likely to be genuine.
 */
export class BodyReader {
  /** Oldest first. */
  private readonly underWay = new Set<Reading>();
  private inFlight = 0;

  /** @param limitBytes the largest body worth reading */
  async read(request: Request, limitBytes: number): Promise<BodyOutcome> {
    const declared = Number(request.headers.get("content-length") ?? Number.NaN);
    if (declared > limitBytes) return { kind: "too_large" };
    const { promise: cut, resolve } = Promise.withResolvers<BodyOutcome>();
    const reading: Reading = { bytes: 0, over: false, cut: resolve };
    const timer = setTimeout(() => resolve({ kind: "too_slow" }), READ_TIMEOUT_MS);
    this.underWay.add(reading);
    try {
      const outcome =
        declared <= SMALL_BYTES ? this.whole(request, declared, reading) : this.piecewise(request, limitBytes, reading);
      return await Promise.race([outcome, cut]);
    } finally {
      clearTimeout(timer);
      this.end(reading);
    }
  }

  private async whole(request: Request, declared: number, reading: Reading): Promise<BodyOutcome> {
    this.count(declared, reading);
    try {
      return { kind: "read", bytes: new Uint8Array(await request.arrayBuffer()) };
    } catch {
      return { kind: "broken" };
    }
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
      oldest.cut({ kind: "crowded" });
      this.end(oldest);
      if (this.inFlight <= IN_FLIGHT_BYTES) return;
    }
  }

  private end(reading: Reading): void {
    reading.over = true;
    this.underWay.delete(reading);
    this.inFlight -= reading.bytes;
    reading.bytes = 0;
  }
}
