/** The benchmark of the screen: that it measures what it says, not how fast anything is. */
import { describe, expect, test } from "bun:test";
import { flood, furnish } from "../../bench/watch/flood.ts";
import { shown, verdictsOf, type Report } from "../../bench/watch/report.ts";
import { played } from "../cli/tui/played.ts";

const report: Report = {
  cores: 2,
  loadBefore: 0.5,
  perSecond: 100,
  screen: {
    firstPictureMs: 150,
    listedMs: 200,
    cpuPercent: 20,
    mostRssMib: 151,
    pssMib: 100,
    events: 6_000,
    keyMs: { median: 20, p95: 40, longest: 60, count: 55 },
  },
  restart: { restarts: 3, events: 140, missing: 0, gaps: 1 },
};

describe("the report", () => {
  test("says which limit is missed; a gap counts as much as an event that is not there", () => {
    const missed = verdictsOf(report).filter(({ holds }) => !holds);
    expect(missed.map(({ name }) => name)).toEqual([
      "memory at the same time, MiB (RSS, highest)",
      "events missing after 3 restarts",
    ]);
    expect(shown(report)).toContain("| first picture, ms | 150 | 300 | holds |");
  });
});

describe("the flood", () => {
  test("comes at an even rate, each turn in its steps, to the conversations there are", async () => {
    await using server = played();
    furnish(server, 10);
    expect(server.conversations.length).toBe(10);
    const told: string[] = [];
    const tell = server.tell;
    const listening = Object.assign(server, {
      tell: (event: Parameters<typeof tell>[0]) => {
        told.push(`${event.turn ?? ""} ${event.type}`);
        return tell(event);
      },
    });
    const ending = AbortSignal.timeout(400);
    expect(await flood(listening, 1_000, 10, ending)).toBeGreaterThan(200);
    const first = told.filter((each) => each.startsWith("1000000 ")).map((each) => each.split(" ")[1]);
    expect(first).toEqual([
      "message_received",
      "intent_classified",
      "message_received",
      "turn_extended",
      "turn_closed",
      "response_generated",
      "response_sent",
    ]);
  });
});
