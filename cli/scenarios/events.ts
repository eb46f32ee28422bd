/** Scenarios about everything else that Messenger reports: reactions, receipts, links, batches. */
import { answers, noReply, posts, says, shows, type Happening, type Scenario, type Script } from "./scenario.ts";

const QUESTION = "Shop ơi, hôm nay cửa hàng mở cửa đến mấy giờ vậy";
const ANNOUNCEMENT = "xem ảnh này giúp mình";

function scenario(name: string, summary: string, script: Omit<Script, "headline">): Scenario {
  return { name, summary, options: [], needsSandbox: false, script: () => ({ headline: summary, ...script }) };
}

/** A question is answered; then something happens that is no question. */
function afterTheReply(name: string, summary: string, happening: Happening): Scenario {
  return scenario(name, summary, {
    steps: [posts("text", says(QUESTION)), posts(name, happening, { awaitsReplies: 1, afterMs: 100 })],
    checks: [answers("one reply to the text, none to what followed", ["text"])],
  });
}

/** Something of which the bot takes note, and nothing else. */
function unanswered(name: string, summary: string, happening: Happening): Scenario {
  return scenario(name, summary, { steps: [posts(name, happening)], checks: [noReply] });
}

export const EVENTS: readonly Scenario[] = [
  scenario("reply-to", "a message that answers an earlier one", {
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
  unanswered("referral", "a customer comes through a link", { kind: "referral", ref: "summer-sale" }),
  unanswered("optin", "a customer opts in", { kind: "optin", ref: "newsletter" }),
  scenario("standby", "a message that another app is to answer", {
    steps: [posts("text", says(QUESTION), { standby: true })],
    checks: [noReply],
  }),
  scenario("multi-entry", "a text and its photo in one webhook, as two entries", {
    steps: [posts("text", [says(ANNOUNCEMENT), shows("image")])],
    checks: [answers("one reply that knows both parts", ["text", "text.1"])],
  }),
];
