import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { demo } from "../../cli/commands/demo/run.ts";
import { ACTS } from "../../cli/scenarios/acts.ts";
import type { ChannelName } from "../../src/core/channel.ts";
import { FakeBot, JumpingClock, type Vices } from "./scenarios/fake-bot.ts";
import { aFolder, faultOf, stage } from "./stage.ts";

const binary = join(import.meta.dir, "..", "..", "dist", "botctl");
/** What a person should have to watch at most. */
const LONGEST_MS = 15_000;

const Demo = z.object({
  ok: z.literal(true),
  data: z.object({
    verdict: z.string(),
    summary: z.string(),
    acts: z.array(
      z.object({
        verdict: z.string(),
        replies: z.array(z.object({ text: z.string(), at_ms: z.number() })),
        steps: z.array(z.looseObject({ direction: z.string(), what: z.string() })),
      }),
    ),
  }),
});

beforeAll(() => {
  if (!existsSync(binary)) throw new Error("dist/botctl is not there; `npm run build` makes it");
});

/** The built program in a folder of its own, with settings around it that must not matter. */
function botctl(folder: string, ...words: string[]) {
  const env = { PATH: "/usr/bin:/bin", HOME: folder, TMPDIR: folder, SMART_DELAY_ENABLED: "false", PORT: "1" };
  return Bun.spawn([binary, ...words], { cwd: folder, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

describe("the built program", () => {
  // By itself, because it is timed.
  test(
    "plays six acts for people, waits as it says, answers each once, and leaves nothing behind",
    async () => {
      using folder = aFolder({ ".env": "IMAGE_KEYWORDS_WAIT=0.1\nBOTCTL_ADMIN_TOKEN=someone-elses\n" });
      const startedAt = performance.now();
      const run = botctl(folder.path, "demo");
      const [out, err, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
      expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("nothing leaves this machine") });
      expect(performance.now() - startedAt).toBeLessThan(LONGEST_MS);
      expect(out.trim().split("\n").at(-1)).toBe(
        "6 of 6 acts passed: 9 messages in, 6 replies out, none lost, none doubled.",
      );
      // A text that announces its photo, why the bot waited, and what ended the waiting.
      expect(out).toMatch(/→ text {3}"xem ảnh này giúp mình" +200 in \d+ ms\n/);
      expect(out).toMatch(/s {4}waiting up to 8 s: the text /);
      expect(out).toMatch(/→ image +200 in \d+ ms\n/);
      expect(out).toMatch(/s {4}settling 0\.5 s: text and attachment are here\n/);
      expect(out).toContain('← "I looked at your 1 image.');
      expect(out).toContain("On Telegram: two photos in one album");
      expect(out).toContain('← "Mình đã xem 2 ảnh của bạn.');
      expect(out).toMatch(/s {4}SIGKILL: the server is gone\n.*started again on the same data/);
      expect(out).not.toContain("✗");
      expect(out).not.toContain("\u001b");
      expect(readdirSync(folder.path)).toEqual([".env"]);
    },
    2 * LONGEST_MS,
  );

  test.concurrent(
    "prints one document with --json",
    async () => {
      using folder = aFolder();
      const run = botctl(folder.path, "demo", "--json");
      const [out, err, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const { data } = Demo.parse(JSON.parse(out));
      expect(data.verdict).toBe("passed");
      expect(data.acts.map((act) => [act.verdict, act.replies.length])).toEqual(ACTS.map(() => ["passed", 1]));
    },
    2 * LONGEST_MS,
  );

  test.concurrent(
    "stops at Ctrl+C with 130, and takes its server and its folder along",
    async () => {
      using folder = aFolder();
      const run = botctl(folder.path, "demo");
      const url = await serverOf(folder.path);
      run.kill("SIGINT");
      expect(await run.exited).toBe(130);
      expect(await run.stderr.text()).toContain("Stopped before the end.");
      expect(readdirSync(folder.path)).toEqual([]);
      expect(
        await fetch(url).then(
          () => "answered",
          () => "gone",
        ),
      ).toBe("gone");
    },
    20_000,
  );
});

/** Where the server that the demo started listens, once it is up. */
async function serverOf(folder: string): Promise<string> {
  for (let tries = 0; tries < 500; tries++) {
    const sandbox = readdirSync(folder).find((name) => name.startsWith("botctl-sandbox-"));
    const file = Bun.file(join(folder, sandbox ?? "", "data", "server.json"));
    const read = (await file.exists()) ? z.object({ url: z.string() }).safeParse(await file.json()) : null;
    if (read?.success) return read.data.url;
    await Bun.sleep(20);
  }
  throw new Error("the demo's server did not come up");
}

describe("a bot that does wrong is found out", () => {
  async function played(vices: Vices) {
    const clock = new JumpingClock();
    const bot = new FakeBot(clock, vices);
    const people = stage();
    const open = () =>
      Promise.resolve({
        stageFor: (channel: ChannelName) => Promise.resolve(bot.on(channel)),
        lead: null,
        close: () => Promise.resolve(),
      });
    const fault = await clock.drive(faultOf(demo({}, people.context, open, clock)));
    return { fault, last: people.out().trim().split("\n").at(-1) };
  }

  test("when it does not answer", async () => {
    const { fault, last } = await played({ mute: true });
    expect(fault.code).toBe("findings");
    expect(last).toBe("0 of 6 acts passed: 9 messages in, 0 replies out.");
  });

  test("when it answers the halves apart", async () => {
    const { fault, last } = await played({ hasty: true });
    expect(fault.code).toBe("findings");
    expect(last).toBe("3 of 6 acts passed: 9 messages in, 9 replies out.");
  });

  test("when it answers once more long after, which only the count at the end can see", async () => {
    const { fault, last } = await played({ repeatsAfterMs: 1_000 });
    expect(fault.code).toBe("findings");
    expect(last).not.toContain("none doubled");
  });
});
