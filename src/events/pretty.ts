/** Log lines for people on a terminal. */

/**
 * "18:31:02.123 warn  send_failed  attempts=2 reason="no route to host"", and an error's stacks below it, indented.
 *
 * @param json one line of the log, without its line end
 * @returns one or more lines, without the last line end; `json` itself when it is no object
 */
export function prettyLine(json: string): string {
  const fields = asObject(json);
  if (fields === null) return json;
  const { level, time, event, ...rest } = fields;
  const head = `${clockTime(time)} ${word(level).padEnd(5)} ${word(event)}`;
  const pairs = Object.entries(rest).map(([key, value]) => `${key}=${word(headline(value))}`);
  const stacks = Object.values(rest).flatMap((value) => stacksOf(value));
  return [[head, ...pairs].join("  ").trimEnd(), ...stacks.map((line) => `    ${visible(line)}`)].join("\n");
}

/** The object a JSON text holds; null when it holds none. */
export function asObject(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Hours to milliseconds in this machine's time zone: whoever reads along has a clock on the wall. */
function clockTime(iso: unknown): string {
  const time = new Date(typeof iso === "string" ? iso : Number.NaN);
  if (Number.isNaN(time.getTime())) return "--:--:--.---";
  const two = (part: number): string => String(part).padStart(2, "0");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  return `${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

/** A value on one line: bare when it is one word, quoted as in JSON otherwise. */
function word(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  const bare = typeof value === "string" && !/^[\w.:/@+,[\]…-]+$/u.test(value) ? JSON.stringify(value) : text;
  return visible(bare);
}

function headline(value: unknown): unknown {
  return isError(value) ? `${value.name}: ${value.message}` : value;
}

function stacksOf(value: unknown): string[] {
  if (!isError(value)) return [];
  const own = (value.stack ?? `${value.name}: ${value.message}`).split("\n");
  const [first, ...more] = stacksOf(value.cause);
  return first === undefined ? own : [...own, `caused by ${first}`, ...more];
}

interface ToldError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

function isError(value: unknown): value is ToldError {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "message" in value &&
    typeof value.message === "string" &&
    (!("stack" in value) || typeof value.stack === "string")
  );
}

/** Characters that move a cursor, change a terminal's mind, or turn text around. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The text with such characters written as `\uXXXX`, which is also what JSON calls them. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
