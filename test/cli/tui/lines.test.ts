// `watch` without a screen: lines for people, NDJSON for programs.
import { describe, expect, test } from "bun:test";
import { BINARY } from "../../helpers/bot.ts";
import { until } from "../../helpers/until.ts";
import { stage } from "../stage.ts";
import { anEvent, played, START, type Played } from "./played.ts";
import { pty } from "./pty.ts";
import { watching } from "./shop.ts";

const PATIENCE_MS = 30_000;

/** The command in a pipe. */
function inPipe(server: Played, ...words: string[]) {
  const child = Bun.spawn([BINARY, ...watching(server, ...words)], {
    env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent", TZ: "UTC" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let out = "";
  let err = "";
  const read = async (stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
  };
  void read(child.stdout, (text) => (out += text));
  void read(child.stderr, (text) => (err += text));
  return {
    out: () => out,
    err: () => err,
    child,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

describe("watch in a pipe", () => {
  test(
    "prints an event a line, with tabs, and ends with 0 when it is told to",
    async () => {
      await using server = played();
      await using run = inPipe(server);
      await until("it listens", () => server.readers() === 1);
      server.tell(anEvent("turn_closed", { turn: 1, parts: 2, merged: true, reason: "answered after\u001b[31m 1 s" }));
      server.gap(3);
      await until("two lines", () => run.out().split("\n").length === 3);
      const [first = "", second = ""] = run.out().split("\n");
      expect(first.split("\t")).toEqual([
        new Date(START - 10_000).toISOString(),
        "turn_closed",
        expect.stringMatching(/^messenger (Trà Sen|1001)$/),
        "#1",
        "answered after\\u001b[31m 1 s; 2 parts merged",
      ]);
      expect(second).toContain("\tgap\t-\t-\t3 events are missing here");
      run.child.kill("SIGTERM");
      expect(await run.child.exited).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    "prints NDJSON with --json, filtered, and goes on after a break where it was",
    async () => {
      await using server = played();
      await using run = inPipe(server, "--json", "--filter", "!kind:read");
      await until("it listens", () => server.readers() === 1);
      server.tell(anEvent("message_received", { kind: "read" }));
      const id = server.tell(anEvent("message_received", { kind: "message" }));
      await until("a line", () => run.out() !== "");
      await server.away();
      server.tell(anEvent("response_sent", { delivery: "d1" }));
      server.back();
      await until("the next line", () => run.out().split("\n").length === 3);
      server.gap(null);
      await until("the gap", () => run.out().split("\n").length === 4);
      const lines = run
        .out()
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line));
      expect(lines).toEqual([
        { id: String(id), ...anEvent("message_received", { kind: "message" }) },
        { id: String(id + 1), ...anEvent("response_sent", { delivery: "d1" }) },
        { type: "gap", missed: null },
      ]);
      expect(server.resumed).toEqual([null, String(id)]);
    },
    PATIENCE_MS,
  );

  test(
    "prints lines on a terminal too when it is asked to",
    async () => {
      await using server = played();
      await using terminal = pty(watching(server, "--plain"), { columns: 120 });
      await until("it listens", () => server.readers() === 1);
      server.tell(anEvent("takeover", { until: START, reason: "a human answered" }));
      await terminal.sees(
        /2026-01-31 14:04:50 {2}takeover {2}messenger (Trà Sen|1001) {2}#1 {2}a human answers; a human answered/,
      );
      expect(terminal.buffer()).toBe("normal");
      await server.away();
      await terminal.sees("No connection: the server closed the stream. Trying again …");
      server.back();
      await terminal.sees("Connected again.");
      terminal.type("\u0003");
      expect(await terminal.exited).toBe(0);
    },
    PATIENCE_MS,
  );

  test("refuses a filter that it cannot understand, before anything else", async () => {
    await using server = played();
    const { botctl, err } = stage();
    expect(await botctl("watch", "--data-dir", server.dataDir, "--filter", "pagge:x")).toBe(2);
    expect(err()).toContain('error: The filter cannot be understood: "pagge:" is not known');
    expect(await botctl("watch", "--filter", " ")).toBe(2);
  });
});
