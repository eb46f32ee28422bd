import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { outcomeOf } from "../../../src/channels/messenger/outcome.ts";
import type { SendOutcome } from "../../../src/core/delivery.ts";

const none = new Headers();
type Kind = SendOutcome["kind"];

function failed(
  code: number,
  subcode?: number,
  more: Readonly<Record<string, unknown>> = {},
  status = 400,
): SendOutcome {
  const error = { message: "Xin chào", type: "OAuthException", code, fbtrace_id: "A-b_1", ...more };
  return outcomeOf(
    status,
    none,
    JSON.stringify({ error: subcode === undefined ? error : { ...error, error_subcode: subcode } }),
  );
}

test("a message with an id is sent", () => {
  const body = '{"recipient_id":"2000000000002","message_id":"m_AG5Hz2U"}';
  expect(outcomeOf(200, none, body)).toEqual({ kind: "sent", messageId: "m_AG5Hz2U" });
});

describe("the platform's error", () => {
  test.each<[number, number | undefined, Kind]>([
    [1, undefined, "unlikely"],
    [1, 99, "request"],
    [1, 1357046, "ambiguous"],
    [1, 2018382, "request"],
    [1, 5, "unlikely"],
    [2, undefined, "unlikely"],
    [2, 2018344, "request"],
    [3, undefined, "request"],
    [4, undefined, "throttled"],
    [4, 2018022, "throttled"],
    [4, 2018354, "throttled"],
    [9, 2018352, "throttled"],
    [10, undefined, "account"],
    [10, 2018278, "window"],
    [10, 2018065, "window"],
    [10, 2534022, "window"],
    [10, 2018108, "recipient"],
    [10, 1893063, "account"],
    [10, 7, "request"],
    [17, undefined, "throttled"],
    [32, undefined, "throttled"],
    [100, undefined, "request"],
    [100, 2018001, "recipient"],
    [100, 33, "request"],
    [100, 2018109, "request"],
    [100, 2018008, "request"],
    [100, 2018047, "request"],
    [100, 2018294, "request"],
    [100, 2018074, "request"],
    [100, 2018032, "request"],
    [100, 2018320, "request"],
    [100, 2018328, "request"],
    [100, 2018173, "request"],
    [102, undefined, "account"],
    [190, undefined, "account"],
    [190, 458, "account"],
    [190, 460, "account"],
    [190, 463, "account"],
    [200, undefined, "account"],
    [200, 1545041, "recipient"],
    [200, 2018028, "recipient"],
    [200, 2018021, "request"],
    [200, 2018027, "request"],
    [210, undefined, "account"],
    [230, undefined, "account"],
    [299, undefined, "account"],
    [300, undefined, "request"],
    [341, undefined, "throttled"],
    [368, undefined, "policy"],
    [506, undefined, "ambiguous"],
    [551, undefined, "recipient"],
    [551, 1545041, "recipient"],
    [613, undefined, "throttled"],
    [1200, undefined, "unlikely"],
    [10303, undefined, "request"],
    [1609005, undefined, "request"],
    [80001, undefined, "throttled"],
    [80002, undefined, "throttled"],
    [80006, undefined, "throttled"],
    [9000001, undefined, "request"],
    [424242, 2018247, "request"],
  ])("%p/%p is %s", (code, subcode, kind) => {
    expect(failed(code, subcode)).toHaveProperty("kind", kind);
  });

  test("counts more than the HTTP status", () => {
    expect(failed(190, 463, {}, 500).kind).toBe("account");
    expect(failed(551, undefined, {}, 200).kind).toBe("recipient");
    expect(failed(1, undefined, {}, 429).kind).toBe("unlikely");
  });

  test("that is not in the tables is decided by what it says of itself, then by status", () => {
    expect(failed(424242, undefined, { is_transient: true }).kind).toBe("unlikely");
    expect(failed(424242, undefined, { is_transient: false }).kind).toBe("request");
    expect(failed(424242, undefined, {}, 503).kind).toBe("unlikely");
    expect(failed(424242, undefined, {}, 429).kind).toBe("throttled");
    expect(failed(2, 4711, { is_transient: false }).kind).toBe("request");
    expect(failed(2, 4711, { is_transient: true }).kind).toBe("unlikely");
  });

  test("is told by numbers and trace, never in Meta's words", () => {
    expect(failed(190, 463)).toEqual({ kind: "account", reason: "Graph error 190/463 (HTTP 400, trace A-b_1)" });
    expect(failed(100, undefined, { fbtrace_id: "<a href=x>" })).toEqual({
      kind: "request",
      reason: "Graph error 100 (HTTP 400)",
    });
  });
});

describe("an answer that is no Graph answer", () => {
  test.each<[number, string, Kind]>([
    [200, "", "ambiguous"],
    [200, "<html>ok</html>", "ambiguous"],
    [200, "{}", "ambiguous"],
    [200, '{"recipient_id":"2"}', "ambiguous"],
    [200, '{"message_id":""}', "ambiguous"],
    [200, '{"message_id":7}', "ambiguous"],
    [204, "", "ambiguous"],
    [302, "", "unlikely"],
    [400, "Bad Request", "request"],
    [401, "", "request"],
    [404, "<html>", "request"],
    [408, "", "unlikely"],
    [413, "", "request"],
    [429, "", "throttled"],
    [500, "", "unlikely"],
    [502, "<html>Bad gateway</html>", "unlikely"],
    [503, '{"error":"no object"}', "unlikely"],
    [504, "[]", "unlikely"],
  ])("%p %p is %s", (status, body, kind) => {
    expect(outcomeOf(status, none, body)).toHaveProperty("kind", kind);
  });
});

describe("a throttled account waits", () => {
  const usage = (minutes: unknown): string =>
    JSON.stringify({ "1": [{ type: "messenger", call_count: 100, estimated_time_to_regain_access: minutes }] });
  test.each<[Record<string, string>, number | null]>([
    [{}, null],
    [{ "retry-after": "30" }, 30_000],
    [{ "retry-after": "garbage" }, null],
    [{ "x-business-use-case-usage": usage(19) }, 1_140_000],
    [{ "x-business-use-case-usage": usage(0) }, null],
    [{ "x-business-use-case-usage": usage("many") }, null],
    [{ "x-business-use-case-usage": "no JSON" }, null],
    [{ "x-business-use-case-usage": usage(1), "retry-after": "90" }, 90_000],
    [{ "x-business-use-case-usage": usage(2), "retry-after": "90" }, 120_000],
  ])("as long as %p says", (headers, afterMs) => {
    const body = JSON.stringify({ error: { code: 80006 } });
    expect(outcomeOf(400, new Headers(headers), body)).toMatchObject({ kind: "throttled", afterMs });
  });
});

test("any answer is an outcome", () => {
  const kinds = new Set<Kind>([
    "sent",
    "throttled",
    "unlikely",
    "ambiguous",
    "recipient",
    "window",
    "account",
    "policy",
    "request",
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 599 }),
      fc.oneof(fc.string(), fc.json()),
      fc.jsonValue(),
      (status, body, error) => {
        expect(kinds).toContain(outcomeOf(status, none, body).kind);
        expect(kinds).toContain(outcomeOf(status, none, JSON.stringify({ error })).kind);
      },
    ),
    { numRuns: 300 },
  );
});
