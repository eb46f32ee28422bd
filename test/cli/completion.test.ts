import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { CATALOGUE } from "../../cli/scenarios/catalogue.ts";
import { SHELLS, type Shell } from "../../cli/commands/completion.ts";
import { aFolder, stage } from "./stage.ts";

const folder = aFolder({ "shop.env": "", "talks.ndjson": "" });
const scripts = new Map<Shell, string>();

beforeAll(async () => {
  for (const shell of SHELLS) {
    const { botctl, out } = stage();
    expect(await botctl("completion", shell)).toBe(0);
    scripts.set(shell, out());
    await Bun.write(join(folder.path, `completion.${shell}`), out());
  }
});

/** Asks a shell what it would offer for the last of these words. */
type Ask = (...words: string[]) => Promise<string[]>;

async function told(command: readonly string[]): Promise<string[]> {
  const env = { PATH: Bun.env["PATH"] ?? "", HOME: folder.path, XDG_CONFIG_HOME: folder.path, TERM: "dumb" };
  const child = Bun.spawn([...command], { cwd: folder.path, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(err).toBe("");
  return out.split("\n").filter(Boolean).toSorted();
}

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");

const askBash: Ask = (...words) =>
  told([
    "bash",
    "--norc",
    "-c",
    `source completion.bash; COMP_WORDS=(botctl ${quoted(words)}); COMP_CWORD=${words.length}; _botctl; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ]);

/** The widgets of the line editor print what they are given, because there is no line to edit. */
const askZsh: Ask = async (...words) => {
  const last = words.at(-1) ?? "";
  const widgets = `
    compdef() { : }
    compset() { PREFIX=\${PREFIX#*=} }
    compadd() { shift; print -rl -- "$@" }
    _describe() { print -rl -- "\${(@)\${(P@)@[-1]}%%:*}" }
    _files() { print -rl -- *(N) }`;
  const asked = `words=(botctl ${quoted(words)}); CURRENT=${words.length + 1}; PREFIX='${last}'; _botctl`;
  const offered = await told(["zsh", "-f", "-c", `${widgets}\nsource ./completion.zsh\n${asked}`]);
  return offered.filter((each) => each.startsWith(last.replace(/^--[a-z-]+=/, "")));
};

const askFish: Ask = async (...words) => {
  const line = `botctl ${words.join(" ")}`;
  const offered = await told(["fish", "--no-config", "-c", `source completion.fish; complete -C '${line}'`]);
  // With a tab and what it is.
  return offered.map((each) => each.split("\t")[0] ?? "");
};

/** What every shell offers, whatever it looks like there. */
function offers(ask: Ask): void {
  test("commands", async () => {
    expect(await ask("con")).toEqual(["conversations"]);
    expect(await ask("retry", "")).toEqual(["drop", "flush", "list", "show"]);
    expect(await ask("conversations", "re")).toEqual(["release", "reply"]);
  });

  test("flags of that command, and those that work everywhere", async () => {
    expect(await ask("retry", "list", "--st")).toEqual(["--state"]);
    expect(await ask("retry", "list", "--dat")).toEqual(["--data-dir"]);
    expect(await ask("retry", "show", "--st")).toEqual([]);
    expect(await ask("conversations", "takeover", "12", "--ho")).toEqual(["--hours"]);
  });

  test("the choices of flags and arguments", async () => {
    expect(await ask("retry", "list", "--state", "")).toEqual(["ambiguous", "dead", "expired", "parked", "pending"]);
    expect(await ask("conversations", "list", "--state", "")).toEqual(["blocked", "bot", "human"]);
    expect(await ask("send", "")).toEqual(["messenger", "telegram"]);
    expect(await ask("send", "messenger", "")).toEqual([]);
    expect(await ask("completion", "z")).toEqual(["zsh"]);
  });

  test("scenarios, as many as one likes", async () => {
    const names = CATALOGUE.map(({ name }) => name).filter((name) => name.startsWith("un"));
    expect(names.length).toBeGreaterThan(1);
    expect(await ask("simulate", "un")).toEqual(names.toSorted());
    expect(await ask("simulate", "split", "--sandbox", "un")).toEqual(names.toSorted());
  });

  test("what stands before the command does not confuse it", async () => {
    expect(await ask("--json", "retry", "l")).toEqual(["list"]);
    expect(await ask("--data-dir", "list", "retry", "l")).toEqual(["list"]);
    expect(await ask("retry", "--url=http://x", "l")).toEqual(["list"]);
  });

  test("files where files are meant, and nothing where anything may stand", async () => {
    expect(await ask("retry", "--env-file", "shop")).toEqual(["shop.env"]);
    expect(await ask("conversations", "export", "--out", "tal")).toEqual(["talks.ndjson"]);
    expect(await ask("send", "--account", "")).toEqual([]);
  });
}

describe("bash", () => {
  offers(askBash);

  test("takes a value after = too", async () => {
    expect(await askBash("retry", "list", "--state", "=", "de")).toEqual(["dead"]);
    expect(await askBash("retry", "--env-file", "=", "x.env", "l")).toEqual(["list"]);
  });
});

// Not every machine has these two; where one is missing, its script is held against what it must say.
describe.each([
  ["zsh", askZsh],
  ["fish", askFish],
] as const)("%s", (shell, ask) => {
  if (Bun.which(shell) !== null) offers(ask);
  else test("is not here, so its script is only read", () => expectWhole(shell));

  test.if(Bun.which(shell) !== null)("takes a value after = too", async () => {
    const [value] = await ask("retry", "list", "--state=de");
    expect(value?.replace("--state=", "")).toBe("dead");
  });
});

/** Every command, flag and scenario is somewhere in it. */
function expectWhole(shell: Shell): void {
  const script = scripts.get(shell) ?? "";
  const flag = shell === "fish" ? "-l older-than" : "--older-than";
  for (const words of ["botctl retry list", "botctl conversations takeover", flag, "late-photo", "ambiguous"]) {
    expect(script).toContain(words);
  }
}

test.each(SHELLS)("the script for %s knows every command, flag and scenario", (shell) => expectWhole(shell));

test("the script for PowerShell keeps its brackets and quotes in pairs", () => {
  const script = scripts.get("powershell") ?? "";
  expect(script).toContain("Register-ArgumentCompleter -Native -CommandName botctl");
  // Strings first, for what they hold counts for nothing.
  const bare = script.replaceAll(/^\s*#.*$/gm, "").replaceAll(/'(?:[^']|'')*'/g, "''");
  expect(bare.replaceAll("''", "")).not.toContain("'");
  for (const [opening, closing] of ["()", "{}", "[]"]) {
    const count = (mark: string | undefined): number => bare.split(mark ?? "").length - 1;
    expect([opening, count(opening)]).toEqual([opening, count(closing)]);
  }
});

test("PowerShell takes letters for the same whatever their case, so no key of a table comes twice", () => {
  const script = scripts.get("powershell") ?? "";
  for (const [, table = ""] of script.matchAll(/ = @\{\n(.*?)\n {2}\}/gs)) {
    const keys = [...table.matchAll(/^ {4}('.*?') = /gm)].map(([, key = ""]) => key.toLowerCase());
    expect(keys.length).toBeGreaterThan(5);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test("a shell that is none is 2, and the choices are named", async () => {
  const { botctl, err } = stage();
  expect(await botctl("completion", "cmd")).toBe(2);
  expect(err()).toContain("Allowed choices are bash, zsh, fish, powershell.");
});
