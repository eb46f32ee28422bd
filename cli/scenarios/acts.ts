/** The acts of `botctl demo`: the catalogue's scenarios, with an audience in mind. */
import { answers, captioned, kills, posts, postsAgain, says, shows } from "./build.ts";
import type { Script } from "./scenario.ts";

export const ACTS: readonly Script[] = [
  {
    headline: "A customer writes, and the photo comes 1.2 s later",
    steps: [posts("text", says("xem ảnh này giúp mình")), posts("photo", shows("image"), { afterMs: 1_200 })],
    checks: [
      answers("one reply that knows both parts", ["text", "photo"]),
      {
        says: "it speaks of the photo and the words",
        kind: "mentions",
        steps: ["text", "photo"],
        words: [["ảnh"], ["xem ảnh này giúp mình"]],
      },
    ],
  },
  {
    headline: "The photo first, and its text 0.8 s later",
    steps: [
      posts("photo", shows("image")),
      posts("text", says("How much is the bag in this picture?"), { afterMs: 800 }),
    ],
    checks: [
      answers("one reply that knows both parts", ["text", "photo"]),
      {
        says: "it speaks of the photo and the words",
        kind: "mentions",
        steps: ["text", "photo"],
        words: [["image"], ["How much is the bag"]],
      },
    ],
  },
  {
    headline: "A plain question, for which there is nothing to wait",
    steps: [posts("text", says("Shop ơi, hôm nay cửa hàng mở cửa đến mấy giờ vậy"))],
    checks: [answers("one reply", ["text"])],
  },
  {
    headline: "The same webhook twice, as Meta does when it doubts our 200",
    steps: [
      posts("text", says("Can you deliver to Da Nang before the weekend, and what does it cost?")),
      postsAgain("again", "text", { afterMs: 200 }),
    ],
    checks: [answers("one reply", ["text"]), { says: "stored once", kind: "stored", step: "text", times: 1 }],
  },
  {
    headline: "On Telegram: two photos in one album, the words under the first",
    channel: "telegram",
    steps: [posts("album", captioned(["image", "image"], "Hai mẫu này giá bao nhiêu vậy shop"))],
    checks: [
      answers("one reply to all of it", ["album", "album.1"]),
      {
        says: "it speaks of the photos and the words",
        kind: "mentions",
        steps: ["album"],
        words: [["ảnh"], ["Hai mẫu này giá bao nhiêu vậy shop"]],
      },
    ],
  },
  {
    headline: "The server dies after its 200, before it could answer (#slow makes the model think for 1 s)",
    steps: [posts("text", says("Mình muốn đặt hai áo size L #slow:1000")), kills("kill", 600)],
    checks: [
      { says: "killed after the 200 and before the reply", kind: "killed-before-reply" },
      answers("one reply, after the restart", ["text"]),
      { says: "stored once", kind: "stored", step: "text", times: 1 },
    ],
  },
];
