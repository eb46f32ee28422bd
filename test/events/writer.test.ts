import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../../src/events/log.ts";
import { bufferedWriter } from "../../src/events/writer.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "botctl-writer-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Something that takes text, and remembers how often. */
function aTarget(): { writes: string[]; write(text: string): void } {
  const writes: string[] = [];
  return { writes, write: (text) => void writes.push(text) };
}

/** What a pipe holds at this moment; 0 when that is nothing. */
function readNow(fd: number, into: Buffer): number {
  try {
    return readSync(fd, into);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return 0;
    throw error;
  }
}

describe("the buffered writer", () => {
  test("writes the lines of one tick together, in order", async () => {
    const target = aTarget();
    const writer = bufferedWriter(target);
    writer.write("a\n");
    writer.write("b\n");
    expect(target.writes).toEqual([]);
    await nextTick();
    expect(target.writes).toEqual(["a\nb\n"]);
    writer.write("c\n");
    await nextTick();
    expect(target.writes).toEqual(["a\nb\n", "c\n"]);
  });

  test("does not wait for the tick's end once 64 KiB are there", () => {
    const target = aTarget();
    const writer = bufferedWriter(target);
    for (let line = 0; line < 65; line++) writer.write(`${"x".repeat(1_023)}\n`);
    expect(target.writes.join("").length).toBe(65_536);
  });

  test("leaves nothing behind when it is flushed before the end", () => {
    const path = join(folder, "log");
    const fd = openSync(path, "a");
    const writer = bufferedWriter(fd);
    for (let line = 0; line < 5_000; line++) writer.write(`line ${line} ệ\n`);
    writer.flush();
    closeSync(fd);
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines).toEqual(Array.from({ length: 5_000 }, (_, line) => `line ${line} ệ`));
  });

  test("waits for a reader that is behind, without losing a letter or holding up the server", async () => {
    const path = join(folder, "pipe");
    expect(Bun.spawnSync(["mkfifo", path]).exitCode).toBe(0);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    const writer = bufferedWriter(fd);
    const expected = Array.from({ length: 10_000 }, (_, line) => `line ${line} ${"ệ".repeat(10)}\n`).join("");

    const start = performance.now();
    for (const line of expected.split(/(?<=\n)/)) writer.write(line);
    // The pipe holds 64 KiB, so most of it must still be waiting, and nothing here has waited for it.
    expect(performance.now() - start).toBeLessThan(500);

    const pieces: Buffer[] = [];
    const block = Buffer.alloc(65_536);
    const wanted = Buffer.byteLength(expected);
    for (let got = 0, tries = 0; got < wanted && tries < 500; tries++) {
      await Bun.sleep(1);
      const count = readNow(reader, block);
      got += count;
      pieces.push(Buffer.from(block.subarray(0, count)));
    }
    expect(Buffer.concat(pieces).toString()).toBe(expected);
    expect(pieces.length).toBeGreaterThan(5);
    closeSync(fd);
    closeSync(reader);
  });

  test("counts the lines that could not be written, and tells once it can again", async () => {
    const told: number[] = [];
    let broken = true;
    const writes: string[] = [];
    const writer = bufferedWriter(
      {
        write(text) {
          if (broken) throw new Error("disk full");
          writes.push(text);
        },
      },
      (lines) => told.push(lines),
    );
    writer.write("a\nb\n");
    await nextTick();
    writer.write("c\n");
    writer.flush();
    broken = false;
    writer.write("d\n");
    writer.flush();
    expect(writes).toEqual(["d\n"]);
    expect(told).toEqual([3]);
  });

  test("gives up on a closed file without a throw", () => {
    const fd = openSync(join(folder, "log"), "a");
    closeSync(fd);
    const writer = bufferedWriter(fd);
    writer.write("a\n");
    expect(() => writer.flush()).not.toThrow();
  });
});

test("a log with its writer takes 10 000 lines in well under a second", () => {
  const fd = openSync(join(folder, "log"), "a");
  const writer = bufferedWriter(fd);
  const secrets = Array.from({ length: 12 }, (_, index) => `secret-${index}-0123456789abcdef`);
  const log = createLog({ level: "info", format: "json", secrets: () => secrets, write: writer.write });
  const line = {
    platform: "messenger",
    account: "101",
    conversation: 42,
    user_hash: "0".repeat(32),
    correlation_id: "c",
    latency_ms: 1,
  };
  const start = performance.now();
  for (let count = 0; count < 10_000; count++) log.info("response_sent", line);
  writer.flush();
  const tookMs = performance.now() - start;
  closeSync(fd);
  expect(readFileSync(join(folder, "log"), "utf8").split("\n")).toHaveLength(10_001);
  expect(tookMs).toBeLessThan(900);
});
