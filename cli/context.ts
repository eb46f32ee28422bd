/**
 * What every command gets: the outside world as arguments, and the flags that work everywhere. No command touches
 * `process` itself, so a test can be the terminal, the environment and the signals.
 */
import { fstatSync, readFileSync, statSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { Command, Help, InvalidArgumentError } from "commander";
import { findDataDir } from "../src/config/datadir.ts";
import { parseEnvFile } from "../src/config/envfile.ts";
import { Fault } from "../src/core/fault.ts";

/** Where text goes. */
export interface Writer {
  write(text: string): void;
  /** Resolves when there is room for more: whoever writes much waits for a slow reader. */
  ready(): Promise<void>;
  readonly isTTY: boolean;
  /** Width of the terminal in cells; 80 when it does not say. */
  readonly columns: number;
}

/** Where answers come from. */
export interface Input {
  readonly isTTY: boolean;
  /** One line without its end; null when the input has ended. */
  line(): Promise<string | null>;
  /** Everything up to the end. */
  text(): Promise<string>;
}

export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths in flags count from here. */
  readonly cwd: string;
  readonly home: string;
  readonly stdin: Input;
  /** Data: what another program may read. */
  readonly stdout: Writer;
  /** Talk: what only people read. */
  readonly stderr: Writer;
  /** Calls back at each SIGINT and SIGTERM, which then no longer end the process; the answer undoes it. */
  onSignal(callback: () => void): () => void;
}

/** The flags every command takes (DESIGN §7). Paths are as typed. */
export interface GlobalFlags {
  readonly json?: boolean | undefined;
  readonly dataDir?: string | undefined;
  readonly envFile?: string | undefined;
  readonly url?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/** Lines for the end of a help page: what is typed, and what it does. */
export type Examples = readonly (readonly [command: string, does: string])[];

const EVERYWHERE = "Options everywhere:";

/**
 * A command in the form all of ours have: the global flags, help on our streams with examples, and errors that are
 * thrown (CommanderError) instead of ending the process. Subcommands are made by this function too.
 */
export function newCommand(context: CommandContext, name: string, examples: Examples = []): Command {
  const made = new Command(name)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      // cli/main says every error once and in one form.
      outputError: () => {},
      getOutHelpWidth: () => context.stdout.columns,
      getErrHelpWidth: () => context.stderr.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({
      subcommandTerm: (command) => `${command.name()} ${command.usage()}`.replaceAll(/ \[(options|command)\]/g, ""),
      // Whoever asks for help with a command knows one name of it; the other is told in its description.
      commandUsage: (command) => `${fullNameOf(command)} ${command.usage()}`,
      // What the command itself can do comes first.
      groupItems: (unsorted, shown, groupOf) => {
        const groups = new Help().groupItems(unsorted, shown, groupOf);
        const everywhere = groups.get(EVERYWHERE);
        if (everywhere !== undefined && groups.delete(EVERYWHERE)) groups.set(EVERYWHERE, everywhere);
        return groups;
      },
    })
    // Every command takes the same flags: those after its name are its own, not its parent's.
    .enablePositionalOptions()
    .helpCommand(false);
  if (examples.length > 0) made.addHelpText("after", examplesText(examples));
  return globalFlags(made);
}

function fullNameOf(command: Command): string {
  return command.parent === null ? command.name() : `${fullNameOf(command.parent)} ${command.name()}`;
}

function globalFlags(command: Command): Command {
  command.helpOption("-h, --help", "show this help");
  for (const [flags, description] of [
    ["--data-dir <folder>", "data folder of the server"],
    ["--url <address>", "a server elsewhere, e.g. https://bot.example.com"],
    ["--token-file <file>", "file with that server's admin token"],
    ["--env-file <file>", "settings file (default: .env in this folder)"],
    ["--json", "print one JSON document"],
  ] as const) {
    command.addOption(command.createOption(flags, description).helpGroup(EVERYWHERE));
  }
  return command;
}

function examplesText(examples: Examples): string {
  const width = Math.max(...examples.map(([command]) => command.length));
  // Long lines put the words below, so that a narrow terminal does not fold them.
  const lines = examples.map(([command, does]) =>
    width > 44 ? `  ${command}\n      ${does}` : `  ${command.padEnd(width)}  ${does}`,
  );
  return `\nExamples:\n${lines.join("\n")}`;
}

/** For `.argParser`: a whole number within bounds. @throws InvalidArgumentError in words a person can act on */
export function wholeNumber(least: number, most: number): (typed: string) => number {
  return (typed) => {
    const value = /^\d{1,15}$/.test(typed) ? Number(typed) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/**
 * Looks settings up as the server does: environment, then the settings file. Values are trimmed, an empty one is none.
 *
 * @throws Fault `settings` when a file named by `--env-file` cannot be read; a missing `.env` is no error
 */
export function settingsOf(context: CommandContext, flags: GlobalFlags): (name: string) => string | undefined {
  const file = envFile(context, flags);
  return (name) => context.env[name]?.trim() || file.get(name)?.trim() || undefined;
}

function envFile(context: CommandContext, flags: GlobalFlags): ReadonlyMap<string, string> {
  const path = resolve(context.cwd, flags.envFile ?? ".env");
  try {
    return parseEnvFile(readFileSync(path, "utf8")).values;
  } catch (cause) {
    if (flags.envFile === undefined) return new Map();
    throw new Fault("settings", `The settings file ${path} cannot be read.`, "Check the path given to --env-file.", {
      cause,
    });
  }
}

/**
 * The data folder, absolute: `--data-dir`, BOTCTL_DATA_DIR (environment or settings file), $STATE_DIRECTORY,
 * $XDG_STATE_HOME/botctl, ~/.local/state/botctl. It need not exist.
 */
export function dataDirOf(context: CommandContext, flags: GlobalFlags): string {
  const named = flags.dataDir ?? settingsOf(context, flags)("BOTCTL_DATA_DIR");
  const found = findDataDir(named ?? null, context);
  if (found === null)
    throw new Fault("settings", "There is no home folder to keep data in.", "Name a folder with --data-dir.");
  return found;
}

/** The context of the real process. */
export function processContext(): CommandContext {
  // One reader for all lines: whoever breaks off a `for await` over the console loses what it had read ahead.
  let lines: AsyncIterator<string> | null = null;
  return {
    env: Bun.env,
    cwd: process.cwd(),
    home: homedir(),
    stdin: {
      get isTTY() {
        return isTerminal(0, () => process.stdin);
      },
      async line() {
        lines ??= console[Symbol.asyncIterator]();
        const next = await lines.next();
        return next.done === true ? null : next.value;
      },
      text: () => Bun.stdin.text(),
    },
    stdout: writerOf(
      1,
      () => process.stdout,
      (text, stream) => void stream().write(text),
    ),
    stderr: writerOf(2, () => process.stderr, straightTo(2)),
    onSignal(callback) {
      process.on("SIGINT", callback).on("SIGTERM", callback);
      return () => void process.off("SIGINT", callback).off("SIGTERM", callback);
    },
  };
}

/**
 * Whether it is a terminal. Asked of the file, and only where that does not tell of the stream: a server, which has a pipe
 * or nothing there, needs no stream for what it writes, and the first of them costs it a MiB.
 */
function isTerminal(file: number, stream: () => { readonly isTTY?: boolean }): boolean {
  try {
    const found = fstatSync(file);
    if (!found.isCharacterDevice() || found.rdev === statSync("/dev/null").rdev) return false;
  } catch {
    // It is closed, or the system has no such file.
  }
  return stream().isTTY === true;
}

type Stream = () => NodeJS.WriteStream;

function writerOf(file: number, open: Stream, write: (text: string, stream: Stream) => void): Writer {
  let opened: NodeJS.WriteStream | null = null;
  const stream: Stream = () => (opened ??= open().on("error", gone));
  return {
    write: (text) => write(text, stream),
    ready: () =>
      opened?.writableNeedDrain === true
        ? new Promise((resolve) => stream().once("drain", resolve))
        : Promise.resolve(),
    get isTTY() {
      return isTerminal(file, stream);
    },
    get columns() {
      return stream().columns || 80;
    },
  };
}

/** For lines to a person: straight to the file, and by the stream from when a reader is behind. */
function straightTo(file: number): (text: string, stream: Stream) => void {
  let isBehind = false;
  return (text, stream) => {
    let rest: Uint8Array = Buffer.from(text);
    try {
      while (!isBehind && rest.length > 0) rest = rest.subarray(writeSync(file, rest));
    } catch (error) {
      const code = codeOf(error);
      if (code !== "EAGAIN") gone({ code });
      isBehind = true;
    }
    if (rest.length > 0) stream().write(rest);
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** A reader that has seen enough (`| head`) is no error of ours. */
function gone({ code }: { readonly code?: string | undefined }): never {
  process.exit(code === "EPIPE" ? 0 : 1);
}
