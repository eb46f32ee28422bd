import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { BINARY } from "../../helpers/bot.ts";
import { until } from "../../helpers/until.ts";
import { aFolder } from "../stage.ts";

const folder = aFolder();
afterAll(() => folder[Symbol.dispose]());

const env = { PATH: "/usr/bin:/bin", HOME: folder.path, TMPDIR: folder.path, TERM: "xterm-256color" };
const Chat = z.object({
  data: z.object({
    steps: z.array(z.looseObject({ direction: z.string(), what: z.string(), text: z.string().optional() })),
    replies: z.array(z.object({ text: z.string() })),
  }),
});

async function piped(typed: string, ...words: string[]) {
  const command = [BINARY, "simulate", "chat", "--sandbox", ...words];
  const run = Bun.spawn(command, { cwd: folder.path, env, stdin: new Blob([typed]), stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
  return { out, err, code };
}

describe("simulate chat from a pipe", () => {
  test.concurrent(
    "sends each line, shows why the bot waits, and the reply, and ends once all is answered",
    async () => {
      const { out, err, code } = await piped("xem ảnh này giúp mình\n/wait 0.2\n/photo 2\n/dance\n");
      expect(code).toBe(0);
      expect(err).toMatch(/^You are sim-[0-9a-f]{12}, and write to page \d+\./);
      expect(err).toContain("there is no /dance; /help shows what there is\n");
      const lines = out
        .split("\n")
        .map((line) => line.replace(/^ +\d+\.\d{3} s +/, "").replace(/ +200 in \d+ ms$/, ""));
      expect(lines[0]).toBe('→ text   "xem ảnh này giúp mình"');
      expect(lines).toContainEqual(expect.stringContaining("waiting up to 8 s: the text "));
      expect(lines).toContain("→ image + image");
      expect(lines).toContain("settling 0.5 s: text and attachment are here");
      expect(lines.filter((line) => line.startsWith("← "))).toEqual([expect.stringContaining("Mình đã xem 2 ảnh")]);
      expect(out).not.toContain("\u001b");
    },
    20_000,
  );

  test.concurrent(
    "is one document with --json, and the last line needs no end",
    async () => {
      const { out, err, code } = await piped("/quick PRICE Xem giá", "--json", "--contact", "sim-lan");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const { steps, replies } = Chat.parse(JSON.parse(out)).data;
      expect(steps[0]).toMatchObject({ direction: "in", what: "quick reply", text: "Xem giá" });
      expect(replies).toHaveLength(1);
    },
    20_000,
  );
});

describe("simulate chat in a terminal", () => {
  let screen = "";
  let run: Bun.Subprocess | null = null;
  beforeAll(() => {
    const decoder = new TextDecoder();
    run = Bun.spawn([BINARY, "simulate", "chat", "--sandbox"], {
      cwd: folder.path,
      env,
      terminal: { cols: 100, rows: 30, data: (_, bytes) => void (screen += decoder.decode(bytes, { stream: true })) },
    });
  });
  afterAll(() => run?.kill("SIGKILL"));

  test("asks for a line, and lets replies come between", async () => {
    await until("it asks", () => screen.includes("You are sim-") && screen.endsWith("> "));
    run?.terminal?.write("Cho mình hỏi phí giao hàng về Đà Nẵng\r");
    await until("the reply is there", () => screen.includes("Bạn hỏi: “Cho mình hỏi phí giao hàng"));
    await until("it asks again", () => screen.endsWith("> "));
    run?.terminal?.write("/help\r");
    await until("the help is there", () => screen.includes("/photo [n]"));
    // Ctrl+D
    run?.terminal?.write("\u0004");
    expect(await run?.exited).toBe(0);
  }, 20_000);
});
