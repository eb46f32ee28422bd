// What the README says about the program is compared with the program.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { processContext } from "../cli/context.ts";
import { EXIT_CODES } from "../cli/main.ts";
import { buildProgram } from "../cli/program.ts";
import { settingsTable, type SettingRow } from "../src/config.ts";

const root = join(import.meta.dir, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const readme = read("README.md");

/** The text between a heading and the next one of its level. */
function section(title: string): string {
  const [, found = ""] = readme.split(new RegExp(`^## ${title}$`, "m"));
  return found.split(/^## /m)[0] ?? "";
}

/** The rows of the table below `header`, as written, without the two lines of its head. */
function rows(text: string, header: string): string[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(header));
  if (start === -1) return [];
  const below = lines.slice(start + 2);
  const end = below.findIndex((line) => !line.startsWith("|"));
  return below.slice(0, end === -1 ? undefined : end);
}

/** The first column of a table. */
function firsts(text: string, header: string): string[] {
  return rows(text, header).map((row) => row.split("|")[1]?.trim() ?? "");
}

/** A setting as its row stands in the README. Defaults that are values are shown as code, explained ones as prose. */
function settingRow({ name, default: initial, meaning }: SettingRow): string {
  const isProse = initial === "" || /[` ]/.test(initial);
  return `| ${name} | ${isProse ? initial : `\`${initial}\``} | ${meaning} |`.replaceAll("|  |", "| |");
}

/** The commands in the shell blocks of a text, one a line, without comments. */
function shellLines(text: string): string[] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
    block
      .split("\n")
      .map((line) => line.replace(/\s+#.*$/, ""))
      .filter(Boolean),
  );
}

describe("the README", () => {
  test("begins with the two commands: one to see it, one to test it", () => {
    const install = "npx -y bun@1.4.5 install --frozen-lockfile";
    expect(shellLines(section("Try it")).slice(0, 2)).toEqual([`${install} && npm run demo`, `${install} && npm test`]);
  });

  test("names the bun that package.json pins", () => {
    const manifest: { dependencies: { [name: string]: string } } = JSON.parse(read("package.json"));
    const named = [...readme.matchAll(/\bbun@([\d.]+\d)/g)].map(([, version]) => version);
    expect(named.length).toBeGreaterThan(0);
    expect([...new Set(named)]).toEqual([manifest.dependencies["bun"]]);
  });

  test("gives the test command that the automatic check runs", () => {
    const command = shellLines(section("Try it"))[1] ?? "missing";
    expect(read(".ci/run")).toContain(command);
  });

  test("uses only scripts that package.json has", () => {
    const manifest: { scripts: { [name: string]: string } } = JSON.parse(read("package.json"));
    const used = [readme, read("CONTRIBUTING.md"), read(".ci/run"), read("Dockerfile")].flatMap((text) =>
      [...text.matchAll(/\bnpm (?:run )?(test|(?<=run )[a-z:]+)\b/g)].map(([, script = ""]) => script),
    );
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((script) => !(script in manifest.scripts))).toEqual([]);
  });

  test("shows every setting with its default and meaning, in the order of the schema", () => {
    expect(rows(section("Settings"), "| name | default |")).toEqual(settingsTable().map(settingRow));
  });

  test("mentions no setting that does not exist", () => {
    const known = new Set(settingsTable().map(({ name }) => name));
    const words = new Set([...readme.matchAll(/\b[A-Z]{3,}(?:_[A-Z]+)+\b/g)].map(([word]) => word));
    // Not settings: what systemd and the desktop set, the placeholder of KEY_FILE, and the build's own argument.
    const others = new Set(["STATE_DIRECTORY", "XDG_STATE_HOME", "KEY_FILE", "BUILD_SHA"]);
    expect([...words].filter((word) => !known.has(word) && !others.has(word))).toEqual([]);
  });

  test("lists the commands there are", async () => {
    const program = await buildProgram(processContext(), []);
    const commands = program.commands.map((command) => command.name());
    expect(firsts(section("Command line"), "| command |")).toEqual(commands);
  });

  test("lists every event and nothing else, and every metric it names is there", () => {
    const union = read("src/core/event.ts").matchAll(/readonly type: ((?:"\w+"(?: \| )?)+)/g);
    const types = [...union].flatMap(([, names = ""]) => names.split(" | ").map((name) => name.slice(1, -1)));
    const listed = firsts(section("Events"), "| event |").flatMap((names) => names.split(", "));
    expect(listed.sort()).toEqual(types.sort());
    const metrics = read("src/events/metrics.ts");
    const named = [...section("Metrics").matchAll(/\b(?:botctl|process)_(\w+?)(?:_total|_seconds|_bucket)*\b/g)];
    expect(named.length).toBeGreaterThan(10);
    expect(named.map(([, name = ""]) => name).filter((name) => !metrics.includes(`"${name}`))).toEqual([]);
  });

  test("lists every exit code", () => {
    const codes = [...new Set([0, ...Object.values(EXIT_CODES)])].sort((a, b) => a - b);
    expect(firsts(section("Command line"), "| exit code |").map(Number)).toEqual(codes);
  });

  test.each(["README.md", "CONTRIBUTING.md"])("%s: every file and folder named in it exists", (document) => {
    const named = [...read(document).matchAll(/`((?:src|cli|test|scripts|deploy|tools|corpus|\.ci)\/[\w./-]*\w)`/g)];
    const missing = named.map(([, path = ""]) => path).filter((path) => !existsSync(join(root, path)));
    expect(named.length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
  });
});

describe("the examples in deploy", () => {
  test("set only settings that exist", () => {
    const known = new Set(settingsTable().map(({ name }) => name));
    const set = [...read("deploy/botctl.env.example").matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = ""]) => name);
    expect(set.length).toBeGreaterThan(5);
    expect(set.filter((name) => !known.has(name))).toEqual([]);
  });
});
