import { describe, expect, test } from "bun:test";
import { outcomeOf } from "../../../src/channels/telegram/outcome.ts";
import type { SendOutcome } from "../../../src/core/delivery.ts";

const refusal = (code: number, description: string, parameters?: Record<string, number>): SendOutcome =>
  outcomeOf(code, new Headers(), JSON.stringify({ ok: false, error_code: code, description, parameters }));

test.each<[number, string, SendOutcome["kind"]]>([
  [400, "Bad Request: chat not found", "recipient"],
  [400, "Bad Request: PEER_ID_INVALID", "recipient"],
  [400, "Bad Request: not enough rights to send text messages to the chat", "recipient"],
  [400, "Bad Request: message text is empty", "request"],
  [400, "Bad Request: message is too long", "request"],
  [400, "Bad Request: BUTTON_DATA_INVALID", "request"],
  [400, "Bad Request: can't parse entities: unexpected end tag", "request"],
  [401, "Unauthorized", "account"],
  [403, "Forbidden: bot was blocked by the user", "recipient"],
  [403, "Forbidden: bot was kicked from the supergroup chat", "recipient"],
  [403, "Forbidden: user is deactivated", "recipient"],
  [403, "Forbidden: something new", "recipient"],
  [404, "Not Found", "account"],
  [421, "Misdirected Request: unallowed token", "account"],
  [413, "Request Entity Too Large", "request"],
  [429, "Too Many Requests: retry after 5", "throttled"],
  [500, "Internal Server Error", "unlikely"],
  [502, "Bad Gateway", "unlikely"],
])("%d %s is about the %s", (code, description, kind) => {
  expect(refusal(code, description)).toHaveProperty("kind", kind);
});

describe("a wait", () => {
  test("is as long as Telegram asks", () => {
    expect(refusal(429, "Too Many Requests: retry after 35", { retry_after: 35 })).toHaveProperty("afterMs", 35_000);
    const byHeader = outcomeOf(429, new Headers({ "retry-after": "4" }), "<html>");
    expect(byHeader).toMatchObject({ kind: "throttled", afterMs: 4_000 });
  });

  test.each([[{}], [{ retry_after: -1 }], [{ retry_after: 0 }]])("is not told by %j", (parameters) => {
    expect(refusal(429, "Too Many Requests", parameters)).toHaveProperty("afterMs", null);
  });

  test("is never longer than a day", () => {
    expect(refusal(429, "", { retry_after: 1e12 })).toHaveProperty("afterMs", 24 * 3_600_000);
  });
});

test("a group that became a supergroup has moved, and the reason names no chat", () => {
  const description = "Bad Request: group chat was upgraded to a supergroup chat";
  expect(refusal(400, description, { migrate_to_chat_id: -1_009 })).toEqual({
    kind: "moved",
    to: "-1009",
    reason: "Bot API error 400: upgraded to a supergroup",
  });
});

test.each(["", "ok", "<html>", '{"ok":true}', '{"ok":true,"result":true}', '{"ok":true,"result":{"message_id":"1"}}'])(
  "an answer of %j leaves open whether the message went out",
  (body) => {
    expect(outcomeOf(200, new Headers(), body)).toHaveProperty("kind", "ambiguous");
  },
);

test("a gateway's page is judged by its status", () => {
  const kinds = [302, 400, 404, 503].map((status) => outcomeOf(status, new Headers(), "<html>").kind);
  expect(kinds).toEqual(["unlikely", "request", "account", "unlikely"]);
});

test("a reason repeats none of what was sent", () => {
  const outcome = refusal(400, 'Bad Request: can\'t parse entities: Unsupported start tag "bí mật" at byte offset 3');
  expect(outcome).toHaveProperty("reason", "Bot API error 400: can't parse entities");
});
