/** A shop on a played server, and the screen that looks at it. */
import type { Pty } from "./pty.ts";
import { aConversation, aMessage, anEvent, START, type Played } from "./played.ts";

const MINUTE = 60_000;

/** Two conversations, of which the first has a photo that was waited for. */
export function aShop(server: Played): void {
  server.conversations = [
    aConversation({ last_at: START - 206_000 }),
    aConversation({ id: 2, contact: "7002", name: "Bob 👨‍👩‍👧 Trần", last_at: START - 65 * MINUTE, state: "human" }),
  ];
  server.messages = {
    1: [
      aMessage({ text: "xem giúp em ảnh này với ạ", at: START - 210_000 }),
      aMessage({ id: "m2", text: "", attachments: [{ kind: "image", url: null, title: null }], at: START - 208_000 }),
      aMessage({
        id: "m3",
        direction: "out",
        by: "bot",
        text: "Dạ đây là trà sen ạ 🍵",
        at: START - 206_000,
        deliveries: [{ id: "d1", state: "sent", attempts: 1 }],
      }),
    ],
    2: [aMessage({ id: "n1", text: "gặp người thật đi", turn: null, at: START - 65 * MINUTE })],
  };
  const at = START - 210_000;
  server.tell(anEvent("message_received", { at, kind: "message", attachments: [] }));
  const reason = 'waiting up to 8 s: the text points at an image ("ảnh")';
  server.tell(
    anEvent("intent_classified", { at, turn: 1, expectation: "image", wait_ms: 8_000, premature: false, reason }),
  );
  server.tell(
    anEvent("turn_closed", {
      at: at + 2_500,
      turn: 1,
      parts: 2,
      waited_ms: 2_500,
      merged: true,
      timed_out: false,
      wasted: false,
      reason: "answered after 2.5 s: text and attachment are here",
    }),
  );
  const generated = { turn: 1, model: "gpt-oss-120b", tokens: 350, latency_ms: 1_200 };
  server.tell(anEvent("response_generated", { at: at + 3_700, ...generated }));
  const sent = { turn: 1, delivery: "d1", kind: "message", attempts: 1, latency_ms: 4_000 };
  server.tell(anEvent("response_sent", { at: at + 4_000, ...sent }));
}

/** Waits until everything of the shop is there, whatever came first: status, accounts, list, events and messages. */
export async function seesShop(terminal: Pty): Promise<void> {
  await terminal.sees(
    "in 42 out 17/min",
    "Nguyễn Thị Lan · Trà Sen ·",
    "Conversations 2",
    "response_sent",
    "✓ sent in",
  );
}

/** The command line that looks at it. */
export function watching(server: Played, ...words: string[]): string[] {
  return ["watch", "--data-dir", server.dataDir, ...words];
}

/** The screen once it is the one that is expected, or what it is after a while. */
export async function settled(terminal: Pty, server: Played, expected: string): Promise<string> {
  const endsAt = performance.now() + 5_000;
  while (still(terminal.screen(), server) !== expected && performance.now() < endsAt) await Bun.sleep(20);
  return still(terminal.screen(), server);
}

/** A screen to compare: the port is another in each run. */
function still(screen: string, server: Played): string {
  const { host } = new URL(server.url);
  return screen
    .split("\n")
    .map((line) => line.replace(host, "127.0.0.1:port5").trimEnd())
    .join("\n");
}
