import { describe, expect, test } from "bun:test";
import { MUTANTS } from "./mutants/list.ts";
import { runWorld } from "./world.ts";

/** How many worlds are tried with every run of the tests; `npm run simulate:world` tries thousands. */
const SEEDS = 120;

/** Seeds that once showed a broken promise, and which. Changes of the world give a seed a new meaning; they cost little. */
const FOUND: readonly (readonly [seed: number, what: string])[] = [
  [45, "a clock set back while the server was down let a turn gather past its ceiling"],
];

describe("whole worlds of faults", () => {
  test(`${SEEDS} of them end in quiet with every promise kept`, async () => {
    const broken: string[] = [];
    let answered = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { breach, totals } = await runWorld(seed);
      if (breach !== null)
        broken.push(`npm run simulate:world -- --seed ${seed} --trace: ${breach.promise} (${breach.detail})`);
      answered += totals?.answered ?? 0;
    }
    expect(broken).toEqual([]);
    expect(answered).toBeGreaterThan(SEEDS);
  }, 120_000);

  test.each(FOUND)(
    "seed %d stays mended: %s",
    async (seed) => {
      expect((await runWorld(seed)).breach).toBeNull();
    },
    20_000,
  );

  test("the same seed is the same world, step by step", async () => {
    const traces = [];
    for (let round = 0; round < 2; round++) {
      const lines: string[] = [];
      await runWorld(28, { trace: (line) => lines.push(line) });
      traces.push(lines);
    }
    expect(traces[0]?.length).toBeGreaterThan(20);
    expect(traces[1]).toEqual(traces[0] ?? []);
  }, 20_000);
});

test("each mutant has a name of its own and changes something", () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  expect(MUTANTS.filter(({ find, replace }) => find === replace)).toEqual([]);
});
