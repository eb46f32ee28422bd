import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { playSuite } from "../../../cli/commands/simulate/suite.ts";
import { BINARY } from "../../helpers/bot.ts";
import { FakeBot, JumpingClock, type Vices } from "../scenarios/fake-bot.ts";
import { aFolder, faultOf, stage } from "../stage.ts";

const GOOD =
  "version: 1\nsteps:\n  - text: xem ảnh này\n  - after: 0.5\n    attach: image\nexpect:\n  - answers: [[step-1, step-2]]\n";

/** A folder with a suite in it: one file below another folder, and one that is none. */
function aSuite(files: Readonly<Record<string, string>> = {}) {
  const folder = aFolder();
  mkdirSync(join(folder.path, "suite", "deep"), { recursive: true });
  const all = {
    "split.yaml": GOOD,
    "deep/more.json": '{"version":1,"steps":[{"text":"chào"}],"expect":[{"replies":1}]}',
  };
  for (const [name, text] of Object.entries({ ...all, "notes.txt": "no scenario", ...files })) {
    writeFileSync(join(folder.path, "suite", name), text);
  }
  return folder;
}

function playWith(cwd: string, vices: Vices = {}) {
  const people = stage({ cwd });
  const clock = new JumpingClock();
  const bot = new FakeBot(clock, vices);
  const open = () =>
    Promise.resolve({ stageFor: () => Promise.resolve(bot), lead: null, close: () => Promise.resolve() });
  const run = (options: object = {}) =>
    clock.drive(playSuite({ paths: ["suite"], junit: "report.xml", ...options }, people.context, open, clock));
  return { ...people, bot, run };
}

describe("a suite", () => {
  test("plays all files below a folder in the order of their names, and says how each went", async () => {
    using folder = aSuite();
    const { run, out, err } = playWith(folder.path);
    await run();
    expect(out().replaceAll(/\d+\.\d s/g, "… s")).toBe(
      "✓ suite/deep/more.json  1 steps, … s\n✓ suite/split.yaml  2 steps, … s\n",
    );
    expect(err()).toBe("2 of 2 files passed.\n");
    const report = await Bun.file(join(folder.path, "report.xml")).text();
    expect(report).toContain('tests="2" failures="0" errors="0"');
    expect(report).toContain('<testcase classname="suite/split.yaml" name="split"');
  });

  test("fails with what came instead, in the report too", async () => {
    using folder = aSuite();
    const { run, out } = playWith(folder.path, { hasty: true });
    const fault = await faultOf(run());
    expect([fault.code, fault.message]).toEqual(["findings", "Not as expected: suite/split.yaml."]);
    expect(out()).toContain("✗ suite/split.yaml");
    expect(out()).toContain("   ✗ one reply each to: step-1 and step-2: step-1 and step-2 got 2 turns");
    expect(await Bun.file(join(folder.path, "report.xml")).text()).toContain("got 2 turns");
  });

  test("with a wrong file is not played at all, and every mistake is told at once", async () => {
    using folder = aSuite({ "a.yaml": GOOD.replace("after:", "afer:"), "b.yaml": "version: 1\n" });
    const { run, bot } = playWith(folder.path);
    const fault = await faultOf(run());
    expect(fault.code).toBe("usage");
    const lines = fault.message.split("\n");
    expect(lines[0]).toBe("suite/a.yaml:4: steps[1].afer: this word is not known");
    expect(lines.slice(1).every((line) => line.startsWith("suite/b.yaml: "))).toBe(true);
    expect(bot.posted).toEqual([]);
    const report = await Bun.file(join(folder.path, "report.xml")).text();
    expect(report).toContain('tests="4" failures="0" errors="4"');
    expect(report).toContain("not played, because another file is wrong");
  });

  test("that kills the server needs one of its own", async () => {
    using folder = aSuite({ "k.yaml": "version: 1\nsteps:\n  - kill: true\nexpect:\n  - state: bot\n" });
    const fault = await faultOf(playWith(folder.path).run());
    expect([fault.code, fault.message]).toEqual([
      "usage",
      "suite/k.yaml kills the server, so it needs one of its own.",
    ]);
  });

  test.each([
    [{ paths: ["gone"] }, "There is no gone."],
    [{ paths: ["suite/notes.txt"] }, "suite/notes.txt: Invalid input: expected object, received string"],
  ])("%j is a mistake that is explained", async (options, message) => {
    using folder = aSuite();
    expect((await faultOf(playWith(folder.path).run(options))).message).toContain(message);
  });

  test("in an empty folder is a mistake too", async () => {
    using folder = aFolder();
    mkdirSync(join(folder.path, "suite"));
    expect((await faultOf(playWith(folder.path).run())).message).toBe("There are no scenario files in suite.");
  });
});

const Suite = z.object({
  ok: z.literal(true),
  data: z.object({ verdict: z.string(), files: z.array(z.looseObject({ file: z.string(), verdict: z.string() })) }),
});

describe("the built program", () => {
  const root = join(import.meta.dir, "../../..");

  test("plays the examples that come with it", async () => {
    using folder = aFolder();
    const env = { PATH: "/usr/bin:/bin", HOME: folder.path, TMPDIR: folder.path };
    const report = join(folder.path, "report.xml");
    const words = ["simulate", "run", "scenarios", "--sandbox", "--junit", report, "--json"];
    const run = Bun.spawn([BINARY, ...words], { cwd: root, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const [answer, err, code] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { data } = Suite.parse(JSON.parse(answer));
    expect(data.verdict).toBe("passed");
    expect(data.files.length).toBeGreaterThan(2);
    expect(await Bun.file(report).text()).toContain(`tests="${data.files.length}" failures="0" errors="0"`);
  }, 20_000);
});
