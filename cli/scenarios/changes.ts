/** Scenarios in which what was said changes, or the bot is no longer the one to answer (DESIGN §5.10). */
import { ANNOUNCEMENT, answers, fixed, noReply, posts, QUESTION, says, shows } from "./build.ts";
import type { Check, Happening, Scenario } from "./scenario.ts";

const BEFORE = "Xem ảnh này giúp mình, mình lấy hai áo size L nhé";
const AFTER = "Xem ảnh này giúp mình, mình lấy ba áo size M nhé";

/** While the bot waits for a photo, it stops being the one to answer; what is said afterwards is kept and not answered. */
function takeover(name: string, summary: string, happening: Happening): Scenario {
  const silent: Check = { says: "a human answers now, the bot keeps silent", kind: "state", state: "human" };
  return fixed(name, summary, {
    steps: [
      posts("text", says(ANNOUNCEMENT)),
      posts(name, happening, { afterMs: 400 }),
      posts("more", says("Cho mình hỏi thêm là shop có giao hàng ra Huế không vậy"), { afterMs: 400 }),
    ],
    checks: [
      noReply,
      silent,
      { says: "what was asked before is not answered", kind: "event", type: "turn_cancelled" },
      { says: "what comes meanwhile is kept", kind: "stored", step: "more", times: 1 },
    ],
  });
}

export const CHANGES: readonly Scenario[] = [
  fixed("edit", "a text that is changed before it is answered", {
    steps: [
      posts("text", says(BEFORE)),
      posts("edit", { kind: "edit", of: "text", text: AFTER }, { afterMs: 400 }),
      posts("photo", shows("image"), { afterMs: 400 }),
    ],
    checks: [
      answers("one reply", ["text", "photo"]),
      { says: "to the new words", kind: "mentions", steps: ["text"], words: [["ba áo size M"]] },
      { says: "and not to the old ones", kind: "omits", words: ["hai áo size L"] },
      { says: "the history has the new words", kind: "reads", step: "text", text: AFTER },
    ],
  }),
  fixed("edit-late", "a text that is changed after it was answered", {
    steps: [
      posts("text", says(QUESTION)),
      posts("edit", { kind: "edit", of: "text", text: `${QUESTION} ạ` }, { awaitsReplies: 1, afterMs: 300 }),
    ],
    checks: [
      answers("one reply, none to the change", ["text"]),
      { says: "the history has the new words", kind: "reads", step: "text", text: `${QUESTION} ạ` },
    ],
  }),
  fixed("unsend", "one of several parts is taken back before it is answered", {
    steps: [
      posts("text", says(ANNOUNCEMENT)),
      posts("slip", says("nhắn nhầm người mất rồi"), { afterMs: 300 }),
      posts("unsend", { kind: "unsend", of: "slip" }, { afterMs: 300 }),
      posts("photo", shows("image"), { afterMs: 300 }),
    ],
    checks: [
      answers("one reply to the rest", ["text", "photo"]),
      { says: "it knows the rest", kind: "mentions", steps: ["text"], words: [["xem ảnh này"]] },
      { says: "and nothing of what was taken back", kind: "omits", words: ["nhầm người"] },
    ],
  }),
  fixed("unsend-only", "everything is taken back before it is answered", {
    steps: [posts("text", says(ANNOUNCEMENT)), posts("unsend", { kind: "unsend", of: "text" }, { afterMs: 400 })],
    checks: [noReply],
  }),
  takeover("human-echo", "a human answers from the page's inbox before the bot does", {
    kind: "human-echo",
    text: "Dạ để em xem cho mình ạ",
  }),
  takeover("handover", "the thread is given to another app before the bot answers", { kind: "handover" }),
];
