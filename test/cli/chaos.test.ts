import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ChaosOptions } from "../../cli/commands/chaos/run.ts";
import { chanceFrom } from "../../cli/commands/chaos/chance.ts";
import { chaosCommand } from "../../cli/commands/chaos.ts";
import { Crowd, MOST_OPEN } from "../../cli/commands/chaos/crowd.ts";
import { reckon, type Question, type Reply } from "../../cli/commands/chaos/ledger.ts";
import { planOf } from "../../cli/commands/chaos/plan.ts";
import { documentOf, findingsOf, spreadOf, type Outcome } from "../../cli/commands/chaos/report.ts";
import { expectationOf } from "../../src/core/expectation.ts";
import { aFolder, stage } from "./stage.ts";

const binary = join(import.meta.dir, "..", "..", "dist", "botctl");

const asks = (person: string, code: string | null, acknowledged = true): Question => {
  return { id: `m_${person}_${code ?? "photo"}`, person, code, acknowledged };
};
let deliveries = 0;
const says = (person: string, text: string, delivery: string | null = `d${(deliveries += 1)}`): Reply => {
  return { channel: "messenger", person, text, delivery };
};

describe("the count", () => {
  test("is even when everything that was taken is answered once, however it was put together", () => {
    const questions = [asks("1", "M100001"), asks("1", "M100002"), asks("2", "M100003"), asks("2", null)];
    const replies = [
      says("1", "Chào bạn! Bạn hỏi: “giá mẫu M100001 / và M100002”. Mình kiểm tra rồi trả lời bạn ngay nhé."),
      says("2", "Mình đã xem 1 ảnh của bạn. Ảnh 1: mình không mở được. Bạn hỏi: “xem ảnh này giúp mình M100003”."),
    ];
    expect(reckon(questions, replies)).toEqual({
      sent: 4,
      acknowledged: 4,
      answered: 4,
      lost: [],
      answeredTwice: [],
      copies: [],
      replies: 2,
      unasked: [],
    });
  });

  test("finds a message that was taken and never answered; one that was not taken is nobody's debt", () => {
    const found = reckon([asks("1", "M100001"), asks("2", null), asks("3", "M100003", false)], []);
    expect(found.lost.map(({ id }) => id)).toEqual(["m_1_M100001", "m_2_photo"]);
    expect([found.acknowledged, found.answered]).toEqual([2, 0]);
  });

  test("finds a reply that people read twice, which answers its question only once", () => {
    const found = reckon(
      [asks("1", "M100001")],
      [says("1", "Bạn hỏi: “M100001”", "same"), says("1", "Bạn hỏi: “M100001”", "same")],
    );
    expect(found.copies).toEqual([{ channel: "messenger", delivery: "same", person: "1", copies: 2 }]);
    expect(found.answeredTwice).toEqual([]);
  });

  test("finds a question that two replies answer, and does not take replies without an id for copies", () => {
    const found = reckon(
      [asks("1", "M100001"), asks("2", "M100002")],
      [says("1", "M100001"), says("1", "M100001"), says("2", "M100002", null), says("2", "M100002", null)],
    );
    expect(found.answeredTwice.map(({ code }) => code)).toEqual(["M100001", "M100002"]);
    expect(found.copies).toEqual([]);
  });

  test("does not let an answer to somebody else count, nor a code that is part of another", () => {
    const found = reckon([asks("1", "M100001")], [says("2", "M100001"), says("1", "M1000011")]);
    expect(found.lost).toHaveLength(1);
    expect(found.unasked).toHaveLength(2);
  });
});

describe("the verdict", () => {
  const clean: Outcome = {
    seed: 7,
    tookMs: 1_000,
    plan: planOf(4, chanceFrom(7, "plan")),
    stopCodes: [0],
    posts: { webhooks: 2, repeated: 0, doubled: 0 },
    faults: 0,
    reckoning: reckon([asks("1", "M100001")], [says("1", "M100001")]),
    audit: { openTurns: 0, openDeliveries: 0, givenUp: 0, ambiguousRounds: 3, telegramRounds: 1, damage: [] },
    flushed: 0,
    healthMs: [200, 100],
    firstReplyMs: [],
  };
  const audit = { openTurns: 0, openDeliveries: 0, givenUp: 0, ambiguousRounds: 0, telegramRounds: 0, damage: [] };

  test("is good when nothing was lost or doubled, however often an outcome was unknown", () => {
    expect(findingsOf(clean)).toEqual([]);
    expect(documentOf(clean, null)).toMatchObject({
      verdict: "passed",
      ambiguous_rounds: 3,
      recovery_ms: { health: { min: 100, median: 100, max: 200 }, first_reply: null },
    });
  });

  test.each<[string, Partial<Outcome>]>([
    ["1 message lost", { reckoning: reckon([asks("1", "M100001")], []) }],
    ["never answered with 200", { reckoning: reckon([asks("1", "M100001", false)], []) }],
    [
      "1 reply sent more than once",
      { reckoning: reckon([asks("1", "M100001")], [says("1", "M100001", "d"), says("1", "M100001", "d")]) },
    ],
    [
      "1 message answered twice",
      { reckoning: reckon([asks("1", "M100001")], [says("1", "M100001"), says("1", "M100001")]) },
    ],
    ["still open at the end: 1 turn, 0 deliveries", { audit: { ...audit, openTurns: 1 } }],
    ["given up: 2 turns or deliveries", { audit: { ...audit, givenUp: 2 } }],
    ["the database is damaged: row missing", { audit: { ...audit, damage: ["row missing"] } }],
    ["there is no database", { audit: null }],
    ["SIGTERM ended with 1", { stopCodes: [0, 1] }],
  ])("is bad when: %s", (words, difference) => {
    const outcome = { ...clean, ...difference };
    expect(findingsOf(outcome).join("; ")).toContain(words);
    expect(documentOf(outcome, null).verdict).toBe("failed");
  });

  test("takes as many copies on Telegram as outcomes were unknown there, and no more", () => {
    const copy: Reply = { ...says("1", "M100001", "d"), channel: "telegram" };
    const twice = { ...clean, reckoning: reckon([asks("1", "M100001")], [copy, copy]) };
    expect(findingsOf(twice)).toEqual([]);
    expect(documentOf(twice, null).replies).toMatchObject({ duplicates: 0, telegram_duplicates: 1 });
    expect(findingsOf({ ...twice, audit })).toEqual(["1 needless copy on Telegram, where 0 outcomes were unknown"]);
    expect(findingsOf({ ...twice, audit, flushed: 1 })).toEqual([]);
  });

  test("tells times by their median", () => {
    expect(spreadOf([])).toBeNull();
    expect(spreadOf([9, 1.4, 5])).toEqual({ min: 1, median: 5, max: 9 });
  });
});

describe("the plan", () => {
  test("is the same for the same seed, another for another, and longer with the same beginning", () => {
    const plan = (seed: number, cycles: number) => planOf(cycles, chanceFrom(seed, "plan"));
    expect(plan(1, 25)).toEqual(plan(1, 25));
    expect(plan(1, 25)).not.toEqual(plan(2, 25));
    expect(plan(1, 50).slice(0, 25)).toEqual(plan(1, 25));
  });

  test("has every way to die, and never two that end before they could answer in a row", () => {
    const kinds = planOf(1_000, chanceFrom(3, "plan")).map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(4);
    expect(kinds.some((kind, at) => kind === "starting" && kinds[at + 1] === "starting")).toBe(false);
  });
});

test("people say texts that are whole, or announce the photo that follows, each with a code of its own", () => {
  const crowd = new Crowd(chanceFrom(5, "crowd"));
  const speeches = Array.from({ length: 500 }, () => crowd.next());
  const lines = speeches.map(({ sayings }) => sayings.flatMap((saying) => saying.lines));
  const codes = lines.flat().flatMap((line) => (line.kind === "text" ? [line.code] : []));
  expect(new Set(codes).size).toBe(codes.length);
  const wrong = lines.flatMap((said) => {
    const wanted = said.some(({ kind }) => kind === "photo") ? "image" : "nothing";
    return said.flatMap((line) =>
      line.kind === "text" && expectationOf(line.text).kind !== wanted ? [`${wanted}: ${line.text}`] : [],
    );
  });
  expect(wrong).toEqual([]);
  // All that one person may have unanswered, put together as the model reads it, fits into what it says back.
  const longest = Math.max(...lines.flat().map((line) => (line.kind === "text" ? line.text.length : 0)));
  expect(MOST_OPEN * (longest + " / ".length)).toBeLessThanOrEqual(300);
});

describe("botctl chaos", () => {
  async function optionsOf(...words: string[]): Promise<ChaosOptions> {
    const asked: ChaosOptions[] = [];
    const command = chaosCommand(stage().context, (options) => Promise.resolve(void asked.push(options)));
    await command.parseAsync(words, { from: "user" });
    if (asked[0] === undefined) throw new Error("it was not run");
    return asked[0];
  }

  test("takes 25 cycles, 20 messages a second and a platform with faults, unless told otherwise", async () => {
    expect(await optionsOf()).toMatchObject({ cycles: 25, rate: 20, faults: true });
    const words = ["--cycles", "3", "--seed", "7", "--rate", "5", "--no-faults", "--keep"];
    expect(await optionsOf(...words)).toMatchObject({ cycles: 3, seed: 7, rate: 5, faults: false, keep: true });
  });

  test.each([["--data-dir"], ["--url"]])("refuses %s, because it harms only what is its own", async (flag) => {
    const { botctl, err } = stage();
    expect(await botctl("chaos", flag, "http://127.0.0.1:1")).toBe(2);
    expect(err()).toContain("only a server of its own");
  });
});

const Chaos = z.object({
  ok: z.literal(true),
  data: z.looseObject({
    verdict: z.string(),
    cycles: z.number(),
    endings: z.record(z.string(), z.number()),
    messages: z.object({ acknowledged: z.number(), answered: z.number() }),
    recovery_ms: z.object({ health: z.object({ median: z.number() }), first_reply: z.object({ median: z.number() }) }),
  }),
});

describe("the built program", () => {
  beforeAll(() => {
    if (!existsSync(binary)) throw new Error("dist/botctl is not there; `npm run build` makes it");
  });

  /** In a folder of its own, with settings around it that must not matter. */
  function botctl(folder: string, ...words: string[]) {
    const env = { PATH: "/usr/bin:/bin", HOME: folder, TMPDIR: folder, SMART_DELAY_ENABLED: "false", PORT: "1" };
    return Bun.spawn([binary, ...words], { cwd: folder, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  }

  test.concurrent(
    "G1 G9 G12 survives three cycles, says so in one document, and leaves nothing behind",
    async () => {
      using folder = aFolder();
      const run = botctl(folder.path, "chaos", "--cycles", "3", "--seed", "1", "--json");
      const [out, err, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const { data } = Chaos.parse(JSON.parse(out));
      expect(data).toMatchObject({ verdict: "passed", cycles: 3, findings: [], folder: null });
      expect(data.endings).toEqual({ working: 1, starting: 1, stopping: 0, stopped: 1 });
      expect(data.messages.acknowledged).toBeGreaterThan(20);
      expect(data.messages.answered).toBe(data.messages.acknowledged);
      expect(readdirSync(folder.path)).toEqual([]);
    },
    60_000,
  );

  test.concurrent(
    "stops at Ctrl+C with 130, and takes its server and its folder along",
    async () => {
      using folder = aFolder();
      const run = botctl(folder.path, "chaos", "--cycles", "100");
      const url = await serverOf(folder.path);
      run.kill("SIGINT");
      expect(await run.exited).toBe(130);
      expect(await run.stderr.text()).toContain("Stopped before the end.");
      expect(readdirSync(folder.path)).toEqual([]);
      const after = await fetch(url).then(
        () => "answered",
        () => "gone",
      );
      expect(after).toBe("gone");
    },
    20_000,
  );
});

/** Where the server that is to be killed listens, once it is up. */
async function serverOf(folder: string): Promise<string> {
  for (let tries = 0; tries < 500; tries++) {
    const own = readdirSync(folder).find((name) => name.startsWith("botctl-chaos-"));
    const file = Bun.file(join(folder, own ?? "", "data", "server.json"));
    const read = (await file.exists())
      ? z.object({ url: z.string() }).safeParse(await file.json().catch(() => null))
      : null;
    if (read?.success) return read.data.url;
    await Bun.sleep(20);
  }
  throw new Error("its server did not come up");
}
