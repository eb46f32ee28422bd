import { describe, expect, test } from "bun:test";
import { z } from "zod";
import type { SimulateOptions } from "../../../cli/commands/simulate/plays.ts";
import { simulate } from "../../../cli/commands/simulate/run.ts";
import { BINARY } from "../../helpers/bot.ts";
import { FakeBot, JumpingClock, type Vices } from "../scenarios/fake-bot.ts";
import { aFolder, faultOf, stage } from "../stage.ts";

const Posted = z.object({
  entry: z.tuple([z.object({ messaging: z.tuple([z.object({ sender: z.object({ id: z.string() }) })]) })]),
});

function playing(options: Partial<SimulateOptions>, vices: Vices = {}) {
  const people = stage();
  const clock = new JumpingClock();
  const bot = new FakeBot(clock, vices);
  const open = () =>
    Promise.resolve({ stageFor: () => Promise.resolve(bot), lead: null, close: () => Promise.resolve() });
  const work = clock.drive(simulate({ scenarios: ["text"], ...options }, people.context, open, clock));
  const begun = (): number[] => bot.posted.map(({ at }) => at - (bot.posted[0]?.at ?? 0));
  const senders = (): string[] => bot.posted.map(({ body }) => Posted.parse(body).entry[0].messaging[0].sender.id);
  return { ...people, work, begun, senders };
}

describe("--repeat", () => {
  test("plays so often, each time as somebody else, a line each", async () => {
    const { work, out, err, senders, begun } = playing({ repeat: 3 });
    await work;
    expect(new Set(senders()).size).toBe(3);
    // One is over before the next begins.
    expect(begun()[1]).toBeGreaterThan(1_500);
    expect(out()).toBe(
      [1, 2, 3].map((number) => `   ${number}  passed  text  1 reply, the first after 1.500 s\n`).join(""),
    );
    expect(err()).toBe("3 of 3 scenarios passed.\n");
  });

  test("with --rate begins on time, however long the replies take", async () => {
    const { work, begun } = playing({ repeat: 5, rate: 4 });
    await work;
    expect(begun()).toEqual([0, 250, 500, 750, 1_000]);
  });

  test("names what failed once, and shows what came instead", async () => {
    const { work, out } = playing({ repeat: 2, rate: 10, timeoutMs: 2_000 }, { mute: true });
    const fault = await faultOf(work);
    expect([fault.code, fault.message]).toEqual(["findings", "Not as expected: text."]);
    expect(out()).toContain("   1  failed  text  no reply\n   ✗ one reply: no reply\n");
  });

  test("is the same people each time with --seed", async () => {
    const first = playing({ repeat: 2, seed: 3 });
    const again = playing({ repeat: 2, seed: 3 });
    await Promise.all([first.work, again.work]);
    expect(again.senders()).toEqual(first.senders());
  });
});

describe("--expect", () => {
  test("takes the place of the scenario's own expectations", async () => {
    const { work, out } = playing({ expect: ["replies=1", "status=200", "state=bot", "reply~MỞ CỬA", "reply!~lỗi"] });
    await work;
    expect(out().match(/ ✓ /g)).toHaveLength(5);
    expect(out()).not.toContain("one reply");
  });

  test("fails with what came instead", async () => {
    const { work, out } = playing({
      expect: ["replies=2", "status=401", "reply~giá", "event=takeover"],
      timeoutMs: 3_000,
    });
    expect((await faultOf(work)).code).toBe("findings");
    expect(out()).toContain('✗ expected: replies=2: 1 reply: "');
    expect(out()).toContain("✗ expected: status=401: text got 200");
    expect(out()).toContain('✗ expected: reply~giá: nothing like that: "');
    expect(out()).toContain("✗ expected: event=takeover: the event takeover did not come");
  });
});

describe("--data, through the built program", () => {
  const body = JSON.stringify({
    object: "page",
    entry: [
      {
        id: "100000000000001",
        time: 1_795_000_000_000,
        messaging: [
          {
            sender: { id: "6789012345678901" },
            recipient: { id: "100000000000001" },
            timestamp: 1_795_000_000_000,
            message: { mid: "m_given", text: "Cho mình hỏi phí giao hàng về Đà Nẵng là bao nhiêu" },
          },
        ],
      },
    ],
  });

  async function given(typed: string, ...words: string[]) {
    using folder = aFolder({ "body.json": typed });
    const env = { PATH: "/usr/bin:/bin", HOME: folder.path, TMPDIR: folder.path };
    const command = [BINARY, "simulate", "--sandbox", ...words];
    const run = Bun.spawn(command, { cwd: folder.path, env, stdin: new Blob([typed]), stdout: "pipe", stderr: "pipe" });
    const [out, err, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
    return { out, err, code };
  }

  test("posts the file as it is, signed, and looks for the reply to whoever wrote", async () => {
    const { out, err, code } = await given(body, "--data", "body.json", "--expect", "reply~phí giao hàng");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/→ body {3}\d+ bytes as given +200 in \d+ ms/);
  }, 20_000);

  test("takes stdin, changes included", async () => {
    const set = ["--set", "entry.0.messaging.0.message.text=Shop có bán áo dài không vậy"];
    const { code } = await given(body, "--data", "-", ...set, "--expect", "reply~áo dài", "--expect", "replies=1");
    expect(code).toBe(0);
  }, 20_000);

  test("may be no webhook at all", async () => {
    const { code } = await given("{", "--data", "-", "--expect", "event=quarantined", "--expect", "replies=0");
    expect(code).toBe(0);
  }, 20_000);
});
