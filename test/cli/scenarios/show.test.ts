import { describe, expect, test } from "bun:test";
import { Narrator, lineOf } from "../../../cli/commands/simulate/show.ts";
import { outputOf } from "../../../cli/output.ts";
import { labelOf } from "../../../cli/scenarios/label.ts";
import { posts, postsAgain, postsOdd, says, shows, stalls } from "../../../cli/scenarios/build.ts";
import type { Happening, Step } from "../../../cli/scenarios/scenario.ts";
import { storyOf } from "../../../cli/scenarios/story.ts";
import { stage } from "../stage.ts";

const plain = outputOf(stage().context, {});

describe("a line", () => {
  test("of a webhook ends in its status", () => {
    const line = lineOf(
      { at_ms: 1_200, direction: "in", what: "image", text: "", detail: "", status: 200, took_ms: 2 },
      plain,
      null,
    );
    expect(line).toBe("   1.200 s  → image                                               200 in 2 ms\n");
  });

  test("aligns what a terminal shows, not what the string counts", () => {
    const rows = ["xem ảnh này", "xem ảnh này".normalize("NFD"), "xin chào 👋"].map((text) =>
      lineOf({ at_ms: 0, direction: "in", what: "text", text, detail: "", status: 200, took_ms: 1 }, plain, null),
    );
    expect(new Set(rows.map((row) => Bun.stringWidth(row.slice(0, row.indexOf("200 in"))))).size).toBe(1);
  });

  test("of a decision gives its reason, and that of a reply its words in one line", () => {
    const note = lineOf(
      { at_ms: 2, direction: "note", what: "intent_classified", reason: "waiting up to 8 s" },
      plain,
      null,
    );
    const reply = lineOf(
      { at_ms: 1_790, direction: "out", what: "reply", text: "Chào bạn!\n\u001b[31mĐây" },
      plain,
      null,
    );
    expect(note).toBe("   0.002 s    waiting up to 8 s\n");
    expect(reply).toBe('   1.790 s  ← "Chào bạn!\\n\\u001b[31mĐây"\n');
  });

  test("fits a narrow terminal", () => {
    const line = lineOf({ at_ms: 0, direction: "out", what: "reply", text: "Mình đã xem ảnh của bạn" }, plain, 30);
    expect(Bun.stringWidth(line.trimEnd())).toBe(30);
  });

  test("has no colour in a pipe and none with NO_COLOR", () => {
    const observation = { at_ms: 0, direction: "note", what: "kill", reason: "gone" } as const;
    const coloured = outputOf(stage({ terminal: true, env: { TERM: "xterm" } }).context, {});
    const bare = outputOf(stage({ terminal: true, env: { TERM: "xterm", NO_COLOR: "1" } }).context, {});
    expect(lineOf(observation, coloured, 80)).toContain("\u001b[2m");
    expect(lineOf(observation, bare, 80)).not.toContain("\u001b");
    expect(lineOf(observation, plain, null)).not.toContain("\u001b");
  });
});

test("a finding that was not met says what came instead; with --json nothing is told", () => {
  const findings = [
    { what: "stored once", passed: true, instead: null },
    { what: "one reply", passed: false, instead: "2 replies" },
  ];
  const pipe = stage();
  new Narrator(pipe.context, {}).findings(findings);
  expect(pipe.out()).toBe("   ✓ stored once\n   ✗ one reply: 2 replies\n");
  const program = stage();
  new Narrator(program.context, { json: true }).findings(findings);
  expect(program.out()).toBe("");
});

describe("a webhook is called", () => {
  const event = (happening: Happening): Step => posts("step", happening);
  test.each<[Step, string, string, string]>([
    [event(says("xin chào")), "text", "xin chào", ""],
    [event({ kind: "text", text: "Xem giá", quickReply: "PRICE" }), "quick reply", "Xem giá", ""],
    [event(shows("image", "image")), "image + image", "", ""],
    [posts("step", [says("xem ảnh"), shows("image")]), "text + image", "xem ảnh", ""],
    [posts("step", says("một"), { standby: true }), "standby text", "một", ""],
    [posts("step", says("một"), { signature: "wrong" }), "text", "một", "(signed with another secret)"],
    [posts("step", says("một"), { signature: "missing" }), "text", "một", "(not signed)"],
    [event({ kind: "postback", title: "Bắt đầu", payload: "GET_STARTED" }), "postback", "Bắt đầu", "GET_STARTED"],
    [event({ kind: "reaction", to: "first", emoji: "❤" }), "reaction", "", "❤ to first"],
    [event({ kind: "edit", of: "first", text: "hai" }), "edit", "hai", "instead of first"],
    [event({ kind: "unsend", of: "first" }), "unsend", "", "first"],
    [event({ kind: "human-echo", text: "dạ" }), "a human", "dạ", ""],
    [event({ kind: "referral", ref: "sale" }), "referral", "", "sale"],
    [event({ kind: "handover" }), "handover", "", ""],
    [event({ kind: "own-echo" }), "echo", "", "the reply, shown back"],
    [stalls("step", '{"ob'), "stall", "", '{"ob and nothing more'],
    [postsOdd("step", { kind: "json", value: { object: "page" } }), "body", "", '{"object":"page"}'],
    [postsOdd("step", { kind: "given", bytes: new Uint8Array(3) }), "body", "", "3 bytes as given"],
    [postsAgain("step", "first"), "again", "", "the same bytes as first"],
    [postsOdd("step", { kind: "bytes", text: "{" }), "body", "", "{"],
    [postsOdd("step", { kind: "padded", bytes: 9 }), "body", "", "9 bytes"],
    [postsOdd("step", { kind: "nested", depth: 9 }), "body", "", "9 lists in one another"],
  ])("%j", ({ deed }, what, text, detail) => {
    if (deed.kind === "kill") throw new Error("a kill is no webhook");
    expect(labelOf(deed)).toEqual({ what, text, detail });
  });
});

describe("the server's events", () => {
  test.each([
    [
      { type: "intent_classified", reason: "waiting up to 8 s: the text announces an image" },
      "waiting up to 8 s: the text announces an image",
    ],
    [{ type: "turn_rerun", reason: "a newer part came" }, "asked again: a newer part came"],
    [{ type: "turn_cancelled", reason: "a human answered" }, "not answered: a human answered"],
    [{ type: "response_generated", latency_ms: 1_520 }, "the model answered in 1520 ms"],
    [{ type: "duplicate_dropped" }, "dropped: this message is stored already"],
    [{ type: "alarm", message: "the page went silent" }, "alarm: the page went silent"],
    [{ type: "message_received" }, null],
  ])("%j", (event, reason) => {
    expect(storyOf(event)?.reason).toBe(reason);
  });

  test("of a newer server are passed over", () => {
    expect(storyOf({ type: "moon_risen", reason: "it is night" })).toBeNull();
    expect(storyOf({ type: "toString" })).toBeNull();
  });

  test("say which delivery is out", () => {
    expect(storyOf({ type: "response_sent", delivery: "d-1" })).toEqual({
      type: "response_sent",
      reason: null,
      sentDelivery: "d-1",
    });
  });
});
