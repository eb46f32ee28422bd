import { expect, test } from "bun:test";
import { checkOf } from "../../../cli/scenarios/expectations.ts";

test.each([
  ["replies=2", { kind: "replies", count: 2 }],
  ["status=401", { kind: "status", status: 401 }],
  ["state=human", { kind: "state", state: "human" }],
  ["event=takeover", { kind: "event", type: "takeover" }],
  ["reply~hai áo = 5", { kind: "speaks", words: "hai áo = 5", absent: false }],
  [" reply !~ lỗi ", { kind: "speaks", words: "lỗi", absent: true }],
])("%s", (typed, expected) => {
  expect(checkOf(typed)).toEqual(expect.objectContaining(expected));
  expect(checkOf(typed).says).toBe(`expected: ${typed.trim()}`);
});

test.each(["replies", "replies=many", "status=20", "state=asleep", "event=moon_risen", "reply=ảnh", "words~x"])(
  "%s is nothing that can be expected",
  (typed) => {
    expect(() => checkOf(typed)).toThrow(`"${typed}" is nothing that can be expected.`);
  },
);
