import { expect, test } from "bun:test";
import { CHAT_HELP, chatLine, type ChatLine } from "../../../cli/scenarios/chat-line.ts";

test.each<[string, ChatLine]>([
  ["  xin chào  ", { kind: "happens", happening: { kind: "text", text: "xin chào" } }],
  ["//photo", { kind: "happens", happening: { kind: "text", text: "/photo" } }],
  ["/photo", { kind: "happens", happening: { kind: "attachment", types: ["image"] } }],
  ["/photo 3", { kind: "happens", happening: { kind: "attachment", types: ["image", "image", "image"] } }],
  ["/file", { kind: "happens", happening: { kind: "attachment", types: ["file"] } }],
  ["/voice", { kind: "happens", happening: { kind: "attachment", types: ["audio"] } }],
  ["/sticker", { kind: "happens", happening: { kind: "attachment", types: ["sticker"] } }],
  ["/quick PRICE Xem giá", { kind: "happens", happening: { kind: "text", text: "Xem giá", quickReply: "PRICE" } }],
  ["/quick PRICE", { kind: "happens", happening: { kind: "text", text: "PRICE", quickReply: "PRICE" } }],
  ["/button START Bắt đầu", { kind: "happens", happening: { kind: "postback", title: "Bắt đầu", payload: "START" } }],
  ["/edit hai áo", { kind: "happens", happening: { kind: "edit", of: "line-1", text: "hai áo" } }],
  ["/unsend", { kind: "happens", happening: { kind: "unsend", of: "line-1" } }],
  ["/human dạ", { kind: "happens", happening: { kind: "human-echo", text: "dạ" } }],
  ["/wait 1.5", { kind: "wait", ms: 1_500 }],
  ["/help", { kind: "help" }],
  ["/quit", { kind: "quit" }],
  ["   ", { kind: "nothing" }],
])("%s", (typed, expected) => {
  expect(chatLine(typed, "line-1")).toEqual(expected);
});

test.each([
  ["/photo 0", "/photo takes a number from 1 to 30"],
  ["/photo many", "/photo takes a number from 1 to 30"],
  ["/quick", "/quick needs a payload"],
  ["/edit", "/edit needs the new text"],
  ["/edit x", "there is nothing to edit yet"],
  ["/unsend", "there is nothing to take back yet"],
  ["/human", "/human needs what the human says"],
  ["/wait long", "/wait needs seconds"],
  ["/dance", "there is no /dance; /help shows what there is"],
  ["/constructor", "there is no /constructor"],
])("%s is a mistake that is explained", (typed, message) => {
  expect(chatLine(typed, null)).toEqual({ kind: "mistake", message: expect.stringContaining(message) });
});

test("the help names every command", () => {
  for (const command of ["photo", "voice", "quick", "button", "edit", "unsend", "human", "wait", "quit"]) {
    expect(CHAT_HELP).toContain(`/${command}`);
  }
});
