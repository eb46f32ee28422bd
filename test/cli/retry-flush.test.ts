import { describe, expect, test } from "bun:test";
import { Progress } from "../../cli/commands/progress.ts";
import { playApi, stage, type Asked } from "./stage.ts";

const entry = { kind: "message", account: "1029384756", attempts: 4, next_at: null, last_error: "request: 100" };
const dead = { ...entry, id: "d-1", state: "dead" };
const journal = [
  dead,
  { ...entry, id: "d-2", state: "pending" },
  { ...entry, id: "d-3", state: "expired" },
  { ...entry, id: "d-4", state: "parked" },
  { ...entry, id: "d-5", state: "ambiguous" },
  { ...entry, id: "turn-6", kind: "turn", state: "dead" },
];

function idsIn({ body }: Asked): string[] {
  const ids = typeof body === "object" && body !== null && "ids" in body ? body.ids : null;
  return Array.isArray(ids) ? ids.map(String) : [];
}

/** A server that flushes whatever is named; `becomes` tells what came of an entry at each look. */
function aServer(becomes: (id: string, look: number) => string = () => "sent", rows: readonly object[] = journal) {
  let look = 0;
  return playApi({
    "GET /api/retries": () => Response.json({ data: rows, next: null }),
    "POST /api/retries/flush": (asked) => Response.json({ flushed: idsIn(asked).length || 3 }),
    "POST /api/retries/progress": (asked) => {
      look += 1;
      return Response.json({ data: idsIn(asked).map((id) => ({ id, state: becomes(id, look) })), next: null });
    },
  });
}

describe("retry flush", () => {
  test("without ids flushes all that match", async () => {
    await using api = aServer();
    const { botctl, out } = stage();
    const words = ["--kind", "message", "--older-than", "10m", "--data-dir", api.dataDir];
    expect(await botctl("retry", "flush", ...words)).toBe(0);
    expect(out()).toBe("3 made due\n");
    expect(api.asked[0]?.body).toEqual({ kind: "message", older_than_ms: 600_000, force: false });
  });

  test("with ids and --force says so to the server", async () => {
    await using api = aServer();
    const { botctl, out } = stage();
    expect(await botctl("retry", "flush", "d-1", "--force", "--json", "--data-dir", api.dataDir)).toBe(0);
    expect(JSON.parse(out())).toEqual({ ok: true, data: { flushed: 1 } });
    expect(api.asked[0]?.body).toEqual({ ids: ["d-1"], force: true });
  });
});

describe("retry flush --dry-run", () => {
  test("shows what would be tried, and asks the server for nothing but the list", async () => {
    await using api = aServer();
    const { botctl, out, err } = stage();
    expect(await botctl("retry", "flush", "--dry-run", "--json", "--data-dir", api.dataDir)).toBe(0);
    const { data } = JSON.parse(out());
    expect([data.dry_run, data.count]).toEqual([true, 3]);
    expect(data.rows.map(({ id }: { id: string }) => id)).toEqual(["d-1", "d-2", "turn-6"]);
    expect(api.asked.map(({ method }) => method)).toEqual(["GET"]);
    expect(err()).toBe("");
  });

  test("counts expired ones with --force, and only those named", async () => {
    await using api = aServer();
    const { botctl, out, err } = stage();
    expect(await botctl("retry", "flush", "d-3", "d-4", "--dry-run", "--force", "--data-dir", api.dataDir)).toBe(0);
    expect(out()).toBe("d-3\tmessage\texpired\t1029384756\t4\t-\trequest: 100\n");
    expect(err()).toBe(`From the server at ${api.url}.\n1 would be made due; nothing was changed.\n`);
  });
});

describe("retry flush --wait", () => {
  test("tells what came of each, and succeeds when all were sent", async () => {
    await using api = aServer((_, look) => (look < 3 ? "pending" : "sent"));
    const { botctl, out } = stage();
    expect(await botctl("retry", "flush", "--json", "--data-dir", api.dataDir, "--wait")).toBe(0);
    expect(JSON.parse(out())).toEqual({ ok: true, data: { flushed: 3, sent: 3, failed: 0, waiting: 0 } });
    expect(api.asked[1]?.body).toEqual({ ids: ["d-1", "d-2", "turn-6"], force: false });
  });

  test("asks again only about those that are not settled", async () => {
    await using api = aServer((id, look) => (look === 1 && id === "d-2" ? "pending" : "sent"));
    await stage().botctl("retry", "flush", "--data-dir", api.dataDir, "--wait");
    const looks = api.asked.filter(({ path }) => path.endsWith("progress")).map(idsIn);
    expect(looks).toEqual([["d-1", "d-2", "turn-6"], ["d-2"]]);
  });

  test("exits 7 when some failed again or were dropped meanwhile", async () => {
    await using api = aServer((id) => (id === "d-1" ? "dead" : id === "d-2" ? "gone" : "sent"));
    const { botctl, out, err } = stage();
    expect(await botctl("retry", "flush", "--data-dir", api.dataDir, "--wait", "5")).toBe(7);
    expect(out()).toBe("3 made due: 1 sent, 2 failed again, 0 waiting\n");
    expect(err()).toContain("`botctl retry list` says why");
  });

  test("exits 8 when it takes too long", async () => {
    await using api = aServer((id) => (id === "d-1" ? "pending" : "sent"));
    const { botctl, err } = stage();
    expect(await botctl("retry", "flush", "--data-dir", api.dataDir, "--wait", "1")).toBe(8);
    expect(err()).toContain("Not all were settled within 1 s: 2 sent, 0 failed again, 1 waiting.");
  });

  test("waits for nothing when nothing matched", async () => {
    await using api = aServer(() => "sent", []);
    const { botctl, out, err } = stage();
    expect(await botctl("retry", "flush", "--data-dir", api.dataDir, "--wait")).toBe(0);
    expect(out()).toBe("0 made due: 0 sent, 0 failed again, 0 waiting\n");
    expect(err()).toBe("Nothing matched. Expired ones need --force.\n");
  });
});

describe("retry flush --rate", () => {
  const many = Array.from({ length: 12 }, (_, n) => ({ ...dead, id: `d-${n}` }));

  test("makes entries due in batches with pauses between", async () => {
    await using api = aServer(() => "sent", many);
    const { botctl, out } = stage();
    const beganAt = performance.now();
    expect(await botctl("retry", "flush", "--rate", "16/s", "--data-dir", api.dataDir)).toBe(0);
    // 4 at once, then 4 each quarter of a second.
    expect(performance.now() - beganAt).toBeGreaterThan(490);
    const batches = api.asked.filter(({ path }) => path.endsWith("flush")).map(idsIn);
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 4]);
    expect(batches.flat()).toEqual(many.map(({ id }) => id));
    expect(out()).toBe("12 made due\n");
  });

  test("shows a person how far it is in one line that changes, and a program nothing", async () => {
    await using api = aServer(() => "sent", many);
    const person = stage({ terminal: true });
    await person.botctl("retry", "flush", "--rate", "1000/s", "--data-dir", api.dataDir);
    expect(person.err()).toBe("\r\u001b[K12 of 12 made due\r\u001b[K");
    const program = stage({ terminal: true });
    await program.botctl("retry", "flush", "--rate", "1000/s", "--json", "--data-dir", api.dataDir);
    expect(program.err()).toBe("");
  });

  test("a pipe is told a line every few seconds", () => {
    let now = 0;
    let written = "";
    const progress = new Progress({ write: (text) => void (written += text), isTTY: false }, false, () => now);
    for (; now <= 7_000; now += 500) progress.tell(`${now} ms`);
    progress.end();
    expect(written).toBe("3000 ms\n6000 ms\n");
  });
});
