import { describe, expect, test } from "bun:test";
import type { Conversation } from "../../../cli/tui/conversations.ts";
import type { EventRow } from "../../../cli/tui/feed.ts";
import { conversationPasses, eventPasses, parseFilter, type Filter } from "../../../cli/tui/filter.ts";
import { aMessage, anEvent } from "./played.ts";

const lan: Conversation = {
  id: 1,
  channel: "messenger",
  account: "1001",
  contact: "7001",
  name: "Nguyễn Thị Lan",
  state: "bot",
  lastAt: 0,
  unread: 0,
  doing: null,
};
const known = {
  pageName: (account: string) => (account === "1001" ? "Trà Sen" : account),
  messages: () => [
    aMessage({ text: "Cho em hỏi giá trà đá", deliveries: [{ id: "d", state: "parked", attempts: 1 }] }),
  ],
};

function filter(typed: string): Filter {
  const parsed = parseFilter(typed);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed;
}

function row(type: string, over: Record<string, unknown> = {}): EventRow {
  return { kind: "event", n: 1, id: "1", event: anEvent(type, over) };
}

describe("a filter", () => {
  const sent = row("response_sent", { latency_ms: 2_500, kind: "message", state: "sent" });
  const read = row("message_received", { kind: "read", platform: "telegram", account: "9" });

  test.each([
    ["page:tra", true, false],
    ["page:1001", true, false],
    ["platform:TELEGRAM", false, true],
    ["kind:sent", true, false],
    ["kind:read", false, true],
    ["!kind:read", true, false],
    ["status:sent", true, false],
    [">2s", true, false],
    [">2500ms", false, false],
    ["!>2s", false, true],
    [">0.04m", true, false],
    ["page:tra >2s !kind:read", true, false],
    ['text:"gia tra da"', true, true],
    ["thị", true, true],
    ["!lan", false, false],
    ['""', true, true],
    ["", true, true],
  ])("%s lets a reply of 2.5 s pass: %p, a receipt on another page: %p", (typed, first, second) => {
    expect([sent, read].map((each) => eventPasses(filter(typed), each, lan, known))).toEqual([first, second]);
  });

  test.each([
    ["page:sen", true],
    ["platform:tele", false],
    ["status:bot", true],
    ["status:human", false],
    ["!status:human", true],
    ["status:parked", true],
    ["text:đá", true],
    ["7001", true],
    ["kind:sent", true],
    ["kind:sent >2s", true],
    ["kind:sent >3s", false],
    // One event must meet both: the receipt took no time, and the reply is none.
    ["kind:read >2s", false],
    ["nobody", false],
  ])("%s lets a conversation pass: %p", (typed, expected) => {
    expect(conversationPasses(filter(typed), lan, () => [sent, read], known)).toBe(expected);
  });

  test.each([
    ["pagge:x", '"pagge:" is not known; there are page: platform: kind: status: text: and >2s'],
    [">soon", '">soon" is no length of time: write >2s, >500ms or >1m'],
  ])("%s is explained", (typed, complaint) => {
    expect(parseFilter(typed)).toBe(complaint);
  });

  test("no filter lets everything pass", () => {
    expect(eventPasses(null, read, undefined, known)).toBe(true);
    expect(conversationPasses(null, lan, () => [], known)).toBe(true);
  });
});
