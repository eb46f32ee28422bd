import { describe, expect, test } from "bun:test";
import { posts, postsAgain, says } from "../../../cli/scenarios/build.ts";
import { scenarioOf } from "../../../cli/scenarios/catalogue.ts";
import { play, type Played, type PlayOptions } from "../../../cli/scenarios/play.ts";
import type { Stage } from "../../../cli/scenarios/stage.ts";
import { NO_OPTIONS, type ScenarioOptions, type Script } from "../../../cli/scenarios/scenario.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { faultOf } from "../stage.ts";
import { FakeBot, JumpingClock, type Vices } from "./fake-bot.ts";

const CONTACT = "sim-lan";

function optionsWith(clock: Clock, rest: Partial<PlayOptions> = {}): PlayOptions {
  const fixed = { contact: CONTACT, timeoutMs: 30_000, quietMs: 700, startAt: null, edits: [] };
  return { ...fixed, clock, tell: () => {}, ...rest };
}

async function played(script: Script, vices: Vices = {}): Promise<Played & { readonly bot: FakeBot }> {
  const clock = new JumpingClock();
  const bot = new FakeBot(clock, vices);
  const options = optionsWith(clock);
  return { ...(await clock.drive(play(script, bot, options))), bot };
}

function scripted(name: string, options: Partial<ScenarioOptions> = {}): Script {
  return scenarioOf(name).script({ ...NO_OPTIONS, ...options });
}

class OnePage extends FakeBot {
  override readonly pages = ["1000000000001"];
}

/** The expectations that were not met, with what came instead. */
function failures({ expectations }: Played): (string | null)[] {
  return expectations.filter((finding) => !finding.passed).map((finding) => finding.instead);
}

describe("a scenario passes when the bot does as it should", () => {
  test.each([
    "text",
    "split",
    "unaccented",
    "images",
    "burst",
    "duplicate",
    "bad-signature",
    "missing-signature",
    "crash",
    "multi-page",
    "slow-body",
  ])("%s", async (name) => {
    const result = await played(scripted(name));
    expect(failures(result)).toEqual([]);
    expect(result.verdict).toBe("passed");
  });
});

describe("a scenario fails", () => {
  test("when the two halves are answered apart", async () => {
    const result = await played(scripted("split"), { hasty: true });
    expect(result.verdict).toBe("failed");
    expect(failures(result)[0]).toContain("text and photo got 2 turns");
    expect(failures(result)[0]).toContain("2 replies");
  });

  test("when there is no reply, and not before the time is up", async () => {
    const result = await played(scripted("text"), { mute: true });
    expect(failures(result)).toEqual(["no reply"]);
    expect(result.replies).toEqual([]);
  });

  test("when a second reply comes within the quiet time", async () => {
    const result = await played(scripted("text"), { repeatsAfterMs: 600 });
    expect(failures(result)[0]).toStartWith("2 replies: ");
  });

  test("not at first when a second reply comes later, but when it is looked at again", async () => {
    const clock = new JumpingClock();
    const bot = new FakeBot(clock, { repeatsAfterMs: 5_000 });
    const options = optionsWith(clock);
    const result = await clock.drive(play(scripted("text"), bot, options));
    expect(result.verdict).toBe("passed");
    await clock.drive(new Promise<void>((resolve) => void clock.after(5_000, resolve)));
    const later = await result.again();
    expect(later.replies).toBe(2);
    expect(later.expectations.some((finding) => !finding.passed)).toBe(true);
  });

  test("when the reply stays in the outbox", async () => {
    const result = await played(scripted("text"), { stuck: true });
    expect(failures(result)).toEqual(["1 reply not sent"]);
  });

  test("when a forged webhook is taken for genuine", async () => {
    const result = await played(scripted("bad-signature"), { gullible: true });
    expect(failures(result)).toEqual([
      "status 200",
      expect.stringContaining("1 reply"),
      "there is a conversation with the contact",
      "the event signature_refused did not come",
    ]);
  });

  test("when it waits for ever for a body that does not come", async () => {
    const result = await played(scripted("slow-body"), { patient: true });
    expect(failures(result)).toEqual(["the server still waits after 15 s"]);
  });

  test("when there are fewer pages than it writes to: that is said, not judged", async () => {
    const clock = new JumpingClock();
    const bot: Stage = new OnePage(clock);
    const fault = await faultOf(clock.drive(play(scripted("multi-page"), bot, optionsWith(clock))));
    expect(fault.message).toBe("This writes to 2 pages, and the server has 1 that can be written to.");
  });

  test("when a copy is stored again", async () => {
    const result = await played(scripted("duplicate"), { forgetful: true });
    expect(failures(result)).toContain("it is in the history 3 times");
    expect(failures(result)).toContain("the event duplicate_dropped did not come");
  });
});

describe("the story", () => {
  test("tells each webhook, why the bot waited, and the reply, with their times", async () => {
    const { steps, replies } = await played(scripted("split"));
    expect(steps.map(({ at_ms, direction, what }) => [at_ms, direction, what])).toEqual([
      [0, "in", "text"],
      [0, "note", "intent_classified"],
      [1_200, "in", "image"],
      [2_700, "note", "turn_closed"],
      [2_700, "out", "reply"],
    ]);
    expect(replies).toEqual([{ text: "Mình đã xem 1 ảnh (image). Bạn hỏi: “xem ảnh này giúp mình”.", at_ms: 2_700 }]);
  });

  test("counts messages, and a copy is none", async () => {
    expect((await played(scripted("duplicate"))).messagesIn).toBe(1);
    expect((await played(scripted("images"))).messagesIn).toBe(4);
  });
});

describe("the options change what is posted", () => {
  test("gap and order", async () => {
    const { steps } = await played(scripted("split", { gapMs: 400, order: "photo-first" }));
    const webhooks = steps.filter((step) => step.direction === "in");
    expect(webhooks.map(({ at_ms, what }) => [at_ms, what])).toEqual([
      [0, "image"],
      [400, "text"],
    ]);
  });

  test("count and text", async () => {
    const { steps } = await played(scripted("images", { count: 2, text: "hai ảnh" }));
    const webhooks = steps.flatMap((step) => (step.direction === "in" ? [step.text] : []));
    expect(webhooks).toEqual(["hai ảnh", "", ""]);
  });
});

describe("a step", () => {
  test("waits for the replies it comes after", async () => {
    const script: Script = {
      headline: "",
      steps: [posts("one", says("một")), posts("two", says("hai"), { awaitsReplies: 1, afterMs: 100 })],
      checks: [],
    };
    const { bot } = await played(script);
    const [first, second] = bot.posted;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_600);
  });

  test("that repeats another posts the same bytes", async () => {
    const script: Script = { headline: "", steps: [posts("one", says("một")), postsAgain("again", "one")], checks: [] };
    const { bot } = await played(script);
    expect(bot.posted[1]?.body).toEqual(bot.posted[0]?.body);
  });

  test("that kills asks the stage to, once", async () => {
    const { bot, steps } = await played(scripted("crash"));
    expect(bot.kills).toBe(1);
    expect(steps.filter((step) => step.direction === "note").map((step) => step.what)).toContainAllValues([
      "intent_classified",
      "kill",
      "restart",
      "turn_closed",
    ]);
  });
});

test("messages that were there before are no part of it", async () => {
  const clock = new JumpingClock();
  const bot = new FakeBot(clock);
  const options = optionsWith(clock);
  await clock.drive(play(scripted("text"), bot, options));
  const second = await clock.drive(play(scripted("text"), bot, options));
  expect(failures(second)).toEqual([]);
  expect(second.replies).toHaveLength(1);
});

describe("bytes", () => {
  const script: Script = {
    headline: "",
    steps: [posts("one", says("một")), posts("two", says("hai"), { awaitsReplies: 1, afterMs: 100 })],
    checks: [],
  };
  const START = 1_767_229_200_000;

  test("are the same each time when the beginning is, however long replies take", async () => {
    const clock = new JumpingClock();
    const first = await clock.drive(play(script, new FakeBot(clock), optionsWith(clock, { startAt: START })));
    await clock.drive(new Promise<void>((resolve) => void clock.after(1_234, resolve)));
    const slow = new FakeBot(clock, { stuck: true });
    const again = await clock.drive(play(script, slow, optionsWith(clock, { startAt: START, timeoutMs: 2_000 })));
    expect(again.digest).toBe(first.digest);
    expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(slow.posted.map(({ body }) => body)).toMatchObject([
      { entry: [{ time: START }] },
      { entry: [{ time: START + 15_100 }] },
    ]);
  });

  test("differ when the beginning is when it is", async () => {
    const clock = new JumpingClock();
    const first = await clock.drive(play(script, new FakeBot(clock), optionsWith(clock)));
    const again = await clock.drive(play(script, new FakeBot(clock), optionsWith(clock)));
    expect(again.digest).not.toBe(first.digest);
  });
});

describe("edits", () => {
  const text = (value: string) => ({ step: null, path: ["entry", "0", "messaging", "0", "message", "text"], value });

  test("change what is posted, and what is then looked for", async () => {
    const clock = new JumpingClock();
    const bot = new FakeBot(clock);
    const options = optionsWith(clock, { edits: [text("xin chào")] });
    const result = await clock.drive(play(scripted("text"), bot, options));
    expect(failures(result)).toEqual([]);
    expect(result.replies[0]?.text).toContain("xin chào");
  });

  test("for another step leave this one as it is", async () => {
    const clock = new JumpingClock();
    const options = optionsWith(clock, { edits: [{ ...text("xin chào"), step: "photo" }] });
    const { replies } = await clock.drive(play(scripted("text"), new FakeBot(clock), options));
    expect(replies[0]?.text).not.toContain("xin chào");
  });

  test("that make it somebody real are refused, unless everybody is made up", async () => {
    const clock = new JumpingClock();
    const edits = [{ step: null, path: ["entry", "0", "messaging", "0", "sender", "id"], value: "6789012345678901" }];
    class Live extends FakeBot {
      override readonly rehearsed: boolean = false;
    }
    const live = new Live(clock);
    const playing = clock.drive(play(scripted("text"), live, optionsWith(clock, { edits })));
    expect((await faultOf(playing)).message).toContain("names a contact that is not simulated");
    expect(live.posted).toEqual([]);
    const bot = new FakeBot(clock);
    await clock.drive(play(scripted("text"), bot, optionsWith(clock, { edits, timeoutMs: 100 })));
    expect(bot.posted).toHaveLength(1);
  });
});
