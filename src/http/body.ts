/** Reading request bodies from strangers: bounded in size, in time, and in how many at once (S4). */

export type BodyOutcome =
  | { readonly kind: "read"; readonly bytes: Uint8Array }
  | { readonly kind: "too_large" }
  | { readonly kind: "too_slow" }
  /** Too much is being read already: come again. */
  | { readonly kind: "crowded" }
  | { readonly kind: "broken" };

/** All bodies being read at one time, together. */
const IN_FLIGHT_BYTES = 32 * 1024 * 1024;
const READ_TIMEOUT_MS = 5_000;

export class BodyReader {
  private inFlight = 0;

  /** @param limitBytes the largest body worth reading */
  async read(request: Request, limitBytes: number): Promise<BodyOutcome> {
    const declared = Number(request.headers.get("content-length") ?? Number.NaN);
    if (declared > limitBytes) return { kind: "too_large" };
    // Without a length it may turn out to be as long as is allowed.
    const reserved = Number.isFinite(declared) ? declared : limitBytes;
    if (this.inFlight + reserved > IN_FLIGHT_BYTES) return { kind: "crowded" };
    this.inFlight += reserved;
    try {
      return await inTime(Number.isFinite(declared) ? whole(request) : piecewise(request, limitBytes));
    } finally {
      this.inFlight -= reserved;
    }
  }
}

async function inTime(reading: Promise<BodyOutcome>): Promise<BodyOutcome> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooSlow = new Promise<BodyOutcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "too_slow" }), READ_TIMEOUT_MS);
  });
  try {
    return await Promise.race([reading, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

async function whole(request: Request): Promise<BodyOutcome> {
  try {
    return { kind: "read", bytes: new Uint8Array(await request.arrayBuffer()) };
  } catch {
    return { kind: "broken" };
  }
}

async function piecewise(request: Request, limitBytes: number): Promise<BodyOutcome> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of request.body ?? []) {
      length += piece.byteLength;
      if (length > limitBytes) return { kind: "too_large" };
      pieces.push(piece);
    }
  } catch {
    return { kind: "broken" };
  }
  return { kind: "read", bytes: Buffer.concat(pieces, length) };
}
