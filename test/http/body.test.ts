import { describe, expect, test } from "bun:test";
import { systemClock } from "../../src/core/clock.ts";
import { BodyReader, type BodyOutcome } from "../../src/http/body.ts";

const MIB = 1024 * 1024;
const LIMIT = 4 * MIB;

/** A request whose body comes when told. */
class Slow {
  readonly outcome: Promise<BodyOutcome>;
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(reader: BodyReader, declared: number | null) {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.controller = controller) });
    const headers: Record<string, string> = declared === null ? {} : { "content-length": String(declared) };
    this.outcome = reader.read(new Request("http://localhost/", { method: "POST", body, headers }), LIMIT);
  }

  async sends(bytes: number): Promise<void> {
    this.controller?.enqueue(new Uint8Array(bytes));
    await Bun.sleep(0);
  }

  async ends(): Promise<BodyOutcome["kind"]> {
    // One that made way was closed from the other end.
    if ((await this.now()) === null) this.controller?.close();
    return (await this.outcome).kind;
  }

  /** How it ended so far; null while it is still being read. */
  async now(): Promise<BodyOutcome["kind"] | null> {
    return await Promise.race([this.outcome.then(({ kind }) => kind), Bun.sleep(1).then(() => null)]);
  }
}

function genuine(reader: BodyReader, bytes = 300): Promise<BodyOutcome> {
  const headers = { "content-length": String(bytes) };
  return reader.read(new Request("http://localhost/", { method: "POST", body: "x".repeat(bytes), headers }), LIMIT);
}

describe("S4 bodies under way", () => {
  test.each([
    ["many that announce 4 MiB and send ten bytes", 100, LIMIT, 10],
    ["many without a length that send ten bytes", 100, null, 10],
    ["a thousand that announce 64 KiB and send nothing", 1_000, 64 * 1024, 0],
  ])("%s shut nobody out", async (_, count, declared, sent) => {
    const reader = new BodyReader(systemClock());
    const slow = Array.from({ length: count }, () => new Slow(reader, declared));
    if (sent > 0) await Promise.all(slow.map((one) => one.sends(sent)));
    expect((await genuine(reader)).kind).toBe("read");
    expect((await genuine(reader, 200_000)).kind).toBe("read");
    for (const one of slow) await one.ends();
  });

  test("when more than 32 MiB have come, the oldest make way", async () => {
    const reader = new BodyReader(systemClock());
    const slow = Array.from({ length: 12 }, () => new Slow(reader, LIMIT));
    for (const one of slow) await one.sends(3 * MIB);
    const ended = await Promise.all(slow.map((one) => one.now()));
    expect(ended).toEqual(slow.map((_, index) => (index < 2 ? "crowded" : null)));
    expect((await genuine(reader)).kind).toBe("read");
    expect(await slow[11]?.ends()).toBe("read");
    for (const one of slow.slice(0, -1)) await one.ends();
  });

  test("what was read no longer counts", async () => {
    const reader = new BodyReader(systemClock());
    for (let n = 0; n < 20; n++) expect((await genuine(reader, 3 * MIB)).kind).toBe("read");
  });

  test("a body is read whole, whatever its length", async () => {
    const reader = new BodyReader(systemClock());
    for (const length of [0, 1, 65_536, 65_537, LIMIT]) {
      const outcome = await genuine(reader, length);
      expect(outcome.kind === "read" ? outcome.bytes.byteLength : outcome.kind).toBe(length);
    }
    expect((await genuine(reader, LIMIT + 1)).kind).toBe("too_large");
  });
});
