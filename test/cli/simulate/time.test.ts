// Waits played fast, and the same bytes from the same seed: through the built program.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { BINARY } from "../../helpers/bot.ts";
import { aFolder } from "../stage.ts";

const Document = z.object({
  data: z.object({
    verdict: z.string(),
    posted_sha256: z.string(),
    steps: z.array(z.looseObject({ at_ms: z.number(), direction: z.string() })),
  }),
});

async function simulate(...words: string[]) {
  using folder = aFolder();
  const env = { PATH: "/usr/bin:/bin", HOME: folder.path, TMPDIR: folder.path };
  const command = [BINARY, "simulate", ...words, "--sandbox", "--json"];
  const run = Bun.spawn(command, { cwd: folder.path, env, stdin: "ignore", stdout: "pipe" });
  const { data } = Document.parse(await run.stdout.json());
  expect(await run.exited).toBe(0);
  return data;
}

describe("a sandbox in fast time", () => {
  test("is over sooner than it waited, and its parts come exactly when the scenario says", async () => {
    const beganAt = performance.now();
    const { steps, verdict } = await simulate("late-photo", "--speed", "20", "--gap", "60");
    const tookMs = performance.now() - beganAt;
    const posted = steps.filter(({ direction }) => direction === "in").map(({ at_ms }) => at_ms);
    expect(verdict).toBe("passed");
    // 8 s for the photo, and a minute until it comes.
    expect((posted[1] ?? 0) - (posted[0] ?? 0)).toBeGreaterThan(68_000);
    expect(tookMs).toBeLessThan(15_000);
    const album = await simulate("images", "--speed", "20");
    const times = album.steps.filter(({ direction }) => direction === "in").map(({ at_ms }) => at_ms);
    expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 300, 600, 900]);
  }, 30_000);

  test("goes on in the same time after the server was killed", async () => {
    expect((await simulate("crash", "--speed", "20", "--seed", "5")).verdict).toBe("passed");
  }, 20_000);

  test("posts the same bytes from the same seed, whatever the speed, and others from another", async () => {
    const words = ["images", "--seed", "7"];
    const { posted_sha256: first } = await simulate(...words, "--speed", "20");
    const { posted_sha256: other } = await simulate("images", "--seed", "8", "--speed", "20");
    expect((await simulate(...words, "--speed", "5")).posted_sha256).toBe(first);
    expect((await simulate(...words)).posted_sha256).toBe(first);
    expect(other).not.toBe(first);
  }, 30_000);
});
