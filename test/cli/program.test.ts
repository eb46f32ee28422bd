import { describe, expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { EXIT_CODES, run } from "../../cli/main.ts";
import { buildProgram } from "../../cli/program.ts";
import { FAULT_CODES } from "../../src/core/fault.ts";
import { version } from "../../package.json" with { type: "json" };
import { aFolder, playApi, stage } from "./stage.ts";

/** So many and so long rows that no pipe holds them at once. */
const rows = Array.from({ length: 200 }, (_, at) => ({
  id: `d-${at}`,
  kind: "message",
  state: "dead",
  account: "1",
  attempts: 1,
  next_at: null,
  last_error: "x".repeat(5_000),
}));
const main = join(import.meta.dir, "../../cli/main.ts");

/** Runs the program as a process of its own. */
async function spawned(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawn([process.execPath, main, ...words], {
    env: { PATH: Bun.env["PATH"], HOME: "/nonexistent", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { out, err, code };
}

/** Every command there is, groups too, with the words that lead to it. */
async function everyCommand(): Promise<[words: string, command: Command][]> {
  const { context } = stage();
  const names = (await buildProgram(context, [])).commands.map((command) => command.name());
  const walk = (command: Command, path: readonly string[]): [string, Command][] => [
    [path.join(" "), command],
    ...command.commands.flatMap((below) => walk(below, [...path, below.name()])),
  ];
  return walk(await buildProgram(context, names), ["botctl"]);
}

describe("help", () => {
  test("of every command has examples that start with its name, and takes the flags that work everywhere", async () => {
    const commands = await everyCommand();
    expect(commands.length).toBeGreaterThan(12);
    for (const [words, command] of commands) {
      const { botctl, out } = stage();
      const code = await botctl(...words.split(" ").slice(1), "--help");
      expect([words, code]).toEqual([words, 0]);
      expect(out()).toContain(`Usage: ${words} `);
      expect(out()).toMatch(new RegExp(`\nExamples:\n  ${words}`));
      for (const flag of ["--data-dir", "--url", "--token-file", "--env-file", "--json"]) {
        expect([words, command.options.some(({ long }) => long === flag)]).toEqual([words, true]);
      }
      expect(command.description()).not.toBe("");
    }
  });

  test("lists all commands without loading any, and comes for nothing, for help, and for --help alike", async () => {
    const pages = await Promise.all(
      [[], ["help"], ["--help"]].map(async (words) => {
        const { botctl, out } = stage();
        expect(await botctl(...words)).toBe(0);
        return out();
      }),
    );
    expect(new Set(pages).size).toBe(1);
    for (const name of ["serve", "demo", "simulate", "retry", "send", "conversations", "health", "version"]) {
      expect(pages[0]).toMatch(new RegExp(`^  ${name} `, "m"));
    }
  });

  test("opens nothing costly: what comes before an action imports commander and nothing heavier", () => {
    const transpiler = new Bun.Transpiler({ loader: "ts" });
    const cli = join(import.meta.dir, "../../cli");
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const { imports } = transpiler.scan(readFileSync(path, "utf8"));
      for (const { path: target } of imports.filter(({ kind }) => kind === "import-statement")) {
        if (target.endsWith(".ts")) visit(join(path, "..", target));
        else if (!target.startsWith("node:") && !target.endsWith(".json")) packages.add(target);
      }
    };
    visit(join(cli, "main.ts"));
    visit(join(cli, "program.ts"));
    for (const name of readdirSync(join(cli, "commands"))) if (name.endsWith(".ts")) visit(join(cli, "commands", name));
    expect([...packages]).toEqual(["commander"]);
  });
});

describe("exit codes", () => {
  test("are those of the manual", () => {
    expect(EXIT_CODES).toEqual({
      failed: 1,
      usage: 2,
      settings: 3,
      credentials: 4,
      unreachable: 5,
      not_found: 6,
      some_failed: 7,
      timed_out: 8,
      busy: 9,
      findings: 10,
      storage: 11,
      window_closed: 1,
      refused: 1,
      account_ambiguous: 2,
      forced: 130,
    });
    expect(Object.keys(EXIT_CODES).toSorted()).toEqual([...FAULT_CODES].toSorted());
  });

  test.each([
    ["an unknown command", ["retri"], "unknown command 'retri' (Did you mean retry?)", "See `botctl --help`."],
    [
      "an unknown flag",
      ["retry", "list", "--sate", "dead"],
      "unknown option '--sate' (Did you mean --state?)",
      "See `botctl retry list --help`.",
    ],
    ["an unknown command of a group", ["retry", "lits"], expect.stringContaining("lits"), "See `botctl retry --help`."],
    ["a missing argument", ["send", "messenger"], "missing required argument 'recipient'", "See `botctl send --help`."],
    [
      "too many arguments",
      ["health", "now"],
      expect.stringContaining("too many arguments"),
      "See `botctl health --help`.",
    ],
    [
      "a value that is none",
      ["retry", "list", "--state", "gone"],
      expect.stringContaining("Allowed choices are pending"),
      "See `botctl retry list --help`.",
    ],
    [
      "a number out of bounds",
      ["conversations", "list", "--limit", "0"],
      expect.stringContaining("a whole number from 1"),
      "See `botctl conversations list --help`.",
    ],
    ["a group alone", ["retry"], "One of the commands listed in the help must follow.", "See `botctl retry --help`."],
  ])("%s is 2, and one JSON document with --json", async (_, words, message, fix) => {
    const { botctl, out } = stage();
    expect(await botctl(...words, "--json")).toBe(2);
    expect(JSON.parse(out())).toEqual({ ok: false, error: { code: "usage", message, fix } });
    const person = stage();
    expect(await person.botctl(...words)).toBe(2);
    expect(person.out()).toBe("");
    expect(person.err()).toEndWith(`fix: ${fix}\n`);
  });

  test("settings that cannot be read are 3, no server is 5, a wrong token is 4", async () => {
    using folder = aFolder();
    expect(await stage().botctl("retry", "list", "--env-file", "/nowhere/shop.env")).toBe(3);
    const { botctl, out } = stage();
    expect(await botctl("retry", "list", "--data-dir", folder.path, "--json")).toBe(5);
    expect(JSON.parse(out())).toMatchObject({
      ok: false,
      error: { code: "unreachable", fix: expect.stringContaining("botctl serve") },
    });
    await using api = playApi({ "GET /api/retries": () => new Response("", { status: 401 }) });
    expect(await stage().botctl("retry", "list", "--data-dir", api.dataDir)).toBe(4);
  });

  test("a bug is 1, said in one line, with what to do", async () => {
    const { context, err } = stage();
    const write = (): void => {
      throw new Error("boom\u001b[2J");
    };
    const broken = { ...context, stdout: { ...context.stdout, write } };
    expect(await run(["version"], broken)).toBe(1);
    expect(err()).toStartWith("error: Something unexpected happened: boom\\u001b[2J\nfix: If it happens again");
  });
});

describe("flags that work everywhere", () => {
  test("may stand before the command too, and the nearest one wins", async () => {
    await using api = playApi({ "GET /api/retries": () => Response.json({ data: [], next: null }) });
    const before = stage();
    expect(await before.botctl("--json", "--data-dir", api.dataDir, "retry", "list")).toBe(0);
    expect(JSON.parse(before.out())).toEqual({ ok: true, data: [] });
    const between = stage();
    expect(await between.botctl("--data-dir", "/nowhere", "retry", "--data-dir", api.dataDir, "list", "--json")).toBe(
      0,
    );
    expect(JSON.parse(between.out())).toEqual({ ok: true, data: [] });
  });

  test("a text that looks like one is a text after --", async () => {
    await using api = playApi({
      "POST /api/integrations/messenger/send": () => Response.json({ recipient_id: "42", message_id: "m_1" }),
    });
    const { botctl, out } = stage();
    expect(await botctl("send", "--data-dir", api.dataDir, "messenger", "42", "--", "--json")).toBe(0);
    expect(out()).toBe("sent m_1\n");
    expect(api.asked[0]?.body).toEqual({ recipient_id: "42", text: "--json" });
  });
});

describe("health", () => {
  const ok = { "GET /api/health": () => Response.json({ status: "ok" }) };

  test("asks the address given, the data folder's server, or the port of the settings, without any token", async () => {
    await using api = playApi(ok);
    using empty = aFolder();
    const port = new URL(api.url).port;
    for (const props of [
      { words: ["--url", api.url], env: {} },
      { words: ["--data-dir", api.dataDir], env: {} },
      { words: ["--data-dir", empty.path], env: { PORT: port } },
    ]) {
      const { botctl, out } = stage({ env: props.env });
      expect(await botctl("health", "--json", ...props.words)).toBe(0);
      expect(JSON.parse(out())).toEqual({ ok: true, data: { status: "ok", url: api.url } });
    }
    expect(api.asked.every(({ authorization }) => authorization === null)).toBe(true);
  });

  test("exits 5 when nothing answers", async () => {
    await using api = playApi({});
    expect(await stage().botctl("health", "--url", api.url)).toBe(5);
  });
});

describe("the program itself", () => {
  test("says its version in both ways", async () => {
    const short = stage();
    expect(await short.botctl("--version")).toBe(0);
    expect(short.out()).toBe(`${version}\n`);
    const { out, code } = await spawned(["version", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, data: { version, build: "source", bun: Bun.version } });
  });

  test("ends with the code and the whole answer, however long, in a pipe", async () => {
    await using api = playApi({ "GET /api/retries": () => Response.json({ data: rows, next: null }) });
    const { out, code } = await spawned(["retry", "list", "--json", "--data-dir", api.dataDir]);
    expect(code).toBe(0);
    expect(JSON.parse(out).data.length).toBe(200);
    const refused = await spawned(["retry", "drop", "d-1", "--json", "--data-dir", api.dataDir]);
    expect([refused.code, JSON.parse(refused.out).error.code]).toEqual([2, "usage"]);
  });

  test("ends quietly when the reader has seen enough", async () => {
    await using api = playApi({ "GET /api/retries": () => Response.json({ data: rows, next: null }) });
    const script = `"$0" "$1" retry list --data-dir "$2" | head -c 10 >/dev/null; echo "\${PIPESTATUS[0]}"`;
    const child = Bun.spawn(["bash", "-c", script, process.execPath, main, api.dataDir], {
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect([out, err]).toEqual(["0\n", `From the server at ${api.url}.\n`]);
  });
});
