import { describe, expect, test } from "bun:test";
import { apologyFor } from "../../src/agent/apology.ts";
import { echoAgent } from "../../src/agent/echo.ts";
import type { Question } from "../../src/core/agent.ts";
import { aPart, aQuestion, anAttachment } from "./fixtures.ts";

async function echo(question: Partial<Question>, hint = true): Promise<string> {
  const answer = await echoAgent({ hint }).answer(aQuestion(question), new AbortController().signal);
  return answer.kind === "reply" ? answer.reply.text : answer.kind;
}

describe("T8 without a model", () => {
  test("the bot repeats what it heard, in the person's language, and says where the commands are", async () => {
    expect(await echo({ parts: [aPart("áo này"), aPart("còn không?")] })).toBe(
      "Bạn vừa nói: áo này\ncòn không?\nGõ /help để xem các lệnh.",
    );
    expect(await echo({ parts: [aPart("hello")], language: "en" })).toBe(
      "You said: hello\nType /help to see the commands.",
    );
    expect(await echo({ parts: [aPart("hello")], language: "en" }, false)).toBe("You said: hello");
  });

  test("the bot names what came with the words", async () => {
    const parts = [
      aPart("xem giúp", { attachments: [anAttachment("image"), anAttachment("file", { title: "gia.pdf" })] }),
    ];
    expect(await echo({ parts }, false)).toBe("Bạn vừa nói: xem giúp\nMình đã nhận: ảnh, tệp (gia.pdf)");
    expect(await echo({ parts: [aPart("", { attachments: [anAttachment("location")] })], language: "en" }, false)).toBe(
      "Received: location",
    );
    expect(await echo({ parts: [aPart("", { payload: "PRICE" })] }, false)).toBe("Bạn vừa nói: PRICE");
    expect(await echo({ parts: [aPart("")] }, false)).toBe("Mình đã nhận được tin nhắn của bạn.");
  });

  test("Messenger's first button is answered with the greeting", async () => {
    const parts = [aPart("Bắt đầu", { payload: "GET_STARTED" })];
    expect(await echo({ parts })).toContain("Xin chào!");
    expect(await echo({ parts, language: "en" })).toContain("/help");
  });

  test("an answer that is no longer wanted is not made", async () => {
    expect(await echoAgent({ hint: true }).answer(aQuestion(), AbortSignal.abort())).toEqual({ kind: "aborted" });
  });
});

test("A8 the apology is in the person's language", () => {
  expect(apologyFor("vi")).toBe("Xin lỗi, có lỗi xảy ra. Vui lòng thử lại sau.");
  expect(apologyFor("en")).toBe("Sorry, something went wrong. Please try again later.");
});
