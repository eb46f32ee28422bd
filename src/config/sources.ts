/** Where settings come from: flags, the environment, an env file, and files that hold one secret each. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Complaint } from "./complaint.ts";
import { parseEnvFile } from "./envfile.ts";
import { isPlaceholder } from "./kinds.ts";
import { knownSettings, outsideSettings } from "./schema.ts";
import type { ConfigInput } from "./types.ts";

/** One setting's text, trimmed and not empty, and where it was found. */
interface Found {
  readonly text: string;
  readonly from: string;
}

export interface Gathered {
  readonly found: ReadonlyMap<string, Found>;
  /** Settings that hold what an example file left there; not among `found`. */
  readonly placeholders: ReadonlyMap<string, Found>;
  readonly complaints: readonly Complaint[];
}

/** Finds every setting's text. With `--sandbox`, what talks to the outside is not looked at. */
export function gather(input: ConfigInput): Gathered {
  const readFile = input.readFile ?? ((path: string) => readFileSync(path, "utf8"));
  const complaints: Complaint[] = [];
  const found = new Map<string, Found>();
  const placeholders = new Map<string, Found>();

  const envFile = readEnvFile(input, readFile, complaints);
  const look = (name: string): Found | null =>
    findText(input.env[name], "the environment") ?? findText(envFile.values.get(name), envFile.name);

  for (const [name, about] of knownSettings) {
    if (input.flags.sandbox === true && outsideSettings.has(name)) continue;
    let value = fromFlag(name, input, complaints) ?? look(name);
    if (about.secret || about.mayBeFile) {
      const file = look(`${name}_FILE`);
      if (file !== null && value !== null) {
        complaints.push({ name, wrong: `and ${name}_FILE are both given, one must go`, from: null });
      } else if (file !== null) {
        value = readValue(name, resolve(input.cwd, file.text), readFile, complaints);
      }
    }
    if (value === null) continue;
    const leftover = (about.secret || about.ownersOwn) && isPlaceholder(value.text);
    (leftover ? placeholders : found).set(name, value);
  }
  return { found, placeholders, complaints };
}

/** Empty counts as absent: that is how compose files and unit files pass on what nobody set. */
function findText(raw: string | undefined, from: string): Found | null {
  const text = raw?.trim() ?? "";
  return text === "" ? null : { text, from };
}

function fromFlag(name: string, { flags }: ConfigInput, complaints: Complaint[]): Found | null {
  const [raw, from] =
    name === "PORT" ? [flags.port, "--port"] : name === "BOTCTL_DATA_DIR" ? [flags.dataDir, "--data-dir"] : [];
  if (raw === undefined || from === undefined) return null;
  const found = findText(String(raw), from);
  // Most likely an unset variable in a script; the default could be the folder of the real shop.
  if (found === null) complaints.push({ name, wrong: "is empty", from });
  return found;
}

/** The env file; empty when none was asked for and the working folder has none. */
function readEnvFile(
  { cwd, flags }: ConfigInput,
  readFile: (path: string) => string,
  complaints: Complaint[],
): { name: string; values: ReadonlyMap<string, string> } {
  const name = flags.envFile ?? ".env";
  try {
    const { values, unreadable } = parseEnvFile(readFile(resolve(cwd, name)));
    for (const line of unreadable) {
      complaints.push({
        name: `${name}, line ${line},`,
        wrong: "is not KEY=value, or its quotes do not close",
        from: null,
      });
    }
    return { name, values };
  } catch (error) {
    if (flags.envFile !== undefined || why(error) !== NOT_THERE) {
      complaints.push({
        name: flags.envFile === undefined ? name : `--env-file ${name}`,
        wrong: `cannot be read: ${why(error)}`,
        from: null,
      });
    }
    return { name, values: new Map() };
  }
}

/** The content of a secret's file. The path stays out of complaints: it may be the secret itself, put in the wrong place. */
function readValue(
  name: string,
  path: string,
  readFile: (path: string) => string,
  complaints: Complaint[],
): Found | null {
  const from = `${name}_FILE`;
  try {
    const found = findText(readFile(path), from);
    if (found === null) complaints.push({ name, wrong: "is empty", from });
    return found;
  } catch (error) {
    complaints.push({ name, wrong: `cannot be read: ${why(error)}`, from });
    return null;
  }
}

const NOT_THERE = "there is no such file";

/** Why a file could not be read, without its path. */
function why(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return NOT_THERE;
    case "EACCES":
    case "EPERM":
      return "this user may not read it";
    case "EISDIR":
      return "it is a folder";
    default:
      return typeof code === "string" ? code : "the reason is unknown";
  }
}
