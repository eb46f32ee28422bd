/** Env files: `KEY=value` lines with quotes, `export` and comments, and nothing that depends on a shell. */

export interface EnvFile {
  /** A name given twice keeps its last value. */
  readonly values: ReadonlyMap<string, string>;
  /** Numbers of the lines that could not be read, from 1. Their text is kept back: it may hold a secret. */
  readonly unreadable: readonly number[];
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/s;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * Reads an env file.
 *
 * Double quotes know `\n`, `\r`, `\t`, `\"`, `\\` and `\$`; single quotes and backticks keep everything as it stands.
 * A quoted value may run over several lines. Unquoted, a `#` after white space starts a comment. `$NAME` stays `$NAME`:
 * a secret may well hold a dollar sign.
 */
export function parseEnvFile(source: string): EnvFile {
  const values = new Map<string, string>();
  const unreadable: number[] = [];
  const lines = source.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  for (let index = 0; index < lines.length; index++) {
    const line = (lines[index] ?? "").trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, rest] = ASSIGNMENT.exec(line) ?? [];
    if (name === undefined || rest === undefined) {
      unreadable.push(index + 1);
      continue;
    }
    const quote = rest[0];
    if (quote !== '"' && quote !== "'" && quote !== "`") {
      values.set(name, rest.replace(/(^|\s+)#.*$/, "").trim());
      continue;
    }
    const quoted = readQuoted(quote, [rest.slice(1), ...lines.slice(index + 1)]);
    if (quoted === null) {
      unreadable.push(index + 1);
      continue;
    }
    values.set(name, quoted.value);
    index += quoted.furtherLines;
  }
  return { values, unreadable };
}

/** What stands before the closing quote; null when there is none, or when something other than a comment follows it. */
function readQuoted(quote: string, lines: readonly string[]): { value: string; furtherLines: number } | null {
  let value = "";
  for (const [furtherLines, line] of lines.entries()) {
    for (let at = 0; at < line.length; at++) {
      const char = line.charAt(at);
      const next = line.charAt(at + 1);
      if (char === quote) {
        const after = line.slice(at + 1).trim();
        return after === "" || after.startsWith("#") ? { value, furtherLines } : null;
      }
      if (quote === '"' && char === "\\" && /[nrt"\\$]/.test(next)) {
        value += ESCAPES[next] ?? next;
        at++;
      } else {
        value += char;
      }
    }
    value += "\n";
  }
  return null;
}
