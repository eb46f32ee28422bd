import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Access } from "../../src/core/account.ts";
import { CHANNEL_NAMES, type Channel, type RawRequest } from "../../src/core/channel.ts";
import type { SendOutcome } from "../../src/core/delivery.ts";
import { plainReply } from "../../src/core/reply.ts";
import { isSaid } from "../../src/core/update.ts";

/** What the platform says, by the path it is asked at. */
export type Platform = (path: string) => Response | Promise<Response>;

/** A channel on the bench: the channel, and its platform's ways. */
export interface ChannelBench {
  readonly channel: Channel;
  readonly access: Access;
  readonly contact: string;
  /** The request in which the platform delivers this body. */
  genuine(body: Uint8Array): RawRequest;
  /** Requests with this body that the platform did not make, by what is wrong with them. */
  forgeries(body: Uint8Array): Readonly<Record<string, RawRequest>>;
  /** A body in which `contact` writes to `access`; another number is another message. */
  says(text: string, number: number): Uint8Array;
  /** A body in which `contact` taps a button that stood under a message of ours. */
  taps(title: string, payload: string): Uint8Array;
  /** A genuine body about something that no handler knows. */
  readonly unheardOf: Uint8Array;
  readonly platform: {
    /** Takes a message and calls it "77". */
    readonly takes: Platform;
    /** Tells who `access` is: named "Shop". */
    readonly identifies: Platform;
    /** Asks for 7 s of patience. */
    readonly isBusy: Platform;
    /** Says that this person cannot be written to. */
    readonly misses: Platform;
    /** Says that the token is no good. */
    readonly refusesToken: Platform;
    /** Tells where the file "F1" lies; null where files come with addresses. */
    readonly holdsFile: Platform | null;
  };
}

/** How long the bench's channel waits for an answer. */
export const BENCH_TIMEOUT_MS = 400;

/** A base address where nobody listens: port 1 is reserved. */
const NOBODY = "http://127.0.0.1:1";

/**
 * What every channel promises, run against a platform on the loopback.
 *
 * @param make builds a channel whose platform is at `base`, with `BENCH_TIMEOUT_MS` for a call
 */
export function exerciseChannel(name: string, make: (base: string) => ChannelBench): void {
  let platform: Platform = () => new Response(null, { status: 500 });
  const asked: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      asked.push(await request.text());
      return platform(new URL(request.url).pathname);
    },
  });
  const bench = make(server.url.origin);
  const { channel, access, contact } = bench;
  const never = new AbortController().signal;
  const message = (body: string) => ({ access, contact, deliveryId: "0199a000-0000-7000-8000-000000000001", body });
  const sending = (from = channel, signal = never): Promise<SendOutcome> =>
    from.send(message(channel.render(plainReply("xin chào"))[0]?.body ?? ""), signal);

  beforeEach(() => void asked.splice(0));
  afterAll(() => server.stop(true));

  describe(`the ${name} channel`, () => {
    test("says who it is and what its limits are", () => {
      expect(CHANNEL_NAMES).toContain(channel.name);
      expect(channel.textLimitUnits).toBeGreaterThan(100);
      expect(channel.windowMs ?? 1).toBeGreaterThan(0);
      expect(channel.sendsPerSecond).toBeGreaterThan(0);
      expect(channel.typingLastsMs).toBeGreaterThan(1_000);
      for (const { messages, perMs } of channel.chatRates(contact)) {
        expect(messages).toBeGreaterThan(0);
        expect(perMs).toBeLessThanOrEqual(60_000);
      }
    });

    test("answers no challenge that it was not set", () => {
      expect(channel.greet(new URLSearchParams())).toBeNull();
      expect(channel.greet(new URLSearchParams("hub.mode=subscribe&hub.challenge=1&hub.verify_token="))).toBeNull();
    });

    test("believes the platform and nobody else", () => {
      const body = bench.says("xin chào", 1);
      expect(channel.plausible(bench.genuine(body))).toBe(true);
      expect(channel.verify(bench.genuine(body), body)).toBe("genuine");
      const forgeries = { "no headers": { header: () => null, account: null }, ...bench.forgeries(body) };
      for (const [flaw, request] of Object.entries(forgeries)) {
        expect([flaw, channel.verify(request, body)]).toEqual([flaw, "forged"]);
      }
      expect(channel.plausible(forgeries["no headers"])).toBe(false);
    });

    test("reads what a person says", () => {
      const { updates, quarantined } = channel.parse(bench.says("xin chào 👋", 1), null);
      expect(quarantined).toEqual([]);
      expect(updates).toMatchObject([
        {
          channel: channel.name,
          account: access.externalId,
          contact,
          standby: false,
          content: { kind: "message", text: "xin chào 👋" },
        },
      ]);
      expect(updates.every(isSaid)).toBe(true);
      expect(updates[0]?.messageId).toBeString();
      // A platform's seconds taken for milliseconds would be in 1970.
      expect(updates[0]?.at).toBeGreaterThan(Date.UTC(2020, 0));
    });

    test("knows a redelivery by its key, and a new message by another", () => {
      const keys = [1, 2, 1].map((number) => channel.parse(bench.says("xin chào", number), null).updates[0]?.eventKey);
      expect(keys[0]).toBeString();
      expect(keys[2]).toBe(keys[0] ?? "");
      expect(keys[1]).not.toBe(keys[0]);
    });

    test("records what no handler knows", () => {
      const { updates, quarantined } = channel.parse(bench.unheardOf, null);
      expect(updates.map(({ content }) => content.kind)).toEqual(["other"]);
      expect(quarantined).toEqual([]);
    });

    test("quarantines what cannot be read, whatever it is", () => {
      const anything = fc.oneof(
        fc.uint8Array(),
        fc.json().map((json) => new TextEncoder().encode(json)),
        fc.nat(3_000).map((depth) => new TextEncoder().encode("[".repeat(depth))),
      );
      fc.assert(
        fc.property(anything, (body) => {
          const { updates, quarantined } = channel.parse(body, null);
          expect(updates).toEqual([]);
          expect(quarantined).toHaveLength(1);
        }),
      );
    });

    test("renders any reply as one or more messages within its limit, in order and complete", () => {
      const sentence = fc.constantFrom("Dạ còn ạ. ", "Áo trắng 👨‍👩‍👧 nhé!\n\n", "TP. Hồ Chí Minh ", "kkkk".repeat(100));
      const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, "");
      fc.assert(
        fc.property(fc.array(sentence, { maxLength: 25, size: "max" }), (sentences) => {
          const parts = channel.render(plainReply(sentences.join("")));
          expect(parts.length).toBeGreaterThan(0);
          expect(letters(parts.map(({ text }) => text).join(""))).toBe(letters(sentences.join("")));
          for (const { text, body } of parts) {
            expect(text.trim()).not.toBe("");
            expect(text.length).toBeLessThanOrEqual(channel.textLimitUnits);
            expect(JSON.parse(body)).toBeObject();
          }
        }),
        { numRuns: 50 },
      );
    });

    test("sends once, and tells the platform's id for the message", async () => {
      platform = bench.platform.takes;
      expect(await sending()).toEqual({ kind: "sent", messageId: "77" });
      expect(asked).toHaveLength(1);
      expect(asked[0]).toContain("xin chào");
    });

    test("tells the platform's noes apart", async () => {
      platform = bench.platform.isBusy;
      expect(await sending()).toMatchObject({ kind: "throttled", afterMs: 7_000 });
      platform = bench.platform.misses;
      expect(await sending()).toHaveProperty("kind", "recipient");
      platform = bench.platform.refusesToken;
      expect(await sending()).toHaveProperty("kind", "account");
      platform = () => new Response("<html>Bad gateway</html>", { status: 502 });
      expect(await sending()).toHaveProperty("kind", "unlikely");
    });

    test("knows when a message cannot have been sent, and when that cannot be known", async () => {
      expect(await sending(make(NOBODY).channel)).toHaveProperty("kind", "unsent");
      expect(await sending(channel, AbortSignal.abort())).toHaveProperty("kind", "unsent");
      platform = () => new Response("<html>fine</html>");
      expect(await sending()).toHaveProperty("kind", "ambiguous");
      platform = () => new Promise(() => {});
      expect(await sending()).toHaveProperty("kind", "ambiguous");
    });

    test("goes where it is told, not where it is sent", async () => {
      platform = () => Response.redirect("/elsewhere", 302);
      expect(await sending()).toHaveProperty("kind", "unlikely");
      expect(asked).toHaveLength(1);
    });

    test("marks without ever failing", async () => {
      platform = bench.platform.takes;
      for (const mark of ["seen", "typing_on", "typing_off"] as const) {
        expect(await channel.mark(access, contact, mark, never)).toBeUndefined();
        expect(await make(NOBODY).channel.mark(access, contact, mark, never)).toBeUndefined();
      }
    });

    test("confirms a tap to the person's app where one waits, without ever failing", async () => {
      const { updates } = channel.parse(bench.taps("Đặt luôn", "buy:1"), null);
      expect(updates).toMatchObject([{ contact, content: { kind: "tap", title: "Đặt luôn", payload: "buy:1" } }]);
      const receipt = updates[0]?.receipt;
      expect(receipt === undefined).toBe(channel.confirm === null);
      if (channel.confirm === null || receipt === undefined) return;
      platform = bench.platform.takes;
      expect(await channel.confirm(access, receipt, never)).toBeUndefined();
      expect(asked).toHaveLength(1);
      expect(asked[0]).toContain(receipt);
      platform = bench.platform.refusesToken;
      expect(await channel.confirm(access, receipt, never)).toBeUndefined();
      expect(await make(NOBODY).channel.confirm?.(access, receipt, never)).toBeUndefined();
    });

    test("finds a file that the platform names by an id, and lets whoever wants it know when there is none", async () => {
      if (channel.locate === null) return expect(bench.platform.holdsFile).toBeNull();
      platform = bench.platform.holdsFile ?? platform;
      const found = await channel.locate(access, "F1", never);
      expect(found).toMatchObject({ kind: "located", url: expect.stringMatching(/^http/) });
      for (const answer of [bench.platform.refusesToken, bench.platform.isBusy, bench.platform.misses]) {
        platform = answer;
        const outcome = await channel.locate(access, "F1", never);
        expect(outcome).toMatchObject({ kind: "unavailable", reason: expect.stringMatching(/./) });
        expect(JSON.stringify(outcome)).not.toContain(access.token);
      }
      expect(await make(NOBODY).channel.locate?.(access, "F1", never)).toHaveProperty("kind", "unavailable");
    });

    test("keeps what a button has no room for, and finds the button again by what comes back", () => {
      const long = `cart:${"ấ".repeat(1_100)}`;
      const actions = [
        { type: "postback", title: "Đặt luôn", payload: long },
        { type: "reply", title: "Thôi", payload: "no" },
      ] as const;
      const parts = channel.render({ text: "Dạ còn ạ.", actions });
      const again = channel.render({ text: "Dạ còn ạ.", actions });
      expect(again).toEqual(parts);
      const kept = parts.flatMap((part) => part.kept ?? []);
      expect(kept).toMatchObject([{ title: "Đặt luôn", payload: long }]);
      const key = kept[0]?.key ?? "";
      expect(parts.at(-1)?.body).toContain(key);
      expect(channel.parse(bench.taps("Đặt luôn", key), null).updates).toMatchObject([
        { content: { kind: "tap", title: "Đặt luôn", payload: "Đặt luôn", key } },
      ]);
    });

    test("asks where updates go, and says whether it is the token or the way that fails", async () => {
      const { subscriptions } = channel;
      const ours = ["https://bot.example.com/hook"];
      const ask = async (from: typeof subscriptions) => [
        (await from.inspect(access, ours, never)).kind,
        (await from.subscribe(access, ours, never)).kind,
        (await from.unsubscribe(access, never)).kind,
      ];
      expect(await ask(make(NOBODY).channel.subscriptions)).toEqual(Array(3).fill("unreachable"));
      platform = bench.platform.isBusy;
      expect(await ask(subscriptions)).toEqual(Array(3).fill("unreachable"));
      platform = bench.platform.refusesToken;
      expect(await ask(subscriptions)).toEqual(Array(3).fill("refused"));
      platform = () => new Response("<html>fine</html>");
      expect(await ask(subscriptions)).toEqual(Array(3).fill("unreachable"));
    });

    test("finds out whom a token speaks for", async () => {
      platform = bench.platform.identifies;
      const outcome = await channel.identify(access.token, never);
      expect(outcome).toMatchObject({ kind: "identified", identity: { externalId: access.externalId, name: "Shop" } });
      platform = bench.platform.refusesToken;
      expect(await channel.identify(access.token, never)).toHaveProperty("kind", "refused");
      platform = bench.platform.isBusy;
      expect(await channel.identify(access.token, never)).toHaveProperty("kind", "unreachable");
      expect(await make(NOBODY).channel.identify(access.token, never)).toHaveProperty("kind", "unreachable");
    });

    test("keeps the token to itself", async () => {
      const reasons: unknown[] = [];
      const { refusesToken, misses } = bench.platform;
      for (const answer of [
        refusesToken,
        misses,
        () => Response.redirect("/", 302),
        () => new Response("", { status: 500 }),
      ]) {
        platform = answer;
        reasons.push(await sending(), await channel.identify(access.token, never));
      }
      reasons.push(await sending(make(NOBODY).channel), await sending(make("no address").channel));
      expect(JSON.stringify(reasons)).toContain("reason");
      expect(JSON.stringify(reasons)).not.toContain(access.token);
    });
  });
}
