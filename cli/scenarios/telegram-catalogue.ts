/** What people do with a Telegram bot, and what must come of it. */
import {
  ANNOUNCEMENT,
  answers,
  captioned,
  noReply,
  posts,
  postsAgain,
  postsOdd,
  QUESTION,
  says,
  shows,
} from "./build.ts";
import type { AttachmentType, Check, OptionName, Scenario, ScenarioOptions, Script } from "./scenario.ts";

const GAP_MS = 1_200;

/** A scenario whose name says that it is Telegram's. */
function scenario(
  name: string,
  summary: string,
  options: readonly OptionName[],
  script: (options: ScenarioOptions) => Omit<Script, "channel" | "headline"> & { readonly headline?: string },
): Scenario {
  return {
    name: `telegram/${name}`,
    summary,
    options,
    needsSandbox: false,
    script: (wishes) => ({ headline: summary, ...script(wishes), channel: "telegram" }),
  };
}

function alone(name: string, type: AttachmentType, summary: string): Scenario {
  return scenario(name, summary, [], () => ({
    steps: [posts(name, shows(type))],
    checks: [answers("one reply", [name])],
  }));
}

const seesPhoto = (step: string): Check => ({
  says: "it speaks of the photo",
  kind: "mentions",
  steps: [step],
  words: [["ảnh", "image", "photo"]],
});

const refused: Check = { says: "the server says why", kind: "event", type: "signature_refused" };
const unheard: Check = { says: "nothing was stored", kind: "unheard" };

export const TELEGRAM: readonly Scenario[] = [
  scenario("text", "one text that stands alone", ["text"], ({ text }) => ({
    steps: [posts("text", says(text ?? QUESTION))],
    checks: [answers("one reply", ["text"])],
  })),
  scenario("command", "a command, answered without waiting", ["text"], ({ text }) => ({
    steps: [posts("command", says(text ?? "/start"))],
    checks: [answers("one reply", ["command"]), { says: "and at once", kind: "within", steps: ["command"], ms: 3_000 }],
  })),
  scenario("split", "a text and its photo, as two updates", ["gap", "text"], ({ gapMs, text }) => ({
    steps: [posts("text", says(text ?? ANNOUNCEMENT)), posts("photo", shows("image"), { afterMs: gapMs ?? GAP_MS })],
    checks: [answers("one reply that knows both parts", ["text", "photo"]), seesPhoto("photo")],
  })),
  scenario("photo-caption", "a photo with its words under it", ["text"], ({ text }) => {
    const caption = text ?? "mẫu này còn hàng không shop";
    return {
      steps: [posts("photo", captioned(["image"], caption))],
      checks: [
        answers("one reply", ["photo"]),
        seesPhoto("photo"),
        { says: "and knows the words", kind: "mentions", steps: ["photo"], words: [[caption]] },
      ],
    };
  }),
  scenario("album", "several photos sent together, the words under the first", ["count", "text"], ({ count, text }) => {
    const photos = Array.from({ length: count ?? 3 }, (): AttachmentType => "image");
    const labels = photos.map((_, index) => (index === 0 ? "album" : `album.${index}`));
    return {
      headline: `${photos.length} photos in one album`,
      steps: [posts("album", captioned(photos, text ?? "mấy mẫu này giá sao shop"))],
      checks: [answers("one reply to all of it", labels), seesPhoto("album")],
    };
  }),
  alone("document", "file", "a file alone"),
  alone("voice", "audio", "a voice message alone"),
  alone("location", "location", "a place alone"),
  alone("contact", "contact", "somebody's number alone"),
  alone("sticker", "sticker", "a sticker alone"),
  scenario("callback", "a button under a reply is pressed", ["text"], ({ text }) => ({
    steps: [
      posts("text", says(QUESTION)),
      posts(
        "press",
        { kind: "postback", title: text ?? "Xem giá", payload: "PRICE_LIST" },
        { awaitsReplies: 1, afterMs: 100 },
      ),
    ],
    checks: [
      answers("one reply to each", ["text"], ["press"]),
      { says: "the press at once", kind: "within", steps: ["press"], ms: 3_000 },
    ],
  })),
  scenario("edited", "a text that is changed before it is answered", [], () => {
    const after = "Xem ảnh này giúp mình, mình lấy ba áo size M nhé";
    return {
      steps: [
        posts("text", says("Xem ảnh này giúp mình, mình lấy hai áo size L nhé")),
        posts("edit", { kind: "edit", of: "text", text: after }, { afterMs: 1_100 }),
        posts("photo", shows("image"), { afterMs: 400 }),
      ],
      checks: [
        answers("one reply", ["text", "photo"]),
        { says: "to the new words", kind: "mentions", steps: ["text"], words: [["ba áo size M"]] },
        { says: "and not to the old ones", kind: "omits", words: ["hai áo size L"] },
        { says: "the history has the new words", kind: "reads", step: "text", text: after },
      ],
    };
  }),
  scenario("group", "a group talks, and only what is meant for the bot is answered", ["text"], ({ text }) => ({
    place: "group",
    steps: [
      posts("aside", { kind: "text", text: "Mọi người ơi chiều nay mấy giờ họp vậy", aside: true }),
      posts("asked", says(text ?? QUESTION), { afterMs: 300 }),
    ],
    checks: [answers("one reply, to what was meant for the bot", ["asked"])],
  })),
  scenario("blocked", "somebody blocks the bot while it waits, and comes back", [], () => ({
    steps: [
      posts("text", says(ANNOUNCEMENT)),
      posts("blocked", { kind: "reachability", reachable: false }, { afterMs: 400 }),
      posts("unblocked", { kind: "reachability", reachable: true }, { afterMs: 1_200 }),
      posts("back", says("Shop ơi mình quay lại rồi, hôm nay có mở cửa không vậy"), { afterMs: 200 }),
    ],
    checks: [
      answers("nothing is sent to who blocks the bot, one reply to who comes back", ["back"]),
      { says: "what was asked before is not answered", kind: "event", type: "turn_cancelled" },
      { says: "the bot may write again", kind: "state", state: "bot" },
    ],
  })),
  scenario("duplicate", "the same update twice, as when Telegram doubts our 200", [], () => ({
    steps: [posts("text", says(QUESTION)), postsAgain("again", "text", { afterMs: 200 })],
    checks: [answers("one reply", ["text"]), { says: "stored once", kind: "stored", step: "text", times: 1 }],
  })),
  scenario("wrong-secret", "an update with another secret: 403", [], () => ({
    steps: [posts("forged", says(QUESTION), { signature: "wrong", status: 403 })],
    checks: [noReply, unheard, refused],
  })),
  scenario("missing-secret", "an update without a secret: 403", [], () => ({
    steps: [posts("unsigned", says(QUESTION), { signature: "missing", status: 403 })],
    checks: [noReply, unheard, refused],
  })),
  scenario("unsupported", "a kind of update that no handler knows: 200, and nothing comes of it", [], () => {
    const poll = { id: "1", question: "Hoa gì?", options: [], total_voter_count: 0, is_closed: false };
    return {
      steps: [postsOdd("unsupported", { kind: "json", value: { update_id: "$update", poll } })],
      checks: [noReply, unheard],
    };
  }),
  scenario("malformed", "a body that is no update: 200, so that it does not come again", [], () => ({
    steps: [postsOdd("malformed", { kind: "bytes", text: '{"update_id":' })],
    checks: [noReply, unheard, { says: "set aside for a person to look at", kind: "event", type: "quarantined" }],
  })),
];
