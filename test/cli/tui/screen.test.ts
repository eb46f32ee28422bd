// The built program in a real pseudo-terminal, read by a terminal emulator: what it shows.
import { describe, expect, test } from "bun:test";
import type { ConversationRow } from "../../../cli/client.ts";
import { aConversation, aMessage, anEvent, played, START } from "./played.ts";
import { pty } from "./pty.ts";
import { aShop, seesShop, settled, watching } from "./shop.ts";

const PATIENCE_MS = 30_000;

describe("the screen", () => {
  test(
    "shows who wrote, what was said, why it waited and how long everything took",
    async () => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server));
      await seesShop(terminal);
      expect(await settled(terminal, server, FULL_80)).toBe(FULL_80);
    },
    PATIENCE_MS,
  );

  test(
    "keeps its columns on a wide terminal, with Vietnamese and joined emoji in them",
    async () => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server), { columns: 120, rows: 30 });
      await seesShop(terminal);
      expect(await settled(terminal, server, FULL_120)).toBe(FULL_120);
      const between = Array.from({ length: 19 }, (_, row) => terminal.columnOf("│", row + 2));
      expect(new Set(between)).toEqual(new Set([50]));
    },
    PATIENCE_MS,
  );

  test(
    "shows one pane at a time on 60 columns, and says politely when there are fewer",
    async () => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server), { columns: 60, rows: 16 });
      await terminal.sees("in 42 out 17/min", "Bob");
      expect(await settled(terminal, server, LIST_60)).toBe(LIST_60);
      terminal.type("\r");
      await terminal.sees("✓ sent");
      expect(await settled(terminal, server, TRANSCRIPT_60)).toBe(TRANSCRIPT_60);
      terminal.resize(40, 8);
      await terminal.sees(/Please make it\s+larger/);
      terminal.resize(100, 30);
      expect(await terminal.sees("Bob")).not.toContain("Please make it");
    },
    PATIENCE_MS,
  );

  test(
    "counts down the wait of the moment",
    async () => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server), { columns: 100 });
      await seesShop(terminal);
      const reason = "waiting up to 8 s: the text announces an image";
      const at = server.now();
      // The list may be asked at any moment, and knows what the events tell.
      const listed = (turn: ConversationRow["turn"]): void => {
        server.conversations = server.conversations.map((row) => (row.id === 1 ? { ...row, turn } : row));
      };
      listed({ id: 2, state: "gathering", reason, due_at: at + 8_000 });
      server.tell(anEvent("intent_classified", { at, turn: 2, wait_ms: 8_000, reason }));
      const left = async (below: number): Promise<number> => {
        const shown = await terminal.sees(new RegExp(`▶ [0-${below}]\\.\\d s left ▰+▱+ waiting up to 8 s`));
        return Number(/▶ (\d\.\d) s left/.exec(shown)?.[1]);
      };
      const first = await left(7);
      expect(first).toBeLessThan(8);
      expect(await left(6)).toBeLessThan(7);
      await terminal.sees(/▸M Trà Sen +Nguyễn Thị L… ◷ [0-6]\.\d s/);
      listed({ id: 2, state: "running", reason: "answered", due_at: null });
      server.tell(
        anEvent("turn_closed", { at: server.now(), turn: 2, parts: 1, waited_ms: 1_500, reason: "answered" }),
      );
      await terminal.sees("▶ the agent is at it");
    },
    PATIENCE_MS,
  );

  test(
    "lets nothing that a customer writes act on the terminal",
    async () => {
      await using server = played();
      const name = "Eve\u001b]0;owned\u0007\u202egnp";
      server.conversations = [aConversation({ name })];
      server.messages = { 1: [aMessage({ text: "\u001b[2J\u001b[31mred\u0000\r\nsecond\tline", turn: null })] };
      server.tell(anEvent("alarm", { cause: "x", message: "\u001b[5mblink", count: 1, conversation: undefined }));
      await using terminal = pty(watching(server), { columns: 120 });
      await terminal.sees(
        "Eve\\u001b]0;owned\\u0007\\u202egnp:",
        "\\u001b[2J\\u001b[31mred\\u0000",
        "second  line",
        "\\u001b[5mblink",
      );
      expect(terminal.bytes()).not.toContain("\u001b]0;owned");
      expect(terminal.bytes()).not.toContain("\u001b[5m");
    },
    PATIENCE_MS,
  );

  test(
    "uses no colour when NO_COLOR is set, and hides names and texts with m",
    async () => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server), { env: { NO_COLOR: "1" } });
      await terminal.sees("trà sen");
      const colours = [...terminal.bytes().matchAll(/\u001b\[([\d;]*)m/g)].map(([, codes]) => codes);
      expect(colours.length).toBeGreaterThan(0);
      expect(colours.filter((codes) => /(^|;)(3[0-79]|4[0-79]|9\d|10\d)(;|$)/.test(codes ?? ""))).toEqual([]);
      terminal.type("m");
      const shown = await terminal.sees("person 1");
      expect(shown).toContain("••• •••• •• ••• •••");
      expect(shown).not.toMatch(/Nguyễn|trà sen|7001/);
    },
    PATIENCE_MS,
  );

  test(
    "counts by itself what an older server does not tell",
    async () => {
      await using server = played({ older: true });
      aShop(server);
      server.retries = [
        {
          id: "d9",
          kind: "message",
          state: "dead",
          account: "1001",
          attempts: 3,
          next_at: null,
          last_error: "blocked",
        },
      ];
      await using terminal = pty(watching(server), { columns: 100 });
      await terminal.sees(/lag - .* p95 4\.0 s .* journal 1 \(1 dead\)/, "✓ sent in");
      terminal.type("t");
      await terminal.sees("there is nothing here");
    },
    PATIENCE_MS,
  );

  test(
    "knows its way around a server whose clock is a year off",
    async () => {
      await using server = played();
      server.conversations = [aConversation({ last_at: START - 60_000 })];
      await using terminal = pty(watching(server));
      await terminal.sees(/Nguyễn.* 1m/);
    },
    PATIENCE_MS,
  );
});

const FULL_80 = ` botctl watch 127.0.0.1:port5  0.1.0, up 3h                              ● live
 lag 12 ms  in 42 out 17/min  p95 1.8 s  turns 2  journal 3 (1 dead)
 Conversations 2                      │ Nguyễn Thị Lan · Trà Sen ·… bot answers
▸M Trà S… Nguyễn Thị…           3m    │ ── 2026-01-31 ──────────────────────────
 M Trà S… Bob 👨 Trần human     1h    │ 14:01:30 Nguyễn Thị Lan: xem giúp em ảnh
                                      │          này với ạ
                                      │ 14:01:32 Nguyễn Thị Lan: [image]
                                      │          ┊ waiting up to 8 s: the text
                                      │            points at an image ("ảnh")
                                      │          ┊ answered after 2.5 s: text
                                      │            and attachment are here; 2
                                      │            parts merged
                                      │          ┊ agent gpt-oss-120b: 1.2 s,
                                      │            350 tokens
                                      │ 14:01:34 bot: Dạ đây là trà sen ạ 🍵
                                      │          ┊ ✓ sent in 0.3 s, 4.0 s after
                                      │            the first part
 Events 5
 14:01:30 intent_classified  Nguyễn Thị… waiting up to 8 s: the text points at …
 14:01:32 turn_closed        Nguyễn Thị… answered after 2.5 s: text and attachm…
 14:01:33 response_generated Nguyễn Thị… gpt-oss-120b answered after 1.2 s; 350…
 14:01:34 response_sent      Nguyễn Thị… sent after 4.0 s

 tab pane enter open / filter space hold d detail e errors r retry ? help q quit`;
const FULL_120 = ` botctl watch 127.0.0.1:port5  0.1.0, up 3h                                                                      ● live
 lag 12 ms  in 42 out 17/min  p95 1.8 s  turns 2  journal 3 (1 dead)                                    breakers closed
 Conversations 2                                  │ Nguyễn Thị Lan · Trà Sen · messenger                    bot answers
▸M Trà Sen     Nguyễn Thị Lan               3m    │ ── 2026-01-31 ──────────────────────────────────────────────────────
 M Trà Sen     Bob 👨 Trần        human     1h    │ 14:01:30 Nguyễn Thị Lan: xem giúp em ảnh này với ạ
                                                  │ 14:01:32 Nguyễn Thị Lan: [image]
                                                  │          ┊ waiting up to 8 s: the text points at an image ("ảnh")
                                                  │          ┊ answered after 2.5 s: text and attachment are here; 2
                                                  │            parts merged
                                                  │          ┊ agent gpt-oss-120b: 1.2 s, 350 tokens
                                                  │ 14:01:34 bot: Dạ đây là trà sen ạ 🍵
                                                  │          ┊ ✓ sent in 0.3 s, 4.0 s after the first part
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
                                                  │
 Events 5
 14:01:30 message_received      Nguyễn Thị Lan    message
 14:01:30 intent_classified     Nguyễn Thị Lan    waiting up to 8 s: the text points at an image ("ảnh")
 14:01:32 turn_closed           Nguyễn Thị Lan    answered after 2.5 s: text and attachment are here; 2 parts merged
 14:01:33 response_generated    Nguyễn Thị Lan    gpt-oss-120b answered after 1.2 s; 350 tokens
 14:01:34 response_sent         Nguyễn Thị Lan    sent after 4.0 s


 tab pane enter open / filter space hold d detail e errors r retry t take R release m mask ? help q quit`;
const LIST_60 = ` botctl watch 127.0.0.1:port5  0.1.0, up 3h          ● live
 lag 12 ms  in 42 out 17/min  p95 1.8 s  journal 3 (1 dead)
 Conversations 2
▸M Trà Sen         Nguyễn Thị Lan                     3m
 M Trà Sen         Bob 👨 Trần              human     1h










 tab pane enter open / filter space hold ? help q quit`;
const TRANSCRIPT_60 = ` botctl watch 127.0.0.1:port5  0.1.0, up 3h          ● live
 lag 12 ms  in 42 out 17/min  p95 1.8 s  journal 3 (1 dead)
 Nguyễn Thị Lan · Trà Sen · messenger           bot answers
 ── 2026-01-31 ─────────────────────────────────────────────
 14:01:30 Nguyễn Thị Lan: xem giúp em ảnh này với ạ
 14:01:32 Nguyễn Thị Lan: [image]
          ┊ waiting up to 8 s: the text points at an image
            ("ảnh")
          ┊ answered after 2.5 s: text and attachment are
            here; 2 parts merged
          ┊ agent gpt-oss-120b: 1.2 s, 350 tokens
 14:01:34 bot: Dạ đây là trà sen ạ 🍵
          ┊ ✓ sent in 0.3 s, 4.0 s after the first part


 tab pane enter open / filter space hold ? help q quit`;
