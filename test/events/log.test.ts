import { describe, expect, test } from "bun:test";
import { Fault } from "../../src/core/fault.ts";
import { createLog, LONGEST_LINE_BYTES, type Log, type LogOptions } from "../../src/events/log.ts";

const AT = Date.UTC(2025, 10, 25, 18, 31, 2, 123);
const CANARY = "canary-4f1c9a77";

/** A log at a fixed time whose lines are kept. */
function aLog(options: Partial<LogOptions> = {}): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = createLog({
    level: "debug",
    format: "json",
    secrets: () => [CANARY],
    write: (line) => lines.push(line),
    now: () => AT,
    ...options,
  });
  return { log, lines };
}

const only = (lines: readonly string[]): Record<string, unknown> => {
  expect(lines).toHaveLength(1);
  expect(lines[0]).toEndWith("\n");
  return JSON.parse(lines[0] ?? "");
};

describe("a JSON line", () => {
  test("T2: reads level, time, event, then the fields", () => {
    const { log, lines } = aLog();
    log.info("response_sent", { correlation_id: "c1", latency_ms: 12, turn: null });
    expect(lines).toEqual([
      '{"level":"info","time":"2025-11-25T18:31:02.123Z","event":"response_sent","correlation_id":"c1","latency_ms":12,"turn":null}\n',
    ]);
  });

  test("is written from its level upwards", () => {
    const { log, lines } = aLog({ level: "warn" });
    log.debug("a");
    log.info("b");
    log.warn("c");
    log.error("d");
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["c", "d"]);
  });

  test("T2: of a child carries what the child was given; its own fields win", () => {
    const { log, lines } = aLog();
    log.child({ correlation_id: "c1", part: 1 }).child({ channel: "telegram" }).warn("x", { part: 2 });
    expect(only(lines)).toMatchObject({ correlation_id: "c1", channel: "telegram", part: 2, event: "x" });
    expect(lines[0]?.match(/"part"/g)).toHaveLength(1);
  });

  test("cannot be made to look like another one by its fields", () => {
    const { log, lines } = aLog();
    log.info("x", { level: "error", time: 0, event: "y", text: 'a"}\n{"level":"error"}' });
    const line = only(lines);
    expect(line).toMatchObject({ level: "info", event: "x", level_: "error", event_: "y" });
    expect(lines[0]?.trimEnd()).not.toContain("\n");
  });

  test("S10: shows no character that a terminal would obey or that turns text around", () => {
    const { log, lines } = aLog();
    log.info("x", { name: "\u001b[31mred\u0007 \u009b2J \u202Eesrever\u2066 \u2028 \u007f" });
    expect(lines[0]?.trimEnd()).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/);
    expect(only(lines)["name"]).toBe("\u001b[31mred\u0007 \u009b2J \u202Eesrever\u2066 \u2028 \u007f");
  });

  test("M6: of an error holds its stack, code, status and causes, and no other property", () => {
    const { log, lines } = aLog();
    const root = Object.assign(new Error("connect ECONNREFUSED"), {
      code: "ECONNREFUSED",
      body: "what the customer wrote",
    });
    const middle = Object.assign(new Error("no answer", { cause: root }), { status: 503, requestID: "req_1" });
    log.error("agent_failed", {
      error: new Fault("unreachable", "the model cannot be reached", "look at it", { cause: middle }),
    });
    expect(only(lines)["error"]).toMatchObject({
      name: "Fault",
      message: "the model cannot be reached",
      code: "unreachable",
      fix: "look at it",
      stack: expect.stringContaining("log.test.ts"),
      cause: {
        message: "no answer",
        status: 503,
        requestID: "req_1",
        cause: { code: "ECONNREFUSED", stack: expect.stringContaining("log.test.ts") },
      },
    });
    expect(lines[0]).not.toContain("what the customer wrote");
  });

  test("takes an error instead of fields, errors in lists, and odd causes", () => {
    const { log, lines } = aLog();
    log.error("a", new AggregateError([new Error("one"), new Error("two", { cause: "just text" })], "both"));
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const looped = new Error("looped");
    looped.cause = looped;
    log.error("b", {
      circle,
      looped,
      bytes: new Uint8Array(5),
      big: 5n,
      when: new Date(AT),
      errors: [new Error("three")],
    });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      error: { errors: [{ message: "one" }, { message: "two", cause: "just text" }] },
    });
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({
      circle: { self: "[circular]" },
      looped: { message: "looped", cause: "[circular]" },
      bytes: "[5 bytes]",
      big: "5",
      when: "2025-11-25T18:31:02.123Z",
      errors: [{ message: "three" }],
    });
  });

  test("is written even when a field cannot be read", () => {
    const { log, lines } = aLog();
    log.info("x", {
      first: 1,
      get bad(): string {
        throw new Error("no");
      },
    });
    expect(only(lines)).toMatchObject({ event: "x", log_error: { message: "no" } });
  });
});

describe("S10: a secret", () => {
  test.each(["json", "pretty"] as const)("is in no %s line, wherever it was put", (format) => {
    const { log, lines } = aLog({ format });
    const deep = new Error(`deep ${CANARY}`);
    deep.stack = `Error: deep ${CANARY}\n    at /home/${CANARY}/x.ts:1:1`;
    const failed = Object.assign(new Error("open failed", { cause: new Error("middle", { cause: deep }) }), {
      path: `/run/${CANARY}`,
    });
    log.error(`event ${CANARY}`, {
      error: failed,
      [CANARY]: 1,
      nested: { list: [{ token: CANARY }] },
      errors: [failed],
    });
    log.warn("call", { url: `https://g/?access_token=EAAB&x=${encodeURIComponent(CANARY)}`, auth: `Bearer ${CANARY}` });
    log.child({ bound: CANARY }).info("x", { basic: Buffer.from(`user:${CANARY}`).toString("base64") });
    const all = lines.join("");
    expect(all).toContain("[redacted]");
    expect(all).not.toContain("4f1c9a77");
    expect(all).not.toContain("EAAB");
    expect(all).not.toContain(Buffer.from(CANARY).toString("base64").slice(2, 12));
    if (format === "json") for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  });

  test("at the place where a long line is cut does not leave half of itself", () => {
    for (let before = LONGEST_LINE_BYTES - 400; before < LONGEST_LINE_BYTES + 40; before += 7) {
      const { log, lines } = aLog();
      log.info("x", { text: "a".repeat(before) + CANARY + "b".repeat(9_000) });
      expect(lines[0]).not.toContain("canary");
    }
  });
});

describe("a line that is too long", () => {
  test.each([
    ["letters", "a".repeat(50_000)],
    ["quotes", '"'.repeat(50_000)],
    ["Vietnamese", "ệ".repeat(50_000)],
    ["pictures", "🌸".repeat(50_000)],
    ["control characters", "\u0001".repeat(50_000)],
  ])("of %s is cut to 16 KiB and stays JSON", (_what, text) => {
    const { log, lines } = aLog();
    log.child({ correlation_id: "c1" }).error("big", { text });
    expect(Buffer.byteLength(lines[0] ?? "")).toBeLessThanOrEqual(LONGEST_LINE_BYTES);
    expect(Buffer.byteLength(lines[0] ?? "")).toBeGreaterThan(LONGEST_LINE_BYTES / 2);
    expect(only(lines)).toMatchObject({
      level: "error",
      event: "big",
      correlation_id: "c1",
      cut_from_bytes: expect.any(Number),
    });
  });

  test("is cut when it is for people, too", () => {
    const { log, lines } = aLog({ format: "pretty" });
    log.info("big", { text: "ệ".repeat(50_000) });
    expect(Buffer.byteLength(lines[0] ?? "")).toBeLessThanOrEqual(LONGEST_LINE_BYTES);
    expect(lines[0]).toContain("cut from");
  });

  test("by one byte is cut, and one that just fits is not", () => {
    const { log, lines } = aLog();
    const empty = '{"level":"info","time":"2025-11-25T18:31:02.123Z","event":"x","text":""}\n'.length;
    log.info("x", { text: "a".repeat(LONGEST_LINE_BYTES - empty) });
    log.info("x", { text: "a".repeat(LONGEST_LINE_BYTES - empty + 1) });
    expect(lines.map((line) => "cut_from_bytes" in JSON.parse(line))).toEqual([false, true]);
    expect(lines[0]?.length).toBe(LONGEST_LINE_BYTES);
  });
});

describe("a line for people", () => {
  const bare = (line: string | undefined): string => line?.replace(/^\d\d:\d\d:\d\d\.123 /, "") ?? "";

  test("has the time, level, event and key=value", () => {
    const { log, lines } = aLog({ format: "pretty" });
    log.warn("send_failed", {
      attempts: 2,
      reason: "no route to host",
      turn: null,
      list: ["a", 1],
      url: "http://x:1/y",
    });
    expect(bare(lines[0])).toBe(
      'warn  send_failed  attempts=2  reason="no route to host"  turn=null  list=["a",1]  url=http://x:1/y\n',
    );
  });

  test("shows an error's stacks below it, indented, causes included", () => {
    const { log, lines } = aLog({ format: "pretty" });
    const cause = new TypeError("inner");
    cause.stack = "TypeError: inner\n    at b";
    const error = new Error("outer", { cause });
    error.stack = "Error: outer\n    at a";
    log.error("failed", { error });
    expect(bare(lines[0])).toBe(
      'error failed  error="Error: outer"\n    Error: outer\n        at a\n    caused by TypeError: inner\n        at b\n',
    );
  });

  test("cannot be forged or coloured from outside", () => {
    const { log, lines } = aLog({ format: "pretty" });
    const error = new Error("x");
    error.stack = "Error: x\r\u001b[2J\n12:00:00.000 info  forged";
    log.info("a\nb", { name: "two\nlines \u001b[31m", error });
    const [first, ...rest] = (lines[0] ?? "").trimEnd().split("\n");
    expect(first).toContain('name="two\\nlines \\u001b[31m"');
    expect(rest.every((line) => line.startsWith("    "))).toBe(true);
    expect(lines[0]?.replaceAll("\n", "")).toMatch(/^[^\u0000-\u001f\u007f-\u009f]*$/);
  });
});
