import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { messengerChannel, type MessengerSettings } from "../../../src/channels/messenger/index.ts";
import { openChannels } from "../../../src/channels/registry.ts";
import type { RawRequest } from "../../../src/core/channel.ts";
import { BENCH_TIMEOUT_MS, exerciseChannel } from "../../conformance/channel.ts";
import { anEvent, bodyWith, PAGE, PERSON, recorded } from "./fixtures.ts";

const settings: MessengerSettings = {
  appSecret: "the-app-secret",
  previousAppSecret: null,
  verifyToken: "the-verify-token",
  appId: null,
  graphBase: "http://127.0.0.1:1",
  graphVersion: "v24.0",
  sendTimeoutMs: BENCH_TIMEOUT_MS,
};

const sign = (body: Uint8Array, secret = settings.appSecret): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
const signedAs = (value: string | null, name = "x-hub-signature-256"): RawRequest => ({
  header: (asked) => (asked === name ? value : null),
  account: null,
});
const graphError =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    Response.json({ error: { code } }, { status: 400, headers });

exerciseChannel("messenger", (base) => ({
  channel: messengerChannel({ ...settings, graphBase: base }),
  access: { externalId: PAGE, token: "EAApageToken" },
  contact: PERSON,
  genuine: (body) => signedAs(sign(body)),
  forgeries: (body) => ({
    "another secret": signedAs(sign(body, "a-guess")),
    "another body's signature": signedAs(sign(bodyWith())),
    "the old header": signedAs(sign(body), "x-hub-signature"),
    "half a signature": signedAs(sign(body).slice(0, 40)),
  }),
  says: (text, number) => bodyWith(anEvent({ message: { mid: `m_${number}`, text } })),
  taps: (title, payload) => bodyWith(anEvent({ message: { mid: "m_tap", text: title, quick_reply: { payload } } })),
  unheardOf: bodyWith(anEvent({ crystal_ball: {} })),
  platform: {
    takes: () => Response.json({ recipient_id: PERSON, message_id: "77" }),
    identifies: (path) => Response.json(path.endsWith("/app") ? { id: "1234567890" } : { id: PAGE, name: "Shop" }),
    isBusy: graphError(613, { "retry-after": "7" }),
    misses: graphError(551),
    refusesToken: graphError(190),
    holdsFile: null,
  },
}));

describe("the challenge", () => {
  const asks = (query: Record<string, string>): string | null =>
    messengerChannel(settings).greet(
      new URLSearchParams({
        "hub.mode": "subscribe",
        "hub.verify_token": "the-verify-token",
        "hub.challenge": "1158201444",
        ...query,
      }),
    );

  test("is given back when the agreed word comes with it", () => {
    expect(asks({})).toBe("1158201444");
    expect(asks({ "hub.challenge": `Az09_.-${"x".repeat(57)}` })).toHaveLength(64);
  });

  test.each<[Record<string, string>]>([
    [{ "hub.verify_token": "The-verify-token" }],
    [{ "hub.verify_token": "" }],
    [{ "hub.mode": "unsubscribe" }],
    [{ "hub.mode": "" }],
    [{ "hub.challenge": "" }],
    [{ "hub.challenge": "x".repeat(65) }],
    [{ "hub.challenge": "<script>" }],
    [{ "hub.challenge": "1\n2" }],
    [{ "hub.challenge": "12\n" }],
    [{ "hub.challenge": "số" }],
  ])("is not given back for %j", (query) => {
    expect(asks(query)).toBeNull();
  });

  test("opens nothing when no word was agreed on", () => {
    const unset = messengerChannel({ ...settings, verifyToken: "" });
    expect(unset.greet(new URLSearchParams("hub.mode=subscribe&hub.verify_token=&hub.challenge=1"))).toBeNull();
  });
});

test("a recorded webhook with accents and escaped slashes is genuine over its bytes, also under the previous secret", async () => {
  const body = await recorded("message-link");
  const rotating = messengerChannel({ ...settings, previousAppSecret: "the-old-secret" });
  expect(rotating.verify(signedAs(sign(body)), body)).toBe("genuine");
  expect(rotating.verify(signedAs(sign(body, "the-old-secret")), body)).toBe("genuine");
  const rewritten = new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(body))));
  expect(rotating.verify(signedAs(sign(body)), rewritten)).toBe("forged");
});

test("the registry opens the channels that are configured", () => {
  expect([...openChannels({ messenger: settings }).values()].map(({ name }) => name)).toEqual(["messenger"]);
  expect(openChannels({}).size).toBe(0);
});
