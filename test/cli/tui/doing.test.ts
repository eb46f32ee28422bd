// The built program in a real pseudo-terminal: what its keys do, on the screen and on the server.
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../helpers/until.ts";
import { aFolder, problem } from "../stage.ts";
import { aConversation, aMessage, anEvent, played, START } from "./played.ts";
import { pty } from "./pty.ts";
import { aShop, seesShop, watching } from "./shop.ts";

const PATIENCE_MS = 30_000;
const ESC = "\u001b";
const UP = "\u001b[A";

describe("the keys", () => {
  test(
    "space holds everything still, counts what comes, and lets it in again",
    async () => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server), { columns: 100 });
      await seesShop(terminal);
      terminal.type(" ");
      await terminal.sees("HELD +0 new");
      const before = terminal.screen().split("\n").slice(2, -1);
      for (let i = 0; i < 3; i++) {
        server.tell(anEvent("message_received", { at: server.now(), conversation: 2, kind: "message" }));
      }
      await terminal.sees("HELD +3 new");
      expect(terminal.screen().split("\n").slice(2, -1)).toEqual(before);
      terminal.type(" ");
      const after = await terminal.sees("3 unread");
      expect(after).toMatch(/Bob 👨 Trần .* (now|\d+s) +3 *│/);
      expect(after).not.toContain("HELD");
    },
    PATIENCE_MS,
  );

  test(
    "/ filters conversations and events, says what it does not understand, and brings earlier filters back",
    async () => {
      await using server = played();
      aShop(server);
      server.tell(anEvent("message_received", { conversation: 2, kind: "read", platform: "telegram" }));
      await using terminal = pty(watching(server), { columns: 100 });
      // Who is chosen depends on whether the list or that event came first.
      await terminal.sees("in 42 out 17/min", "Conversations 2", "response_sent", "Events 6");
      terminal.type("/pages:x\r");
      await terminal.sees('"pages:" is not known; there are page:');
      terminal.type('\u0015text:"tra sen"\r');
      await terminal.sees("Conversations 1 of 2");
      terminal.type("/\u0015");
      terminal.type("kind:response_sent >3s !status:human\r");
      await terminal.sees("Events 1", "Conversations 1 of 2", /filter kind:response_sent >3s !status:human/);
      terminal.type(`/${UP}${UP}\r`);
      await terminal.sees('filter text:"tra sen"');
      terminal.type(ESC);
      await terminal.sees(/Conversations 2 /);
    },
    PATIENCE_MS,
  );

  test(
    "j and k choose, enter opens, esc goes back, d explains an event and J shows it as JSON",
    async () => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server), { columns: 100 });
      await seesShop(terminal);
      terminal.type("j");
      await terminal.sees("gặp người thật đi");
      terminal.type("k");
      await terminal.sees("trà sen");
      terminal.type("\t\t");
      await terminal.sees(/Events 5/);
      terminal.type("gd");
      await terminal.sees(/Event 101: message_received/);
      terminal.type("J");
      await terminal.sees('"correlation_id": "c-1"');
      terminal.type(ESC);
      await terminal.sees("Conversations 2");
      terminal.type("?");
      await terminal.sees("leave");
      terminal.type("?");
      await terminal.sees("Conversations 2");
    },
    PATIENCE_MS,
  );

  test(
    "t takes a conversation over and sends what is typed; R gives it back",
    async () => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server), { columns: 100 });
      await seesShop(terminal);
      terminal.type("t");
      await terminal.sees("reply to Nguyễn Thị Lan:");
      // As an input method for Vietnamese types it: letters, backspaces, the finished word.
      terminal.type("da a\u007f\u007f\u007f\u007fDạ shop đây 🍵");
      await terminal.sees("Dạ shop đây 🍵");
      terminal.type("\r");
      await terminal.sees("Sent to Nguyễn Thị Lan.");
      expect(server.calls).toEqual([
        { method: "POST", path: "/api/conversations/1/takeover", body: {} },
        { method: "POST", path: "/api/conversations/1/reply", body: { text: "Dạ shop đây 🍵" } },
      ]);
      await terminal.sees("human answers");
      terminal.type("R");
      await terminal.sees("The bot answers Nguyễn Thị Lan again.");
      expect(server.calls.at(-1)?.path).toBe("/api/conversations/1/release");
    },
    PATIENCE_MS,
  );

  test(
    "a reply that the server refuses is not lost: it says why, and t brings it back",
    async () => {
      await using server = played();
      aShop(server);
      const refusal = () => problem(409, "window_closed", "The window of 24 h is closed.", "Wait until they write.");
      server.answers.set("POST /api/conversations/1/reply", refusal);
      await using terminal = pty(watching(server), { columns: 100 });
      await seesShop(terminal);
      terminal.type("t");
      await terminal.sees("reply to");
      terminal.type("xin chào\r");
      await terminal.sees("The window of 24 h is closed. Wait until they write.");
      terminal.type("t");
      await terminal.sees("reply to Nguyễn Thị Lan: xin chào");
    },
    PATIENCE_MS,
  );

  test(
    "e lists what failed and what is owed, and r sends it again",
    async () => {
      await using server = played();
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
      const failure = {
        turn: 3,
        delivery: "d9",
        kind: "message",
        state: "dead",
        attempts: 3,
        next_at: null,
        latency_ms: 9,
      };
      server.tell(anEvent("send_failed", { ...failure, reason: "recipient: blocked" }));
      await using terminal = pty(watching(server), { columns: 100 });
      await seesShop(terminal);
      terminal.type("e");
      await terminal.sees("Errors 2", /owed +message dead +Trà Sen: 3 attempts; blocked/);
      terminal.type("gr");
      await terminal.sees("1 will be sent again now.");
      terminal.type("Gr");
      await until("the second flush", () => server.calls.length === 2);
      expect(server.calls).toEqual([
        { method: "POST", path: "/api/retries/flush", body: { ids: ["d9"] } },
        { method: "POST", path: "/api/retries/flush", body: { ids: ["d9"] } },
      ]);
    },
    PATIENCE_MS,
  );

  test(
    "y copies through the terminal, and x writes a new file that only its owner may read",
    async () => {
      await using server = played();
      aShop(server);
      using folder = aFolder();
      await using terminal = pty(watching(server), { columns: 100, cwd: folder.path });
      await seesShop(terminal);
      terminal.type("\ty");
      await terminal.sees("Copied the message");
      const copied = /\u001b\]52;c;([A-Za-z0-9+/=]+)\u0007/.exec(terminal.bytes())?.[1] ?? "";
      expect(Buffer.from(copied, "base64").toString()).toBe("Dạ đây là trà sen ạ 🍵");
      terminal.type("x");
      const said = await terminal.sees(/Wrote 3 messages to (\S+)\./);
      terminal.type("\tx");
      await terminal.sees(/Wrote 5 events to /);
      const files = readdirSync(folder.path).sort();
      expect(files).toEqual([
        expect.stringMatching(/^botctl-events-\d{8}-\d{6}\.ndjson$/),
        expect.stringContaining("botctl-messages-"),
      ]);
      expect(said).toContain(files[1] ?? "");
      for (const file of files) expect(statSync(join(folder.path, file)).mode & 0o777).toBe(0o600);
      const lines = readFileSync(join(folder.path, files[0] ?? ""), "utf8")
        .trim()
        .split("\n");
      expect(lines.map((line): unknown => JSON.parse(line)).at(-1)).toMatchObject({ id: "105", type: "response_sent" });
    },
    PATIENCE_MS,
  );

  test(
    "keys typed faster than the screen is drawn all count",
    async () => {
      await using server = played();
      server.conversations = Array.from({ length: 30 }, (_, i) =>
        aConversation({ id: i + 1, name: `Person ${i + 1}`, last_at: START - (i + 1) * 60_000 }),
      );
      server.messages = { 21: [aMessage({ text: "the twenty-first" })] };
      await using terminal = pty(watching(server), { columns: 100 });
      await terminal.sees("Person 1");
      terminal.type("j".repeat(20));
      await terminal.sees("the twenty-first");
    },
    PATIENCE_MS,
  );
});

describe("the connection", () => {
  test(
    "that breaks is seen at once, comes back after the last event, and tells what is missing",
    async () => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server), { columns: 100 });
      await seesShop(terminal);
      await server.away();
      await terminal.sees(/STALE for/);
      server.tell(anEvent("signature_refused", { conversation: undefined }));
      server.back();
      await terminal.sees("signature_refused");
      await terminal.sees("● live");
      expect(server.resumed).toEqual(["0", "105"]);
      server.gap(12);
      await terminal.sees("12 events are missing here");
      server.gap(null);
      await terminal.sees("an unknown number of events is missing here");
    },
    PATIENCE_MS,
  );
});
