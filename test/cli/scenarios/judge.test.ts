import { describe, expect, test } from "bun:test";
import { answers, noReply, posts, says } from "../../../cli/scenarios/build.ts";
import type { SeenMessage } from "../../../cli/scenarios/history.ts";
import { judge, type Seen } from "../../../cli/scenarios/judge.ts";
import type { Check } from "../../../cli/scenarios/scenario.ts";

const PAGE = "1000000000001";

function heard(label: string, turn: number | null, text = "xin chào"): SeenMessage {
  const id = `in-${label}`;
  const attachments = attached(label);
  return { id, page: PAGE, direction: "in", by: "client", text, attachments, at: 0, turn, deliveries: [] };
}

function attached(label: string): { kind: "image"; url: string }[] {
  return label === "photo" ? [{ kind: "image", url: "https://media.example/photo.jpg" }] : [];
}

function reply(turn: number | null, text = "Chào bạn!", state = "sent"): SeenMessage {
  const id = `out-${turn}-${text}`;
  const deliveries = [{ id, state }];
  return { id, page: PAGE, direction: "out", by: "bot", text, attachments: [], at: 0, turn, deliveries };
}

function seen(messages: readonly SeenMessage[], rest: Partial<Seen> = {}): Seen {
  const posted = ["text", "photo"].map((label) => ({
    label,
    page: PAGE,
    texts: ["xin chào", "hai"],
    attachments: attached(label),
  }));
  return {
    posted,
    statuses: new Map(),
    postedAt: new Map(),
    sentAt: new Map(),
    stalled: new Map(),
    messages,
    events: new Set(),
    state: "bot",
    repliesBeforeKill: null,
    ...rest,
  };
}

/** What is wrong with the check; null when nothing is. */
function instead(check: Check, what: Seen): string | null | undefined {
  return judge([], [check], what)[0]?.instead;
}

const together = answers("one reply", ["text", "photo"]);
const apart = answers("two replies", ["text"], ["photo"]);

describe("answers", () => {
  test.each<[string, Check, readonly SeenMessage[], string | null]>([
    ["one reply to both parts", together, [heard("text", 1), heard("photo", 1), reply(1)], null],
    ["parts of one turn, and no reply", together, [heard("text", 1), heard("photo", 1)], "no reply"],
    ["a part that is not there", together, [heard("text", 1), reply(1)], "photo was not stored"],
    [
      "a part without a turn",
      apart,
      [heard("text", 1), heard("photo", null), reply(1)],
      'photo got no turn; 1 reply: "Chào bạn!"',
    ],
    [
      "parts that were to be told apart",
      apart,
      [heard("text", 1), heard("photo", 1), reply(1), reply(1, "Lại chào!")],
      "photo was put together with something else",
    ],
    [
      "a reply that belongs to no turn",
      together,
      [heard("text", 1), heard("photo", 1), reply(null, "Xin lỗi")],
      'a reply to something else: "Xin lỗi"',
    ],
    [
      "a reply on its way",
      together,
      [heard("text", 1), heard("photo", 1), reply(1, "Chào", "pending")],
      "1 reply not sent",
    ],
    ["nothing, as it should be", noReply, [heard("text", 1)], null],
    ["a reply where none should be", noReply, [heard("text", 1), reply(1)], '1 reply: "Chào bạn!"'],
  ])("%s", (_, check, messages, expected) => {
    expect(instead(check, seen(messages))).toBe(expected);
  });
});

describe("each answered once", () => {
  const check: Check = { says: "each once", kind: "each-answered-once", steps: ["text", "photo"] };
  test.each<[string, readonly SeenMessage[], string | null]>([
    ["one turn", [heard("text", 1), heard("photo", 1), reply(1)], null],
    ["two turns", [heard("text", 1), heard("photo", 2), reply(1), reply(2)], null],
    ["one without a reply", [heard("text", 1), heard("photo", 2), reply(1)], "no reply to photo"],
    ["one lost", [heard("text", 1), reply(1)], "no reply to photo"],
    ["one doubled", [heard("text", 1), heard("photo", 1), reply(1, "a"), reply(1, "b")], '1 reply too many: "a", "b"'],
  ])("%s", (_, messages, expected) => {
    expect(instead(check, seen(messages))).toBe(expected);
  });
});

describe("the rest", () => {
  test.each<[string, Check, Seen, string | null]>([
    ["stored once", { says: "", kind: "stored", step: "text", times: 1 }, seen([heard("text", 1)]), null],
    ["stored never", { says: "", kind: "stored", step: "text", times: 1 }, seen([]), "it is in the history 0 times"],
    ["edited", { says: "", kind: "reads", step: "text", text: "hai" }, seen([heard("text", 1, "hai")]), null],
    [
      "not edited",
      { says: "", kind: "reads", step: "text", text: "hai" },
      seen([heard("text", 1, "xin chào")]),
      'it reads "xin chào"',
    ],
    ["unheard", { says: "", kind: "unheard" }, seen([], { state: null }), null],
    ["heard", { says: "", kind: "unheard" }, seen([]), "there is a conversation with the contact"],
    [
      "announced",
      { says: "", kind: "event", type: "quarantined" },
      seen([], { events: new Set(["quarantined"]) }),
      null,
    ],
    ["not announced", { says: "", kind: "event", type: "quarantined" }, seen([]), "the event quarantined did not come"],
    ["taken over", { says: "", kind: "state", state: "human" }, seen([], { state: "human" }), null],
    ["not taken over", { says: "", kind: "state", state: "human" }, seen([]), "the conversation is bot"],
    [
      "killed too late",
      { says: "", kind: "killed-before-reply" },
      seen([], { repliesBeforeKill: 1 }),
      "the reply was faster than the kill",
    ],
    [
      "mentioned in either language",
      { says: "", kind: "mentions", steps: ["text"], words: [["ảnh", "image"], ["Túi"]] },
      seen([heard("text", 1), reply(1, "I looked at your image of the TÚI".normalize("NFD"))]),
      null,
    ],
    [
      "not mentioned",
      { says: "", kind: "mentions", steps: ["text"], words: [["ảnh", "image"]] },
      seen([heard("text", 1), reply(1)]),
      'nothing about "ảnh" or "image": "Chào bạn!"',
    ],
  ])("%s", (_, check, what, expected) => {
    expect(instead(check, what)).toBe(expected);
  });

  test("a wrong status is a finding, a refusal as planned too, a plain 200 needs no words", () => {
    const steps = [posts("fine", says("a")), posts("forged", says("b"), { status: 401 }), posts("lost", says("c"))];
    const statuses = new Map([
      ["fine", 200],
      ["forged", 401],
      ["lost", 503],
    ]);
    expect(judge(steps, [], seen([], { statuses }))).toEqual([
      { what: "refused with 401", passed: true, instead: null },
      { what: "lost is answered 200", passed: false, instead: "status 503" },
    ]);
  });
});

describe("what a file or --expect may demand", () => {
  const one = [heard("text", 1), reply(1, "Dạ còn hai áo ạ")];
  const posted = { postedAt: new Map([["text", 1_000]]), sentAt: new Map([["out-1-Dạ còn hai áo ạ", 3_500]]) };
  const stalled = (ended: boolean, status: number | null, tookMs = 5_000): Partial<Seen> => {
    return { stalled: new Map([["slow", { ended, status, tookMs }]]) };
  };
  const says = "it holds";
  test.each<[Check, Partial<Seen>, string | null]>([
    [{ says, kind: "replies", count: 1 }, {}, null],
    [{ says, kind: "replies", count: 2 }, {}, '1 reply: "Dạ còn hai áo ạ"'],
    [{ says, kind: "speaks", words: "HAI ÁO", absent: false }, {}, null],
    [{ says, kind: "speaks", words: "ba áo", absent: false }, {}, 'nothing like that: "Dạ còn hai áo ạ"'],
    [{ says, kind: "speaks", words: "ba áo", absent: true }, {}, null],
    [{ says, kind: "omits", words: ["ba", "hai"] }, {}, 'there is "hai": "Dạ còn hai áo ạ"'],
    [{ says, kind: "within", steps: ["text"], ms: 2_500 }, posted, null],
    [{ says, kind: "within", steps: ["text"], ms: 2_000 }, posted, "it took 2.5 s, and 2 s was the limit"],
    [{ says, kind: "within", steps: ["photo"], ms: 2_000 }, posted, "no reply"],
    [{ says, kind: "status", status: 200 }, { statuses: new Map([["text", 200]]) }, null],
    [{ says, kind: "status", status: 200 }, { statuses: new Map([["text", 503]]) }, "text got 503"],
    [{ says, kind: "status", status: 200 }, {}, "nothing was posted"],
    [{ says, kind: "let-go", step: "slow", ms: 6_000 }, stalled(true, 408), null],
    [{ says, kind: "let-go", step: "slow", ms: 6_000 }, stalled(true, null), null],
    [{ says, kind: "let-go", step: "slow", ms: 6_000 }, stalled(true, 200), "status 200"],
    [{ says, kind: "let-go", step: "slow", ms: 4_000 }, stalled(true, 408), "the server still waits after 5 s"],
    [
      { says, kind: "let-go", step: "slow", ms: 6_000 },
      stalled(false, null, 15_000),
      "the server still waits after 15 s",
    ],
    [{ says, kind: "let-go", step: "slow", ms: 6_000 }, {}, "it was not sent"],
  ])("%j, %#", (check, rest, expected) => {
    expect(instead(check, seen(one, rest))).toBe(expected);
  });

  test("the same words to another page are not the same message", () => {
    const elsewhere = one.map((message) => ({ ...message, page: "1000000000003" }));
    expect(instead(answers("one reply", ["text"]), seen(elsewhere))).toStartWith("text was not stored");
  });
});
