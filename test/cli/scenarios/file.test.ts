import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEEDS, DEMANDS, FileStep } from "../../../cli/scenarios/file-schema.ts";
import { readScenario } from "../../../cli/scenarios/file.ts";
import { lineOf } from "../../../cli/scenarios/place.ts";

const GOOD = `# a comment
version: 1
name: split
summary: a text and its photo
steps:
  - id: ask
    text: xem ảnh này giúp mình
  - after: 0.5
    attach: [image, image]
    page: 2
    aged: -3.5
    time: seconds
  - id: both
    after_replies: 1
    together:
      - text: và cái này
        reply_to: ask
      - attach: sticker
  - again: ask
expect:
  - answers: [[ask, step-2], [both, both.1]]
  - reply_has: ảnh
    says: it speaks of the photo
  - within: { steps: [both], seconds: 2 }
`;

function complaints(source: string): string[] {
  const read = readScenario(source, "file");
  if (read.kind === "read") return [];
  return read.complaints.map(({ line, path, message }) => `${line ?? "-"} ${path}: ${message}`);
}

const ON_TELEGRAM = `version: 1
channel: telegram
place: group
steps:
  - id: album
    attach: [image, image]
    caption: mấy mẫu này
  - id: chat
    text: chiều nay họp không
    aside: true
  - blocked: true
expect:
  - answers: [[album, album.1]]
`;

describe("a file for Telegram", () => {
  test("becomes what the engine plays there", () => {
    const read = readScenario(ON_TELEGRAM, "file");
    if (read.kind !== "read") throw new Error(JSON.stringify(read));
    expect(read.scenario.script).toMatchObject({
      channel: "telegram",
      place: "group",
      steps: [
        { deed: { happenings: [{ kind: "attachment", types: ["image", "image"], caption: "mấy mẫu này" }] } },
        { deed: { happenings: [{ kind: "text", aside: true }] } },
        { deed: { happenings: [{ kind: "reachability", reachable: false }] } },
      ],
    });
  });

  test.each([
    ["attach: [image, image]", "attach: [image, share]", "steps[0]: on Telegram a link is a plain text"],
    ["blocked: true", "read: true", "steps[2]: Telegram does not tell bots what is read"],
    ["blocked: true", "unsend: chat", "steps[2]: Telegram does not tell bots what is deleted"],
    ["aside: true", "quick_reply: X", "steps[1]: on Telegram a quick reply is a plain text"],
    ["aside: true", "standby: true", "steps[1]: Telegram has no standby"],
    ["album.1]", "album.2]", 'expect[0]: there is no step "album.2"'],
    ["channel: telegram", "channel: messenger", "place: Messenger has no groups"],
    ["channel: telegram", "channel: zalo", "channel: "],
    [
      "    text: chiều nay họp không\n    aside",
      "    attach: image\n    aside",
      "steps[1].aside: it belongs to a text",
    ],
    ["    attach: [image, image]", "    text: hai", "steps[0].caption: it belongs to attach"],
  ])("with %s changed to %s is told what is wrong", (good, bad, complaint) => {
    expect(complaints(ON_TELEGRAM.replace(good, bad)).join("\n")).toContain(complaint);
  });

  test("on Messenger is told what that has no words for", () => {
    const source = ON_TELEGRAM.replace("channel: telegram\nplace: group\n", "").replace("album.1", "chat");
    expect(complaints(source)).toEqual([
      "3 steps[0]: on Messenger a photo and its words are two messages",
      "6 steps[1]: Messenger has no groups",
      "9 steps[2]: Messenger does not tell who blocks a page",
    ]);
  });
});

describe("a file", () => {
  test("becomes what the engine plays", () => {
    const read = readScenario(GOOD, "file");
    if (read.kind !== "read") throw new Error(JSON.stringify(read));
    const { name, script } = read.scenario;
    expect([name, script.headline]).toEqual(["split", "a text and its photo"]);
    expect(script.steps).toMatchObject([
      { id: "ask", afterMs: 0, status: 200, deed: { kind: "post", happenings: [{ kind: "text" }], page: 0 } },
      {
        id: "step-2",
        afterMs: 500,
        deed: { happenings: [{ types: ["image", "image"] }], page: 1, agedMs: -3_500, timeForm: "seconds" },
      },
      {
        id: "both",
        awaitsReplies: 1,
        deed: { happenings: [{ text: "và cái này", replyTo: "ask" }, { types: ["sticker"] }] },
      },
      { id: "step-4", deed: { kind: "again", step: "ask" } },
    ]);
    expect(script.checks).toEqual([
      {
        kind: "answers",
        groups: [
          ["ask", "step-2"],
          ["both", "both.1"],
        ],
        says: expect.any(String),
      },
      { kind: "speaks", words: "ảnh", absent: false, says: "it speaks of the photo" },
      { kind: "within", steps: ["both"], ms: 2_000, says: "a reply within 2 s of both" },
    ]);
  });

  test("may be JSON, and is called by its file where it has no name", () => {
    const read = readScenario('{"version":1,"steps":[{"text":"chào"}],"expect":[{"replies":1}]}', "hello");
    expect(read).toMatchObject({ kind: "read", scenario: { name: "hello", script: { headline: "1 steps" } } });
  });

  test.each([
    ["postback: {title: Bắt đầu, payload: START}", { kind: "postback", title: "Bắt đầu", payload: "START" }],
    ["reaction: {to: ask}", { kind: "reaction", to: "ask", emoji: "❤" }],
    ["edit: {of: ask, text: hai}", { kind: "edit", of: "ask", text: "hai" }],
    ["unsend: ask", { kind: "unsend", of: "ask" }],
    ["human: dạ", { kind: "human-echo", text: "dạ" }],
    ["own_echo: true", { kind: "own-echo" }],
    ["delivery: true", { kind: "delivery" }],
    ["read: true", { kind: "read" }],
    ["referral: sale", { kind: "referral", ref: "sale" }],
    ["optin: news", { kind: "optin", ref: "news" }],
    ["handover: true", { kind: "handover" }],
  ])("%s", (line, happening) => {
    const read = readScenario(
      `version: 1\nsteps:\n  - id: ask\n    text: một\n  - ${line}\nexpect:\n  - replies: 1\n`,
      "f",
    );
    expect(read).toMatchObject({ scenario: { script: { steps: [{}, { deed: { happenings: [happening] } }] } } });
  });

  test.each([
    ["kill: true", { kind: "kill" }],
    ["stall: '{'", { kind: "stall", text: "{" }],
    ["bytes: '{'", { kind: "post-odd", body: { kind: "bytes", text: "{" } }],
    ["body: {object: page}", { kind: "post-odd", body: { kind: "json", value: { object: "page" } } }],
  ])("%s", (line, deed) => {
    const read = readScenario(`version: 1\nsteps:\n  - ${line}\nexpect:\n  - state: bot\n`, "f");
    expect(read).toMatchObject({ scenario: { script: { steps: [{ deed }] } } });
  });
});

describe("what is wrong is told with its place", () => {
  const step = (line: string): string => `version: 1\nsteps:\n  - text: một\n  - ${line}\nexpect:\n  - replies: 1\n`;
  test.each([
    [GOOD.replace("    page: 2", "    pages: 2"), "10 steps[1].pages: this word is not known"],
    [GOOD.replace("seconds: 2 }", "second: 2 }"), "24 expect[2].within.second: this word is not known"],
    [
      GOOD.replace("      - attach: sticker", "      - attache: sticker"),
      "18 steps[2].together[1].attache: this word is not known",
    ],
    [GOOD.replace("summary:", "sumary:"), "4 sumary: this word is not known"],
    [GOOD.replace("after: 0.5", "after: soon"), "8 steps[1].after: Invalid input: expected number, received string"],
    ["version: 2\nwhatever: 1\n", "1 version: version 2 is for another botctl; this one reads version 1"],
    ["steps: []\n", "- version: Invalid input: expected 1"],
    [step("after: 1"), "4 steps[1]: it needs one of: text, attach"],
    [step("text: hai\n    attach: image"), "4 steps[1]: text and attach cannot stand together"],
    [step("unsend: later"), '4 steps[1]: there is no step "later" before it'],
    [step("attach: image\n    quick_reply: X"), "5 steps[1].quick_reply: it belongs to a text"],
    [step("kill: true\n    status: 200"), "5 steps[1].status: it changes nothing in this step"],
    [step("id: step-1\n    text: hai"), '4 steps[1].id: there is another step "step-1" before it'],
    [step("text: hai").replace("replies: 1", "stored: { step: x, times: 1 }"), '6 expect[0]: there is no step "x"'],
    [step("text: hai").replace("replies: 1", "event: moon_risen"), "6 expect[0].event: no event of this server"],
    [step("text: hai").replace("replies: 1", "says: nothing"), "6 expect[0]: it needs one of: answers"],
    ["version: 1\nsteps: [\n", "- : YAML Parse error"],
    ['{"version": 1,', "- : JSON Parse error"],
    ["just words", "- : Invalid input: expected object"],
    ["", "- : Invalid input: expected object"],
    [
      '{"version":1,\n "steps":[\n  {"text":"một"},\n  {"txet":"hai"}],\n "expect":[{"replies":1}]}',
      "4 steps[1].txet: this word",
    ],
  ])("%j", (source, complaint) => {
    expect(complaints(source)).toContainEqual(expect.stringContaining(complaint));
  });

  test("all at once", () => {
    expect(complaints(GOOD.replace("page: 2", "pages: 2").replace("summary:", "sumary:"))).toHaveLength(2);
  });
});

describe("a place in a text", () => {
  test("is found where items are not indented, and keys repeat", () => {
    const source = "steps:\n- id: a\n  text: x\n- text: 'id: no'\n  id: b\nexpect:\n- id: c\n";
    expect(lineOf(source, ["steps", 1, "id"])).toBe(5);
    expect(lineOf(source, ["expect", 0, "id"])).toBe(7);
    expect(lineOf(source, ["expect", 3])).toBe(6);
    expect(lineOf(source, ["nothing"])).toBeNull();
  });

  test("is found in JSON past brackets and quotes in strings", () => {
    const source = '{\n "a": "}]\\"{",\n "b": [\n  [1, 2],\n  {"a": {},\n   "c": 5}\n ]\n}';
    expect(lineOf(source, ["b", 1, "c"])).toBe(6);
    expect(lineOf(source, ["b", 0, 1])).toBe(4);
    expect(lineOf(source, ["b", 1, "nothing"])).toBe(5);
  });
});

describe("docs/simulate.md", () => {
  const page = readFileSync(join(import.meta.dir, "../../../docs/simulate.md"), "utf8");
  const [, form = ""] = page.split("## Scenario files");

  test("shows a file that can be read", () => {
    const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(form) ?? [];
    expect(readScenario(example, "example").kind).toBe("read");
  });

  test("explains every word of a file, and no other", () => {
    const explained = new Set(
      [...form.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell = ""]) =>
        [...cell.matchAll(/`(\w+)/g)].map(([, word = ""]) => word),
      ),
    );
    const words = new Set([...DEEDS, ...Object.keys(FileStep.shape), ...DEMANDS]);
    const within = new Set(["id", "quick_reply", "reply_to"]);
    expect([...words].filter((word) => !explained.has(word) && !within.has(word))).toEqual([]);
    expect([...explained].filter((word) => !words.has(word))).toEqual([]);
  });
});
