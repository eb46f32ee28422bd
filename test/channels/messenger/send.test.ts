import { describe, expect, test } from "bun:test";
import { messengerChannel } from "../../../src/channels/messenger/index.ts";
import { readProfile, type Profile } from "../../../src/channels/messenger/profile.ts";
import { hexProof } from "../../../src/channels/proof.ts";
import type { OutgoingMessage } from "../../../src/core/channel.ts";
import { PAGE, PERSON } from "./fixtures.ts";
import { ScriptedGraph } from "./graph.ts";

const TOKEN = "EAApageToken";
const never = new AbortController().signal;
const access = { externalId: PAGE, token: TOKEN };
const message: OutgoingMessage = {
  access,
  contact: PERSON,
  deliveryId: "delivery-1",
  body: '{"text":"Dạ còn ạ","quick_replies":[]}',
};
const proof = hexProof("the-app-secret", TOKEN);

describe("sending", () => {
  test("puts the message on the wire with the delivery id as metadata and the token in the body", async () => {
    using graph = new ScriptedGraph();
    graph.says(`/${PAGE}/messages`, { recipient_id: PERSON, message_id: "m_9" });
    expect(await messengerChannel(graph.settings()).send(message, never)).toEqual({ kind: "sent", messageId: "m_9" });
    expect(graph.requests).toEqual([
      {
        method: "POST",
        path: `/v24.0/${PAGE}/messages`,
        query: new URLSearchParams({ appsecret_proof: proof }),
        json: {
          recipient: { id: PERSON },
          messaging_type: "RESPONSE",
          message: { text: "Dạ còn ạ", quick_replies: [], metadata: "delivery-1" },
          access_token: TOKEN,
        },
      },
    ]);
  });

  test("reads the platform's no", async () => {
    using graph = new ScriptedGraph();
    graph.says(
      `/${PAGE}/messages`,
      { error: { code: 613, fbtrace_id: "T1" } },
      { status: 400, headers: { "retry-after": "7" } },
    );
    expect(await messengerChannel(graph.settings()).send(message, never)).toEqual({
      kind: "throttled",
      afterMs: 7_000,
      reason: "Graph error 613 (HTTP 400, trace T1)",
    });
  });

  test("tells what cannot have been sent from what may have been", async () => {
    using graph = new ScriptedGraph();
    graph.answers.set(`/${PAGE}/messages`, () => new Promise<Response>(() => {}));
    const slow = messengerChannel(graph.settings({ sendTimeoutMs: 50 }));
    expect(await slow.send(message, never)).toEqual({ kind: "ambiguous", reason: "no answer in time" });
    const nowhere = messengerChannel(graph.settings({ graphBase: "http://no-such-host.invalid/" }));
    expect(await nowhere.send(message, never)).toEqual({ kind: "unsent", reason: "could not connect (ENOTFOUND)" });
    expect((await messengerChannel(graph.settings({ graphBase: "" })).send(message, never)).kind).toBe("unsent");
  });

  test("follows no redirect", async () => {
    using graph = new ScriptedGraph();
    graph.answers.set(`/${PAGE}/messages`, () => Response.redirect("/elsewhere", 302));
    expect((await messengerChannel(graph.settings()).send(message, never)).kind).toBe("unlikely");
    expect(graph.requests).toHaveLength(1);
  });

  test("refuses a stored message that is none, without a call", async () => {
    using graph = new ScriptedGraph();
    const channel = messengerChannel(graph.settings());
    expect((await channel.send({ ...message, body: "{" }, never)).kind).toBe("request");
    expect((await channel.send({ ...message, body: '"text"' }, never)).kind).toBe("request");
    expect(graph.requests).toEqual([]);
  });
});

describe("marks", () => {
  test("show seen and typing", async () => {
    using graph = new ScriptedGraph();
    const channel = messengerChannel(graph.settings());
    for (const mark of ["seen", "typing_on", "typing_off"] as const) await channel.mark(access, PERSON, mark, never);
    expect(graph.requests.map(({ json }) => json)).toEqual(
      ["mark_seen", "typing_on", "typing_off"].map((action) => ({
        recipient: { id: PERSON },
        sender_action: action,
        access_token: TOKEN,
      })),
    );
  });

  test("fail without a word", async () => {
    using graph = new ScriptedGraph();
    const unreachable = messengerChannel(graph.settings({ graphBase: "http://no-such-host.invalid" }));
    expect(await unreachable.mark(access, PERSON, "seen", never)).toBeUndefined();
    expect(await messengerChannel(graph.settings()).mark(access, PERSON, "seen", AbortSignal.abort())).toBeUndefined();
  });
});

describe("identifying a token", () => {
  test("tells the page and the app", async () => {
    using graph = new ScriptedGraph();
    graph.says("/me", { id: PAGE, name: "Shop Áo" });
    graph.says("/app", { id: "1234567890" });
    expect(await messengerChannel(graph.settings()).identify(TOKEN, never)).toEqual({
      kind: "identified",
      identity: { externalId: PAGE, name: "Shop Áo", appId: "1234567890" },
    });
    expect(
      graph.requests.map(({ path, query }) => [
        path,
        query.get("fields"),
        query.get("access_token"),
        query.get("appsecret_proof"),
      ]),
    ).toEqual([
      ["/v24.0/me", "id,name", TOKEN, proof],
      ["/v24.0/app", "id", TOKEN, proof],
    ]);
  });

  test("does not ask for an app that is configured, and does without one that is not told", async () => {
    using graph = new ScriptedGraph();
    graph.says("/me", { id: PAGE });
    const known = await messengerChannel(graph.settings({ appId: "42" })).identify(TOKEN, never);
    expect(known).toEqual({ kind: "identified", identity: { externalId: PAGE, name: "", appId: "42" } });
    expect(graph.requests).toHaveLength(1);
    expect(await messengerChannel(graph.settings()).identify(TOKEN, never)).toHaveProperty("identity.appId", null);
  });

  test.each<[unknown, number, string]>([
    [{ error: { code: 190, error_subcode: 463 } }, 400, "refused"],
    [{ error: { code: 100, error_subcode: 33 } }, 400, "refused"],
    [{ error: { code: 4 } }, 400, "unreachable"],
    [{ error: { code: 2 } }, 500, "unreachable"],
    [{ name: "no id" }, 200, "unreachable"],
    ["gateway", 502, "unreachable"],
    [{}, 404, "refused"],
  ])("%j with HTTP %p means %s", async (body, status, kind) => {
    using graph = new ScriptedGraph();
    graph.says("/me", body, { status });
    expect(await messengerChannel(graph.settings()).identify(TOKEN, never)).toHaveProperty("kind", kind);
  });

  test("that nobody answers is unreachable, and the reason holds no token", async () => {
    using graph = new ScriptedGraph();
    const outcome = await messengerChannel(graph.settings({ graphBase: "http://no-such-host.invalid" })).identify(
      TOKEN,
      never,
    );
    expect(outcome.kind).toBe("unreachable");
    expect(JSON.stringify(outcome)).not.toContain(TOKEN);
  });
});

describe("a person's profile", () => {
  test.each<[unknown, Profile | null]>([
    [
      { id: PERSON, name: "Nguyễn An", profile_pic: "https://a.fbcdn.net/p" },
      { name: "Nguyễn An", pictureUrl: "https://a.fbcdn.net/p" },
    ],
    [
      { first_name: "An", last_name: "Nguyễn" },
      { name: "An Nguyễn", pictureUrl: null },
    ],
    [{ first_name: "An" }, { name: "An", pictureUrl: null }],
    [{ profile_pic: "https://a.fbcdn.net/p" }, { name: null, pictureUrl: "https://a.fbcdn.net/p" }],
    [{ id: PERSON }, null],
    [{}, null],
    ["nothing", null],
  ])("%j is %j", async (body, profile) => {
    using graph = new ScriptedGraph();
    graph.says(`/${PERSON}`, body);
    expect(await readProfile(graph.settings(), access, PERSON, never)).toEqual(profile);
    expect(graph.requests[0]?.query.get("fields")).toBe("first_name,last_name,name,profile_pic");
  });

  test("that may not be read is no profile", async () => {
    using graph = new ScriptedGraph();
    graph.says(`/${PERSON}`, { error: { code: 230 } }, { status: 400 });
    expect(await readProfile(graph.settings(), access, PERSON, never)).toBeNull();
    expect(await readProfile(graph.settings({ graphBase: "" }), access, PERSON, never)).toBeNull();
  });
});
