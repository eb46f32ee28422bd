import { describe, expect, test } from "bun:test";
import { requestOf } from "../../src/agent/service-request.ts";
import type { HistoryLine } from "../../src/core/agent.ts";
import { anAttachment, aPart, aQuestion } from "./fixtures.ts";

function line(by: HistoryLine["by"], text: string, more: Partial<HistoryLine> = {}): HistoryLine {
  return { by, text, attachments: [], at: 1, ...more };
}

describe("T7 the service is told", () => {
  test("who asks by a hash, what, where and in which language", () => {
    expect(requestOf(aQuestion())).toEqual({
      user: "hash-of-lan",
      text: "Áo này còn không?",
      attachments: [],
      history: [],
      conversation: "7",
      channel: "messenger",
      language: "vi",
    });
  });

  test("all texts of the question in their order, and where the pictures are", () => {
    const photo = anAttachment("image", { url: "https://scontent.xx.fbcdn.net/a.jpg?oh=1&oe=2" });
    const parts = [aPart("xem giúp em"), aPart("", { attachments: [photo] }), aPart("còn size L không")];
    expect(requestOf(aQuestion({ parts }))).toMatchObject({
      text: "xem giúp em\ncòn size L không",
      attachments: [{ kind: "image", url: photo.url, title: null }],
    });
  });

  test("where a place is", () => {
    const place = anAttachment("location", { title: "Chợ Bến Thành", latitude: 10.77, longitude: 106.69 });
    expect(requestOf(aQuestion({ parts: [aPart("", { attachments: [place] })] })).attachments).toEqual([
      { kind: "location", url: null, title: "Chợ Bến Thành", latitude: 10.77, longitude: 106.69 },
    ]);
  });

  test("what a tapped button means, beside its title", () => {
    const asked = requestOf(aQuestion({ parts: [aPart("Xem giá", { payload: "PRICES" })] }));
    expect(asked).toMatchObject({ text: "Xem giá", payload: "PRICES" });
  });

  test("the last five lines of history by role, a photo without words too", () => {
    const photo = anAttachment("image", { url: "https://scontent.xx.fbcdn.net/b.jpg" });
    const history = [
      line("client", "one"),
      line("bot", "two"),
      line("client", "three"),
      line("human", "four"),
      line("bot", ""),
      line("client", "", { attachments: [photo] }),
      line("bot", "six"),
    ];
    expect(requestOf(aQuestion({ history })).history).toEqual([
      { role: "assistant", text: "two" },
      { role: "user", text: "three" },
      { role: "staff", text: "four" },
      { role: "user", text: "", attachments: [{ kind: "image", url: photo.url, title: null }] },
      { role: "assistant", text: "six" },
    ]);
  });

  test("notes where there are any", () => {
    expect(requestOf(aQuestion({ notes: ["The photo came late."] })).notes).toEqual(["The photo came late."]);
  });
});

test.each([
  ["https://api.telegram.org/file/bot123456:AAE-secret/photos/1.jpg"],
  ["https://api.telegram.org/file/bot123456%3AAAE-secret/photos/1.jpg"],
  ["https://graph.facebook.com/v24.0/1/picture?access_token=EAAsecret"],
  ["https://user:secret@files.example.com/1.jpg"],
  ["not an address with a secret"],
])("S6 an address that would give away a token is not passed on: %s", (url) => {
  const parts = [aPart("", { attachments: [anAttachment("image", { url, title: "photo" })] })];
  const asked = requestOf(aQuestion({ parts, history: [line("client", "", parts[0])] }));
  expect(asked.attachments).toEqual([{ kind: "image", url: null, title: "photo" }]);
  expect(JSON.stringify(asked)).not.toContain("secret");
});
