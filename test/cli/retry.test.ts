import { describe, expect, test } from "bun:test";
import { retryCommand } from "../../cli/commands/retry.ts";
import { playApi, problem, stage } from "./stage.ts";

const dead = {
  id: "d-1",
  kind: "message",
  state: "dead",
  account: "1029384756",
  attempts: 4,
  next_at: null,
  last_error: "request: 100 \u001b[31mno such user",
};
const pending = { ...dead, id: "d-2", state: "pending", attempts: 1, next_at: 1_767_225_600_000, last_error: null };
const both = () => Response.json({ data: [dead, pending], next: null });

test("flags become options", async () => {
  const calls: unknown[] = [];
  const note = (options: unknown): Promise<void> => Promise.resolve(void calls.push(options));
  for (const words of [
    ["list", "--kind", "turn", "--state", "dead", "--account", "1", "--json"],
    ["show", "d-1"],
    ["flush", "d-1", "d-2", "--force"],
    ["drop", "d-1", "-y", "--data-dir", "here"],
    ["list", "--older-than", "2h", "--newer-than", "3d"],
    ["flush", "--dry-run", "--rate", "30/m", "--wait"],
    ["flush", "--now", "--wait", "5"],
    ["drop", "--older-than", "90s", "--newer-than", "10m"],
  ]) {
    const command = retryCommand(stage().context, { list: note, show: note, flush: note, drop: note });
    await command.parseAsync(words, { from: "user" });
  }
  expect(calls).toEqual([
    { kind: "turn", state: "dead", account: "1", json: true },
    { id: "d-1" },
    { ids: ["d-1", "d-2"], force: true },
    { ids: ["d-1"], yes: true, dataDir: "here" },
    { olderThan: 7_200_000, newerThan: 259_200_000 },
    { ids: [], dryRun: true, rate: 0.5, wait: 60 },
    { ids: [], now: true, wait: 5 },
    { ids: [], olderThan: 90_000, newerThan: 600_000 },
  ]);
});

test.each([
  ["--older-than", "2 hours"],
  ["--newer-than", "5"],
  ["--older-than", "-1h"],
  ["--rate", "fast"],
  ["--wait", "0"],
])("%s %s is refused as wrong usage", async (flag, value) => {
  const { botctl, err } = stage();
  expect(await botctl("retry", "flush", flag, value)).toBe(2);
  expect(err()).toContain(flag);
});

describe("retry list", () => {
  test("asks for what was filtered and prints the rows as they are", async () => {
    await using api = playApi({ "GET /api/retries": both });
    const { botctl, out, err } = stage();
    const code = await botctl(
      "retry",
      "list",
      "--json",
      "--data-dir",
      api.dataDir,
      "--state",
      "dead",
      "--account",
      "1029384756",
    );
    expect(code).toBe(0);
    expect(JSON.parse(out())).toEqual({ ok: true, data: [dead, pending] });
    expect(err()).toBe("");
    expect(api.asked[0]?.path).toBe("/api/retries?limit=200&state=dead&account=1029384756");
  });

  test("asks for an age in milliseconds", async () => {
    await using api = playApi({ "GET /api/retries": both });
    const { botctl } = stage();
    await botctl("retry", "list", "--older-than", "2h", "--newer-than", "1d", "--data-dir", api.dataDir);
    expect(api.asked[0]?.path).toBe("/api/retries?limit=200&older_than_ms=7200000&newer_than_ms=86400000");
  });

  test("leaves out what a newer server tells besides", async () => {
    await using api = playApi({
      "GET /api/retries": () => Response.json({ data: [{ ...dead, colour: "red" }], next: null }),
    });
    const { botctl, out } = stage();
    await botctl("retry", "list", "--json", "--data-dir", api.dataDir);
    expect(Object.keys(JSON.parse(out()).data[0])).toEqual(Object.keys(dead));
  });

  test("is a table in a terminal and lines in a pipe, harmless in both", async () => {
    await using api = playApi({ "GET /api/retries": both });
    const person = stage({ terminal: true, columns: 120 });
    await person.botctl("retry", "list", "--data-dir", api.dataDir);
    const [title = "", first = "", second = ""] = person.out().split("\n");
    expect(title).toMatch(/^ID +KIND +STATE +ACCOUNT +TRIES +NEXT +LAST ERROR$/);
    expect(first.indexOf("request:")).toBe(title.indexOf("LAST ERROR"));
    expect(second).toContain("pending");
    const pipe = stage();
    await pipe.botctl("retry", "list", "--data-dir", api.dataDir);
    expect(pipe.out()).toBe(
      "d-1\tmessage\tdead\t1029384756\t4\t-\trequest: 100 \\u001b[31mno such user\n" +
        "d-2\tmessage\tpending\t1029384756\t1\t2026-01-01T00:00:00.000Z\t-\n",
    );
  });

  test("says when nothing is waiting, but not into the data", async () => {
    await using api = playApi({ "GET /api/retries": () => Response.json({ data: [], next: null }) });
    const { botctl, out, err } = stage();
    expect(await botctl("retry", "list", "--data-dir", api.dataDir)).toBe(0);
    expect([out(), err()]).toEqual(["", `From the server at ${api.url}.\nNothing is waiting.\n`]);
  });
});

describe("retry show", () => {
  test("tells the whole entry", async () => {
    const detail = { ...dead, conversation: 12, created_at: 0, text: "Chào chị\nHằng", rounds: 1 };
    await using api = playApi({ "GET /api/retries/d-1": () => Response.json(detail) });
    const { botctl, out } = stage();
    expect(await botctl("retry", "show", "d-1", "--data-dir", api.dataDir)).toBe(0);
    expect(out()).toContain("tries         4, 1 with unknown outcome\n");
    expect(out()).toEndWith("text          Chào chị\\nHằng\n");
  });

  test("exits 6 when there is no such entry, and names the command that lists them", async () => {
    await using api = playApi({});
    const { botctl, out } = stage();
    expect(await botctl("retry", "show", "d-9", "--json", "--data-dir", api.dataDir)).toBe(6);
    const error = { code: "not_found", message: "There is no such entry.", fix: "See `botctl retry list`." };
    expect(JSON.parse(out())).toEqual({ ok: false, error });
  });
});

describe("retry drop", () => {
  const dropped = () => Response.json({ dropped: true });

  test("asks first, and a no changes nothing", async () => {
    await using api = playApi({ "DELETE /api/retries/d-1": dropped });
    const no = stage({ terminal: true, typed: ["n"] });
    expect(await no.botctl("retry", "drop", "d-1", "--data-dir", api.dataDir)).toBe(1);
    expect(no.err()).toStartWith("Remove entry d-1 for good? It will never be sent. [y/N] ");
    expect(api.asked).toEqual([]);
    const yes = stage({ terminal: true, typed: ["y"] });
    expect(await yes.botctl("retry", "drop", "d-1", "--data-dir", api.dataDir)).toBe(0);
    expect(yes.out()).toBe("dropped d-1\n");
    expect(api.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(["DELETE /api/retries/d-1"]);
  });

  test("without a terminal needs --yes", async () => {
    await using api = playApi({ "DELETE /api/retries/d-1": dropped });
    const { botctl, out } = stage();
    expect(await botctl("retry", "drop", "d-1", "--json", "--data-dir", api.dataDir)).toBe(2);
    expect(JSON.parse(out()).error).toMatchObject({ code: "usage", fix: "Add --yes." });
    expect(api.asked).toEqual([]);
  });

  test("of several goes on past one that is not there, and exits 7", async () => {
    await using api = playApi({ "DELETE /api/retries/d-1": dropped, "DELETE /api/retries/d-3": dropped });
    const { botctl, err } = stage();
    expect(await botctl("retry", "drop", "d-1", "d-2", "d-3", "--yes", "--data-dir", api.dataDir)).toBe(7);
    expect(api.asked.map(({ path }) => path)).toEqual(["/api/retries/d-1", "/api/retries/d-2", "/api/retries/d-3"]);
    expect(err()).toStartWith("error: 2 of 3 removed.\nThere is no such entry.\n");
  });

  test("by a filter asks with their number, and drops what the server listed", async () => {
    await using api = playApi({
      "GET /api/retries": both,
      "DELETE /api/retries/d-1": dropped,
      "DELETE /api/retries/d-2": dropped,
    });
    const words = ["retry", "drop", "--state", "dead", "--older-than", "7d", "--data-dir", api.dataDir];
    const no = stage({ terminal: true, typed: ["n"] });
    expect(await no.botctl(...words)).toBe(1);
    expect(no.err()).toStartWith("Remove 2 entries for good?");
    const yes = stage();
    expect(await yes.botctl(...words, "--yes", "--json")).toBe(0);
    expect(JSON.parse(yes.out())).toEqual({ ok: true, data: { dropped: ["d-1", "d-2"] } });
    expect(api.asked.at(1)?.path).toBe("/api/retries?limit=200&state=dead&older_than_ms=604800000");
  });

  test("by a filter is not troubled by what went meanwhile, or went with the part before it", async () => {
    await using api = playApi({ "GET /api/retries": both, "DELETE /api/retries/d-1": dropped });
    const { botctl, out } = stage();
    expect(await botctl("retry", "drop", "--state", "dead", "--yes", "--data-dir", api.dataDir)).toBe(0);
    expect(out()).toBe("dropped d-1\n");
  });

  test("by a filter that fits nothing says so and succeeds", async () => {
    await using api = playApi({ "GET /api/retries": () => Response.json({ data: [], next: null }) });
    const { botctl, out, err } = stage();
    expect(await botctl("retry", "drop", "--kind", "turn", "--yes", "--data-dir", api.dataDir)).toBe(0);
    expect([out(), err()]).toEqual(["", "Nothing matched.\n"]);
  });

  test.each([[["--yes"]], [["d-1", "--state", "dead", "--yes"]]])(
    "with %j it is not clear what is meant, so nothing is dropped",
    async (words) => {
      await using api = playApi({ "GET /api/retries": both, "DELETE /api/retries/d-1": dropped });
      const { botctl } = stage();
      expect(await botctl("retry", "drop", ...words, "--data-dir", api.dataDir)).toBe(2);
      expect(api.asked).toEqual([]);
    },
  );

  test("stops at once when the token is refused", async () => {
    await using api = playApi({ "DELETE /api/retries/d-1": () => problem(401, "credentials", "No.") });
    const { botctl } = stage();
    expect(await botctl("retry", "drop", "d-1", "d-2", "--yes", "--data-dir", api.dataDir)).toBe(4);
    expect(api.asked.length).toBe(1);
  });
});
