/** Webhook bodies as no platform would send them: whole ones at first, then spoilt in a few places. */
import fc from "fast-check";
import { PAGE } from "../helpers/bot.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Stands for a number that JSON can write and JavaScript cannot hold. */
const ENDLESS = "@@endless@@";

/** Text of UTF-16 units in any order, so with halves of pairs, controls and marks that turn the reading around. */
const anyUnits = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 0xd83d, 0xdc00, 0x202e, 0xfeff)), {
    maxLength: 30,
  })
  .map((units) => String.fromCharCode(...units));

const text = fc.oneof(
  fc.constantFrom("xem ảnh này giúp mình", "giá bao nhiêu vậy", "và", "", " ", "👩‍👩‍👧‍👦", "\u0000", "a".repeat(3_000)),
  fc.string({ unit: "grapheme" }),
  anyUnits,
);
const id: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("sim-1", "sim-2", "sim-3", "sim-4") },
  fc.integer({ min: 1 }),
  anyUnits,
);
const time: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1_795_000_000_000, max: 1_795_000_060_000 }) },
  fc.constantFrom(0, -1, 1, 1e300, 1e13, Number.MAX_SAFE_INTEGER, "yesterday", "1795000000", "", ENDLESS),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const mid = fc.oneof(
  fc.integer({ min: 1, max: 500 }).map((n) => `m_${n}`),
  anyUnits,
);
const address = fc.constantFrom(
  "https://cdn.fbsbx.com/a.jpg",
  "http://127.0.0.1:1/",
  "file:///etc/passwd",
  "javascript:0",
  "",
  "\ud800",
);
const attachment = fc.record({
  type: fc.constantFrom("image", "video", "audio", "file", "location", "template", "fallback", "ig_reel", ""),
  payload: fc.record(
    { url: address, title: text, sticker_id: id, coordinates: fc.record({ lat: time, long: time }) },
    { requiredKeys: [] },
  ),
});
const some = { requiredKeys: [] };
/** Messages come first, and most often. */
const KINDS: readonly fc.Arbitrary<Json>[] = [
  fc.record({
    message: fc.record(
      {
        mid,
        text,
        attachments: fc.array(attachment, { maxLength: 4 }),
        quick_reply: fc.record({ payload: text }),
        reply_to: fc.record({ mid }),
        is_echo: fc.boolean(),
        is_deleted: fc.boolean(),
        app_id: id,
        metadata: text,
        commands: fc.array(fc.record({ name: text }), { maxLength: 2 }),
      },
      { requiredKeys: ["mid"] },
    ),
  }),
  fc.record({ message: fc.record({ mid, text }) }),
  fc.record({ postback: fc.record({ mid, title: text, payload: text }, some) }),
  fc.record({ message_edit: fc.record({ mid, text, num_edit: time }, some) }),
  fc.record({ reaction: fc.record({ mid, action: text, emoji: text, reaction: text }, some) }),
  fc.record({ read: fc.record({ watermark: time }, some) }),
  fc.record({ delivery: fc.record({ mids: fc.array(mid, { maxLength: 3 }), watermark: time }, some) }),
  fc.record({ optin: fc.record({ ref: text, payload: text }, some) }),
  fc.record({ referral: fc.record({ ref: text, source: text }, some) }),
  fc.record({ pass_thread_control: fc.record({ new_owner_app_id: id }, some) }),
  fc.record({ take_thread_control: fc.record({ previous_owner_app_id: id }, some) }),
  fc.record({ game_play: fc.record({ score: time }, some) }),
];
const event = fc
  .tuple(
    fc.record({ sender: fc.record({ id }), recipient: fc.record({ id: fc.constant(PAGE.id) }), timestamp: time }),
    fc.oneof(...KINDS.map((arbitrary, at) => ({ arbitrary, weight: at < 2 ? 5 : 1 }))),
  )
  .map(([frame, kind]): Json => ({ ...frame, ...(isObject(kind) ? kind : {}) }));
const entry = fc.record(
  {
    id: fc.oneof({ weight: 9, arbitrary: fc.constant<Json>(PAGE.id) }, id),
    time,
    messaging: fc.array(event, { maxLength: 3 }),
    standby: fc.array(event, { maxLength: 2 }),
    changes: fc.array(fc.record({ field: text, value: event }), { maxLength: 2 }),
  },
  { requiredKeys: ["id", "messaging"] },
);
const whole: fc.Arbitrary<Json> = fc.record({ object: fc.constant("page"), entry: fc.array(entry, { maxLength: 4 }) });

/** Anything in the place of something. */
const odd: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 2 ** 53, 1e308, ENDLESS, "", "\ud800", [], {}, [[]], [null]),
  anyUnits,
  fc.array(fc.constant<Json>({}), { minLength: 100, maxLength: 120 }),
  fc.dictionary(fc.constantFrom("__proto__", "constructor", "toString", "id", "message", "", "\ud800"), fc.integer()),
  // Within what is read, and beyond it.
  fc.constantFrom(10, 60, 70, 500).map((levels) => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`)),
);

interface Spoiling {
  /** Counted over all places there are, from any number. */
  readonly where: number;
  readonly how: "drop" | "replace" | "wrap" | "repeat" | "add";
  readonly odd: Json;
}
const spoiling: fc.Arbitrary<Spoiling> = fc.record({
  where: fc.nat(10_000),
  how: fc.constantFrom("drop", "replace", "wrap", "repeat", "add"),
  odd,
});

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** How many values there are in a value, itself among them. */
function placesIn(value: Json): number {
  const inside = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return 1 + inside.reduce<number>((sum, each) => sum + placesIn(each), 0);
}

/** The value with its `where`-th place spoilt; nothing stands for a value that is gone. */
function spoil(value: Json, where: number, { how, odd: other }: Spoiling): readonly Json[] {
  if (where === 0) {
    if (how === "drop") return [];
    if (how === "replace") return [other];
    if (how === "wrap") return [[value]];
    if (how === "add" && isObject(value)) return [{ ...value, unheard_of: other, message: other }];
    return [value, value];
  }
  let left = where - 1;
  const inside = (each: Json): readonly Json[] => {
    const places = placesIn(each);
    const here = left >= 0 && left < places;
    const result = here ? spoil(each, left, { how, odd: other, where }) : [each];
    left -= places;
    return result;
  };
  if (isArray(value)) return [value.flatMap(inside)];
  if (!isObject(value)) return [value];
  const fields = Object.entries(value).flatMap(([key, each]) => inside(each).map((one): [string, Json] => [key, one]));
  return [Object.fromEntries(fields)];
}

function bytesOf(body: Json): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(body).replaceAll(`"${ENDLESS}"`, "1e999"));
}

/** The bytes of a body. Most are nearly right, for what is plainly wrong is refused before it can do harm. */
export const webhookBody: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(whole, fc.array(spoiling, { maxLength: 3 })).map(([body, spoilings]) => {
      const spoilt = spoilings.reduce<Json>(
        (value, each) => spoil(value, each.where % placesIn(value), each)[0] ?? null,
        body,
      );
      return bytesOf(spoilt);
    }),
  },
  { weight: 2, arbitrary: fc.json().map((json) => new TextEncoder().encode(json)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)) },
  // Whole, but cut off somewhere.
  { weight: 2, arbitrary: fc.tuple(whole, fc.nat(2_000)).map(([body, at]) => bytesOf(body).slice(0, at)) },
);
