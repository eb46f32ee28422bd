/** A shop where a lot happens: conversations and events as a busy server tells them, at a rate of one's own. */
import { aConversation, aMessage, anEvent, START, type Played } from "../../test/cli/tui/played.ts";

const TEXTS = [
  "shop ơi mẫu trong hình này còn không ạ",
  "cho em hỏi giá bó hoa hồng 20 bông",
  "Dạ bên em còn ạ, chị muốn giao lúc mấy giờ? 🌹",
  "is this one still available?",
  "em gửi ảnh rồi đó ạ",
] as const;

function textFor(n: number): string {
  return TEXTS[n % TEXTS.length] ?? "";
}

/** Fills the lists: conversations with 20 messages each. */
export function furnish(server: Played, conversations: number): void {
  server.conversations = Array.from({ length: conversations }, (_, i) =>
    aConversation({ id: i + 1, contact: String(7_000 + i), name: `Khách ${i + 1}`, last_at: START - (i + 1) * 1_000 }),
  );
  for (let id = 1; id <= conversations; id++) {
    server.messages[id] = Array.from({ length: 20 }, (_, n) => {
      const own = n % 2 === 0;
      return aMessage({
        id: `m${id}.${n}`,
        direction: own ? "in" : "out",
        by: own ? "client" : "bot",
        text: textFor(id + n),
        at: START - (20 - n) * 60_000,
        turn: id * 100 + (n >> 1),
        deliveries: own ? [] : [{ id: `d${id}.${n}`, state: "sent", attempts: 1 }],
      });
    });
  }
}

/** The events of a turn with a photo, in their order. */
const STEPS = 7;

/**
 * Tells events at an even rate until the signal: each turn in its seven steps, many turns beside each other.
 *
 * @returns how many were told
 */
export async function flood(
  server: Played,
  perSecond: number,
  conversations: number,
  signal: AbortSignal,
): Promise<number> {
  const beganAt = performance.now();
  let told = 0;
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - beganAt) / 1_000) * perSecond);
    for (; told < due; told++) server.tell(stepOf(told, conversations, server.now()));
    await Bun.sleep(5);
  }
  return told;
}

/** Turns that run beside each other. */
const BESIDE = 20;

function stepOf(n: number, conversations: number, at: number) {
  const step = Math.floor(n / BESIDE) % STEPS;
  const turn = 1_000_000 + Math.floor(n / (BESIDE * STEPS)) * BESIDE + (n % BESIDE);
  const about = { at, turn, conversation: (turn % conversations) + 1, correlation_id: `c-${turn}` };
  const reason = 'waiting up to 8 s: the text points at an image ("hình")';
  switch (step) {
    case 0:
      return anEvent("message_received", { ...about, kind: "message", attachments: [] });
    case 1:
      return anEvent("intent_classified", { ...about, expectation: "image", wait_ms: 8_000, premature: false, reason });
    case 2:
      return anEvent("message_received", { ...about, kind: "message", attachments: ["image"] });
    case 3:
      return anEvent("turn_extended", {
        ...about,
        parts: 2,
        wait_ms: 500,
        reason: "settling 0.5 s: text and attachment are here",
      });
    case 4: {
      const closed = { parts: 2, waited_ms: 1_900, merged: true, timed_out: false, wasted: false };
      return anEvent("turn_closed", {
        ...about,
        ...closed,
        reason: "answered after 1.9 s: text and attachment are here",
      });
    }
    case 5:
      return anEvent("response_generated", { ...about, model: "gpt-oss-120b", tokens: 410, latency_ms: 1_240 });
    default:
      return anEvent("response_sent", {
        ...about,
        delivery: `d-${turn}`,
        kind: "message",
        attempts: 1,
        latency_ms: 3_400,
      });
  }
}
