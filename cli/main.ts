/**
 * The program's entry, and the one place where an error becomes an exit code. Only commander and the nouns are imported at once: the rest comes with the
 * command that needs it.
 */
import { CommanderError, type Command } from "commander";
import { Fault, type FaultCode } from "../src/core/fault.ts";
import { processContext, type CommandContext, type Writer } from "./context.ts";
import { complain, type Complaint } from "./output.ts";

/** DESIGN §7. `forced` is what a shell reports for an interrupt: 128 + SIGINT. */
export const EXIT_CODES: Readonly<Record<FaultCode, number>> = {
  failed: 1,
  window_closed: 1,
  refused: 1,
  usage: 2,
  account_ambiguous: 2,
  settings: 3,
  credentials: 4,
  unreachable: 5,
  not_found: 6,
  some_failed: 7,
  timed_out: 8,
  busy: 9,
  findings: 10,
  storage: 11,
  forced: 130,
};

/**
 * Runs one command line to its end. Never throws.
 *
 * @param words what was typed after `botctl`; nothing means help
 * @returns the exit code
 */
export async function run(words: readonly string[], context: CommandContext): Promise<number> {
  let answered = false;
  const stdout: Writer = {
    write(text) {
      answered = true;
      context.stdout.write(text);
    },
    ready: () => context.stdout.ready(),
    isTTY: context.stdout.isTTY,
    get columns() {
      return context.stdout.columns;
    },
  };
  let program: Command | null = null;
  try {
    const { buildProgram } = await import("./program.ts");
    program = await buildProgram({ ...context, stdout }, words);
    await program.parseAsync(helpMeant(words), { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const complaint = complaintOf(error, () => commandIn(program, words));
    // With --json there is one document: when the answer is already out, the error goes where people look.
    complain(context.stdout, context.stderr, wantsJson(words) && !answered, complaint);
    return EXIT_CODES[complaint.code];
  }
}

/** Nothing, `help` and `help retry` ask for help as people know it from elsewhere. */
function helpMeant(words: readonly string[]): string[] {
  if (words.length === 0) return ["--help"];
  return words[0] === "help" ? [...words.slice(1), "--help"] : [...words];
}

/** Read from the words, because a command line that cannot be parsed has no flags. */
function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end === -1 ? undefined : end).includes("--json");
}

/** @param command what was meant, for the help to look at: "botctl retry list" */
function complaintOf(error: unknown, command: () => string): Complaint {
  if (error instanceof Fault) return { code: error.code, message: error.message, fix: error.fix };
  if (error instanceof CommanderError) return usageComplaint(error, command());
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "failed",
    message: `Something unexpected happened: ${message}`,
    fix: "If it happens again, report it together with the output of `botctl version`.",
  };
}

function usageComplaint(error: CommanderError, command: string): Complaint {
  // Commander's own words start like ours and may suggest a spelling in a second line.
  const message = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  const fix = `See \`${command} --help\`.`;
  if (error.code !== "commander.help") return { code: "usage", message, fix };
  return { code: "usage", message: "One of the commands listed in the help must follow.", fix };
}

/** The words that lead to the command that was meant, as far as there is such a one. */
function commandIn(program: Command | null, words: readonly string[]): string {
  let [command, path] = [program, "botctl"];
  for (const word of words) {
    const next: Command | undefined = command?.commands.find(
      (sub) => sub.name() === word || sub.aliases().includes(word),
    );
    // Anything else is a flag, what a flag takes, or what was mistyped.
    if (next !== undefined) [command, path] = [next, `${path} ${next.name()}`];
  }
  return path;
}

if (import.meta.main) {
  // Elysia and React read it when they are imported; a development build of either shows more than it should.
  Bun.env.NODE_ENV ??= "production";
  // Whatever is written may hold customers' words: for this user only (S7).
  process.umask(0o077);
  const code = await run(Bun.argv.slice(2), processContext());
  await ended(process.stdout);
  await ended(process.stderr);
  process.exit(code);
}

/** Waits until everything written has left the process: `process.exit` alone would cut a long answer in a pipe short. */
function ended(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => void stream.end(() => done()));
}
