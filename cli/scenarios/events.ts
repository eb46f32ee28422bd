/** Scenarios about everything else that Messenger reports: reactions, receipts, links, batches, odd clocks. */
import { ANNOUNCEMENT, answers, fixed, noReply, posts, QUESTION, says, shows } from "./build.ts";
import type { Happening, Scenario } from "./scenario.ts";

/** A question is answered; then something happens that is no question. */
function afterTheReply(name: string, summary: string, happening: Happening): Scenario {
  return fixed(name, summary, {
    steps: [posts("text", says(QUESTION)), posts(name, happening, { awaitsReplies: 1, afterMs: 100 })],
    checks: [
      answers("one reply to the text, none to what followed", ["text"]),
      { says: "the bot goes on answering", kind: "state", state: "bot" },
    ],
  });
}

/** Something of which the bot takes note, and nothing else. */
function unanswered(name: string, summary: string, happening: Happening): Scenario {
  return fixed(name, summary, { steps: [posts(name, happening)], checks: [noReply] });
}

const HOUR_MS = 3_600_000;

export const EVENTS: readonly Scenario[] = [
  fixed("reply-to", "a message that answers an earlier one", {
    steps: [
      posts("text", says(QUESTION)),
      posts(
        "reply",
        { kind: "text", text: "Ý mình là cửa hàng ở quận 1 đó bạn", replyTo: "text" },
        { awaitsReplies: 1, afterMs: 100 },
      ),
    ],
    checks: [answers("one reply to each", ["text"], ["reply"])],
  }),
  afterTheReply("reaction", "a heart on a message", { kind: "reaction", to: "text", emoji: "❤" }),
  afterTheReply("delivery", "the platform says the reply was delivered", { kind: "delivery" }),
  afterTheReply("read", "the platform says the reply was read", { kind: "read" }),
  afterTheReply("echo", "the platform shows the bot its own reply", { kind: "own-echo" }),
  unanswered("referral", "a customer comes through a link", { kind: "referral", ref: "summer-sale" }),
  unanswered("optin", "a customer opts in", { kind: "optin", ref: "newsletter" }),
  fixed("standby", "a message that another app is to answer", {
    steps: [posts("text", says(QUESTION), { standby: true })],
    checks: [noReply],
  }),
  fixed("multi-entry", "a text and its photo in one webhook, as two entries", {
    steps: [posts("text", [says(ANNOUNCEMENT), shows("image")])],
    checks: [answers("one reply that knows both parts", ["text", "text.1"])],
  }),
  fixed("multi-page", "the same id writes to two pages: two people, two conversations", {
    steps: [
      posts("first", says(QUESTION)),
      posts("second", says("Quán mình có chỗ đậu xe hơi không vậy"), { afterMs: 20, page: 1 }),
    ],
    checks: [
      answers("one reply in each conversation, through its page", ["first"], ["second"]),
      { says: "each is answered in its own words", kind: "mentions", steps: ["second"], words: [["chỗ đậu xe hơi"]] },
    ],
  }),
  fixed("clock-skew", "platform times hours off, in seconds, and as text: still one reply", {
    steps: [
      posts("text", says(ANNOUNCEMENT), { agedMs: 6 * HOUR_MS }),
      posts("photo", shows("image"), { afterMs: 300, agedMs: -3 * HOUR_MS, timeForm: "text" }),
      posts("more", says("màu đỏ đó shop"), { afterMs: 200, agedMs: HOUR_MS, timeForm: "seconds" }),
    ],
    checks: [answers("one reply that knows all parts", ["text", "photo", "more"])],
  }),
];
