import { rm } from "node:fs/promises";
import type { Command } from "commander";
import { version } from "../../package.json" with { type: "json" };
import type { Clock } from "../../src/core/clock.ts";
import { Fault } from "../../src/core/fault.ts";
import { newCommand, type CommandContext, type GlobalFlags } from "../context.ts";
import { outputOf, visible, type Output } from "../output.ts";

export interface ServeOptions extends GlobalFlags {
  readonly sandbox?: boolean | undefined;
  /** As typed: it is checked together with all other settings. */
  readonly port?: string | undefined;
}

/** A server that runs in this process. */
export interface RunningServer {
  readonly url: string;
  readonly dataDir: string;
  readonly sandbox: boolean;
  /** What it answers for, in words, e.g. "Quán Ngon (messenger)". */
  readonly accounts: readonly string[];
  /** Finishes what runs, within SHUTDOWN_TIMEOUT_MS. */
  stop(): Promise<void>;
}

export function serveCommand(context: CommandContext, run = serve): Command {
  return newCommand(context, "serve", [
    ["botctl serve", "with the settings of the environment and .env"],
    ["botctl serve --sandbox", "try it: no accounts, no keys, nothing leaves this machine"],
    ["botctl serve --env-file shop.env --port 9000", "a second server"],
    ["botctl serve --data-dir /var/lib/botctl", "keep everything there"],
  ])
    .description(
      "Take webhooks and answer, until SIGTERM or Ctrl+C. A second signal does not wait for what still runs.",
    )
    .option("--sandbox", "own platforms and model inside, for trying and testing")
    .option("--port <number>", "port to listen on; 0 takes a free one")
    .action((flags: ServeOptions) => run(flags, context));
}

/**
 * Runs a server until it is told to stop. Returns after a clean drain.
 *
 * @param open starts the server; replaced in tests
 * @throws Fault `settings`, `busy` or `storage` when it cannot start, `forced` at the second signal
 */
export async function serve(options: ServeOptions, context: CommandContext, open = openServer): Promise<void> {
  const asked = Promise.withResolvers<void>();
  const forced = Promise.withResolvers<never>();
  // The race below may be over by then; a rejection that nobody awaits would end the process with a stack trace.
  forced.promise.catch(() => {});
  let signals = 0;
  const deafen = context.onSignal(() => {
    signals++;
    if (signals === 1) asked.resolve();
    else
      forced.reject(
        new Fault(
          "forced",
          "Stopped at once, by a second signal.",
          "What was running is taken up again at the next start.",
        ),
      );
  });
  try {
    const out = outputOf(context, options);
    const server = await Promise.race([open(options, context), forced.promise]);
    greet(server, context, out);
    await asked.promise;
    if (context.stderr.isTTY) out.say("Stopping: what runs is finished first. Ctrl+C again does not wait.");
    await Promise.race([server.stop(), forced.promise]);
  } finally {
    deafen();
  }
}

function greet(server: RunningServer, context: CommandContext, out: Output): void {
  if (!context.stderr.isTTY) {
    out.say(`listening on ${server.url}, data folder ${server.dataDir}`);
    return;
  }
  out.say(`botctl ${version} listens on ${server.url}`);
  out.say(`  data folder  ${server.dataDir}`);
  out.say(`  accounts     ${server.accounts.length === 0 ? "none yet" : server.accounts.map(visible).join(", ")}`);
  if (server.sandbox) out.say(`  try it       botctl simulate list --data-dir ${server.dataDir}`);
  out.say("  stop         Ctrl+C");
}

async function openServer(options: ServeOptions, context: CommandContext): Promise<RunningServer> {
  const [{ loadConfig }, { startApp }] = await Promise.all([import("../../src/config.ts"), import("../../src/app.ts")]);
  const { envFile, port, dataDir, sandbox } = options;
  const config = loadConfig({
    env: context.env,
    flags: { envFile, port, dataDir, sandbox },
    cwd: context.cwd,
    home: context.home,
    // The log goes to stdout, next to nothing else.
    terminal: context.stdout.isTTY,
  });
  const clean = async (): Promise<void> => {
    if (config.dataDirIsTemporary) await rm(config.dataDir, { recursive: true, force: true });
  };
  try {
    const app = await startApp(config, config.sandbox ? await lockstep(context) : {});
    const stop = async (): Promise<void> => {
      try {
        await app.stop();
      } finally {
        await clean();
      }
    };
    return {
      url: app.url,
      dataDir: config.dataDir,
      sandbox: config.sandbox,
      accounts: app.accounts.map(
        ({ name, channel, state }) => `${name} (${state === "active" ? channel : `${channel}, ${state}`})`,
      ),
      stop,
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** A sandbox may be led by the `simulate` that started it, which then also says what time it is. */
async function lockstep(context: CommandContext): Promise<{ clock?: Clock; mediaPort?: number | null }> {
  const { followingClock, lockstepOf } = await import("../local/lockstep.ts");
  const led = lockstepOf(context.env);
  if (led === null) return {};
  return { clock: followingClock(led, () => context.stdin.line()), mediaPort: led.media_port };
}
