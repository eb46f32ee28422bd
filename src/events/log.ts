import { plain } from "./plain.ts";
import { asObject, prettyLine, visible } from "./pretty.ts";
import { createRedactor } from "./redact.ts";

/** Least severe first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The log. An event's name says what happened, its fields to whom; people appear only as keyed hashes. */
export interface Log {
  debug(event: string, fields?: object): void;
  info(event: string, fields?: object): void;
  warn(event: string, fields?: object): void;
  error(event: string, fields?: object): void;
  /** A log that adds `fields` to every line, say a correlation id. */
  child(fields: object): Log;
}

/** The log that all others come from. Events are written by the thousand, so there is a shorter way for them. */
export interface RootLog extends Log {
  /** Whether lines of that level are written at all. */
  writes(level: LogLevel): boolean;
  /** A line whose fields are JSON already. @param fields what stands behind a comma, without the braces around it */
  put(level: LogLevel, event: string, fields: string): void;
}

export interface LogOptions {
  /** Lines below it are not written. */
  readonly level: LogLevel;
  readonly format: "json" | "pretty";
  /** What must never be readable; asked for every line. */
  readonly secrets: () => readonly string[];
  /** Takes one finished line with its line end. Must not throw. */
  readonly write: (line: string) => void;
  /** Epoch ms; the machine's clock when absent. */
  readonly now?: () => number;
}

/** Longest line, line end included. Source: docker and journald cut at 16 KiB and more, in the middle of the JSON. */
export const LONGEST_LINE_BYTES = 16_384;

/**
 * Makes the log. Each line is redacted, then made safe to look at, then cut: what is cut off was clean already.
 *
 * JSON lines read {"level":"info","time":"2025-11-25T18:31:02.123Z","event":"response_sent", …}; a cut one stays JSON
 * and says `cut_from_bytes`. Errors among the fields are written with stack, cause and code.
 */
export function createLog(options: LogOptions): RootLog {
  const now = options.now ?? Date.now;
  const redact = createRedactor(options.secrets);
  const threshold = SEVERITY[options.level];
  // Many lines share a millisecond.
  let lastAt = Number.NaN;
  let lastTime = "";
  const timeOf = (at: number): string => {
    if (at !== lastAt) [lastAt, lastTime] = [at, new Date(at).toISOString()];
    return lastTime;
  };
  /** @param told the line from its event on */
  const put = (level: LogLevel, told: string): void => {
    const line = `{"level":"${level}","time":"${timeOf(now())}",${told}`;
    options.write(
      options.format === "json" ? `${capJson(visible(redact(line)))}\n` : `${capText(redact(prettyLine(line)))}\n`,
    );
  };

  const writes = (level: LogLevel): boolean => SEVERITY[level] >= threshold;
  const logWith = (bound: object): Log => {
    const say = (level: LogLevel, event: string, fields?: object): void => {
      if (writes(level)) put(level, JSON.stringify(lineOf(event, bound, fields)).slice(1));
    };
    return {
      debug: (event, fields) => say("debug", event, fields),
      info: (event, fields) => say("info", event, fields),
      warn: (event, fields) => say("warn", event, fields),
      error: (event, fields) => say("error", event, fields),
      child: (fields) => logWith({ ...bound, ...fields }),
    };
  };
  return {
    ...logWith({}),
    writes,
    put(level, event, fields) {
      if (writes(level)) put(level, `"event":${JSON.stringify(event)}${fields === "" ? "" : ","}${fields}}`);
    },
  };
}

/** Names that the line itself uses; a field of such a name gets a `_` behind it. */
const OWN_NAMES = new Set(["level", "time", "event", "__proto__"]);

function lineOf(event: string, bound: object, fields: object | undefined): Record<string, unknown> {
  const line: Record<string, unknown> = { event };
  try {
    for (const [name, value] of [...Object.entries(bound), ...Object.entries(fieldsOf(fields))]) {
      line[OWN_NAMES.has(name) ? `${name}_` : name] = plain(value);
    }
  } catch (error) {
    // A field whose getter or toJSON throws must not take down what was being logged about.
    line["log_error"] = plain(error);
  }
  return line;
}

/** An error may stand in for the fields: it is the one thing there is to say then. */
function fieldsOf(fields: object | undefined): object {
  return fields instanceof Error ? { error: fields } : (fields ?? {});
}

/** The line, or as much of it as fits, still one JSON object that can be found by its event and correlation id. */
function capJson(line: string): string {
  return cap(line, (kept, bytes) => {
    const { level, time, event, correlation_id } = asObject(line) ?? {};
    const head = { level, time, event: String(event).slice(0, 200), correlation_id };
    return JSON.stringify({ ...head, cut_from_bytes: bytes, line: kept });
  });
}

function capText(text: string): string {
  return cap(text, (kept, bytes) => `${kept}… (cut from ${bytes} bytes)`);
}

/** @param wrap puts what was kept of a text that was too long into its final form */
function cap(text: string, wrap: (kept: string, bytes: number) => string): string {
  const bytes = sizeOf(text);
  if (bytes < LONGEST_LINE_BYTES) return text;
  // How much fits cannot be told beforehand: letters take 1 to 3 bytes, and quotes grow when they are quoted again.
  for (let keep = LONGEST_LINE_BYTES; ; keep = Math.floor(keep * 0.75)) {
    const cut = wrap(text.slice(0, keep), bytes);
    if (sizeOf(cut) < LONGEST_LINE_BYTES || keep === 0) return cut;
  }
}

/** Bytes in UTF-8; counted only when it could matter. */
function sizeOf(text: string): number {
  return text.length * 3 < LONGEST_LINE_BYTES ? text.length : Buffer.byteLength(text);
}
