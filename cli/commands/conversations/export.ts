import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Fault } from "../../../src/core/fault.ts";
import type { ConversationRow } from "../../client.ts";
import type { CommandContext, GlobalFlags } from "../../context.ts";
import type { Reading } from "../../local/reader.ts";
import { confirm, jsonLine, outputOf } from "../../output.ts";
import { Progress } from "../progress.ts";
import { filterOf, narrows, type FilterFlags } from "./filters.ts";

export type ExportOptions = GlobalFlags &
  FilterFlags & {
    /** Without it: all that match the filter. */
    readonly id?: number | undefined;
    readonly all?: boolean | undefined;
    /** Without it: stdout. */
    readonly out?: string | undefined;
    readonly yes?: boolean | undefined;
  };

interface Exported {
  conversations: number;
  messages: number;
}

/** Takes lines, and is waited for, so that nothing piles up however long the export is. */
interface Sink {
  write(lines: string): Promise<void>;
  /** It is whole. */
  finish(): Promise<void>;
  /** It is not, and nothing of it is kept that could be taken for it. */
  abandon(): Promise<void>;
}

/**
 * Writes conversations as lines of JSON: one for the conversation, then one for each of its messages, the oldest first.
 *
 * @throws Fault `usage` when it is not clear which, or where to; `not_found`; `failed` when the file cannot be written
 */
export async function exportConversations(options: ExportOptions, context: CommandContext): Promise<void> {
  refuseUnclear(options);
  const path = options.out === undefined ? null : resolve(context.cwd, options.out);
  if (path !== null && existsSync(path)) await confirm(context, `Replace ${path}?`, options.yes);
  const { reading } = await import("../../local/reader.ts");
  const out = outputOf(context, options);
  const progress = new Progress(context.stderr, out.json || !context.stderr.isTTY);
  const exported = await reading(context, options, async (from) => {
    const sink = path === null ? stdoutSink(context) : await fileSink(path);
    try {
      const counts = await pour(from, options, sink, (counts) => progress.tell(told(counts)));
      await sink.finish();
      return counts;
    } catch (error) {
      await sink.abandon();
      throw error;
    } finally {
      progress.end();
    }
  });
  if (path !== null) out.result({ ...exported, file: path }, () => `${path}\n`);
  out.say(`${told(exported)}.`);
}

function refuseUnclear(options: ExportOptions): void {
  const everything = options.all === true || narrows(options);
  if (everything === (options.id !== undefined)) {
    throw new Fault(
      "usage",
      everything ? "One conversation and a choice of them cannot go together." : "It must be said which conversations.",
      "Give an id from `botctl conversations list`, or --all, or a filter such as --search.",
    );
  }
  if (options.json === true && options.out === undefined) {
    throw new Fault(
      "usage",
      "An export is many JSON lines, and --json prints one document.",
      "Leave --json out, or name a file with --out.",
    );
  }
}

async function pour(
  from: Reading,
  options: ExportOptions,
  sink: Sink,
  tell: (counts: Exported) => void,
): Promise<Exported> {
  const counts = { conversations: 0, messages: 0 };
  for await (const rows of chosen(from, options)) {
    for (const row of rows) {
      await sink.write(jsonLine({ type: "conversation", ...row }));
      counts.conversations += 1;
      for await (const messages of from.messagePages(row.id)) {
        if (messages.length === 0) continue;
        const lines = messages.map((message) => jsonLine({ type: "message", conversation: row.id, ...message }));
        await sink.write(lines.join(""));
        counts.messages += messages.length;
        tell(counts);
      }
    }
  }
  return counts;
}

async function* chosen(from: Reading, options: ExportOptions): AsyncGenerator<readonly ConversationRow[]> {
  if (options.id !== undefined) yield [await from.conversation(options.id)];
  else yield* from.conversationPages(filterOf(options));
}

function stdoutSink({ stdout }: CommandContext): Sink {
  return {
    async write(lines) {
      stdout.write(lines);
      await stdout.ready();
    },
    finish: () => Promise.resolve(),
    // What is out cannot be taken back; the exit code tells.
    abandon: () => Promise.resolve(),
  };
}

/** Under a name of its own until it is whole, for its owner alone: it holds what customers said. */
async function fileSink(path: string): Promise<Sink> {
  const partial = `${path}.partial`;
  const file = await open(partial, "w", 0o600).catch((cause: unknown) => {
    throw unwritable(partial, cause);
  });
  return {
    write: (lines) => written(file, lines, partial),
    async finish() {
      await file.sync();
      await file.chmod(0o600);
      await file.close();
      await rename(partial, path);
    },
    async abandon() {
      await file.close().catch(() => {});
      await rm(partial, { force: true });
    },
  };
}

async function written(file: FileHandle, lines: string, path: string): Promise<void> {
  await file.writeFile(lines).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}

function unwritable(path: string, cause: unknown): Fault {
  // The rest of it names the call and the path once more.
  const why = (cause instanceof Error ? cause.message : String(cause)).split(",")[0];
  return new Fault("failed", `${path} cannot be written: ${why}`, "Name another place with --out.", { cause });
}

function told({ conversations, messages }: Exported): string {
  const some = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
  return `${some(conversations, "conversation")}, ${some(messages, "message")}`;
}
