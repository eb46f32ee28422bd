import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parse } from "../../../src/channels/messenger/webhook.ts";
import type { Update } from "../../../src/core/update.ts";
import {
  anEvent,
  AT,
  bodyWith,
  bytes,
  ENTRY_AT,
  OUR_APP,
  PAGE,
  PERSON,
  recorded,
  updateIn,
  updatesIn,
} from "./fixtures.ts";

const only = (body: Uint8Array): Update | undefined => parse(body, OUR_APP).updates[0];
const anyBody = (entry: unknown): Uint8Array => bytes({ object: "page", entry: [entry] });

describe("an update", () => {
  test("names page, person, time and message", async () => {
    expect(await updateIn("message-text")).toEqual({
      channel: "messenger",
      account: PAGE,
      contact: PERSON,
      contactName: null,
      eventKey: "m_1",
      messageId: "m_1",
      at: AT,
      standby: false,
      content: {
        kind: "message",
        text: "xin chào, shop có áo này không?",
        attachments: [],
        replyTo: null,
        album: null,
        speaker: null,
      },
    });
  });

  test("from the page belongs to the person it was written to", async () => {
    expect(await updateIn("echo-human")).toMatchObject({ account: PAGE, contact: PERSON });
  });

  test("about nobody has no contact", async () => {
    expect((await updateIn("app-roles")).contact).toBeNull();
    expect((await updateIn("policy-enforcement")).contact).toBeNull();
  });

  test("from a mere reference (checkbox plugin) cannot be answered", async () => {
    expect(await updateIn("message-user-ref")).toMatchObject({
      contact: null,
      content: { kind: "other", name: "message" },
    });
  });

  test("takes its page from the recipient when the entry names none", async () => {
    expect(await updateIn("messaging-feedback")).toMatchObject({ account: PAGE, contact: PERSON, at: 0 });
    const echo = { sender: { id: PAGE }, recipient: { id: PERSON }, message: { mid: "m_1", is_echo: true, text: "a" } };
    expect(only(anyBody({ messaging: [echo] }))).toMatchObject({ account: PAGE, contact: PERSON });
  });

  test("keeps ids as text, also where a sample prints numbers, unless the number cannot be exact", () => {
    const numbered = (id: number): Uint8Array => bodyWith({ ...anEvent({ read: { watermark: AT } }), sender: { id } });
    expect(only(numbered(2_000_000_000_002))?.contact).toBe("2000000000002");
    expect(parse(numbered(2 ** 60), null)).toEqual({
      updates: [],
      quarantined: [{ account: PAGE, reason: "event: sender.id: too_big" }],
    });
  });
});

describe("time", () => {
  test.each<[string, unknown, number]>([
    ["milliseconds", AT, AT],
    ["milliseconds as text", String(AT), AT],
    ["seconds", 1_665_424_533, 1_665_424_533_000],
    ["seconds as text", "1527459824", 1_527_459_824_000],
    ["nothing", undefined, ENTRY_AT],
    ["null", null, ENTRY_AT],
    ["words", "yesterday", ENTRY_AT],
    ["a time before time", -5, ENTRY_AT],
    ["a time beyond all time", 1e300, ENTRY_AT],
  ])("told as %s", (_, timestamp, at) => {
    expect(only(bodyWith({ ...anEvent({ read: { watermark: AT } }), timestamp }))?.at).toBe(at);
  });

  test("is 0 when neither event nor entry tell any", () => {
    const { timestamp: _, ...timeless } = anEvent({ read: { watermark: AT } });
    expect(only(anyBody({ id: PAGE, messaging: [timeless] }))?.at).toBe(0);
  });
});

describe("the event key", () => {
  test.each([
    ["message-text", "m_1"],
    ["message-quick-reply", "m_1"],
    ["echo-ours", "echo:m_1"],
    ["message-edit", "edit:m_1:2"],
    ["message-unsend", "unsend:m_1"],
    ["postback", "postback:m_1"],
    ["read", `read:${PERSON}:${AT - 40}`],
    ["delivery", `delivery:${PERSON}:${AT - 50}`],
    ["reaction", `reaction:m_9:${PERSON}:react:❤:${AT}`],
    ["reaction-taken-back", `reaction:m_9:${PERSON}:unreact::${AT}`],
  ])("of %s is %s", async (name, key) => {
    expect((await updateIn(name)).eventKey).toBe(key);
  });

  test("is the same when the webhook comes again, for every kind", async () => {
    for (const file of new Bun.Glob("*.json").scanSync(new URL("../../fixtures/messenger", import.meta.url).pathname)) {
      const body = await recorded(file.replace(".json", ""));
      const keys = parse(body, null).updates.map((update) => update.eventKey);
      expect(parse(body, OUR_APP).updates.map((update) => update.eventKey)).toEqual(keys);
      expect(new Set(keys.map((key, at) => `${parse(body, null).updates[at]?.account} ${key}`)).size).toBe(keys.length);
    }
  });

  test("tells events without an id of their own apart by all they hold", () => {
    const bought = (payload: string, timestamp: number): Record<string, unknown> => ({
      ...anEvent({ postback: { title: "Mua", payload } }),
      timestamp,
    });
    const { updates } = parse(bodyWith(bought("A", AT), bought("B", AT), bought("A", AT + 1), bought("A", AT)), null);
    const [a, b, later, again] = updates.map((update) => update.eventKey);
    expect(new Set([a, b, later]).size).toBe(3);
    expect(again).toBe(a ?? "");
  });
});

describe("a body", () => {
  test("may hold several pages and several events: all of them count", async () => {
    const updates = await updatesIn("several-pages");
    expect(updates.map(({ account, messageId }) => [account, messageId])).toEqual([
      [PAGE, "m_1"],
      [PAGE, "m_2"],
      ["1000000000009", "m_1"],
    ]);
  });

  test("with one malformed event still brings its neighbours", async () => {
    const { updates, quarantined } = parse(await recorded("one-malformed"), null);
    expect(updates.map(({ messageId }) => messageId)).toEqual(["m_1", "m_3"]);
    expect(quarantined).toEqual([
      { account: PAGE, reason: "message: text: invalid_type" },
      { account: PAGE, reason: "event: value: invalid_type" },
    ]);
  });

  test("for a thread that another app owns is marked as such", async () => {
    const updates = await updatesIn("standby");
    expect(updates.map(({ standby, content }) => [standby, content.kind])).toEqual([
      [true, "message"],
      [true, "tap"],
    ]);
  });

  test.each([
    ["instagram", "object: invalid_value"],
    ["not JSON", "not JSON"],
    ["an array", "value: invalid_type"],
    ["no entries", "entry: invalid_type"],
    ["an entry that is none", "entry: value: invalid_type"],
    ["an entry without events", "entry: without events"],
    ["an event that names no page", "read: names no page"],
    ["65 brackets", "nested deeper than 64"],
    ["a megabyte of brackets", "nested deeper than 64"],
  ])("that is %s is quarantined: %s", async (what, reason) => {
    const bodies: Record<string, Uint8Array> = {
      instagram: await recorded("instagram"),
      "not JSON": new TextEncoder().encode("{'object':'page'}"),
      "an array": bytes([]),
      "no entries": bytes({ object: "page" }),
      "an entry that is none": anyBody(5),
      "an entry without events": anyBody({ time: AT }),
      "an event that names no page": anyBody({ messaging: [{ sender: { id: PERSON }, read: { watermark: AT } }] }),
      "65 brackets": new TextEncoder().encode("[".repeat(65) + "]".repeat(65)),
      "a megabyte of brackets": new TextEncoder().encode('{"a":'.repeat(200_000)),
    };
    expect(parse(bodies[what] ?? bytes(null), null)).toEqual({ updates: [], quarantined: [{ account: null, reason }] });
  });

  test("may nest 64 deep, and brackets in a text do not nest", () => {
    const nested = "[".repeat(59) + "]".repeat(59);
    const deep = `{"object":"page","entry":[{"id":"1","messaging":[{"sender":{"id":"2"},"odd":${nested}}]}]}`;
    expect(only(new TextEncoder().encode(deep))?.content).toEqual({ kind: "other", name: "odd" });
    expect(only(bodyWith(anEvent({ message: { mid: "m_1", text: `\\"${"[{".repeat(99)}` } })))?.content.kind).toBe(
      "message",
    );
  });

  test("without entries is empty, not wrong", () => {
    expect(parse(bytes({ object: "page", entry: [] }), null)).toEqual({ updates: [], quarantined: [] });
  });

  test("is never too strange to be read: any JSON", () => {
    const key = fc.constantFrom(
      "object",
      "entry",
      "messaging",
      "standby",
      "changes",
      "message",
      "sender",
      "id",
      "mid",
      "text",
    );
    const strange = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom("page", "1", null, 5, true),
        fc.array(tie("tree")),
        fc.dictionary(key, tie("tree")),
      ),
    })).tree;
    const kinds = fc.constantFrom(
      "message",
      "postback",
      "reaction",
      "read",
      "delivery",
      "optin",
      "pass_thread_control",
      "odd",
    );
    const event = fc.oneof(
      strange,
      fc.tuple(kinds, strange, fc.jsonValue()).map(([kind, value, timestamp]) => ({
        ...anEvent({ [kind]: value }),
        timestamp,
      })),
    );
    fc.assert(
      fc.property(fc.oneof(strange, fc.jsonValue()), fc.array(event), (whole, events) => {
        const { updates, quarantined } = parse(bodyWith(...events), null);
        expect(updates.length + quarantined.length).toBe(events.length);
        expect(parse(bytes(whole), null)).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  test("is never too strange to be read: any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const { updates, quarantined } = parse(noise, null);
        expect(updates).toEqual([]);
        expect(quarantined).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});
