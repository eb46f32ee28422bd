// However the screen ends, the terminal is as it was, and whoever reads it is told why.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { BINARY } from "../../helpers/bot.ts";
import { aFolder } from "../stage.ts";
import { played, type Played } from "./played.ts";
import { pty, type Pty } from "./pty.ts";
import { aShop, watching } from "./shop.ts";

const PATIENCE_MS = 30_000;
const SHOW_CURSOR = "\u001b[?25h";
const LEAVE_ALTERNATE = "\u001b[?1049l";

/** The terminal as a shell wants it: its own screen, the cursor visible, pasting as usual. */
function expectRestored(terminal: Pty): void {
  expect(terminal.buffer()).toBe("normal");
  const bytes = terminal.bytes();
  expect(bytes.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(bytes.lastIndexOf("\u001b[?25l"));
  expect(bytes.lastIndexOf(LEAVE_ALTERNATE)).toBeGreaterThan(bytes.lastIndexOf("\u001b[?1049h"));
  expect(bytes.lastIndexOf("\u001b[?2004l")).toBeGreaterThanOrEqual(bytes.lastIndexOf("\u001b[?2004h"));
}

const endings: readonly (readonly [how: string, end: (terminal: Pty, server: Played) => void | Promise<void>])[] = [
  ["q", (terminal) => terminal.type("q")],
  ["Ctrl+C", (terminal) => terminal.type("\u0003")],
  ["SIGTERM", (terminal) => terminal.kill("SIGTERM")],
  ["SIGINT", (terminal) => terminal.kill("SIGINT")],
  [
    "q while the server is gone",
    async (terminal, server) => {
      await server.away();
      await terminal.sees("STALE");
      terminal.type("q");
    },
  ],
];

describe("the terminal is given back", () => {
  test.each(endings)(
    "after %s, with exit code 0",
    async (_, end) => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server));
      await terminal.sees("✓ sent");
      expect(terminal.buffer()).toBe("alternate");
      await end(terminal, server);
      expect(await terminal.exited).toBe(0);
      expectRestored(terminal);
    },
    PATIENCE_MS,
  );

  test(
    "after a hang-up",
    async () => {
      await using server = played();
      aShop(server);
      await using terminal = pty(watching(server));
      await terminal.sees("✓ sent");
      terminal.kill("SIGHUP");
      await terminal.exited;
      expectRestored(terminal);
    },
    PATIENCE_MS,
  );

  test(
    "after a bug, which can then be read, with exit code 1",
    async () => {
      await using server = played();
      const tui = join(import.meta.dir, "../../../cli/tui/open.tsx");
      const main = join(import.meta.dir, "../../../cli/main.ts");
      // The command as it is, with a client that breaks in a way nobody planned.
      const script = `
        const { openScreen } = await import(${JSON.stringify(tui)});
        const { AdminClient } = await import(${JSON.stringify(join(import.meta.dir, "../../../cli/client.ts"))});
        const client = new AdminClient({ url: ${JSON.stringify(server.url)}, token: "test-admin-token" });
        client.conversations = () => { throw new TypeError("undefined is not a list"); };
        await openScreen({ client, reconnect: async () => client, filter: null, masked: false, env: {}, folder: "/", onSignal: () => () => {} })
          .catch((error) => { process.stderr.write("bug: " + error.message + "\\n"); process.exit(1); });
        await import(${JSON.stringify(main)});`;
      await using terminal = pty([], { command: [process.execPath, "-e", script] });
      expect(await terminal.exited).toBe(1);
      expectRestored(terminal);
      expect(terminal.screen()).toContain("bug: undefined is not a list");
    },
    PATIENCE_MS,
  );
});

describe("a screen that begins", () => {
  test(
    "is whole although somebody typed before it was there",
    async () => {
      await using server = played();
      aShop(server);
      const impatient = `printf 'prompt> half a line'; sleep 0.2; exec ${BINARY} ${watching(server).join(" ")}`;
      await using terminal = pty([], { command: ["/bin/sh", "-c", impatient] });
      terminal.type("zz");
      await terminal.sees("✓ sent in");
      expect(terminal.screen()).toStartWith(" botctl watch 127.0.0.1:");
      terminal.type("q");
      expect(await terminal.exited).toBe(0);
      expect(terminal.screen()).toContain("half a line");
    },
    PATIENCE_MS,
  );
});

describe("a screen that cannot begin", () => {
  test(
    "says that no server is there, and exits 5",
    async () => {
      await using terminal = pty(["watch", "--url", "http://127.0.0.1:1", "--token-file", "token"], {
        cwd: "/tmp",
        env: { BOTCTL_ADMIN_TOKEN: "x" },
        columns: 100,
      });
      // The token file is not there: that comes first.
      expect(await terminal.exited).toBe(4);
      using folder = aFolder({ token: "some-token\n" });
      await using second = pty(["watch", "--url", "http://127.0.0.1:1", "--token-file", "token"], {
        cwd: folder.path,
        columns: 100,
      });
      expect(await second.exited).toBe(5);
      expectRestored(second);
      expect(second.screen()).toContain("error: No server answers at http://127.0.0.1:1.");
    },
    PATIENCE_MS,
  );

  test(
    "says that the token is wrong, and exits 4",
    async () => {
      await using server = played();
      using folder = aFolder({ token: "wrong\n" });
      await using terminal = pty(["watch", "--url", server.url, "--token-file", "token"], {
        cwd: folder.path,
        columns: 100,
      });
      expect(await terminal.exited).toBe(4);
      expectRestored(terminal);
      expect(terminal.screen()).toContain("did not take the admin token");
    },
    PATIENCE_MS,
  );
});
