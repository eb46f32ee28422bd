/** Scenarios in which a customer says something: whole, in halves, in bursts, or by a button. */
import { seconds } from "../../src/core/waits.ts";
import { ANNOUNCEMENT, answers, kills, posts, postsAgain, QUESTION, says, shows } from "./build.ts";
import type { AttachmentType, Scenario, ScenarioOptions, Script } from "./scenario.ts";

/** Long enough for the gap between a caption and its photo on a phone: 1.2 s in what the source system saw. */
const GAP_MS = 1_200;

function pair(options: ScenarioOptions, fallbackText: string): Script {
  const gapMs = options.gapMs ?? GAP_MS;
  const photoFirst = options.order === "photo-first";
  const text = posts("text", says(options.text ?? fallbackText), { afterMs: photoFirst ? gapMs : 0 });
  const photo = posts("photo", shows("image"), { afterMs: photoFirst ? 0 : gapMs });
  return {
    headline: photoFirst
      ? `a photo, then its text ${seconds(gapMs)} later`
      : `text, then its photo ${seconds(gapMs)} later`,
    steps: photoFirst ? [photo, text] : [text, photo],
    checks: [
      answers("one reply that knows both parts", ["text", "photo"]),
      {
        says: options.text === null ? "it speaks of the photo and the words" : "it speaks of the photo",
        kind: "mentions",
        steps: ["text", "photo"],
        words: [["ảnh", "image"], ...(options.text === null ? [[fallbackText]] : [])],
      },
    ],
  };
}

/** One message of this type alone; nothing may break, and there is one reply. */
function alone(type: AttachmentType, name: string): Scenario {
  return {
    name: type,
    summary: `${name} alone`,
    options: [],
    needsSandbox: false,
    script: () => ({
      headline: `${name} alone`,
      steps: [posts(type, shows(type))],
      checks: [answers("one reply", [type])],
    }),
  };
}

export const TALK: readonly Scenario[] = [
  {
    name: "text",
    summary: "one text that stands alone",
    options: ["text"],
    needsSandbox: false,
    script: (options) => ({
      headline: "one text",
      steps: [posts("text", says(options.text ?? QUESTION))],
      checks: [answers("one reply", ["text"])],
    }),
  },
  {
    name: "split",
    summary: "a text and its photo, as two webhooks",
    options: ["gap", "order", "text"],
    needsSandbox: false,
    script: (options) => pair(options, ANNOUNCEMENT),
  },
  {
    name: "unaccented",
    summary: "like split, typed without Vietnamese marks",
    options: ["gap", "order", "text"],
    needsSandbox: false,
    script: (options) => pair(options, "xem anh nay giup minh"),
  },
  {
    name: "images",
    summary: "a text and several photos, each its own webhook",
    options: ["gap", "count", "text"],
    needsSandbox: false,
    script: (options) => {
      const gapMs = options.gapMs ?? 300;
      const photos = numbered("photo", options.count ?? 3);
      return {
        headline: `text, then ${photos.length} photos, ${seconds(gapMs)} apart`,
        steps: [
          posts("text", says(options.text ?? "xem mấy ảnh này giúp mình")),
          ...photos.map((id) => posts(id, shows("image"), { afterMs: gapMs })),
        ],
        checks: [answers("one reply that knows all parts", ["text", ...photos])],
      };
    },
  },
  {
    name: "burst",
    summary: "many short texts, faster than anybody answers",
    options: ["gap", "count"],
    needsSandbox: false,
    script: (options) => {
      const gapMs = options.gapMs ?? 50;
      const ids = numbered("text", options.count ?? 5);
      return {
        headline: `${ids.length} texts, ${seconds(gapMs)} apart`,
        steps: ids.map((id, index) =>
          posts(id, says(`tin nhắn số ${index + 1}`), { afterMs: index === 0 ? 0 : gapMs }),
        ),
        checks: [{ says: "every text answered, none of them twice", kind: "each-answered-once", steps: ids }],
      };
    },
  },
  {
    name: "duplicate",
    summary: "the same webhook again, at once and after the reply",
    options: ["text"],
    needsSandbox: false,
    script: (options) => ({
      headline: "one text, posted three times",
      steps: [
        posts("text", says(options.text ?? "Cho mình hỏi phí giao hàng về Đà Nẵng là bao nhiêu")),
        postsAgain("again", "text", { afterMs: 20 }),
        postsAgain("again-later", "text", { awaitsReplies: 1 }),
      ],
      checks: [
        answers("one reply", ["text"]),
        { says: "stored once", kind: "stored", step: "text", times: 1 },
        { says: "the copies were noticed", kind: "event", type: "duplicate_dropped" },
      ],
    }),
  },
  {
    name: "quick-reply",
    summary: "a tap on a quick reply, answered without waiting",
    options: ["text"],
    needsSandbox: false,
    script: (options) => ({
      headline: "a tap on a quick reply",
      steps: [posts("tap", { kind: "text", text: options.text ?? "Xem giá", quickReply: "PRICE_LIST" })],
      checks: [answers("one reply", ["tap"])],
    }),
  },
  {
    name: "postback",
    summary: "the Get Started button, answered without waiting",
    options: ["text"],
    needsSandbox: false,
    script: (options) => ({
      headline: "the Get Started button",
      steps: [posts("tap", { kind: "postback", title: options.text ?? "Bắt đầu", payload: "GET_STARTED" })],
      checks: [answers("one reply", ["tap"])],
    }),
  },
  {
    name: "crash",
    summary: "the server dies by SIGKILL between the 200 and the reply (with --sandbox)",
    options: [],
    needsSandbox: true,
    script: () => ({
      headline: "the server is killed between its 200 and the reply",
      steps: [
        // The sandbox's model takes as long as this word says, so that there is a reply to interrupt.
        posts("text", says("Mình muốn đặt hai áo size L #slow:1500")),
        kills("kill", 600),
      ],
      checks: [
        { says: "killed after the 200 and before the reply", kind: "killed-before-reply" },
        answers("one reply, after the restart", ["text"]),
        { says: "stored once", kind: "stored", step: "text", times: 1 },
      ],
    }),
  },
  {
    name: "reorder",
    summary: "a photo that arrives before the text it followed",
    options: ["gap", "text"],
    needsSandbox: false,
    script: (options) => {
      const gapMs = options.gapMs ?? 400;
      return {
        headline: `photo and text, arriving in the wrong order, ${seconds(gapMs)} apart`,
        steps: [
          posts("photo", shows("image")),
          posts("text", says(options.text ?? "cái này còn hàng không shop"), { afterMs: gapMs, agedMs: gapMs + 500 }),
        ],
        checks: [answers("one reply that knows both parts", ["text", "photo"])],
      };
    },
  },
  {
    name: "late-photo",
    summary: "an announced photo that comes after the reply",
    options: ["gap", "text"],
    needsSandbox: false,
    script: (options) => {
      const text = options.text ?? "em gửi ảnh ạ";
      return {
        headline: "a text that announces a photo, the photo only after the reply",
        steps: [
          posts("text", says(text)),
          posts("photo", shows("image"), { awaitsReplies: 1, afterMs: options.gapMs ?? 2_000 }),
        ],
        checks: [
          answers("one reply to the text, one more to the photo", ["text"], ["photo"]),
          { says: "the second knows the photo", kind: "mentions", steps: ["photo"], words: [["ảnh", "image"]] },
          { says: "it does not wait for a text", kind: "within", steps: ["photo"], ms: 1_500 },
          {
            says: "it is told which question the photo belongs to",
            kind: "mentions",
            steps: ["photo"],
            words: [[text]],
          },
        ],
      };
    },
  },
  {
    name: "photo-then-question",
    summary: "a question about a photo that was already answered",
    options: ["gap", "text"],
    needsSandbox: false,
    script: (options) => ({
      headline: "a photo, and after its reply a question about it",
      steps: [
        posts("photo", shows("image")),
        posts("question", says(options.text ?? "con này trong hình giá bao nhiêu"), {
          awaitsReplies: 1,
          afterMs: options.gapMs ?? 300,
        }),
      ],
      checks: [
        answers("one reply to the photo, one to the question", ["photo"], ["question"]),
        {
          says: "the model is shown the photo again",
          kind: "mentions",
          steps: ["question"],
          words: [["ảnh 1:", "image 1:"]],
        },
      ],
    }),
  },
  alone("audio", "a voice note"),
  alone("video", "a video"),
  alone("file", "a file"),
  alone("sticker", "a sticker"),
  alone("location", "a place"),
  alone("share", "a shared link"),
];

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}
