import { describe, expect, test } from "bun:test";
import { replyIn } from "../../src/agent/service-reply.ts";

function read(body: unknown): ReturnType<typeof replyIn> {
  return replyIn(Buffer.from(typeof body === "string" ? body : JSON.stringify(body)));
}

describe("T7 an answer of the service", () => {
  test("is its reply, whatever else stands there", () => {
    expect(read({ reply: "  Dạ còn ạ.\n", confidence: 0.9, actions: null })).toEqual({
      reply: { text: "Dạ còn ạ.", actions: [] },
    });
  });

  test("may bring actions of each kind", () => {
    const actions = [
      { type: "reply", title: "Đặt hàng", payload: "ORDER" },
      { type: "postback", title: "Thôi" },
      { type: "url", title: "Xem", url: "https://shop.example.com/ao?m=đỏ" },
      { type: "phone", title: "Gọi", payload: "+84901234567" },
    ] as const;
    expect(read({ reply: "Dạ.", actions })).toEqual({ reply: { text: "Dạ.", actions: [...actions] } });
  });

  test.each([
    [{ type: "reply", title: "  ", payload: "X" }],
    [{ type: "reply", payload: "X" }],
    [{ type: "reply", title: "X", payload: 7 }],
    [{ type: "card", title: "X" }],
    [{ type: "url", title: "X" }],
    [{ type: "url", title: "X", url: "javascript:alert(1)" }],
    [{ type: "phone", title: "X", payload: "call me" }],
    ["reply"],
    [null],
  ])("without sense in an action keeps its words and its other actions: %j", (bad) => {
    const good = { type: "reply", title: "Đặt hàng", payload: "ORDER" } as const;
    expect(read({ reply: "Dạ.", actions: [bad, good] })).toEqual({ reply: { text: "Dạ.", actions: [good] } });
  });

  test("whose actions are no list keeps its words", () => {
    expect(read({ reply: "Dạ.", actions: { type: "reply" } })).toEqual({ reply: { text: "Dạ.", actions: [] } });
  });

  test.each([["Dạ còn ạ."], ["<html>"], [""], ["[]"], ["null"], ['"Dạ"'], ["{}"], [{ reply: null }], [{ reply: 5 }]])(
    "that is not of the form is told apart: %j",
    (body) => {
      expect(read(body)).toEqual({ wrong: 'was not JSON like {"reply":"…"}' });
    },
  );

  test("without words is none", () => {
    expect(read({ reply: " \n" })).toEqual({ wrong: "was an empty reply" });
  });

  test("with half an emoji is made whole text", () => {
    expect(read(String.raw`{"reply":"ok \ud83d"}`)).toEqual({ reply: { text: "ok \ufffd", actions: [] } });
  });
});
