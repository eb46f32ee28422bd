import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { newCommand, type CommandContext, type GlobalFlags } from "../context.ts";
import { jsonLine, outputOf, visible } from "../output.ts";

export interface WatchOptions extends GlobalFlags {
  /** Lines instead of a screen. */
  readonly plain?: boolean;
  readonly filter?: string;
  /** Names and texts hidden from the start. */
  readonly mask?: boolean;
}

export function watchCommand(context: CommandContext, run = watch): Command {
  return newCommand(context, "watch", [
    ["botctl watch", "conversations as they happen"],
    ["botctl watch --filter 'page:tea !kind:read'", "only some of them"],
    ["botctl watch --json | jq .type", "every event as a line of JSON"],
    ["botctl watch --url https://bot.example.com --token-file token", "a server elsewhere"],
  ])
    .description("Watch conversations live: what came, why the bot waits, what it answers. Press ? for the keys.")
    .option("--plain", "print lines instead of a screen (so it does without a terminal)")
    .option("--filter <words>", 'page: platform: kind: status: >2s text:"…"; ! inverts', usable)
    .option("--mask", "hide names and texts")
    .action((flags: WatchOptions) => run(flags, context));
}

/** Said at once when it cannot be understood, and parsed later, so that help loads nothing. */
function usable(typed: string): string {
  if (typed.trim() === "") throw new InvalidArgumentError("It must hold at least one word.");
  return typed;
}

/**
 * Shows events until somebody ends it.
 *
 * @throws Fault `unreachable`, `credentials`, or `usage` for a filter that cannot be understood
 */
export async function watch(options: WatchOptions, context: CommandContext): Promise<void> {
  const { connect } = await import("../client.ts");
  const { filterOf } = await import("../tui/filter.ts");
  const filter = filterOf(options.filter);
  const reconnect = () => connect(context, options);
  const client = await reconnect();
  const isScreen =
    context.stdin.isTTY &&
    context.stdout.isTTY &&
    context.env["TERM"] !== "dumb" &&
    options.plain !== true &&
    options.json !== true;
  if (isScreen) {
    const { openScreen } = await import("../tui/open.tsx");
    const { env, cwd: folder } = context;
    return openScreen({
      client,
      reconnect,
      filter,
      masked: options.mask === true,
      env,
      folder,
      onSignal: (callback) => context.onSignal(callback),
    });
  }
  const { printLines } = await import("../tui/lines.ts");
  const out = outputOf(context, options);
  const ending = new AbortController();
  const deafen = context.onSignal(() => ending.abort());
  try {
    await printLines({
      client,
      reconnect,
      filter,
      signal: ending.signal,
      say: out.say,
      onEvent(value, words, at) {
        if (options.json === true) context.stdout.write(jsonLine(value));
        else context.stdout.write(`${[out.time(at), ...words.map(visible)].join(out.terminal ? "  " : "\t")}\n`);
      },
    });
  } finally {
    deafen();
  }
}
