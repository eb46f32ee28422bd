// The screen's state by itself: no terminal, no server, no waiting.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Action } from "../../../cli/tui/actions.ts";
import type { Heard } from "../../../cli/tui/feed.ts";
import { widthOf } from "../../../cli/tui/line.ts";
import { reduce } from "../../../cli/tui/reduce.ts";
import { listedConversations, listedRows } from "../../../cli/tui/select.ts";
import { shownNow, started, type State } from "../../../cli/tui/state.ts";
import { screen } from "../../../cli/tui/views/screen.ts";
import { aConversation, aMessage, anEvent, aStatus, START } from "./played.ts";

const opened = started({ url: "http://127.0.0.1:1", now: START, columns: 100, rows: 30 });

function after(state: State, ...actions: readonly Action[]): State {
  return actions.reduce(reduce, state);
}

function told(...events: readonly ReturnType<typeof anEvent>[]): Action {
  return { type: "heard", now: START, heard: events.map((event): Heard => ({ id: null, event })) };
}

const listed: Action = { type: "listed", rows: [aConversation(), aConversation({ id: 2, last_at: START - 1 })] };

function text(state: State): string {
  return screen(state)
    .map((line) =>
      line
        .map((piece) => piece.text)
        .join("")
        .trimEnd(),
    )
    .join("\n");
}

describe("the state", () => {
  test("selects the latest conversation first, and keeps to it when others become later", () => {
    let state = after(opened, listed);
    expect(state.selected).toBe(2);
    state = after(state, told(anEvent("message_received", { kind: "message", at: START })));
    expect(listedConversations(state).map(({ id }) => id)).toEqual([1, 2]);
    expect(state.selected).toBe(2);
  });

  test("selects by the list, not by the part of the past that happened to be told before it", () => {
    const past = told(anEvent("message_received", { kind: "message", at: START - 60_000 }));
    const early = after(opened, past);
    expect(early.selected).toBeNull();
    expect(after(early, listed).selected).toBe(2);
    expect(after(early, { type: "move", by: 1 }, listed).selected).toBe(1);
  });

  test("counts as unread what was said after the start in conversations that are not looked at", () => {
    const said = (conversation: number, at: number, kind = "message") =>
      anEvent("message_received", { conversation, at, kind });
    let state = after(
      opened,
      listed,
      told(said(1, START - 60_000), said(1, START), said(1, START, "read"), said(2, START)),
    );
    expect([...state.conversations.values()].map(({ id, unread }) => [id, unread])).toEqual([
      [1, 1],
      [2, 0],
    ]);
    state = after(state, { type: "first" }, { type: "move", by: 1 });
    expect(state.conversations.get(state.selected ?? 0)?.unread).toBe(0);
  });

  test("follows a turn from waiting to sent, and shows each step in the list", () => {
    const doing = (...events: readonly ReturnType<typeof anEvent>[]) =>
      after(opened, listed, told(...events)).conversations.get(1)?.doing ?? null;
    const heard = anEvent("intent_classified", { turn: 5, at: START, wait_ms: 8_000, reason: "waiting up to 8 s: x" });
    const closed = anEvent("turn_closed", { turn: 5, at: START + 900, waited_ms: 900 });
    const generated = anEvent("response_generated", { turn: 5, at: START + 1_000 });
    const failed = (state: string, next_at: number | null) =>
      anEvent("send_failed", { turn: 5, at: START + 1_100, state, next_at, reason: "busy", delivery: "d" });
    expect(doing(heard)).toMatchObject({ kind: "waiting", dueAt: START + 8_000 });
    expect(doing(heard, closed)).toMatchObject({ kind: "answering", sinceAt: START + 900 });
    expect(doing(heard, closed, generated)).toMatchObject({ kind: "sending", nextAt: null });
    expect(doing(heard, closed, generated, failed("pending", START + 3_000))).toMatchObject({ nextAt: START + 3_000 });
    expect(doing(heard, closed, generated, failed("dead", null))).toMatchObject({ kind: "failed" });
    expect(doing(heard, closed, generated, anEvent("response_sent", { turn: 5 }))).toBeNull();
    expect(doing(heard, anEvent("turn_cancelled", { turn: 5, reason: "a human answered" }))).toBeNull();
  });

  test("a newer part restarts the countdown, but not the moment since which it waits", () => {
    const part = (type: string, at: number) => anEvent(type, { turn: 5, at, wait_ms: 500, reason: "settling 0.5 s" });
    const state = after(opened, listed, told(part("intent_classified", START), part("turn_extended", START + 300)));
    expect(state.conversations.get(1)?.doing).toMatchObject({ sinceAt: START, dueAt: START + 800 });
  });

  test("knows from an event that a human answers, and that the bot does again", () => {
    const human = after(opened, listed, told(anEvent("takeover", { until: START + 1, reason: "" })));
    expect(human.conversations.get(1)?.state).toBe("human");
    const bot = after(human, told(anEvent("takeover", { until: null, reason: "" })));
    expect(bot.conversations.get(1)?.state).toBe("bot");
  });

  test("holds everything while paused, time too, and takes it in afterwards in order", () => {
    const none = { type: "messages", conversation: 2, rows: [] } as const;
    let state = after(opened, listed, none, { type: "tick", now: START + 1_000 });
    const before = text(state).split("\n").slice(2).join("\n");
    state = after(state, { type: "pause" });
    const late = { type: "messages", conversation: 2, rows: [aMessage({ at: START + 60_000 })] } as const;
    state = after(state, told(anEvent("alarm", { message: "one" })), told(anEvent("alarm", { message: "two" })));
    state = after(state, { type: "tick", now: START + 90_000 }, { type: "listed", rows: [] }, late);
    expect(text(state).split("\n").slice(2).join("\n").replace("space go on", "space hold")).toBe(before);
    expect(shownNow(state)).toBe(START + 1_000);
    state = after(state, { type: "pause" });
    expect(state.feed.map((row) => (row.kind === "event" ? row.event["message"] : null))).toEqual(["one", "two"]);
    expect(shownNow(state)).toBe(START + 90_000);
  });

  test("holds 5000 events while paused; how many more there were is a gap at their place", () => {
    const many = told(...Array.from({ length: 3_000 }, () => anEvent("alarm")));
    const state = after(opened, { type: "pause" }, many, many, many, { type: "pause" });
    expect(state.feed.at(-1)).toMatchObject({ kind: "gap", missed: 4_000 });
    expect(state.nextN).toBe(5_002);
  });

  test("keeps the latest 2000 rows and remembers the number of the last event", () => {
    const heard = Array.from({ length: 2_500 }, (_, i): Heard => ({ id: String(i), event: anEvent("alarm") }));
    const state = after(opened, { type: "heard", now: START, heard });
    expect(state.feed.length).toBe(2_000);
    expect(state.lastId).toBe("2499");
  });

  test("takes the server's clock for ages and countdowns", () => {
    const now = START + 3_600_000;
    const status = aStatus(now);
    const state = after(opened, { type: "status", status, askedAt: START - 100, now: START + 100 });
    expect(shownNow(state)).toBe(now + 100);
    // The way there and back is no other clock.
    const again = { ...status, server: { ...status.server, now: now + 200 } };
    expect(after(state, { type: "status", status: again, askedAt: START, now: START + 100 }).skewMs).toBe(state.skewMs);
  });

  test("guesses the clock of an older server from its events", () => {
    const live: Action = { type: "link", link: { kind: "live", sinceAt: START - 10_000 }, now: START };
    const ahead = after(opened, live, told(anEvent("alarm", { at: START + 50_000 })));
    expect(shownNow(ahead)).toBe(START + 50_000);
    const behind = after(opened, live, told(anEvent("alarm", { at: START - 50_000 })));
    expect(shownNow(behind)).toBe(START - 50_000);
  });

  test("scrolls the transcript line by line, and stays where it is when more is said", () => {
    const messages = (count: number): Action => {
      const rows = Array.from({ length: count }, (_, i) => aMessage({ id: `m${i}`, text: `line ${i}`, turn: null }));
      return { type: "messages", conversation: 2, rows };
    };
    let state = after(opened, listed, messages(60), { type: "next-pane" });
    expect(text(state)).toContain("line 59");
    state = after(state, { type: "first" });
    expect(text(state)).toContain("line 0");
    expect(text(after(state, messages(61)))).toContain("line 0");
    expect(text(state)).toMatch(/\d+ more lines below \(G\)/);
    expect(text(after(state, { type: "last" }, messages(61)))).toContain("line 60");
  });

  test("esc drops what is on top first: overlay, pane, errors, filter", () => {
    let state = after(opened, listed, { type: "filter" }, { type: "insert", text: "lan" }, { type: "submit" });
    state = after(state, { type: "errors" }, { type: "detail" });
    const steps: string[] = [];
    for (let i = 0; i < 4; i++) {
      state = after(state, { type: "back" });
      steps.push([state.overlay, state.pane, state.errorsOnly, state.filter?.typed ?? null].join(" "));
    }
    expect(steps).toEqual([
      " events true lan",
      " conversations true lan",
      " conversations false lan",
      " conversations false ",
    ]);
  });

  test("what is typed to somebody is kept for them when it is left", () => {
    let state = after(opened, listed, { type: "taken", conversation: 2, now: START });
    state = after(state, { type: "insert", text: "xin chào" }, { type: "cancel" });
    expect(state.prompt).toBeNull();
    state = after(state, { type: "taken", conversation: 2, now: START });
    expect(state.prompt?.characters.join("")).toBe("xin chào");
    state = after(
      state,
      { type: "erase-word" },
      { type: "cursor-first" },
      { type: "delete" },
      { type: "insert", text: "X" },
    );
    expect(state.prompt?.characters.join("")).toBe("Xin ");
  });

  test("a letter and the mark typed after it are one character", () => {
    const state = after(opened, { type: "filter" }, { type: "insert", text: "e" }, { type: "insert", text: "\u0301" });
    expect(state.prompt?.characters.length).toBe(1);
    expect(after(state, { type: "erase" }).prompt?.characters).toEqual([]);
  });

  test("in the view of errors only trouble and gaps are listed, below what is owed", () => {
    const retry = {
      id: "d",
      kind: "message",
      state: "dead",
      account: "1001",
      attempts: 1,
      next_at: null,
      last_error: null,
    } as const;
    const heard: readonly Heard[] = [
      { id: null, event: anEvent("message_received") },
      { missed: 3 },
      { id: null, event: anEvent("turn_failed") },
    ];
    const state = after(
      opened,
      { type: "heard", now: START, heard },
      { type: "retries", rows: [retry] },
      { type: "errors" },
    );
    expect(listedRows(state).map((row) => row.kind)).toEqual(["owed", "gap", "event"]);
  });
});

// ---- anything at all -----------------------------------------------------------------------------------------------

const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom(
    "Nguyễn Thị Ánh",
    "👨‍👩‍👧 👍🏽 🇻🇳 1️⃣ ❤️",
    "\u001b[2J\u0007",
    "e\u0301\u0323",
    "한국어",
    "\u202eabc",
    "\ud800",
  ),
);
const anyField = fc.oneof(fc.integer(), fc.double(), anyText, fc.boolean(), fc.constant(null));
const anyEvent = fc
  .record(
    {
      type: fc.constantFrom(
        "message_received",
        "intent_classified",
        "turn_extended",
        "turn_closed",
        "turn_rerun",
        "turn_failed",
        "response_generated",
        "response_sent",
        "send_failed",
        "takeover",
        "breaker_state",
        "alarm",
        "new_in_2030",
      ),
      at: fc.oneof(fc.integer({ min: START - 10_000, max: START + 10_000 }), fc.double()),
      conversation: fc.integer({ min: 1, max: 5 }),
      turn: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(null)),
      reason: anyText,
      wait_ms: anyField,
      latency_ms: anyField,
      parts: anyField,
      state: anyField,
      next_at: anyField,
      attempts: anyField,
      model: anyField,
      until: anyField,
    },
    { requiredKeys: ["type", "at"] },
  )
  .map((event) => anEvent(event.type, event));

const anyNews: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    type: fc.constant("heard" as const),
    now: fc.constant(START),
    heard: fc.array(
      fc.oneof(
        anyEvent.map((event): Heard => ({ id: null, event })),
        fc.oneof(fc.nat(), fc.constant(null)).map((missed): Heard => ({ missed })),
      ),
      { maxLength: 6 },
    ),
  }),
  fc.record({ type: fc.constant("tick" as const), now: fc.integer({ min: START, max: START + 60_000 }) }),
  fc.record({
    type: fc.constant("resized" as const),
    columns: fc.integer({ min: 1, max: 220 }),
    rows: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({
    type: fc.constant("messages" as const),
    conversation: fc.integer({ min: 1, max: 5 }),
    rows: fc.array(
      fc.record({ text: anyText, turn: fc.integer({ min: 1, max: 5 }), id: fc.uuid() }).map((over) => aMessage(over)),
      { maxLength: 8 },
    ),
  }),
  fc
    .array(fc.record({ id: fc.integer({ min: 1, max: 5 }), name: anyText }), { maxLength: 5 })
    .map((rows): Action => ({ type: "listed", rows: rows.map((row) => aConversation(row)) })),
  anyText.map((said): Action => ({ type: "said", text: said, tone: "bad", now: START })),
  fc.constant<Action>({
    type: "link",
    link: { kind: "lost", sinceAt: START, why: "x", nextAt: START + 1 },
    now: START,
  }),
);

const anyIntent: fc.Arbitrary<Action> = fc.oneof(
  fc.constantFrom<Action>(
    { type: "first" },
    { type: "last" },
    { type: "next-pane" },
    { type: "previous-pane" },
    { type: "open" },
    { type: "back" },
    { type: "pause" },
    { type: "filter" },
    { type: "detail" },
    { type: "raw" },
    { type: "errors" },
    { type: "mask" },
    { type: "help" },
    { type: "erase" },
    { type: "erase-word" },
    { type: "erase-all" },
    { type: "delete" },
    { type: "cursor-first" },
    { type: "cursor-last" },
    { type: "cancel" },
    { type: "submit" },
    { type: "taken", conversation: 1, now: START },
  ),
  fc.integer({ min: -40, max: 40 }).map((by): Action => ({ type: "move", by })),
  fc.constantFrom<1 | -1>(1, -1).map((by): Action => ({ type: "page", by })),
  fc.constantFrom<1 | -1>(1, -1).map((by): Action => ({ type: "recall", by })),
  fc.integer({ min: -5, max: 5 }).map((by): Action => ({ type: "cursor", by })),
  fc
    .oneof(anyText, fc.constantFrom("page:", "kind:x >2s", '!text:"a', ">"))
    .map((text): Action => ({ type: "insert", text })),
);

describe("whatever happens", () => {
  test("the screen has as many lines as the terminal, each as wide, and nothing in them acts on it", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyNews, anyIntent), { maxLength: 40 }), (actions) => {
        let state = opened;
        for (const action of actions) {
          state = reduce(state, action);
          const lines = screen(state);
          expect(lines.length).toBe(state.rows);
          for (const line of lines) {
            expect(widthOf(line)).toBe(state.columns);
            expect(line.map((piece) => piece.text).join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
