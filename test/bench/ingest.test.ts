/** The benchmark itself: that it measures what it says, not how fast anything is. */
import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { APP_SECRET, PAGE_ID, Webhooks } from "../../bench/ingest/load.ts";
import type { Figures } from "../../bench/ingest/measure.ts";
import { tables, verdicts, type Report } from "../../bench/ingest/report.ts";

const run = join(import.meta.dir, "..", "..", "bench", "ingest", "run.ts");

async function bench(...flags: string[]): Promise<{ out: string; talk: string; code: number }> {
  const child = Bun.spawn([process.execPath, run, ...flags], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, talk] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { out, talk, code: await child.exited };
}

function someFigures(name: string, figures: Partial<Figures>): Figures {
  const result = { acks: 1, errors: 0, acksPerSecond: 1, p50Ms: 1, p99Ms: 1, longestMs: 1, cpuUsPerEvent: 1 };
  return { name, ...result, coldStartMs: 1, idleMib: 1, loadedMib: 1, repliesPerSecond: null, ...figures };
}

describe("the load", () => {
  const webhooks = new Webhooks(3);
  const requests = Array.from({ length: 20 }, () => Buffer.from(webhooks.next(1_795_000_000_000)).toString("latin1"));

  test("is signed over exactly the bytes of its body", () => {
    for (const request of requests) {
      const [head = "", body = ""] = request.split("\r\n\r\n");
      const signature = createHmac("sha256", APP_SECRET).update(body).digest("hex");
      expect(head).toContain(`X-Hub-Signature-256: sha256=${signature}`);
      expect(head).toContain(`Content-Length: ${body.length}`);
    }
  });

  test("holds messages of the page, no two alike, from as many senders as were asked for", () => {
    const events = requests.map((request) => JSON.parse(request.split("\r\n\r\n")[1] ?? "").entry[0].messaging[0]);
    expect(new Set(events.map((event) => event.message.mid)).size).toBe(requests.length);
    expect(new Set(events.map((event) => event.message.text)).size).toBe(requests.length);
    expect(new Set(events.map((event) => event.sender.id)).size).toBe(3);
    expect(new Set(events.map((event) => event.recipient.id))).toEqual(new Set([PAGE_ID]));
  });
});

describe("the report", () => {
  test("compares only what was measured, and says what holds", () => {
    const servers = [
      someFigures("bare", { acksPerSecond: 1_000, coldStartMs: 10 }),
      someFigures("botctl, gathering", { acksPerSecond: 250 }),
      someFigures("botctl", { acksPerSecond: 90, coldStartMs: 40, idleMib: 50 }),
    ];
    const found = verdicts(servers).map(({ name, value, holds }) => [name, value, holds]);
    expect(found).toEqual([
      ["acks/s against answers-200-only", 0.25, true],
      ["… while answering", 0.09, false],
      ["cold start to the first 200 against answers-200-only", 4, true],
      ["idle memory, MiB (PSS)", 50, true],
    ]);
    const shown = tables({ cores: 2, loadBefore: 0, servers, endToEnd: [], targets: verdicts(servers) });
    expect(shown).toContain("MISSED");
    expect(shown).toContain("answers-200-only");
  });
});

describe("a run", () => {
  test("of two peers answers every webhook and tells all of it as JSON", async () => {
    const flags = ["--seconds", "0.3", "--connections", "4", "--conversations", "10", "--json"];
    const { out } = await bench(...flags, "--only", "hmac", "--only", "commit-per-request");
    const report: Report = JSON.parse(out);
    expect(report.servers.map(({ name }) => name)).toEqual(["hmac", "commit-per-request"]);
    for (const { acks, errors, p50Ms, p99Ms, cpuUsPerEvent, idleMib, coldStartMs } of report.servers) {
      expect(acks).toBeGreaterThan(0);
      expect(errors).toBe(0);
      expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
      expect(cpuUsPerEvent).toBeGreaterThanOrEqual(0);
      expect(idleMib).toBeGreaterThan(1);
      expect(coldStartMs).toBeGreaterThan(0);
    }
    expect(report.endToEnd).toEqual([]);
  }, 30_000);

  test("of a name that does not exist tells the names there are", async () => {
    const { talk, code } = await bench("--only", "fastest");
    expect(code).toBe(2);
    expect(talk).toContain("commit-per-request, slow fsync");
  });
});
