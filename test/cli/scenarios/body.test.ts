import { describe, expect, test } from "bun:test";
import { edited, editOf, eventsOf, filledIn } from "../../../cli/scenarios/body.ts";

const body = {
  object: "page",
  entry: [
    {
      id: "1",
      messaging: [
        { sender: { id: "sim-lan" }, recipient: { id: "1" }, message: { text: "chào" } },
        { sender: { id: "1" }, recipient: { id: "sim-lan" }, message: { text: "dạ", is_echo: true } },
      ],
    },
    { id: 2, standby: [{ sender: { id: "sim-lan" }, recipient: { id: 2 }, postback: { title: "Bắt đầu" } }] },
    { messaging: [{ sender: { id: "sim-an" }, recipient: { id: "3" }, read: { watermark: 1 } }] },
  ],
};

describe("--set", () => {
  test.each([
    ["a.b=chào:5", ["a", "b"], "chào:5"],
    ["a.0.b=5", ["a", "0", "b"], 5],
    ['a="5"', ["a"], "5"],
    ["a=", ["a"], ""],
    ["a=b=c", ["a"], "b=c"],
    ['a={"b":[1]}', ["a"], { b: [1] }],
    ["a=null", ["a"], null],
  ])("%s", (typed, path, value) => {
    expect(editOf(typed)).toEqual({ step: null, path, value });
  });

  test("may be for one step alone", () => {
    expect(editOf("photo-1:a.b=5")).toEqual({ step: "photo-1", path: ["a", "b"], value: 5 });
  });

  test.each(["text", "=5", "a..b=1", ".=1"])("%s does not say what to set", (typed) => {
    expect(() => editOf(typed)).toThrow(expect.objectContaining({ code: "usage" }));
  });

  test("changes a copy, and may add a last key", () => {
    const changes = ["entry.0.messaging.0.message.text=hi", "entry.0.messaging.0.message.is_deleted=true"].map(editOf);
    expect(edited(body, changes)).toMatchObject({
      entry: [{ messaging: [{ message: { text: "hi", is_deleted: true } }, {}] }, {}, {}],
    });
    expect(body.entry[0]?.messaging?.[0]).toEqual({
      sender: { id: "sim-lan" },
      recipient: { id: "1" },
      message: { text: "chào" },
    });
  });

  test.each([
    ["entry.9.id=1", "entry.9"],
    ["entry.0.nothing.here=1", "entry.0.nothing"],
    ["object.x=1", "object"],
    ["entry.last=1", "entry.last"],
    ["constructor.x=1", "constructor"],
  ])("%s names a place that is not there", (typed, place) => {
    expect(() => edited(body, [editOf(typed)])).toThrow(`The webhook has nothing at ${place}.`);
  });
});

test("the events of a body are told with their page, their person and what was said", () => {
  expect(eventsOf(body)).toEqual([
    { page: "1", contact: "sim-lan", text: "chào" },
    { page: "1", contact: "sim-lan", text: "dạ" },
    { page: "2", contact: "sim-lan", text: "Bắt đầu" },
    { page: "3", contact: "sim-an", text: null },
  ]);
  for (const odd of [null, 5, "text", [], { entry: {} }, { entry: [null, { messaging: 3 }] }])
    expect(eventsOf(odd)).toEqual([]);
});

test("words that stand for something are filled in where they are the whole text", () => {
  const words = { $contact: "sim-lan", $now: 5 };
  expect(filledIn({ a: ["$contact", "to $contact"], b: { c: "$now", d: null } }, words)).toEqual({
    a: ["sim-lan", "to $contact"],
    b: { c: 5, d: null },
  });
});
